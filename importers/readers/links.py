"""What openpyxl does not give where it reads a sheet row by row: the addresses behind cells, and which are merged.

Excel and Google Sheets write them as `<hyperlink ref="A2" r:id="rId1"/>` below the rows, with the address in the sheet's
relationships; LibreOffice too; and all of them write the formula HYPERLINK within the cell.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from defusedxml.ElementTree import iterparse

from importers.problems import ImportRefused

Place = tuple[int, int]
"""The row's number and the column's, both from 1."""
MAX_LINKS = 400_000
MAX_MERGED = 100_000
_CHUNK = 1 << 20
_SIGNS = (b"hyperlink", b"mergecell")
_LONGEST = max(map(len, _SIGNS))
_KIND = "/hyperlink"
_TEXT = r'"((?:[^"]|"")*)"'
_FORMULA = re.compile(
    rf"HYPERLINK\(\s*(?:{_TEXT}|\$?([A-Z]{{1,3}})\$?(\d{{1,7}}))\s*(?:[,;]\s*(?:{_TEXT})?[^)]*)?\)", re.I
)
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})", re.I)


@dataclass(frozen=True, slots=True)
class Link:
    """Where a cell leads: `target` as it stands, "" where a formula would have to be worked out for it.

    `words` are what a formula says that the cell shows; `cell` is where the formula has its address from.
    """

    target: str
    words: str = ""
    cell: Place | None = None


@dataclass(frozen=True, slots=True)
class Unseen:
    """The links of a sheet by their places, and its merged cells by the first and the last."""

    links: dict[Place, Link] = field(default_factory=dict)
    merged: list[tuple[Place, Place]] = field(default_factory=list)


def link_of(formula: str) -> Link | None:
    """What HYPERLINK says in a formula; None if it is not in it."""
    if "HYPERLINK(" not in formula.upper():
        return None
    found = _FORMULA.search(formula)
    if not found:
        return Link("")
    target, column, row, words = found.groups()
    if column:
        return Link("", _unquoted(words), (int(row), _number(column)))
    return Link(_unquoted(target), _unquoted(words) or _unquoted(target))


def unseen_of(archive: zipfile.ZipFile, part: str, last_row: int) -> Unseen:
    """What the sheet that is `part` of a workbook has of it. Raises ImportRefused for more than anybody makes.

    Most sheets have none: those are not parsed once more.
    """
    with archive.open(part) as file:
        if not _mentioned(file):
            return Unseen()
    targets = _targets(archive, part)
    unseen = Unseen()
    found = unseen.links
    with archive.open(part) as file:
        for place, link in _within(file, targets, last_row, unseen.merged):
            if not (place in found and found[place].target):
                found[place] = link
            if len(found) > MAX_LINKS:
                raise ImportRefused(
                    f"A sheet has more than {MAX_LINKS:,} links, too many to read. Divide it.", rule="size"
                )
    return unseen


def _mentioned(file: IO[bytes]) -> bool:
    rest = b""
    while chunk := file.read(_CHUNK):
        text = (rest + chunk).lower()
        if any(sign in text for sign in _SIGNS):
            return True
        rest = chunk[-_LONGEST:]
    return False


def _targets(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    folder, name = posixpath.split(part)
    try:
        file = archive.open(posixpath.join(folder, "_rels", f"{name}.rels"))
    except KeyError:
        return {}
    with file:
        return {
            element.get("Id", ""): element.get("Target", "")
            for element in _elements(file, "Relationship")
            if element.get("Type", "").endswith(_KIND)
        }


def _within(
    file: IO[bytes], targets: Mapping[str, str], last_row: int, merged: list[tuple[Place, Place]]
) -> Iterator[tuple[Place, Link]]:
    """The links one by one; `merged` is filled on the way."""
    shared: dict[str, tuple[str, str]] = {}
    for element in _elements(file, "c", "hyperlink", "mergeCell"):
        if _local(element.tag) == "mergeCell":
            first, _, last = element.get("ref", "").partition(":")
            if (start := _place(first)) and (end := _place(last)):
                merged.append((start, end))
            if len(merged) > MAX_MERGED:
                raise ImportRefused(
                    f"A sheet has more than {MAX_MERGED:,} merged cells, too many to read. Divide it.",
                    rule="size",
                )
            continue
        if _local(element.tag) == "c":
            formula = _formula(element, shared)
            if (link := link_of(formula)) and (place := _place(element.get("r", ""))):
                yield place, link
            continue
        key = next((value for name, value in element.attrib.items() if _local(name) == "id"), "")
        if target := targets.get(key, ""):
            # Excel keeps what stands behind the number sign apart.
            anchor = element.get("location", "")
            link = Link(f"{target}#{anchor}" if anchor and "#" not in target else target)
            for place in _places(element.get("ref", ""), last_row):
                yield place, link


def _formula(cell: Any, shared: dict[str, tuple[str, str]]) -> str:
    """The cell's formula; of one that is filled down only the first has its words."""
    element = next((child for child in cell if _local(child.tag) == "f"), None)
    if element is None:
        return ""
    text, place = element.text or "", cell.get("r", "")
    if element.get("t") != "shared":
        return str(text)
    first = shared.setdefault(element.get("si", ""), (text, place))
    if text or "HYPERLINK" not in first[0].upper():
        return str(text)
    # A slow import that no other file needs.
    from openpyxl.formula.translate import Translator

    return str(Translator(f"={first[0]}", origin=first[1]).translate_formula(place))


def _elements(file: IO[bytes], *names: str) -> Iterator[Any]:
    """The elements of these names, one by one; what was read is let go of."""
    above: list[Any] = []
    for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            above.append(element)
            continue
        above.pop()
        if _local(element.tag) in names:
            yield element
        # What a cell holds is looked at with the cell.
        if above and not any(_local(one.tag) == "c" for one in above[-2:]):
            above[-1].remove(element)


def _places(reference: str, last_row: int) -> Iterable[Place]:
    first, _, last = reference.partition(":")
    start, end = _place(first), _place(last or first)
    if start is None or end is None:
        return ()
    rows, columns = range(start[0], min(end[0], last_row) + 1), range(start[1], end[1] + 1)
    return ((row, column) for row in rows for column in columns)


def _place(reference: str) -> Place | None:
    found = _REFERENCE.fullmatch(reference)
    return (int(found[2]), _number(found[1])) if found else None


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _unquoted(text: str | None) -> str:
    return (text or "").replace('""', '"').strip()


def _local(name: str) -> str:
    return name.rpartition("}")[2]
