"""The search page as its templates need it: every link a complete address."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from math import ceil
from urllib.parse import quote_plus

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from search.addresses import url
from search.facets import BY_NAME
from search.mapping import MAX_RESULTS
from search.pages.chips import called
from search.request import SearchRequest, Sort
from search.results import Bucket, FacetResult, Results
from search.understanding import Understood

SHOWN_VALUES = 8
# Of what is beyond those, as many unfold on the page; the rest has a page of its own, with a box to look among it.
FOLDED_VALUES = 24
SHOWN_BELOW = 20  # of a level of a tree that was unfolded
MAX_LABEL = 70  # characters, in a tree
PAGES_AROUND = 2
_ANY = "\0"  # no value has it


@dataclass(frozen=True)
class Links:
    """Where the values of a facet lead. Addresses of values not chosen differ in the value alone, so they are made once.

    folds_on: the path of the page on which its branches unfold, where it is not the page of results.
    """

    understood: Understood
    facet: FacetResult
    folds_on: str = ""

    def toggle(self, value: str) -> str:
        related = (self.facet.related or {}).get(value)
        if related or value in self._by_hand.values(self.facet.name):
            return url(self._by_hand.toggling(self.facet.name, value, related=related or ()))
        return quote_plus(value).join(self._choose)

    def fold(self, value: str) -> str:
        if value in self.understood.asked.opened.get(self.facet.name, ()):
            return url(self.understood.asked.folding(self.facet.name, value), self.folds_on)
        return quote_plus(value).join(self._unfold)

    @property
    def all_url(self) -> str:
        query = self.understood.asked.query_string()
        path = _facet_path(self.facet.name)
        return f"{path}?{query}" if query else path

    @cached_property
    def _by_hand(self) -> SearchRequest:
        return self.understood.by_hand(self.facet.name)

    @cached_property
    def _choose(self) -> list[str]:
        return url(self._by_hand.toggling(self.facet.name, _ANY)).split(quote_plus(_ANY))

    @cached_property
    def _unfold(self) -> list[str]:
        return url(self.understood.asked.folding(self.facet.name, _ANY), self.folds_on).split(
            quote_plus(_ANY)
        )


@dataclass(frozen=True)
class Value:
    """A value of a facet on the page. count and label are as they are shown."""

    bucket: Bucket
    id: str
    label: str
    count: str
    links: Links
    children: tuple["Value", ...] = ()
    # Of children the others, as `Facet.more` and `Facet.other_count` are of a facet's values.
    more: tuple["Value", ...] = ()
    other_count: int = 0
    # The heading of a new group begins here.
    heading: str = ""

    @property
    def toggle_url(self) -> str:
        """The search with it chosen, or not chosen if it was."""
        return self.links.toggle(self.bucket.value)

    @property
    def fold_url(self) -> str:
        """The search with what is below it unfolded, or folded if it was unfolded."""
        address = self.links.fold(self.bucket.value)
        # A page of its own begins at its top; a part of the page of results is put in place.
        return f"{address}#fold-{self.id}" if self.links.folds_on else address


@dataclass(frozen=True)
class Facet:
    """A facet on the page: `values` are open, `more` unfold, and all_url lists the other_count that are not there."""

    name: str
    label: str
    is_tree: bool
    open: bool
    chosen: int
    values: tuple[Value, ...]
    more: tuple[Value, ...]
    other_count: int
    links: Links

    @property
    def all_url(self) -> str:
        """The page with all values."""
        return self.links.all_url

    @property
    def searchable(self) -> bool:
        """Whether it is long enough to be searched: a tree, or more values than are open."""
        return self.is_tree or bool(self.more)

    @property
    def table_url(self) -> str:
        """In the standards facet, where one is chosen: its parts by competency level."""
        if self.name != "standard" or not self.chosen:
            return ""
        return f"{reverse('search:levels')}?{self.links.understood.asked.query_string()}"


@lru_cache
def _facet_path(name: str) -> str:
    return reverse("search:facet", args=[name])


@dataclass(frozen=True)
class PageLink:
    number: int
    url: str
    current: bool


@dataclass(frozen=True)
class Pager:
    previous_url: str = ""
    next_url: str = ""
    links: Sequence[PageLink | None] = field(default_factory=tuple)


@dataclass(frozen=True)
class SortLink:
    label: str
    url: str
    current: bool


def labels_of(results: Results) -> dict[tuple[str, str], str]:
    """How each chosen value is called. A selected value is always among the buckets."""
    return {
        (facet.name, bucket.value): called(bucket)
        for facet in results.facets
        for bucket in facet.walk()
        if bucket.selected
    }


def facets(results: Results) -> list[Facet]:
    """All facets that have a value, in the order of the registry."""
    return [facet_view(facet, results.understood) for facet in results.facets if facet.buckets]


def facet_view(
    facet: FacetResult, understood: Understood, *, shown: int = SHOWN_VALUES, folds_on: str = ""
) -> Facet:
    spec = BY_NAME[facet.name]
    # A chosen value is never folded away.
    last_chosen = max((n for n, bucket in enumerate(facet.buckets) if _holds_chosen(bucket)), default=-1)
    cut = max(shown, last_chosen + 1)
    if len(facet.buckets) - cut == 1:  # "and 1 more" takes as much room as the one
        cut += 1
    values = _values(facet, facet.buckets[: cut + FOLDED_VALUES], Links(understood, facet, folds_on))
    return Facet(
        name=facet.name,
        label=facet.label,
        is_tree=facet.is_tree,
        open=spec.open,
        chosen=facet.chosen,
        values=values[:cut],
        more=values[cut:],
        other_count=facet.other_count + len(facet.buckets) - len(values),
        links=values[0].links if values else Links(understood, facet, folds_on),
    )


def _holds_chosen(bucket: Bucket) -> bool:
    return bucket.selected or any(_holds_chosen(child) for child in bucket.children)


def _values(facet: FacetResult, buckets: Sequence[Bucket], links: Links) -> tuple[Value, ...]:
    language = get_language()

    def grow(buckets: Sequence[Bucket], path: str) -> tuple[Value, ...]:
        values = []
        group = ""
        for bucket in buckets:
            # The path makes it unique where a standard stands below two parents.
            id = f"{path}-{bucket.value}".replace(" ", "_")
            # A page of its own has them all.
            shown, folded = (bucket.children, ()) if links.folds_on else _first_below(bucket.children)
            values.append(
                Value(
                    bucket,
                    id,
                    bucket.label if len(bucket.label) <= MAX_LABEL else _shorten(bucket.label),
                    _shown(bucket.count, language),
                    links,
                    children=grow(shown, id) if shown else (),
                    more=grow(folded[:FOLDED_VALUES], id) if folded else (),
                    other_count=max(0, len(folded) - FOLDED_VALUES),
                    heading=bucket.group if bucket.group != group else "",
                )
            )
            group = bucket.group
        return tuple(values)

    return grow(buckets, facet.name)


def _first_below(buckets: Sequence[Bucket]) -> tuple[Sequence[Bucket], Sequence[Bucket]]:
    """Those of one level that are open, and the others: a framework without a tree has hundreds. What is chosen, or holds
    what is, is open."""
    if len(buckets) <= SHOWN_BELOW + 1:  # "and 1 more" takes as much room as the one
        return buckets, ()
    is_open = [n < SHOWN_BELOW or _holds_chosen(bucket) or bucket.opened for n, bucket in enumerate(buckets)]
    return (
        [bucket for bucket, opened in zip(buckets, is_open, strict=True) if opened],
        [bucket for bucket, opened in zip(buckets, is_open, strict=True) if not opened],
    )


def _shorten(label: str) -> str:
    return f"{label[: MAX_LABEL - 1]}…"


@lru_cache(maxsize=10_000)
def _shown(count: int, language: str | None) -> str:
    """A count as this language writes it. The same small numbers come again and again."""
    return str(intcomma(count))


def pager(request: SearchRequest, total: int, next_cursor: str = "") -> Pager:
    """Links to the pages near this one, the first and the last; after the last that has a number, to what comes next."""
    beyond = url(replace(request, page=1, cursor=next_cursor)) if next_cursor else ""
    if request.cursor:
        return Pager(next_url=beyond, links=(PageLink(1, page_url(request, 1), current=False), None))
    last = max(1, min(ceil(total / request.limit), MAX_RESULTS // request.limit))
    here = min(request.page, last)
    near = {1, last, *range(max(1, here - PAGES_AROUND), min(last, here + PAGES_AROUND) + 1)}
    links: list[PageLink | None] = []
    for number in sorted(near):
        if links and number - 1 not in near:
            links.append(None)
        links.append(PageLink(number, page_url(request, number), number == request.page))
    return Pager(
        previous_url=page_url(request, min(request.page - 1, last)) if request.page > 1 else "",
        next_url=page_url(request, here + 1) if here < last else beyond,
        links=links,
    )


def kept_query(request: SearchRequest) -> str:
    """The address's query of the first page, with what changes results and nothing else: what is saved and fed. Of the list
    for equivalents, too, the first page: who opens the view finds both lists, though only the first is told of."""
    kept = SearchRequest(
        q=request.q,
        chosen=request.chosen,
        sort=request.sort,
        as_typed=request.as_typed,
        related=min(1, request.related),
    )
    return kept.query_string()


def related_pager(request: SearchRequest, total: int) -> Pager:
    """The same for the list of resources for equivalents, which has previous and next alone."""
    here = request.related
    return Pager(
        previous_url=url(replace(request, related=here - 1)) if here > 1 else "",
        next_url=url(replace(request, related=here + 1)) if here * request.limit < total else "",
    )


def page_url(request: SearchRequest, number: int) -> str:
    return url(replace(request, page=max(1, number), cursor=""))


def sort_links(request: SearchRequest) -> list[SortLink]:
    labels = {
        Sort.RELEVANCE: _("Best match") if request.q else _("Recommended"),
        Sort.NEWEST: _("Newest"),
        Sort.TITLE: _("Title"),
        Sort.SHORTEST: _("Shortest"),
    }
    return [
        SortLink(label, url(replace(request, sort=sort, page=1, cursor="")), sort == request.sort)
        for sort, label in labels.items()
    ]
