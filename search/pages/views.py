"""The search page, and the list of all values of one facet."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from people.selectors import organisation_ids
from repository.languages import language_name
from search import rescue
from search.addresses import url
from search.as_you_type import suggestions
from search.client import PAGE_TIMEOUT, EngineDown, server_timing, time_limit
from search.counts import tokens_of
from search.cursors import BadCursor, ExpiredCursor
from search.facets import BY_NAME
from search.find import find, find_in_tree
from search.level_table import level_table
from search.memory import one_look
from search.named_standards import MAX_NAMED
from search.pages import chips, page
from search.query import MAX_BUCKETS
from search.quoted import is_long, says_the_same
from search.related import find_related
from search.request import SPELLING, Complaint, SearchRequest, parse_shared
from search.results import Results
from search.understanding import Understood, understand
from search.unknown_codes import unknown_codes
from search.words import has_words
from standards.access import Reader
from standards.browsing import relations_of, replacements
from standards.models import Item
from standards.selectors import items

logger = logging.getLogger(__name__)

# Longer than anything that a person would shorten by hand.
KEPT_IN_THE_BOX = 2000  # characters
# Standards that the codes in a query have: as many as one code may name, twice.
MAX_RECOGNISED = 2 * MAX_NAMED


@require_safe
@one_look()
@time_limit(PAGE_TIMEOUT)
def search(request: HttpRequest) -> HttpResponse:
    """Every state of the page is its address. htmx asks for the changing part alone."""
    asked, complaints = parse_shared(request.GET)
    if any(name in request.GET for name in chips.FORM_ONLY):
        asked = chips.settled(asked, request.GET)
        if not _is_part(request) and not complaints:
            return redirect(url(asked))
    try:
        response = _results(request, asked, complaints)
    except EngineDown as error:
        logger.error("Search rests: %s", error)
        response = _resting(request, asked, complaints)
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response


def _is_part(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _in_the_box(request: HttpRequest, typed: SearchRequest, complaints: list[Complaint]) -> str:
    """What stands in the search box: what was typed, also where it is too long to be looked for."""
    refused = any(one.parameter == "q" for one in complaints)
    return request.GET.get("q", "")[:KEPT_IN_THE_BOX] if refused else typed.q


def _beginning(typed: SearchRequest, complaints: list[Complaint]) -> str:
    """The last words of what was looked for, where that is only the beginning of what was typed."""
    cut = any(one.parameter == "q" for one in complaints)
    return " ".join(typed.q.split()[-3:]) if cut else ""


def _results(request: HttpRequest, typed: SearchRequest, complaints: list[Complaint]) -> HttpResponse:
    results, typed, refreshed = _found(request, typed, complaints)
    # Where the spelling was corrected, everything on the page goes on from there.
    understood, asked = results.understood, results.understood.asked
    related = find_related(understood, tokens_of(request))
    shown = chips.chips(understood, page.labels_of(results))
    context = {
        "hide_search": True,
        "typed": typed,
        "in_the_box": _in_the_box(request, typed, complaints),
        "asked": asked,
        "results": results,
        "complaints": complaints,
        "chips": shown,
        "beginning": _beginning(typed, complaints),
        "said": chips.in_title(typed.q, shown),
        "address": request.build_absolute_uri(url(typed)),
        "offers": chips.offers(results, tokens_of(request)),
        "as_typed": chips.as_typed(understood),
        "clear_url": url(SearchRequest()),
        "facets": page.facets(results),
        "sort_links": page.sort_links(asked),
        "keep_query": page.kept_query(asked),
        "pager": page.pager(typed, results.rows, results.next_cursor),
        "refreshed": refreshed,
        "hidden_fields": chips.hidden_fields(understood),
        "first": results.first,
        "last": results.first + len(results.hits) - 1,
        **_recognised(understood, request.user),
        "for_standard": ", ".join(part.label for part in understood.applied if part.facet == "standard"),
        "only_standard": _only_standard(understood),
        "related": related,
        "related_url": url(replace(asked, related=1)),
        "related_pager": page.related_pager(asked, related.total if related else 0),
        "strict_url": url(replace(asked, related=0)),
        "exactly_url": url(
            replace(typed, as_typed=tuple(sorted({*typed.as_typed, SPELLING})), page=1, cursor="")
        ),
        "did_you_mean_url": _respelled_url(typed, results),
        "only_signs": bool(typed.q) and not has_words(typed.q),
        "past_the_end": bool(results.total and not results.hits),
        "first_page_url": page.page_url(asked, 1),
        **_instead(request, results),
    }
    response = render(request, "search/_region.html" if _is_part(request) else "search/search.html", context)
    if _is_part(request) and request.htmx.target == "search-region":  # type: ignore[attr-defined]
        # A form sends empty fields too; the address in the bar is the plain one. The page of an address that is not here
        # asks for results too, and keeps its own.
        response["HX-Push-Url"] = url(typed)
    response["Server-Timing"] = server_timing()
    return response


def _instead(request: HttpRequest, results: Results) -> dict[str, Any]:
    """What to look at in place of codes that no standard has, and of nothing where nothing was found."""
    understood, nothing_found = results.understood, results.total == 0
    unknown = unknown_codes(understood, request.user, nothing_found=nothing_found)
    near = list(dict.fromkeys(item for one in unknown for item in one.near))
    ways_out = _ways_out(request, understood) if nothing_found else []
    if nothing_found and not near:
        near = rescue.nearest_standards(understood.asked.q, request.user)
    return {
        "unknown_codes": [one.code for one in unknown],
        # Beside a code that a standard has, texts are not looked at for another.
        "has_code_in_text": bool(unknown) and understood.words.codes == (unknown[0].code,),
        "beside_codes": chips.words_beside(understood, [one.code for one in unknown]),
        "ways_out": ways_out,
        "nearest": (nothing_found and _around(request, understood)) or (_near(request, near) if near else []),
    }


def _found(
    request: HttpRequest, asked: SearchRequest, complaints: list[Complaint]
) -> tuple[Results, SearchRequest, bool]:
    """The results, the search that was made for them, and whether a cursor was too old and goes on in the present state."""
    tokens = tokens_of(request)
    try:
        return find(asked, tokens), asked, False
    except ExpiredCursor as error:
        asked = replace(asked, cursor=error.renewed)
        return find(asked, tokens), asked, True
    except BadCursor as error:
        complaints.append(Complaint("cursor", str(error)))
        asked = replace(asked, cursor="")
        return find(asked, tokens), asked, False


def _only_standard(understood: Understood) -> str:
    """The code of the standards asked for, where nothing else is."""
    chosen = understood.request.chosen
    if (
        set(chosen) != {"standard"}
        or understood.words.text
        or understood.words.phrases
        or understood.words.excluded
    ):
        return ""
    return chips.words_or_filters(understood, "standard", "", with_kind=False)


def _respelled_url(typed: SearchRequest, results: Results) -> str:
    kept = tuple(name for name in typed.as_typed if name != SPELLING)
    return url(replace(typed, q=results.did_you_mean, as_typed=kept, page=1, cursor=""))


def _recognised(understood: Understood, reader: Reader) -> dict[str, Any]:
    """The standards with a code that are asked for, each with its words, what took its place, and the same search for what
    is aligned to it alone; the first of them open, the others to unfold. A query for those chosen by hand, for those whose
    statement was pasted, and for each that has retired."""
    asked_for = understood.request.values("standard")
    pasted = _pasted(understood, reader)
    found = [*_chosen(understood, reader), *understood.standards, *pasted]
    several = len(found) > 1
    shown = [
        {
            "item": item,
            "url": url(
                SearchRequest().choosing("standard", [item.identifier])
                if item in pasted
                else understood.only("standard", item.identifier)
            )
            if asked_for != (item.identifier,) and (several or item.retired_at is None)
            else "",
            "replacements": [
                {"item": one.item, "url": url(understood.only("standard", one.item.identifier))}
                for one in (replacements(relations_of(item, reader=reader)) if item.retired_at else ())
                if one.item is not None
            ],
        }
        for item in found[:MAX_RECOGNISED]
    ]
    # "and 1 more" takes as much room as the one.
    cut = rescue.MAX_STANDARDS + (len(found) == rescue.MAX_STANDARDS + 1)
    return {
        "recognised": shown[:cut],
        "more_recognised": shown[cut:],
        "recognised_hidden": len(found) - len(shown),
    }


def _chosen(understood: Understood, reader: Reader) -> list[Item]:
    """The standards that were chosen by hand and have a code, which alone stands in their chips."""
    named = {item.identifier for item in understood.standards}
    terms = BY_NAME["standard"].vocabulary.terms(understood.asked.values("standard"))
    chosen = [value for value, term in terms.items() if term.code and value not in named]
    return list(items(reader).filter(identifier__in=chosen).order_by("pk")) if chosen else []


def _pasted(understood: Understood, reader: Reader) -> list[Item]:
    """The standards whose statement a long query is, or is part of. Many have all of its words in another order."""
    text, quoted = understood.words.text, understood.words.quoted
    if not quoted or not is_long(text):
        return []
    chosen = understood.request.values("standard")
    found = items(reader).filter(identifier__in=quoted).exclude(identifier__in=chosen)
    says = [item for item in found if says_the_same(text, item.full_statement)]
    return sorted(says, key=lambda item: quoted.index(item.identifier))


def _ways_out(request: HttpRequest, understood: Understood) -> list[dict[str, Any]]:
    try:
        ways = rescue.ways_out(understood, tokens_of(request))
    except EngineDown as error:  # that nothing was found stays true
        logger.warning("No ways out: %s", error)
        return []
    return [
        {
            "label": way.instead or chips.words_or_filters(understood, way.facet, way.words),
            "is_instead": bool(way.instead),
            "language": language_name(way.language) if way.language else "",
            "offer": chips.offer(understood, way.taken) if way.taken else None,
            "count": way.count,
            "url": url(way.request),
        }
        for way in ways
    ]


def _around(request: HttpRequest, understood: Understood) -> list[dict[str, Any]]:
    """Where a standard has no resources: what is above it and beside it and has some."""
    found = rescue.around(understood.request.values("standard"), request.user)
    return [one for one in _near(request, found) if one["count"]][: rescue.MAX_STANDARDS] if found else []


def _near(request: HttpRequest, found: Sequence[Item]) -> list[dict[str, Any]]:
    return [
        {
            "item": near.item,
            "count": near.count,
            "url": url(SearchRequest().choosing("standard", [near.item.identifier])) if near.count else "",
        }
        for near in rescue.with_resources(found, request)
    ]


def _resting(request: HttpRequest, asked: SearchRequest, complaints: list[Complaint]) -> HttpResponse:
    understood = understand(asked)
    context = {
        "hide_search": True,
        "typed": asked,
        "in_the_box": _in_the_box(request, asked, complaints),
        "asked": asked,
        "complaints": complaints,
        "chips": chips.described(asked),
        "found": rescue.plain_lookup(asked.q, request.user),
        "standards": rescue.nearest_standards(asked.q, request.user),
        "hidden_fields": chips.hidden_fields(understood),
    }
    return render(request, "search/_resting.html" if _is_part(request) else "search/resting.html", context)


def _printed(request: HttpRequest, fields: Sequence[tuple[str, str]]) -> str:
    """The page's address for paper: what people passed on with it, as fbclid, is left out."""
    return request.build_absolute_uri(f"{request.path}?{urlencode(fields)}" if fields else request.path)


