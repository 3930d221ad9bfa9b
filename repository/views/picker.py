"""Looking up standards for the contribution page."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from people.models import User
from people.selectors import signed_in
from repository.models import ResourcePage
from repository.selectors import contribution_districts
from standards.grades import normalise_grades
from standards.models import Item
from standards.selectors import FoundItem, find_items, with_paths

LIMIT = 12


@dataclass(frozen=True)
class Found:
    query: str
    items: list[FoundItem]
    is_near: bool = False
    retired: Item | None = None


def found_standards(query: str, page: ResourcePage, user: User) -> Found:
    """Standards for what was typed: first those of frameworks that the resource's district or the state has adopted, and of
    these those for its grades."""
    adopters = [key for key in (page.district_id, page.district.parent_id) if key is not None]
    return _look_up(query, adopters, page.grades, user)


def _look_up(query: str, organisations: Collection[int], grades: Collection[str], user: User) -> Found:
    found = find_items(query, organisations=organisations, grades_first=grades, limit=LIMIT, reader=user)
    return Found(query, with_paths(found.items, reader=user), found.is_near, found.retired)


@login_required
@require_GET
def standards(request: HttpRequest) -> HttpResponse:
    """The results alone, for the page that asks while somebody types."""
    query = request.GET.get("standards_q", "").strip()[:200]
    organisations: set[int] = set()
    user = signed_in(request)
    for district in contribution_districts(user):
        organisations.update(key for key in (district.pk, district.parent_id) if key is not None)
    grades = normalise_grades(request.GET.getlist("grades"))
    context = {"found": _look_up(query, organisations, grades, user) if query else None}
    return render(request, "repository/contribute/_found.html", context)
