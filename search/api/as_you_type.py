"""`GET /api/v1/suggest`: what the box offers while somebody types, for other programs."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from people.selectors import organisation_ids
from search.as_you_type import suggestions
from search.client import PAGE_TIMEOUT, time_limit
from search.counts import tokens_of
from search.memory import one_look
from search.request import MAX_QUERY
from standards.problems import refuse_other_parameters

router = Router()


class Typed(Schema):
    q: str = Field("", max_length=MAX_QUERY, description="What was typed so far; from two characters.")


class OfferOut(Schema):
    kind: str = Field(description="`standard`, `topic` or `resource`.")
    label: str = Field(description="A code, a topic's name or a title.")
    detail: str = Field(description="The standard's words; otherwise empty.")
    value: str = Field(description="What the filter of that name takes; a resource's id.")
    url: str


class Offers(Schema):
    suggestions: list[OfferOut]


@router.get("", response=Offers, summary="What a box may offer while somebody types")
@one_look()
@time_limit(PAGE_TIMEOUT)
def suggest_while_typing(request: HttpRequest, typed: Query[Typed]) -> dict[str, Any]:
    """Standards by code or words, topics and titles: those that begin so. Nothing for less than two characters."""
    refuse_other_parameters(request, Typed.model_fields)
    found = suggestions(typed.q, tokens_of(request), organisation_ids(request.user))
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
