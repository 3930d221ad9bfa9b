"""Mathematical notation read as words: "3/4" says "fraction", "x^2" says "exponent". So a problem written in symbols is
found beside statements written in words.

General rules only: what a reader would call a sign, never what a lesson with it is about.
"""

import re

MOST_TIMES = 3  # a page of fractions says "fraction" no louder
_NUMBER = r"-?\d+(?:\.\d+)?"
_READ: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in [
        (r"\\[dt]?frac\b|\\frac\d|(?<![\w/.])\d+\s*/\s*\d+(?![\w/])|[½⅓⅔¼¾⅕⅛]", "fraction"),
        (r"(?<![\d/.])\d+\.\d+", "decimal"),
        (r"\d\s*\\?%", "percent"),
        (r"\$\s?\d[\d,]*(?:\.\d\d)?(?![\d.]|\s*[+\-*=^\\])|\d\s?¢", "dollar money"),
        (r"\^|[²³⁴]", "exponent"),
        (r"\\sqrt\b|√", "square root"),
        (r"\\(?:leq?|geq?|lt|gt)\b|[≤≥]", "inequality"),
        (r"\\(?:sin|cos|tan)\b", "trigonometric"),
        (r"\\(?:log|ln)\b", "logarithm"),
        (rf"\(\s*(?:{_NUMBER}|[a-z])\s*,\s*(?:{_NUMBER}|[a-z])\s*\)", "coordinate plane"),
        (r"\b[f-h]\s*\(\s*[a-z]\s*\)", "function"),
        (r"(?<![a-z])[a-z](?![a-z])[^=.;?]{0,20}=(?!=)|=\s*-?\d*\s*[a-z](?![a-z])", "equation"),
    ]
)
_COMMAND = re.compile(r"\\[a-zA-Z]+")


def read(text: str) -> str:
    """The text without commands of LaTeX, and after it the words for the notation in it."""
    said = [
        words
        for pattern, words in _READ
        for _ in range(min(MOST_TIMES, sum(1 for _match in pattern.finditer(text))))
    ]
    return " ".join([_COMMAND.sub(" ", text), *said])
