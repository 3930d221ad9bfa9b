"""`/api/v1/resources`: the search page's answers as JSON. Parameters and their documentation come from the registry."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from search import rescue
from search.as_you_type import suggestions
from search.client import PAGE_TIMEOUT, EngineDown, server_timing, time_limit
from search.counts import tokens_of
from search.cursors import BadCursor, ExpiredCursor
from search.facets import FACETS
from search.find import find
from search.memory import one_look
from search.related import find_related
from search.request import (
    AS_TYPED,
    FACET_LIMIT,
    LIMIT,
    MAX_FACET_LIMIT,
    MAX_LIMIT,
    MAX_QUERY,
    Sort,
    parse,
)
from search.results import Bucket, FacetResult, Hit, Results
from search.understanding import Part, Understood
from search.unknown_codes import unknown_codes
from standards.models import Item
from standards.problems import Problem, problem_answers, refuse_unknown_parameters

router = Router()
typing_router = Router()


class Typed(Schema):
    q: str = Field("", max_length=MAX_QUERY, description="What was typed so far; from two characters.")


class SuggestionOut(Schema):
    kind: str = Field(description="`standard`, `topic` or `resource`.")
    label: str = Field(description="A code, a topic's name or a title.")
    detail: str = Field(description="The standard's words; otherwise empty.")
    value: str = Field(description="What the filter of that name takes; a resource's id.")
    url: str


class Suggestions(Schema):
    suggestions: list[SuggestionOut]


@typing_router.get("", response=Suggestions, summary="What a box may offer while somebody types")
@one_look()
@time_limit(PAGE_TIMEOUT)
def suggest_while_typing(request: HttpRequest, typed: Query[Typed]) -> dict[str, Any]:
    """Standards by code or words, topics and titles: those that begin so. Nothing for less than two characters."""
    refuse_unknown_parameters(request, Typed.model_fields)
    found = suggestions(typed.q, tokens_of(request))
    return {
        "suggestions": [
            {
                "kind": one.kind,
                "label": one.label,
                "detail": one.detail,
                "value": one.value,
                "url": request.build_absolute_uri(one.url),
            }
            for one in found
        ]
    }


class BucketOut(Schema):
    value: str
    label: str
    count: int = Field(
        description="Resources there were if this were the only value chosen in its facet, all other filters kept."
    )
    selected: bool
    code: str = Field("", description="In the standards facet: the standard's code.")
    group: str = Field("", description="What the value belongs to: a level's scale.")
    has_children: bool = Field(False, description="In a tree: `open=facet:value` unfolds it.")
    children: list["BucketOut"] = []


class FacetOut(Schema):
    label: str
    buckets: list[BucketOut]
    other_count: int = Field(description="Values not shown: ask for more with `facet_limit`.")


class AlignmentOut(Schema):
    identifier: str
    code: str
    statement: str
    framework: str
    relation: str
    level: str = Field(description="`scale:level`, or empty.")
    matched: bool = Field(description="The search asked for it.")


class VersionOut(Schema):
    id: str
    url: str
    title: str


class ResourceOut(Schema):
    id: str
    url: str
    title: str
    summary: str
    source_url: str = Field(
        description="Where a resource that is kept elsewhere is; empty for one that is here."
    )
    kind: str
    grades: list[str] = Field(description="CEDS codes.")
    subjects: list[str]
    standards: list[AlignmentOut]
    levels: list[str] = Field(description="`scale:level` of each alignment.")
    why: list[str] = Field(description="Why it is in the list, in words.")
    licence: str
    author: str
    district: str
    picked: bool = Field(description="Picked by coordinators for this query.")
    versions: list[VersionOut] = Field(
        description="Other resources that are nearly the same; this one stands for them."
    )


class StandardOut(Schema):
    identifier: str
    code: str
    statement: str
    framework: str


class UnderstoodOut(Schema):
    facet: str
    values: list[str]
    label: str
    words: str = Field(description="The words of the query that say it.")
    applied: bool = Field(
        description="True: it filters, unless `as_typed` names its facet. False: it could; the words are looked for as text."
    )


class RelatedOut(Schema):
    total: int = Field(description="Counts none of the search's own `results`.")
    total_is_exact: bool = Field(
        description="False where a time limit cut it short, or only the closest of very many equivalents were followed."
    )
    results: list[ResourceOut] = Field(
        description="The first reason in `why` is the association that leads here."
    )


class UnknownCodeOut(Schema):
    code: str = Field(description="As it was typed.")
    near: list[StandardOut] = Field(description="Standards that may have been meant, the nearest first.")


class Resources(Schema):
    total: int = Field(description="Resources, near-duplicates each counted.")
    rows: int = Field(description="Results to page through: near-duplicates are one, under the best of them.")
    total_is_exact: bool = Field(description="False only when a time limit cut the search short.")
    results: list[ResourceOut]
    facets: dict[str, FacetOut]
    did_you_mean: str | None = Field(
        description="Set where nothing matches as spelled: `results` are those of this query, or come near."
    )
    understood: list[UnderstoodOut] = Field(description="What the query says beside its words.")
    put_aside: list[UnderstoodOut] = Field(
        description="Grades and times in the query that left nothing. The words of times were looked for instead."
    )
    related: RelatedOut | None = Field(
        description="With `related=1`: resources for equivalents of the standards asked for, over crosswalks."
    )
    next_cursor: str | None = Field(
        description="Give it as `cursor` for the results that follow, beyond the 10,000th too; null at the end."
    )
    standards: list[StandardOut] = Field(
        description="Standards whose code the query names; with no result, those near it."
    )
    unknown_codes: list[UnknownCodeOut] = Field(
        description="Codes in the query that no standard has. They are looked for in texts, as they are written."
    )


def _parameters() -> list[dict[str, Any]]:
    """The parameters as OpenAPI has them."""

    def one(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
        return {"in": "query", "name": name, "schema": schema, "description": description, "required": False}

    number = {"type": "integer", "minimum": 1}
    facets = [
        one(
            spec.name,
            {"type": "array", "items": {"type": "string"}},
            f"{spec.label}. Repeat it for several values, which are joined by OR. See `facets.{spec.name}` for values.",
        )
        for spec in FACETS
    ]
    trees = ", ".join(spec.name for spec in FACETS if spec.tree)
    return [
        one("q", {"type": "string", "maxLength": MAX_QUERY}, "Words, or a standard's code in any spelling."),
        *facets,
        one(
            "as_typed",
            {"type": "array", "items": {"type": "string", "enum": list(AS_TYPED)}},
            "Look for the words of these facets as words, though they could be filters; `spelling`: correct nothing.",
        ),
        one(
            "related",
            {"type": "integer", "minimum": 0, "default": 0},
            "The page of `related`: resources for equivalents of the standards asked for. 0: none (strict).",
        ),
        one(
            "sort",
            {"type": "string", "enum": [sort.value for sort in Sort], "default": "relevance"},
            "The order.",
        ),
        one("page", {**number, "default": 1}, "From 1, as far as the 10,000th result. Beyond it, `cursor`."),
        one(
            "cursor",
            {"type": "string"},
            "The `next_cursor` of the last answer, or `start` to read a whole list in one state. Good for five minutes,"
            " and for half an hour since `start`; bound to the search and to the reader.",
        ),
        one("limit", {**number, "maximum": MAX_LIMIT, "default": LIMIT}, "Results a page."),
        one("facet_limit", {**number, "maximum": MAX_FACET_LIMIT, "default": FACET_LIMIT}, "Values a facet."),
        one(
            "open",
            {"type": "array", "items": {"type": "string"}},
            f"Nodes of trees ({trees}) to unfold, as in `standard:MER-MATH`.",
        ),
    ]


@router.get(
    "",
    response=Resources,
    summary="Find resources",
    openapi_extra={"parameters": _parameters(), "responses": problem_answers(410, 503)},
)
@one_look()
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
        errors = [{"parameter": "cursor", "message": str(error)}]
        raise Problem(400, _("Invalid value"), str(error), errors=errors) from error
    except ExpiredCursor as error:
        again = _(
            "Begin again with cursor=start, or go on from the same place in the present state with `renewed`."
        )
        raise Problem(410, _("Cursor expired"), f"{error} {again}", renewed=error.renewed) from error
    except EngineDown as error:
        raise Problem(
            503, _("Search is resting"), _("The search engine is away. Please try again in a minute.")
        ) from error
    site = request.build_absolute_uri("/").removesuffix("/")
    return JsonResponse(
        {
            "total": results.total,
            "rows": results.rows,
            "total_is_exact": not results.partial,
            "results": [_resource(site, hit) for hit in results.hits],
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
                "results": [_resource(site, hit) for hit in related.hits],
            },
            "standards": _standards(request, results),
            "unknown_codes": [
                {"code": one.code, "near": [_standard(item) for item in one.near]}
                for one in unknown_codes(results.understood, request.user, nothing_found=not results.total)
            ],
        },
        headers={"Server-Timing": server_timing()},
    )


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


def _resource(site: str, hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.identifier,
        "url": urljoin(site, hit.url),
        "title": hit.title,
        "summary": hit.summary,
        "source_url": hit.link_url,
        "kind": hit.kind_slug,
        "grades": hit.grade_codes,
        "subjects": [subject.slug for subject in hit.subjects],
        "standards": [
            {
                "identifier": one.identifier,
                "code": one.code,
                "statement": one.statement,
                "framework": one.framework,
                "relation": one.relation_key,
                "level": one.level_key,
                "matched": one.matched,
            }
            for one in hit.all_standards
        ],
        "levels": list(dict.fromkeys(one.level_key for one in hit.all_standards if one.level_key)),
        "why": list(hit.why),
        "licence": hit.licence_key,
        "author": hit.author,
        "district": hit.district,
        "picked": hit.picked,
        "versions": [
            {"id": one.identifier, "url": f"{site}{one.url}", "title": one.title} for one in hit.versions
        ],
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
