"""A search as a value: read from an address, written back to one. Every state of the page is such a value."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from search.facets import BY_NAME, FACETS
from search.mapping import MAX_RESULTS
from search.vocabularies import UnknownValue

MAX_QUERY = 300  # characters
MAX_VALUES = 100  # chosen in one facet
MAX_COMPLAINTS = 5  # of one parameter: each value that is looked up alone costs
MAX_LIMIT = 100
LIMIT = 20
MAX_FACET_LIMIT = 1000
FACET_LIMIT = 100

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    TITLE = "title"
    SHORTEST = "shortest"


@dataclass(frozen=True)
class SearchRequest:
    """What is asked.

    chosen: the values chosen in each facet, by its name; opened: the nodes of trees that are unfolded, which changes no
    result; limit: results a page; facet_limit: values a facet; cursor: where the list goes on, instead of a page.
    as_typed: the facets whose words are looked for as words, though they could be filters, and `spelling` where nothing is
    to be corrected. related: the page of the list of resources for equivalents of the standards asked for; 0: only those
    for the standards themselves (strict).
    """

    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    limit: int = LIMIT
    facet_limit: int = FACET_LIMIT
    opened: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    cursor: str = ""
    as_typed: tuple[str, ...] = ()
    related: int = 0

    def values(self, facet: str) -> tuple[str, ...]:
        return self.chosen.get(facet, ())

    def pairs(self) -> list[tuple[str, str]]:
        """Facet and value of everything chosen, in the order of the registry."""
        return [(spec.name, value) for spec in FACETS for value in self.values(spec.name)]

    def choosing(self, facet: str, values: Iterable[str]) -> "SearchRequest":
        """The same search with these values chosen in the facet, from its first page."""
        chosen = {**self.chosen, facet: tuple(dict.fromkeys(values))}
        return replace(
            self, chosen=MappingProxyType({k: v for k, v in chosen.items() if v}), page=1, cursor=""
        )

    def toggling(self, facet: str, value: str, *, related: Collection[str] = ()) -> "SearchRequest":
        """With the value chosen, or not chosen if it was. `related`: what lies above and below it in a tree."""
        chosen = self.values(facet)
        if value in chosen:
            return self.choosing(facet, [one for one in chosen if one != value])
        return self.choosing(facet, [*(one for one in chosen if one not in related), value])

    def folding(self, facet: str, value: str) -> "SearchRequest":
        """With the node of a tree unfolded, or folded if it was unfolded."""
        opened = self.opened.get(facet, ())
        now = [one for one in opened if one != value] if value in opened else [*opened, value]
        everything = {**self.opened, facet: tuple(now)}
        return replace(self, opened=MappingProxyType({k: v for k, v in everything.items() if v}))

    def query_string(self) -> str:
        """The address's query: the same search always gives the same, and what is usual is left out."""
        pairs = [("q", self.q)] if self.q else []
        pairs += self.pairs()
        if self.q:
            pairs += [("as_typed", name) for name in self.as_typed]
        if self.sort != Sort.RELEVANCE:
            pairs.append(("sort", self.sort.value))
        if self.limit != LIMIT:
            pairs.append(("limit", str(self.limit)))
        if self.facet_limit != FACET_LIMIT:
            pairs.append(("facet_limit", str(self.facet_limit)))
        pairs += [
            ("open", f"{spec.name}:{value}") for spec in FACETS for value in self.opened.get(spec.name, ())
        ]
        if self.related:
            pairs.append(("related", str(self.related)))
        if self.page != 1:
            pairs.append(("page", str(self.page)))
        if self.cursor:
            pairs.append(("cursor", self.cursor))
        return urlencode(pairs)


@dataclass(frozen=True)
class Complaint:
    """Something in an address that was not understood, and is left out of the search.

    message: what there may be, for who writes addresses. value: of a filter, where there is no such thing.
    """

    parameter: str
    message: str
    candidates: tuple[Mapping[str, str], ...] = ()
    value: str = ""

    @property
    def name(self) -> str:
        """As the page calls it: a filter goes by another name there than in addresses."""
        return str(BY_NAME[self.parameter].label) if self.parameter in BY_NAME else self.parameter

    @property
    def said(self) -> str:
        """For people, who choose from what there is and know no short names."""
        if not self.value or self.candidates:
            return self.message
        return _("“%(value)s” is not there, or no longer. Choose again among the filters.") % {
            "value": self.value
        }


SPELLING = "spelling"
# What a query may say beside its words: see search.understanding.
AS_TYPED = ("standard", "grade", "duration", SPELLING)
PARAMETERS = (
    "q",
    *(spec.name for spec in FACETS),
    "as_typed",
    "related",
    "sort",
    "page",
    "limit",
    "facet_limit",
    "open",
    "cursor",
)


def parse(params: QueryDict) -> tuple[SearchRequest, list[Complaint]]:
    """The search that an address asks for, and what in it was not understood.

    An empty parameter is as good as none, since forms send those.
    """
    reader = _Reader(params)
    for name in sorted(set(params) - set(PARAMETERS)):
        message = _("There is no parameter “%(name)s”. Known: %(known)s.")
        reader.complain(name[:80], message % {"name": name[:80], "known": ", ".join(PARAMETERS)})
    page, limit = reader.number("page", 1, MAX_RESULTS), reader.number("limit", LIMIT, MAX_LIMIT)
    if page * limit > MAX_RESULTS:
        message = _(
            "Pages reach the %(most)dth result. Go on by the cursor of the last page, or narrow the search."
        )
        reader.complain("page", message % {"most": MAX_RESULTS})
        page = 1
    cursor = reader.text("cursor")
    if cursor and page != 1:
        reader.complain("cursor", _("Give a page or a cursor, not both."))
        cursor = ""
    request = SearchRequest(
        q=reader.query(),
        chosen=MappingProxyType(
            {spec.name: values for spec in FACETS if (values := reader.facet(spec.name))}
        ),
        sort=reader.sort(),
        page=page,
        limit=limit,
        facet_limit=reader.number("facet_limit", FACET_LIMIT, MAX_FACET_LIMIT),
        opened=MappingProxyType(reader.opened()),
        cursor=cursor,
        as_typed=reader.as_typed(),
        related=reader.related(),
    )
    return request, reader.complaints


