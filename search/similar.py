"""Resources like one: alike in their words, or about the same standards and topics."""

from collections.abc import Collection
from typing import Any

from repository.models import ResourcePage
from search import query, ranking
from search.client import COUNT_TIMEOUT, alias, ask
from search.facets import BY_NAME
from search.hits import make_hit
from search.models import VersionGroup
from search.query import GROUP
from search.request import SearchRequest
from search.results import Hit
from search.words import NONE

WORDS = ("title", "summary", "objectives", "keywords", "statements")
# Beside a score of words of about 20 (ranking.USUAL): the same standard says most, then the same topic, the same grade.
SAME_STANDARD, SAME_TOPIC, SAME_GRADE = 10.0, 4.0, 2.0


def similar_resources(page: ResourcePage, tokens: Collection[str], *, limit: int = 4) -> tuple[Hit, ...]:
    """The resources most like a published one, best first, each version of a lesson once and none of its own.

    One request, four queries. Raises EngineDown.
    """
    standards = list(page.alignments.values_list("item__identifier", flat=True))
    topics = list(page.topics.values_list("slug", flat=True))
    group = VersionGroup.objects.filter(pk=page.pk).values_list("group", flat=True).first()
    alike: list[dict[str, Any]] = [
        {
            "more_like_this": {
                "fields": list(WORDS),
                "like": [{"_index": alias(), "_id": str(page.pk)}],
                "min_term_freq": 1,
                "min_doc_freq": 2,
                "max_query_terms": 25,
                "minimum_should_match": "20%",
            }
        },
        *_same("standard", standards, SAME_STANDARD),
        *_same("topic", topics, SAME_TOPIC),
    ]
    found = {
        "bool": {
            "must": [{"bool": {"should": alike, "minimum_should_match": 1}}],
            "should": [
                *_same("grade", list(page.grades), SAME_GRADE),
                *ranking.signals(ranking.in_force(), ranking.USUAL),
            ],
            "filter": [query.visible(tokens)],
            "must_not": [{"terms": {"identifier": [str(page.identifier)]}}, {"term": {GROUP: str(group)}}],
        }
    }
    body = {
        "query": found,
        "size": limit,
        "collapse": {"field": GROUP},
        "timeout": query.TIME_LIMIT,
        "_source": ["identifier", "card"],
    }
    hits = ask(body, request_timeout=COUNT_TIMEOUT)["hits"]["hits"]
    return tuple(make_hit(hit, SearchRequest(), NONE) for hit in hits)


def _same(facet: str, values: list[str], boost: float) -> list[dict[str, Any]]:
    if not values:
        return []
    return [{"constant_score": {"filter": BY_NAME[facet].filter(values), "boost": boost}}]
