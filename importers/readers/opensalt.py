"""OpenSALT workbooks: the sheets CF Doc, CF Item and CF Association."""

import re
import uuid
from dataclasses import replace
from typing import Any

from importers.draft import IS_CHILD_OF, AssociationDraft, DefinitionDraft, DocumentDraft, FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused, Problems
from importers.readers.columns import find_header
from importers.readers.headers import fold
from importers.readers.rows import Row, Rows, read_rows
from importers.readers.sheets import Sheet, is_workbook, sheets
from importers.readers.table import items, other_links, tree
from standards.models import AssociationType

_DOCUMENT = {
    "identifier": "identifier", "creator": "creator", "title": "title", "lastchangedate": "last_change_date_time",
    "lastchangedatetime": "last_change_date_time", "officialsourceurl": "official_source_url",
    "publisher": "publisher", "description": "description", "language": "language", "version": "version",
    "adoptionstatus": "adoption_status", "statusstartdate": "status_start_date", "statusenddate": "status_end_date",
    "notes": "notes", "uri": "uri",
}  # fmt: skip
_LICENSE = ("license", "licensetitle", "licenseuri", "licensetext")
_TYPES = {fold(value): str(value) for value in AssociationType.values} | {
    "isexactmatchof": "exactMatchOf",
    "exactmatch": "exactMatchOf",
}


class OpenSaltReader:
    name = "opensalt-xlsx"
    label = "OpenSALT workbook (XLSX)"

    def recognises(self, payload: Payload) -> bool:
        return is_workbook(payload) and {"cfdoc", "cfitem"} <= {fold(sheet.name) for sheet in sheets(payload)}

    def read(self, payload: Payload) -> list[FrameworkDraft]:
        by_name = {fold(sheet.name): sheet for sheet in sheets(payload)}
        if not {"cfdoc", "cfitem"} <= by_name.keys():
            raise ImportRefused("The workbook has no sheets CF Doc and CF Item.", rule="schema")
        problems = Problems()
        document, definitions = _document(by_name["cfdoc"], problems)
        header = find_header(by_name["cfitem"], payload)
        if header is None or "statement" not in header.fields:
            raise ImportRefused("has no header with fullStatement.", path="CF Item, row 1", rule="columns")
        rows, _ = read_rows(by_name["cfitem"], header, problems)
        drafts = items(rows, document.identifier, problems)
        links = _associations(by_name.get("cfassociation"), rows, problems)
        levels = tree(rows, document.identifier, Problems() if links else problems)
        placed = {link.origin_identifier for link in links if link.association_type == IS_CHILD_OF}
        numbers = {
            (link.origin_identifier, link.destination_identifier): link.sequence_number for link in levels
        }
        links = [
            replace(link, sequence_number=numbers.get((link.origin_identifier, link.destination_identifier)))
            if link.association_type == IS_CHILD_OF and link.sequence_number is None
            else link
            for link in links
        ]
        named = {link.identifier for link in links}
        links += [
            link for link in levels if link.origin_identifier not in placed and link.identifier not in named
        ]
        return [
            FrameworkDraft(
                format=self.name,
                document=document,
                items=drafts,
                associations=[*links, *other_links(rows)],
                definitions=definitions,
                columns={name: to for name, to in header.mapping.items() if not to},
                problems=problems,
            )
        ]


def _document(sheet: Sheet, problems: Problems) -> tuple[DocumentDraft, list[DefinitionDraft]]:
    if len(sheet.rows) < 2:
        raise ImportRefused(
            "is empty: it names no framework. Fill in its second row (identifier, creator, title).",
            path=sheet.name, rule="empty",
        )  # fmt: skip
    names = sheet.rows[0][1]
    cells = dict(zip(names, sheet.rows[1][1], strict=False))
    said = {fold(name): cell for name, cell in cells.items() if cell}
    values: dict[str, Any] = {column: said[name] for name, column in _DOCUMENT.items() if name in said}
    if not values.get("title"):
        raise ImportRefused("has no title in its second row.", path=sheet.name, rule="required")
    if not values.get("identifier"):
        values["identifier"] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"table {values['title']}"))
        problems.add("warning", f"{sheet.name}, identifier", "required", "is missing; one was made.")
    for column, limit in (("identifier", 254), ("language", 35), ("version", 255), ("adoption_status", 100)):
        if len(values.get(column, "")) > limit:
            raise ImportRefused(
                f"is longer than {limit} characters.", path=f"{sheet.name}, {column}", rule="limit"
            )
    subjects = [part.strip() for part in said.get("subject", "").split(",") if part.strip()]
    known = {*_DOCUMENT, *_LICENSE, "subject"}
    extra: dict[str, object] = {
        name: cell for name, cell in cells.items() if cell and fold(name) not in known
    }
    definitions = []
    if title := said.get("licensetitle") or said.get("license"):
        identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, title))
        definitions.append(
            DefinitionDraft("CFLicenses", identifier, title=title, license_text=said.get("licensetext", ""))
        )
        extra["licenseURI"] = {"title": title, "identifier": identifier, "uri": said.get("licenseuri", "")}
    return DocumentDraft(**values, subject=list(subjects), extra=extra), definitions


def _associations(sheet: Sheet | None, rows: list[Row], problems: Problems) -> list[AssociationDraft]:
    """The rows of CF Association; ends without identifier are found by their code."""
    if sheet is None or not sheet.rows:
        return []
    names = [fold(name) for name in sheet.rows[0][1]]
    known = Rows(rows)
    found: dict[str, AssociationDraft] = {}
    for row_number, cells in sheet.rows[1:]:
        said = dict(zip(names, cells, strict=False))
        kind = said.get("associationtype", "")
        ends = []
        for end in ("originnode", "destinationnode"):
            identifier, code = said.get(f"{end}identifier", ""), said.get(f"{end}humancodingscheme", "")
            uri = said.get(f"{end}uri", "")
            if not identifier and code and (row := known.find(code, -1)) is not None:
                identifier = rows[row].identifier
            ends.append((identifier or uri.rpartition("/")[2] or code, uri))
        (origin, origin_uri), (destination, destination_uri) = ends
        if not kind or not origin or not destination:
            problems.add(
                "warning", sheet.path(row_number), "required", "names no type, origin or destination; it is left out.",
                alike="",
            )  # fmt: skip
            continue
        usual = _TYPES.get(fold(kind)) or re.sub(r"\s+", "", kind)
        identifier = said.get("identifier") or str(
            uuid.uuid5(uuid.NAMESPACE_URL, f"{origin} {usual} {destination}")
        )
        extra = {
            name: said[fold(name)]
            for name in ("associationGroupIdentifier", "associationGroupName")
            if said.get(fold(name))
        }
        link = AssociationDraft(
            identifier=identifier[:254],
            association_type=usual[:100],
            origin_identifier=origin[:255],
            origin_uri=origin_uri if "://" in origin_uri else "",
            destination_identifier=destination[:255],
            destination_uri=destination_uri if "://" in destination_uri else "",
            sequence_number=int(number) if (number := said.get("sequencenumber", "")).isdecimal() else None,
            extra=dict(extra),
            path=sheet.path(row_number),
        )
        found[link.identifier] = link
    return list(found.values())
