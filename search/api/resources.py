"""`/api/v1/resources`: the search page's answers as JSON. Parameters and their documentation come from the registry."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Router

from search import memory, query, rescue
from search.api.schemas import ResourceFacts, Resources, parameters
from search.client import PAGE_TIMEOUT, EngineDown, ask, server_timing, time_limit
from search.counts import tokens_of
from search.cursors import BadCursor, ExpiredCursor
from search.find import find
from search.hits import make_hit
from search.related import find_related
from search.request import SearchRequest, parse
from search.results import Bucket, FacetResult, Hit, Results
from search.understanding import Part, Understood
from search.unknown_codes import unknown_codes
from search.words import NONE
from standards.models import Framework, Item
from standards.problems import Problem, problem_answers, refuse_other_parameters, refused
from standards.selectors import items

router = Router()


@router.get(
    "",
    response=Resources,
    summary="Find resources",
    openapi_extra={"parameters": parameters(), "responses": problem_answers(410)},
)
@memory.one_look()
@time_limit(PAGE_TIMEOUT)
def find_resources(request: HttpRequest) -> HttpResponse:
    """The search page's answer. Values of one filter are joined by OR, filters by AND."""
    # Answered as it is: checking it against `Resources` again takes as long as all the rest; a test does that.
    asked, complaints = parse(request.GET)
    if complaints:
        errors = [{"parameter": one.parameter, "message": one.message} for one in complaints]
        detail = " ".join(f"{one.parameter}: {one.message}" for one in complaints)
        candidates = [dict(candidate) for one in complaints for candidate in one.candidates]
        raise Problem(
            400,
            _("Invalid value"),
            detail,
            errors=errors,
            **({"candidates": candidates} if candidates else {}),
        )
    try:
        results = find(asked, tokens_of(request))
        related = find_related(results.understood, tokens_of(request)) if asked.related else None
    except BadCursor as error:
        raise refused("cursor", str(error)) from error
    except ExpiredCursor as error:
        again = _(
            "Begin again with cursor=start, or go on from the same place in the present state with `renewed`."
        )
        raise Problem(410, _("Cursor expired"), f"{error} {again}", renewed=error.renewed) from error
    except EngineDown as error:
        raise _resting() from error
    site = request.build_absolute_uri("/").removesuffix("/")
    names = _short_names([*results.hits, *(related.hits if related else ())])
    return JsonResponse(
        {
            "total": results.total,
            "rows": results.rows,
            "total_is_exact": not results.partial,
            "results": [_resource(site, hit, names) for hit in results.hits],
            "facets": {facet.name: _facet(facet) for facet in results.facets},
            "did_you_mean": results.did_you_mean or None,
            "next_cursor": results.next_cursor or None,
            "understood": _understood(results.understood),
            "put_aside": [_part(part, applied=False) for part in results.put_aside],
            "related": None
            if related is None
            else {
                "total": related.total,
                "total_is_exact": not (related.at_least or related.partial),
                "results": [_resource(site, hit, names) for hit in related.hits],
            },
            "standards": _standards(request, results),
            "unknown_codes": [
                {"code": one.code, "near": [_standard(item) for item in one.near]}
                for one in unknown_codes(results.understood, request.user, nothing_found=not results.total)
            ],
        },
        headers={"Server-Timing": server_timing()},
    )


@router.get(
    "/{identifier}",
    response=ResourceFacts,
    summary="One resource",
)
@memory.one_look()
@time_limit(PAGE_TIMEOUT)
def show_resource(request: HttpRequest, identifier: str) -> dict[str, Any]:
    """What a list says of a resource, by its `id`."""
    refuse_other_parameters(request, ())
    asked = query.visible(tokens_of(request))
    asked["bool"]["filter"].append({"term": {"identifier": identifier.lower()}})
    try:
        found = ask({"query": asked, "size": 1, "timeout": query.TIME_LIMIT, "_source": list(query.CARRIED)})
    except EngineDown as error:
        raise _resting() from error
    if not found["hits"]["hits"]:
        detail = _("No resource that you may see has the id “%(value)s”. A list gives it as `id`.")
        raise Problem(404, _("Unknown resource"), detail % {"value": identifier})
    hit = make_hit(found["hits"]["hits"][0], SearchRequest(), NONE)
    return _facts(request.build_absolute_uri("/").removesuffix("/"), hit, _short_names([hit]))


