"""What a search is made of, as chips that can be taken away: its words, what its words say, and what is chosen.

The form of the page sends two things beside the search itself, so that boxes which were ticked by words of the query can be
unticked by hand, with and without JavaScript: `from_words` names the values that the words said when the page was made, and
`was` the query of then. `settled` turns them into a search of which the address is all.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from search.addresses import url
from search.facets import BY_NAME, FACETS
from search.phrases import JOINED
from search.request import AS_TYPED, LIMIT, SearchRequest, Sort
from search.rescue import as_filters
from search.results import Bucket, Results
from search.understanding import AROUND, Part, Understood, cut, understand
from search.vocabularies import Term

FORM_ONLY = ("from_words", "was")
JOINING = frozenset("a and at by for from in of on or the to with & + ,".split())
# Values of one filter that a way out names, and filters that a title does.
MOST_NAMED = 3
MAX_IN_TITLE = 40  # characters of a filter


class _Named:
    """A value of a facet, under the facet's name."""

    kind: str
    label: str

    @property
    def shown_kind(self) -> str:
        """The facet's name, where the value does not begin with it: "Grade 6" needs none."""
        return "" if self.label.startswith(self.kind) else self.kind


@dataclass(frozen=True)
class Chip(_Named):
    """Something chosen; url takes it away. words: those of the query that say it, where it was not chosen by hand."""

    kind: str
    label: str
    url: str
    words: str = ""

    @property
    def shown_words(self) -> str:
        """The words, where the value does not say the same."""
        return "" if self.words.casefold() == self.label.casefold() else self.words


@dataclass(frozen=True)
class Offer(_Named):
    """A filter that words of the query may mean; url takes it for the words."""

    kind: str
    label: str
    words: str
    url: str


def chips(understood: Understood, labels: Mapping[tuple[str, str], str]) -> list[Chip]:
    """The words, what they say, then everything chosen."""
    asked, applied = understood.asked, understood.applied
    found = []
    words = cut(asked.q, applied)
    if words and not _only_joins(words, applied):
        only_said = " ".join(part.words for part in applied)
        said = JOINED.sub("", words) if applied else words
        found.append(Chip("", f"“{said}”", url(replace(asked, q=only_said, page=1, cursor=""))))
    found += [
        Chip(_kind(part.facet), part.label, url(understood.without(part)), part.words) for part in applied
    ]
    # Those that read alike, as a strand of each grade does, cannot be told apart: they go together.
    alike: dict[tuple[str, str], list[str]] = {}
    for facet, value in asked.pairs():
        alike.setdefault((facet, labels.get((facet, value), value)), []).append(value)
    for (facet, label), values in alike.items():
        by_hand = understood.by_hand(facet)
        rest = [value for value in by_hand.values(facet) if value not in values]
        named = label if len(values) == 1 else f"{label} ({len(values)})"
        found.append(Chip(_kind(facet), named, url(by_hand.choosing(facet, rest))))
    return found


def _only_joins(words: str, applied: Sequence[Part]) -> bool:
    """Of "RI.4.1 and RI.4.2", or "for 6th grade", nothing is left to look for."""
    return bool(applied) and set(words.casefold().split()) <= JOINING


def words_beside(understood: Understood, codes: Collection[str]) -> bool:
    """Whether more is looked for than these codes, which no standard has, and what joins them: "4.NF.9 and 4.NF.8"."""
    words = understood.words
    left = {word.strip(AROUND) for word in words.text.split()} - {*codes, ""}
    return bool(words.phrases) or not {word.casefold() for word in left} <= JOINING


def in_title(q: str, shown: Sequence[Chip]) -> str:
    """What tells one search from another in a list of tabs or a history: the query, and what was chosen by hand."""
    chosen = [chip.label for chip in shown if chip.kind and not chip.words]
    said = [f"“{q}”"] * bool(q) + [_shortened(label) for label in chosen[:MOST_NAMED]]
    return ", ".join(said) + "…" * (len(chosen) > MOST_NAMED)


def _shortened(label: str) -> str:
    return label if len(label) <= MAX_IN_TITLE else f"{label[: MAX_IN_TITLE - 1].rstrip()}…"


def described(asked: SearchRequest) -> list[Chip]:
    """The chips of a search without its results: while the engine is away, and where a search is kept or fed."""
    return chips(understand(asked), looked_up_labels(asked))


def looked_up_labels(request: SearchRequest) -> dict[tuple[str, str], str]:
    """How each chosen value is called."""
    found = {}
    for facet, values in request.chosen.items():
        for value, term in BY_NAME[facet].vocabulary.terms(values).items():
            found[facet, value] = called(term)
    return found


def called(value: Term | Bucket) -> str:
    """A value of a facet where its place in a tree is not shown, and with that its sign of being retired."""
    name = value.code or value.label
    return _("%(name)s (retired)") % {"name": name} if value.retired else name


