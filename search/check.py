"""Compare database and index, document by document."""

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from django.db.models import Max
from opensearchpy.helpers import scan

from repository.models import ResourcePage
from search.batches import batched
from search.client import WRITE_TIMEOUT, client, reaching_engine
from search.documents import Written
from search.models import OutboxEntry
from search.reading import build_each, read

BATCH = 1000
MANY = 1000
# A change made while we compare is no difference: look again this often before it counts as one.
ROUNDS = 4
PAUSE = 0.3  # seconds


@dataclass(frozen=True)
class Difference:
    """missing: published, and not in the index; ghost: the other way round; stale: the index has it otherwise.

    unreadable: no document can be made of it, so nobody knows; `reason` says why. Else `reason` is empty.
    waiting: the outbox knows of it and nothing has been refused, so the worker will mend it.
    """

    kind: Literal["missing", "ghost", "stale", "unreadable"]
    page_id: int
    title: str
    waiting: bool
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.title} (page {self.page_id}){f': {self.reason}' if self.reason else ''}"


@dataclass(frozen=True)
class Report:
    """`database` and `index` count published resources there."""

    database: int
    index: int
    differences: tuple[Difference, ...]
    outbox: int


def compare(index: str, *, expected: Mapping[int, str] | None = None) -> Report:
    """Everything in which the index differs from the database.

    expected: the checksums of what was just read from the database, by page. Pages that have them are not read again.
    """
    with reaching_engine():
        client().indices.refresh(index=index, params={"request_timeout": WRITE_TIMEOUT})
        indexed = dict(_scan(index))
    # After an import thousands. That they are missing is plain; what else may be odd of them, the worker will find.
    to_come = _queued() - indexed.keys()
    if len(to_come) <= MANY:
        to_come = set()
    if expected is None:
        expected, published = {}, set[int]()
        for page_ids in batched(_published(), BATCH):
            documents, refused = _documents([pk for pk in page_ids if pk not in to_come])
            expected |= {pk: document.checksum for pk, document in documents.items()}
            published |= documents.keys() | refused.keys() | (to_come & set(page_ids))
    else:
        published = set(_published())
    to_come &= published
    suspects = {pk for pk in published if indexed.get(pk, "") != expected.get(pk)}
    differences = _confirm(index, (suspects | (indexed.keys() - published)) - to_come, to_come)
    return Report(len(published), len(indexed), tuple(differences), OutboxEntry.objects.count())


def _documents(page_ids: Collection[int]) -> tuple[dict[int, Written], dict[int, str]]:
    """Of those published, as the database has them; and of which none can be made, with the reason."""
    sources, unread = read(page_ids)
    built, unmade = build_each(sources)
    return built, unread | unmade


def _published() -> Iterator[int]:
    keys = ResourcePage.objects.filter(live=True).order_by("pk").values_list("pk", flat=True)
    return keys.iterator(chunk_size=10 * BATCH)


def _scan(index: str) -> Iterator[tuple[int, str]]:
    """Key and checksum of every document that is no tombstone.

    By a scroll, of which readers cannot use up the supply, as they could with points in time. From columns alone: for the
    name of a document, the engine would unpack all of it, which takes it six times as long.
    """
    gone, in_column = {"exists": {"field": "deleted"}}, {"exists": {"field": "page"}}
    columns = {
        "query": {"bool": {"filter": [in_column], "must_not": [gone]}},
        "stored_fields": "_none_",
        "docvalue_fields": ["page", "checksum"],
    }
    # Made by a former version of the program, or by nobody of ours.
    others = {
        "query": {"bool": {"must_not": [gone, in_column]}},
        "_source": False,
        "docvalue_fields": ["checksum"],
    }
    for body in (columns, others):
        for hit in scan(
            client(), index=index, query=body, size=5000, scroll="2m", request_timeout=WRITE_TIMEOUT
        ):
            fields = hit.get("fields", {})
            key = fields["page"][0] if body is columns else int(hit["_id"])
            yield key, fields.get("checksum", [""])[0]


def _queued() -> set[int]:
    """The pages that the outbox knows of, and of which nothing has been refused."""
    attempts = OutboxEntry.objects.values("page_id").annotate(most=Max("attempts"))
    return set(attempts.filter(most=0).values_list("page_id", flat=True))


def _confirm(index: str, suspects: set[int], to_come: Collection[int]) -> list[Difference]:
    """Those of the suspects that still differ after a few looks. `to_come` are missing, and the worker has them to do."""
    found = _missing(to_come) | _look(index, suspects)
    for _ in range(ROUNDS - 1):
        if not found:
            break
        time.sleep(PAUSE)
        # What the worker has to do is looked at again once that is done: all of it each time would take minutes.
        queued = _queued()
        undone = {pk: one for pk, one in found.items() if one.waiting and pk in queued}
        found = undone | _look(index, found.keys() - undone.keys())
    return [found[pk] for pk in sorted(found)]


def _missing(page_ids: Collection[int]) -> dict[int, Difference]:
    found = {}
    for some in batched(sorted(page_ids), BATCH):
        for pk, title in ResourcePage.objects.filter(pk__in=some).values_list("pk", "title"):
            found[pk] = Difference("missing", pk, title, waiting=True)
    return found


def _look(index: str, page_ids: Collection[int]) -> dict[int, Difference]:
    """Those of the pages that differ now."""
    some = batched(sorted(page_ids), BATCH)
    return {one.page_id: one for batch in some for one in _differences(index, batch)}


def _differences(index: str, page_ids: Collection[int]) -> Iterator[Difference]:
    with reaching_engine():
        answer = client().mget(
            index=index,
            body={"ids": [str(pk) for pk in page_ids]},
            params={"_source_includes": "checksum,deleted,title"},
        )
    indexed = {int(doc["_id"]): doc["_source"] for doc in answer["docs"] if doc.get("found")}
    documents, refused = _documents(page_ids)
    queued: dict[int, bool] = {}
    for page_id, attempts in OutboxEntry.objects.filter(page_id__in=page_ids).values_list(
        "page_id", "attempts"
    ):
        queued[page_id] = queued.get(page_id, True) and attempts == 0
    titles = dict(ResourcePage.objects.filter(pk__in=refused).values_list("pk", "title")) if refused else {}
    for pk in page_ids:
        there = indexed.get(pk, {"deleted": True})
        waiting = queued.get(pk, False)
        if pk in refused:
            yield Difference("unreadable", pk, titles.get(pk, ""), waiting, refused[pk])
        elif (document := documents.get(pk)) is None:
            if not there.get("deleted"):
                yield Difference("ghost", pk, there.get("title", ""), waiting)
        elif there.get("deleted"):
            yield Difference("missing", pk, document.title, waiting)
        elif there.get("checksum") != document.checksum:
            yield Difference("stale", pk, document.title, waiting)
