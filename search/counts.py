"""Small questions that other pages ask: how many resources has a standard, and what is there for it.

They wait only a moment for the engine: a page that merely shows a number must not hang on it.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from repository.audience import user_tokens
from search import query
from search.client import COUNT_TIMEOUT, EngineDown, ask, was_cut_short
from search.facets import BY_NAME
from search.find import facet_results
from search.hits import make_hit
from search.query import Asked
from search.request import SearchRequest
from search.results import Bucket, Hit
from search.words import NONE
from standards.models import Item

logger = logging.getLogger(__name__)

SHOWN = 5  # resources of a standard, as cards


def tokens_of(request: HttpRequest) -> frozenset[str]:
    """The audience tokens of whoever asks, looked up once a request."""
    known: frozenset[str] | None = getattr(request, "_search_tokens", None)
    if known is None:
        known = user_tokens(request.user)
        request._search_tokens = known  # type: ignore[attr-defined]
    return known


def resource_counts(items: Iterable[Item], tokens: Collection[str]) -> dict[int, int]:
    """How many visible resources are aligned to each item or to something below it. One request. Raises EngineDown."""
    keys = {item.identifier: item.pk for item in items}
    if not keys:
        return {}
    terms = {"terms": {"field": BY_NAME["standard"].field(), "include": sorted(keys), "size": len(keys)}}
    body = {"query": query.visible(tokens), "size": 0, "aggs": {"standard": terms}}
    answer = ask(body, request_timeout=COUNT_TIMEOUT)
    counts = query.read_counts(answer["aggregations"]).get("standard", {})
    return {pk: counts.get(identifier, 0) for identifier, pk in keys.items()}


def counts_for(request: HttpRequest, items: Iterable[Item]) -> dict[int, int] | None:
    """The same for whoever asks; None while the engine is away."""
    try:
        return resource_counts(items, tokens_of(request))
    except EngineDown as error:
        logger.warning("No counts: %s", error)
        return None


def finding_nothing(searches: Collection[str], tokens: Collection[str]) -> set[str]:
    """Those of these searches for facets alone, as our own addresses have them ("subject=arts&grade=03"), that find nothing.
    One request. Raises EngineDown."""
    if not searches:
        return set()
    filters = {
        one: {"bool": {"filter": query.chosen_filters(dict(QueryDict(one).lists()))}} for one in searches
    }
    body = {
        "query": query.visible(tokens),
        "size": 0,
        "aggs": {"searches": {"filters": {"filters": filters}}},
    }
    answer = ask(body, request_timeout=COUNT_TIMEOUT)
    if was_cut_short(answer):
        return set()
    buckets = answer["aggregations"]["searches"]["buckets"]
    return {one for one, bucket in buckets.items() if not bucket["doc_count"]}


@dataclass(frozen=True)
class StandardResources:
    """The visible resources of a standard: the first few as cards, and how many there are by relation and level."""

    total: int
    cards: tuple[Hit, ...]
    relations: tuple[Bucket, ...]
    levels: tuple[Bucket, ...]


def resources_for_standard(item: Item, tokens: Collection[str]) -> StandardResources:
    """One request. Raises EngineDown."""
    request = SearchRequest(limit=SHOWN).choosing("standard", [item.identifier])
    body = query.hits(request, NONE, tokens)
    body |= {
        "track_total_hits": True,
        "aggs": query.aggregations(request, Asked({}), only=("relation", "level")),
    }
    answer = ask(body, request_timeout=COUNT_TIMEOUT)
    facets = facet_results(query.read_counts(answer["aggregations"]), request, {}, only=("relation", "level"))
    buckets = {facet.name: facet.buckets for facet in facets}
    return StandardResources(
        total=answer["hits"]["total"]["value"],
        cards=tuple(make_hit(hit, request, NONE) for hit in answer["hits"]["hits"]),
        relations=buckets["relation"],
        levels=buckets["level"],
    )