def _kind(facet: str) -> str:
    return str(BY_NAME[facet].label)


def offer(understood: Understood, part: Part) -> Offer:
    return Offer(_kind(part.facet), part.label, part.words, url(understood.taking(part)))


def offers(results: Results, tokens: Collection[str]) -> list[Offer]:
    """What words of the query may mean, as far as it finds anything; none where nothing is found: there the ways out count
    what each would find.

    That a value has results beside the words says that it has some in their place. Where few have all the words, or the
    value is not counted, it is looked up: at most one request, and a look or two for each. Raises EngineDown.
    """
    if not results.total:
        return []
    understood = results.understood
    few = results.loosened or results.fuzzy or results.put_aside
    found = {(facet.name, one.value) for facet in results.facets for one in facet.walk() if one.count}
    doubtful = [
        part
        for part in understood.offered
        if few or not any((part.facet, value) in found for value in part.values)
    ]
    taken = [way.taken for way in as_filters(understood, doubtful, tokens)]
    return [offer(understood, part) for part in understood.offered if part in taken or part not in doubtful]


@dataclass(frozen=True)
class AsTyped:
    """The words that became filters, in quotes, and the search for them as words."""

    words: str
    url: str


def as_typed(understood: Understood) -> AsTyped | None:
    if not understood.applied:
        return None
    quoted = ", ".join(f"“{part.words}”" for part in understood.applied)
    return AsTyped(quoted, url(understood.as_typed(*(part.facet for part in understood.applied))))


# -- the form


def hidden_fields(understood: Understood) -> list[tuple[str, str]]:
    """What the form must send beside its boxes: trees are chosen by links, the order is kept, and what words said."""
    asked = understood.asked
    trees = {spec.name for spec in FACETS if spec.tree}
    fields = [pair for pair in asked.pairs() if pair[0] in trees]
    fields += [("from_words", said) for said in _from_words(understood) if said.split(":")[0] not in trees]
    fields += [("as_typed", name) for name in asked.as_typed]
    if asked.q:
        fields.append(("was", asked.q))
    fields += [("open", f"{facet}:{value}") for facet, values in asked.opened.items() for value in values]
    if asked.sort != Sort.RELEVANCE:
        fields.append(("sort", asked.sort.value))
    if asked.limit != LIMIT:
        fields.append(("limit", str(asked.limit)))
    if asked.related:
        fields.append(("related", "1"))
    return fields


def _from_words(understood: Understood) -> list[str]:
    """What the words say of each facet: what is ticked by them, or by hand and no more than they say."""
    by_facet: dict[str, list[str]] = {}
    for part in (*understood.applied, *understood.said):
        by_facet.setdefault(part.facet, []).extend(part.values)
    return [
        f"{facet}:{'|'.join(dict.fromkeys(values))}"
        for facet, values in by_facet.items()
        if set(values) == set(understood.request.values(facet))
    ]


def settled(asked: SearchRequest, params: QueryDict) -> SearchRequest:
    """The search that the form means.

    Boxes that are as the words ticked them are left to the words, which may be others now. Where they were changed by hand,
    the hand is right, and the words that said otherwise leave the query. `as_typed` goes with the query it was asked for.
    """
    if "was" in params and " ".join(str(params["was"]).split()) != asked.q:
        asked = replace(asked, as_typed=())
    # Once for each facet that words can say, whatever an address has: to understand a query costs several of the database's.
    ticked = dict(said.split(":", 1) for said in params.getlist("from_words") if ":" in said)
    for facet, values in ticked.items():
        if facet not in AS_TYPED or facet not in BY_NAME:
            continue
        chosen, left_to_words = asked.values(facet), asked.choosing(facet, ())
        if set(chosen) == set(values.split("|")):
            asked = left_to_words
            continue
        parts = [part for part in understand(left_to_words).applied if part.facet == facet]
        asked = replace(left_to_words, q=cut(asked.q, parts)).choosing(facet, chosen)
    return asked


def words_or_filters(understood: Understood, facet: str, words: str, *, with_kind: bool = True) -> str:
    """What a way out of an empty search leaves out, in words: "Grade 6", "Subject Science"."""
    if facet:
        said = {value: part.label for part in understood.applied for value in part.values}
        by_hand = looked_up_labels(understood.asked)
        every = [
            said.get(value) or by_hand.get((facet, value), value)
            for value in understood.request.values(facet)
        ]
        labels = list(dict.fromkeys(every))
        named = ", ".join(labels[:MOST_NAMED]) + "…" * (len(labels) > MOST_NAMED)
        return f"{Offer(_kind(facet), named, '', '').shown_kind} {named}".strip() if with_kind else named
    return f"“{words}”" if words else _("all filters")
