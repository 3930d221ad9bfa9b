"""Resources like one: alike in their words, or about the same standards and topics."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

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
SHOWN = 3  # a row of cards
MOST_NAMED = 2  # of the standards or topics that two resources share


def similar_resources(page: ResourcePage, tokens: Collection[str], *, limit: int = SHOWN) -> tuple[Hit, ...]:
    """The resources most like a published one, best first, each version of a lesson once and none of its own.

    One request, four queries. Raises EngineDown.
    """
    standards = list(page.alignments.values_list("item__identifier", flat=True))
    topics = dict(page.topics.values_list("slug", "name"))
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
                "_name": "words",
            }
        },
        *_same("standard", standards, SAME_STANDARD),
        *_same("topic", list(topics), SAME_TOPIC),
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
        "_source": ["identifier", "card", "language", "keywords"],
    }
    hits = ask(body, request_timeout=COUNT_TIMEOUT)["hits"]["hits"]
    return tuple(
        replace(make_hit(hit, SearchRequest(), NONE), why=_shared(hit, standards, topics.values()))
        for hit in hits
    )


def _shared(hit: Mapping[str, Any], standards: Collection[str], topics: Collection[str]) -> tuple[str, ...]:
    """In what it is alike, in words: the same standards, the same topics, similar words."""
    alike, source = hit["matched_queries"], hit["_source"]
    codes = [
        one["code"] for one in source["card"]["standards"] if one["code"] and one["identifier"] in standards
    ]
    named = [name for name in topics if name in source["keywords"]]
    reasons = []
    if codes:
        reasons.append(_("Also for %(standards)s") % {"standards": ", ".join(codes[:MOST_NAMED])})
    elif "standard" in alike:
        reasons.append(_("For one of the same standards, or a part of it"))
    if named:
        reasons.append(_("Also about %(topics)s") % {"topics": ", ".join(named[:MOST_NAMED])})
    elif "topic" in alike:
        reasons.append(_("About a part of the same topic"))
    if "words" in alike:
        reasons.append(_("Similar words"))
    return tuple(reasons)


def _same(facet: str, values: list[str], boost: float) -> list[dict[str, Any]]:
    if not values:
        return []
    return [{"constant_score": {"filter": BY_NAME[facet].filter(values), "boost": boost, "_name": facet}}]
