"""A resource's body as forms, and the forms as a body again: the one pair of functions that maps them.

What the forms do not show stays as it is and where it is: blocks of types that are not on the page, fields and list
members beyond the forms, and the ids of blocks and members. A value that nobody changed is kept as it was stored, even
where a browser would send it a little differently.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from wagtail.blocks.stream_block import StreamValue

from repository.blocks import ResourceBlocks
from repository.forms.blocks import (
    BLOCK_FORMS,
    BlockForm,
    CriterionRow,
    ItemForm,
    LevelRow,
    RowSet,
    RubricForm,
    new_id,
    rowset_of,
)
from repository.forms.fields import same

RawBlock = dict[str, Any]


@dataclass(frozen=True)
class Columns:
    """The columns of a rubric's table: those that stay (they have a name, were stored, or hold text), and how many
    were on the page; what is stored beyond them stays as it is."""

    kept: Sequence[int] = ()
    shown: int = 0


def raw_body(body: StreamValue) -> list[RawBlock]:
    """The body as stored: dictionaries with type, value and id."""
    return [dict(block) for block in body.get_prep_value()] if body else []


def stream_value(body: Sequence[RawBlock]) -> StreamValue:
    return StreamValue(ResourceBlocks(), list(body), is_lazy=True)


def forms_from_body(
    body: Sequence[RawBlock],
    *,
    types: Iterable[str] = tuple(BLOCK_FORMS),
    data: QueryDict | None = None,
    settings: Sequence[tuple[str, str]] = (),
) -> dict[str, RowSet]:
    """For each block type a set of forms: of the body, or bound to what was posted.

    settings: the (slug, label) choices of a step's setting. A type whose set was not on the posted page stays unbound.
    """
    rowsets = {}
    for block_type in types:
        bound = data is not None and f"{block_type}-TOTAL_FORMS" in data
        rowsets[block_type] = rowset_of(BLOCK_FORMS[block_type])(
            data=data if bound else None,
            prefix=block_type,
            initial=None if bound else [_initial(block) for block in body if block["type"] == block_type],
            form_kwargs={"settings": settings},
        )
    return rowsets


def body_from_forms(body: Sequence[RawBlock], rowsets: Mapping[str, RowSet]) -> list[RawBlock]:
    """The body with the blocks of every bound, valid set put in the places of that type.

    Blocks of one type fill the places of that type in the order of the forms; further ones follow the last of their
    type, or, where there was none, stand where the contribution page has them.
    """
    old = {block.get("id"): block for block in body}
    fresh: dict[str, list[RawBlock]] = {}
    for block_type, rows in rowsets.items():
        if rows.is_bound:
            fresh[block_type] = _blocks(block_type, rows, old)
    result: list[RawBlock] = []
    left = {block_type: len([b for b in body if b["type"] == block_type]) for block_type in fresh}
    for block in body:
        block_type = block["type"]
        if block_type not in fresh:
            result.append(copy.deepcopy(block))
            continue
        left[block_type] -= 1
        if fresh[block_type]:
            result.append(fresh[block_type].pop(0))
        if left[block_type] == 0:
            result.extend(fresh[block_type])
            fresh[block_type] = []
    for block_type, blocks in fresh.items():
        place = _place(result, block_type)
        result[place:place] = blocks
    return result


def _place(body: Sequence[RawBlock], block_type: str) -> int:
    """Where the first block of a type goes: before the first block of a type that the page has further down."""
    order = list(BLOCK_FORMS)
    later = set(order[order.index(block_type) + 1 :])
    return next((number for number, block in enumerate(body) if block["type"] in later), len(body))


def _blocks(block_type: str, rows: RowSet, old: Mapping[Any, RawBlock]) -> list[RawBlock]:
    blocks: list[RawBlock] = []
    used: set[str] = set()
    for form in rows:
        block_id = form.cleaned_data["block_id"]
        known = old.get(block_id)
        if not block_id or block_id in used or (known is not None and known["type"] != block_type):
            block_id, known = new_id(), None
        value = _value(form, known["value"] if known else None)
        # An empty row is no block, but a stored block that nobody has emptied stays.
        if form.is_blank and (known is None or value != known["value"]):
            continue
        used.add(block_id)
        blocks.append({**(known or {}), "type": block_type, "value": value, "id": block_id})
    return blocks


# Stored value to initial data


def _initial(block: RawBlock) -> dict[str, Any]:
    value = block["value"]
    form_class = BLOCK_FORMS[block["type"]]
    initial = {name: value.get(name) for name in form_class.base_fields if name != "block_id"}
    for name, row in form_class.lists.items():
        initial[name] = [_item_initial(row, member) for member in value.get(name) or []]
    return {**initial, "block_id": block.get("id") or ""}


def _item_initial(form_class: type[ItemForm], member: Any) -> dict[str, Any]:
    item_id, value = _unwrap(member)
    initial: dict[str, Any] = {"item_id": item_id}
    if form_class.bare:
        return {**initial, "value": value}
    descriptions = [_unwrap(one)[1] for one in value.get("descriptions") or []]
    fields = {name: value.get(name) for name in form_class.base_fields if name != "item_id"}
    return {**initial, **fields, **{f"d{number}": text for number, text in enumerate(descriptions)}}


def _unwrap(member: Any) -> tuple[str, Any]:
    """The id and the value of a list's member; very old lists hold bare values."""
    if isinstance(member, dict) and member.keys() >= {"type", "value"}:
        return member.get("id") or "", member["value"]
    return "", member


