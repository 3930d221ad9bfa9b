"""Rows of a table that are one resource: a title, and a row for each of its standards. And those that are none."""

import re
from dataclasses import dataclass

from importers.problems import Problems
from importers.readers.sheets import Sheet
from importers.resources.draft import AlignmentDraft
from importers.resources.readers.cells import PLACE

RELATIONS = ("teaches", "assesses", "requires")
LIST = re.compile(r"\s*[;|\n]\s*")
# A comma divides codes and grades, never words: a title or a subject may have one.
COMMA_LIST = re.compile(r"\s*[;|\n,]\s*")
_SPANS = 20


@dataclass(slots=True)
class Read:
    """What was read of one resource, from a row or from several. `last` is the number of the last one."""

    row: dict[str, list[str]]
    raw: dict[str, str]
    path: str
    last: int
    alignments: list[AlignmentDraft]
    rows: int = 1


def parts_of(row: dict[str, list[str]], name: str, divider: re.Pattern[str]) -> tuple[str, ...]:
    parts = (part for cell in row.get(name, ()) for part in divider.split(cell))
    return tuple(dict.fromkeys(part for part in parts if part))


def alignments_of(row: dict[str, list[str]]) -> list[AlignmentDraft]:
    framework = next(iter(row.get("framework", ())), "")
    return [
        AlignmentDraft(relation, part if "://" in part else "", "" if "://" in part else part, framework)
        for relation in RELATIONS
        for part in parts_of(row, relation, COMMA_LIST)
    ]


def has_standards_only(cells: list[str], fields: list[str]) -> bool:
    """Whether a row goes on with the one above: of a table with the title before the standards, it has but these.

    Where the standards come first, each may have its resource, or none so far.
    """
    held = {fields[column] if column < len(fields) else "" for column, cell in enumerate(cells) if cell}
    first = next((name for name in fields if name == "name" or name in RELATIONS), "")
    return first == "name" and bool(held & {*RELATIONS}) and held <= {*RELATIONS, "framework"}


def tell_untitled(sheet: Sheet, rows: list[int], problems: Problems) -> None:
    """All of them by their numbers: whoever mends the table looks for each."""
    spans: list[list[int]] = []
    for number in rows[1:]:
        if spans and spans[-1][-1] == number - 1:
            spans[-1][1:] = [number]
        else:
            spans.append([number])
    named = ", ".join("–".join(map(str, span)) for span in spans[:_SPANS])
    more = sum(span[-1] - span[0] + 1 for span in spans[_SPANS:])
    also = f" So {'is row' if len(rows) == 2 else 'are rows'} {named}{f' and {more} more' if more else ''}."
    problems.add(
        "warning", sheet.path(rows[0]), "no-name",
        f"has no title, so it is passed over.{also if named else ''} Write a title into it; or, if it goes on with the "
        "resource above, put what it says into that row: several standards fit into one cell, divided by “;”.",
    )  # fmt: skip


def join(
    to: Read, row: dict[str, list[str]], raw: dict[str, str], number: int, problems: Problems, path: str
) -> None:
    """Takes a row into the resource above, to which it belongs: a row for each of its standards, as a rule."""
    title = to.row["name"][0][:80]
    to.alignments += alignments_of({"framework": to.row.get("framework", []), **row})
    to.last = number
    address = row.pop("url", []) or row.pop(PLACE, [])
    known = to.row.get("url") or to.row.get(PLACE)
    if address and not known:
        to.row["url"] = address
    elif address and address != known:
        problems.add(
            "warning", path, "addresses",
            f"leads elsewhere than the first row of “{title}”, which counts; all are kept with the record.", alike=to.path,
        )  # fmt: skip
    for name, texts in row.items():
        said = to.row.setdefault(name, [])
        said += [text for text in texts if text not in said]
    to.rows += 1
    to.raw |= {f"{name} ({to.rows})": value for name, value in raw.items()}
