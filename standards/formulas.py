"""Texts that a spreadsheet would take for a formula, as in a CSV file it does: guarded on the way out, free on the way in.

A statement, a title or a name may come from anybody; “=HYPERLINK(…)” in it would run where the file is opened.
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def guarded(text: str) -> str:
    """With an apostrophe before it where it begins as a formula does, which a number does not."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """As it was before `guarded`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
