"""Alignments changed past the editor: in the live rows and in the stored drafts, without publishing other drafts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from wagtail.models import Page, Revision

from repository.models import Alignment, ResourcePage
from repository.selectors import pages_naming_items
from repository.services.bulk_rows import AlignmentData
from repository.signals import resources_changed
from standards.models import Item

ALIGNED_AT_ONCE = 1000


@transaction.atomic
def realign(*, replace: Mapping[int, int], page_ids: Iterable[int] | None = None) -> list[int]:
    """Align resources to other standards: each item of `replace` (by key) gives way to its value.

    Changes the live rows and, of each resource, the latest and the scheduled revision; older revisions stay as they
    were. Where a resource has the new alignment already (same relation and level), the old one goes. Answers the
    keys of the pages touched, in order. Raises Item.DoesNotExist when a new item is not there. Without `page_ids`, all
    revisions are read once for who names one of the items; no other page is locked. A few queries a thousand pages.
    """
    missing = set(replace.values()) - set(
        Item.objects.filter(pk__in=replace.values()).values_list("pk", flat=True)
    )
    if missing:
        raise Item.DoesNotExist(f"There is no standard with the key {sorted(missing)[0]}.")
    if page_ids is None:
        page_ids = set().union(*pages_naming_items(replace).values())
    keys = sorted(page_ids)
    touched: list[int] = []
    for start in range(0, len(keys), ALIGNED_AT_ONCE):
        touched += _realign(keys[start : start + ALIGNED_AT_ONCE], replace)
    if touched:
        resources_changed.send(sender=ResourcePage, page_ids=touched)
    return touched


@transaction.atomic
def align(*, additions: Mapping[int, Sequence[AlignmentData]]) -> list[int]:
    """Add alignments to pages (by key), where they are not there yet (same standard, relation and level).

    As `realign`: the live rows and, of each page, the latest and the scheduled revision, without publishing other draft
    text. Answers the keys of the pages touched, in order. A dozen queries a thousand pages.
    """
    touched: list[int] = []
    keys = sorted(additions)
    for start in range(0, len(keys), ALIGNED_AT_ONCE):
        touched += _align({key: additions[key] for key in keys[start : start + ALIGNED_AT_ONCE]})
    if touched:
        resources_changed.send(sender=ResourcePage, page_ids=touched)
    return touched


def _align(additions: Mapping[int, Sequence[AlignmentData]]) -> list[int]:
    pages = ResourcePage.objects.select_for_update().filter(pk__in=list(additions)).order_by("pk")
    rows: list[Alignment] = []
    for page in pages.only("pk").prefetch_related("alignments"):
        taken = {_fact(one.item_id, one.relation, one.level_id) for one in page.alignments.all()}
        for new in additions[page.pk]:
            if (fact := _fact(new.item_id, new.relation, new.level_id)) not in taken:
                taken.add(fact)
                rows.append(Alignment(page=page, sort_order=len(taken), **asdict(new)))
    Alignment.objects.bulk_create(rows, batch_size=1000)
    by_page: dict[int, list[Alignment]] = {}
    for row in rows:
        by_page.setdefault(row.page_id, []).append(row)
    revisions = list(_current_revisions_of(by_page))
    for revision in revisions:
        _add_to_content(revision.content, by_page[int(revision.object_id)])
    Revision.objects.bulk_update(revisions, ["content"], batch_size=200)
    return sorted(by_page)


def _current_revisions_of(page_ids: Iterable[int]) -> QuerySet[Revision]:
    latest = Page.objects.filter(pk__in=list(page_ids)).values("latest_revision")
    scheduled = Q(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=[str(key) for key in page_ids],
        approved_go_live_at__isnull=False,
    )
    found: QuerySet[Revision] = Revision.objects.filter(Q(pk__in=latest) | scheduled)
    return found


def _add_to_content(content: dict[str, Any], rows: Iterable[Alignment]) -> None:
    alignments: list[dict[str, Any]] = content.setdefault("alignments", [])
    facts = {_fact(one["item"], one["relation"], one["level"]) for one in alignments}
    for row in rows:
        if _fact(row.item_id, row.relation, row.level_id) not in facts:
            alignments.append(
                {
                    "pk": row.pk, "sort_order": row.sort_order, "page": row.page_id, "item": row.item_id,
                    "relation": row.relation, "level": row.level_id, "note": row.note, "status": row.status,
                }
            )  # fmt: skip


def _realign(page_ids: Sequence[int], replace: Mapping[int, int]) -> list[int]:
    pages = ResourcePage.objects.select_for_update().filter(pk__in=page_ids).order_by("pk")
    touched = _realign_rows(list(pages.values_list("pk", flat=True)), replace)
    revisions = [one for one in _current_revisions_of(page_ids) if _realign_content(one.content, replace)]
    Revision.objects.bulk_update(revisions, ["content"], batch_size=200)
    return sorted(touched | {int(one.object_id) for one in revisions})


def _realign_rows(page_ids: Sequence[int], replace: Mapping[int, int]) -> set[int]:
    rows = list(Alignment.objects.filter(page__in=page_ids, item__in=list(replace)).order_by("pk"))
    taken = {
        _fact(row.page_id, row.item_id, row.relation, row.level_id)
        for row in Alignment.objects.filter(page__in={row.page_id for row in rows})
    }
    moved, doubled = [], []
    for row in rows:
        fact = _fact(row.page_id, replace[row.item_id], row.relation, row.level_id)
        if fact in taken:
            doubled.append(row.pk)
            continue
        taken.add(fact)
        row.item_id = replace[row.item_id]
        moved.append(row)
    Alignment.objects.filter(pk__in=doubled).delete()
    Alignment.objects.bulk_update(moved, ["item"], batch_size=1000)
    return {row.page_id for row in rows}


def _realign_content(content: dict[str, Any], replace: Mapping[int, int]) -> bool:
    alignments: list[dict[str, Any]] = content.get("alignments", [])
    if not any(alignment["item"] in replace for alignment in alignments):
        return False
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    # Those that stay come first, so that an alignment that turns into one of them is the one that goes.
    for alignment in sorted(alignments, key=lambda one: one["item"] in replace):
        moved = {**alignment, "item": replace.get(alignment["item"], alignment["item"])}
        kept.setdefault(_fact(moved["item"], moved["relation"], moved["level"]), moved)
    content["alignments"] = sorted(kept.values(), key=lambda one: one.get("sort_order") or 0)
    return True


def _fact(*parts: Any) -> tuple[Any, ...]:
    return parts


def alignment_key(alignment: Alignment) -> str:
    """Names an alignment inside one version of a resource: standard, relation and level are one fact."""
    return f"{alignment.item_id}.{alignment.relation}.{alignment.level_id or ''}"


def judge_alignments(*, page: ResourcePage, judgements: Mapping[str, str]) -> None:
    """Write a reviewer's statuses into the revision under review, and nothing else of it.

    judgements: `alignment_key`: a value of Alignment.Status. Keys that the revision does not have are ignored.
    The caller has locked the page.
    """
    revision = page.latest_revision
    for alignment in revision.content.get("alignments", []):
        key = f"{alignment['item']}.{alignment['relation']}.{alignment['level'] or ''}"
        if key in judgements:
            alignment["status"] = Alignment.Status(judgements[key]).value
    revision.save(update_fields=["content"])
