"""The search page, and the list of all values of one facet."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from search import page, rescue
from search.client import EngineDown
from search.counts import tokens_of
from search.cursors import BadCursor, ExpiredCursor
from search.facets import BY_NAME
from search.find import find
from search.memory import one_look
from search.query import MAX_BUCKETS
from search.request import Complaint, SearchRequest, parse
from search.results import Results
from standards.models import Item

logger = logging.getLogger(__name__)


@require_safe
@one_look()
def search(request: HttpRequest) -> HttpResponse:
    """Every state of the page is its address. htmx asks for the changing part alone."""
    asked, complaints = parse(request.GET)
    try:
        response = _results(request, asked, complaints)
    except EngineDown as error:
        logger.error("Search rests: %s", error)
        response = _resting(request, asked, complaints)
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response


def _results(request: HttpRequest, asked: SearchRequest, complaints: list[Complaint]) -> HttpResponse:
    results, asked, refreshed = _found(request, asked, complaints)
    labels = page.labels_of(results)
    empty = results.total == 0
    context = {
        "hide_search": True,
        "asked": asked,
        "results": results,
        "complaints": complaints,
        "chips": page.chips(asked, labels),
        "clear_url": page.url(SearchRequest()),
        "facets": page.facets(results, asked),
        "sort_links": page.sort_links(asked),
        "keep_query": page.kept_query(asked),
        "pager": page.pager(asked, results.total, results.next_cursor),
        "refreshed": refreshed,
        "hidden_fields": page.hidden_fields(asked),
        "first": results.first,
        "recognised": _links(asked, rescue.recognised_standards(asked.q)),
        "did_you_mean_url": page.url(SearchRequest(q=results.did_you_mean, chosen=asked.chosen)),
        "ways_out": _ways_out(request, asked) if empty else [],
        "nearest": _links(asked, rescue.nearest_standards(asked.q, request.user)) if empty else [],
        "past_the_end": not empty and not results.hits and not results.next_cursor,
        "first_page_url": page.page_url(asked, 1),
    }
    is_part = getattr(request, "htmx", False) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(request, "search/_region.html" if is_part else "search/search.html", context)
    if is_part:
        # A form sends empty fields too; the address in the bar is the plain one.
        response["HX-Push-Url"] = page.url(asked)
    return response


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


def _links(asked: SearchRequest, items: Iterable[Item]) -> list[dict[str, Any]]:
    """Standards, each with the search for what is aligned to it."""
    chosen = asked.values("standard")
    return [
        {"item": item, "url": page.url(SearchRequest().choosing("standard", [item.identifier]))}
        for item in items
        if item.identifier not in chosen
    ]


def _ways_out(request: HttpRequest, asked: SearchRequest) -> list[dict[str, Any]]:
    return [
        {
            "label": BY_NAME[way.facet].label if way.facet else f"“{asked.q}”",
            "count": way.count,
            "url": page.url(way.request),
        }
        for way in rescue.ways_out(asked, tokens_of(request))
    ]


def _resting(request: HttpRequest, asked: SearchRequest, complaints: list[Complaint]) -> HttpResponse:
    context = {
        "hide_search": True,
        "asked": asked,
        "complaints": complaints,
        "chips": page.chips(asked, page.looked_up_labels(asked)),
        "found": rescue.plain_lookup(asked.q, request.user),
        "standards": rescue.nearest_standards(asked.q, request.user),
        "hidden_fields": page.hidden_fields(asked),
    }
    part = "search/_resting.html" if getattr(request, "htmx", False) else "search/resting.html"
    return render(request, part, context)


@require_safe
@one_look()
def facet(request: HttpRequest, name: str) -> HttpResponse:
    """All values of a facet under the present search, however many, with a box to look among them."""
    if name not in BY_NAME:
        raise Http404
    asked, complaints = parse(request.GET, also=("find",))
    wanted = " ".join(request.GET.get("find", "").split())[:100].lower()
    context = {
        "asked": asked,
        "complaints": complaints,
        "label": BY_NAME[name].label,
        "wanted": wanted,
        "back_url": page.url(asked),
        "fields": [*([("q", asked.q)] if asked.q else []), *asked.pairs()],
    }
    everything = replace(asked, page=1, cursor="", limit=1, facet_limit=MAX_BUCKETS)
    try:
        found = find(everything, tokens_of(request)).facet(name)
    except EngineDown as error:
        logger.error("Search rests: %s", error)
        return render(request, "search/facet.html", {**context, "resting": True})
    values = page.facet_view(found, asked, shown=MAX_BUCKETS).values
    context["values"] = [v for v in values if wanted in f"{v.bucket.code} {v.bucket.label}".lower()]
    return render(request, "search/facet.html", context)
