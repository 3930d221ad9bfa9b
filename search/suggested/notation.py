"""Mathematical notation read as words: "3/4" says "fraction", "x^2" says "exponent". So a problem written in symbols is
found beside statements written in words.

General rules only: what a reader would call a sign, never what a lesson with it is about.
"""

import re
from collections.abc import Iterator

MOST_TIMES = 3  # a page of fractions says "fraction" no louder
_NUMBER = r"-?\d+(?:\.\d+)?"
# Numbers are looked for from their first digit on, and spaces not shared out anew: 20,000 zeros took two minutes.
# Amounts: their digits say nothing else, while the 20 of "add within 20" does.
_AMOUNTS = [
    (r"(?<!\d)\d+(?:\s*\\%|(?:\.\d+)?\s?%)", "percent"),
    (r"\\?\$\s?\d[\d,]*(?:\.\d\d)?(?![\d.]|\s*[+\-*=^\\])|(?<!\d)\d+\s?¢", "dollar money"),
    (r"\\[dt]?frac\s*\{?\d+\}?\s*\{?\d*\}?|(?<![\w/.])\d+\s*/\s*\d+(?![\w/])|[½⅓⅔¼¾⅕⅛]", "fraction"),
    (r"(?<![\d/.])\d+\.\d+", "decimal"),
]
_FORMS = [
    (r"\\[dt]?frac\b", "fraction"),
    (r"\^|[²³⁴]", "exponent"),
    (r"\\sqrt\b|√", "square root"),
    (r"\\(?:leq?|geq?|lt|gt)\b|[≤≥]", "inequality"),
    (r"\\(?:sin|cos|tan)\b", "trigonometric"),
    (r"\\(?:log|ln)\b", "logarithm"),
    (rf"\(\s*(?:{_NUMBER}|[a-z])\s*,\s*(?:{_NUMBER}|[a-z])\s*\)", "coordinate plane"),
    (r"\b[f-h]\s*\(\s*[a-z]\s*\)", "function"),
    (r"(?<![a-z])[a-z](?![a-z])[^=.;?]{0,20}=(?!=)|=\s*+-?\d*+\s*+[a-z](?![a-z])", "equation"),
]
_READ = [
    (re.compile(pattern), words, is_amount)
    for some, is_amount in ((_AMOUNTS, True), (_FORMS, False))
    for pattern, words in some
]
_COMMAND = re.compile(r"\\[a-zA-Z]+")


def read(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The text without amounts and commands of LaTeX, and what was read of it: the first sign as written, and its words.

    A sign's words come again for each further sign that says them, up to MOST_TIMES.
    """
    said: list[tuple[str, str]] = []
    for pattern, words, is_amount in _READ:
        said += list(_signs(pattern, words, text))
        if is_amount:
            text = pattern.sub(" ", text)
    return _COMMAND.sub(" ", text), said


def _signs(pattern: re.Pattern[str], words: str, text: str) -> Iterator[tuple[str, str]]:
    for number, match in enumerate(pattern.finditer(text)):
        if number == MOST_TIMES:
            return
        yield match[0].strip().lstrip("\\"), words
