"""Build the engine's requests of ours. A page asks two at once: one for its hits, one for what is counted: facets and total.

Apart, because the counts are most of the work and do not change with page and order: the engine keeps the answer to a
request for no hits until the index changes. The parts:
- audience and text are in every query there is, so nothing counted or shown is hidden from the reader;
- hits meet everything chosen;
- each facet counts under everything chosen but its own values. Facets with the same such filter share one `filter`
  aggregation, because the filter is what costs.

Standard, relation and level are joint: filters on two of them must hold on one alignment. Alignments are nested
documents, and a facet among the three counts, within what meets the other filters, alignments that meet the other two, then
resources (`reverse_nested`).
Where none of the other two is chosen, the flat fields beside the nested ones say the same for half the price.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search import marking, ranking, text
from search.facets import FACETS, JOINT, JOINT_PATH, FacetSpec
from search.request import SearchRequest, Sort
from search.text import How
from search.trees import Node, levels
from search.words import Words

# The engine cuts a search short by itself before we leave the first of several nodes (client: three quarters of 5 s).
TIME_LIMIT = "3500ms"
MAX_BUCKETS = 10_000
SCOUTED = 20  # of so many best matches by text the signals are looked at
# Of each hit, what the named parts of the query added to its score.
SAYING_WHAT_LIFTED = {"include_named_queries_score": "true"}

# Of each hit, what `make_hit` needs. Topics and tags are among the keywords as they are written.
CARRIED = (
    *("identifier", "card", "published_at", ranking.FRESHNESS_FIELD, "keywords"),
    *(spec.field() for spec in FACETS if not spec.joint),
)

SORTS: dict[Sort, list[dict[str, Any]]] = {
    # Freshness is in the score. A date beside it takes the engine as long again to browse; where words are asked: `order`.
    Sort.RELEVANCE: [{"_score": "desc"}],
    Sort.NEWEST: [{"published_at": {"order": "desc", "missing": "_last"}}],
    Sort.TITLE: [{"title.sort": "asc"}],
    Sort.SHORTEST: [{"minutes": {"order": "asc", "missing": "_last"}}],
}


@dataclass(frozen=True)
class Asked:
    """Which nodes of trees a search must count beside the roots, by facet: the children of what is unfolded."""

    nodes: Mapping[str, Sequence[Node]]


def hits(
    request: SearchRequest, words: Words, tokens: Collection[str], how: How = text.STRICT
) -> dict[str, Any]:
    """The request for the hits of a page."""
    clause = base(words, tokens, how)
    clause["bool"]["filter"] += chosen_filters(request.chosen)
    built: dict[str, Any] = {
        "query": clause,
        "from": (request.page - 1) * request.limit,
        "size": request.limit,
        "sort": order(request, words),
        "track_total_hits": False,  # the counts tell
        "timeout": TIME_LIMIT,
        "_source": list(CARRIED),
    }
    if any(spec.name in request.chosen for spec in JOINT):
        built["_source"].append(f"{JOINT_PATH}.*")  # to tell which of its standards a hit was found by
    if words.wanted:
        built["highlight"] = marking.highlight(words, how)
    return built


def facets(
    request: SearchRequest, words: Words, tokens: Collection[str], asked: Asked, how: How = text.STRICT
) -> dict[str, Any]:
    """The request for the counts of all facets, and of what is found. It is the same for every page and order, and asks for
    no hits."""
    return {
        "query": base(words, tokens, how.counted),
        "aggs": {**aggregations(request, asked), FOUND: _found(request)},
        "size": 0,
        "track_total_hits": False,
        "timeout": TIME_LIMIT,
    }


def order(request: SearchRequest, words: Words) -> list[dict[str, Any]]:
    """By what hits are sorted. Beside a code many score alike: of these the newer comes first, and never one by chance."""
    newest = SORTS[Sort.NEWEST] if request.sort == Sort.RELEVANCE and words.wanted else []
    return [*SORTS[request.sort], *newest, {"identifier": "asc"}]


def visible(tokens: Collection[str]) -> dict[str, Any]:
    """All that the reader may see, alike: for counts, and for whoever scores by something else."""
    return {"bool": {"filter": [{"terms": {"tokens": sorted(tokens)}}]}}


def base(words: Words, tokens: Collection[str], how: How = text.STRICT) -> dict[str, Any]:
    """Text and audience. There is no query without the audience; tombstones have none, so it hides them as well."""
    asked = text.match(words, how)
    asked["bool"]["filter"] = [*visible(tokens)["bool"]["filter"], *asked["bool"].get("filter", ())]
    return asked


def most_words(words: Words, tokens: Collection[str]) -> dict[str, Any]:
    """The request for the last of plenty that have the most of a sentence's words: its score is how many."""
    asked = visible(tokens)
    asked["bool"]["must"] = [text.most_words(words)]
    return {
        "query": asked,
        "from": text.PLENTY - 1,
        "size": 1,
        "track_total_hits": text.FEW,
        "timeout": TIME_LIMIT,
        "_source": False,
        **text.doubts(words),
    }


def scout(words: Words, tokens: Collection[str], how: How) -> dict[str, Any]:
    """The best matches, without filters and facets: how to ask is the same whatever is chosen beside the words. Signals
    count among the best by text alone, so that the engine need not weigh all the others."""
    built: dict[str, Any] = {
        "query": base(words, tokens, how),
        "size": ranking.LEADING,
        "track_total_hits": text.FEW,
        "timeout": TIME_LIMIT,
        "_source": ["card.standards.identifier", ranking.THEMES],
    }
    if words.text and not words.codes:
        built["rescore"] = {"window_size": SCOUTED, "query": ranking.signals_after(ranking.in_force())}
    return built


