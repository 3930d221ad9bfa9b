"""Which column of a table holds what: guessed from headers and cells, remembered, and correctable."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.readers.headers import EITHER, FIELDS, LEVEL, LEVEL_CODE, RANK, fold, level_of, meaning
from importers.readers.sheets import Sheet

_SCANNED = 25
_MANY = {LEVEL, LEVEL_CODE}  # fields that several columns may have
_PLACES = {"parent", "smart_level", "depth"}


@dataclass(frozen=True, slots=True)
class Header:
    """The header row of a table: `fields[i]` is what column i holds; `title` is what stands above it."""

    names: list[str]
    fields: list[str]
    title: str = ""
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    @property
    def mapping(self) -> dict[str, str]:
        """Header: field, as a person sees it and as `mapping` takes it."""
        return dict(zip(self.names, self.fields, strict=True))

    @property
    def holds_statements(self) -> bool:
        return "statement" in self.fields or LEVEL in self.fields


def find_header(sheet: Sheet, payload: Payload) -> Header | None:
    """The header row, with the columns as the payload's mapping, a remembered one, or their names say.

    None if no row looks like a header. Raises ImportRefused for a mapping that does not fit the table.
    """
    best: tuple[int, int] | None = None
    wanted = {fold(name) for name in payload.mapping}
    remembered = [{fold(name) for name in known} for known in payload.known_mappings]
    for index, (_, cells) in enumerate(sheet.rows[:_SCANNED]):
        folded = {fold(cell) for cell in cells if cell}
        score = _looks_like_headers(cells)
        score += 100 * len(wanted & folded) + 100 * (folded in remembered)
        if score and (best is None or score > best[0]):
            best = (score, index)
    if payload.mapping and sheet.rows and (best is None or best[0] < 2):
        best = (2, 0)  # its columns are then told to who named others
    if best is None or (best[0] < 2 and len(sheet.rows[best[1]][1]) > 1):
        return None
    return _header(sheet, best[1], payload)


def first_row(sheet: Sheet, payload: Payload) -> Header | None:
    """The header, or what comes nearest to one, for a person who is to say what the columns hold."""
    found = find_header(sheet, payload)
    if found is None and sheet.rows:
        widest = max(len(cells) for _, cells in sheet.rows[:_SCANNED])
        index = next(index for index, (_, cells) in enumerate(sheet.rows) if len(cells) * 2 > widest)
        found = _header(sheet, index, payload)
    return found


def _header(sheet: Sheet, index: int, payload: Payload) -> Header:
    names = _unique(sheet.rows[index][1])
    rows = sheet.rows[index + 1 :]
    title = next((cell for _, cells in sheet.rows[:index] for cell in cells if cell), "")
    return Header(names, _chosen(names, rows, payload), title, rows)


def _looks_like_headers(cells: Sequence[str]) -> int:
    """How many of the cells are headers that are known, each field counted once."""
    found = set()
    for cell in cells:
        if len(cell) <= 60:
            name = meaning(cell)[0] or (fold(cell) if fold(cell) in EITHER or level_of(cell)[0] else "")
            found.add(name)
    return len(found - {""})


def _unique(cells: Sequence[str]) -> list[str]:
    """Names for all columns: those without a header, and those that repeat one, get their number."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"column {number}"
        names.append(f"{name} ({number})" if name in names else name)
    return names


def _chosen(names: list[str], rows: Sequence[tuple[int, list[str]]], payload: Payload) -> list[str]:
    """The fields by what is remembered or guessed, with what a person said on top: a field said is no longer guessed."""
    found = _remembered(names, payload) or _guess(names, rows)
    if not payload.mapping:
        return found
    said = _checked(names, payload.mapping)
    taken = {field for field in said.values() if field not in _MANY}
    return [said.get(name, "" if field in taken else field) for name, field in zip(names, found, strict=True)]


def _remembered(names: list[str], payload: Payload) -> list[str]:
    folded = {fold(name) for name in names}
    for known in payload.known_mappings:
        by_fold = {fold(name): field for name, field in known.items()}
        if by_fold.keys() == folded and len(folded) == len(names) and {*known.values()} <= {*FIELDS, ""}:
            return [by_fold[fold(name)] for name in names]
    return []


