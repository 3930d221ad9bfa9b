"""The difference between a draft and what is stored: what a person reads before anything is written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

from django.utils import timezone

from importers.derived import ended
from importers.draft import DocumentDraft, FrameworkDraft, ItemDraft
from importers.problems import ImportRefused, Problem
from importers.replacements import Group, Kind, find_groups
from importers.stored import Stored
from importers.structure import Structure, structure
from standards.case import fields, writer

MAX_RETIRED = 0.1
"""Retiring a larger part of a framework than this asks for a word: the file may have been cut off."""

_ROOT = "(top)"
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A CASE key, and its value before and after; None where it is absent."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the plan: which it is, and how many resources are aligned to it."""

    identifier: str
    code: str
    statement: str
    resources: int = 0
    fields: tuple[FieldChange, ...] = ()
    parents_before: tuple[str, ...] = ()
    parents_after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replacement:
    """Statements that became others: `kind` is split, merged, replaced or rearranged."""

    kind: Kind
    before: tuple[Entry, ...]
    after: tuple[Entry, ...]

    @property
    def resources(self) -> int:
        """Alignments to what is replaced."""
        return sum(entry.resources for entry in self.before)


@dataclass(frozen=True, slots=True)
class Changes:
    """How many records of one kind are added, changed and removed."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Plan:
    """`associations` is their number in the source; an item may be both changed and moved.

    `ended` are retired because their source says that they no longer hold; those `retired` it does not have any more.
    `led_by`: the format of the source that says what the framework has, where this whole one does not.
    `replaced` says of retired ones what they became. Only an undo has `removed`: what was added is not there any more.
    """

    identifier: str
    title: str
    format: str
    is_new: bool
    led_by: str = ""
    document: tuple[FieldChange, ...] = ()
    added: tuple[Entry, ...] = ()
    changed: tuple[Entry, ...] = ()
    moved: tuple[Entry, ...] = ()
    retired: tuple[Entry, ...] = ()
    ended: tuple[Entry, ...] = ()
    restored: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()
    replaced: tuple[Replacement, ...] = ()
    removes_framework: bool = False
    unchanged: int = 0
    associations: int = 0
    association_changes: Changes = Changes()
    definition_changes: Changes = Changes()
    rubric_changes: Changes = Changes()
    package_changed: bool = False
    new_aliases: int = 0
    stored_items: int = 0
    warnings: tuple[Problem, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether applying it would write no record."""
        return not (
            self.is_new or self.document or self.added or self.changed or self.moved or self.retired or self.ended
            or self.restored or self.removed or self.removes_framework or self.association_changes
            or self.definition_changes or self.rubric_changes or self.package_changed or self.new_aliases
        )  # fmt: skip

    @property
    def retires_too_many(self) -> bool:
        return len(self.retired) > MAX_RETIRED * self.stored_items

    @property
    def resources(self) -> int:
        """Alignments that a change, a move or a retirement touches, each item counted once."""
        touched = (*self.changed, *self.moved, *self.retired, *self.ended, *self.restored)
        became = (entry for group in self.replaced for entry in group.before)
        return sum({entry.identifier: entry.resources for entry in (*touched, *became)}.values())


ResourceCounter = Callable[[dict[int, str]], dict[str, int]]


