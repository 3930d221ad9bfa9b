"""`/api/v1/resources`: the search page's answers as JSON. Parameters and their documentation come from the registry."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from search import rescue
from search.client import EngineDown
from search.counts import tokens_of
from search.cursors import BadCursor, ExpiredCursor
from search.facets import FACETS
from search.find import find
from search.memory import one_look
from search.request import (
    FACET_LIMIT,
    LIMIT,
    MAX_FACET_LIMIT,
    MAX_LIMIT,
    MAX_QUERY,
    SearchRequest,
    Sort,
    parse,
)
from search.results import Bucket, FacetResult, Hit
from standards.models import Item
from standards.problems import Problem

router = Router()


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


class StandardOut(Schema):
    identifier: str
    code: str
    statement: str
    framework: str


class Resources(Schema):
    total: int
    total_is_exact: bool = Field(description="False only when a time limit cut the search short.")
    results: list[ResourceOut]
    facets: dict[str, FacetOut]
    did_you_mean: str | None = Field(
        description="Set where nothing matches as spelled and near spellings are answered."
    )
    next_cursor: str | None = Field(
        description="Give it as `cursor` for the results that follow, beyond the 10,000th too; null at the end."
    )
    standards: list[StandardOut] = Field(
        description="Standards whose code the query names; with no result, those near it."
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


@router.get("", response=Resources, summary="Find resources", openapi_extra={"parameters": _parameters()})
@one_look()
def find_resources(request: HttpRequest) -> dict[str, Any]:
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
    return {
        "total": results.total,
        "total_is_exact": not results.partial,
        "results": [_resource(request, hit) for hit in results.hits],
        "facets": {facet.name: _facet(facet) for facet in results.facets},
        "did_you_mean": results.did_you_mean or None,
        "next_cursor": results.next_cursor or None,
        "standards": _standards(request, asked, results.total),
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


def _resource(request: HttpRequest, hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.identifier,
        "url": request.build_absolute_uri(hit.url),
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
    }


def _standards(request: HttpRequest, asked: SearchRequest, total: int) -> list[dict[str, Any]]:
    found: list[Item] = rescue.recognised_standards(asked.q)
    if not found and not total:
        found = rescue.nearest_standards(asked.q, request.user)
    return [
        {
            "identifier": item.identifier,
            "code": item.human_coding_scheme,
            "statement": item.full_statement,
            "framework": item.framework.short_name,
        }
        for item in found
    ]
