"""Fill a new index from the database, as fast as the engine takes it: the next batch is built while others are sent."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from repository.models import ResourcePage
from search.batches import batched
from search.bulk import Action, action, send
from search.client import EngineDown
from search.models import next_version
from search.outbox import documents
from search.sources import Shared

BATCH = 500
SENDERS = 2
AHEAD = 4  # batches that may wait for the engine
# A long rebuild should outlive an engine that is started anew.
PATIENCE = 120.0  # seconds


class Refused(Exception):
    """Some documents were not taken, so the index cannot be complete."""


def fill(name: str, say: Callable[[str], None]) -> dict[int, str]:
    """Write the documents of everything published. Their checksums, by page.

    Raises Refused or EngineDown.
    """
    # One version for all, drawn before anything is read, shared parts included: whatever a worker writes meanwhile was
    # read later and has a greater one.
    version = next_version()
    shared = Shared()
    checksums: dict[int, str] = {}
    stopped = Event()
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="fill") as pool:
        sent: deque[Future[dict[int, str]]] = deque()
        try:
            for page_ids in batches():
                read, refused = documents(page_ids, shared)
                _require_none(refused)
                checksums |= {page_id: document.checksum for page_id, document in read.items()}
                actions = [
                    action(name, page_id, version, document.json) for page_id, document in read.items()
                ]
                sent.append(pool.submit(_send_patiently, actions, stopped))
                if len(sent) > AHEAD:
                    _require_none(sent.popleft().result())
                say(f"{len(checksums)} resources read")
            for one in sent:
                _require_none(one.result())
        except BaseException:
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return checksums


def batches() -> Iterator[tuple[int, ...]]:
    """The keys of everything published."""
    keys = ResourcePage.objects.filter(live=True).order_by("pk").values_list("pk", flat=True)
    return batched(keys.iterator(chunk_size=20 * BATCH), BATCH)


def _require_none(refused: dict[int, str]) -> None:
    if refused:
        page_id, reason = next(iter(refused.items()))
        title = ResourcePage.objects.filter(pk=page_id).values_list("title", flat=True).first()
        raise Refused(
            f"{len(refused)} documents were refused, such as that of “{title}” (page {page_id}): {reason} "
            "What to do: docs/operating.md, “When a document is refused”."
        )


def _send_patiently(actions: Iterable[Action], stopped: Event) -> dict[int, str]:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return send(actions, fresh=True)
        except EngineDown:
            if time.monotonic() > until or stopped.wait(0.5):
                raise
