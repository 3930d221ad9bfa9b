"""Alignments changed past the editor: in the live rows and in the stored drafts, without publishing other drafts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from wagtail.models import Page, Revision

from repository.models import Alignment, ResourcePage
from repository.selectors import pages_naming_items
from repository.services.bulk import follow
from repository.services.bulk_rows import AlignmentData
from repository.services.errors import ChangedSinceSeen
from repository.signals import resources_changed
from standards import bulk
from standards.models import Item

ALIGNED_AT_ONCE = 1000
Row = dict[str, Any]
"""An alignment as a revision has it: what hangs on it by key, its own key as pk."""
Change = Callable[[int, str, list[Row]], list[Row]]
"""Of a page, the place (see Journal) and its alignments there: what they are to be."""
Progress = Callable[[int, int], None]
Fact = tuple[int, str, int | None]
"""Standard, relation and level are one fact, found as one, and stand once on a resource."""


class Moved(NamedTuple):
    """What became of one alignment: of `item`, at this relation and level, to the items `to`.

    `added` are those of them that were not there already. The rest is what it takes to put it back.
    """

    item: int
    relation: str
    level: int | None
    note: str
    status: str
    sort_order: int | None
    to: list[int]
    added: list[int]


Journal = dict[str, dict[str, list[Moved]]]
"""By page and place, both as text, so that JSON keeps it. A place is the key of a revision; the live rows are those of the
published one, or ROWS where none is."""
ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Realigned:
    """`page_ids` are the pages touched, in order; `journal` is what `put_back` takes."""

    page_ids: list[int]
    journal: Journal


@transaction.atomic
def realign(
    *,
    replace: Mapping[int, Sequence[int]],
    page_ids: Iterable[int] | None = None,
    progress: Progress | None = None,
) -> Realigned:
    """Align resources to other standards: each item of `replace` (by key) gives way to its values, one or several.

    Changes the live rows and, of each resource, the published, the latest and the scheduled revision; older revisions
    stay as they were. Relation, level, note and status stay, but what was confirmed of a statement is only claimed of each
    of its parts. Where a resource has the new alignment already (same relation and level), the old one goes. Raises
    Item.DoesNotExist when a new item is not there. Without `page_ids`, all revisions are read once for who names one of
    the items; no other page is locked. A few queries a thousand pages.
    """
    wanted = {key for news in replace.values() for key in news}
    missing = wanted - set(Item.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if missing:
        raise Item.DoesNotExist(f"There is no standard with the key {sorted(missing)[0]}.")
    if page_ids is None:
        page_ids = set().union(*pages_naming_items(replace).values())
    journal: Journal = {}

    def change(page: int, place: str, rows: list[Row]) -> list[Row]:
        after, moved = _move(rows, replace)
        noted = journal.setdefault(str(page), {}).setdefault(place, [])
        noted += [one for one in moved if one not in noted]
        return after

    touched = _rewrite(page_ids, change, progress)
    return Realigned(touched, {str(page): journal[str(page)] for page in touched})


@transaction.atomic
def put_back(*, journal: Journal, page_ids: Iterable[int], progress: Progress | None = None) -> list[int]:
    """Take a move back on some of its pages: where the new alignment still stands, the old one comes in its place.

    What somebody has taken off a resource since stays off, and nothing else of it changes. Answers the keys of the pages
    touched, in order. The items moved from must be there.
    """

    def change(page: int, place: str, rows: list[Row]) -> list[Row]:
        places = journal[str(page)]
        # A version that was made since the move has come from one of those that it changed.
        return _put_back(page, rows, places[place] if place in places else list(chain(*places.values())))

    return _rewrite((page for page in page_ids if str(page) in journal), change, progress)


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
        taken = {(one.item_id, one.relation, one.level_id) for one in page.alignments.all()}
        for new in additions[page.pk]:
            if (fact := (new.item_id, new.relation, new.level_id)) not in taken:
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
    """The latest, the scheduled, and the published one, which the draft becomes again where changes are discarded."""
    keys = list(page_ids)
    pages = Page.objects.filter(pk__in=keys).values_list("latest_revision", "live_revision")
    scheduled = Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=[str(key) for key in keys],
        approved_go_live_at__isnull=False,
    )
    # By key: asked for all at once, the planner reads every revision there is.
    wanted = {*chain(*pages), *scheduled.values_list("pk", flat=True)}
    found: QuerySet[Revision] = Revision.objects.filter(pk__in=wanted - {None})
    return found


def _add_to_content(content: dict[str, Any], rows: Iterable[Alignment]) -> None:
    alignments: list[dict[str, Any]] = content.setdefault("alignments", [])
    facts = {_fact(one) for one in alignments}
    for row in rows:
        if (row.item_id, row.relation, row.level_id) not in facts:
            alignments.append(
                {
                    "pk": row.pk, "sort_order": row.sort_order, "page": row.page_id, "item": row.item_id,
                    "relation": row.relation, "level": row.level_id, "note": row.note, "status": row.status,
                }
            )  # fmt: skip


def _rewrite(page_ids: Iterable[int], change: Change, progress: Progress | None) -> list[int]:
    """Make of the alignments of pages, live and in revisions that can become live, what `change` says; the pages touched."""
    keys = sorted(page_ids)
    touched: list[int] = []
    for start in range(0, len(keys), ALIGNED_AT_ONCE):
        some = keys[start : start + ALIGNED_AT_ONCE]
        touched += _rewrite_some(some, change)
        if progress:
            progress(start + len(some), len(keys))
    if touched:
        resources_changed.send(sender=ResourcePage, page_ids=touched)
        follow(touched)
    return touched


def _rewrite_some(page_ids: Sequence[int], change: Change) -> list[int]:
    # A column of each of its two tables, so that whoever saves the page waits.
    pages = ResourcePage.objects.select_for_update().filter(pk__in=page_ids).order_by("pk")
    live = dict(pages.values_list("pk", "live_revision"))
    before: dict[int, list[Row]] = {page: [] for page in live}
    columns = ("pk", "sort_order", "page", "item", "relation", "level", "note", "status")
    for row in Alignment.objects.filter(page__in=live).order_by("sort_order", "pk").values(*columns):
        before[row["page"]].append(row)
    after = {page: change(page, str(live[page] or ROWS), rows) for page, rows in before.items()}
    touched = {page for page in live if after[page] != before[page]}
    _write_rows(
        list(chain(*(before[page] for page in touched))), list(chain(*(after[page] for page in touched)))
    )
    revisions = []
    for revision in _current_revisions_of(live):
        page, rows = int(revision.object_id), revision.content.get("alignments") or []
        changed = change(page, str(revision.pk), rows)
        if changed != rows:
            revision.content["alignments"] = _with_keys(changed, after[page])
            revisions.append(revision)
            touched.add(page)
    bulk.update(Revision, ["id", "content"], ((one.pk, one.content) for one in revisions))
    return sorted(touched)


def _write_rows(before: Sequence[Row], after: Sequence[Row]) -> None:
    """New rows get their key."""
    known = {row["pk"]: row for row in before}
    stays = {row["pk"]: row for row in after if row["pk"] in known}
    Alignment.objects.filter(pk__in=known.keys() - stays.keys()).delete()
    # By COPY: with Django’s `bulk_update`, ten thousand resources take three times as long.
    changed = (
        (key, row["item"], row["note"], row["status"]) for key, row in stays.items() if row != known[key]
    )
    bulk.update(Alignment, ["id", "item_id", "note", "status"], changed)
    new = [row for row in after if row["pk"] not in known]
    for row, made in zip(
        new, Alignment.objects.bulk_create(map(_as_alignment, new), batch_size=1000), strict=True
    ):
        row["pk"] = made.pk


def _as_alignment(row: Row) -> Alignment:
    by_key = {"page", "item", "level"}
    return Alignment(**{f"{name}_id" if name in by_key else name: value for name, value in row.items()})


def _with_keys(rows: list[Row], live: Iterable[Row]) -> list[Row]:
    """Gives new alignments of a revision the keys of the live rows that say the same."""
    free = {_fact(row): row["pk"] for row in live}
    taken = {row["pk"] for row in rows}
    for row in rows:
        key = free.get(_fact(row))
        if row["pk"] is None and key not in taken:
            row["pk"] = key
    return rows


def _move(rows: list[Row], replace: Mapping[int, Sequence[int]]) -> tuple[list[Row], list[Moved]]:
    after = [row for row in rows if row["item"] not in replace]
    if len(after) == len(rows):
        return rows, []
    taken = {_fact(row) for row in after}
    moved = []
    for row in rows:
        if row["item"] not in replace:
            continue
        to = list(replace[row["item"]])
        status = row["status"]
        if len(to) > 1 and status == Alignment.Status.CONFIRMED:
            status = Alignment.Status.CLAIMED.value
        added: list[int] = []
        for item in to:
            new = {**row, "item": item, "status": status, "pk": None if added else row["pk"]}
            if _fact(new) not in taken:
                taken.add(_fact(new))
                after.append(new)
                added.append(item)
        moved.append(
            Moved(
                row["item"], row["relation"], row["level"], row["note"], row["status"], row["sort_order"],
                to, added,
            )
        )  # fmt: skip
    return sorted(after, key=_order), moved


def _put_back(page: int, rows: list[Row], moved: Iterable[Moved]) -> list[Row]:
    standing = {_fact(row): row["pk"] for row in rows}
    back = {
        (one.item, one.relation, one.level): one
        for one in moved
        if (one.item, one.relation, one.level) not in standing
        and any((item, one.relation, one.level) in standing for item in one.added or one.to)
    }
    if not back:
        return rows
    goes = {(item, one.relation, one.level) for one in back.values() for item in one.added}
    after = [row for row in rows if _fact(row) not in goes]
    for one in back.values():
        keys = (standing.get((item, one.relation, one.level)) for item in one.added)
        after.append(
            {
                "pk": next(filter(None, keys), None), "sort_order": one.sort_order, "page": page, "item": one.item,
                "relation": one.relation, "level": one.level, "note": one.note, "status": one.status,
            }
        )  # fmt: skip
    return sorted(after, key=_order)


def _order(row: Row) -> int:
    return row["sort_order"] or 0


def _fact(row: Row) -> Fact:
    return row["item"], row["relation"], row["level"]


def alignment_key(alignment: Alignment) -> str:
    """Names an alignment inside one version of a resource: standard, relation and level are one fact."""
    return f"{alignment.item_id}.{alignment.relation}.{alignment.level_id or ''}"


def judge_alignments(*, page: ResourcePage, judgements: Mapping[str, str]) -> None:
    """Write a reviewer's statuses into the revision under review, and nothing else of it.

    judgements: `alignment_key`: a value of Alignment.Status. Raises ChangedSinceSeen for a key that the revision does not
    have (any more): moves change it in its place. The caller has locked the page.
    """
    if not judgements:
        return
    revision = page.latest_revision
    rows = {
        f"{row['item']}.{row['relation']}.{row['level'] or ''}": row
        for row in revision.content.get("alignments", [])
    }
    if judgements.keys() - rows.keys():
        raise ChangedSinceSeen
    for key, status in judgements.items():
        rows[key]["status"] = Alignment.Status(status).value
    revision.save(update_fields=["content"])
