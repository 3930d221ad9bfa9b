"""Tables of statements: plain CSV and XLSX, and OpenSALT's item sheets, which are tables with CASE's own headers.

A parent is named by identifier or code, before or after its child; or by a smartLevel (3.6.2 stands below 3.6); or by
columns of levels (strand, cluster), a depth, or indentation. What has no field is kept under its header.
"""

import json
import re
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from importers.draft import AssociationDraft, DocumentDraft, FrameworkDraft, ItemDraft
from importers.payload import Payload
from importers.problems import ImportRefused, Problems
from importers.readers.columns import Header, find_header
from importers.readers.headers import ASSOCIATIONS, fold
from importers.readers.levels import places, with_groupings
from importers.readers.made import child_of
from importers.readers.rows import Row, Rows, read_rows
from importers.readers.sheets import Sheet, is_workbook, may_be_text_table, sheets, tell_loose
from standards.grades import normalise_grades

# The rule that is broken where a person has to say which column holds the statements.
NO_STATEMENTS = "statement-column"
_CUT = re.compile(r"\d+\.\d")
_AS_NUMBERS = " A spreadsheet takes 3.10 for the number 3.1: make the column text, and type such codes again."
_LIMITS = {
    "code": 255,
    "type": 255,
    "enumeration": 255,
    "language": 35,
    "start": 60,
    "end": 60,
    "modified": 60,
}
_TEXT = {
    "statement": "full_statement",
    "uri": "uri",
    "code": "human_coding_scheme",
    "type": "cf_item_type",
    "notes": "notes",
    "abbreviated": "abbreviated_statement",
    "alternative_label": "alternative_label",
    "enumeration": "list_enumeration",
    "language": "language",
    "modified": "last_change_date_time",
    "start": "status_start_date",
    "end": "status_end_date",
}
_LISTS = {"grade": "education_level", "subject": "subject", "keywords": "concept_keywords"}


class TableReader:
    name = "table"
    label = "table of statements (CSV, XLSX)"

    def recognises(self, payload: Payload) -> bool:
        if is_workbook(payload):
            return True
        if not may_be_text_table(payload):
            return False
        rows = sheets(payload)[0].rows
        return bool(payload.mapping) or find_header(sheets(payload)[0], payload) is not None or len(rows) > 2

    def read(self, payload: Payload) -> list[FrameworkDraft]:
        tables = _tables(payload)
        sheet, header = tables[0]
        problems = Problems()
        if sheet.encoding:
            problems.add(
                "warning", "", "encoding", f"is not UTF-8; it was read as {sheet.encoding}. Look whether accents are right."
            )  # fmt: skip
        tell_loose(sheet, problems)
        rows = [row for table in tables for row in _rows(*table, problems, several=len(tables) > 1)]
        if not rows:
            raise ImportRefused(
                "The table has a header, but no row below it.", path=sheet.path(1), rule="empty"
            )
        documents = list(dict.fromkeys(uri for row in rows if "/CFDocuments/" in (uri := row.get("uri"))))
        if len(documents) * 2 > len(rows):
            raise ImportRefused(
                f"This is a list of {len(documents):,} frameworks, not a framework. Import each by its address, such as "
                f"{documents[0].replace('/CFDocuments/', '/CFPackages/')}.",
                path=sheet.path(1), rule="list",
            )  # fmt: skip
        is_named = len(tables) == 1 and not sheet.name.startswith("Sheet")
        document = _document(payload, header, rows, sheet.name if is_named else "")
        tell_columns(header, problems)
        _tell_other_sheets(payload, tables, problems)
        return [
            FrameworkDraft(
                format="table-xlsx" if is_workbook(payload) else "table-csv",
                document=document,
                items=items(rows, document.identifier, problems),
                associations=[
                    *tree(rows, document.identifier, problems),
                    *other_links(rows),
                ],
                anonymous=True,
                columns=header.mapping,
                problems=problems,
            )
        ]


