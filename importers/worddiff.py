"""What changed in a text, word by word, for people to read."""

import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from django.utils.translation import gettext

# A date with its time is one word: of its digits alone nobody could read what it became.
_WORDS = re.compile(r"\s+|\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?|\w+|[^\w\s]")
MAX_WORDS = 4000
"""Longer texts are shown whole, before and after: comparing them word by word takes seconds."""


@dataclass(frozen=True, slots=True)
class Part:
    kind: Literal["same", "gone", "new"]
    text: str


def compare(before: Any, after: Any) -> list[Part]:
    """The parts of both texts in reading order; values that are no text are compared as they are written."""
    old, new = _WORDS.findall(as_words(before)), _WORDS.findall(as_words(after))
    if len(old) + len(new) > MAX_WORDS:
        return [Part("gone", "".join(old)), Part("new", "".join(new))]
    parts: list[Part] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            parts.append(Part("same", "".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            parts.append(Part("gone", "".join(old[old_from:old_to])))
        if new_to > new_from:
            parts.append(Part("new", "".join(new[new_from:new_to])))
    # A list that came empty where none was given is kept so, to go out as it came: else its line would end after its name.
    return parts or [Part("same", gettext("(empty)"))]


def as_words(value: Any) -> str:
    """A value of a CASE record as a person reads it: links by their title, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(as_words(member) for member in value)
    if isinstance(value, dict) and isinstance(value.get("title"), str):
        return str(value["title"])
    return json.dumps(value, ensure_ascii=False)