def _checked(names: list[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The fields that a person said, by the header as it stands in the table."""
    by_fold = {fold(name): name for name in names}
    found: dict[str, str] = {}
    for header, said in mapping.items():
        if said and said not in FIELDS:
            raise ImportRefused(
                f"A column cannot hold {said!r}. It can hold: {', '.join(FIELDS)}.", path=f"mapping.{header}", rule="mapping"
            )  # fmt: skip
        name = header if header in names else by_fold.get(fold(header))
        if name is None:
            raise ImportRefused(
                f"The table has no column {header!r}. Its columns are: {', '.join(names)}.", path="mapping", rule="mapping"
            )  # fmt: skip
        found[name] = said
    twice = [
        said for said, number in Counter(found.values()).items() if number > 1 and said not in {"", *_MANY}
    ]
    if twice:
        raise ImportRefused(
            f"Only one column can hold the {twice[0]}, but several are said to: "
            f"{', '.join(name for name, said in found.items() if said == twice[0])}.",
            path="mapping", rule="mapping",
        )  # fmt: skip
    return found


# -- guessing


def _guess(names: list[str], rows: Sequence[tuple[int, list[str]]]) -> list[str]:
    """For each column the field that its header means; each field once, for the surest header."""
    meanings = [meaning(name) for name in names]
    fields = [""] * len(names)
    for index in sorted(range(len(names)), key=lambda index: meanings[index][1]):
        name, rank = meanings[index]
        if name and name not in fields and (rank < len(RANK) or not level_of(names[index])[0]):
            fields[index] = name
    for index, header in enumerate(names):
        if fold(header) in EITHER:
            wanted = "statement" if _words(index, rows) >= 4 else "code"
            if wanted not in fields:
                fields[index] = wanted
    if "depth" in fields and not all(cell.isdecimal() for cell in _cells(fields.index("depth"), rows)):
        fields[fields.index("depth")] = "" if "type" in fields else "type"  # "Level: Cluster"
    if "statement" not in fields:
        free = [index for index, name in enumerate(fields) if not name and not level_of(names[index])[0]]
        longest = max(free, key=lambda index: _words(index, rows), default=None)
        if longest is not None and _words(longest, rows) >= 4:
            fields[longest] = "statement"
    _guess_levels(names, fields, rows)
    return fields


def _guess_levels(names: list[str], fields: list[str], rows: Sequence[tuple[int, list[str]]]) -> None:
    """Marks the columns that hold what the rows stand below, unless another column says where they stand.

    Such a column comes in runs: a strand is not left and entered again. One alone must stand before the statement.
    """
    if any(name in _PLACES and _cells(index, rows) for index, name in enumerate(fields)):
        return
    statement = fields.index("statement") if "statement" in fields else len(names)
    found: list[int] = []
    for index, header in enumerate(names):
        may_be = level_of(header)[0] == LEVEL or (fold(header) in EITHER and index < statement)
        if not fields[index] and may_be and _comes_in_runs(found, index, rows):
            found.append(index)
    if len(found) < 2 and not (found and found[0] < statement < len(names)):
        return
    for index in found:
        fields[index] = LEVEL
    stems = {level_of(names[index])[1] for index in found}
    for index, header in enumerate(names):
        if not fields[index] and level_of(header)[0] == LEVEL_CODE and level_of(header)[1] in stems:
            fields[index] = LEVEL_CODE


def _comes_in_runs(above: Sequence[int], index: int, rows: Sequence[tuple[int, list[str]]]) -> bool:
    """Whether each value of a column stands in one run of rows below the same values of the columns `above` it."""
    seen: set[tuple[str, ...]] = set()
    last: tuple[str, ...] = ()
    current = [""] * (len(above) + 1)
    for _, cells in rows[:2000]:
        for place, column in enumerate((*above, index)):
            cell = cells[column] if column < len(cells) else ""
            if cell and cell != current[place]:
                current[place:] = [cell, *[""] * (len(current) - place - 1)]
        key = tuple(current)
        if key != last and key[-1]:
            if key in seen:
                return False
            seen.add(key)
        last = key
    return bool(seen)


def _cells(index: int, rows: Sequence[tuple[int, list[str]]]) -> list[str]:
    return [cells[index] for _, cells in rows[:200] if index < len(cells) and cells[index]]


def _words(index: int, rows: Sequence[tuple[int, list[str]]]) -> float:
    """How many words the cells of a column have on average."""
    cells = _cells(index, rows)
    return sum(len(cell.split()) for cell in cells) / len(cells) if cells else 0.0
