"""Beyond the 10,000th result: a cursor says where a list was left off, and in which state of the index it is read.

A cursor holds the sort values of the last result, and a point in time once one is open. It is signed, and bound to
the search and to what the reader may see, so that nobody goes on with another's list. A point in time is a state of
the index, nobody's in particular: those who begin within a minute share one, and it is left after half an hour, so
there are never many.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from types import MappingProxyType
from typing import Any

from django.core import signing
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from opensearchpy.exceptions import NotFoundError

from search import query
from search.client import EngineDown, alias, ask, open_point_in_time
from search.request import FACET_LIMIT, LIMIT, SearchRequest

SALT = "search.cursor"
# Instead of a cursor: the whole list from its beginning, in one state of the index.
START = "start"

# Seconds. Each process opens about LIFETIME / SHARED_FOR of them at most; a node of the engine holds 300.
SHARED_FOR = 60
LIFETIME = 30 * 60
KEEP_ALIVE = "5m"


class BadCursor(ValueError):
    """It is no cursor of ours, or belongs to another search or another reader."""


class ExpiredCursor(Exception):
    """Its state of the index is gone. `renewed` goes on from the same place in the present state."""

    def __init__(self, renewed: str) -> None:
        super().__init__(
            _(
                "This cursor is too old: a list must be read on within five minutes, and to its end within half an hour."
            )
        )
        self.renewed = renewed


@dataclass(frozen=True)
class Place:
    """Where a list goes on. after: sort values of the last result; seen: results before; opened: seconds since 1970."""

    after: tuple[Any, ...] = ()
    seen: int = 0
    pit: str = ""
    opened: float = 0.0


class Reading:
    """A search that reads from a place on."""

    def __init__(self, request: SearchRequest, tokens: Collection[str]) -> None:
        self.request = request
        self.tokens = tokens
        self.place = Place() if request.cursor == START else _read(request, tokens)
        self._last: list[dict[str, Any]] = []

    def in_its_state(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body, asked of the state of the index that the hits were read in."""
        return {**body, "pit": {"id": self.place.pit, "keep_alive": KEEP_ALIVE}}

    def hits(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The hits from the place on. Raises EngineDown and ExpiredCursor."""
        here = {**body, "from": 0}
        if self.place.after:
            here["search_after"] = list(self.place.after)
        if self.place.pit:
            answer = self._in(here, self.place)
        else:
            answer = self._begin(here)
        answer["hits"]["hits"] = self._still_there(answer["hits"]["hits"])
        return answer

    def _begin(self, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return self._in(body, _shared(self.place))
        except ExpiredCursor:  # as after a rebuild
            return self._in(body, _shared(self.place, anew=True))

    def _in(self, body: Mapping[str, Any], place: Place) -> dict[str, Any]:
        if time.time() - place.opened > LIFETIME:
            raise self._expired()
        pit = {"id": place.pit, "keep_alive": KEEP_ALIVE}
        try:
            answer = ask({**body, "pit": pit}, **query.SAYING_WHAT_LIFTED)
        except EngineDown as error:
            if isinstance(error.__cause__, NotFoundError):
                raise self._expired() from error
            raise
        self.place = replace(place, pit=answer["pit_id"])
        self._last = answer["hits"]["hits"][-1:]
        return answer

    def _expired(self) -> ExpiredCursor:
        return ExpiredCursor(_write(self.request, self.tokens, replace(self.place, pit="", opened=0.0)))

    def _still_there(self, hits: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Without those that were taken back or hidden from this reader since the point in time."""
        if not hits:
            return hits
        live = query.visible(self.tokens)
        live["bool"]["filter"].append({"ids": {"values": [hit["_id"] for hit in hits]}})
        answer = ask({"query": live, "size": len(hits), "_source": False, "timeout": query.TIME_LIMIT})
        there = {hit["_id"] for hit in answer["hits"]["hits"]}
        return [hit for hit in hits if hit["_id"] in there]

    def next(self, total: int) -> str:
        """The cursor of what comes next; "" at the end."""
        seen = self.place.seen + self.request.limit
        if not self._last or seen >= total:
            return ""
        return _write(
            self.request, self.tokens, replace(self.place, after=tuple(self._last[0]["sort"]), seen=seen)
        )


def after_page(
    request: SearchRequest, tokens: Collection[str], hits: list[dict[str, Any]], total: int
) -> str:
    """The cursor of what comes after a page that was asked for by its number; "" at the end."""
    seen = (request.page - 1) * request.limit + len(hits)
    if not hits or seen >= total:
        return ""
    return _write(request, tokens, Place(tuple(hits[-1]["sort"]), seen))


# -- written and read


def _write(request: SearchRequest, tokens: Collection[str], place: Place) -> str:
    value = [_bond(request, tokens), list(place.after), place.seen, place.pit, place.opened]
    return signing.dumps(value, salt=SALT, compress=True)


def _read(request: SearchRequest, tokens: Collection[str]) -> Place:
    try:
        bond, after, seen, pit, opened = signing.loads(request.cursor, salt=SALT)
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor(
            _("This is no cursor: take the one of the last answer as it is, or “%(start)s” to begin.")
            % {"start": START}
        ) from error
    if bond != _bond(request, tokens):
        raise BadCursor(
            _(
                "This cursor belongs to another search or to another reader. Begin again with cursor=%(start)s."
            )
            % {"start": START}
        )
    return Place(tuple(after), seen, pit, opened)


def _bond(request: SearchRequest, tokens: Collection[str]) -> str:
    """Stands for the list, whose order and members depend on the search and on who reads."""
    search = replace(
        request,
        page=1,
        limit=LIMIT,
        facet_limit=FACET_LIMIT,
        opened=MappingProxyType({}),
        cursor="",
        related=0,
    )
    text = "\n".join([search.query_string(), *sorted(tokens)])
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()[:20]


# -- points in time

_renewing = Lock()
_open: dict[str, Place] = {}


def _shared(place: Place, *, anew: bool = False) -> Place:
    """The place in this process's present point in time. Raises EngineDown.

    Nobody waits for another: while one is opened in the place of an older one, all others go on with that.
    """
    known = _open.get(alias())
    if anew or known is None:
        known = _opened()
    elif time.time() - known.opened > SHARED_FOR and _renewing.acquire(blocking=False):
        try:
            known = _opened()
        finally:
            _renewing.release()
    return replace(place, pit=known.pit, opened=known.opened)


def _opened() -> Place:
    known = _open[alias()] = Place(pit=open_point_in_time(KEEP_ALIVE), opened=time.time())
    return known
