"""Beyond the 10,000th result: a cursor says where a list was left off, and in which state of the index it is read.

A cursor holds the sort values of the last result, and a point in time once one is open. It is signed, and bound to
the search and to what the reader may see, so that nobody goes on with another's list. A point in time is a state of
the index, nobody's in particular: those who begin within a minute share one, and it is left after half an hour, so
there are never many.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from types import MappingProxyType
from typing import Any, TypeVar

from django.core import signing
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from opensearchpy.exceptions import NotFoundError

from repository.models import Synonym
from search import memory, query, ranking
from search.client import EngineDown, alias, ask, open_point_in_time
from search.copies import in_state
from search.kept import PromotedResource, Promotion, RankingSettings
from search.mapping import MAX_RESULTS
from search.request import FACET_LIMIT, LIMIT, SearchRequest, Sort

T = TypeVar("T")

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
    """Its state of the index is gone, or what gave the list its order was changed. `renewed` goes on from the same place in
    the present state."""

    def __init__(self, renewed: str) -> None:
        super().__init__(
            _(
                "This cursor is too old: a list must be read on within five minutes, and to its end within half an hour,"
                " and before the ranking, synonyms or picked results change."
            )
        )
        self.renewed = renewed


class _Gone(ExpiredCursor):
    """Its state of the index is gone."""


@dataclass(frozen=True)
class Place:
    """Where a list goes on. after: sort values of the last result, () for behind as many as were seen; seen: results before;
    opened: seconds since 1970; formula: what the list has its order by, beside what there is."""

    after: tuple[Any, ...] = ()
    seen: int = 0
    pit: str = ""
    opened: float = 0.0
    formula: str = ""


def reading(request: SearchRequest, tokens: Collection[str], answer: Callable[["Reading"], T]) -> T:
    """What `answer` gives of a search that has a cursor. All that it asks the engine is asked of one state of the index: the
    best matches, and how a search is best asked, give the list its order.

    Raises BadCursor, ExpiredCursor and EngineDown.
    """
    place = Place() if request.cursor == START else _read(request, tokens)
    if place.pit:
        return Reading(request, tokens, place).make(answer)
    try:
        return Reading(request, tokens, _shared(place)).make(answer)
    except _Gone:  # as after a rebuild
        return Reading(request, tokens, _shared(place, anew=True)).make(answer)


@dataclass
class Reading:
    """A search that reads from a place on."""

    request: SearchRequest
    tokens: Collection[str]
    place: Place
    _last: Sequence[dict[str, Any]] = ()

    def make(self, answer: Callable[["Reading"], T]) -> T:
        if time.time() - self.place.opened > LIFETIME:
            raise self._expired(_Gone)
        if self.place.formula and self.place.formula != _formula(self.request):
            raise self._expired(ExpiredCursor)
        try:
            with in_state(self.place.pit, KEEP_ALIVE):
                return answer(self)
        except EngineDown as error:
            if isinstance(error.__cause__, NotFoundError):
                raise self._expired(_Gone) from error
            raise

    def hits(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The hits from the place on."""
        if self.place.after:
            here = {**body, "from": 0, "search_after": list(self.place.after)}
        else:
            here = {**body, "from": self.place.seen}
        answer = ask(here, **query.SAYING_WHAT_LIFTED)
        self._last = answer["hits"]["hits"][-1:]
        answer["hits"]["hits"] = self._still_there(answer["hits"]["hits"])
        return answer

    def _expired(self, kind: "type[ExpiredCursor]") -> ExpiredCursor:
        renewed = replace(self.place, pit="", opened=0.0)
        if self.request.sort is Sort.RELEVANCE and self.place.seen + self.request.limit <= MAX_RESULTS:
            renewed = replace(renewed, after=())  # the same result may have another score now
        return kind(_write(self.request, self.tokens, renewed))

    def _still_there(self, hits: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Without those that were taken back or hidden from this reader since the point in time."""
        if not hits:
            return hits
        live = query.visible(self.tokens)
        live["bool"]["filter"].append({"ids": {"values": [hit["_id"] for hit in hits]}})
        with in_state(None):
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
    value = [
        bond(request, tokens),
        list(place.after),
        place.seen,
        place.pit,
        place.opened,
        _formula(request),
    ]
    return signing.dumps(value, salt=SALT, compress=True)


def _read(request: SearchRequest, tokens: Collection[str]) -> Place:
    try:
        bound, after, seen, pit, opened, formula = signing.loads(request.cursor, salt=SALT)
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor(
            _("This is no cursor: take the one of the last answer as it is, or “%(start)s” to begin.")
            % {"start": START}
        ) from error
    if bound != bond(request, tokens):
        raise BadCursor(
            _(
                "This cursor belongs to another search or to another reader. Begin again with cursor=%(start)s."
            )
            % {"start": START}
        )
    return Place(tuple(after), seen, pit, opened, formula)


def _formula(request: SearchRequest) -> str:
    """Another where what is kept in the admin, or the day, would give the list another order."""
    kept = memory.version_of([RankingSettings, Synonym, Promotion, PromotedResource])
    return " ".join([*map(str, kept), ranking.today() if request.sort is Sort.RELEVANCE else ""])


def bond(request: SearchRequest, tokens: Collection[str]) -> str:
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

    Nobody waits for another: while one is opened in the place of an older one, all others go on with that. One that was
    opened in the future was opened before the clock went back.
    """
    known = _open.get(alias())
    if anew or known is None:
        known = _opened()
    elif not 0 <= time.time() - known.opened <= SHARED_FOR and _renewing.acquire(blocking=False):
        try:
            known = _opened()
        finally:
            _renewing.release()
    return replace(place, pit=known.pit, opened=known.opened)


def _opened() -> Place:
    known = _open[alias()] = Place(pit=open_point_in_time(KEEP_ALIVE), opened=time.time())
    return known
