"""Rows of text out of CSV files and workbooks, whatever their delimiter, line ends and encoding mark; with limits."""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from importers.payload import Payload
from importers.problems import ImportRefused, Problems
from importers.readers.links import Link, Place, unseen_of
from standards.formulas import unguarded

MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELLS = 4_000_000
MAX_UNPACKED = 200_000_000
"""Bytes that a workbook may take once unpacked; a zip bomb of 1 MB unpacks to a thousand times that."""
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_TWO_DECIMALS = 2  # the number of the format 0.00 in every workbook (ECMA-376, 18.8.30)
SHOWN_ERRORS = frozenset("#REF! #N/A #VALUE! #NAME? #DIV/0! #NULL! #NUM! #SPILL! #CALC! #ERROR!".split())
"""What a spreadsheet shows in the place of a value that it could not work out."""
_DELIMITERS = ",;\t|"
_OF_HEADERS = 4
_UNSTORABLE = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` are (number in the file, cells); rows without any text are left out. `name` is "" for CSV.

    `encoding` is told where it had to be guessed; `indents` are, by row and column, the cells that do not begin at
    the margin; `is_hidden` where whoever opens the workbook does not see the sheet. `links` are where its cells lead, by the
    numbers of row and column: an address, a file, or "" where a formula would have to be worked out for it. `merged` are the
    words of cells that are merged with one above. `loose` is the first row with a quotation mark that a table may not have
    there, 0 where all stand as they should.
    """

    name: str
    rows: list[tuple[int, list[str]]]
    encoding: str = ""
    indents: dict[tuple[int, int], int] = field(default_factory=dict)
    is_hidden: bool = False
    links: dict[Place, str] = field(default_factory=dict)
    merged: dict[Place, str] = field(default_factory=dict)
    loose: int = 0

    def path(self, number: int) -> str:
        return f"{self.name}, row {number}" if self.name else f"row {number}"


_seen: WeakKeyDictionary[Payload, list[Sheet]] = WeakKeyDictionary()


def is_workbook(payload: Payload) -> bool:
    return payload.data.startswith((_ZIP, _OLD_EXCEL))


def may_be_text_table(payload: Payload) -> bool:
    """Whether the beginning is text that is neither JSON nor XML, in rows of at least two cells."""
    if is_workbook(payload) or payload.head[:1] in ("", "{", "[", "<") or "\x00" in payload.head:
        return False
    lines = payload.head.replace("\r", "\n").split("\n")
    return any(delimiter in line for line in lines for delimiter in _DELIMITERS)


def sheets(payload: Payload) -> list[Sheet]:
    """All sheets of a workbook, or the one of a text file. Read once for each payload."""
    if payload not in _seen:
        _seen[payload] = _workbook(payload) if is_workbook(payload) else [_text(payload)]
    return _seen[payload]


def _text(payload: Payload) -> Sheet:
    text, encoding = _decoded(payload)
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSTORABLE).removeprefix("\ufeff")
    delimiter = _delimiter(text)
    rows: list[list[str]] = []
    loose = 0
    try:
        try:
            rows.extend(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                raise ImportRefused(
                    f"The file ends in the middle of a quoted cell: a quotation mark of row {len(rows) + 1:,} or later is "
                    "not closed, or the file was cut off. Save it again.",
                    rule="truncated",
                ) from None
            loose = len(rows) + 1
            rows.clear()
            rows.extend(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        row = len(rows) + 1
        if "field limit" in str(error):
            raise ImportRefused(
                f"Row {row:,} has a cell of more than {csv.field_size_limit():,} characters. A quotation mark may not be "
                "closed there; otherwise shorten its text.",
                rule="limit",
            ) from None
        raise ImportRefused(
            f"The file is not a readable table: {error} in row {row:,}.", rule="table"
        ) from None
    indents: dict[tuple[int, int], int] = {}
    free = ([unguarded(cell) for cell in row] for row in rows)
    return Sheet("", filled(enumerate(free, start=1), indents), encoding, indents, loose=loose)


def tell_loose(sheet: Sheet, problems: Problems) -> None:
    """A cell that begins with a quotation mark goes on to the next, over the ends of rows."""
    if sheet.loose:
        problems.add(
            "warning", sheet.path(sheet.loose), "quotes",
            "has a quotation mark that is neither the end of its cell nor doubled: rows from here on may have run together. "
            "Look whether all of them are in the plan.",
        )  # fmt: skip


def _decoded(payload: Payload) -> tuple[str, str]:
    """A table that is not Unicode was saved by Excel for Windows: its encoding, too, gives each byte a meaning."""
    try:
        return payload.text, ""
    except ImportRefused:
        try:
            return payload.data.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError:
            pass
        raise


def _delimiter(text: str) -> str:
    """The one that divides the most rows into as many cells each, counted outside of quotes.

    The most marks say too little: codes in a cell are divided by ";", and there may be more of them than columns. What
    stands in the first row that any mark divides, without the space that follows it in words, counts for more.
    """
    lines = [line for line in text[:20_000].split("\n") if line.strip()][:20]
    without_quotes = ["".join(line.split('"')[::2]) for line in lines]
    first = next((line for line in without_quotes if any(mark in line for mark in _DELIMITERS)), "")

    def evenness(mark: str) -> int:
        rows = Counter(line.count(mark) for line in without_quotes)
        return max(marks * number for marks, number in rows.items()) * (
            _OF_HEADERS if mark in first.replace(f"{mark} ", "") else 1
        )

    return max(_DELIMITERS, key=evenness)


def _workbook(payload: Payload) -> list[Sheet]:
    if payload.data.startswith(_OLD_EXCEL):
        raise ImportRefused(
            "This is a workbook of an old Excel (.xls), or one with a password. Save it as .xlsx without a password.",
            rule="format",
        )
    _check_size(payload)
    # A slow import that no other format needs.
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(payload.data), read_only=True, data_only=True, keep_links=False)
        try:
            is_formatted = any(alignment.indent for alignment in getattr(book, "_alignments", ())) or any(
                style.numFmtId == _TWO_DECIMALS for style in getattr(book, "_cell_styles", ())
            )
            with zipfile.ZipFile(io.BytesIO(payload.data)) as archive:
                return [_sheet(sheet, is_formatted, archive) for sheet in book.worksheets]
        finally:
            book.close()
    except ImportRefused:
        raise
    except Exception as error:  # noqa: BLE001 openpyxl raises whatever its XML and zip readers raise
        reason = " ".join(str(error).split())[:150] or type(error).__name__
        if "invalid XML" in str(error):  # as openpyxl says it, at length, with the address of its manual
            reason = "part of it is no valid XML"
        raise ImportRefused(
            f"The workbook cannot be read ({reason}). Save it again as .xlsx.", rule="workbook"
        ) from None


def _check_size(payload: Payload) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(payload.data)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise ImportRefused(
            "The file is a damaged workbook or zip: it was cut off. Save it again.", rule="truncated"
        ) from None
    if not any(name.endswith("workbook.xml") for name in names):
        raise ImportRefused("This is a zip file, but no Excel workbook.", rule="format")
    if sum(part.file_size for part in parts) > MAX_UNPACKED or len(parts) > 5000:
        raise ImportRefused(
            f"The workbook unpacks to more than {MAX_UNPACKED // 1_000_000} MB, too much to read. Divide it.",
            rule="bomb",
        )


def _sheet(sheet: Any, is_formatted: bool, archive: zipfile.ZipFile) -> Sheet:
    sheet.reset_dimensions()  # what the file says of its size may be wrong by a million rows
    unseen = unseen_of(archive, sheet._worksheet_path, MAX_ROWS)
    links = unseen.links
    indents: dict[tuple[int, int], int] = {}
    if is_formatted:
        rows = ([_formatted(cell) for cell in row] for row in sheet.iter_rows())
    else:
        rows = ([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
    shown = enumerate((_with_words(number, row, links) for number, row in enumerate(rows, 1)), 1)
    found = filled(shown, indents)
    is_hidden = getattr(sheet, "sheet_state", "visible") != "visible"
    by_number = dict(found)
    above = _below_merged(unseen.merged, by_number)
    led = _followed(links, by_number)
    return Sheet(
        sheet.title,
        found,
        indents=indents,
        is_hidden=is_hidden,
        links=led | {place: led[first] for place, first in above.items() if first in led},
        merged={place: _text_at(first, by_number) for place, first in above.items()},
    )


def _below_merged(ranges: Iterable[tuple[Place, Place]], rows: Mapping[int, list[str]]) -> dict[Place, Place]:
    """Of cells that are merged downwards, those below the first, with where that is."""
    found: dict[Place, Place] = {}
    looked_at = 0
    for first, last in ranges:
        if not _text_at(first, rows):
            continue
        below = range(first[0] + 1, min(last[0], MAX_ROWS) + 1)
        looked_at += len(below)
        if looked_at > MAX_CELLS:
            raise ImportRefused(f"The table has more than {MAX_CELLS:,} merged cells.", rule="size")
        found |= {(number, first[1]): first for number in below if number in rows}
    return found


def _text_at(place: Place, rows: Mapping[int, list[str]]) -> str:
    cells = rows.get(place[0], [])
    return cells[place[1] - 1] if 0 < place[1] <= len(cells) else ""


def _with_words(number: int, cells: list[str], links: Mapping[Place, Link]) -> list[str]:
    """The cells, with what a link's formula says that they show: programs write it without having worked it out."""
    if not links:
        return cells
    return [
        link.words if (link := links.get((number, column))) and link.words else cell
        for column, cell in enumerate(cells, start=1)
    ]


def _followed(links: Mapping[Place, Link], rows: Mapping[int, list[str]]) -> dict[Place, str]:
    """Where each cell leads; the address of some stands in another cell."""
    return {
        place: link.target or (_text_at(link.cell, rows) if link.cell else "")
        for place, link in links.items()
        if _text_at(place, rows)
    }


def _formatted(cell: Any) -> str:
    """A cell with its format's indentation as spaces before the text, and both decimals of 1.10, which may be a code."""
    text = _cell(cell.value)
    if isinstance(cell.value, float) and cell.number_format == "0.00":
        text = f"{cell.value:.2f}"
    indent = getattr(getattr(cell, "alignment", None), "indent", 0) if text else 0
    return " " * min(int(indent or 0), 50) + text


def filled(rows: Any, indents: dict[tuple[int, int], int]) -> list[tuple[int, list[str]]]:
    """The rows with any text; `indents` is filled with what stands before the texts."""
    found = []
    total = 0
    for number, cells in rows:
        if number > MAX_ROWS:
            raise ImportRefused(f"The table has more than {MAX_ROWS:,} rows.", rule="size")
        trimmed = [cell.strip() for cell in cells]
        for column, cell in enumerate(cells):
            if cell[:1].isspace() and trimmed[column]:
                indents[number, column] = len(cell.expandtabs(4)) - len(cell.expandtabs(4).lstrip())
        while trimmed and not trimmed[-1]:
            trimmed.pop()
        if len(trimmed) > MAX_COLUMNS:
            raise ImportRefused(f"Row {number} has more than {MAX_COLUMNS} columns.", rule="size")
        total += len(trimmed)
        if total > MAX_CELLS:
            raise ImportRefused(f"The table has more than {MAX_CELLS:,} cells.", rule="size")
        if trimmed:
            found.append((number, trimmed))
    return found


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).translate(_UNSTORABLE)