def _resting() -> Problem:
    return Problem(503, _("Search is resting"), _("The search engine is away. Please try again in a minute."))


def _short_names(hits: Sequence[Hit]) -> dict[str, str]:
    """The short names of the frameworks of all standards of these, by the standards' identifiers."""
    named = {one.identifier for hit in hits for one in hit.all_standards}
    known: dict[str, str] = memory.keep("framework names", [Framework, Item], dict)
    return memory.keep_values(known, named, _read_short_names)


def _read_short_names(identifiers: list[str]) -> dict[str, str]:
    found = items().filter(identifier__in=identifiers).order_by()
    return dict(found.values_list("identifier", "framework__short_name"))


def _understood(understood: Understood) -> list[dict[str, Any]]:
    return [
        _part(part, applied=part in understood.applied) for part in (*understood.applied, *understood.offered)
    ]


def _part(part: Part, *, applied: bool) -> dict[str, Any]:
    return {
        "facet": part.facet,
        "values": part.values,
        "label": part.label,
        "words": part.words,
        "applied": applied,
    }


def _facet(facet: FacetResult) -> dict[str, Any]:
    return {
        "label": facet.label,
        "buckets": [_bucket(bucket) for bucket in facet.buckets],
        "other_count": facet.other_count,
    }


def _bucket(bucket: Bucket) -> dict[str, Any]:
    return {
        "value": bucket.value,
        "label": bucket.label,
        "count": bucket.count,
        "selected": bucket.selected,
        "code": bucket.code,
        "group": bucket.group,
        "has_children": bucket.has_children,
        "children": [_bucket(child) for child in bucket.children],
    }


def _resource(site: str, hit: Hit, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        **_facts(site, hit, names),
        "why": list(hit.why),
        "picked": hit.picked,
        "versions": [
            {"id": one.identifier, "url": f"{site}{one.url}", "title": one.title} for one in hit.versions
        ],
    }


def _facts(site: str, hit: Hit, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": hit.identifier,
        "url": urljoin(site, hit.url),
        "title": hit.title,
        "summary": hit.summary,
        "source_url": hit.link_url,
        "kind": hit.kind_slug,
        "grades": hit.grade_codes,
        "subjects": [subject.slug for subject in hit.subjects],
        "minutes": hit.minutes,
        "language": hit.language,
        "standards": [
            {
                "identifier": one.identifier,
                "code": one.code,
                "statement": one.statement,
                "framework": names.get(one.identifier, ""),
                "framework_title": one.framework,
                "relation": one.relation_key,
                "level": one.level_key,
                "matched": one.matched,
                "disputed": one.disputed,
            }
            for one in hit.all_standards
        ],
        "levels": list(dict.fromkeys(one.level_key for one in hit.all_standards if one.level_key)),
        "licence": hit.licence_key,
        "author": hit.author,
        "district": hit.district,
        "filters": hit.filters,
        "published_at": hit.published_at and hit.published_at.isoformat(),
        "changed_at": hit.changed_at and hit.changed_at.isoformat(),
    }


def _standards(request: HttpRequest, results: Results) -> list[dict[str, Any]]:
    found: Sequence[Item] = results.understood.standards
    if not found and not results.total:
        found = rescue.nearest_standards(results.understood.asked.q, request.user)
    return [_standard(item) for item in found]


def _standard(item: Item) -> dict[str, Any]:
    return {
        "identifier": item.identifier,
        "code": item.human_coding_scheme,
        "statement": item.full_statement,
        "framework": item.framework.short_name,
    }
