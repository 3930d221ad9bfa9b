"""The cells of a row of resources, with where they lead; and which of them leads to the resource."""

import re
from dataclasses import dataclass

from importers.problems import Problems
from importers.readers.links import link_of
from importers.readers.sheets import Sheet
from importers.resources.values import is_web, lacks_scheme

PLACE = "place"
"""Where a row keeps an address that does not name the resource: it may be the folder of many."""
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp)(?:$|\?)", re.I)
_SEVERAL = re.compile(r"[\s,;|]+(?=https?://)", re.I)
_QUOTED = re.compile(r'="((?:[^"]|"")*)"')
_ELSEWHERE = ("#", "mailto:", "tel:")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell below a header, which means `field`. `target` is where it leads, "" where a formula puts that together."""

    header: str
    field: str
    text: str
    target: str | None = None

    @property
    def address(self) -> str:
        return next((one for one in (self.target or "", self.text) if is_web(one)), "")


def read_cells(
    sheet: Sheet, number: int, cells: list[str], headers: list[str], fields: list[str]
) -> list[Cell]:
    """A row's cells as they are shown; those beyond the headers have none. What is merged with a cell above is as that
    is: one grade beside five lessons is the grade of each. Not the title, which may be of one with five links."""
    found = []
    for column in range(max(len(cells), len(headers))):
        text = cells[column] if column < len(cells) else ""
        if not text and column < len(fields) and fields[column] not in ("", "name", "identifier"):
            text = sheet.merged.get((number, column + 1), "")
        target = sheet.links.get((number, column + 1))
        if text.startswith("="):
            # Text files hold what is typed into a spreadsheet: a link's formula, or ="007" for a text of digits.
            if quoted := _QUOTED.fullmatch(text):
                text = quoted[1].replace('""', '"')
            elif link := link_of(text):
                text, target = link.words or text, link.target
        if target is not None and target.lower().startswith(_ELSEWHERE):
            target = None
        known = column < len(headers)
        found.append(Cell(headers[column] if known else "", fields[column] if known else "", text, target))
    return found


def find_address(row: dict[str, list[str]], cells: list[Cell], path: str, problems: Problems) -> None:
    """Puts the resource's address into the row: what its column says or leads to, else where the title leads, else what
    a column without a field has."""
    said = next((text for text in row.get("url", ()) if is_web(text) or lacks_scheme(text)), "")
    if said:
        row["url"] = _SEVERAL.split(said)
        if len(row["url"]) > 1:
            problems.add(
                "notice",
                path,
                "addresses",
                "has several addresses in one cell: the first counts, and all are kept with the record.",
                alike="",
            )
        return
    for name in ("url", "name"):
        if found := next((cell.address for cell in cells if cell.field == name and cell.address), ""):
            row["url"] = [found]
            return
    for cell in cells:
        if cell.header and not cell.field and cell.address and not _PICTURE.search(cell.address):
            row[PLACE] = [cell.address]
            problems.add(
                "notice", path, "address-of",
                f"has its address from the column “{cell.header[:60]}”. Where another has it, call that one “URL”.",
                alike=cell.header,
            )  # fmt: skip
            return
    lost = next((cell.target for cell in cells if cell.target is not None and not is_web(cell.target)), None)
    if lost is not None:
        what = f"a file, “{lost[:80]}”, which is no web address" if lost else "what a formula puts together"
        problems.add(
            "warning", path, "link",
            f"leads to {what}; so the resource has no link here. Write its address into a column “URL”.",
            alike="file" if lost else "formula",
        )  # fmt: skip
