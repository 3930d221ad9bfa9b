"""The way to the engine: one client for the process, and one exception for an engine that does not answer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from opensearchpy import OpenSearch
from opensearchpy.exceptions import HTTP_EXCEPTIONS, NotFoundError, TransportError
from opensearchpy.exceptions import ConnectionError as EngineConnectionError

# Seconds. A reader waits for SEARCH, a page that merely shows a count for COUNT, the worker and commands for WRITE.
SEARCH_TIMEOUT = 5.0
COUNT_TIMEOUT = 1.5
WRITE_TIMEOUT = 60.0

# Too many requests, no leader, no shard, or a gate before the engine that says so; and an engine that will not have us
# (a password that was changed) is as good as none.
AWAY = frozenset({401, 403, 429, *range(500, 600)})


class EngineDown(Exception):
    """The engine does not answer, is overloaded, or has no index yet: search rests, everything else goes on."""


@cache
def _client(url: str) -> OpenSearch:
    # Retries would double the wait of a reader; the worker repeats by itself.
    return OpenSearch(
        [url], max_retries=0, retry_on_timeout=False, timeout=SEARCH_TIMEOUT, http_compress=False
    )


def client() -> OpenSearch:
    return _client(settings.OPENSEARCH_URL)


def alias() -> str:
    """The name that searches go to: whatever index is behind it is complete."""
    return str(settings.OPENSEARCH_PREFIX)


def ask(body: Mapping[str, Any], **params: Any) -> dict[str, Any]:
    """One search, in the index behind the alias or in the point in time that the body names. Raises EngineDown."""
    with reaching_engine():
        index = None if "pit" in body else alias()
        answer: dict[str, Any] = client().search(index=index, body=dict(body), params=params)
    return answer


def ask_together(*bodies: Mapping[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    """Several searches at once, behind the alias: the engine's milliseconds, and its answers. Raises EngineDown."""
    lines = [line for body in bodies for line in ({}, body)]
    with reaching_engine():
        answer = client().msearch(body=lines, index=alias())
        for one in answer["responses"]:
            if "error" in one:
                kind = HTTP_EXCEPTIONS.get(one["status"], TransportError)
                raise kind(one["status"], one["error"].get("type"), one)
    return answer["took"], answer["responses"]


@contextmanager
def reaching_engine() -> Iterator[None]:
    """Turn every way in which an engine can be away into EngineDown; our own mistakes (400) stay what they are."""
    try:
        yield
    except EngineConnectionError as error:  # includes ConnectionTimeout
        raise EngineDown(f"The search engine does not answer: {error}") from error
    except NotFoundError as error:
        raise EngineDown("The search index does not exist yet: run `manage.py search_reindex`.") from error
    except TransportError as error:
        if error.status_code in AWAY:
            raise EngineDown(f"The search engine is overloaded, starting or closed to us: {error}") from error
        raise


def ask_several(bodies: Sequence[Mapping[str, Any]], **params: Any) -> list[dict[str, Any]]:
    """The answers to several bodies, in one request. Raises EngineDown."""
    if not bodies:
        return []
    lines = [line for body in bodies for line in ({"index": alias()}, body)]
    with reaching_engine():
        answers: list[dict[str, Any]] = client().msearch(body=lines, params=params)["responses"]
    for answer in answers:
        if "error" in answer:
            raise EngineDown(f"One of several searches failed: {answer['error']}")
    return answers


def _forget_client(*, setting: str, **kwargs: object) -> None:
    if setting == "OPENSEARCH_URL":
        _client.cache_clear()


setting_changed.connect(_forget_client)