# Posted forms to stored value


def _value(form: BlockForm, old: dict[str, Any] | None) -> dict[str, Any]:
    value = _merged(form, form.content, old)
    for name, rows in form.rowsets.items():
        if rows.is_bound:
            members = _members(rows, list(value.get(name) or []), _columns(form, old or {}))
            if members or old is None or name in old:
                value[name] = members
    return value


def _merged(
    form: BlockForm | ItemForm, content: Mapping[str, Any], old: dict[str, Any] | None
) -> dict[str, Any]:
    """The stored record with the fields that were changed."""
    if old is None:
        return dict(content)
    value = copy.deepcopy(old)
    for name, cleaned in content.items():
        changed = (
            not same(form.fields[name], value[name], cleaned) if name in value else cleaned not in (None, "")
        )
        if changed:
            value[name] = cleaned
    return value


def _members(rows: RowSet, old: list[Any], columns: Columns) -> list[Any]:
    by_id = {_unwrap(member)[0]: member for member in old if _unwrap(member)[0]}
    bare = [member for member in old if not _unwrap(member)[0]]
    members = []
    for number, row in enumerate(rows):
        item_id = row.cleaned_data["item_id"]
        # Each stored member is met once; those without an id are met in their order.
        known = by_id.pop(item_id, None) if item_id else (bare.pop(0) if bare else None)
        member = _member(row, known, columns)
        if isinstance(row, LevelRow):
            keep = number in columns.kept
        else:
            keep = not row.is_blank or (known is not None and member == known)
        if keep:
            members.append(member)
    return members


def _columns(form: BlockForm, old: Mapping[str, Any]) -> Columns:
    if not isinstance(form, RubricForm):
        return Columns()
    levels, criteria = form.rowsets["levels"], form.rowsets["criteria"]
    written = {name for line in criteria if criteria.is_bound for name, text in line.content.items() if text}
    stored = list(old.get("levels") or [])
    bare = len([level for level in stored if not _unwrap(level)[0]])
    kept = [
        number
        for number, row in enumerate(levels)
        if not levels.is_bound
        or not row.is_blank
        or row.cleaned_data["item_id"]
        or number < bare
        or f"d{number}" in written
    ]
    return Columns(kept, max(len(stored), len(levels.forms)))


def _member(row: ItemForm, known: Any, columns: Columns) -> Any:
    wrapped = known is None or (isinstance(known, dict) and known.keys() >= {"type", "value"})
    item_id, old = _unwrap(known) if known is not None else (row.cleaned_data["item_id"] or new_id(), None)
    content = {name: value for name, value in row.content.items() if name in type(row).base_fields}
    value: Any
    if row.bare:
        unchanged = known is not None and same(row.fields["value"], old, content["value"])
        value = old if unchanged else content["value"]
    else:
        value = _merged(row, content, old)
    if isinstance(row, CriterionRow):
        before = list(value.get("descriptions") or [])
        cells = _cells(row, before, columns, is_new=known is None)
        if cells or "descriptions" in value or known is None:
            value["descriptions"] = cells
    return {**(known or {"type": "item"}), "value": value, "id": item_id} if wrapped else value


def _cells(row: CriterionRow, before: list[Any], columns: Columns, *, is_new: bool) -> list[Any]:
    """The descriptions of a criterion: one for each level, and after them those that the table did not show."""
    cells: list[Any] = []
    last = max((number for number in columns.kept if row.cleaned_data[f"d{number}"]), default=-1)
    for number in columns.kept:
        text = row.cleaned_data[f"d{number}"]
        if number >= len(before):
            if is_new or number <= last:
                cells.append({"type": "item", "value": text, "id": new_id()})
            continue
        item_id, stored = _unwrap(before[number])
        if same(row.fields[f"d{number}"], stored, text):
            cells.append(before[number])
        else:
            cells.append({"type": "item", "value": text, "id": item_id} if item_id else text)
    return cells + before[columns.shown :]
