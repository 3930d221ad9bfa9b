"""What a resource has, and what changes of it, as a person reads it in a plan."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from django.utils.html import strip_tags

from importers.plan import FieldChange

_BLOCK_END = re.compile(r"(</(?:p|li|h\d)>|<br ?/?>)")
_BESIDE_NAME = ("target_url", "relation", "framework", "description")
"""What an alignment has beside its name; the address counts most."""


def in_words(name: str, value: Any) -> str:
    """A field's value: lists with commas, blocks by their text, alignments by their codes."""
    if name == "alignments":
        return ", ".join(map(_alignment, value or ()))
    if name == "body":
        texts = (text for block in value or () for text in _texts(block["value"]))
        return "\n\n".join(unescape(strip_tags(_BLOCK_END.sub(r"\1 ", text))).strip() for text in texts)
    if isinstance(value, list):
        return ", ".join(str(member) for member in value)
    return "" if value is None else str(value)


def change_in_words(change: FieldChange) -> tuple[str, str]:
    """The value before and after. An alignment that keeps its code is told with what is another now, as its address."""
    if change.field != "alignments":
        return in_words(change.field, change.before), in_words(change.field, change.after)
    before, after = change.before or (), change.after or ()
    return _alignments(before, after), _alignments(after, before)


def _alignments(these: Sequence[Mapping[str, str]], others: Sequence[Mapping[str, str]]) -> str:
    named = {_alignment(one): one for one in others if one not in these}
    found = []
    for one in these:
        other = {} if one in others else named.get(_alignment(one), {})
        differing = [
            one[key] for key in _BESIDE_NAME if other and one.get(key) and one[key] != other.get(key)
        ]
        found.append(f"{_alignment(one)} ({', '.join(differing)})" if differing else _alignment(one))
    return ", ".join(found)


def _alignment(one: Mapping[str, str]) -> str:
    return one["target_name"] or one["target_url"]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, list):
        return [text for member in value for text in _texts(member)]
    if isinstance(value, Mapping):
        return [text for key, member in value.items() if key not in ("id", "type") for text in _texts(member)]
    return []
