"""Takes an import of resources back: what it added goes, what it changed is as before, unless somebody worked on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex

from importers.models import ImportedResource, ResourceChange, ResourceImport, WaitingAlignment
from importers.permissions import owners_for
from importers.problems import ImportRefused
from importers.progress import Progress, silent
from importers.resources.apply import KEPT, WRITTEN, last_written, wait
from importers.resources.curated import keep_curated, tags_of
from importers.resources.draft import AlignmentDraft
from importers.resources.mapping import Vocabularies
from importers.resources.moved import in_place, moved_here
from importers.resources.standards import resolve, target_of
from importers.resources.stored import follow_unedited, page_states, touched
from importers.turns import refusing_database_errors, wait_for_turn
from people.models import Organisation, User
from repository.services.bulk import (
    AlignmentData,
    Written,
    delete_resources,
    lock_resources,
    update_resources,
)

State = ResourceImport.State


@dataclass(frozen=True, slots=True)
class Kept:
    """A resource that stays as it is, and why."""

    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did, or with `dry_run` would do."""

    removed: int
    restored: int
    kept: tuple[Kept, ...]


def undo_import(
    record: ResourceImport,
    *,
    user: User | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Undone:
    """Undoes one import, in one transaction. What stands in the way stays, and is named; undo it again later.

    Raises ImportRefused if the import was not applied, is undone already, or is another district's.
    """
    if dry_run:
        # Read as it stands: whoever only wants to know does not wait for an import that is running.
        _check(record, user)
        return _look(_changes(record), record).undone
    tell = progress or silent
    with refusing_database_errors(), transaction.atomic():
        wait_for_turn(tell)
        # Without a lock on its row, in which progress is noted meanwhile; imports and undos take turns anyway.
        record = ResourceImport.objects.select_related("district").get(pk=record.pk)
        _check(record, user)
        changes = _changes(record)
        # Before looking whether somebody worked on them: a save in between would be deleted with its page.
        lock_resources([one.resource.page_id for one in changes if one.resource.page_id])
        found = _look(changes, record)
        _restore(found.changed, record.district, user, tell)
        ResourceChange.objects.filter(pk__in=[one.pk for one in found.changed]).delete()
        # Afterwards others wait who want to add pages to the district.
        _remove(found.added, user, tell)
        undone = found.undone
        record.message = ""
        record.state = State.APPLIED
        if kept := undone.kept:
            record.message = _message(kept)
        else:
            record.state = State.UNDONE
            record.undone_at, record.undone_by = timezone.now(), user
        record.stage = ""
        record.save()
    return undone


def _message(kept: Sequence[Kept]) -> str:
    first, others = kept[0], len(kept) - 1
    more = f", and {others:,} more" if others else ""
    return f"Undone, but for what had to stay: “{first.title}” {first.why}{more}. Undo it again to see all."


@dataclass(frozen=True, slots=True)
class _Found:
    """The changes that can be undone, and what an undo comes to."""

    added: Sequence[ResourceChange]
    changed: Sequence[ResourceChange]
    undone: Undone


def _changes(record: ResourceImport) -> list[ResourceChange]:
    """What the import did, without the texts: of all the records together they may be hundreds of megabytes."""
    changes = record.changes.select_related("resource").only(
        "run", "resource__key", "resource__page", "resource__revision_id", "resource__last_import"
    )
    return list(changes.order_by("pk"))


def _look(changes: Sequence[ResourceChange], record: ResourceImport) -> _Found:
    is_new = set(record.changes.filter(before__isnull=True).values_list("pk", flat=True))
    revisions = record.changes.values_list("pk", "revision_id", "before__revision_id")
    of_records = {pk for pk, after, before in revisions.iterator() if after == before} - is_new
    reasons = _reasons(changes, is_new, of_records, record)
    titles = dict(
        record.changes.filter(pk__in=reasons).values_list("pk", "resource__fields__title").iterator()
    )
    kept = tuple(
        Kept(str(titles[one.pk] or one.resource.key), reasons[one.pk]) for one in changes if one.pk in reasons
    )
    free = [one for one in changes if one.pk not in reasons]
    added = [one for one in free if one.pk in is_new]
    changed = [one for one in free if one.pk not in is_new]
    return _Found(added, changed, Undone(len(added), len(changed), kept))


def _check(record: ResourceImport, user: User | None) -> None:
    if user is not None and record.district not in owners_for(user):
        raise ImportRefused(f"Only administrators of {record.district.name} may undo it.", rule="permission")
    if record.state == State.UNDONE:
        raise ImportRefused(f"Import {record.pk} was undone before.", rule="undone")
    if not record.changes.exists():
        raise ImportRefused(
            f"Import {record.pk} changed nothing, so there is nothing to undo.", rule="undone"
        )


def _reasons(
    changes: Sequence[ResourceChange],
    is_new: Collection[int],
    of_records: Collection[int],
    record: ResourceImport,
) -> dict[int, str]:
    """Why a change stays, by its key: a later import, work on the page here, or something that relies on it.

    `of_records` are those that left the page as it was, so nothing that was done to it is in their way.
    """
    rows = [one.resource for one in changes]
    states = page_states(rows)
    follow_unedited(rows, states)
    added = [one.resource.page_id for one in changes if one.pk in is_new and one.resource.page_id]
    used = _used(added)
    found: dict[int, str] = {}
    for one in changes:
        row = one.resource
        if row.last_import_id != record.pk:
            found[one.pk] = f"was changed by import {row.last_import_id}: undo that first"
        elif one.pk in of_records or row.page_id is None:
            continue  # in the latter case somebody deleted it already: the record alone goes back
        elif why := touched(row, states.get(row.page_id or 0), record.district_id):
            found[one.pk] = why
        elif one.pk in is_new and row.page_id in used:
            found[one.pk] = used[row.page_id]
    return found


def _used(page_ids: Collection[int]) -> dict[int, str]:
    """Pages that others rely on, through a link in their text or a pick for a search."""
    base = ContentType.objects.get_for_model(Page)
    references = ReferenceIndex.objects.filter(
        to_content_type=base, to_object_id__in=[str(key) for key in page_ids]
    )
    keys = references.values_list("to_object_id", flat=True)
    return {int(key): "is used by something else" for key in keys}


def _remove(changes: Sequence[ResourceChange], user: User | None, tell: Progress) -> None:
    keys = [one.resource.page_id for one in changes if one.resource.page_id]
    ImportedResource.objects.filter(pk__in=[one.resource_id for one in changes]).delete()
    delete_resources(
        page_ids=keys, user=user, progress=lambda done, total: tell("Removing resources", done, total)
    )


def _restore(
    some: Sequence[ResourceChange], district: Organisation, user: User | None, tell: Progress
) -> None:
    vocabularies = Vocabularies()
    whole = ResourceChange.objects.select_related("resource").defer("resource__raw").order_by("pk")
    changes = list(whole.filter(pk__in=[one.pk for one in some]))
    rows = [one.resource for one in changes]
    follow_unedited(rows, page_states(rows))
    drafts = {one.pk: [AlignmentDraft(**given) for given in _before(one)["alignments"]] for one in changes}
    resolved = resolve((draft for some in drafts.values() for draft in some), district=district)
    realigned = [one for one in changes if one.resource.alignments != _before(one)["alignments"]]
    moved = moved_here(
        {one.resource.page_id: one.resource.alignments for one in realigned if one.resource.page_id}
    )
    retagged = [one for one in changes if one.resource.page_id and "tags" in _differing(one)]
    had = tags_of({_before(one)["revision_id"] for one in retagged})
    values: dict[Written, dict[str, Any]] = {}
    for one in changes:
        facts = {
            (item, draft.relation)
            for draft in drafts[one.pk]
            if target_of(draft) in resolved.items
            for item in in_place(resolved.items[target_of(draft)], moved.get(one.resource.page_id or 0, {}))
        }
        data = vocabularies.data(
            _before(one)["fields"], tuple(AlignmentData(*fact) for fact in sorted(facts))
        )
        if one.resource.page_id and (names := _differing(one)):
            new = values[last_written(one.resource)] = {name: getattr(data, name) for name in names}
            if "tags" in names and (then := had.get(_before(one)["revision_id"])) is not None:
                # Not what the source named: of that, some may have been merged into a topic by then.
                new["tags"] = tuple(tag for tag in data.tags if tag.casefold() in then)
    keep_curated(
        values,
        {one.resource.page_id: one.resource.fields for one in changes if one.resource.page_id},
        vocabularies,
    )
    written = update_resources(
        changes=values, user=user, progress=lambda done, total: tell("Restoring resources", done, total)
    )
    revisions = {one.page_id: one.revision_id for one in written}
    for one in changes:
        row, before = one.resource, _before(one)
        for name in KEPT:
            setattr(row, name, before.get(name, {}))  # what is from before there were defaults has none
        row.last_import_id = before["last_import"]
        row.revision_id = revisions.get(row.page_id or 0, row.revision_id)
    ImportedResource.objects.bulk_update(rows, WRITTEN, batch_size=1000)
    WaitingAlignment.objects.filter(resource__in=[one.resource_id for one in realigned]).delete()
    wait(((one.resource, drafts[one.pk]) for one in realigned), resolved)


def _before(change: ResourceChange) -> dict[str, Any]:
    return dict(change.before or {})


def _differing(change: ResourceChange) -> set[str]:
    """The fields of the page that the import changed."""
    now, before = change.resource.fields, _before(change)
    names = {name for name in before["fields"] if now.get(name) != before["fields"][name]}
    if change.resource.alignments != before["alignments"]:
        names.add("alignments")
    return {"kind_id" if name == "kind" else name for name in names}