def strictly(request: SearchRequest, words: Words, tokens: Collection[str]) -> dict[str, Any]:
    """The request for how many of those that fit the filters have the words as they were typed."""
    built: dict[str, Any] = {
        "query": base(words, tokens, How(weighed=False)),
        "size": 0,
        "timeout": TIME_LIMIT,
    }
    built["query"]["bool"]["filter"] += chosen_filters(request.chosen)
    return built


def having_each(some: Iterable[str], tokens: Collection[str]) -> dict[str, Any]:
    """The request for how many resources have each of these words, or words side by side, anywhere."""
    counts = {words: {"filter": text.anywhere(words)} for words in some}
    return {"query": visible(tokens), "aggs": counts, "size": 0, "timeout": TIME_LIMIT}


def chosen_filters(chosen: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The filters of everything chosen."""
    filters = [spec.filter(chosen[spec.name]) for spec in FACETS if not spec.joint and spec.name in chosen]
    joint = [spec for spec in JOINT if spec.name in chosen]
    if len(joint) == 1:
        filters.append(joint[0].filter(chosen[joint[0].name]))
    elif joint:
        together = [spec.filter(chosen[spec.name], nested=True) for spec in joint]
        filters.append({"nested": {"path": JOINT_PATH, "query": {"bool": {"filter": together}}}})
    return filters


# -- counts

GROUP = "group"
FOUND, VERSIONS, GROUPS = "found", "versions", "groups"


def _found(request: SearchRequest) -> dict[str, Any]:
    """How many meet everything chosen. Only resources that may have versions are counted by group: nearly all have none, and
    are a row each."""
    groups = {GROUPS: {"cardinality": {"field": GROUP, "precision_threshold": 40_000}}}
    return {
        "filter": {"bool": {"filter": chosen_filters(request.chosen)}},
        "aggs": {VERSIONS: {"filter": {"term": {"has_versions": True}}, "aggs": groups}},
    }


def read_found(aggregations: Mapping[str, Any]) -> tuple[int, int]:
    """How many resources were found, and how many rows they make where versions of one share a row."""
    found = aggregations[FOUND]
    total, versions = int(found["doc_count"]), found[VERSIONS]
    return total, total - int(versions["doc_count"]) + int(versions[GROUPS]["value"])


def aggregations(
    request: SearchRequest, asked: Asked, *, only: Collection[str] | None = None
) -> dict[str, Any]:
    """The counts of each facet: `{group: {filter, aggs: {facet: …}}}`, or without groups where nothing is chosen."""
    groups: dict[tuple[str, ...], list[FacetSpec]] = {}
    for spec in FACETS:
        if only is None or spec.name in only:
            under = tuple(sorted(name for name in request.chosen if name != spec.name))
            groups.setdefault(under, []).append(spec)
    counts = {under: _counts(specs, under, request.chosen, asked) for under, specs in groups.items()}
    if set(groups) <= {()}:
        return counts.get((), {})
    return {
        f"group{number}": {
            "filter": {"bool": {"filter": chosen_filters({name: request.chosen[name] for name in under})}},
            "aggs": aggs,
        }
        for number, (under, aggs) in enumerate(counts.items())
    }


def _counts(
    specs: Iterable[FacetSpec], under: Collection[str], chosen: Mapping[str, Sequence[str]], asked: Asked
) -> dict[str, Any]:
    """The counts of facets that are under the same filters; of joint ones among them in one visit of the alignments."""
    conditions = [other.filter(chosen[other.name], nested=True) for other in JOINT if other.name in under]
    flat: dict[str, Any] = {}
    nested: dict[str, Any] = {}
    for spec in specs:
        joint = spec.joint and bool(conditions)
        fields = _asked_fields(spec, asked.nodes.get(spec.name, ()), nested=joint)
        (nested if joint else flat).update({name: _terms(field, include) for name, field, include in fields})
    if nested:
        for terms in nested.values():
            terms["aggs"] = {"resources": {"reverse_nested": {}}}
        matching = {"filter": {"bool": {"filter": conditions}}, "aggs": nested}
        flat["alignments"] = {"nested": {"path": JOINT_PATH}, "aggs": {"matching": matching}}
    return flat


def _asked_fields(
    spec: FacetSpec, nodes: Sequence[Node], *, nested: bool
) -> Iterable[tuple[str, str, list[str] | None]]:
    """Name, field and values of each count: a flat facet's values, or a tree's roots and the nodes asked for by level."""
    if not spec.tree:
        yield spec.name, spec.field(nested=nested), None
        return
    yield f"{spec.name}.0", spec.field(0, nested=nested), None
    for depth, values in levels(nodes).items():
        if depth > 0:
            # Named one by one, so that no shard leaves any out.
            yield f"{spec.name}.{depth}", spec.field(depth, nested=nested), sorted(set(values))[:MAX_BUCKETS]


def _terms(field: str, include: list[str] | None) -> dict[str, Any]:
    if include is None:
        return {"terms": {"field": field, "size": MAX_BUCKETS}}
    return {"terms": {"field": field, "include": include, "size": len(include)}}


def read_counts(aggregations: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Facet → value → resources, out of the engine's answer."""
    counts: dict[str, dict[str, int]] = {}
    for name, found in aggregations.items():
        if "buckets" in found:
            into = counts.setdefault(name.split(".")[0], {})
            for bucket in found["buckets"]:
                own = bucket.get("resources", bucket)
                into[bucket["key"]] = own["doc_count"]
        elif isinstance(found, Mapping):
            inner = {key: value for key, value in found.items() if isinstance(value, Mapping)}
            for facet, values in read_counts(inner).items():
                counts.setdefault(facet, {}).update(values)
    return counts
