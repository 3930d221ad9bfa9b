"""The JSON API, version 1: one object that gathers each app's router."""

import logging
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from search.api import router as resources_router
from search.api import typing_router
from search.suggest_api import router as suggest_router
from standards.api import router as standards_router
from standards.problems import Problem

logger = logging.getLogger(__name__)

api = NinjaAPI(
    title="Statewide resources",
    version="1",
    urls_namespace="api",
    docs_url="/docs",
    description=(
        "Find standards, and the teaching resources that are aligned to them. Without signing in you see what is "
        "public. Errors are problem documents (RFC 9457)."
    ),
)
api.add_router("/resources", resources_router, tags=["Resources"])
api.add_router("/suggest", typing_router, tags=["Resources"])
# Before the look-up of one standard, which takes whatever stands in this place.
api.add_router("/standards", suggest_router, tags=["Standards"])
api.add_router("/standards", standards_router, tags=["Standards"])


def _respond(problem: Problem) -> HttpResponse:
    return JsonResponse(problem.document(), status=problem.status, content_type="application/problem+json")


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return _respond(error)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found: list[dict[str, Any]] = [
        {"parameter": str(one["loc"][-1]), "message": one["msg"]} for one in error.errors
    ]
    detail = "; ".join(f"{one['parameter']}: {one['message']}" for one in found)
    return _respond(Problem(400, _("Invalid value"), detail, errors=found))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _respond(Problem(404, _("Not found"), _("There is nothing at this address.")))


@api.exception_handler(SuspiciousOperation)
def _suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """Django's own limits, such as that of the number of parameters."""
    return _respond(Problem(400, _("Refused"), _("This address has too many parameters, or cannot be read.")))


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _respond(Problem(error.status_code, _("Refused"), str(error)))


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.exception("%s failed", request.path)
    return _respond(Problem(500, _("Internal error"), _("It was recorded. Please try again later.")))