@require_safe
@one_look()
@time_limit(PAGE_TIMEOUT)
def facet(request: HttpRequest, name: str) -> HttpResponse:
    """All values of a facet under the present search, however many, with a box to look among them."""
    if name not in BY_NAME:
        raise Http404
    asked, complaints = parse_shared(request.GET)
    typed = " ".join(request.GET.get("find", "").split())[:100]
    wanted = typed.lower()
    fields = parse_qsl(asked.query_string())
    context = {
        "asked": asked,
        "complaints": complaints,
        "label": BY_NAME[name].label,
        "wanted": typed,
        "said": chips.in_title(asked.q, chips.described(asked)),
        "back_url": url(asked),
        "all_url": f"{request.path}?{asked.query_string()}",
        "fields": fields,
        "address": _printed(request, [*fields, ("find", typed)] if typed else fields),
    }
    everything = replace(asked, page=1, cursor="", limit=1, facet_limit=MAX_BUCKETS)
    spec = BY_NAME[name]
    try:
        if spec.tree and wanted:
            understood = understand(everything)
            found = find_in_tree(understood, tokens_of(request), spec, spec.tree, wanted)
        else:
            results = find(everything, tokens_of(request))
            understood, found = results.understood, results.facet(name)
            found = replace(found, partial=results.partial)
    except EngineDown as error:
        logger.error("Search rests: %s", error)
        return render(request, "search/facet.html", {**context, "resting": True})
    as_asked = replace(understood.asked, page=1, cursor="", limit=asked.limit, facet_limit=asked.facet_limit)
    shown = replace(understood, asked=as_asked)
    values = page.facet_view(found, shown, shown=MAX_BUCKETS, folds_on=request.path).values
    if not spec.tree:
        values = tuple(value for value in values if wanted in value.bucket.label.lower())
    context |= {
        "values": values,
        "partial": found.partial,
        "others": found.other_count if wanted else 0,
        "more_by_name": found.more_by_name,
    }
    return render(request, "search/facet.html", context)


