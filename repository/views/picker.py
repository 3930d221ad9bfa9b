"""Looking up standards for the contribution page."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from repository.models import ResourcePage
from repository.selectors import contribution_districts
from repository.views.pages import signed_in
from standards.selectors import FoundItem, search_items, with_paths

LIMIT = 12


@dataclass(frozen=True)
class Found:
    query: str
    items: list[FoundItem]


def found_standards(query: str, page: ResourcePage) -> Found:
    """Standards for what was typed: those of frameworks that the resource's district or the state has adopted first."""
    adopters = [key for key in (page.district_id, page.district.parent_id) if key is not None]
    return Found(query, with_paths(search_items(query, organisations=adopters, limit=LIMIT)))


@login_required
@require_GET
def standards(request: HttpRequest) -> HttpResponse:
    """The results alone, for the page that asks while somebody types."""
    query = request.GET.get("standards_q", "").strip()[:200]
    organisations: set[int] = set()
    for district in contribution_districts(signed_in(request)):
        organisations.update(key for key in (district.pk, district.parent_id) if key is not None)
    items = with_paths(search_items(query, organisations=organisations, limit=LIMIT)) if query else []
    context = {"found": Found(query, items) if query else None}
    return render(request, "repository/contribute/_found.html", context)
