"""Mathematical notation is read as the words that statements use for it."""

import pytest

from search.notation import MOST_TIMES, read


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Mix 3/4 cup of flour", "fraction"),
        (r"Evaluate \(7 \frac34 - 1\)", "fraction"),
        ("A ribbon of 2.75 metres", "decimal"),
        ("It grows by 15% a year", "percent"),
        ("Tickets are $4.50 each", "money"),
        ("x^2 + 1", "exponent"),
        (r"\sqrt{2}", "square root"),
        (r"Shade where y \geq 3", "inequality"),
        ("Plot (3, -2)", "coordinate plane"),
        ("Sketch f(x) for large x", "function"),
        ("Solve 2x + 3 = 11", "equation"),
    ],
)
def test_a_sign_says_its_word(text, word):
    assert word in read(text).removeprefix(text)


@pytest.mark.parametrize(
    "text", ["On 11/25/2026 we met", "The shop is at 5:30", "Read pages 3-4, then 5.", "He said (a lot)"]
)
def test_what_is_no_sign_says_nothing(text):
    assert read(text).strip() == text


def test_commands_of_latex_are_no_words():
    assert "begin" not in read(r"\begin{cases} x \end{cases}")


def test_a_page_of_fractions_says_it_a_few_times_only():
    assert read("1/2 " * 50).split().count("fraction") == MOST_TIMES
