"""What an import of resources would change: read by a person before anything is written."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any

from importers.models import ImportedResource, WaitingAlignment
from importers.plan import FieldChange
from importers.plan_json import MAX_ENTRIES, cut, warnings
from importers.problems import Problem, Problems
from importers.resources.draft import Collection, ResourceDraft
from importers.resources.mapping import Fields, Vocabularies, map_fields
from importers.resources.moved import Moved, moved_here, names_of
from importers.resources.said import change_in_words, in_words
from importers.resources.standards import Resolved, as_dict, target_of
from importers.resources.stored import REVIEWED, Gone, Known, Stored, title_key
from people.models import Organisation

MAX_KEY = 1000
BATCH = 1000
RECORD = "record"
"""The name under which a change is told that no field shows: the record is kept anew, the page stays as it is."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the importer says beside the source. `audience` is "" for as before, and for everyone where it is new.

    `replace_reviewed`: replace also pages that reviewers approved here as they had come. What was edited here stays.
    `defaults` are the kind, subject and language of what says none; without them, as when it was last imported.
    """

    district: Organisation
    audience: str = ""
    replace_reviewed: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One resource of the file, mapped: what would be stored of it, and what is stored."""

    draft: ResourceDraft
    key: str
    fields: Fields
    known: Known | None = None
    changes: tuple[FieldChange, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    moved: Moved = field(default_factory=dict)

    @property
    def title(self) -> str:
        return str(self.fields["title"])

    @property
    def is_reviewed(self) -> bool:
        """Whether all that stands in the way of a change is that reviewers approved the page as it had come."""
        return self.known is not None and self.known.stands_in_the_way == REVIEWED

    @property
    def page_changes(self) -> tuple[FieldChange, ...]:
        return tuple(change for change in self.changes if change.field != RECORD)

    @property
    def alignments(self) -> list[dict[str, str]]:
        return [dict(as_dict(alignment)) for alignment in self.draft.alignments]


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A standard that the file names and that is not here for certain; `resources` are how many name it."""

    name: str
    framework: str
    reason: str
    resources: int
    example: str


@dataclass(frozen=True, slots=True)
class Plan:
    format: str
    added: tuple[Item, ...] = ()
    changed: tuple[Item, ...] = ()
    conflicts: tuple[Item, ...] = ()
    gone: tuple[Gone, ...] = ()
    unchanged: int = 0
    alignments: int = 0
    unresolved: tuple[Unresolved, ...] = ()
    warnings: tuple[Problem, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether applying it would write nothing."""
        return not (self.added or self.changed)

    @property
    def reviewed(self) -> int:
        """How many of the conflicts `Choices.replace_reviewed` would end."""
        return sum(item.is_reviewed for item in self.conflicts)


def make_plan(collection: Collection, choices: Choices, resolved: Resolved, *, source: str) -> Plan:
    """Compares what the source says now with what it said when it was last imported into the district."""
    vocabularies, problems = Vocabularies(), collection.problems
    drafts = _keyed(collection.resources, problems)
    stored = Stored(choices.district, drafts, source)
    added: list[Item] = []
    changed: list[Item] = []
    conflicts: list[Item] = []
    unchanged = 0
    for key, draft, known in _with_known(drafts, stored):
        before = known.row.fields.get("audience", "") if known else ""
        defaults = {**(known.row.defaults if known else {}), **choices.defaults}
        fields = map_fields(draft, vocabularies, choices.audience or before, problems, defaults)
        item = Item(draft, key, fields, known, defaults=defaults)
        if known is None:
            added.append(item)
            continue
        changes = _changes(item, known.row)
        if not changes:
            unchanged += 1
            if known.row.page_id is None:
                problems.add(
                    "warning", draft.path, "deleted-here", "was deleted here, and does not come back by itself. To have "
                    f"it again, undo import {known.row.last_import_id}, and import anew.", alike="",
                )  # fmt: skip
            continue
        item = replace(item, changes=changes)
        may_replace = not known.stands_in_the_way or (item.is_reviewed and choices.replace_reviewed)
        (changed if may_replace or not item.page_changes else conflicts).append(item)
    keys = stored.free_keys([item.key for item in added])
    added = [replace(item, key=keys[item.key]) for item in added]
    changed = _with_moved(changed, resolved, problems)
    _tell_contradictory(collection.resources, resolved, problems)
    return Plan(
        format=collection.format,
        added=tuple(added),
        changed=tuple(changed),
        conflicts=tuple(conflicts),
        gone=tuple(stored.gone(source)) if source else (),
        unchanged=unchanged,
        alignments=sum(len(draft.alignments) for draft in collection.resources),
        unresolved=_unresolved(collection.resources, resolved),
        # What is lost comes before what is merely told.
        warnings=tuple(sorted(problems, key=lambda one: one.severity == "notice")),
    )


def _keyed(drafts: Sequence[ResourceDraft], problems: Problems) -> dict[str, ResourceDraft]:
    """Each resource by what names it; one that has no name of its own goes by its title, and by both where several have
    one address, as of a folder, and nothing else."""
    found: dict[str, ResourceDraft] = {}
    titles: dict[str, set[str]] = {}
    for draft in drafts:
        if draft.has_only_address:
            titles.setdefault(draft.url, set()).add(title_key(draft.title))
    for draft in drafts:
        key = draft.names[0] if draft.names else title_key(draft.title)
        if draft.has_only_address and len(titles[draft.url]) > 1:
            key = f"{key} {draft.title.casefold()}"
        key = key[:MAX_KEY]
        if not draft.names:
            problems.add(
                "notice", draft.path, "no-identifier",
                "has no identifier and no address, so it is known again by its title only.", alike="",
            )  # fmt: skip
        first = found.setdefault(key, draft)
        if first is not draft:
            _tell_duplicate(draft, first, problems)
    return found


def _tell_duplicate(draft: ResourceDraft, first: ResourceDraft, problems: Problems) -> None:
    """One by one where something is lost, so that whoever reads it knows what is not here."""
    if draft == first:
        problems.add(
            "notice", draft.path, "duplicate", f"is the same as {first.path}, word for word.", alike="same"
        )
        return
    name = draft.names[0] if draft.names else draft.title
    problems.add(
        "warning",
        draft.path,
        "duplicate",
        f"“{draft.title[:80]}” goes by the same name as “{first.title[:80]}” ({first.path}), “{name[:100]}”, so it is not "
        "imported. Give each an identifier of its own.",
    )


def _tell_contradictory(drafts: Sequence[ResourceDraft], resolved: Resolved, problems: Problems) -> None:
    for draft in drafts:
        for one in draft.alignments:
            if target_of(one) in resolved.contradictory:
                problems.add(
                    "warning",
                    draft.path,
                    "two-standards",
                    f"is aligned to “{one.target_name[:80]}” at the address of another standard, {one.target_url[:100]}; "
                    "the address counts.",
                    alike=f"{one.target_name} {one.target_url}",
                )


def _with_moved(items: Sequence[Item], resolved: Resolved, problems: Problems) -> list[Item]:
    """What was moved here of those whose source changes its standards; told where it still names the old ones."""
    moved = moved_here(
        {
            item.known.row.page_id: item.known.row.alignments
            for item in items
            if item.known and item.known.row.page_id
            if any(change.field == "alignments" for change in item.changes)
        }
    )
    names = names_of(moved.values())
    found = []
    for item in items:
        here = moved.get(item.known.row.page_id or 0, {}) if item.known else {}
        found.append(replace(item, moved=here))
        named = {resolved.items.get(target_of(one)) for one in item.draft.alignments}
        for old in [key for key in here if key in named]:
            new = ", ".join(names[key] for key in here[old])
            problems.add(
                "notice", item.draft.path, "moved-here", f"names {names[old]}, which was retired; it was moved to {new} "
                "here, and stays so.", alike=f"{old} {new}",
            )  # fmt: skip
    return found


def _with_known(
    drafts: Mapping[str, ResourceDraft], stored: Stored
) -> Iterator[tuple[str, ResourceDraft, Known | None]]:
    """Each resource with what is stored of it: some at a time, since what is unchanged is let go at once."""
    pairs = iter(drafts.items())
    while some := dict(islice(pairs, BATCH)):
        known = stored.find(some)
        for key, draft in some.items():
            yield key, draft, known.get(key)


def _changes(item: Item, row: ImportedResource) -> tuple[FieldChange, ...]:
    now = as_stored(item.fields)
    changes = [
        FieldChange(name, row.fields.get(name), value)
        for name, value in now.items()
        if row.fields.get(name) != value
    ]
    if row.alignments != item.alignments:
        changes.append(FieldChange("alignments", row.alignments, item.alignments))
    if not changes and row.raw != as_stored(item.draft.raw):
        names = sorted(
            key for key in {**row.raw, **item.draft.raw} if row.raw.get(key) != item.draft.raw.get(key)
        )
        changes.append(FieldChange(RECORD, None, ", ".join(names)))
    return tuple(changes)


def as_stored(value: Any) -> Any:
    """As the database gives JSON back, so that two can be compared."""
    return json.loads(json.dumps(value))


def _unresolved(drafts: Sequence[ResourceDraft], resolved: Resolved) -> tuple[Unresolved, ...]:
    found: dict[tuple[str, str, str], list[ResourceDraft]] = {}
    for draft in drafts:
        for alignment in draft.alignments:
            if reason := resolved.reasons.get(target_of(alignment)):
                found.setdefault((str(alignment), alignment.framework, reason), []).append(draft)
    return tuple(
        Unresolved(name, framework, reason, len(named_by), named_by[0].title)
        for (name, framework, reason), named_by in sorted(found.items())
    )


# -- as JSON


def counts(plan: Plan) -> dict[str, int]:
    """The numbers of a plan under the names that every output uses."""
    return {
        "added": len(plan.added),
        "changed": len(plan.changed),
        "unchanged": plan.unchanged,
        "conflicts": len(plan.conflicts),
        "reviewed": plan.reviewed,
        "gone": len(plan.gone),
        "alignments": plan.alignments,
        "unresolved": len(plan.unresolved),
    }


def summary(plan: Plan, *, district: str) -> dict[str, Any]:
    """What `import_resources --json` prints."""
    return {
        "district": district,
        "format": plan.format,
        **counts(plan),
        "conflict_list": [_entry(item) for item in plan.conflicts[:MAX_ENTRIES]],
        "gone_list": [_gone(row) for row in plan.gone[:MAX_ENTRIES]],
        "unresolved_list": [_unresolved_entry(one) for one in plan.unresolved[:MAX_ENTRIES]],
        "warnings": warnings(plan.warnings),
    }


def full(plan: Plan) -> dict[str, Any]:
    """Everything that a person reads before applying, with long lists cut at MAX_ENTRIES (`plan_json.cut`)."""
    lists = {
        "added": map(_entry, plan.added),
        "changed": map(_entry, plan.changed),
        "conflicts": map(_entry, plan.conflicts),
        "gone": map(_gone, plan.gone),
        "unresolved": map(_unresolved_entry, plan.unresolved),
    }
    return {
        "is_empty": plan.is_empty,
        "counts": counts(plan),
        **cut(lists),
    }


def _entry(item: Item) -> dict[str, Any]:
    written: dict[str, Any] = {"key": item.key, "title": item.title, "path": item.draft.path}
    if item.known is None:
        written |= {
            "kind": item.fields["kind"],
            "subjects": in_words("subjects", item.fields["subjects"]),
            "alignments": in_words("alignments", item.alignments),
            "grades": item.fields["grades"],
            "summary": item.fields["summary"],
        }
    else:
        written |= {
            "page": item.known.row.page_id,
            "why": item.known.stands_in_the_way,
            "fields": [
                {"field": one.field, **dict(zip(("before", "after"), change_in_words(one), strict=True))}
                for one in item.changes
            ],
        }
    return written


def _gone(one: Gone) -> dict[str, Any]:
    return {"key": one.key, "title": one.title, "page": one.page_id}


def _unresolved_entry(one: Unresolved) -> dict[str, Any]:
    return {**asdict(one), "why": str(WaitingAlignment.Reason(one.reason).label)}
