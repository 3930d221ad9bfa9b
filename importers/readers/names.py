"""Tables of names: one row for each statement, with its codes, addresses and identifiers side by side, and no words."""

import re
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from importers.draft import OTHER_CODES, DocumentDraft, Extra, FrameworkDraft, ItemDraft
from importers.payload import Payload
from importers.problems import Problems
from importers.readers.columns import Header, find_header, first_row
from importers.readers.sheets import Sheet, is_workbook, may_be_text_table, sheets
from standards.names import guid

FORMAT = "names"
SHARED = "names of several rows"
"""In the extra of an item: by what they are, as `_by_kind` has them."""
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
        rows = {tuple(cells): number for number, cells in reversed(header.rows if header else [])}
        # What several rows are called is no name of any; of codes of a revision it may say what became of them.
        times = Counter(cell for cells in rows for cell in {*cells})
        shared = {cell for cell, number in times.items() if number > 1}
        items = [_item(sheet.path(number), cells, columns, shared) for cells, number in rows.items()]
        document = DocumentDraft(
            identifier=str(uuid.uuid5(uuid.NAMESPACE_URL, payload.checksum)), title="Names of statements"
        )
        return [
            FrameworkDraft(
                format=FORMAT,
                document=document,
                items=[item for item in reversed(items) if item],
                partial=True,
                anonymous=True,
                problems=Problems(),
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


def _item(path: str, cells: Sequence[str], columns: list[str], shared: set[str]) -> ItemDraft | None:
    """A row's names, and those that it shares with others by themselves; None for a row with fewer than two, which says
    nothing."""
    own = _by_kind(zip(cells, columns, strict=False), without=shared)
    others = _by_kind(((cell, what) for cell, what in zip(cells, columns, strict=False) if cell in shared))
    names = [name for kind in (own, others) for some in kind.values() for name in some]
    if len(names) < 2:
        return None
    code, *other_codes = [*own["code"], ""]
    identifier = (
        own["identifier"][0] if own["identifier"] else str(uuid.uuid5(uuid.NAMESPACE_URL, " ".join(names)))
    )
    extra: Extra = {OTHER_CODES: other_codes[:-1]} if other_codes[:-1] else {}
    if any(others.values()):
        extra[SHARED] = others
    return ItemDraft(
        identifier=identifier,
        human_coding_scheme=code,
        extra=extra,
        path=path,
        aliases=(*own["identifier"], *own["uri"]),
    )


def _by_kind(
    cells: Iterable[tuple[str, str]], without: Collection[str] = frozenset()
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"identifier": [], "uri": [], "code": []}
    for cell, what in cells:
        if cell and what and cell not in without and cell not in found[what]:
            found[what].append(cell)
    return found
