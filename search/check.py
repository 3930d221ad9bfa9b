"""Compare database and index, document by document."""

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from opensearchpy.helpers import scan

from repository.models import ResourcePage
from search.batches import batched
from search.client import WRITE_TIMEOUT, client, reaching_engine
from search.models import OutboxEntry
from search.reading import build_each, read

BATCH = 1000
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
    if expected is None:
        expected, published = {}, set[int]()
        for page_ids in batched(_published(), BATCH):
            documents, refused = _documents(page_ids)
            expected |= {pk: document["checksum"] for pk, document in documents.items()}
            published |= documents.keys() | refused.keys()
    else:
        published = set(_published())
    suspects = {pk for pk in published if indexed.get(pk, "") != expected.get(pk)}
    differences = _confirm(index, suspects | (indexed.keys() - published))
    return Report(len(published), len(indexed), tuple(differences), OutboxEntry.objects.count())


def _documents(page_ids: Collection[int]) -> tuple[dict[int, dict[str, Any]], dict[int, str]]:
    """Of those published, as the database has them; and of which none can be made, with the reason."""
    sources, unread = read(page_ids)
    built, unmade = build_each(sources)
    return built, unread | unmade


def _published() -> Iterator[int]:
    keys = ResourcePage.objects.filter(live=True).order_by("pk").values_list("pk", flat=True)
    return keys.iterator(chunk_size=10 * BATCH)


def _scan(index: str) -> Iterator[tuple[int, str]]:
    """Key and checksum of every document that is no tombstone, as of one moment.

    By a scroll, of which readers cannot use up the supply, as they could with points in time.
    """
    body = {
        "query": {"bool": {"must_not": [{"exists": {"field": "deleted"}}]}},
        "_source": False,
        "docvalue_fields": ["checksum"],
    }
    for hit in scan(client(), index=index, query=body, size=5000, scroll="2m", request_timeout=WRITE_TIMEOUT):
        yield int(hit["_id"]), hit.get("fields", {}).get("checksum", [""])[0]


def _confirm(index: str, suspects: set[int]) -> list[Difference]:
    """Those of the suspects that still differ after a few looks."""
    found: list[Difference] = []
    for number in range(ROUNDS):
        if not suspects:
            return []
        if number:
            time.sleep(PAUSE)
        found = [one for some in batched(sorted(suspects), BATCH) for one in _differences(index, some)]
        suspects = {one.page_id for one in found}
    return found


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
            yield Difference("missing", pk, document["title"], waiting)
        elif there.get("checksum") != document["checksum"]:
            yield Difference("stale", pk, document["title"], waiting)
