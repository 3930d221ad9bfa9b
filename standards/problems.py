"""What an API call is refused with: a problem document (RFC 9457). `config.api` turns the exception into one."""

from collections.abc import Collection, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

# The document as OpenAPI has it.
PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457.",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong with this request, and what to do."},
        "parameters": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Those that are not known.",
        },
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"parameter": {"type": "string"}, "message": {"type": "string"}},
                "required": ["parameter", "message"],
            },
        },
        "candidates": {"type": "array", "items": {"type": "object"}, "description": "Standards it may mean."},
        "renewed": {"type": "string", "description": "A cursor to go on with."},
    },
    "required": ["type", "title", "status", "detail"],
}
_WHEN = {
    400: "An unknown parameter or value, or a code that names several standards.",
    404: "Nothing is known by this name.",
    410: "The cursor is too old.",
    413: "The body is too large.",
    429: "Asked too often; `Retry-After` says when to ask again.",
    500: "A mistake of ours; it was recorded.",
    503: "Search is resting, or the database is away; `Retry-After` says when to ask again.",
}


class Problem(Exception):
    """Raised anywhere below an API operation.

    status: the HTTP status; title: the same for every problem of the kind; detail: what is wrong with this
    request and what to do; more: further members of the document, JSON-ready.
    """

    headers: Mapping[str, str] = {}

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.more = more

    def document(self) -> dict[str, Any]:
        return {
            "type": "about:blank",
            "title": str(self.title),
            "status": self.status,
            "detail": str(self.detail),
            **self.more,
        }


def refused(parameter: str, message: str) -> Problem:
    """One value that is not taken: where it is, as its sender knows it, and what is wrong with it."""
    errors = [{"parameter": parameter, "message": message}]
    return Problem(400, _("Invalid value"), f"{parameter}: {message}", errors=errors)


class TooOften(Problem):
    """seconds: after so many it is answered again."""

    def __init__(self, *, seconds: int) -> None:
        detail = _("You ask more often than this address answers. Ask again in %(seconds)d seconds.")
        super().__init__(429, _("Too many requests"), detail % {"seconds": seconds})
        self.headers = {"Retry-After": str(seconds)}


def problem_answers(*statuses: int) -> dict[int, dict[str, Any]]:
    """The `responses` of an operation of OpenAPI that are problem documents. `config.api` adds those that all have."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _WHEN[status], "content": content} for status in statuses}


def refuse_other_parameters(request: HttpRequest, known: Collection[str]) -> None:
    """Of parameters that are single values: Problem 400 for one that is not among these, or is there more than once.

    A misspelled filter must not answer with everything, nor two values with what the last of them finds.
    """
    unknown = sorted(set(request.GET) - set(known))
    if unknown:
        raise Problem(
            400,
            _("Unknown parameter"),
            _("Unknown: %(unknown)s. This address takes: %(known)s.")
            % {"unknown": ", ".join(unknown), "known": ", ".join(sorted(known)) or _("no parameter")},
            parameters=unknown,
        )
    errors = [
        {"parameter": name, "message": _("Give “%(name)s” once.") % {"name": name}}
        for name in known
        if len(request.GET.getlist(name)) > 1
    ]
    if errors:
        detail = " ".join(f"{one['parameter']}: {one['message']}" for one in errors)
        raise Problem(400, _("Invalid value"), detail, errors=errors)
