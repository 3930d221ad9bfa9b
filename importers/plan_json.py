"""A plan as JSON: in full for the record and the admin, in numbers for `import_framework --json`."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from importers.plan import Changes, Entry, FieldChange, Plan, Replacement, counts
from importers.problems import Problem

MAX_ENTRIES = 1000
"""Of one kind; a plan that adds 25,000 statements is told by its number."""


def summary(plan: Plan, *, framework_short_name: str = "") -> dict[str, Any]:
    """What `import_framework --json` prints: numbers at the top, and under `plan` all that a person reads."""
    return {
        "framework": plan.identifier,
        "title": plan.title,
        "short_name": framework_short_name,
        "format": plan.format,
        **counts(plan),
        "association_changes": asdict(plan.association_changes),
        "warnings": warnings(plan.warnings),
        "plan": full(plan),
    }


def full(plan: Plan) -> dict[str, Any]:
    """Everything that a person reads before applying, with long lists cut at MAX_ENTRIES."""
    return {
        "is_new": plan.is_new,
        "is_empty": plan.is_empty,
        "removes_framework": plan.removes_framework,
        "retires_too_many": plan.retires_too_many,
        "stored_items": plan.stored_items,
        "counts": counts(plan),
        "document": [asdict(change) for change in plan.document],
        "associations": _changes(plan.association_changes),
        "definitions": _changes(plan.definition_changes),
        "rubrics": _changes(plan.rubric_changes),
        **cut(
            {
                **{
                    kind: map(_entry, getattr(plan, kind))
                    for kind in ("added", "changed", "moved", "retired", "ended", "restored", "removed")
                },
                "replaced": map(_group, plan.replaced),
            }
        ),
    }


def cut(lists: Mapping[str, Iterable[Any]]) -> dict[str, Any]:
    """Lists of JSON entries cut at MAX_ENTRIES, and the `checksum` (SHA-256) of them uncut.

    Two plans are the same if all that is written of them is, however much is not.
    """
    found: dict[str, Any] = {name: [] for name in lists}
    whole = sha256()
    for name, entries in lists.items():
        for entry in entries:
            whole.update(json.dumps([name, entry], sort_keys=True).encode())
            if len(found[name]) < MAX_ENTRIES:
                found[name].append(entry)
    return {**found, "checksum": whole.hexdigest()}


def warnings(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [
        {
            "severity": problem.severity,
            "path": problem.path,
            "rule": problem.rule,
            "message": problem.message
            + (f" (and {problem.count - 1:,} more like it)" if problem.count > 1 else ""),
        }
        for problem in problems
    ]


def _changes(changes: Changes) -> dict[str, int]:
    return asdict(changes)


def _entry(entry: Entry) -> dict[str, Any]:
    written: dict[str, Any] = {
        "identifier": entry.identifier,
        "code": entry.code,
        "statement": entry.statement,
        "resources": entry.resources,
    }
    if entry.fields:
        written["fields"] = [_field(change) for change in entry.fields]
    if entry.parents_before or entry.parents_after:
        written |= {"parents_before": list(entry.parents_before), "parents_after": list(entry.parents_after)}
    return written


def _group(group: Replacement) -> dict[str, Any]:
    return {
        "kind": group.kind,
        "before": [_entry(entry) for entry in group.before],
        "after": [_entry(entry) for entry in group.after],
        "resources": group.resources,
    }


def _field(change: FieldChange) -> dict[str, Any]:
    return {"field": change.field, "before": change.before, "after": change.after}
