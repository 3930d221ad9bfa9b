"""What a search finds for who is told of it without seeing the page: by mail and by feed.

Always asked strictly: up to three words must all be there, of more three quarters (`text.STRICTLY`), a sentence's too. The
page can say that it makes do with some of the words, with near spellings or without the grade; a mail is only wanted for
what was asked.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import AnonymousUser

from people.models import User
from repository.audience import user_tokens
from search import query
from search.client import ask, was_cut_short
from search.hits import make_hit
from search.ranking import FRESHNESS_FIELD
from search.request import SearchRequest, Sort
from search.results import Hit
from search.understanding import Understood, understand

Reader = User | AnonymousUser
BY_CHANGE = ({FRESHNESS_FIELD: {"order": "desc", "missing": "_last"}},)


def newest(
    asked: SearchRequest, user: Reader, *, limit: int, among: Collection[int] | None = None
) -> tuple[Hit, ...]:
    """The latest to be published of the matches that the user may see; `among`: of these pages alone. Raises EngineDown."""
    return _hits(asked, user, limit, query.SORTS[Sort.NEWEST], among)


def latest(asked: SearchRequest, user: Reader, *, limit: int) -> tuple[Hit, ...]:
    """Those that were changed last: an older one may match only since then. Raises EngineDown."""
    return _hits(asked, user, limit, BY_CHANGE)


def matching(asked: SearchRequest, user: Reader, *, most: int) -> list[int] | None:
    """The ids of the pages of all matches; None where there are more than `most`, or the engine ran out of time.

    Raises EngineDown.
    """
    _understood, body = _strictly(asked, user, most + 1)
    found = ask({**body, "_source": False, "sort": ["_doc"]})
    ids = [int(raw["_id"]) for raw in found["hits"]["hits"]]
    return None if len(ids) > most or was_cut_short(found) else ids


def _hits(
    asked: SearchRequest,
    user: Reader,
    limit: int,
    sort: Sequence[dict[str, Any]],
    among: Collection[int] | None = None,
) -> tuple[Hit, ...]:
    understood, body = _strictly(asked, user, limit)
    if among is not None:
        body["query"]["bool"]["filter"].append({"ids": {"values": [str(one) for one in among]}})
    body["sort"] = [*sort, {"identifier": "asc"}]
    request, words = understood.request, understood.words
    return tuple(make_hit(raw, request, words) for raw in ask(body)["hits"]["hits"])


def _strictly(asked: SearchRequest, user: Reader, limit: int) -> tuple[Understood, dict[str, Any]]:
    understood = understand(replace(asked, sort=Sort.NEWEST, page=1, cursor="", limit=limit))
    return understood, query.hits(understood.request, understood.words, user_tokens(user))