def _tables(payload: Payload) -> list[tuple[Sheet, Header]]:
    """The first sheet with statements, and those that go on with the same columns (one for each grade)."""
    found = []
    refusal: ImportRefused | None = None
    for sheet in sheets(payload):
        try:
            if header := find_header(sheet, payload):
                found.append((sheet, header))
        except ImportRefused as reason:  # the mapping is for another sheet
            refusal = refusal or reason
    if not found and refusal:
        raise refusal
    if not found:
        raise ImportRefused(
            "The table has no row of headers. Name its columns in the first row: statement, code, parent, grade.",
            rule="columns",
        )
    with_statements = [pair for pair in found if pair[1].holds_statements]
    if not with_statements:
        sheet, header = found[0]
        raise ImportRefused(
            "None of the columns is known to hold the words of the standards. The columns are: "
            f"{', '.join(header.names)}. Say which one does.",
            path=sheet.path(1), rule=NO_STATEMENTS,
        )  # fmt: skip
    # A hidden sheet may be last year's: it counts only where no other has any.
    seen = [pair for pair in with_statements if not pair[0].is_hidden] or with_statements
    first = {fold(name) for name in seen[0][1].names}
    return [pair for pair in seen if {fold(name) for name in pair[1].names} == first]


def _rows(sheet: Sheet, header: Header, problems: Problems, *, several: bool) -> list[Row]:
    rows, grid = read_rows(sheet, header, problems)
    if several and "grade" not in header.fields and normalise_grades(sheet.name):
        for row in rows:
            row.cells["grade"] = sheet.name
    return with_groupings(rows, header, grid)


def _tell_other_sheets(payload: Payload, tables: list[tuple[Sheet, Header]], problems: Problems) -> None:
    read = {sheet.name for sheet, _ in tables}
    others = [sheet for sheet in sheets(payload) if sheet.name not in read and sheet.rows]
    for is_hidden, why in ((False, f"has other columns than {tables[0][0].name}"), (True, "is hidden")):
        if names := ", ".join(sheet.name for sheet in others if sheet.is_hidden == is_hidden):
            problems.add("warning", names, "sheet", f"{why}; it is not read.")


def tell_columns(header: Header, problems: Problems) -> None:
    mapped = [f"{name} → {to}" for name, to in header.mapping.items() if to]
    own = [name for name, to in header.mapping.items() if not to]
    kept = f"; kept under their own names: {', '.join(own)}" if own else ""
    problems.add("notice", "columns", "columns", f"Columns: {', '.join(mapped)}{kept}.")


def items(rows: Sequence[Row], document: str, problems: Problems) -> list[ItemDraft]:
    """A draft of each row. A row without identifier gets one made of its code, the same on each import."""
    _identify(rows, document, problems)
    return [_item(row, problems) for row in rows]


def _identify(rows: Sequence[Row], document: str, problems: Problems) -> None:
    codes = Counter(row.get("code") for row in rows)
    made: Counter[str] = Counter()
    unnamed = {row.get("code") for row in rows if not row.get("identifier")} - {""}
    if twice := sorted(code for code in unnamed if codes[code] > 1):
        shown = ", ".join(twice[:3]) + (f" and {len(twice) - 3:,} more" if len(twice) > 3 else "")
        problems.add(
            "warning", "code", "code",
            f"Several rows have the same code: {shown}. A code should name one statement; where not, the next version "
            f"of the table will show both as gone and as new.{_AS_NUMBERS if any(map(_CUT.fullmatch, twice)) else ''}",
        )  # fmt: skip
    for row in rows:
        row.identifier = row.get("identifier")
        if len(row.identifier) > 254:
            raise ImportRefused(
                "is longer than 254 characters.", path=f"{row.path}, identifier", rule="limit"
            )
        if not row.identifier:
            code = row.get("code")
            key = code if code and codes[code] == 1 else row.key or f"{code} {row.get('statement')}"
            made[key] += 1
            again = f" #{made[key]}" if made[key] > 1 else ""
            row.identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{document} {key}{again}"))
    if made:
        problems.add(
            "notice", "identifier", "identifier", f"{made.total():,} rows have no identifier; each got one made of its code."
        )  # fmt: skip