def make_plan(draft: FrameworkDraft, stored: Stored, count_resources: ResourceCounter) -> Plan:
    """Compares by identifier. `count_resources` tells how many resources are aligned to each item (key: identifier)."""
    now = timezone.now()
    before = {item.identifier: item for item in stored.draft.items}
    after = {item.identifier: item for item in draft.items}
    current = before.keys() - stored.withdrawn
    added = [item for item in draft.items if item.identifier not in before]
    both = [item for item in draft.items if item.identifier in before]
    gone = [before[key] for key in before if key in current and key not in after]
    has_ended = {item.identifier for item in both if ended(item.status_end_date, now)}
    restored = [
        item
        for item in both
        if item.identifier in stored.withdrawn
        or (item.identifier in stored.retired and item.identifier not in has_ended)
    ]
    ends = [item for item in both if item.identifier in has_ended and item.identifier not in stored.retired]
    changed = [item for item in both if before[item.identifier] != item]
    moved = _moved(draft, stored, both)
    groups = _groups(draft, stored, [*gone, *ends])
    concerned = {item.identifier for item in (*gone, *changed, *ends, *restored)}
    concerned |= {item.identifier for item, _, _ in moved}
    concerned |= {key for group in groups for key in group.before if key in before}
    resources = count_resources({stored.items[key].pk: key for key in concerned})
    touched = {item.identifier for item in (*changed, *ends, *restored)}
    touched |= {item.identifier for item, _, _ in moved}
    return Plan(
        identifier=draft.document.identifier,
        title=draft.document.title,
        format=draft.format,
        is_new=stored.framework is None,
        led_by=draft.led_by,
        document=_document_changes(draft, stored),
        added=tuple(entry_of(item) for item in added),
        changed=tuple(
            entry_of(item, resources, fields=_field_changes(before[item.identifier], item))
            for item in changed
        ),
        moved=tuple(
            entry_of(item, resources, parents_before=old, parents_after=new) for item, old, new in moved
        ),
        retired=tuple(entry_of(item, resources) for item in gone),
        ended=tuple(entry_of(item, resources) for item in ends),
        restored=tuple(entry_of(item, resources) for item in restored),
        replaced=tuple(_replacement(group, before | after, resources) for group in groups),
        unchanged=len(both) - len(touched),
        associations=len(draft.associations),
        association_changes=_association_changes(draft, stored),
        definition_changes=_changes(
            stored.draft.definitions,
            draft.definitions,
            lambda d: (d.kind, d.identifier),
        ),
        rubric_changes=_changes(stored.draft.rubrics, draft.rubrics, lambda r: r.identifier),
        package_changed=stored.framework is not None and stored.draft.package_extra != draft.package_extra,
        stored_items=len(current),
        warnings=(*draft.problems, *_age_warning(draft.document, stored)),
    )


def guard(plan: Plan, *, allow_retire: bool) -> None:
    """Refuses to retire more than a tenth of a framework unless that was asked for (FORMATS 7.3)."""
    if plan.retires_too_many and not allow_retire:
        raise ImportRefused(
            f"{len(plan.retired):,} of {plan.stored_items:,} statements of “{plan.title}” are not in this file and "
            "would be retired. If the file is whole, import it with --allow-retire.",
            rule="truncated-framework",
        )


def as_case(record: Any) -> dict[str, Any]:
    keys = fields.DOCUMENT if isinstance(record, DocumentDraft) else fields.ITEM
    return writer.record(record, keys)


def _groups(draft: FrameworkDraft, stored: Stored, going: Sequence[ItemDraft]) -> list[Group]:
    known = {association.identifier for association in stored.draft.associations}
    return find_groups(
        draft,
        stored.draft.items,
        going={item.identifier for item in going},
        new_links={link.identifier for link in draft.associations if link.identifier not in known},
    )


def _replacement(group: Group, items: Mapping[str, ItemDraft], resources: dict[str, int]) -> Replacement:
    def entry(identifier: str) -> Entry:
        if identifier in items:
            return entry_of(items[identifier], resources)
        return Entry(identifier, "", group.named.get(identifier) or identifier)

    return Replacement(group.kind, tuple(map(entry, group.before)), tuple(map(entry, group.after)))


def _field_changes(before: Any, after: Any) -> tuple[FieldChange, ...]:
    """By CASE key, in the order of the record."""
    old, new = as_case(before), as_case(after)
    keys = dict.fromkeys([*new, *old])
    return tuple(FieldChange(key, old.get(key), new.get(key)) for key in keys if _differs(old, new, key))


def _differs(old: dict[str, Any], new: dict[str, Any], key: str) -> bool:
    missing = object()
    return bool(old.get(key, missing) != new.get(key, missing))


def _document_changes(draft: FrameworkDraft, stored: Stored) -> tuple[FieldChange, ...]:
    if stored.framework is None or stored.draft.document == draft.document:
        return ()
    return _field_changes(stored.draft.document, draft.document)


