"""A stored framework as a CASE package: as it came in, nothing lost.

A record is its non-empty columns with `extra` laid over them (`standards.models.base`). What a later change to
the framework withdrew from its source is left out.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from standards.case import fields
from standards.models import Framework

Raw = dict[str, Any]
_EMPTY: tuple[Any, ...] = ("", None)
VERSIONS = ("case-1.0", "case-1.1")


def package(
    framework: Framework,
    version: str,
    *,
    items: Iterable[Any] | None = None,
    associations: Iterable[Any] | None = None,
) -> Raw:
    """The CFPackage of a framework. A 1.0 framework asked for as 1.1 names that version; nothing else is added.

    `items` and `associations`: only these, rows or drafts.
    """
    if items is None:
        items = framework.items.filter(withdrawn=False).order_by("pk")
    if associations is None:
        associations = framework.associations.filter(withdrawn=False).order_by("pk")
    document = record(framework, fields.DOCUMENT)
    if version == "case-1.1" and framework.case_version != "1.1":
        document["caseVersion"] = "1.1"
    written: Raw = {
        "CFDocument": document,
        "CFItems": [record(item, fields.ITEM) for item in items],
        "CFAssociations": [association(row) for row in associations],
        "CFDefinitions": _definitions(framework),
        "CFRubrics": _rubrics(framework),
    }
    said: Raw = framework.package_extra
    given = said.get("given", ["CFDocument", "CFItems", "CFAssociations"])
    written = {key: value for key, value in written.items() if value or key in given}
    # A key that the source gave as null stays so only while there is nothing to say under it.
    return written | {key: value for key, value in said.get("keys", {}).items() if not written.get(key)}


def record(row: Any, keys: Mapping[str, str]) -> Raw:
    """One record's CASE keys. `row` is a model instance or a draft: both name their fields alike."""
    known = ((key, getattr(row, column)) for key, column in keys.items())
    extra: Raw = row.extra
    return {key: value for key, value in known if value not in _EMPTY and value != []} | extra


def association(row: Any) -> Raw:
    """An association's record, its two links put together again unless `extra` has them whole."""
    written: Raw = {}
    for key, end in fields.ENDS.items():
        parts = {part: getattr(row, f"{end}_{part}") for part in ("title", "identifier", "uri")}
        if link := {part: value for part, value in parts.items() if value}:
            written[key] = link
    return written | record(row, fields.ASSOCIATION)


def definition(row: Any, kind: str) -> Raw:
    return record(row, fields.DEFINITIONS[kind][1])


def rubric(row: Any, criteria: Iterable[Raw]) -> Raw:
    return _nested(record(row, fields.RUBRIC), "CFRubricCriteria", criteria)


def criterion(row: Any, levels: Iterable[Raw]) -> Raw:
    return _nested(record(row, fields.CRITERION), "CFRubricCriterionLevels", levels)


def level(row: Any) -> Raw:
    return record(row, fields.LEVEL)


def _nested(written: Raw, key: str, members: Iterable[Raw]) -> Raw:
    found = list(members)
    return written | {key: found} if found else written


def _definitions(framework: Framework) -> Raw:
    said = framework.package_extra
    given = said.get("definitions_given", [])
    written: Raw = {}
    for kind, (model, _) in fields.DEFINITIONS.items():
        rows = [definition(row, kind) for row in model.objects.filter(framework=framework).order_by("pk")]
        if rows or kind in given:
            written[kind] = rows
    return written | {
        key: value for key, value in said.get("definitions", {}).items() if not written.get(key)
    }


def _rubrics(framework: Framework) -> list[Raw]:
    rows = framework.rubrics.order_by("pk").prefetch_related("criteria__levels")
    return [
        rubric(
            row,
            [
                criterion(one, [level(rung) for rung in sorted(one.levels.all(), key=lambda rung: rung.pk)])
                for one in sorted(row.criteria.all(), key=lambda one: one.pk)
            ],
        )
        for row in rows
    ]
