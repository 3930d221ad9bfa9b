"""The JSON API, version 1: one object that gathers each app's router, and what holds for every address below it."""

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from config.away import away
from search.api.as_you_type import router as typing_router
from search.api.resources import router as resources_router
from search.api.suggest import router as suggest_router
from standards.api import router as standards_router
from standards.frameworks_api import router as frameworks_router
from standards.problems import PROBLEM, Problem, problem_answers

logger = logging.getLogger(__name__)

RETRY_AFTER = "60"  # seconds, where the engine or the database is away
_UNREADABLE = "Cannot parse request body"  # what ninja says of it


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Programs that are generated name their functions by it: without our modules, which move."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """With the problem documents of every operation. Those of one alone are told where it is (`openapi_extra`)."""
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for address, operations in schema["paths"].items():
            for operation in operations.values():
                named = [404] if "{" in address else []
                large = [413] if "requestBody" in operation else []
                operation["responses"] |= problem_answers(400, *named, *large, 500, 503)
        return schema


api = Api(
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
api.add_router("/frameworks", frameworks_router, tags=["Standards"])


def _respond(problem: Problem, headers: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse(
        problem.document(),
        status=problem.status,
        content_type="application/problem+json",
        headers={**({"Retry-After": RETRY_AFTER} if problem.status == 503 else {}), **(headers or {})},
    )


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return _respond(error, dict(error.headers))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found: list[dict[str, Any]] = [
        {"parameter": _named(one["loc"]), "message": one["msg"]} for one in error.errors
    ]
    detail = "; ".join(f"{one['parameter']}: {one['message']}" for one in found)
    return _respond(Problem(400, _("Invalid value"), detail, errors=found))


def _named(place: Sequence[str | int]) -> str:
    """A place as its sender knows it: `limit`, `grades[0]`, `body`. In a body, ninja puts the name of our argument first."""
    source, *steps = place
    name = ""
    for step in steps[1:] if source == "body" else steps:
        name += f"[{step}]" if isinstance(step, int) else f".{step}" if name else step
    return name or str(source)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return nothing_here(request)


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    most = filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return _respond(
        Problem(413, _("Too large"), _("The body is larger than %(most)s. Send less.") % {"most": most})
    )


@api.exception_handler(TooManyFieldsSent)
def _too_many(request: HttpRequest, error: TooManyFieldsSent) -> HttpResponse:
    detail = _("This address has more than %(most)d parameters.")
    return _respond(
        Problem(400, _("Refused"), detail % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or 0})
    )


@api.exception_handler(SuspiciousOperation)
def _suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    return _respond(Problem(400, _("Refused"), _("This request cannot be read.")))


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    detail = str(error)
    if error.status_code == 400 and detail == _UNREADABLE:
        detail = _("The body is no JSON. Send an object, as /api/v1/docs shows it.")
    return _respond(Problem(error.status_code, _("Refused"), detail))


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.exception("%s failed", request.path)
    if away(error):
        detail = _("The database does not answer. Please try again in a minute.")
        return _respond(Problem(503, _("Database away"), detail))
    return _respond(Problem(500, _("Internal error"), _("It was recorded. Please try again later.")))


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """For whatever else stands below /api/v1: a program cannot read the site's page for what is not there."""
    detail = _(
        "There is nothing at this address. /api/v1/docs lists those there are; none ends with a slash."
    )
    return _respond(Problem(404, _("Not found"), detail))


def _completed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`view` with what ninja leaves out: HEAD where there is GET, and problem documents for 404 and 405."""

    @csrf_exempt
    @wraps(view)
    def complete(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        method = request.method
        if method == "HEAD":
            request.method = "GET"  # the server leaves out the body, as for Django's own views
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return nothing_here(request)
        finally:
            request.method = method
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        allowed = response["Allow"].replace("GET", "GET, HEAD")
        detail = _("This address takes %(methods)s only.") % {"methods": allowed}
        return _respond(Problem(405, _("Method not allowed"), detail), {"Allow": allowed})

    return complete


def _complete_urls() -> tuple[list[URLPattern], str, str]:
    patterns, app_name, namespace = api.urls
    complete = [
        path(str(one.pattern), _completed(one.callback), name=one.name)
        for one in patterns
        if isinstance(one, URLPattern)
    ]
    return complete, app_name, namespace


urlpatterns = [path("api/v1/", _complete_urls()), re_path(r"^api/v1(?:/[\s\S]*)?\Z", nothing_here)]