def _moved(
    draft: FrameworkDraft, stored: Stored, both: Sequence[ItemDraft]
) -> list[tuple[ItemDraft, tuple[str, ...], tuple[str, ...]]]:
    """Items whose parents are not those of before, with the names of both."""
    if not both:
        return []
    known = FrameworkDraft(
        format="",
        document=stored.draft.document,
        items=stored.draft.items,
        associations=[
            association
            for association in stored.draft.associations
            if association.identifier not in stored.withdrawn_associations
        ],
    )
    before, after = _parents(known, structure(known)), _parents(draft, structure(draft))
    return [
        (item, tuple(old.values()), tuple(new.values()))
        for item in both
        if item.identifier not in stored.withdrawn
        and (old := before[item.identifier]).keys() != (new := after[item.identifier]).keys()
    ]


def _parents(draft: FrameworkDraft, found: Structure) -> dict[str, dict[str, str]]:
    """For each item its parents: identifier and name. Whoever has none stands at the top."""
    parents: dict[str, dict[str, str]] = {}
    for index, item in enumerate(draft.items):
        edges = found.parents[index]
        parents[item.identifier] = {
            (draft.items[parent].identifier if parent >= 0 else ""): (
                draft.items[parent].name if parent >= 0 else _ROOT
            )
            for parent, _ in edges
        }
    for index, link in found.outer:
        parents[draft.items[index].identifier][link.destination_identifier] = link.destination_title or (
            link.destination_identifier
        )
    return {key: named or {"": _ROOT} for key, named in parents.items()}


def _association_changes(draft: FrameworkDraft, stored: Stored) -> Changes:
    before = {
        association.identifier: association
        for association in stored.draft.associations
        if association.identifier not in stored.withdrawn_associations
    }
    return _changes(before.values(), draft.associations, lambda record: record.identifier)


def _changes(before: Iterable[Any], after: Iterable[Any], key: Callable[[Any], Any]) -> Changes:
    old, new = {key(record): record for record in before}, {key(record): record for record in after}
    return Changes(
        added=len(new.keys() - old.keys()),
        changed=sum(1 for name, record in new.items() if name in old and old[name] != record),
        removed=len(old.keys() - new.keys()),
    )


def _age_warning(document: DocumentDraft, stored: Stored) -> Iterable[Problem]:
    before, now = stored.draft.document.last_change_date_time, document.last_change_date_time
    # ISO times of one source compare as text; with differing zones the day is still right.
    if stored.framework is not None and now[:10] < before[:10]:
        yield Problem(
            "warning", "CFDocument.lastChangeDateTime", "older",
            f"is {now[:10] or 'missing'}: older than what is stored ({before[:10]}).",
        )  # fmt: skip


def entry_of(item: ItemDraft, resources: dict[str, int] | None = None, **more: Any) -> Entry:
    return Entry(
        identifier=item.identifier,
        code=item.human_coding_scheme,
        statement=item.full_statement,
        resources=(resources or {}).get(item.identifier, 0),
        **more,
    )


def beside_statements(plan: Plan) -> dict[str, int]:
    """The numbers of what else would change, which a person reads where no statement does. Only what is not zero."""
    found = {
        "associations": plan.association_changes,
        "definitions": plan.definition_changes,
        "rubrics": plan.rubric_changes,
        "details": Changes(changed=len(plan.document)),
    }
    numbers = {f"{kind}_{how}": n for kind, changes in found.items() for how, n in asdict(changes).items()}
    return {name: number for name, number in numbers.items() if number}


def counts(plan: Plan) -> dict[str, int]:
    """The numbers of a plan under the names that every output uses."""
    return {
        "added": len(plan.added),
        "changed": len(plan.changed),
        "moved": len(plan.moved),
        "retired": len(plan.retired),
        "ended": len(plan.ended),
        "restored": len(plan.restored),
        **{kind: sum(group.kind == kind for group in plan.replaced) for kind in KINDS},
        **({"removed": len(plan.removed)} if plan.removed else {}),
        "unchanged": plan.unchanged,
        "associations": plan.associations,
        "resources": plan.resources,
    }
