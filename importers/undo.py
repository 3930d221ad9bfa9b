"""Takes an import back: every row as it was before, as long as nothing later builds on it.

Why from a journal of rows and not by importing the former file again, and what may stand in the way:
docs/decisions/2026-11-25-undo.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import ProtectedError, QuerySet
from django.utils import timezone

from importers import journal as journals
from importers.draft import AssociationDraft, DefinitionDraft, DocumentDraft, FrameworkDraft, ItemDraft
from importers.journal import Journal
from importers.models import FrameworkImport
from importers.plan import Changes, Plan, entry_of, make_plan
from importers.problems import ImportRefused
from importers.stored import (
    ASSOCIATION_FIELDS,
    DOCUMENT_FIELDS,
    ITEM_FIELDS,
    Stored,
    load,
    resources_aligned_to,
)
from repository.selectors import pages_naming_items
from standards.case.fields import DEFINITIONS
from standards.models import Association, Framework, Item, ItemAncestor, Rubric
from standards.services import (
    Tied,
    gather_statistics,
    hanging_below,
    rebuild_closure,
    resolve_links_of,
    resolve_links_to,
    untie,
)
from standards.signals import items_changed

State = FrameworkImport.State
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Undo:
    """What undoing `record` would do. `kept` are the keys of the added items that stay, retired."""

    record: FrameworkImport
    framework: Framework
    journal: Journal
    plan: Plan
    kept: frozenset[int]


def plan_undo(record: FrameworkImport) -> Undo:
    """Compares what stands there with what was before `record`. Raises ImportRefused for what stands in the way."""
    framework = _undoable(record)
    journal = journals.unpack(bytes(record.journal))
    _refuse_if_built_on(record, framework)
    stored = load(framework)
    added = set(stored_keys(stored)) if journal.is_new else set(journal.added_to(Item))
    named = pages_naming_items(added)
    if journal.is_new and named:
        raise _named(stored, named)
    kept = frozenset(added & _with_ancestors(named.keys()))
    plan = _first(record, stored) if journal.is_new else _plan(record, stored, journal, kept)
    return Undo(record, framework, journal, plan, kept)


def apply_undo(undo: Undo) -> bytes:
    """Puts the rows back, in the caller's transaction. Returns the journal of the undo, b"" if nothing is left."""
    framework = undo.framework
    hanging = hanging_below(framework=framework)
    try:
        if undo.journal.is_new:
            Framework(pk=framework.pk).delete()
            rebuild_closure(framework=None, others=hanging)
            # The rows that said what was above them went with the framework: all of them stood below it.
            _tell(hanging)
            return b""
        journals.begin(framework)
        orphaned = _remove_added(undo)
    except ProtectedError as error:
        raise ImportRefused(
            f"It cannot be undone: something refers to what it added ({error.args[0]}).", rule="undo"
        ) from None
    journals.put_back(undo.journal)
    tied = _mend_links(framework, undo.journal)
    gather_statistics(framework.items.count())
    moved = rebuild_closure(framework=framework, others={*hanging, *tied.hanging})
    _tell({*_rewritten(framework, undo.journal), *orphaned, *moved})
    return journals.finish(framework, is_new=False, tied=tied.links)


def settle(undo: Undo) -> None:
    """Notes in the records of the runs concerned that this one is undone, and what it had undone holds again."""
    FrameworkImport.objects.filter(pk=undo.record.pk).update(state=State.UNDONE, updated_at=timezone.now())
    if undo.record.undoes_id:
        FrameworkImport.objects.filter(pk=undo.record.undoes_id).update(state=State.APPLIED)


def is_undoable(record: FrameworkImport) -> bool:
    """Whether undoing may be offered; what stands in the way is told by the plan."""
    is_redo = record.undoes is not None and record.undoes.undoes_id is not None
    return record.state == State.APPLIED and record.framework_id is not None and not is_redo


# -- what stands in the way


