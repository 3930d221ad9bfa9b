"""`/api/v1/frameworks`: which frameworks there are, and where each can be had whole."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Field, Router, Schema

from standards.browsing import frameworks_with_size, place, subjects_of
from standards.exports import FORMATS
from standards.models import Framework
from standards.problems import refuse_other_parameters

router = Router()


class FrameworkOut(Schema):
    framework: str = Field(description="The short name, by which other addresses ask for it.")
    title: str
    identifier: str
    uri: str
    url: str = Field(description="Its page on this site.")
    jurisdiction: str = Field(description="Where it holds.")
    publisher: str
    subjects: list[str] = Field(description="As the source names them.")
    grades: list[str] = Field(description="CEDS codes.")
    language: str
    version: str
    adoption_status: str
    license: str
    adopted_by: list[str] = Field(description="Districts, and the state.")
    statements: int = Field(description="Those that are not retired.")
    updated_at: str = Field(description="ISO 8601. When what is stored of it changed last.")
    downloads: dict[str, str] = Field(description="The whole framework, by format.")


class Frameworks(Schema):
    results: list[FrameworkOut]


@router.get("", response=Frameworks, summary="All frameworks")
def list_frameworks(request: HttpRequest) -> dict[str, Any]:
    """In the order of their titles."""
    refuse_other_parameters(request, ())
    found = frameworks_with_size(request.user).select_related("license")
    return {"results": [_framework(request, one) for one in found]}


def _framework(request: HttpRequest, one: Framework) -> dict[str, Any]:
    license = one.license
    return {
        "framework": one.short_name,
        "title": one.title,
        "identifier": one.identifier,
        "uri": one.uri,
        "url": request.build_absolute_uri(one.get_absolute_url()),
        "jurisdiction": place(one),
        "publisher": one.publisher or one.creator,
        "subjects": subjects_of(one),
        "grades": one.grades,
        "language": one.language,
        "version": one.version,
        "adoption_status": one.adoption_status,
        "license": (license.title or license.license_text) if license else "",
        "adopted_by": [adoption.organisation.name for adoption in one.adoptions.all()],
        "statements": one.statements,  # type: ignore[attr-defined]  # annotated by the selector
        "updated_at": one.updated_at.isoformat(),
        "downloads": {
            name: request.build_absolute_uri(reverse("standards:download", args=[one.short_name, name]))
            for name in FORMATS
        },
    }
