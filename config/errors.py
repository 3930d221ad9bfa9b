"""Error pages that help: a page that is not there offers a search for what its address says."""

import re
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.api import nothing_here

_NOT_WORDS = re.compile(r"[\W_]+")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with the words of the address as a search. Programs get a problem document, also of what no view has seen."""
    if request.path.startswith("/api/"):
        return nothing_here(request)
    return render(request, "404.html", {"words": words_of(request.path)}, status=404)


def words_of(path: str) -> str:
    """The last speaking part of an address as words: "/juniper-valley/unit-rates/" gives "unit rates"."""
    parts = [_NOT_WORDS.sub(" ", unquote(part)).strip() for part in path.split("/")]
    speaking = [part for part in parts if re.search(r"[^\W\d]{2}", part)]
    return speaking[-1][:100] if speaking else ""
