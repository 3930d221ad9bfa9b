"""Thousands of resources written at once: published pages with revision, history and search, as if made one by one.

Wagtail saves a page in some forty queries. Here a batch is written by COPY, table by table, and a page is
afterwards what `add_child` and `publish` would have made of it: `tests/repository/test_bulk.py` compares the two. What
Wagtail does in the background for each page (its reference index, the admin's search) is one job for some. The signals
of single pages are not sent; `resources_changed` tells of all of them, in the same transaction.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Page, PageLogEntry, Revision

from people.models import Organisation, User
from repository.models import Alignment, DistrictPage, ResourcePage, ResourceTag
from repository.services.bulk_rows import (
    MANY,
    OWN,
    AlignmentData,
    ResourceData,
    Row,
    Rows,
    as_columns,
    empty_relations,
    insert,
    log_entry,
    own_content,
    revisions_of,
    tag_ids,
)
from repository.services.deletion import count_fewer, delete_pages
from repository.services.errors import ChangedMeanwhile, NoRoom
from repository.signals import resources_changed
from repository.tasks import follow_pages
from standards import bulk

__all__ = [
    "AlignmentData",
    "ResourceData",
    "Written",
    "create_resources",
    "delete_resources",
    "follow",
    "lock_resources",
    "update_resources",
]

BATCH = 1000
"""Pages in memory at a time: their rows and revisions take about 10 MB."""
FOLLOWED = 100
"""Pages of one background job, of some seconds: a worker looks for more urgent work only between two."""
MAX_SLUG = 200
_TURNS = 0x0B01D  # names the lock, among those of the database

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """The keys of a page, and of its revision that is live and latest."""

    page_id: int
    revision_id: int


@transaction.atomic
def create_resources(
    *,
    district: Organisation,
    resources: Sequence[ResourceData],
    user: User | None = None,
    owner: User | None = None,
    progress: Progress | None = None,
    then: Callable[[list[Written]], None] | None = None,
) -> list[Written]:
    """Published pages below the page of `district`, in the order given. All or none.

    `user` is who does it, for the history; `owner` is shown as who made them, and may edit them. `then` does what else
    belongs to it: what comes after in the transaction keeps everybody from adding pages to the district.

    Raises DistrictPage.DoesNotExist, NoRoom where the tree has no more room, and ChangedMeanwhile if the page of the
    district got another address.
    """
    _take_turns(district)
    parent = DistrictPage.objects.get(district=district)
    places, slugs = _places(parent, len(resources)), _Slugs(parent)
    tags = tag_ids({name for resource in resources for name in resource.tags})
    written: list[Written] = []
    for start in range(0, len(resources), BATCH):
        end = start + BATCH
        written += _create(parent, resources[start:end], places[start:end], slugs, tags, (user, owner))
        if progress:
            progress(len(written), len(resources))
    _tell([one.page_id for one in written])
    if then:
        then(written)
    if written:
        connection.check_constraints()  # at the end of the transaction it would take a second for 10,000 pages
        _join(parent, written, slugs)
    return written


@transaction.atomic
def update_resources(
    *, changes: Mapping[Written, Row], user: User | None = None, progress: Progress | None = None
) -> list[Written]:
    """Publish new versions. `changes`: for each page, as it was when the change was decided on, the fields of
    `ResourceData` that change, and to what.

    Addresses stay. Raises ChangedMeanwhile, with nothing written, for a page whose published or latest revision is
    another one by now, or that is not published.
    """
    tags = tag_ids({name for change in changes.values() for name in change.get("tags", ())})
    known = list(changes)
    written: list[Written] = []
    for start in range(0, len(known), BATCH):
        some = known[start : start + BATCH]
        _lock_unchanged(some)
        written += _update({one.page_id: changes[one] for one in some}, tags, user)
        if progress:
            progress(len(written), len(known))
    _tell([one.page_id for one in known])
    return written


@transaction.atomic
def delete_resources(
    *, page_ids: Collection[int], user: User | None = None, progress: Progress | None = None
) -> int:
    """Delete pages for good, with a line in the site history for each; how many there were.

    What comes after in the transaction keeps everybody from adding pages to their districts.
    Raises ProtectedError, with nothing deleted, where something else relies on one.
    """
    keys = sorted(page_ids)
    done, now = 0, timezone.now()
    gone: Counter[str] = Counter()
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        lock_resources(some)
        titles = dict(Page.objects.filter(pk__in=some).values_list("pk", "draft_title"))
        insert(
            PageLogEntry,
            [log_entry(key, titles[key], "wagtail.delete", user, now, deleted=True) for key in titles],
        )
        gone += delete_pages(titles)
        done += len(titles)
        if progress:
            progress(done, len(keys))
    resources_changed.send(sender=ResourcePage, page_ids=keys)
    connection.check_constraints()  # as for new pages: before anybody has to wait
    count_fewer(gone)
    return done


def lock_resources(page_ids: Collection[int]) -> None:
    """Hold the rows of pages until the transaction ends: whoever saves one meanwhile waits for what becomes of it.

    What is read of the pages afterwards stays true. Both tables and key order, as wherever pages are locked.
    """
    rows = ResourcePage.objects.select_for_update().filter(pk__in=list(page_ids))
    list(rows.order_by("pk").values_list("pk", "title"))


def _tell(page_ids: list[int]) -> None:
    resources_changed.send(sender=ResourcePage, page_ids=page_ids)
    follow(page_ids)


def follow(page_ids: list[int]) -> None:
    """Have done what Wagtail does after each save, in the background."""
    for start in range(0, len(page_ids), FOLLOWED):
        follow_pages.enqueue(page_ids[start : start + FOLLOWED])


# -- creating


def _take_turns(district: Organisation) -> None:
    """One bulk write into a district at a time: two would number their pages alike."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_TURNS, district.pk])


