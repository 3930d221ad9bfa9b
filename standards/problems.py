"""What an API call is refused with: a problem document (RFC 9457). `config.api` turns the exception into one."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _


class Problem(Exception):
    """Raised anywhere below an API operation.

    status: the HTTP status; title: the same for every problem of the kind; detail: what is wrong with this
    request and what to do; more: further members of the document, JSON-ready.
    """

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


def refuse_unknown_parameters(request: HttpRequest, known: Collection[str]) -> None:
    """A misspelled filter must not answer with everything: Problem 400 that names it and what there is."""
    unknown = sorted(set(request.GET) - set(known))
    if unknown:
        raise Problem(
            400,
            _("Unknown parameter"),
            _("Unknown: %(unknown)s. This address takes: %(known)s.")
            % {"unknown": ", ".join(unknown), "known": ", ".join(sorted(known))},
            parameters=unknown,
        )