def _undoable(record: FrameworkImport) -> Framework:
    what = f"The import {record.pk} of “{record.title or record.source}”"
    if record.state == State.UNDONE:
        raise ImportRefused(f"{what} is undone already.", rule="undo")
    if record.state != State.APPLIED:
        raise ImportRefused(
            f"{what} cannot be undone: it is “{record.get_state_display()}”, not applied.", rule="undo"
        )
    if record.framework is None:
        raise ImportRefused(
            f"{what} cannot be undone: its framework is gone. Import its file again.", rule="undo"
        )
    if record.undoes and record.undoes.undoes_id:
        raise ImportRefused(
            f"{what} brought the import {record.undoes.undoes_id} back. To take that back, undo {record.undoes.undoes_id}.",
            rule="undo",
        )
    if not record.journal:
        raise ImportRefused(
            f"{what} cannot be undone: it was made before imports kept what they change.", rule="undo"
        )
    return record.framework


def later_imports(record: FrameworkImport) -> QuerySet[FrameworkImport]:
    """The runs that build on this one: later ones of its framework that hold. A later one and its undo cancel out."""
    later = FrameworkImport.objects.filter(
        framework=record.framework_id, state=State.APPLIED, pk__gt=record.pk
    )
    return later.exclude(undoes__pk__gte=record.pk)


def _refuse_if_built_on(record: FrameworkImport, framework: Framework) -> None:
    later = [str(key) for key in later_imports(record).order_by("-pk").values_list("pk", flat=True)]
    if later:
        raise ImportRefused(
            f"The import {record.pk} of “{framework.title}” cannot be undone, because a later one builds on it. "
            f"Undo first: {', then '.join(later)}.",
            rule="undo",
        )


def _named(stored: Stored, named: dict[int, set[int]]) -> ImportRefused:
    by_key = {row.pk: identifier for identifier, row in stored.items.items()}
    names = {item.identifier: item.name for item in stored.draft.items}
    first = sorted(named, key=lambda key: -len(named[key]))[:SHOWN]
    shown = ", ".join(f"{names[by_key[key]]} ({len(named[key])})" for key in first)
    pages = set().union(*named.values())
    return ImportRefused(
        f"“{stored.draft.document.title}” cannot be removed: {len(pages):,} resources name {len(named):,} of its "
        f"statements in what is published, in drafts or in former versions: {shown}"
        f"{' and more' if len(named) > SHOWN else ''}. Retire the framework by importing a newer version instead.",
        rule="undo",
    )


def _with_ancestors(items: Iterable[int]) -> set[int]:
    """What is named keeps its place, so what is above it stays too."""
    links = ItemAncestor.objects.filter(descendant__in=list(items))
    return set(links.values_list("ancestor", flat=True))


# -- the plan


def stored_keys(stored: Stored) -> list[int]:
    return [row.pk for row in stored.items.values()]


def _first(record: FrameworkImport, stored: Stored) -> Plan:
    document = stored.draft.document
    return Plan(
        identifier=document.identifier,
        title=document.title,
        format=record.format,
        is_new=False,
        removes_framework=True,
        removed=tuple(entry_of(item) for item in stored.draft.items),
        stored_items=len(stored.draft.items),
    )


def _plan(record: FrameworkImport, stored: Stored, journal: Journal, kept: frozenset[int]) -> Plan:
    """As of any draft; what it calls retired, an undo removes, unless it was there before or is named."""
    plan = make_plan(_as_before(stored, journal, record.format), stored, resources_aligned_to)
    added = set(journal.added_to(Item))
    goes = {key for key, row in stored.items.items() if row.pk in added and row.pk not in kept}
    removed = [item for item in stored.draft.items if item.identifier in goes]
    return replace(
        plan,
        retired=tuple(entry for entry in plan.retired if entry.identifier not in goes),
        removed=tuple(entry_of(item) for item in removed),
        rubric_changes=_rubric_changes(journal),
        warnings=(),
    )


def _rubric_changes(journal: Journal) -> Changes:
    """Of whole rubrics: one that differs is written anew."""
    before = {row["identifier"] for row in journal.rows_of(Rubric)}
    added = Rubric.objects.filter(pk__in=journal.added_to(Rubric))
    after = set(added.values_list("identifier", flat=True))
    return Changes(added=len(before - after), changed=len(before & after), removed=len(after - before))