def _item(row: Row, problems: Problems) -> ItemDraft:
    values: dict[str, Any] = {}
    extra = row.own  # the same, as the tree is made later and keeps there what it cannot place
    for name, column in _TEXT.items():
        text = row.get(name)
        limit = _LIMITS.get(name)
        if text and limit and len(text) > limit:
            extra[name] = text
            text = text[:limit]
            problems.add(
                "warning", f"{row.path}, {name}", "type", f"is longer than {limit} characters; shown shortened, kept whole.",
                alike=name,
            )  # fmt: skip
        values[column] = text
    if not values["full_statement"]:
        values["full_statement"] = row.get("abbreviated")
        problems.add("warning", f"{row.path}, statement", "required", "is missing.", alike="statement")
    values |= {column: _split(row.get(name)) for name, column in _LISTS.items()}
    return ItemDraft(row.identifier, **values, extra=extra, path=row.path)


def _split(cell: str) -> list[str]:
    if cell.startswith("["):  # a list as JSON, as the Knowledge Graph's tables have it
        try:
            return [str(part) for part in json.loads(cell) if part not in (None, "")]
        except (ValueError, TypeError, RecursionError):
            pass
    return [part.strip() for part in re.split(r"[,;|]", cell) if part.strip()]


def tree(rows: Sequence[Row], document: str, problems: Problems) -> list[AssociationDraft]:
    """isChildOf of every row, in the order of the sequence column or smartLevel, else of the rows."""
    known = Rows(list(rows))
    above = places(rows, problems)
    last: Counter[str] = Counter()
    links = []
    for index, row in enumerate(rows):
        named = row.get("parent")
        parent = above.get(index)
        if named:
            parent = known.find(named, index)
            if parent == index or parent is None:
                what = f"names a parent that is not here: {named[:80]}"
                if parent == index or named == row.get("code"):
                    what = "names itself as its parent"
                problems.add(
                    "warning", f"{row.path}, parent", "lost-parent", f"{what}; it stands at the root.",
                    alike=what[:20],
                )  # fmt: skip
                row.own.setdefault("parent", named)
                parent = None
        to = rows[parent].identifier if parent is not None else document
        last[to] += 1
        number = _sequence(row)
        links.append(child_of(row.identifier, to, last[to] if number is None else number, path=row.path))
    return links


def _sequence(row: Row) -> int | None:
    for said in (row.get("sequence"), row.get("smart_level").rstrip(".").rpartition(".")[2]):
        if re.fullmatch(r"\d{1,9}", said):
            return int(said)
    return None


def other_links(rows: Sequence[Row]) -> list[AssociationDraft]:
    """The columns named as a CASE association: one or several codes, identifiers or addresses."""
    known = Rows(list(rows))
    links: dict[str, AssociationDraft] = {}
    for index, row in enumerate(rows):
        for kind in ASSOCIATIONS:
            cell = row.get(kind)
            if not cell:
                continue
            whole = known.find(cell, index) is not None or "://" in cell
            for name in [cell] if whole else _split(cell):
                target = known.find(name, index)
                to = rows[target].identifier if target is not None else name
                identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{row.identifier} {kind} {to}"))
                links[identifier] = AssociationDraft(
                    identifier=identifier,
                    association_type=kind,
                    origin_identifier=row.identifier,
                    destination_identifier=to[:255],
                    destination_uri=name if "://" in name else "",
                    path=f"{row.path}, {kind}",
                )
    return list(links.values())


def _document(payload: Payload, header: Header, rows: Sequence[Row], sheet_name: str) -> DocumentDraft:
    """A document made of the title row or the file's name: a table says nothing more of itself."""
    name = payload.name if payload.name != "standard input" else ""
    title = header.title or sheet_name or re.sub(r"[_\s]+", " ", PurePath(name).stem).strip()
    key = title or " ".join(row.get("code") or row.get("statement") for row in rows[:20])
    subjects: Mapping[str, None] = dict.fromkeys(part for row in rows for part in _split(row.get("subject")))
    return DocumentDraft(
        identifier=str(uuid.uuid5(uuid.NAMESPACE_URL, f"table {key}")),
        title=title or "Table without a title",
        subject=list(subjects)[:5],
    )
