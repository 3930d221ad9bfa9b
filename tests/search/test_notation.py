"""Mathematical notation is read as the words that statements use for it."""

import time

import pytest

from search.suggested.notation import MOST_TIMES, read


@pytest.mark.parametrize(
    ("text", "written", "word"),
    [
        ("Mix 3/4 cup of flour", "3/4", "fraction"),
        (r"Evaluate \(7 \frac34 - 1\)", "frac34", "fraction"),
        (r"\frac{x}{2}", "frac", "fraction"),
        ("A ribbon of 2.75 metres", "2.75", "decimal"),
        ("It grows by 15% a year", "15%", "percent"),
        ("Tickets are $4.50 each", "$4.50", "dollar money"),
        (r"A ticket for \$12", "$12", "dollar money"),
        ("x^2 + 1", "^", "exponent"),
        (r"\sqrt{2}", "sqrt", "square root"),
        (r"Shade where y \geq 3", "geq", "inequality"),
        ("Plot (3, -2)", "(3, -2)", "coordinate plane"),
        ("Sketch f(x) for large x", "f(x)", "function"),
        ("Solve 2x + 3 = 11", "x + 3 =", "equation"),
    ],
)
def test_a_sign_says_its_word(text, written, word):
    assert (written, word) in read(text)[1]


@pytest.mark.parametrize(
    "text", ["On 11/25/2026 we met", "The shop is at 5:30", "Read pages 3-4, then 5.", "He said (a lot)"]
)
def test_what_is_no_sign_says_nothing(text):
    assert read(text) == (text, [])


def test_the_digits_of_an_amount_are_no_numbers_of_the_lesson():
    rest, _said = read("Add within 20: 3/4 kg for $4.50, 15% off")
    assert [word for word in rest.split() if word.isdigit()] == []
    assert "20" in rest


def test_commands_of_latex_are_no_words():
    assert "begin" not in read(r"\begin{cases} x \end{cases}")[0]


def test_a_page_of_fractions_says_it_a_few_times_only():
    assert len(read("1/2 " * 50)[1]) == MOST_TIMES


@pytest.mark.parametrize("text", ["0" * 20_000, "= " + " " * 20_000, "=" + "0" * 20_000, "$" + "0," * 10_000])
def test_no_text_keeps_a_processor_busy(text: str) -> None:
    began = time.process_time()
    read(text)
    assert time.process_time() - began < 1
