"""A framework as an OpenSALT workbook: the sheets CF Doc, CF Item and CF Association, which its reader reads back."""

import io
import re
from collections import Counter
from typing import Any

from standards.exports.rows import Rows, rows_of
from standards.models import Framework

DOCUMENT = {
    "identifier": "identifier", "creator": "creator", "title": "title", "lastChangeDate": "last_change_date_time",
    "officialSourceURL": "official_source_url", "publisher": "publisher", "description": "description",
    "language": "language", "version": "version", "adoptionStatus": "adoption_status",
    "statusStartDate": "status_start_date", "statusEndDate": "status_end_date", "notes": "notes", "uri": "uri",
}  # fmt: skip
ITEM = (
    "identifier fullStatement humanCodingScheme smartLevel listEnumeration abbreviatedStatement conceptKeywords notes"
    " language educationLevel CFItemType uri alternativeLabel subject statusStartDate statusEndDate lastChangeDateTime"
).split()
"""OpenSALT's own columns, then those that it treats as a district's."""
ASSOCIATION = (
    "identifier originNodeURI originNodeIdentifier originNodeHumanCodingScheme associationType destinationNodeURI"
    " destinationNodeIdentifier destinationNodeHumanCodingScheme associationGroupIdentifier associationGroupName"
    " sequenceNumber"
).split()
_CELL = 32_767  # characters, Excel's own limit
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write(framework: Framework) -> tuple[bytes, list[str]]:
    # A slow import that only this format needs.
    from openpyxl import Workbook

    rows = rows_of(framework)
    book = Workbook(write_only=True)
    document = book.create_sheet("CF Doc")
    _write(document, *_document(framework), rows.remarks)
    items = book.create_sheet("CF Item")
    columns = [*ITEM, *rows.own]
    _append(items, columns, rows.remarks)
    for cells in rows.cells:
        level = rows.level[cells["identifier"]]
        _append(items, [{**cells, "smartLevel": level}.get(name, "") for name in columns], rows.remarks)
    links = book.create_sheet("CF Association")
    _append(links, ASSOCIATION, rows.remarks)
    for link in _associations(rows):
        _append(links, link, rows.remarks)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue(), rows.told()


def _document(framework: Framework) -> tuple[list[str], list[str]]:
    cells = {name: getattr(framework, column) for name, column in DOCUMENT.items()}
    if not _CONTROL.sub("", framework.title).strip():
        cells["title"] = framework.short_name  # a workbook without a title is not read
    cells["subject"] = ", ".join(str(subject) for subject in framework.subject)
    if framework.license:
        cells |= {"license": framework.license.title, "licenseText": framework.license.license_text}
    cells |= {
        key: value for key, value in framework.extra.items() if isinstance(value, str) and key not in cells
    }
    return list(cells), list(cells.values())


def _associations(rows: Rows) -> list[list[Any]]:
    codes = {cells["identifier"]: cells["humanCodingScheme"] for cells in rows.cells}
    found = []
    for link in rows.links:
        ends = [
            (getattr(link, f"{end}_uri"), identifier, codes.get(identifier, ""))
            for end in ("origin", "destination")
            for identifier in (getattr(link, f"{end}_identifier"),)
        ]
        said = link.extra.get("CFAssociationGroupingURI")
        group: dict[str, Any] = said if isinstance(said, dict) else {}
        found.append([
            link.identifier, *ends[0], link.association_type, *ends[1],
            group.get("identifier") or link.extra.get("associationGroupIdentifier", ""),
            group.get("title") or link.extra.get("associationGroupName", ""), link.sequence_number,
        ])  # fmt: skip
    return found


def _write(sheet: Any, header: list[str], cells: list[str], remarks: Counter[str]) -> None:
    _append(sheet, header, remarks)
    _append(sheet, cells, remarks)


def _append(sheet: Any, cells: Any, remarks: Counter[str]) -> None:
    from openpyxl.cell import WriteOnlyCell

    written = []
    for value in cells:
        cell = WriteOnlyCell(sheet, _storable(value, remarks))
        if isinstance(value, str):
            cell.data_type = "s"  # a text that starts with = is no formula
        written.append(cell)
    sheet.append(written)


def _storable(value: Any, remarks: Counter[str]) -> Any:
    if not isinstance(value, str):
        return value
    if _CONTROL.search(value):
        remarks["A text has control characters, which a workbook cannot hold; they are left out"] += 1
        value = _CONTROL.sub("", value)
    if len(value) > _CELL:
        remarks[f"A text is longer than {_CELL:,} characters, the most that a cell holds; it is cut"] += 1
        value = value[:_CELL]
    return value
