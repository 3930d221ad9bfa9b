"""The life of an index: planned, made, filled while edits go on, checked, put behind the alias, and in the end removed."""

import logging
import re
import secrets
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from opensearchpy.exceptions import NotFoundError, RequestError

from search import check, mapping
from search.bulk import write_alias
from search.client import SEARCH_TIMEOUT, WRITE_TIMEOUT, EngineDown, alias, client, reaching_engine
from search.filling import Refused, fill
from search.models import IndexTarget, names_of_ours

logger = logging.getLogger(__name__)


class RebuildFailed(Exception):
    """The new index was not put into use; searches go on with the old one."""


def current(*, timeout: float = WRITE_TIMEOUT) -> str | None:
    """The index behind the alias; None where there is none yet. timeout: seconds."""
    found = behind_the_alias(timeout=timeout)
    return found[-1] if found else None


def behind_the_alias(*, timeout: float = WRITE_TIMEOUT) -> list[str]:
    """The names of all indexes that searches go to, the newest of ours last. More than one are too many: `why_too_many`."""
    with reaching_engine():
        try:
            found = client().indices.get_alias(name=alias(), params={"request_timeout": timeout})
        except NotFoundError:
            return []
    return sorted(found, key=lambda name: (bool(re.search(names_of_ours(), name)), name))


def why_too_many(behind: Sequence[str]) -> str:
    """That searches go to several indexes, in a sentence; "" where they do not."""
    if len(behind) < 2:
        return ""
    return (
        f"Searches go to {len(behind)} indexes at once ({', '.join(behind)}), as where a snapshot was restored with its "
        "aliases, and find what is in them as often: run `manage.py search_reindex`."
    )


def matches_program(index: str, *, timeout: float = WRITE_TIMEOUT) -> bool:
    """Whether the index was built with this program's mapping and facets. timeout: seconds."""
    with reaching_engine():
        answer = client().indices.get_mapping(index=index, params={"request_timeout": timeout})
    meta = next(iter(answer.values()))["mappings"].get("_meta", {})
    return bool(meta.get("fingerprint") == mapping.fingerprint())


def takes_writes(index: str, *, timeout: float = WRITE_TIMEOUT) -> bool:
    """Whether the index still has the name that writes go to: somebody may have removed it. timeout: seconds."""
    with reaching_engine():
        params = {"request_timeout": timeout}
        return bool(client().indices.exists_alias(index=index, name=write_alias(index), params=params))


def rebuild(say: Callable[[str], None] = logger.info) -> str:
    """Build a new index from the database and put it behind the alias. The name of the new index.

    The new index takes all writes from before the scan on, so no edit made meanwhile is lost. It is promoted only when
    it agrees with the database; else, and on any error, it is removed, nothing else has changed, and RebuildFailed or
    the error is raised. What a rebuild that is killed leaves behind, the next one or a worker removes.
    """
    with _alone() as alone:
        if not alone:
            raise RebuildFailed("Another rebuild is running. Wait for it to end.")
        behind = behind_the_alias()
        before = behind[-1] if behind else None
        if before is None and _is_an_index():
            raise RebuildFailed(
                f"An index has the name “{alias()}”, by which ours is found, so nothing can be put into use. Nobody here "
                "made it: remove or rename it by hand."
            )
        for name in behind:
            # Unknown to a database that was restored; what is not ours by its name stays nevertheless.
            IndexTarget.objects.get_or_create(name=name, defaults={"takes_writes": False})
        fingerprint = mapping.fingerprint()
        replaced = IndexTarget.objects.fingerprints_before(fingerprint)
        remove_leftovers(before, may_be_promoted=True)
        target = IndexTarget.objects.create(
            name=_new_name(), fingerprint=fingerprint, replaced=replaced, takes_writes=False
        )
        try:
            _create(target.name)
            _take_writes(target)
            try:
                checksums = fill(target.name, say)
            except Refused as error:
                raise RebuildFailed(str(error)) from error
            _open_for_use(target.name)
            report = check.compare(target.name, expected=checksums)
            if lasting := [one for one in report.differences if not one.waiting]:
                raise RebuildFailed(
                    f"The new index differs from the database in {len(lasting)} resources, such as {lasting[0]}. "
                    "It was removed; searches go on with the old one."
                )
        except BaseException:
            _retire(target)
            raise
        _promote(target.name)
        say(f"{report.index} resources are in {target.name}, now in use.")
        remove_leftovers(target.name)
    return target.name