@require_safe
@one_look()
@time_limit(PAGE_TIMEOUT)
def suggest(request: HttpRequest) -> HttpResponse:
    """The options below the box, for what has been typed so far."""
    typed = request.GET.get("q", "")
    found = suggestions(typed, tokens_of(request), organisation_ids(request.user))
    response = render(request, "search/_typed.html", {"suggestions": found})
    patch_vary_headers(response, ["Cookie"])
    return response


@require_safe
@one_look()
@time_limit(PAGE_TIMEOUT)
def levels(request: HttpRequest) -> HttpResponse:
    """The parts of a chosen standard by competency level, under everything else that is chosen."""
    asked, complaints = parse_shared(request.GET)
    parts = request.GET.get("parts", "")
    understood = understand(replace(asked, page=1, cursor=""))
    said = [str(BY_NAME[name].label) for name in ("standard", "level")]
    context: dict[str, Any] = {
        "asked": asked,
        "complaints": complaints,
        # The heading says which standard, and each column which level.
        "chips": [chip for chip in chips.described(asked) if chip.kind not in said],
        "search_url": url(asked),
        "address": _printed(
            request, [*parse_qsl(asked.query_string()), *([("parts", parts)] if parts else [])]
        ),
    }
    try:
        context["table"] = level_table(
            understood,
            tokens_of(request),
            address=reverse("search:levels"),
            page=int(parts) if parts.isdecimal() and len(parts) < 6 else 1,
        )
    except EngineDown as error:
        logger.error("Search rests: %s", error)
        context |= {"resting": True, "chips": chips.described(asked)}
    return render(request, "search/levels.html", context)
