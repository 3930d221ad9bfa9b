"""From the database to the index: rows written with each change, taken by a worker, done when every index has them."""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from threading import Event
from typing import Any

from django.db import DatabaseError, InterfaceError, connections, transaction
from django.db.models.functions import Now

from search.client import OVERLOADED, WRITE_TIMEOUT, EngineDown, client, reaching_engine
from search.documents import build, tombstone
from search.models import IndexTarget, OutboxEntry, next_version
from search.sources import load

logger = logging.getLogger(__name__)

BATCH = 200
PAUSE = 0.2  # seconds between looks at an empty outbox: publish to searchable is this and a refresh
LONGEST_PAUSE = 5.0  # while the engine or the database is away
LONGEST_BACKOFF = 600  # seconds until a refused document is tried again
VERSION_CONFLICT = 409


def enqueue(page_ids: Iterable[int]) -> None:
    """Have the documents of these pages written again. Call it inside the transaction that changes them."""
    entries = [OutboxEntry(page_id=page_id) for page_id in dict.fromkeys(page_ids)]
    OutboxEntry.objects.bulk_create(entries, batch_size=5000)


def write_alias(index: str) -> str:
    """The name that writes go to. Required to be an alias: the engine would make up a lost index without its mapping."""
    return f"{index}-write"


def process(limit: int = BATCH) -> int:
    """Bring up to `limit` waiting changes into every index; the number of rows that were looked at.

    The rows stay locked until the engine has answered, so a worker that dies leaves them for the next. Raises
    EngineDown when the engine does not take them; a document that it refuses is tried again later, ever more rarely.
    """
    with transaction.atomic():
        due = OutboxEntry.objects.filter(due_at__lte=Now()).order_by("pk")
        rows = list(due.select_for_update(skip_locked=True)[:limit])
        if not rows:
            return 0
        # Read after the rows: an index registered later is filled by a scan that sees what these rows are about.
        targets = list(IndexTarget.objects.values_list("name", flat=True))
        if not targets:
            raise EngineDown("There is no search index yet: run `manage.py search_reindex`.")
        refused = write({row.page_id for row in rows}, targets)
        OutboxEntry.objects.filter(pk__in=[row.pk for row in rows if row.page_id not in refused]).delete()
        for row in rows:
            if row.page_id in refused:
                _try_later(row, refused[row.page_id])
    return len(rows)


def _try_later(row: OutboxEntry, error: str) -> None:
    row.attempts += 1
    row.last_error = error[:2000]
    row.due_at = Now() + timedelta(seconds=min(2 ** min(row.attempts, 20), LONGEST_BACKOFF))
    row.save(update_fields=["attempts", "last_error", "due_at"])
    logger.error(
        "Page %s is not in the index as it should be (attempt %s): %s", row.page_id, row.attempts, error
    )


def write(page_ids: Collection[int], targets: Sequence[str]) -> dict[int, str]:
    """Write the documents of these pages, tombstones for those not published, into each index.

    Answers what was refused, with the reason. Raises EngineDown when an index could not be reached.
    """
    version = next_version()
    documents, refused = _documents(page_ids)
    lines: list[dict[str, Any]] = []
    for target in targets:
        for page_id, document in documents.items():
            place = {"_index": write_alias(target), "_id": str(page_id)}
            lines += [{"index": {**place, "version": version, "version_type": "external_gte"}}, document]
    if lines:
        with reaching_engine():
            answer = client().bulk(
                body=lines, params={"require_alias": "true", "request_timeout": WRITE_TIMEOUT}
            )
        for item in answer["items"]:
            if reason := _refusal(item["index"]):
                refused[int(item["index"]["_id"])] = reason
    return refused


def _documents(page_ids: Collection[int]) -> tuple[dict[int, dict[str, Any]], dict[int, str]]:
    documents: dict[int, dict[str, Any]] = {page_id: tombstone() for page_id in page_ids}
    refused: dict[int, str] = {}
    for source in load(page_ids):
        try:
            documents[source.pk] = build(source)
        except Exception as error:  # noqa: BLE001  one odd page must not hold up all others
            del documents[source.pk]
            refused[source.pk] = f"{type(error).__name__}: {error}"
    return documents, refused


def _refusal(result: dict[str, Any]) -> str:
    """Why the engine did not take a document; "" when it did, or has a newer one already."""
    status = result["status"]
    if status < 300 or status == VERSION_CONFLICT:
        return ""
    error = result.get("error", {})
    reason = f"{error.get('type')}: {error.get('reason')}"
    if status in OVERLOADED or error.get("type") == "index_not_found_exception":
        raise EngineDown(f"{result['_index']}: {reason}")
    return reason


def work(stop: Event) -> None:
    """Process the outbox until `stop` is set, through every failure of engine and database."""
    pause, trouble = PAUSE, ""
    while not stop.is_set():
        try:
            looked_at = process()
            if trouble:
                logger.warning("The search index is being written again.")
            pause, trouble = (0 if looked_at == BATCH else PAUSE), ""
        except EngineDown as error:
            pause, trouble = _back_off(pause, trouble, str(error))
        except (DatabaseError, InterfaceError) as error:
            connections.close_all()
            pause, trouble = _back_off(pause, trouble, f"The database does not answer: {error}")
        except Exception as error:  # noqa: BLE001  whatever it is, a worker that ends helps nobody
            pause, trouble = _back_off(pause, trouble, f"{type(error).__name__}: {error}")
        stop.wait(pause)


def _back_off(pause: float, trouble: str, new: str) -> tuple[float, str]:
    if trouble != new:
        logger.error("Changes wait in the outbox. %s", new)
    return min(max(2 * pause, PAUSE), LONGEST_PAUSE), new
