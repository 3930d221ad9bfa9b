"""Fills the empty fields of a record from another source of the same thing; nothing that is there changes."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TypeVar

from importers.draft import OTHER_CODES, DocumentDraft, ItemDraft, other_codes
from standards.case import fields as case
from standards.codes import code_forms, fold_code

Record = TypeVar("Record", DocumentDraft, ItemDraft)


def fill_item(item: ItemDraft, other: ItemDraft | None, *, leads: bool = False) -> ItemDraft:
    if other is None:
        return item
    filled = fill(item, other, case.ITEM, leads=leads)
    codes = _other_codes(filled, other)
    if codes != other_codes(filled):
        filled = replace(filled, extra=filled.extra | {OTHER_CODES: codes})
    return replace(filled, aliases=other.aliases or item.aliases, path=other.path or item.path)


def _other_codes(item: ItemDraft, other: ItemDraft) -> list[str]:
    """The item's further codes, and those of the other that none of them spells yet."""
    codes = other_codes(item)
    spelled = {form for code in (item.human_coding_scheme, *codes) if code for form in code_forms(code)}
    for code in (other.human_coding_scheme, *other_codes(other)):
        # One without a letter or digit, as §, has no spellings.
        if code and code not in (item.human_coding_scheme, *codes) and fold_code(code) not in spelled:
            codes.append(code)
            spelled.update(code_forms(code))
    return codes


_OF_ONE_EDITION = {"status_end_date", "version", "adoption_status"}
"""Empty, they say something too: that a statement holds on, and which edition it is. Only the leading source says it."""


def fill(record: Record, other: Record, keys: Mapping[str, str], *, leads: bool = False) -> Record:
    """`record` with its empty fields taken from `other`, unknown keys too. `leads`: `other` is of the leading source."""
    without = {"extra"} if leads else {"extra", *_OF_ONE_EDITION}
    values = {
        field.name: value
        for field in fields(record)
        if field.compare and field.name not in without and not getattr(record, field.name)
        if (value := getattr(other, field.name))
    }
    filled_keys = {key for key, column in keys.items() if column in values}
    extra = {
        key: value
        for key, value in {**other.extra, **record.extra}.items()
        if not (key in filled_keys and not record.extra.get(key, True))
    }
    return replace(record, **values, extra=extra)
