"""What the columns of a table hold, for a person to see and correct before it is planned."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.readers.columns import Header, first_row
from importers.readers.headers import FIELDS, LEVEL, LEVEL_CODE
from importers.readers.opensalt import OpenSaltReader
from importers.readers.sheets import Sheet, sheets
from importers.readers.table import TableReader
from importers.unpack import members

LABELS: dict[str, Any] = {
    "": _("Something else: kept under its own name"),
    "statement": _("Statement (the words)"),
    "code": _("Code"),
    "identifier": _("Identifier (GUID)"),
    "uri": _("Web address"),
    "parent": _("Code or identifier of the statement above"),
    LEVEL: _("Level: what the rows stand below (strand, cluster)"),
    LEVEL_CODE: _("Code of a level"),
    "smart_level": _("Outline number (3.6.2 stands below 3.6)"),
    "depth": _("Depth in the outline (1, 2, 3)"),
    "type": _("Type (standard, cluster)"),
    "grade": _("Grades"),
    "subject": _("Subject"),
    "notes": _("Notes"),
    "abbreviated": _("Short statement"),
    "alternative_label": _("Other label"),
    "keywords": _("Keywords"),
    "enumeration": _("Number in its list"),
    "sequence": _("Order"),
    "language": _("Language"),
    "modified": _("Last changed"),
    "start": _("Valid from"),
    "end": _("Valid until"),
    "isPartOf": _("Is part of (codes)"),
    "isPeerOf": _("Is a peer of (codes)"),
    "isRelatedTo": _("Is related to (codes)"),
    "exactMatchOf": _("Says the same as (codes)"),
    "precedes": _("Comes before (codes)"),
    "replacedBy": _("Replaced by (codes)"),
    "exemplar": _("Example (address)"),
    "hasSkillLevel": _("Has the skill level"),
    "isTranslationOf": _("Is a translation of (codes)"),
}
CHOICES = [(name, LABELS[name]) for name in ("", *FIELDS)]
_EXAMPLES = 3
_MANY = {"", LEVEL, LEVEL_CODE}


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column as it is understood now, with the first cells below its header."""

    name: str
    field: str
    examples: tuple[str, ...]


def columns_of(payload: Payload) -> list[TableColumn]:
    """The columns of the table in a payload; [] if it holds none."""
    header = _header(payload)
    if header is None:
        return []
    return [
        TableColumn(name, field, tuple(_examples(header, index)))
        for index, (name, field) in enumerate(header.mapping.items())
    ]


def mapping_of(payload: Payload) -> dict[str, str]:
    """Header: field, as a table is understood; {} for what is no table."""
    return {column.name: column.field for column in columns_of(payload)}


def faults(mapping: Mapping[str, str]) -> list[str]:
    """What is wrong with a mapping, in words for whoever chose it."""
    found = []
    for field in dict.fromkeys(mapping.values()):
        names = [name for name, said in mapping.items() if said == field]
        if field not in _MANY and len(names) > 1:
            found.append(
                gettext("“%(field)s” is chosen for several columns: %(names)s. Choose it for one.")
                % {"field": LABELS[field], "names": ", ".join(names)}
            )
    if not {"statement", LEVEL} & {*mapping.values()}:
        found.append(gettext("No column holds statements. Choose the one with the words of the standards."))
    return found


def _header(payload: Payload) -> Header | None:
    try:
        for file in members(payload):
            if OpenSaltReader().recognises(file) or not TableReader().recognises(file):
                continue
            if found := [*_tables(file)]:
                return max(found, key=_likely)[1]
    except ImportRefused:
        pass
    return None


def _tables(file: Payload) -> Iterator[tuple[Sheet, Header]]:
    for sheet in sheets(file):
        with suppress(ImportRefused):  # what was said of columns is for another sheet
            if header := first_row(sheet, file):
                yield sheet, header


def _likely(table: tuple[Sheet, Header]) -> tuple[bool, bool, int]:
    """How likely a sheet is the one with the standards; of those alike it is the first that holds as much as any."""
    sheet, header = table
    return header.holds_statements, not sheet.is_hidden, 0 if header.holds_statements else _size(header)


def _size(header: Header) -> int:
    return len(header.names) * len(header.rows)


def _examples(header: Header, index: int) -> list[str]:
    cells = dict.fromkeys(
        cells[index] for _, cells in header.rows[:200] if index < len(cells) and cells[index]
    )
    return [cell if len(cell) <= 90 else f"{cell[:89]}…" for cell in list(cells)[:_EXAMPLES]]
