"""The life of an index: made, filled while edits go on, checked, put behind the alias, and in the end removed."""

import logging
import secrets
import time
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.utils import timezone

from repository.models import ResourcePage
from search import check, mapping
from search.batches import batched
from search.client import WRITE_TIMEOUT, EngineDown, alias, client, reaching_engine
from search.models import IndexTarget
from search.outbox import write, write_alias

logger = logging.getLogger(__name__)

BATCH = 500
TRIES = 5


class RebuildFailed(Exception):
    """The new index was not put into use; searches go on with the old one."""


def current() -> str | None:
    """The index behind the alias; None where there is none yet."""
    with reaching_engine():
        if not client().indices.exists_alias(name=alias()):
            return None
        return next(iter(client().indices.get_alias(name=alias())), None)


def matches_program(index: str) -> bool:
    """Whether the index was built with this program's mapping and facets."""
    with reaching_engine():
        answer = client().indices.get_mapping(index=index)
    meta = next(iter(answer.values()))["mappings"].get("_meta", {})
    return bool(meta.get("fingerprint") == mapping.fingerprint())


def rebuild(say: Callable[[str], None] = logger.info) -> str:
    """Build a new index from the database and put it behind the alias. The name of the new index.

    The new index takes all writes from before the scan on, so no edit made meanwhile is lost. It is promoted only when
    it agrees with the database; else, and on any error, it is removed, nothing else has changed, and RebuildFailed or
    the error is raised.
    """
    with _alone():
        _drop_leftovers()
        before = current()
        name = _new_name()
        _create(name)
        IndexTarget.objects.create(name=name)
        try:
            filled = _fill(name, say)
            _open_for_use(name)
            report = check.compare(name)
            if lasting := [one for one in report.differences if not one.waiting]:
                raise RebuildFailed(
                    f"The new index differs from the database in {len(lasting)} resources, such as {lasting[0]}. "
                    "It was removed; searches go on with the old one."
                )
            _promote(name)
        except BaseException:
            _retire(name)
            raise
        say(f"{filled} resources are in {name}, now in use.")
        if before is not None:
            _retire(before)
    return name


def _new_name() -> str:
    return f"{settings.OPENSEARCH_PREFIX}-{timezone.now():%Y%m%d%H%M%S}-{secrets.token_hex(3)}"


@contextmanager
def _alone() -> Iterator[None]:
    """One rebuild at a time: a lock of the database that goes away with the process that holds it."""
    key = zlib.crc32(f"search_reindex {settings.OPENSEARCH_PREFIX}".encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            raise RebuildFailed("Another rebuild is running. Wait for it to end.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _create(name: str) -> None:
    body = mapping.body()
    # Nobody reads it yet, so neither refresh nor copy it while it is filled.
    body["settings"]["index"] |= {"refresh_interval": "-1", "auto_expand_replicas": "false"}
    body["aliases"] = {write_alias(name): {}}
    with reaching_engine():
        client().indices.create(index=name, body=body, params={"request_timeout": WRITE_TIMEOUT})


def _fill(name: str, say: Callable[[str], None]) -> int:
    keys = ResourcePage.objects.filter(live=True).order_by("pk").values_list("pk", flat=True)
    filled = 0
    for page_ids in batched(keys.iterator(chunk_size=20 * BATCH), BATCH):
        refused = _write_patiently(page_ids, name)
        if refused:
            page_id, reason = next(iter(refused.items()))
            raise RebuildFailed(
                f"{len(refused)} documents were refused, such as that of page {page_id}: {reason}"
            )
        filled += len(page_ids)
        say(f"{filled} resources read")
    return filled


def _write_patiently(page_ids: Collection[int], name: str) -> dict[int, str]:
    """A long rebuild should outlive a short absence of the engine."""
    for number in range(TRIES - 1):
        try:
            return write(page_ids, [name])
        except EngineDown:
            time.sleep(2**number / 2)
    return write(page_ids, [name])


def _open_for_use(name: str) -> None:
    final = mapping.settings()["index"]
    change = {"index": {key: final[key] for key in ("refresh_interval", "auto_expand_replicas")}}
    with reaching_engine():
        client().indices.put_settings(index=name, body=change)
        client().indices.refresh(index=name, params={"request_timeout": WRITE_TIMEOUT})


def _promote(name: str) -> None:
    """Swap the alias in one step, so that no search sees none or two."""
    with reaching_engine():
        client().indices.update_aliases(
            body={
                "actions": [
                    {"remove": {"index": "*", "alias": alias(), "must_exist": False}},
                    {"add": {"index": name, "alias": alias()}},
                ]
            }
        )


def _retire(name: str) -> None:
    """Out of the registry first: a worker that still wrote to a removed index would wait for it."""
    IndexTarget.objects.filter(name=name).delete()
    try:
        with reaching_engine():
            client().indices.delete(index=name, params={"ignore": 404, "request_timeout": WRITE_TIMEOUT})
    except EngineDown:
        logger.warning("Index %s is out of use but could not be removed. Delete it by hand.", name)


def _drop_leftovers() -> None:
    """Remove what a rebuild that was killed left behind: only indexes that we registered ourselves, by full name."""
    in_use = current()
    for name in list(IndexTarget.objects.values_list("name", flat=True)):
        if name != in_use:
            _retire(name)
