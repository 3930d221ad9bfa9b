"""`POST /api/v1/standards/suggest`: what a lesson may be aligned to, from its words."""

from typing import Annotated, Any

from allauth.core import ratelimit
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from pydantic import BeforeValidator

from people.selectors import organisation_ids
from search.client import PAGE_TIMEOUT, time_limit
from search.counts import tokens_of
from search.suggested.frameworks import chosen_frameworks
from search.suggested.suggest import MAX_SUGGESTIONS, MAX_TEXT, Described, Suggestion, suggest
from standards.access import visible_frameworks
from standards.grades import normalise_grades
from standards.models import Framework
from standards.problems import TooOften, problem_answers, refused

router = Router()


def _whole(text: Any) -> Any:
    """Half of a character, as of an emoji that a program cut in two, is no text."""
    return text.encode(errors="replace").decode() if isinstance(text, str) else text


Words = Annotated[str, BeforeValidator(_whole)]


class Text(Schema):
    """What is known of the lesson."""

    title: Words = Field(max_length=1000)
    text: Words = Field("", max_length=MAX_TEXT, description="What students learn and do, in plain words.")
    grades: list[str] = Field(
        [], max_length=20, description="CEDS codes; `5`, `K` and `Grade 5` are taken too."
    )
    frameworks: list[str] = Field(
        [], max_length=20, description="Short names. None: what your district or state has adopted."
    )
    limit: int = Field(10, ge=1, le=MAX_SUGGESTIONS)

    model_config = {"extra": "forbid"}


class SuggestionOut(Schema):
    identifier: str
    code: str
    statement: str
    framework: str = Field(description="The framework's short name.")
    path: list[str] = Field(description="The statements above it, from the root.")
    score: float = Field(description="For comparing within this answer only.")
    words: list[str] = Field(description="Words of the lesson that speak for it.")
    resources: int = Field(description="Resources like the lesson that are aligned to it.")
    near_in_meaning: bool = Field(
        description="Its meaning speaks for it, whatever the words. Never true where the site uses no language model."
    )


class SuggestionsOut(Schema):
    results: list[SuggestionOut]


@router.post(
    "/suggest",
    response=SuggestionsOut,
    summary="Suggest standards for a lesson",
    openapi_extra={"responses": problem_answers(429)},
)
@time_limit(PAGE_TIMEOUT)
def suggest_standards(request: HttpRequest, asked: Text) -> dict[str, Any]:
    """The likeliest standards, the best first, each with what speaks for it. Nothing is applied: a person decides."""
    _not_too_often(request)
    described = Described(gist=f"{asked.title}\n{asked.text}", grades=_grades(asked.grades))
    frameworks = _frameworks(request, asked.frameworks)
    found = suggest(described, frameworks, tokens_of(request), limit=asked.limit)
    return {"results": [_out(one) for one in found]}


def _not_too_often(request: HttpRequest) -> None:
    """Each answer is a fifth of a second of a processor, and anybody may ask. Counted by account, so that a school that
    comes from one address is not one; that of visitors by address, as sign-ins are. The rates: ACCOUNT_RATE_LIMITS."""
    by = "account" if request.user.is_authenticated else "address"
    if not ratelimit.consume(request, action=f"suggest_standards_by_{by}"):
        raise TooOften(seconds=60)


def _grades(values: list[str]) -> tuple[str, ...]:
    codes: dict[str, None] = {}
    for place, value in enumerate(values):
        found = normalise_grades(value)
        if not found:
            raise refused(f"grades[{place}]", _("“%(value)s” is no grade.") % {"value": value[:80]})
        codes.update(dict.fromkeys(found))
    return tuple(codes)


def _frameworks(request: HttpRequest, names: list[str]) -> list[Framework]:
    if not names:
        return chosen_frameworks(organisation_ids(request.user))
    found = {one.short_name.lower(): one for one in visible_frameworks()}
    for place, name in enumerate(names):
        if name.lower() not in found:
            message = _("No framework has the short name “%(name)s”. /api/v1/frameworks lists them.")
            raise refused(f"frameworks[{place}]", message % {"name": name[:80]})
    return [found[name.lower()] for name in dict.fromkeys(names)]


def _out(one: Suggestion) -> dict[str, Any]:
    return {
        "identifier": one.item.identifier,
        "code": one.item.human_coding_scheme,
        "statement": one.item.full_statement,
        "framework": one.item.framework.short_name,
        "path": [step.full_statement for step in one.found.path],
        "score": one.score,
        "words": one.words,
        "resources": one.votes,
        "near_in_meaning": one.near,
    }
