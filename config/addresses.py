"""Addresses as they reach the views."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

NULL = "\0"


class WithoutNull:
    """PostgreSQL keeps no character U+0000, and fails where one is looked for. Nobody types one: what is asked for loses it,
    and no page has one in its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NULL in request.path_info:
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        while "%00" in query:  # of "%%0000" one look leaves one
            query = request.META["QUERY_STRING"] = query.replace("%00", "")
        return self.get_response(request)
