"""Send documents to the engine: many at once, each with its version, and read what became of every one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from opensearchpy.exceptions import ConnectionError as EngineConnectionError
from opensearchpy.exceptions import ConnectionTimeout, NotFoundError, TransportError
from opensearchpy.helpers import streaming_bulk

from search.client import (
    AWAY,
    BLOCKED,
    CLOSED,
    SEARCH_TIMEOUT,
    TAKES_NOTHING,
    TOO_LARGE,
    WRITE_TIMEOUT,
    EngineDown,
    alias,
    client,
    in_short,
    is_of_the_engine,
    reaching_engine,
)
from search.models import raise_version

MAX_DOCUMENTS = 1000
MAX_BYTES = 8_000_000  # hosted engines take no more than 10 MB in one request
FORBIDDEN = 403
VERSION_CONFLICT = 409
FAILED = 500
LOST = "index_not_found_exception"

Action = tuple[dict[str, Any], str]


def write_alias(index: str) -> str:
    """The name that writes go to. Required to be an alias: the engine would make up a lost index without its mapping."""
    return f"{index}-write"


def action(index: str, page_id: int, version: int, document: str) -> Action:
    """Write a document, given as its JSON, unless the index has one of a later version."""
    place = {"_index": write_alias(index), "_id": str(page_id)}
    return {"index": {**place, "version": version, "version_type": "external_gte"}}, document


def send(actions: Iterable[Action], *, fresh: bool = False) -> dict[int, str]:
    """Write the documents; the pages of those that were refused, with the reason.

    fresh: the index is new, so that what it has of later versions cannot come from another state of the database.
    Raises EngineDown when an index could not be reached: then some may have been written, and all can be sent again.
    """
    refused: dict[int, str] = {}
    later: dict[str, list[str]] = {}
    failed: list[dict[str, Any]] = []
    taken = False
    for result in _results(actions):
        if result["status"] == VERSION_CONFLICT:
            later.setdefault(result["_index"], []).append(result["_id"])
        elif result["status"] == FAILED and "exception" not in result:
            failed.append(result)
        elif reason := _refusal(result):
            refused[int(result["_id"])] = reason
        else:
            taken = True
    for result in failed:
        # The engine stumbles over this one, and over none that came with it: all would wait for it for good.
        if not taken:
            raise EngineDown(f"{result['_index']}: {_reason(result)}")
        refused[int(result["_id"])] = _reason(result)
    if not fresh:
        for index, ids in later.items():
            _require_drawn(index, ids)
    return refused


def _results(actions: Iterable[Action]) -> Iterator[dict[str, Any]]:
    """What became of each document. Those of a request that does not get through are sent in smaller ones, then alone."""
    size, first = MAX_DOCUMENTS, True
    while size:
        stuck: dict[Any, list[dict[str, Any]]] = defaultdict(list)  # by request
        for result in _sent(actions, size):
            error = result.get("exception")
            if error and (error in stuck or _is_of_what_was_sent(error)):
                stuck[error].append(result)
            else:
                yield result
        parts = []
        for error, results in stuck.items():
            # A connection may just have been closed while it rested: sent once more, on another, it gets through.
            if len(results) > 1 or (first and error.status_code != TOO_LARGE):
                parts.append(results)
            else:
                why = _why_stuck(results[0]["data"], error)
                yield {"_id": results[0]["_id"], "status": TOO_LARGE, "error": why}
        actions = [_again(result) for results in parts for result in results]
        size, first = max((max(1, len(results) // 2) for results in parts), default=0), False


def _is_of_what_was_sent(error: TransportError) -> bool:
    """Whether a request was too large, or had words in it that a gate before the engine takes amiss. Some say so; others
    answer with a page of their own or close the connection, and the engine is there for whoever asks for little."""
    if error.status_code == TOO_LARGE:
        return True
    if is_of_the_engine(error):
        return error.status_code not in AWAY and not isinstance(error, NotFoundError)
    closed = isinstance(error, EngineConnectionError) and not isinstance(error, ConnectionTimeout)
    return (closed or error.status_code == FORBIDDEN) and _answers()


def _answers() -> bool:
    try:
        with reaching_engine():
            client().search(index=f"{alias()}*", body={"size": 0}, params={"request_timeout": SEARCH_TIMEOUT})
    except EngineDown:
        return False
    return True


def _why_stuck(document: str, error: TransportError) -> dict[str, str]:
    size = f"a document of {len(document.encode()):,} bytes"
    if error.status_code == TOO_LARGE:
        return {"type": str(TOO_LARGE), "reason": f"{size} is too large for one request to the engine."}
    return {
        "type": "no way through",
        "reason": f"{size} does not reach the engine, which answers others: {in_short(error)}",
    }


def _again(result: dict[str, Any]) -> Action:
    place = {name: result[name] for name in ("_index", "_id", "version", "version_type")}
    return {"index": place}, result["data"]


def _sent(actions: Iterable[Action], size: int) -> Iterator[dict[str, Any]]:
    with reaching_engine():
        for _ok, result in streaming_bulk(
            client(),
            actions,
            expand_action_callback=lambda pair: pair,
            chunk_size=size,
            max_chunk_bytes=MAX_BYTES,
            raise_on_error=False,
            raise_on_exception=False,
            require_alias="true",
            request_timeout=WRITE_TIMEOUT,
        ):
            yield result["index"]


def _refusal(result: dict[str, Any]) -> str:
    """Why the engine did not take a document; "" when it did."""
    status, error = result["status"], result.get("error", {})
    # The whole request failed: the library says so of each document.
    if exception := result.get("exception"):
        with reaching_engine():
            raise exception
    if status in range(200, 300):
        return ""
    reason = _reason(result)
    if error.get("type") in BLOCKED:
        raise EngineDown(f"{TAKES_NOTHING} {reason}")
    if error.get("type") in (LOST, CLOSED):
        # An index that a rebuild has just replaced is gone, too.
        raise EngineDown(
            f"An index is lost or closed, or its alias {result['_index']}, by which changes come to it. Where that stays: "
            f"run `manage.py search_reindex`. {reason}"
        )
    if status in AWAY:
        raise EngineDown(f"{result['_index']}: {reason}")
    return reason


def _reason(result: dict[str, Any]) -> str:
    error = result.get("error", {})
    return f"{error.get('type')}: {error.get('reason')}"


def _require_drawn(index: str, ids: list[str]) -> None:
    """Make sure that what the index has of later versions was written by this database.

    A database that was restored, or whose standby took over without its last seconds, draws numbers again that the
    index has seen, and every edit would be taken for an old one.
    """
    with reaching_engine():
        answer = client().mget(index=index, body={"ids": ids}, params={"_source": "false"})
    seen = max((doc["_version"] for doc in answer["docs"] if doc.get("found")), default=0)
    if raise_version(seen):
        raise EngineDown(
            f"{index} holds later versions than this database has drawn, so the database was restored or lost changes. "
            "Writing goes on with higher numbers; run `manage.py search_reindex` to have lost changes leave the index."
        )
