"""Where the rows of a table stand when no column names a parent: columns of levels, depths, indentation, smartLevels."""

import re
from collections.abc import Sequence
from itertools import pairwise

from importers.problems import Problems
from importers.readers.columns import Header
from importers.readers.headers import LEVEL, LEVEL_CODE, level_of
from importers.readers.rows import Row


def with_groupings(rows: Sequence[Row], header: Header, grid: Sequence[Sequence[str]]) -> list[Row]:
    """The rows, with one row of its own for each strand, cluster and so on that their columns name.

    `grid` holds the cells of `rows` as they stand. A blank cell means the value above it, as in merged cells, unless its
    column repeats its values from row to row. A row without a statement of its own is the grouping that it names.
    """
    columns = [index for index, name in enumerate(header.fields) if name == LEVEL]
    if not columns:
        return list(rows)
    codes = _codes_beside(header, columns)
    repeats = [_repeats(column, grid) for column in columns]
    current = [""] * len(columns)
    made: dict[tuple[str, ...], Row] = {}
    found: list[Row] = []
    for row, cells in zip(rows, grid, strict=True):
        given = [_cell(cells, column) for column in columns]
        _follow(current, given, repeats)
        path: tuple[str, ...] = ()
        above: Row | None = None
        for place, text in enumerate(current):
            path = (*path, text)
            if not text:
                continue
            if path not in made:
                code = _cell(cells, codes[place]) if place in codes and given[place] else ""
                grouping = {"statement": text, "type": header.names[columns[place]], "code": code}
                made[path] = Row(row.path, grouping, {}, key="level " + " / ".join(path), above=above)
                found.append(made[path])
            above = made[path]
        if row.get("statement"):
            row.above = above
            found.append(row)
        elif above is not None and any(given):
            above.cells = {**row.cells, **{name: cell for name, cell in above.cells.items() if cell}}
            above.own |= row.own
        else:
            row.above = above
            found.append(row)
    return found


def _follow(current: list[str], given: Sequence[str], repeats: Sequence[bool]) -> None:
    """What each level is after a row; a new value ends those inside it."""
    for place, text in enumerate(given):
        if text and text != current[place]:
            current[place:] = [text, *[""] * (len(current) - place - 1)]
        elif not text and repeats[place]:
            current[place] = ""


def _codes_beside(header: Header, columns: Sequence[int]) -> dict[int, int]:
    """For a level (its place among them) the column of its code: "Strand code" for "Strand", else the one beside it."""
    stems = {level_of(header.names[column])[1]: place for place, column in enumerate(columns)}
    found: dict[int, int] = {}
    for index, name in enumerate(header.fields):
        if name == LEVEL_CODE:
            nearest = min(range(len(columns)), key=lambda place: abs(columns[place] - index))
            found[stems.get(level_of(header.names[index])[1], nearest)] = index
    return found


def _repeats(column: int, grid: Sequence[Sequence[str]]) -> bool:
    cells = [_cell(row, column) for row in grid]
    return any(cell and cell == after for cell, after in pairwise(cells))


def _cell(cells: Sequence[str], index: int) -> str:
    return cells[index] if index < len(cells) else ""


def places(rows: Sequence[Row], problems: Problems) -> dict[int, int]:
    """For a row (its number) the row above it: by its level columns, smartLevel, depth or indentation."""
    numbers = {id(row): index for index, row in enumerate(rows)}
    said = {index: numbers[id(row.above)] for index, row in enumerate(rows) if row.above is not None}
    return said or _by_smart_level(rows, problems) or _by_depth(rows) or _by_indentation(rows)


def _by_smart_level(rows: Sequence[Row], problems: Problems) -> dict[int, int]:
    """Row: the row above it. Where a level in between is missing, the next one up."""
    levels: dict[str, int] = {}
    for index, row in enumerate(rows):
        level = row.get("smart_level").strip(".")
        if level and levels.setdefault(level, index) != index:
            problems.add(
                "warning", f"{row.path}, smartLevel", "duplicate", f"{level} is also that of {rows[levels[level]].path}.",
                alike="smartLevel",
            )  # fmt: skip
    found: dict[int, int] = {}
    for index, row in enumerate(rows):
        level = row.get("smart_level").strip(".")
        while "." in level:
            level = level.rpartition(".")[0]
            if level in levels and levels[level] != index:
                found[index] = levels[level]
                break
    return found


def _by_depth(rows: Sequence[Row]) -> dict[int, int]:
    """Row: the last row above with a lesser depth, where all depths are numbers."""
    depths = [row.get("depth") for row in rows]
    if not all(re.fullmatch(r"\d{1,3}", depth) for depth in depths):
        return {}
    return _below_lesser(list(map(int, depths)))


def _by_indentation(rows: Sequence[Row]) -> dict[int, int]:
    """As by depth, where the first row stands at the margin and not all do."""
    indents = [row.indent for row in rows]
    if not indents or indents[0] != min(indents) or min(indents) == max(indents):
        return {}
    return _below_lesser(indents)


def _below_lesser(depths: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    open_above: list[tuple[int, int]] = []
    for index, depth in enumerate(depths):
        while open_above and open_above[-1][0] >= depth:
            open_above.pop()
        if open_above:
            found[index] = open_above[-1][1]
        open_above.append((depth, index))
    return found