def _as_before(stored: Stored, journal: Journal, format: str) -> FrameworkDraft:
    """What was stored before the import, without what was withdrawn even then: as if its file came again."""
    items = _before(stored.draft.items, stored.items, journal, Item, ItemDraft, ITEM_FIELDS, stored.withdrawn)
    associations = _before(
        stored.draft.associations, stored.associations, journal, Association, AssociationDraft, ASSOCIATION_FIELDS,
        stored.withdrawn_associations,
    )  # fmt: skip
    document, package_extra = stored.draft.document, stored.draft.package_extra
    for row in journal.rows_of(Framework):
        document = DocumentDraft(**{name: row[name] for name in DOCUMENT_FIELDS})
        package_extra = row["package_extra"]
    return FrameworkDraft(
        format=format,
        document=document,
        items=items,
        associations=associations,
        definitions=_definitions_before(stored, journal),
        rubrics=stored.draft.rubrics,
        package_extra=package_extra,
    )


def _before(
    current: Iterable[Any], keys: Any, journal: Journal, model: Any, draft: Any, names: Iterable[str],
    withdrawn: Iterable[str],
) -> list[Any]:  # fmt: skip
    added = set(journal.added_to(model))
    found = {record.identifier: record for record in current if keys[record.identifier].pk not in added}
    gone = set(withdrawn)
    for row in journal.rows_of(model):
        identifier = row["identifier"]
        found[identifier] = draft(**{name: row[name] for name in names})
        gone.discard(identifier)
        if row["withdrawn"]:
            gone.add(identifier)
    return [record for key, record in found.items() if key not in gone]


def _definitions_before(stored: Stored, journal: Journal) -> list[DefinitionDraft]:
    found = {(record.kind, record.identifier): record for record in stored.draft.definitions}
    for kind, (model, keys) in DEFINITIONS.items():
        added = model._default_manager.filter(pk__in=journal.added_to(model)).values_list(
            "identifier", flat=True
        )
        for identifier in added:
            found.pop((kind, identifier), None)
        for row in journal.rows_of(model):
            names = [*keys.values(), "extra"]
            found[kind, row["identifier"]] = DefinitionDraft(kind=kind, **{name: row[name] for name in names})
    return list(found.values())


def _touches(journal: Journal, model: Any) -> bool:
    return bool(journal.added_to(model)) or any(True for _ in journal.rows_of(model))


# -- putting back


def _remove_added(undo: Undo) -> set[int]:
    """Takes away what the import added. Returns the items that stood below it: only its own rows told of that."""
    added = {model: undo.journal.added_to(model) for model in journals.SCOPES}
    own = Association.objects.filter(pk__in=added.pop(Association))
    stays = own.filter(origin__in=undo.kept)
    stays.update(withdrawn=True)
    own.exclude(origin__in=undo.kept).delete()
    Item.objects.filter(pk__in=undo.kept).update(withdrawn=True, retired_at=timezone.now())
    goes = set(added.pop(Item)) - undo.kept
    below = set(ItemAncestor.objects.filter(ancestor__in=goes).values_list("descendant", flat=True))
    Item.objects.filter(pk__in=goes).delete()
    for model, keys in reversed(added.items()):
        found = model._default_manager.filter(pk__in=keys)
        if model._meta.model_name == "itemalias":
            found = found.exclude(item__in=undo.kept)
        found.delete()
    return below - goes


def _mend_links(framework: Framework, journal: Journal) -> Tied:
    """Links go where they lead now: frameworks may have come and gone since."""
    untie(journal.tied)
    for end in ("origin", "destination"):
        lost = Association.objects.filter(framework=framework, **{f"{end}__isnull": False})
        existing = Item.objects.values("pk")
        lost.exclude(**{f"{end}__in": existing}).update(**{end: None})
    resolve_links_of(framework=framework)
    return resolve_links_to(framework=framework)


def _rewritten(framework: Framework, journal: Journal) -> set[int]:
    """The items that read differently now."""
    found = {row["id"] for row in journal.rows_of(Item)}
    if _touches(journal, Framework):
        found |= set(framework.items.values_list("pk", flat=True))
    return set(Item.objects.filter(pk__in=found).values_list("pk", flat=True))


def _tell(item_ids: Iterable[int]) -> None:
    if told := sorted(item_ids):
        items_changed.send(sender=Framework, item_ids=told)
