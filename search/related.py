"""Resources for the equivalents of a standard: one hop over the crosswalks that frameworks bring, each hit saying which.

A list of its own with a total of its own. What the search itself finds is never in it, so the two never mix.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from search import memory, query
from search.client import ask, was_cut_short
from search.copies import from_one_copy
from search.cursors import bond
from search.facets import JOINT, JOINT_PATH
from search.hits import make_hit
from search.request import SearchRequest
from search.results import Hit
from search.trees import shorten
from search.understanding import Understood
from search.words import Words
from standards.access import hidden_frameworks
from standards.models import Association, AssociationType, Framework, Item, ItemAncestor

# Hops that are followed, the closest; a crosswalk of a whole subject is no answer to a question about one standard.
MAX_HOPS = 500
# Choices of standards whose hops are kept: few are asked for again, and each may have hundreds.
MAX_KEPT = 1000

# Read from origin to destination, and the other way round. `precedes` is a way through the year and `isPartOf` a
# matter of the tree: neither says that one may stand for the other. The closest kind of equivalence first.
_SAYS: Mapping[str, tuple[str, str]] = {
    AssociationType.EXACT_MATCH_OF: (
        "%(here)s is an exact match of %(there)s",
        "%(here)s is an exact match of %(there)s",
    ),
    AssociationType.IS_TRANSLATION_OF: (
        "%(here)s is a translation of %(there)s",
        "%(there)s is a translation of %(here)s",
    ),
    AssociationType.REPLACED_BY: ("%(here)s was replaced by %(there)s", "%(here)s replaced %(there)s"),
    AssociationType.IS_PEER_OF: ("%(here)s is a peer of %(there)s", "%(here)s is a peer of %(there)s"),
    AssociationType.IS_RELATED_TO: (
        "%(here)s is related to %(there)s",
        "%(here)s is related to %(there)s",
    ),
}


_OF_AN_END = ("identifier", "human_coding_scheme", "full_statement", "framework", "framework__title")


@dataclass(frozen=True)
class End:
    """One of the two standards of an association. of: its framework's title."""

    identifier: str
    code: str
    statement: str
    framework: int
    of: str

    @property
    def name(self) -> str:
        """Its code, or where it has none the beginning of its words."""
        return self.code or f"“{shorten(self.statement)}”"


@dataclass(frozen=True)
class Hop:
    """From a standard that the search asks for (or one below it) to an equivalent. says: the association in words."""

    here: str
    there: str
    association_type: str
    says: str


@dataclass(frozen=True)
class Related:
    """total counts none of the search's own results. hits: one page of them, empty where only counted.

    at_least: the total is not exact, because there are more than MAX_HOPS equivalents and the closest were followed.
    """

    total: int
    hits: tuple[Hit, ...] = ()
    page: int = 0
    partial: bool = False
    at_least: bool = False


@dataclass(frozen=True)
class Ways:
    """hops: to equivalents, the closest first. cut: there are more than these."""

    hops: tuple[Hop, ...] = ()
    cut: bool = False


def ways_from(standards: Collection[str]) -> Ways:
    """From these standards and all below them; none for a whole framework. Kept in memory.

    Search holds published standards only, so a private draft is neither followed nor believed, whoever asks.
    """
    if not standards:
        return Ways()
    tables = [Association, Item, ItemAncestor, Framework]
    known: dict[str, Ways] = memory.keep(f"hops {get_language()}", tables, dict)
    key = "\n".join(sorted(standards))
    return memory.keep_values(known, [key], lambda _missing: {key: _ways(standards)}, most=MAX_KEPT)[key]


