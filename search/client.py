"""The way to the engine: one client for the process, and one exception for an engine that does not answer."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from functools import cache
from textwrap import shorten
from time import monotonic, sleep
from typing import Any, TypeVar

import orjson
from django.conf import settings
from django.core.signals import setting_changed
from django.utils.html import strip_tags
from opensearchpy import OpenSearch, Transport
from opensearchpy.exceptions import (
    HTTP_EXCEPTIONS,
    NotFoundError,
    RequestError,
    SerializationError,
    TransportError,
)
from opensearchpy.exceptions import ConnectionError as EngineConnectionError
from opensearchpy.serializer import JSONSerializer
from urllib3.exceptions import ProtocolError

from search import copies
from search.breaker import Breaker

T = TypeVar("T")

# Seconds. One search may take SEARCH, one for a page that merely shows a count COUNT, all that a page of results asks
# PAGE. The worker and commands wait for WRITE.
SEARCH_TIMEOUT = 5.0
COUNT_TIMEOUT = 1.5
PAGE_TIMEOUT = 8.0
WRITE_TIMEOUT = 60.0
SHORTEST_WAIT = 0.05
# An engine whose memory is full, or that has too much to do, says so at once (429). It is asked once more after so long.
BUSY, PAUSE = 429, 0.3

# Kept open to each node by a process: a thread that answers a reader uses two at once. The library's default is one, so that
# others greet the node anew each time.
CONNECTIONS = 20
# Too many requests, no leader, no shard, or a gate before the engine that says so; and an engine that will not have us
# (a password that was changed) is as good as none.
AWAY = frozenset({401, 403, BUSY, *range(500, 600)})
TOO_LARGE = 413
# What the engine's answers to a POST to these have, and those of a program that stands in its place have not.
SAYS = {"_search": "took", "_msearch": "took", "_bulk": "took", "point_in_time": "pit_id"}
# With status 503: of the index that the alias named as the search began, which a rebuild has removed since.
NO_SHARD = "search_phase_execution_exception"
CLOSED = "index_closed_exception"
BLOCKED = ("cluster_block_exception", "index_create_block_exception")
TAKES_NOTHING = (
    "The engine has closed the index to this, as it does when its disk is full: make room there, "
    "and all goes on by itself."
)


class EngineDown(Exception):
    """The engine does not answer, is overloaded, or has no index yet: search rests, everything else goes on."""


class NoIndex(EngineDown):
    """The engine answers, and has no index yet."""


class Stranger(EngineConnectionError):
    """What answers is not the engine, but a gate with a page of its own, or another program."""

    def __init__(self, error: Exception) -> None:
        super().__init__("N/A", f"something else answers in its place: {in_short(error)}", error)

    def __str__(self) -> str:
        return self.error


def is_of_the_engine(error: TransportError) -> bool:
    """Whether the engine itself says what it takes amiss: that is always JSON, of one form."""
    return isinstance(error.info, dict) and {"error", "status"} <= error.info.keys()


def in_short(error: Exception) -> str:
    """What went wrong, without the page that a gate makes of it."""
    if isinstance(error, TransportError):
        if isinstance(error, EngineConnectionError) or is_of_the_engine(error):
            return str(error)
        said = f"{error.status_code} {error.error}"
    else:
        said = str(error.args[0])
    return shorten(strip_tags(said), 120, placeholder="…")


class Json(JSONSerializer):
    """Reads and writes a page's two hundred kilobytes five times as fast as Python's own."""

    def dumps(self, data: Any) -> str:
        return data if isinstance(data, str) else orjson.dumps(data, default=self.default).decode()

    def loads(self, s: str) -> Any:
        try:
            return orjson.loads(s)
        except orjson.JSONDecodeError as error:
            raise SerializationError(s, error) from error


class _OneTime(Transport):
    """All nodes that are tried share the time of one request. The library would give each of them the whole."""

    # Of what is left, for a node while there is another: time enough for the engine to cut a search short by itself
    # (query.TIME_LIMIT), and for the next one to answer.
    SHARE = 0.75

    def __init__(self, hosts: Sequence[str], **settings: Any) -> None:
        self.others = len(hosts) - 1
        super().__init__(hosts, max_retries=0, **settings)
        del self.deserializer.serializers["text/plain"]  # so answers only what stands in the engine's place

    def perform_request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        timeout: float | None = None,
        ignore: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        timeout = timeout or (params or {}).get("request_timeout") or SEARCH_TIMEOUT
        until = monotonic() + timeout
        params = {name: value for name, value in (params or {}).items() if name != "request_timeout"}

        def perform(share: float) -> Any:
            seconds = share * max(SHORTEST_WAIT, until - monotonic())
            try:
                answer = super(_OneTime, self).perform_request(
                    method, url, dict(params), body, seconds, ignore, headers
                )
                said = SAYS.get(url.rpartition("/")[2]) if method == "POST" else None
                if said and said not in answer:
                    raise SerializationError("JSON of another program")
                return answer
            except SerializationError as error:
                raise Stranger(error) from error
            except EngineConnectionError:
                self._forget_connections()
                raise
            except TransportError as error:
                if is_of_the_engine(error) or error.status_code in AWAY | {TOO_LARGE}:
                    raise
                raise Stranger(error) from error

        for _ in range(self.others):
            try:
                return perform(self.SHARE)
            except TransportError as error:
                away = isinstance(error, EngineConnectionError) or error.status_code in self.retry_on_status
                if not away:
                    raise
                params.pop("preference", None)  # it may be the copy that hangs
        return perform(1)

    def _forget_connections(self) -> None:
        """Those that are kept open may all be dead: a firewall forgets what nobody used for minutes, and says nothing."""
        for connection in self.seed_connections:
            connection._create_urllib3_pool()  # type: ignore[attr-defined]


@cache
def _client(urls: str) -> OpenSearch:
    """One for the nodes of a cluster, joined by commas. A node that fails is left alone for a minute, then tried again."""
    hosts = [url.strip() for url in urls.split(",") if url.strip()]
    # Another node is asked at once. The same one is not: that would double the wait of a reader, and the worker repeats
    # by itself.
    return OpenSearch(
        hosts,
        transport_class=_OneTime,
        retry_on_timeout=len(hosts) > 1,
        timeout_cutoff=0,  # a minute also after the tenth failure, not half an hour
        timeout=SEARCH_TIMEOUT,
        pool_maxsize=CONNECTIONS,
        http_compress=False,
        serializer=Json(),
    )


# A server that loads the site before it forks would have all its processes read from one connection: each other's answers.
os.register_at_fork(after_in_child=_client.cache_clear)


def client() -> OpenSearch:
    return _client(settings.OPENSEARCH_URL)


def alias() -> str:
    """The name that searches go to: whatever index is behind it is complete."""
    return str(settings.OPENSEARCH_PREFIX)


breaker = Breaker()
# For searches that go on while their reader's process does something else.
_meanwhile = ThreadPoolExecutor(CONNECTIONS // 2, thread_name_prefix="search")


@dataclass
class _Time:
    """deadline: by the monotonic clock. took: milliseconds of the engine so far, by its own word: where it did two things at
    once, those of the longer."""

    deadline: float
    took: int = 0


_time: ContextVar[_Time | None] = ContextVar("time", default=None)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """All searches within may take so long together. Also a decorator for views."""
    token = _time.set(_Time(monotonic() + seconds))
    try:
        yield
    finally:
        _time.reset(token)


def server_timing() -> str:
    """For the answer's header: what all searches within the time limit took the engine. A browser's developer tools show it,
    and benchmarks compare with it."""
    time = _time.get()
    return f"engine;dur={time.took if time else 0}"


def _note(answer: Mapping[str, Any]) -> None:
    if time := _time.get():
        time.took += answer["took"]


@contextmanager
def _reading(longest: float | None = None) -> Iterator[float]:
    """For whatever a reader waits for: the seconds that it may take. Raises EngineDown, at once where waiting is in vain."""
    if not breaker.may_ask():
        raise EngineDown("The search engine has not answered in time, and is left to recover.")
    time = _time.get()
    began = monotonic()
    left = time.deadline - began if time else SEARCH_TIMEOUT
    if left < SHORTEST_WAIT:
        raise EngineDown("The search engine has taken all the time that a page may take.")
    seconds = min(longest or SEARCH_TIMEOUT, left)
    try:
        with reaching_engine():
            yield seconds
    except RequestError as error:
        _blame_the_index(error)
        raise
    except EngineDown as error:
        # By the clock: a host that is off, a name that nobody resolves and a gate that waits for the engine are no timeouts
        # to the library. One that is busy answers, however late.
        busy = getattr(error.__cause__, "status_code", None) == BUSY
        if not busy and monotonic() - began > seconds / 2:
            breaker.timed_out()
        raise
    breaker.answered()


def _blame_the_index(error: RequestError) -> None:
    """Raises EngineDown where a search is refused because the index is not this program's. Else the mistake is ours."""
    from search import health  # needs the client that this module is

    if problem := health.problem_of_the_index():
        raise EngineDown(problem) from error


