"""Writes a plan, in the caller's transaction: pages in bulk, what the source said, and what it takes to undo it."""

from collections.abc import Iterable, Sequence
from typing import Any

from importers.models import ImportedResource, ResourceChange, ResourceImport, WaitingAlignment
from importers.progress import Progress
from importers.resources.curated import keep_curated
from importers.resources.draft import AlignmentDraft
from importers.resources.mapping import Vocabularies
from importers.resources.moved import in_place
from importers.resources.plan import Item, Plan, as_stored
from importers.resources.standards import Resolved, as_dict, target_of
from repository.selectors import approved_revisions, pages_in_review
from repository.services.bulk import AlignmentData, Written, create_resources, update_resources
from repository.services.errors import ChangedMeanwhile

BATCH = 1000
KEPT = ("names", "source", "raw", "fields", "alignments", "defaults")
"""What is kept of what a source says of a resource."""
WRITTEN = (*KEPT, "revision_id", "last_import")


def apply(plan: Plan, resolved: Resolved, record: ResourceImport, source: str, tell: Progress) -> None:
    """`record` is saved, names the district and the user, and becomes the owner of the changes."""
    vocabularies = Vocabularies()

    def all_else(written: list[Written]) -> None:
        _keep(plan.added, written, resolved, record, source)
        _change(plan.changed, resolved, vocabularies, record, source, tell)

    create_resources(
        district=record.district,
        resources=[vocabularies.data(item.fields, aligned(item, resolved)) for item in plan.added],
        user=record.user,
        progress=lambda done, total: tell("Adding resources", done, total),
        then=all_else,
    )


def _keep(
    items: Sequence[Item],
    written: Sequence[Written],
    resolved: Resolved,
    record: ResourceImport,
    source: str,
) -> None:
    """What the source said of the resources that were added."""
    rows = ImportedResource.objects.bulk_create(
        (
            _filled(ImportedResource(district=record.district, key=item.key), item, source, record, one)
            for item, one in zip(items, written, strict=True)
        ),
        batch_size=BATCH,
    )
    ResourceChange.objects.bulk_create(
        (ResourceChange(run=record, resource=row, revision_id=row.revision_id) for row in rows),
        batch_size=BATCH,
    )
    wait(zip(rows, (item.draft.alignments for item in items), strict=True), resolved)


def _change(
    items: Sequence[Item],
    resolved: Resolved,
    vocabularies: Vocabularies,
    record: ResourceImport,
    source: str,
    tell: Progress,
) -> None:
    on_page = [item for item in items if item.page_changes]
    values = {last_written(_row(item)): _new_values(item, resolved, vocabularies) for item in on_page}
    keep_curated(
        values,
        {one.page_id: _row(item).fields for one, item in zip(values, on_page, strict=True)},
        vocabularies,
    )
    written = update_resources(
        changes=values,
        user=record.user,
        progress=lambda done, total: tell("Updating resources", done, total),
    )
    _refuse_reviewed_meanwhile(on_page)
    revisions = {_row(item).pk: one for item, one in zip(on_page, written, strict=True)}
    rows = []
    changes = []
    for item in items:
        row = _row(item)
        before = snapshot(row)
        rows.append(_filled(row, item, source, record, revisions.get(row.pk)))
        changes.append(ResourceChange(run=record, resource=row, revision_id=row.revision_id, before=before))
    ResourceChange.objects.bulk_create(changes, batch_size=BATCH)
    ImportedResource.objects.bulk_update(rows, ["page", *WRITTEN], batch_size=BATCH)
    realigned = [item for item in items if any(change.field == "alignments" for change in item.changes)]
    WaitingAlignment.objects.filter(resource__in=[_row(item).pk for item in realigned]).delete()
    wait(((_row(item), item.draft.alignments) for item in realigned), resolved)


def _refuse_reviewed_meanwhile(items: Sequence[Item]) -> None:
    """A review changes no revision, so the writer does not see that it came after the plan. The pages are locked by now."""
    known = [(item, last_written(_row(item))) for item in items]
    in_review = pages_in_review(one.page_id for _, one in known)
    approved = approved_revisions(one.revision_id for item, one in known if not item.is_reviewed)
    for item, one in known:
        if one.page_id in in_review or one.revision_id in approved:
            raise ChangedMeanwhile(item.title)


def last_written(row: ImportedResource) -> Written:
    """The page as the last import left it; a plan changes no other."""
    return Written(row.page_id or 0, row.revision_id or 0)


def snapshot(row: ImportedResource) -> dict[str, Any]:
    """What is stored of a resource, to be brought back by an undo."""
    kept = {name: getattr(row, name) for name in KEPT}
    return {**kept, "revision_id": row.revision_id, "last_import": row.last_import_id}


def aligned(item: Item, resolved: Resolved) -> tuple[AlignmentData, ...]:
    """The ties to standards that are here, each fact once."""
    found = {
        (key, alignment.relation): AlignmentData(key, alignment.relation)
        for alignment in item.draft.alignments
        if (named := resolved.items.get(target_of(alignment))) is not None
        for key in in_place(named, item.moved)
    }
    return tuple(found.values())


def _new_values(item: Item, resolved: Resolved, vocabularies: Vocabularies) -> dict[str, Any]:
    data = vocabularies.data(item.fields, aligned(item, resolved))
    names = {"kind_id" if change.field == "kind" else change.field for change in item.page_changes}
    return {name: getattr(data, name) for name in names}


def _row(item: Item) -> ImportedResource:
    if item.known is None:
        raise ValueError(f"{item.key} was never imported before.")
    return item.known.row


def _filled(
    row: ImportedResource, item: Item, source: str, record: ResourceImport, written: Written | None
) -> ImportedResource:
    row.names = list(dict.fromkeys([*item.draft.names, *row.names]))
    row.source = source
    row.raw = item.draft.raw
    row.fields = as_stored(item.fields)
    row.alignments = item.alignments
    row.defaults = dict(item.defaults)
    row.last_import = record
    if written is not None:
        row.page_id = written.page_id
        row.revision_id = written.revision_id
    return row


def wait(named: Iterable[tuple[ImportedResource, Iterable[AlignmentDraft]]], resolved: Resolved) -> None:
    """Keeps what could not be resolved of the standards that resources name, until its framework arrives."""
    WaitingAlignment.objects.bulk_create(
        (
            WaitingAlignment(resource=row, reason=reason, **as_dict(alignment))
            for row, alignments in named
            for alignment in alignments
            if (reason := resolved.reasons.get(target_of(alignment)))
        ),
        batch_size=BATCH,
    )