def parse_shared(params: QueryDict) -> tuple[SearchRequest, list[Complaint]]:
    """The same for a page or a feed, whose address people pass on: other sites add names of theirs, as utm_source, and pages
    have some of their own. Whatever is no part of a search is passed over, and so is what was unfolded and is gone."""
    ours = QueryDict(mutable=True)
    for name in set(params) & set(PARAMETERS):
        ours.setlist(name, params.getlist(name))
    request, complaints = parse(ours)
    return request, [one for one in complaints if one.parameter != "open"]


class _Reader:
    """Takes one parameter after the other, and notes what it does not understand."""

    def __init__(self, params: QueryDict) -> None:
        self.params = params
        self.complaints: list[Complaint] = []

    def complain(
        self, parameter: str, message: str, candidates: Iterable[Mapping[str, str]] = (), value: str = ""
    ) -> None:
        self.complaints.append(Complaint(parameter, message, tuple(candidates), value[:80]))

    def _all(self, name: str) -> list[str]:
        return [value for value in self.params.getlist(name) if value.strip()]

    def _one(self, name: str) -> str:
        values = self._all(name)
        if len(values) > 1:
            self.complain(name, _("Give “%(name)s” once.") % {"name": name})
        return values[0] if values else ""

    def text(self, name: str) -> str:
        return self._one(name).strip()

    def query(self) -> str:
        text = " ".join(_CONTROL.sub(" ", self._one("q")).split())
        if len(text) > MAX_QUERY:
            message = _(
                "A query may have %(most)d characters; this one has %(length)d. Shorten it and search again."
            )
            self.complain("q", message % {"most": MAX_QUERY, "length": len(text)})
            # Whoever shows results all the same has those of its beginning: a standard's pasted words may be longer.
            beginning = text[: MAX_QUERY + 1].rpartition(" ")[0]
            return beginning or text[:MAX_QUERY]
        return text

    def number(self, name: str, default: int, most: int) -> int:
        value = self._one(name).strip()
        if not value:
            return default
        if value.isascii() and value.isdigit() and len(value) < 10 and 1 <= int(value) <= most:
            return int(value)
        self.complain(name, _("“%(name)s” is a number from 1 to %(most)d.") % {"name": name, "most": most})
        return default

    def sort(self) -> Sort:
        value = self._one("sort")
        try:
            return Sort(value or Sort.RELEVANCE)
        except ValueError:
            known = ", ".join(Sort)
            self.complain(
                "sort",
                _("“%(value)s” is not known. Allowed: %(known)s.") % {"value": value[:80], "known": known},
            )
            return Sort.RELEVANCE

    def facet(self, name: str) -> tuple[str, ...]:
        values = self._all(name)
        if len(values) > MAX_VALUES:
            message = _("At most %(most)d values of “%(name)s” can be chosen at once.")
            self.complain(name, message % {"most": MAX_VALUES, "name": name})
            return ()
        return self._resolved(name, name, values)

    def _resolved(self, parameter: str, facet: str, values: list[str]) -> tuple[str, ...]:
        """All values at once; where one is unknown, one by one, so that the others stay."""
        resolve: Callable[[list[str]], list[str]] = BY_NAME[facet].vocabulary.resolve
        try:
            return tuple(resolve(values)) if values else ()
        except UnknownValue:
            found: list[str] = []
            unknown = 0
            for value in values:
                if unknown == MAX_COMPLAINTS:
                    message = _("After %(most)d values that are not known, the others were not looked at.")
                    self.complain(parameter, message % {"most": MAX_COMPLAINTS})
                    break
                try:
                    found += resolve([value])
                except UnknownValue as error:
                    unknown += 1
                    self.complain(parameter, str(error), error.candidates, value)
            return tuple(dict.fromkeys(found))

    def related(self) -> int:
        return (
            0 if self._one("related").strip() == "0" else self.number("related", 0, MAX_RESULTS // MAX_LIMIT)
        )

    def as_typed(self) -> tuple[str, ...]:
        values = self._all("as_typed")[:MAX_VALUES]
        for value in values:
            if value not in AS_TYPED:
                message = _("“%(value)s” is not known. Allowed: %(known)s.")
                self.complain("as_typed", message % {"value": value[:80], "known": ", ".join(AS_TYPED)})
        return tuple(name for name in sorted(AS_TYPED) if name in values)

    def opened(self) -> dict[str, tuple[str, ...]]:
        trees = [spec.name for spec in FACETS if spec.tree]
        by_facet: dict[str, list[str]] = {}
        values = self._all("open")
        if len(values) > MAX_VALUES:
            message = _("At most %(most)d nodes of trees can be unfolded at once.")
            self.complain("open", message % {"most": MAX_VALUES})
            return {}
        for value in values:
            facet, _colon, node = value.partition(":")
            if facet in trees and node:
                by_facet.setdefault(facet, []).append(node)
            else:
                message = _(
                    "“open” is the name of a tree and a value of it, as in topic:fractions. Trees: %(trees)s."
                )
                self.complain("open", message % {"trees": ", ".join(trees)})
        return {facet: self._resolved("open", facet, values) for facet, values in by_facet.items()}