def tidy() -> None:
    """Remove what a killed rebuild left behind, unless one is running: until then each write would go there, too."""
    # A worker asks this, and has edits to bring: it does not wait long for a node that hangs.
    if not IndexTarget.objects.ours().exclude(name=current(timeout=SEARCH_TIMEOUT)).exists():
        return
    with _alone() as alone:
        # Asked again: a rebuild may just have ended.
        if alone and (in_use := current(timeout=SEARCH_TIMEOUT)):
            remove_leftovers(in_use, may_be_promoted=True)


def _is_an_index() -> bool:
    with reaching_engine():
        return bool(client().indices.exists(index=alias()))


def _new_name() -> str:
    return f"{settings.OPENSEARCH_PREFIX}-{timezone.now():%Y%m%d%H%M%S}-{secrets.token_hex(3)}"


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else rebuilds: a lock of the database that goes away with the process that holds it."""
    key = zlib.crc32(f"search_reindex {settings.OPENSEARCH_PREFIX}".encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            # Where the connection was lost, so was the lock.
            with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _create(name: str) -> None:
    body = mapping.body()
    # Nobody reads it yet, so neither refresh nor copy it while it is filled.
    body["settings"]["index"] |= {"refresh_interval": "-1", "auto_expand_replicas": "false"}
    body["aliases"] = {write_alias(name): {}}
    with reaching_engine():
        client().indices.create(index=name, body=body, params={"request_timeout": WRITE_TIMEOUT})


def _take_writes(target: IndexTarget) -> None:
    """From now on workers write to it. Not before it is there, or all changes would wait for it."""
    target.takes_writes = True
    target.save(update_fields=["takes_writes"])


def _open_for_use(name: str) -> None:
    final = mapping.settings()["index"]
    change = {"index": {key: final[key] for key in ("refresh_interval", "auto_expand_replicas")}}
    with reaching_engine():
        client().indices.put_settings(index=name, body=change)
        client().indices.refresh(index=name, params={"request_timeout": WRITE_TIMEOUT})


def _promote(name: str) -> None:
    """Swap the alias in one step, so that no search sees none or two.

    An engine that goes away before it answers may have swapped or not, or do so later: so both indexes stay and take all
    writes, until `tidy` can see which of them is in use.
    """
    try:
        # Named, and not "*": another deployment may remove an index of its own at this moment, which the engine takes amiss.
        before = [one for one in behind_the_alias() if one != name]
        leaves = [{"remove": {"index": one, "alias": alias()}} for one in before]
        with reaching_engine():
            client().indices.update_aliases(
                body={"actions": [*leaves, {"add": {"index": name, "alias": alias()}}]},
                params={"request_timeout": WRITE_TIMEOUT},
            )
    except EngineDown as error:
        raise RebuildFailed(
            f"The engine went away while {name} was put into use. Searches will go on with the old index or with the "
            f"new one, and both follow every change. Run `manage.py search_reindex` again when it is back. {error}"
        ) from error


def _retire(target: IndexTarget) -> None:
    """Have it written to no more, then remove it, then forget it: killed at any point, the next look finds the rest."""
    try:
        target.takes_writes = False
        target.save(update_fields=["takes_writes"])
        with reaching_engine():
            client().indices.delete(
                index=target.name, params={"ignore_unavailable": "true", "request_timeout": WRITE_TIMEOUT}
            )
        target.delete()
    except (EngineDown, DatabaseError, InterfaceError) as error:
        logger.warning("Index %s is out of use and will be removed later: %s", target, error)


def remove_leftovers(in_use: str | None, *, may_be_promoted: bool = False) -> None:
    """Remove our indexes that are not in use: the one before, and what killed rebuilds left. By full name only.

    may_be_promoted: a promotion that was not answered may come at any moment, and put one of them into use.
    """
    for target in IndexTarget.objects.ours():
        if target.name == in_use or (
            may_be_promoted and in_use and not _removed_out_of_use(target.name, in_use)
        ):
            continue
        _retire(target)


def _removed_out_of_use(name: str, in_use: str) -> bool:
    """Remove an index in the very step in which the engine finds the alias where we saw it: removed after it had come to
    this one, it would take the alias along. False where the alias has moved, or nobody knows.
    """
    actions = [
        {"remove": {"index": in_use, "alias": alias(), "must_exist": True}},
        {"add": {"index": in_use, "alias": alias()}},
        {"remove_index": {"index": name}},
    ]
    params = {"request_timeout": WRITE_TIMEOUT}
    try:
        with reaching_engine():
            if client().indices.exists(index=name, params=params):
                client().indices.update_aliases(body={"actions": actions}, params=params)
    except (EngineDown, RequestError) as error:
        logger.warning(
            "Index %s may have been put into use just now, and stays for the time being: %s", name, error
        )
        return False
    return True
