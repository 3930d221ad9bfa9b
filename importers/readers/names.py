"""Tables of names: one row for each statement, with its codes, addresses and identifiers side by side, and no words."""

import re
import uuid
from collections import Counter

from importers.draft import OTHER_CODES, DocumentDraft, FrameworkDraft, ItemDraft
from importers.payload import Payload
from importers.problems import Problems
from importers.readers.columns import Header, find_header, first_row
from importers.readers.made import NAMESPACE
from importers.readers.sheets import Sheet, is_workbook, may_be_text_table, sheets
from standards.names import guid

FORMAT = "names"
SHARED = "shared-name"
SHOWN = 5
_NAMING = {"identifier", "uri", "code", ""}
# Of a column's cells, so many must look alike.
_MOST = 0.9
_CODE = re.compile(r"[^\s/]{1,60}")
# How a header ends that no table of statements has, such as "asn_notation".
_NAME = re.compile(r"(?:notation|code|identifier|guid|uuid|ur[il]|\bid)$", re.IGNORECASE)


class NamesReader:
    name = FORMAT
    label = "table of names of statements (codes, addresses, identifiers)"

    def recognises(self, payload: Payload) -> bool:
        return bool(_columns(payload)) if is_workbook(payload) or may_be_text_table(payload) else False

    def read(self, payload: Payload) -> list[FrameworkDraft]:
        """One draft, of no framework: `importers.naming` finds whose statements these are."""
        sheet, header = _table(payload)
        columns = _columns(payload)
        rows = header.rows if header else []
        # What several rows are called is no name of any.
        times = Counter(cell for _, cells in rows for cell in {*cells})
        items = [
            _item(sheet.path(number), [cell if times[cell] == 1 else "" for cell in cells], columns)
            for number, cells in rows
        ]
        problems = Problems()
        if shared := [cell for cell, number in times.items() if number > 1 and cell]:
            first = next(number for number, cells in rows if shared[0] in cells)
            shown = ", ".join(f"“{cell[:80]}”" for cell in shared[:SHOWN])
            more = f" and {len(shared) - SHOWN:,} more" if len(shared) > SHOWN else ""
            problems.add(
                "warning", sheet.path(first), SHARED, f"Given to several rows, so no statement goes by it: {shown}{more}."
            )  # fmt: skip
        document = DocumentDraft(
            identifier=str(uuid.uuid5(NAMESPACE, payload.checksum)), title="Names of statements"
        )
        return [
            FrameworkDraft(
                format=FORMAT,
                document=document,
                items=[item for item in items if item],
                partial=True,
                anonymous=True,
                problems=problems,
            )
        ]


def _table(payload: Payload) -> tuple[Sheet, Header | None]:
    sheet = sheets(payload)[0]
    if header := find_header(sheet, payload):
        return sheet, header
    header = first_row(sheet, payload)
    is_named = header is not None and all(_NAME.search(name) for name in header.names)
    return sheet, header if is_named else None


def _columns(payload: Payload) -> list[str]:
    """What each column holds: identifier, uri or code, "" for an empty one. None of it, if any column holds more."""
    # Somebody said what the columns of a table of statements hold, and of which sheet they are.
    if payload.mapping:
        return []
    _sheet, header = _table(payload)
    if header is None or not header.rows or not {*header.fields} <= _NAMING:
        return []
    found = [
        _kind([cells[index] for _, cells in header.rows if index < len(cells) and cells[index]])
        for index in range(len(header.names))
    ]
    return found if "words" not in found and len([kind for kind in found if kind]) > 1 else []


def _kind(cells: list[str]) -> str:
    if not cells:
        return ""
    enough = _MOST * len(cells)
    if sum(1 for cell in cells if guid(cell)) >= enough:
        return "identifier"
    if sum(1 for cell in cells if "://" in cell and " " not in cell) >= enough:
        return "uri"
    return "code" if sum(1 for cell in cells if _CODE.fullmatch(cell)) >= enough else "words"


def _item(path: str, cells: list[str], columns: list[str]) -> ItemDraft | None:
    """A row's names; None for a row with fewer than two, which says nothing."""
    given = {
        kind: list(
            dict.fromkeys(cell for cell, what in zip(cells, columns, strict=False) if cell and what == kind)
        )
        for kind in ("identifier", "uri", "code")
    }
    names = [*given["identifier"], *given["uri"], *given["code"]]
    if len(names) < 2:
        return None
    code, *other_codes = [*given["code"], ""]
    identifier = (
        given["identifier"][0] if given["identifier"] else str(uuid.uuid5(NAMESPACE, " ".join(names)))
    )
    return ItemDraft(
        identifier=identifier,
        human_coding_scheme=code,
        extra={OTHER_CODES: other_codes[:-1]} if other_codes[:-1] else {},
        path=path,
        aliases=(*given["identifier"], *given["uri"]),
    )
