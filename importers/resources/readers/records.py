"""JSON that is a table: a list of records with a site's own keys, or of rows, as programs write spreadsheets.

Its keys are read as a table's headers are. JSON-LD, whose keys mean something by themselves, is `lrmi`.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from importers.payload import Payload, clean
from importers.problems import Problems
from importers.readers.sheets import Sheet, filled
from importers.resources import jsonld
from importers.resources.draft import AlignmentDraft, Collection, ResourceDraft
from importers.resources.readers import lrmi
from importers.resources.readers.documents import is_lines, loads_line
from importers.resources.readers.grouped import RELATIONS
from importers.resources.readers.table import field_of, header_row, read_tables

_LOOKED_AT = 20
"""Records whose keys tell what a file is."""
_NAMES = {"name", "title", "headline"}


class RecordsReader:
    name = "records"
    label = "JSON with a list of records (title, url, grade …)"

    def recognises(self, payload: Payload) -> bool:
        if not payload.is_json:
            return False
        if is_lines(payload.text):
            some = [loads_line(*line) for line in islice(payload.lines(), _LOOKED_AT)]
            return _is_table(some)
        return any(_is_table(members) for _, members in _lists(payload.json))

    def read(self, payload: Payload) -> Collection:
        value = [loads_line(*line) for line in payload.lines()] if is_lines(payload.text) else payload.json
        if payload.may_hold_unstorable:
            value, _ = clean(value)
        problems = Problems()
        tables = []
        records: dict[str, dict[str, Any]] = {}
        for name, members in _lists(value):
            sheet = _sheet(name, members)
            _tell_unread(sheet, members, problems)
            if (start := 0 if isinstance(members[0], dict) else header_row(sheet)) is not None:
                tables.append((sheet, start))
            records |= {
                sheet.path(number): one for number, one in enumerate(members, 1) if isinstance(one, dict)
            }
        found = read_tables(tables, problems)
        return Collection(self.name, [_whole(one, records.get(one.path)) for one in found], problems)


def _lists(value: Any) -> Iterator[tuple[str, list[Any]]]:
    """The lists of records or of rows, with their names, as of sheets."""
    if isinstance(value, list):
        pairs = [("", value)]
    elif (
        isinstance(value, dict)
        and not value.keys() & _NAMES
        and not any(key.startswith("@") for key in value)
    ):
        pairs = [(key, member) for key, member in value.items() if isinstance(member, list)]
    else:
        pairs = []
    for name, members in pairs:
        if members and (isinstance(members[0], dict) or all(isinstance(one, list) for one in members)):
            yield name, members


def _is_table(members: list[Any]) -> bool:
    """Whether a table's headers say more of the keys than LRMI does, or LRMI does not take the records at all."""
    some = members[:_LOOKED_AT]
    if all(isinstance(one, list) for one in some):
        return header_row(_sheet("", some)) is not None
    if not all(isinstance(one, dict) for one in some) or any(_is_linked_data(one) for one in some):
        return False
    keys = {key for one in some for key in one}
    if "name" not in map(field_of, keys):
        return False
    known = sum(bool(field_of(key)) for key in keys)
    known_to_lrmi = sum(jsonld.local(key) in lrmi.READ or key in ("id", "type") for key in keys)
    return known > known_to_lrmi or not all(map(lrmi.is_resource, some))


def _is_linked_data(record: dict[str, Any]) -> bool:
    """Whether it says what it is as JSON-LD does; or it is a list of its own."""
    parts = [
        record,
        *(part for value in record.values() for part in jsonld.as_list(value) if isinstance(part, dict)),
    ]
    return any(
        key.startswith("@") for part in parts for key in part
    ) or "LearningResource" in jsonld.types_of(record)


def _sheet(name: str, members: list[Any]) -> Sheet:
    """The records below their keys, which are row 0, or the rows as they are."""
    if not isinstance(members[0], dict):
        rows = ([_text(value) for value in one] for one in members if isinstance(one, list))
        return Sheet(name, filled(enumerate(rows, start=1), {}))
    keys = list(dict.fromkeys(key for one in members if isinstance(one, dict) for key in one))
    cells = ([_text(one.get(key)) for key in keys] if isinstance(one, dict) else [] for one in members)
    return Sheet(name, [(0, keys), *filled(enumerate(cells, start=1), {})])


def _whole(draft: ResourceDraft, record: dict[str, Any] | None) -> ResourceDraft:
    """With its record as it came, and the standards that no cell of a table can hold."""
    if record is None:
        return draft
    alignments = dict.fromkeys([*draft.alignments, *_by_framework(record)])
    return replace(draft, raw=record, alignments=tuple(alignments))


def _by_framework(record: dict[str, Any]) -> Iterator[AlignmentDraft]:
    """Standards below the names of their frameworks: {"alignments": {"cc-math": ["6.RP.A.1"]}}."""
    for key, value in record.items():
        if _has_frameworks(key, value):
            for framework, some in value.items():
                for code in jsonld.Reader({}).texts(some):
                    is_address = "://" in code
                    yield AlignmentDraft(
                        field_of(key), code if is_address else "", "" if is_address else code, framework
                    )


def _has_frameworks(key: str, value: Any) -> bool:
    return (
        field_of(key) in RELATIONS
        and isinstance(value, dict)
        and any(isinstance(one, list) for one in value.values())
    )


def _tell_unread(sheet: Sheet, members: list[Any], problems: Problems) -> None:
    """What a key that we know holds, and has no words that can be read."""
    for number, one in enumerate(members, 1):
        for key, value in one.items() if isinstance(one, dict) else ():
            if value and field_of(key) and not _text(value) and not _has_frameworks(key, value):
                problems.add(
                    "warning", sheet.path(number), "unread",
                    f"has something in “{key[:60]}” that is neither text nor a list of texts; it is kept with the record.",
                    alike=key,
                )  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "\n".join(jsonld.Reader({}).texts(value))
