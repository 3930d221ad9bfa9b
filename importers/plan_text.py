"""A plan as lines of text for the command line and for mails, from the same JSON that the admin shows."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from importers import worddiff
from importers.labels import field_label, in_words

Raw = Mapping[str, Any]
SHOWN = 10
"""Of each kind, unless all are asked for."""
_TOLD = {"resources": "resource alignments touched"}  # a resource with two such standards counts twice
_KINDS = ("changed", "moved", "retired", "ended", "restored", "removed", "added")


def lines(
    title: str, plan: Raw, warnings: Iterable[Raw], *, everything: bool = False, in_labels: bool = False
) -> Iterator[str]:
    """`plan` and `warnings` as `importers.plan_json` writes them. Of a new framework's statements some are shown.

    in_labels: for who reads a mail: fields by their labels, a text on one line, no number that is nothing, and of the
    remarks about the file the first: a table may have one a row.
    """
    yield title
    if in_labels:
        yield in_words(plan["counts"])
    else:
        yield ", ".join(f"{number:,} {_TOLD.get(name, name)}" for name, number in plan["counts"].items())
    if plan["removes_framework"]:
        yield "  The framework is removed: this was its first import."
    for change in plan["document"]:
        yield f"  framework: {_change(change, in_labels=in_labels)}"
    for kind in ("associations", "definitions", "rubrics"):
        changes = plan[kind]
        if any(changes.values()):
            yield f"  {kind}: {', '.join(f'{number:,} {name}' for name, number in changes.items() if number)}"
    limit = None if everything else SHOWN
    yield from _replaced(plan["replaced"], limit)
    for kind in _KINDS:
        total = plan["counts"].get(kind, len(plan[kind]))
        yield from _entries(kind, plan[kind], total, limit, in_labels=in_labels)
    yield from _remarks(list(warnings), SHOWN if in_labels else None)
    if plan["retires_too_many"]:
        needs = "whoever applies it says that the file is whole" if in_labels else "this needs --allow-retire"
        yield f"  More than a tenth would be retired: {needs}."


def marked(before: Any, after: Any) -> str:
    """What is gone in [-…-], what is new in {+…+}."""
    marks = {"gone": "[-{}-]", "new": "{{+{}+}}", "same": "{}"}
    return "".join(marks[part.kind].format(part.text) for part in worddiff.compare(before, after))


def _change(change: Raw, *, in_labels: bool) -> str:
    text = marked(change["before"], change["after"])
    return (
        f"{field_label(change['field'])}: {' '.join(text.split())}"
        if in_labels
        else f"{change['field']}: {text}"
    )


def _entries(
    kind: str, entries: list[Raw], total: int, limit: int | None, *, in_labels: bool
) -> Iterator[str]:
    for entry in entries[:limit]:
        yield f"  {kind}: {_entry(entry)}"
        for change in entry.get("fields", ()):
            yield f"      {_change(change, in_labels=in_labels)}"
        if "parents_after" in entry and kind == "moved":
            yield f"      from {', '.join(entry['parents_before'])} to {', '.join(entry['parents_after'])}"
    shown = len(entries[:limit])
    if total > shown:
        yield f"  … and {total - shown:,} more {kind}"


def _remarks(warnings: list[Raw], limit: int | None) -> Iterator[str]:
    for warning in warnings[:limit]:
        path = f"{warning['path']}: " if warning["path"] else ""
        yield f"  {warning['severity']}: {path}{warning['message']}"
    if more := len(warnings) - len(warnings[:limit]):
        yield f"  … and {more:,} more remark{'s' * (more != 1)} about the file"


def _replaced(groups: list[Raw], limit: int | None) -> Iterator[str]:
    for group in groups[:limit]:
        yield f"  {group['kind']}:{_resources(group['resources'])}"
        for sign, side in (("-", "before"), ("+", "after")):
            for entry in group[side]:
                yield f"      {sign} {_entry(entry)}"
    shown = len(groups[:limit])
    if len(groups) > shown:
        yield f"  … and {len(groups) - shown:,} more split, merged or replaced"


def _entry(entry: Raw) -> str:
    code, statement = entry["code"] or entry["identifier"], " ".join(entry["statement"].split())
    words = statement if len(statement) <= 70 else f"{statement[:69]}…"
    return f"{code} {words}{_resources(entry['resources'])}"


def _resources(number: int) -> str:
    return f" ({number:,} resource{'s' * (number != 1)})" if number else ""


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
