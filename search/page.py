"""The search page as its templates need it: every link a complete address."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from django.urls import reverse
from django.utils.translation import gettext as _

from search.addresses import url
from search.facets import BY_NAME
from search.mapping import MAX_RESULTS
from search.request import SearchRequest, Sort
from search.results import Bucket, FacetResult, Results
from search.understanding import Understood

SHOWN_VALUES = 8
PAGES_AROUND = 2


@dataclass(frozen=True)
class Value:
    """A value of a facet on the page. toggle_url: the search with it chosen, or not; fold_url: unfolded, or not."""

    bucket: Bucket
    id: str
    toggle_url: str
    fold_url: str
    children: tuple["Value", ...]
    # The heading of a new group begins here.
    heading: str = ""


@dataclass(frozen=True)
class Facet:
    """A facet on the page: `values` are open, `more` unfold, and all_url lists those that are not even there."""

    name: str
    label: str
    is_tree: bool
    open: bool
    chosen: int
    values: tuple[Value, ...]
    more: tuple[Value, ...]
    other_count: int
    all_url: str


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
        (facet.name, bucket.value): bucket.code or bucket.label
        for facet in results.facets
        for bucket in facet.walk()
        if bucket.selected
    }


def facets(results: Results) -> list[Facet]:
    """All facets that have a value, in the order of the registry."""
    return [facet_view(facet, results.understood) for facet in results.facets if facet.buckets]


def facet_view(facet: FacetResult, understood: Understood, *, shown: int = SHOWN_VALUES) -> Facet:
    spec = BY_NAME[facet.name]
    values = _values(facet, facet.buckets, understood)
    # A chosen value is never folded away.
    last_chosen = max((n for n, value in enumerate(values) if _holds_chosen(value.bucket)), default=-1)
    cut = max(shown, last_chosen + 1)
    if len(values) - cut == 1:  # "and 1 more" takes as much room as the one
        cut += 1
    query = understood.asked.query_string()
    return Facet(
        name=facet.name,
        label=facet.label,
        is_tree=facet.is_tree,
        open=spec.open,
        chosen=facet.chosen,
        values=tuple(values[:cut]),
        more=tuple(values[cut:]),
        other_count=facet.other_count,
        all_url=f"{reverse('search:facet', args=[facet.name])}{f'?{query}' if query else ''}",
    )


def _holds_chosen(bucket: Bucket) -> bool:
    return bucket.selected or any(_holds_chosen(child) for child in bucket.children)


def _values(
    facet: FacetResult, buckets: Sequence[Bucket], understood: Understood, path: str = ""
) -> list[Value]:
    values = []
    group = ""
    by_hand = understood.by_hand(facet.name)
    for bucket in buckets:
        related = (facet.related or {}).get(bucket.value, frozenset())
        # The path makes it unique where a standard stands below two parents.
        id = f"{path or facet.name}-{bucket.value}".replace(" ", "_")
        values.append(
            Value(
                bucket=bucket,
                id=id,
                toggle_url=url(by_hand.toggling(facet.name, bucket.value, related=related)),
                fold_url=url(understood.asked.folding(facet.name, bucket.value)) if facet.is_tree else "",
                children=tuple(_values(facet, bucket.children, understood, id)),
                heading=bucket.group if bucket.group != group else "",
            )
        )
        group = bucket.group
    return values


def pager(request: SearchRequest, total: int, next_cursor: str = "") -> Pager:
    """Links to the pages near this one, the first and the last; after the last that has a number, to what comes next."""
    beyond = url(replace(request, page=1, cursor=next_cursor)) if next_cursor else ""
    if request.cursor:
        return Pager(next_url=beyond, links=(PageLink(1, page_url(request, 1), current=False), None))
    last = max(1, ceil(min(total, MAX_RESULTS) / request.limit))
    last = min(last, MAX_RESULTS // request.limit)
    here = min(request.page, last)
    near = {1, last, *range(max(1, here - PAGES_AROUND), min(last, here + PAGES_AROUND) + 1)}
    links: list[PageLink | None] = []
    for number in sorted(near):
        if links and number - 1 not in near:
            links.append(None)
        links.append(PageLink(number, page_url(request, number), number == request.page))
    return Pager(
        previous_url=page_url(request, here - 1) if request.page > 1 else "",
        next_url=page_url(request, here + 1) if here < last else beyond,
        links=links,
    )


def kept_query(request: SearchRequest) -> str:
    """The address's query of the first page, with what changes results and nothing else: what is saved and fed."""
    kept = SearchRequest(q=request.q, chosen=request.chosen, sort=request.sort, as_typed=request.as_typed)
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
