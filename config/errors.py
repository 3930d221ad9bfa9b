"""Error pages that help: a page that is not there offers a search for what its address says."""

import re
import sys
from urllib.parse import unquote

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from config.api import RETRY_AFTER, nothing_here
from config.away import away

_NOT_WORDS = re.compile(r"[\W_]+")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with the words of the address as a search. Programs get a problem document, also of what no view has seen."""
    if request.path.startswith("/api/"):
        return nothing_here(request)
    return render(request, "404.html", {"words": words_of(request.path)}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A mistake of ours; or 503 where the database or the bucket is away, so that programs that read the site come back."""
    if not away(sys.exc_info()[1]):
        return HttpResponse(render_to_string("500.html"), status=500)
    return HttpResponse(render_to_string("500.html"), status=503, headers={"Retry-After": RETRY_AFTER})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of another session. Who signs in or out where another tab has just done so has what they wanted."""
    if request.path == reverse("account_login") and request.user.is_authenticated:
        return redirect_to_login(request.POST.get("next", ""))  # which leads on at once
    if request.path == reverse("account_logout"):
        return redirect("account_logout")  # which asks, or leads on
    return render(request, "403_csrf.html", status=403)


def words_of(path: str) -> str:
    """The last speaking part of an address as words: "/juniper-valley/unit-rates/" gives "unit rates"."""
    parts = [_NOT_WORDS.sub(" ", unquote(part)).strip() for part in path.split("/")]
    speaking = [part for part in parts if re.search(r"[^\W\d]{2}", part)]
    return speaking[-1][:100] if speaking else ""
