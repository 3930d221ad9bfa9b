"""Formulas are drawn, and nothing else comes in with them."""

import pytest
from django.utils.safestring import SafeString

from standards.mathematics import draw_formulas
from standards.text import to_html


def drawn(text: str) -> SafeString:
    return draw_formulas(to_html(text))


@pytest.mark.parametrize(
    "formula", [r"$\frac{1}{2}$", r"\(\frac{1}{2}\)", r"$$\frac{1}{2}$$", r"\[\frac{1}{2}\]"]
)
def test_a_fraction_is_drawn_as_one(formula: str) -> None:
    assert "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>" in drawn(f"Half is {formula}.")


def test_signs_are_written_once() -> None:
    html = drawn(r"If $x < 3$ and $25.4 \pm 0.05$, stop.")
    assert "&lt;" in html
    assert "&amp;lt;" not in html
    assert "±" in html


@pytest.mark.parametrize(
    "formula",
    [
        r"$\text{<img src=x onerror=alert(1)>}$",
        r"$\href{javascript:alert(1)}{x}$",
        r"$\style{background:url(//evil.example)}{x}$",
        r"$</math><script>alert(1)</script>$",
    ],
)
def test_a_formula_brings_no_link_style_or_script(formula: str) -> None:
    html = drawn(formula)
    assert not any(word in html for word in ("<img", "<script", "href=", "style=", "javascript:"))


def test_what_is_no_latex_stays_as_it_was_written() -> None:
    assert drawn(r"Broken: $\left( x$.") == to_html(r"Broken: $\left( x$.")


def test_money_is_not_a_formula() -> None:
    assert "<math" not in drawn("It costs $5 or $10.")


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (r"\frac{1}{4}", "1/4"),
        (r"1\frac{1}{2}", "1 1/2"),
        (r"x^2 + 3x^{n+1} = 12", "x² + 3 x^(n + 1) = 12"),
        (r"\frac{a+b}{2}", "(a + b)/2"),
        (r"\sqrt{a+b} - \sqrt[3]{x}", "√(a + b) − 3√x"),
        (r"\sum_{i=1}^n a_i", "∑_(i = 1)^n a_i"),
    ],
)
def test_in_a_name_a_formula_says_what_it_is(formula: str, words: str) -> None:
    """Browsers leave MathML out of the names of links, buttons and options."""
    html = to_html(f"Find ${formula}$.", inline=True)
    assert f'aria-label="{words}"' in draw_formulas(html, in_a_name=True)
    assert "aria-label" not in draw_formulas(html)
