"""Answer a search: ask the engine, and put the results together with labels from memory."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from search import cursors, query
from search.client import ask, ask_meanwhile, was_cut_short
from search.copies import from_one_copy
from search.facets import FACETS, FacetSpec
from search.hits import make_hit
from search.meant import meant
from search.query import Asked
from search.quoted import is_long
from search.request import SearchRequest
from search.results import Bucket, FacetResult, Results
from search.rows import ask_rows, with_versions
from search.scouting import Scouted
from search.text import STRICT, How
from search.trees import MAX_FOUND, Node, TreeVocabulary
from search.understanding import Understood, understand
from search.vocabularies import Term
from search.wishes import to_put_aside

# Of the values of a tree that go by some words: those who want more type another word.
MOST_SHOWN = 60


def find(request: SearchRequest, tokens: Collection[str]) -> Results:
    """The results for whoever holds these audience tokens. Raises EngineDown; with a cursor BadCursor, ExpiredCursor.

    Where nothing has all the words, whatever is filtered, or nothing has one of them, they are corrected; where nothing is
    near either, some will do.
    Where a grade or time that the query says leaves nothing, whatever is chosen by hand, it is put aside.
    """
    with from_one_copy(cursors.bond(request, tokens)):
        if request.cursor:
            return cursors.reading(request, tokens, lambda reading: _found(request, tokens, reading))
        return _found(request, tokens, None)


def _found(request: SearchRequest, tokens: Collection[str], reading: cursors.Reading | None) -> Results:
    results = _find(understand(request), tokens, request, reading)
    if results.total:
        return results
    # Then what is found while looking for what to put aside is the answer.
    plain = not request.chosen and request.page == 1 and reading is None
    found = to_put_aside(
        results.understood,
        lambda understood: _find(understood, tokens, request if plain else understood.asked),
        lambda understood: _with_all_words(understood, tokens),
    )
    if not found:
        return results
    aside, instead = found
    if not plain:
        instead = _find(understand(aside.instead_of(results.understood)), tokens, request, reading)
    if not instead.total:
        return results
    facets = {part.facet for part in aside.parts}
    offered = tuple(part for part in instead.understood.offered if part.facet not in facets)
    return replace(
        instead,
        understood=replace(instead.understood, offered=offered),
        put_aside=aside.parts,
        times_as_words=aside.in_words,
        did_you_mean=results.did_you_mean or instead.did_you_mean,
        corrected=results.corrected or instead.corrected,
        unknown=results.unknown or instead.unknown,
    )


def _find(
    understood: Understood,
    tokens: Collection[str],
    typed: SearchRequest,
    reading: cursors.Reading | None = None,
) -> Results:
    asker = _Asker(typed, tokens, reading)
    asker.expect(understood)
    found = meant(understood, tokens)
    return replace(
        asker.find(found.understood, found.scouted),
        did_you_mean=found.did_you_mean,
        corrected=found.corrected,
        unknown=found.unknown,
        without=found.without,
    )


def _with_all_words(understood: Understood, tokens: Collection[str]) -> int:
    """How many of those that fit the filters have all the words."""
    body = query.strictly(understood.request, replace(understood.words, picked=()), tokens)
    return int(ask(body)["hits"]["total"]["value"])


# Facet → value → resources.
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class _Counting:
    """The counts of all facets, which the engine is at. answer: waits for them."""

    understood: Understood
    how: How
    unfolded: "Mapping[str, Unfolded]"
    answer: Callable[[], dict[str, Any]]


@dataclass
class _Asker:
    """Asks for one reader. Cursors belong to the search as it was typed, whatever was made of it."""

    typed: SearchRequest
    tokens: Collection[str]
    reading: cursors.Reading | None
    _expected: _Counting | None = None

    def expect(self, understood: Understood) -> None:
        """Begin to count, which takes the engine longest, what most searches are in the end. Not for a sentence."""
        if not is_long(understood.words.text):
            self._expected = self._count(understood, STRICT)

    def find(self, understood: Understood, scouted: Scouted) -> Results:
        request, words, reading = understood.request, understood.words, self.reading
        counting = self._counting(understood, scouted.how)
        clicked = _in_place_of_codes(understood, self.tokens, counting.unfolded)
        body = query.hits(request, words, self.tokens, scouted.how)
        if reading:
            # Who reads by cursor wants every resource, and the engine goes on behind none that stands for others.
            found = reading.hits(body)
        else:
            found = ask_rows(body, **query.SAYING_WHAT_LIFTED)
        raw_hits = found["hits"]["hits"]
        hits = [make_hit(hit, request, words, scouted.how.leads) for hit in raw_hits]
        if not reading:
            hits = with_versions(hits, raw_hits, request, words, self.tokens, scouted.how)
        counted = counting.answer()
        counts = query.read_counts(counted["aggregations"])
        total, rows = query.read_found(counted["aggregations"])
        strictly = self._strictly(understood, scouted) if total else 0
        return Results(
            understood=understood,
            total=total,
            rows=total if reading else rows,
            first=reading.place.seen + 1 if reading else (request.page - 1) * request.limit + 1,
            next_cursor=reading.next(total)
            if reading
            else cursors.after_page(self.typed, self.tokens, raw_hits, rows),
            hits=tuple(hits),
            facets=tuple(facet_results({**counts, **clicked(counts)}, request, counting.unfolded)),
            partial=any(map(was_cut_short, (found, counted))),
            loosened=scouted.how.loosely and total > strictly,
            fuzzy=bool(scouted.how.loosely and total and not scouted.strictly),
            elsewhere=bool(scouted.how.loosely and total and scouted.strictly and not strictly),
        )

    def _strictly(self, understood: Understood, scouted: Scouted) -> int:
        """How many of the results have all the words: `scout` leaves the filters out. One small request, where few have."""
        filtered = scouted.how.loosely and scouted.strictly and understood.request.chosen
        if not filtered or is_long(understood.words.text):
            return scouted.strictly
        return _with_all_words(understood, self.tokens)

    def _counting(self, understood: Understood, how: How) -> _Counting:
        """The counts that were begun, where they turn out to be the right ones."""
        begun = self._expected
        if begun and begun.understood is understood and begun.how == how.counted:
            return begun
        return self._count(understood, how)

    def _count(self, understood: Understood, how: How) -> _Counting:
        request = understood.request
        unfolded = {spec.name: unfold(spec.tree, request, spec.name) for spec in FACETS if spec.tree}
        asked = Asked({name: tree.nodes for name, tree in unfolded.items()})
        body = query.facets(request, understood.words, self.tokens, asked, how)
        return _Counting(understood, how.counted, unfolded, ask_meanwhile(body))


# -- trees


@dataclass(frozen=True)
class Unfolded:
    """What is unfolded in a tree: each such node with its children, and everything above the chosen ones."""

    children: Mapping[str, list[Node]] = field(default_factory=dict)
    above: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def nodes(self) -> list[Node]:
        return [node for children in self.children.values() for node in children]


def unfold(tree: TreeVocabulary, request: SearchRequest, name: str) -> Unfolded:
    """Everything chosen or opened is unfolded, and so is what leads to it: siblings of a chosen value stay in view."""
    wanted = {*request.values(name), *request.opened.get(name, ())}
    if not wanted:
        return Unfolded()
    above = tree.above(wanted)
    return Unfolded(tree.below(wanted.union(*above.values())), above)


# -- facets


def facet_results(
    counts: Counts,
    request: SearchRequest,
    unfolded: Mapping[str, Unfolded],
    *,
    only: Collection[str] | None = None,
) -> list[FacetResult]:
    """The facets, or `only` some, in the order of the registry."""
    return [
        _tree(spec, spec.tree, counts.get(spec.name, {}), request, unfolded.get(spec.name, Unfolded()))
        if spec.tree
        else _flat(spec, counts.get(spec.name, {}), request)
        for spec in FACETS
        if only is None or spec.name in only
    ]


def _flat(spec: FacetSpec, counts: Mapping[str, int], request: SearchRequest) -> FacetResult:
    chosen = request.values(spec.name)
    shown = _most(counts, chosen, request.facet_limit)
    terms = spec.vocabulary.terms(shown) if shown else {}
    buckets = [_bucket(terms[value], counts.get(value, 0), chosen) for value in shown if value in terms]
    ordered = _ordered(spec, buckets, terms)
    return FacetResult(spec.name, spec.said(), tuple(ordered), len(set(counts) - set(shown)))


def _most(counts: Mapping[str, int], chosen: Collection[str], limit: int) -> list[str]:
    """The values with the most resources, and all that are chosen: those stay even at 0."""
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    return list(dict.fromkeys([*ranked[:limit], *chosen]))


def _ordered(spec: FacetSpec, buckets: list[Bucket], terms: Mapping[str, Term]) -> list[Bucket]:
    if spec.order == "vocabulary" and not spec.tree:
        return sorted(buckets, key=lambda bucket: terms[bucket.value].rank or 0)
    return sorted(buckets, key=lambda bucket: (-bucket.count, bucket.label))


def _bucket(term: Term, count: int, chosen: Collection[str], **more: Any) -> Bucket:
    return Bucket(
        value=term.value,
        label=term.label,
        count=count,
        selected=term.value in chosen,
        code=term.code,
        group=term.group,
        has_children=term.has_children,
        retired=term.retired,
        **more,
    )


def _tree(
    spec: FacetSpec,
    tree: TreeVocabulary,
    counts: Mapping[str, int],
    request: SearchRequest,
    unfolded: Unfolded,
) -> FacetResult:
    chosen = request.values(spec.name)
    below = {node.value for node in unfolded.nodes}
    # What leads to a chosen or opened node stays, even at 0.
    kept = {*unfolded.above, *(value for above in unfolded.above.values() for value in above)}
    all_roots = {value: count for value, count in counts.items() if value not in below}
    roots = _most(all_roots, sorted(kept - below), request.facet_limit)
    shown = {*roots, *(value for value in below if counts.get(value) or value in kept)}
    terms = tree.terms(shown) if shown else {}

    def grow(value: str, path: frozenset[str]) -> Bucket:
        children = [
            grow(child.value, path | {value})
            for child in unfolded.children.get(value, ())
            if child.value in terms and child.value in shown and child.value not in path
        ]
        opened = value in unfolded.children
        return _bucket(terms[value], counts.get(value, 0), chosen, opened=opened, children=tuple(children))

    buckets = _ordered(spec, [grow(root, frozenset()) for root in roots if root in terms], terms)
    return FacetResult(
        spec.name,
        spec.said(),
        tuple(buckets),
        len(set(all_roots) - set(roots)),
        is_tree=True,
        related=_related(tree, shown, chosen, unfolded.above),
    )


def find_in_tree(
    understood: Understood, tokens: Collection[str], spec: FacetSpec, tree: TreeVocabulary, words: str
) -> FacetResult:
    """Of the values of a tree that go by these words and have resources, at any level, the first MOST_SHOWN.

    Raises EngineDown.
    """
    request = understood.request
    nodes = tree.search(words)
    if not nodes:
        return FacetResult(spec.name, spec.said(), (), is_tree=True)
    answer = ask(_counts_of(spec.name, nodes, understood, tokens))
    counts = query.read_counts(answer["aggregations"]).get(spec.name, {})
    chosen = request.values(spec.name)
    having = [node.value for node in nodes if counts.get(node.value) or node.value in chosen]
    values = list(dict.fromkeys([*having[:MOST_SHOWN], *(one for one in having if one in chosen)]))
    terms = tree.terms(values)
    buckets = [
        replace(_bucket(terms[value], counts.get(value, 0), chosen), has_children=False)
        for value in values
        if value in terms
    ]
    related = _related(tree, values, chosen, tree.above(chosen))
    return FacetResult(
        spec.name,
        spec.said(),
        tuple(buckets),
        len(having) - len(values),
        is_tree=True,
        related=related,
        partial=was_cut_short(answer),
        more_by_name=len(nodes) >= MAX_FOUND,
    )


def _counts_of(
    name: str, nodes: Sequence[Node], understood: Understood, tokens: Collection[str]
) -> dict[str, Any]:
    """The request for the counts of one facet, where what the words say of it gives way to each value, as in a click."""
    by_hand = understood.by_hand(name)
    found = meant(understood if by_hand is understood.asked else understand(by_hand), tokens)
    return {
        "query": query.base(found.understood.words, tokens, found.scouted.how.counted),
        "size": 0,
        "timeout": query.TIME_LIMIT,
        "aggs": query.aggregations(understood.request, Asked({name: nodes}), only=[name]),
    }


def _in_place_of_codes(
    understood: Understood, tokens: Collection[str], unfolded: Mapping[str, Unfolded]
) -> Callable[[Counts], Counts]:
    """The counts of standards where a code in the words is a filter: other standards would take its place, and have no need
    of the code. Of what the code names, as many are found as are counted already."""
    if not any(part.facet == "standard" for part in understood.applied):
        return lambda counts: {}
    answer = ask_meanwhile(_counts_of("standard", unfolded["standard"].nodes, understood, tokens))

    def clicked(counts: Counts) -> Counts:
        others = query.read_counts(answer()["aggregations"]).get("standard", {})
        own = {
            value: counts.get("standard", {}).get(value, 0) for value in understood.request.values("standard")
        }
        return {"standard": {**others, **own}}

    return clicked


def _related(
    tree: TreeVocabulary,
    shown: Collection[str],
    chosen: Collection[str],
    above_chosen: Mapping[str, frozenset[str]],
) -> dict[str, frozenset[str]]:
    """For each node shown, the chosen ones above and below it."""
    if not chosen:
        return {}
    above = tree.above(shown)
    return {
        value: frozenset(
            one for one in chosen if one in above.get(value, ()) or value in above_chosen.get(one, ())
        )
        for value in shown
    }