def _ways(standards: Collection[str]) -> Ways:
    hidden = hidden_frameworks().values("pk")
    closeness = Case(
        *(When(association_type=kind, then=Value(rank)) for rank, kind in enumerate(_SAYS)),
        output_field=IntegerField(),
    )
    asked = ItemAncestor.objects.filter(ancestor__identifier__in=standards)
    found = list(
        Association.objects.filter(association_type__in=list(_SAYS), withdrawn=False)
        .exclude(origin=None)
        .exclude(destination=None)
        .exclude(framework__in=hidden)
        .exclude(origin__framework__in=hidden)
        .exclude(destination__framework__in=hidden)
        .alias(
            from_here=Exists(asked.filter(descendant=OuterRef("origin"))),
            to_here=Exists(asked.filter(descendant=OuterRef("destination"))),
        )
        .filter(
            Q(origin__in=asked.values("descendant"), to_here=False)
            | Q(destination__in=asked.values("descendant"), from_here=False)
        )
        .annotate(outward=Exists(asked.filter(descendant=OuterRef("origin"))))
        .order_by(closeness, "framework_id", "sequence_number", "pk")
        .values_list(
            *("association_type", "outward"),
            *(f"{end}__{field}" for end in ("origin", "destination") for field in _OF_AN_END),
        )[: MAX_HOPS + 1]
    )
    made = [
        _hop(kind, outward, End(*row[: len(_OF_AN_END)]), End(*row[len(_OF_AN_END) :]))
        for kind, outward, *row in found[:MAX_HOPS]
    ]
    return Ways(tuple(dict.fromkeys(made)), cut=len(found) > MAX_HOPS)


def _hop(kind: str, outward: bool, origin: End, destination: End) -> Hop:
    here, there = (origin, destination) if outward else (destination, origin)
    elsewhere = "" if here.framework == there.framework else f" ({there.of})"
    sentence = _SAYS[kind][0 if outward else 1]
    return Hop(
        here.identifier,
        there.identifier,
        kind,
        _(sentence) % {"here": here.name, "there": f"{there.name}{elsewhere}"},
    )


def find_related(understood: Understood, tokens: Collection[str]) -> Related | None:
    """Resources for equivalents, all other filters and words kept; None where the search asks for no standard that has any.

    `request.related` is the page of the list; 0 counts them only. One request. Raises EngineDown.
    """
    request = understood.request
    ways = ways_from(request.values("standard"))
    if not ways.hops:
        return None
    equivalents = request.choosing("standard", [way.there for way in ways.hops])
    clause = query.base(_of_equivalents(understood.words, request.values("standard")), tokens)
    clause["bool"]["filter"] += query.chosen_filters(equivalents.chosen)
    joint = {spec.name: request.chosen[spec.name] for spec in JOINT if spec.name in request.chosen}
    clause["bool"]["must_not"] += query.chosen_filters(joint)
    size = request.limit if request.related else 0
    body: dict[str, Any] = {
        "query": clause,
        "size": size,
        "from": max(0, request.related - 1) * size,
        "sort": [*query.SORTS[request.sort], {"identifier": "asc"}],
        "track_total_hits": True,
        "timeout": query.TIME_LIMIT,
        "_source": [*query.CARRIED, f"{JOINT_PATH}.*"],
    }
    with from_one_copy(bond(understood.asked, tokens)):
        answer = ask(body)
    return Related(
        total=int(answer["hits"]["total"]["value"]),
        hits=tuple(_hit(raw, equivalents, understood.words, ways.hops) for raw in answer["hits"]["hits"]),
        page=request.related,
        partial=was_cut_short(answer),
        at_least=ways.cut,
    )


def _of_equivalents(words: Words, asked: Collection[str]) -> Words:
    """An equivalent has another code than the standards that are asked for, and says it in other words. What coordinators
    picked was picked for the search itself."""
    said = set(words.quoted) & set(asked)
    return replace(
        words,
        text="" if said else words.text,
        typed="" if said else words.typed,
        alternatives=() if said else words.alternatives,
        codes=(),
        picked=(),
        quoted=(),
        around="",
    )


def _hit(raw: Mapping[str, Any], request: SearchRequest, words: Words, ways: Sequence[Hop]) -> Hit:
    """The card, whose first reason is the hop."""
    hit = make_hit(raw, request, words)
    held = {
        value for alignment in raw["_source"].get(JOINT_PATH, []) for value in alignment.get("standard", ())
    }
    says = next((way.says for way in ways if way.there in held), "")
    return replace(hit, why=tuple(dict.fromkeys(filter(None, [says, *hit.why]))))
