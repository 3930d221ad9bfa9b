"""From the database to the index: rows written with each change, brought there, done when every index has them."""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from search import mapping, versions
from search.bulk import action, send
from search.client import EngineDown
from search.documents import TOMBSTONE, Written
from search.models import IndexTarget, OutboxEntry, next_version
from search.reading import build_each, read
from search.sources import Shared

logger = logging.getLogger(__name__)

BATCH = 200
# Of a batch: the newest go beside those due the longest, so that what a teacher publishes does not wait behind an import.
NEWEST = 50
LONGEST_BACKOFF = 600  # seconds until a refused document is tried again
# Seconds that a worker may keep rows to itself without a word to the database. Several requests to a slow engine take less.
LONGEST_HOLD = 300
AGAIN = 2  # seconds until what crossed a change under way is written once more
_UNDER_WAY = 0x5EA7C4EE  # names the lock, among those of the database


def enqueue(page_ids: Iterable[int]) -> None:
    """Have the documents of these pages written again. Call it inside the transaction that changes them."""
    entries = [OutboxEntry(page_id=page_id) for page_id in dict.fromkeys(page_ids)]
    OutboxEntry.objects.bulk_create(entries, batch_size=5000)


def enqueue_found(page_ids: Iterable[int]) -> None:
    """As `enqueue`, of pages looked up by what they have in common and what changes now, such as a standard.

    A page that gets it and is published after that look is not among them, and a worker would read it before this change
    is committed. So workers are told that one is under way, to the end of its transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_UNDER_WAY])
    enqueue(page_ids)


def process(limit: int = BATCH, *, newest_known: int | None = None) -> int:
    """Bring up to `limit` (more than NEWEST) waiting changes into every index; the number of rows that were looked at.

    The rows stay locked until the engine has answered, so a worker that dies leaves them for the next. Raises
    EngineDown when the engine does not take them; a document that it refuses is tried again later, ever more rarely, and
    one that was read during a change that may concern it, as long as that lasts.
    newest_known: the key of the newest target when the worker started; one made later by another version of the
    program shows that this one is out of date.
    """
    with transaction.atomic():
        rows = _due(limit)
        if not rows:
            return 0
        _give_up_after(LONGEST_HOLD)
        # Read after the rows: an index registered later is filled by a scan that sees what these rows are about.
        targets = IndexTarget.objects.written()
        if not targets:
            raise EngineDown("There is no search index yet: run `manage.py search_reindex`.")
        _require_up_to_date(targets[-1], newest_known)
        again = _a_change_is_under_way()
        refused = write({row.page_id for row in rows}, [target.name for target in targets])
        written = OutboxEntry.objects.filter(pk__in=[row.pk for row in rows if row.page_id not in refused])
        if again:
            written.update(due_at=Now() + timedelta(seconds=AGAIN))
        else:
            written.delete()
        for row in rows:
            if row.page_id in refused:
                _try_later(row, refused[row.page_id])
    return len(rows)


def _give_up_after(seconds: float) -> None:
    """Have the database end this transaction when nothing is heard of it for so long: the worker is suspended, or its host
    is gone. Others would wait for its rows, and soon for its pages, as long as its connection seems to be open: hours.

    When it goes on, what it still writes has an older version than what was read since.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [str(int(seconds * 1000))]
        )


def _due(limit: int) -> list[OutboxEntry]:
    """Those that have been due the longest and, where more wait, the newest. In any order a page ends as it is, since its
    document is made of its present state. Locked."""
    due = OutboxEntry.objects.filter(_is_due()).select_for_update(skip_locked=True)
    # Not the oldest: those that are written again and again during a change under way would leave no turn to the others.
    longest = list(due.order_by("due_at", "pk")[: limit - NEWEST])
    if len(longest) < limit - NEWEST:
        return longest
    return [*longest, *due.exclude(pk__in=[row.pk for row in longest]).order_by("-pk")[:NEWEST]]


def _is_due() -> Q:
    """By the clock of the database. That may go back, by an hour where it was set wrong: what is due later than we ever put
    anything off was written before, and would wait for the clock to be there again."""
    fresh = Q(attempts=0, due_at__gt=Now() + timedelta(seconds=AGAIN))
    refused = Q(due_at__gt=Now() + timedelta(seconds=LONGEST_BACKOFF))
    return Q(due_at__lte=Now()) | fresh | refused


def _a_change_is_under_way() -> bool:
    """Whether somebody has looked for the pages that a change concerns (`enqueue_found`), and has not committed it.

    Asked after the rows and before what they are about is read: whoever looks later finds these pages.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN pg_try_advisory_lock(%s) THEN pg_advisory_unlock(%s) END", [_UNDER_WAY] * 2
        )
        return cursor.fetchone() == (None,)


def _require_up_to_date(newest: IndexTarget, newest_known: int | None) -> None:
    """A document made by an older program would be wrong in the new index, and its row be gone.

    A program whose own index was replaced is the older one, whenever its worker starts; so is one that finds an index
    made by another since it started. Else it is the newer one, and writes to the old index until a rebuild.
    """
    mine = mapping.fingerprint()
    if newest.fingerprint == mine:
        return
    if mine in newest.replaced or (newest_known is not None and newest.pk > newest_known):
        raise EngineDown(
            f"{newest} was made by another version of the program: restart this worker with that one. To go back to this "
            "version, run `manage.py search_reindex` with it."
        )


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
    # Drawn before the rows are read, so that whoever reads later has the higher number.
    version = next_version()
    built, refused = documents(page_ids)
    gone = [page_id for page_id in page_ids if page_id not in built and page_id not in refused]
    versions.forget(gone)
    texts = {page_id: document.json for page_id, document in built.items()} | dict.fromkeys(gone, TOMBSTONE)
    return refused | send(
        action(target, page_id, version, text) for target in targets for page_id, text in texts.items()
    )


def documents(
    page_ids: Iterable[int], shared: Shared | None = None
) -> tuple[dict[int, Written], dict[int, str]]:
    """The documents of those published, by page, each placed among its versions; and the pages of which none can be made,
    with the reason."""
    sources, unread = read(page_ids, shared)
    with transaction.atomic():  # a worker has one open already, a rebuild has not
        placed = versions.place(sources)
        enqueue(placed.also)
    built, unmade = build_each(placed.sources)
    return built, unread | unmade