def ask(body: Mapping[str, Any], **params: Any) -> dict[str, Any]:
    """One search, in the index behind the alias, or in the point in time of `copies.in_state`. Raises EngineDown."""
    answer = _ask(body, params)
    _note(answer)
    return answer


def _ask(body: Mapping[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    with _reading(params.get("request_timeout")) as seconds:
        state = copies.state()
        index, asked = (None, {**body, "pit": state}) if state else (alias(), dict(body))

        def search(left: float) -> dict[str, Any]:
            # The engine keeps what it found until the index changes: who goes on to a filter or a page asks much again.
            now = {**params, **copies.preference(), "request_timeout": left, "request_cache": "true"}
            found: dict[str, Any] = client().search(index=index, body=asked, params=now)
            return found

        return _once_more(search, seconds)


def _once_more(search: Callable[[float], T], seconds: float) -> T:
    """What a search finds, which is told how many of the seconds are left. Where there is time it is made again: when the
    connection was closed, as a gate does with those that rest, or the index was replaced meanwhile; and after a pause when
    the engine is busy."""
    until = monotonic() + seconds
    try:
        return search(seconds)
    except TransportError as error:
        closed = isinstance(error, EngineConnectionError) and isinstance(error.info, ProtocolError)
        at_once = closed or (error.status_code == 503 and error.error == NO_SHARD)
        pause = 0.0 if at_once else PAUSE
        if not (at_once or error.status_code == BUSY) or until - monotonic() < pause + SHORTEST_WAIT:
            raise
    sleep(pause)
    return search(until - monotonic())


def was_cut_short(answer: Mapping[str, Any]) -> bool:
    """Whether there may be more than the answer says: its time limit passed, or a part of the index did not answer."""
    return bool(answer["timed_out"] or answer["_shards"]["failed"])


def ask_meanwhile(body: Mapping[str, Any], **params: Any) -> Callable[[], dict[str, Any]]:
    """Begin a search and go on. Calling what is returned waits for the answer, and raises EngineDown as `ask` does."""
    time = _time.get()
    before = time.took if time else 0
    asked = _meanwhile.submit(copy_context().run, _ask, body, params)

    def answer() -> dict[str, Any]:
        found = asked.result()
        if time:
            time.took = max(time.took, before + found["took"])
        return found

    return answer


def open_point_in_time(keep_alive: str) -> str:
    """The present state of the index, to be read on in; kept for so long after each reading. Raises EngineDown."""

    def create(left: float) -> str:
        params = {"keep_alive": keep_alive, "request_timeout": left}
        return str(client().create_pit(index=alias(), params=params)["pit_id"])

    with _reading() as seconds:
        return _once_more(create, seconds)


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
        if error.error in BLOCKED:
            raise EngineDown(f"{TAKES_NOTHING} {error}") from error
        if error.error == CLOSED:
            raise EngineDown("The search index is closed: run `manage.py search_reindex`.") from error
        if error.status_code == 503 and error.error == NO_SHARD:
            lost = "The engine cannot read the index: it is starting, or has lost a part of it with a disk."
            raise EngineDown(f"{lost} If that stays, run `manage.py search_reindex`.") from error
        if error.status_code in AWAY:
            raise EngineDown(
                f"The search engine is overloaded, starting or closed to us: {in_short(error)}"
            ) from error
        raise


def ask_several(bodies: Sequence[Mapping[str, Any]], **params: Any) -> list[dict[str, Any]]:
    """The answers to several bodies, in one request; in a second one what a busy engine refused. Raises EngineDown."""
    answers: dict[int, dict[str, Any]] = {}

    def search(left: float) -> None:
        missing = [number for number in range(len(bodies)) if number not in answers]
        lines = [line for number in missing for line in ({"index": alias()}, bodies[number])]
        answer = client().msearch(body=lines, params={**params, "request_timeout": left})
        _note(answer)
        found = list(zip(missing, answer["responses"], strict=True))
        answers.update((number, one) for number, one in found if "error" not in one)
        for _number, one in found:
            if "error" in one:  # as if it had been asked alone
                kind = HTTP_EXCEPTIONS.get(one["status"], TransportError)
                raise kind(one["status"], one["error"]["type"], one["error"])

    if bodies:
        with _reading(params.get("request_timeout")) as seconds:
            _once_more(search, seconds)
    return [answers[number] for number in range(len(bodies))]


def _forget_client(*, setting: str, **kwargs: object) -> None:
    if setting == "OPENSEARCH_URL":
        _client.cache_clear()
        breaker.answered()


setting_changed.connect(_forget_client)
