"""A framework as rows of text, which the table and the workbook share."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from standards.case.fields import ITEM
from standards.models import Association, Framework, Item

COLUMNS = {
    name: ITEM[name]
    for name in (
        "identifier uri fullStatement humanCodingScheme listEnumeration abbreviatedStatement alternativeLabel CFItemType"
        " educationLevel subject conceptKeywords notes language statusStartDate statusEndDate lastChangeDateTime"
    ).split()
}
"""Column: field. The headers are CASE's own names."""


@dataclass(slots=True)
class Rows:
    """`cells` are the statements in the order of a walk of the tree, by column; `level` is each one's smartLevel.

    `parents` maps an item to its first parent's identifier ("" at the top), `numbers` to its sequenceNumber below that;
    `own` are the columns of the source's own.
    """

    cells: list[dict[str, str]]
    level: dict[str, str]
    parents: dict[str, str]
    numbers: dict[str, int]
    own: list[str]
    links: list[Association]
    remarks: Counter[str] = field(default_factory=Counter)

    def told(self) -> list[str]:
        return [f"{text} ({number:,} times)" for text, number in self.remarks.items()]


def rows_of(framework: Framework) -> Rows:
    """The statements and links of a framework that its source still has. Four queries."""
    items = list(framework.items.filter(withdrawn=False).order_by("position", "pk"))
    links = list(framework.associations.filter(withdrawn=False).order_by("pk"))
    remarks: Counter[str] = Counter()
    parents, given = _parents(items, links, remarks)
    own = _own_columns(items)
    cells = [_cells(item, own, remarks) for item in items]
    numbers = _numbers(items, parents, given)
    return Rows(cells, _levels(items, parents), parents, numbers, own, links, remarks)


def _parents(
    items: list[Item], links: list[Association], remarks: Counter[str]
) -> tuple[dict[str, str], dict[str, int | None]]:
    """The first parent that an item is given, "" for the framework itself, and its sequenceNumber there."""
    by_key = {item.pk: item.identifier for item in items}
    found: dict[str, list[str]] = defaultdict(list)
    numbers: dict[str, int | None] = {}
    for link in links:
        if link.association_type == "isChildOf" and link.origin_id in by_key:
            identifier = by_key[link.origin_id]
            found[identifier].append(by_key.get(link.destination_id or 0, ""))
            numbers.setdefault(identifier, link.sequence_number)
    if several := sum(len(set(parents)) > 1 for parents in found.values()):
        remarks["A statement stands in several places of the tree; its row names one of them"] += several
    if orphans := sum(item.identifier not in found for item in items):
        remarks["A statement has no parent; its row stands at the top"] += orphans
    parents = {item.identifier: (found[item.identifier] or [""])[0] for item in items}
    return parents, numbers


def _numbers(
    items: list[Item], parents: Mapping[str, str], given: Mapping[str, int | None]
) -> dict[str, int]:
    """The sequenceNumbers as they are stored; below a parent where one of them lacks it, the places in the tree."""
    lacking = {
        parent for identifier, parent in parents.items() if not 0 <= (given.get(identifier) or -1) < 10**9
    }
    count: Counter[str] = Counter()
    found: dict[str, int] = {}
    for item in items:
        parent = parents[item.identifier]
        count[parent] += 1
        number = given.get(item.identifier)
        found[item.identifier] = count[parent] if number is None or parent in lacking else number
    return found


def _levels(items: list[Item], parents: Mapping[str, str]) -> dict[str, str]:
    """smartLevel by identifier: the parent's and the place among its children, as 3.6.2."""
    count: Counter[str] = Counter()
    own: dict[str, int] = {}
    for item in items:
        parent = parents[item.identifier]
        count[parent] += 1
        own[item.identifier] = count[parent]
    found: dict[str, str] = {}
    for item in items:
        path: list[str] = []
        one = item.identifier
        while one:
            path.append(str(own[one]))
            one = parents[one]
        found[item.identifier] = ".".join(reversed(path))
    return found


def _own_columns(items: list[Item]) -> list[str]:
    """Keys that some statements have beside CASE's, with a text: the columns of a district's own."""
    taken = {_fold(name) for name in COLUMNS}
    names = {
        key: None for item in items for key, value in item.extra.items() if isinstance(value, str) and value
    }
    return [name for name in names if name.strip() == name and name and _fold(name) not in taken]


def _cells(item: Item, own: list[str], remarks: Counter[str]) -> dict[str, str]:
    cells = {column: _text(getattr(item, name)) for column, name in COLUMNS.items()}
    for key, value in item.extra.items():
        if key in own and isinstance(value, str):
            cells[key] = value
        elif value not in (None, "", [], {}):
            remarks[f"{key} has no column"] += 1
    return cells


def _text(value: Any) -> str:
    """Lists are joined by commas, or written as JSON where a member would not survive that."""
    if not isinstance(value, list):
        return str(value)
    members = [
        member if isinstance(member, str) else json.dumps(member, ensure_ascii=False) for member in value
    ]
    if all(member and member == member.strip() and not re.search(r"[,;|]|^\[", member) for member in members):
        return ",".join(members)
    return json.dumps(members, ensure_ascii=False)


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
