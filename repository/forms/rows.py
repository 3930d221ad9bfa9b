"""Adding, removing and moving rows of a posted form: done to the posted data, so that everything typed is kept.

An operation is what a button of the page sends: `add:step`, `remove:step:2`, `up:step:2`, `down:rubric-0-criteria:1`.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from repository.forms.blocks import BLOCK_FORMS, MAX_ROWS, new_id

_OPERATION = re.compile(
    r"(?P<verb>add|remove|up|down):(?P<prefix>[a-z]+(?:-\d{1,3}-[a-z]+)?)(?::(?P<row>\d{1,3}))?"
)
NEW_CRITERIA = 3


def is_operation(action: str) -> bool:
    return bool(_OPERATION.fullmatch(action))


def operate(data: QueryDict, operation: str, *, levels: Sequence[str] = ()) -> str:
    """Change the rows of posted data in place; answers the name of the row that the reader is led to.

    levels: the names that a new rubric begins with. An operation on a row that is not there changes nothing.
    """
    match = _OPERATION.fullmatch(operation)
    if match is None:
        raise ValueError(f"{operation!r} is no operation on rows.")
    prefix, row = match["prefix"], int(match["row"] or 0)
    count = _count(data, prefix)
    order: list[int | None] = list(range(count))
    if match["verb"] == "add":
        if count < MAX_ROWS:
            order.append(None)
        led_to = count
    elif row >= count:
        return f"{prefix}-{max(0, count - 1)}"
    elif match["verb"] == "remove":
        order.remove(row)
        led_to = min(row, count - 2)
    else:
        led_to = max(0, row - 1) if match["verb"] == "up" else min(count - 1, row + 1)
        order[row], order[led_to] = order[led_to], order[row]
    renumber(data, prefix, order)
    if match["verb"] == "add" and count < MAX_ROWS:
        _begin(data, prefix, count, levels)
    return f"{prefix}-{max(0, led_to)}"


def renumber(data: QueryDict, prefix: str, order: Sequence[int | None]) -> None:
    """Give the rows of `prefix` the order of `order`, by their old numbers; None is a new, empty row."""
    rows = _take(data, re.compile(rf"{re.escape(prefix)}-(\d+)-(.+)"))
    for new, old in enumerate(order):
        for rest, values in rows.get(-1 if old is None else old, {}).items():
            data.setlist(f"{prefix}-{new}-{rest}", values)
    data[f"{prefix}-TOTAL_FORMS"] = str(len(order))
    data[f"{prefix}-INITIAL_FORMS"] = "0"
    rubric = re.fullmatch(r"(rubric-\d+)-levels", prefix)
    if rubric:
        _renumber_cells(data, rubric[1], order)


def _renumber_cells(data: QueryDict, rubric: str, order: Sequence[int | None]) -> None:
    """A level of a rubric is a column of its table: its cells move along."""
    for criterion in range(_count(data, f"{rubric}-criteria")):
        stem = f"{rubric}-criteria-{criterion}-d"
        cells = _take(data, re.compile(rf"{re.escape(stem)}(\d+)()"))
        for new, old in enumerate(order):
            data.setlist(f"{stem}{new}", cells.get(-1 if old is None else old, {}).get("", [""]))


def _take(data: QueryDict, pattern: re.Pattern[str]) -> dict[int, dict[str, list[Any]]]:
    """Remove the keys that match from the data, and answer them by row."""
    rows: dict[int, dict[str, list[Any]]] = {}
    for key in list(data):
        if match := pattern.fullmatch(key):
            rows.setdefault(int(match[1]), {})[match[2]] = data.getlist(key)
            del data[key]
    return rows


def _begin(data: QueryDict, prefix: str, row: int, levels: Sequence[str]) -> None:
    """Give a new row its id, so that saving it twice is saving it once, and its first own rows."""
    stem = f"{prefix}-{row}"
    if prefix not in BLOCK_FORMS:
        data[f"{stem}-item_id"] = new_id()
        return
    data[f"{stem}-block_id"] = new_id()
    for name in BLOCK_FORMS[prefix].lists:
        first = list(levels) if name == "levels" else [""] * (NEW_CRITERIA if name == "criteria" else 1)
        data[f"{stem}-{name}-TOTAL_FORMS"] = str(len(first))
        data[f"{stem}-{name}-INITIAL_FORMS"] = "0"
        for number, text in enumerate(first):
            data[f"{stem}-{name}-{number}-item_id"] = new_id()
            data[f"{stem}-{name}-{number}-value"] = text


def _count(data: QueryDict, prefix: str) -> int:
    try:
        return max(0, min(MAX_ROWS, int(data.get(f"{prefix}-TOTAL_FORMS", 0))))
    except ValueError:
        return 0


def append(data: QueryDict, prefix: str, **fields: str) -> str:
    """Add a row with these fields to posted data; answers the row's name."""
    row = _count(data, prefix)
    data[f"{prefix}-TOTAL_FORMS"] = str(row + 1)
    data[f"{prefix}-INITIAL_FORMS"] = "0"
    for name, value in fields.items():
        data[f"{prefix}-{row}-{name}"] = value
    return f"{prefix}-{row}"
