"""Near-duplicates as one row of a list: the best of each group stands for it, and names the others.

Collapsing groups rows and nothing else: totals and facets count resources, and pages are counted in rows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from repository.cards import maker_of
from search import query
from search.client import ask
from search.query import GROUP, VERSIONS
from search.request import SearchRequest
from search.results import Hit, Version
from search.text import How
from search.words import Words

MAX_VERSIONS = 100  # that a page of results names in all; of the rest it says how many


def ask_rows(built: dict[str, Any], **params: Any) -> dict[str, Any]:
    """The answer to a request for hits, with one row a group. Raises EngineDown.

    Whoever collapses groups weighs all that match. So a first page is asked for without, and where none of its hits has
    versions, it is the same: what comes first of a group stays where it is.
    """
    built = {**built, "_source": [*built["_source"], GROUP, "has_versions"]}
    if not built["from"]:
        found = ask(built, **params)
        if not any(hit["_source"]["has_versions"] for hit in found["hits"]["hits"]):
            return found
    return ask({**built, "collapse": {"field": GROUP}}, **params)


def with_versions(
    hits: Sequence[Hit],
    raw: Sequence[Mapping[str, Any]],
    request: SearchRequest,
    words: Words,
    tokens: Collection[str],
    how: How,
) -> list[Hit]:
    """The hits, each with the other resources of its group that the same search finds. At most one request."""
    groups = {
        one["_source"]["identifier"]: one["_source"][GROUP]
        for one in raw
        if one["_source"].get("has_versions")
    }
    if not groups:
        return list(hits)
    chosen = [*query.chosen_filters(request.chosen), {"terms": {GROUP: sorted(groups.values())}}]
    found = ask(
        {
            "query": {"bool": {"must": [query.base(words, tokens, how)], "filter": chosen}},
            "sort": query.order(request, words),
            "size": MAX_VERSIONS,
            "aggs": {VERSIONS: {"terms": {"field": GROUP, "size": len(groups)}}},
            "timeout": query.TIME_LIMIT,
            "_source": ["identifier", GROUP, "card"],
        }
    )
    versions: dict[str, list[Version]] = {}
    for one in found["hits"]["hits"]:
        source = one["_source"]
        if source["identifier"] not in groups:
            versions.setdefault(source[GROUP], []).append(_version(source))
    counted = {one["key"]: one["doc_count"] for one in found["aggregations"][VERSIONS]["buckets"]}

    def others(group: str) -> dict[str, Any]:
        named = tuple(versions.get(group, ()))
        return {"versions": named, "more_versions": max(0, counted.get(group, 0) - 1 - len(named))}

    return [
        replace(hit, **others(groups[hit.identifier])) if hit.identifier in groups else hit for hit in hits
    ]


def _version(source: Mapping[str, Any]) -> Version:
    card = source["card"]
    return Version(
        identifier=source["identifier"],
        title=card["title"],
        url=card["url"],
        author=maker_of(card["author"], card["attribution"]),
        school=card["school"],
        district=card["district"],
        reviewed=bool(card["reviewed_at"]),
    )
