"""What to offer when a search finds nothing, and when the engine is away: never the end of the road."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from people.models import User
from people.selectors import organisation_ids
from repository.audience import visible_to
from repository.models import ResourcePage
from search import query
from search.client import ask
from search.facets import FACETS
from search.request import SearchRequest
from search.words import NONE, read_words
from standards.codes import query_forms
from standards.models import Item
from standards.selectors import items, search_items

MAX_STANDARDS = 5
MAX_PLAIN = 25


def recognised_standards(q: str) -> list[Item]:
    """The current standards whose code is in the query, in any spelling. At most one query."""
    forms = [form for code in read_words(q).codes for form in query_forms(code)]
    if not forms:
        return []
    found = items().filter(code_forms__overlap=forms, retired_at__isnull=True)
    return list(found.order_by("framework__title", "position")[:MAX_STANDARDS])


@dataclass(frozen=True)
class WayOut:
    """The search with one thing dropped, and what it would find. facet: "" when the words are dropped."""

    facet: str
    request: SearchRequest
    count: int


def ways_out(request: SearchRequest, tokens: Collection[str]) -> list[WayOut]:
    """What to drop so that something is found, the most first. One request, two where there are words. Raises EngineDown."""
    ways = []
    dropped = {spec.name: request.choosing(spec.name, ()) for spec in FACETS if spec.name in request.chosen}
    if dropped:
        aggs = {
            name: {"filter": {"bool": {"filter": query.chosen_filters(without.chosen)}}}
            for name, without in dropped.items()
        }
        answer = ask({"query": query.base(read_words(request.q), tokens), "size": 0, "aggs": aggs})
        ways = [
            WayOut(name, dropped[name], found["doc_count"]) for name, found in answer["aggregations"].items()
        ]
    if request.q and request.chosen:
        without = SearchRequest(chosen=request.chosen, sort=request.sort)
        body = {"query": query.base(NONE, tokens), "size": 0, "track_total_hits": True}
        body["post_filter"] = {"bool": {"filter": query.chosen_filters(request.chosen)}}
        ways.append(WayOut("", without, ask(body)["hits"]["total"]["value"]))
    return sorted((way for way in ways if way.count), key=lambda way: -way.count)


def nearest_standards(q: str, user: User | AnonymousUser) -> list[Item]:
    """Standards that the words or the code may have meant. At most three queries."""
    if not q:
        return []
    return search_items(q, organisations=organisation_ids(user), limit=MAX_STANDARDS)


def plain_lookup(q: str, user: User | AnonymousUser) -> list[ResourcePage]:
    """Resources by words of their title, from the database: what is left while the engine is away. One query."""
    matching = Q()
    for word in q.split()[:8]:
        matching &= Q(title__icontains=word)
    found = visible_to(user).filter(matching) if q else visible_to(user)
    return list(found.select_related("kind", "district").order_by("title")[:MAX_PLAIN])