def _create(
    parent: DistrictPage,
    resources: Sequence[ResourceData],
    places: Sequence[str],
    slugs: "_Slugs",
    tags: Mapping[str, int],
    people: tuple[User | None, User | None],
) -> list[Written]:
    user, owner = people
    rows = _rows(user, tags, [resource.related() for resource in resources])
    same = _same_for_all(parent, owner, rows.now)
    page_ids, revision_ids = bulk.new_ids(Page, len(resources)), bulk.new_ids(Revision, len(resources))
    for resource, path, page_id, revision_id in zip(resources, places, page_ids, revision_ids, strict=True):
        slug = slugs.free(resource.title)
        values = {
            **same,
            **resource.own(),
            "id": page_id,
            "page_ptr_id": page_id,
            "path": path,
            "slug": slug,
            "url_path": f"{parent.url_path}{slug}/",
            "draft_title": resource.title,
            "translation_key": uuid.uuid4(),
            "identifier": uuid.uuid4(),
            "latest_revision_id": revision_id,
            "live_revision_id": revision_id,
        }
        content = {"pk": page_id, **own_content(values), **empty_relations()}
        content |= rows.relate(page_id, resource.related())
        rows.pages.append(values)
        rows.add_revision(revision_id, page_id, content)
        rows.add_entry(page_id, resource.title, "wagtail.create", content_changed=True)
        rows.add_entry(
            page_id, resource.title, "wagtail.publish", revision_id=revision_id, content_changed=True
        )
    insert(Revision, rows.revisions)
    insert(Page, rows.pages)
    insert(ResourcePage, rows.pages)
    rows.insert_related()
    return [Written(*pair) for pair in zip(page_ids, revision_ids, strict=True)]


def _rows(user: User | None, tags: Mapping[str, int], related: Sequence[Row]) -> Rows:
    return Rows(
        user,
        timezone.now(),
        tags,
        iter(bulk.new_ids(Alignment, sum(len(one.get("alignments", ())) for one in related))),
        iter(bulk.new_ids(ResourceTag, sum(len(one.get("tags", ())) for one in related))),
    )


def _same_for_all(parent: DistrictPage, owner: User | None, now: datetime) -> dict[str, Any]:
    """The columns that all new pages share: the models' defaults, and their place."""
    blank = ResourcePage()
    return {
        **{one.attname: getattr(blank, one.attname) for one in ResourcePage._meta.concrete_fields},
        "district_id": parent.district_id,
        "owner_id": owner.pk if owner else None,
        "depth": parent.depth + 1,
        "locale_id": parent.locale_id,
        "content_type_id": ContentType.objects.get_for_model(ResourcePage).pk,
        "first_published_at": now,
        "last_published_at": now,
        "latest_revision_created_at": now,
    }


def _places(parent: DistrictPage, count: int) -> list[str]:
    """Paths above those of all children, with room left for the pages that others add before these are seen."""
    last = parent.get_last_child()
    first = 1 + (Page._str2int(last.path[-Page.steplen :]) if last else 0) + 100 + count // 10
    if first + count > len(Page.alphabet) ** Page.steplen:
        raise NoRoom
    return [Page._get_path(parent.path, parent.depth + 1, step) for step in range(first, first + count)]


