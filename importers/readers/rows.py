"""The rows of a table as statements: cells by field, found by identifier or code wherever they stand."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from importers.payload import is_visible
from importers.problems import Problems
from importers.readers.columns import Header
from importers.readers.headers import LEVEL, LEVEL_CODE
from importers.readers.sheets import SHOWN_ERRORS, Sheet
from standards.codes import fold_code

_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:T00:00:00)?")


@dataclass(slots=True)
class Row:
    """One statement: the cells by field, and under their headers those of columns without one.

    `key` is what its identifier is made of if it has none and no code; `indent` how far its words are from the
    margin; `above` the row that it stands below, if its columns of levels say so.
    """

    path: str
    cells: dict[str, str]
    own: dict[str, object]
    identifier: str = ""
    key: str = ""
    indent: int = 0
    above: Row | None = None

    def get(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(slots=True)
class Rows:
    """The rows of one table, found by identifier or code, wherever they stand."""

    members: list[Row]
    by_identifier: dict[str, int] = field(default_factory=dict)
    by_code: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_folded: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for index, row in enumerate(self.members):
            self.by_identifier.setdefault(row.get("identifier"), index)
            self.by_code[row.get("code")].append(index)
            self.by_folded[fold_code(row.get("code"))].append(index)

    def find(self, name: str, near: int) -> int | None:
        """The row that a reference means: by identifier, code or another spelling of it; of several, the last one above."""
        found = self.by_identifier.get(name) if name else None
        if found is not None:
            return found
        folded = fold_code(name)
        candidates = self.by_code.get(name) or (self.by_folded.get(folded) if folded else None) or []
        others = [index for index in candidates if index != near]
        above = [index for index in others if index < near]
        return above[-1] if above else next(iter(others), None)


def read_rows(sheet: Sheet, header: Header, problems: Problems) -> tuple[list[Row], list[list[str]]]:
    """The rows with a statement, a code or a level, and their cells as they stand.

    Cells beyond the header are kept under their column's number.
    """
    found = []
    grid = []
    words = _indented(sheet, header)
    for number, given in header.rows:
        cells = [*given]
        path = sheet.path(number)
        if len(cells) > len(header.names):
            problems.add(
                "warning", path, "ragged", f"has {len(cells)} cells below {len(header.names)} headers; the rest is kept.",
                alike="",
            )  # fmt: skip
        row = Row(path, {}, {}, indent=sheet.indents.get((number, words), 0))
        has_level = False
        for index, cell in enumerate(cells):
            name = header.fields[index] if index < len(header.fields) else ""
            if not cell:
                continue
            if name == "statement" and not is_visible(cell):
                cells[index] = ""  # of a level, too
                continue
            if name and cell in SHOWN_ERRORS:
                said = f"has a cell that shows an error, “{cell}”; it counts as empty."
                problems.add("warning", path, "error-cell", said, alike=cell)
                cells[index] = ""
                continue
            if name == "code" and _DAY.fullmatch(cell):
                said = f"has a day as its code, {cell[:10]}: a spreadsheet took a code such as 1-2 for one."
                problems.add("warning", path, "date", f"{said} Make the column text.", alike="")
            if name in (LEVEL, LEVEL_CODE):
                has_level = has_level or name == LEVEL
            elif name:
                is_words = name == "uri" and "://" not in cell
                row.cells[name] = (is_words and sheet.links.get((number, index + 1))) or cell
            else:
                row.own[header.names[index] if index < len(header.names) else f"column {index + 1}"] = cell
        if has_level or row.get("statement") or row.get("code") or row.get("identifier"):
            found.append(row)
            grid.append(cells)
        elif row.cells:
            problems.add(
                "warning", path, "required", "has neither statement nor code; it is left out.", alike=""
            )
    return found, grid


def _indented(sheet: Sheet, header: Header) -> int:
    """The column whose indentation tells the tree: of words and codes the first. The words behind codes do where half the
    rows are indented, as a space before a few of them is a slip."""
    first, *behind = [index for index, name in enumerate(header.fields) if name in ("statement", "code")] or [
        0
    ]
    indented = Counter(column for _, column in sheet.indents)
    if indented[first]:
        return first
    return next((index for index in behind if 2 * indented[index] >= len(header.rows)), first)