def _join(parent: DistrictPage, written: Sequence[Written], slugs: "_Slugs") -> None:
    """Take new pages among the children: their number, and another address where somebody took theirs meanwhile.

    The parent's row is what treebeard counts children in and locks for whoever adds one, so this comes last.
    """
    now = DistrictPage.objects.select_for_update().filter(pk=parent.pk).first()
    if now is None or (now.path, now.url_path) != (parent.path, parent.url_path):
        raise ChangedMeanwhile(parent.title)
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(written))
    new = {one.page_id: one.revision_id for one in written}
    below = dict(Page.objects.child_of(now).values_list("pk", "slug"))
    others = {slug for page_id, slug in below.items() if page_id not in new}
    slugs.taken |= others
    for page in Page.objects.filter(pk__in=[page_id for page_id in new if below[page_id] in others]):
        slug = slugs.free(page.title)
        address = {"slug": slug, "url_path": f"{now.url_path}{slug}/"}
        Page.objects.filter(pk=page.pk).update(**address)
        revision = Revision.objects.get(pk=new[page.pk])
        revision.content |= address
        revision.save(update_fields=["content"])


class _Slugs:
    """Addresses that are still free below a page, as Wagtail names them: title, title-2, title-3."""

    def __init__(self, parent: DistrictPage) -> None:
        self.taken = set(Page.objects.child_of(parent).values_list("slug", flat=True))
        self.last: dict[str, int] = {}

    def free(self, title: str) -> str:
        base = slugify(title)[:MAX_SLUG].strip("-") or "resource"
        number = self.last.get(base, 1)
        slug = base if number == 1 else f"{base}-{number}"
        while slug in self.taken:
            number += 1
            slug = f"{base}-{number}"
        self.last[base] = number
        self.taken.add(slug)
        return slug


# -- updating


def _update(changes: Mapping[int, Row], tags: Mapping[str, int], user: User | None) -> list[Written]:
    rows = _rows(user, tags, list(changes.values()))
    current = revisions_of(changes)
    revision_ids = bulk.new_ids(Revision, len(changes))
    for (page_id, change), revision_id in zip(changes.items(), revision_ids, strict=True):
        values = {name: value for name, value in change.items() if name in OWN}
        if "title" in change:
            values["draft_title"] = change["title"]
        values |= {
            "latest_revision_id": revision_id,
            "live_revision_id": revision_id,
            "last_published_at": rows.now,
            "latest_revision_created_at": rows.now,
        }
        content = current[page_id].content | own_content(values) | rows.relate(page_id, change)
        rows.pages.append({"id": page_id, "page_ptr_id": page_id, **values})
        rows.add_revision(revision_id, page_id, content)
        rows.add_entry(
            page_id, content["title"], "wagtail.publish", revision_id=revision_id, content_changed=True
        )
    insert(Revision, rows.revisions)
    _set_columns(rows.pages)
    _delete_related(changes)
    rows.insert_related()
    return [Written(*pair) for pair in zip(changes, revision_ids, strict=True)]


def _lock_unchanged(known: Collection[Written]) -> None:
    keys = [one.page_id for one in known]
    lock_resources(keys)
    # Of a page that is not published, no revision is live.
    live = Page.objects.filter(pk__in=keys, latest_revision=F("live_revision"))
    unchanged = {Written(*pair) for pair in live.values_list("pk", "live_revision")}
    if changed := sorted(one.page_id for one in known if one not in unchanged):
        titles = Page.objects.filter(pk=changed[0]).values_list("draft_title", flat=True)
        raise ChangedMeanwhile(titles.first() or str(changed[0]))


def _set_columns(rows: Sequence[Row]) -> None:
    """Pages whose same columns change are written together."""
    groups: dict[frozenset[str], list[Row]] = {}
    for row in rows:
        groups.setdefault(frozenset(row), []).append(row)
    for names, members in groups.items():
        for model in (Page, ResourcePage):
            own = [one for one in model._meta.local_concrete_fields if one.attname in names]
            own.sort(key=lambda one: not one.primary_key)
            if len(own) > 1:
                bulk.update(model, [one.column for one in own], (as_columns(row, own) for row in members))


def _delete_related(changes: Mapping[int, Row]) -> None:
    def touched(name: str) -> list[int]:
        return [page_id for page_id, change in changes.items() if name in change]

    # Without the signals of single rows: `resources_changed` tells of all of them.
    Alignment.objects.filter(page__in=touched("alignments"))._raw_delete(DEFAULT_DB_ALIAS)
    ResourceTag.objects.filter(content_object__in=touched("tags"))._raw_delete(DEFAULT_DB_ALIAS)
    for name, relation in MANY.items():
        relation.through.objects.filter(resourcepage__in=touched(name))._raw_delete(DEFAULT_DB_ALIAS)
