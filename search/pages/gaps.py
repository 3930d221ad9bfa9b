"""Standards without resources: what a coordinator has to say is missing, of one framework, by grade.

Counted are the statements that have no parts: a standard with parts has resources where one of these has. Each number is
what a search for the standard finds for whoever reads the page.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from people.pager import pager
from search.client import PAGE_TIMEOUT, EngineDown, time_limit
from search.counts import resource_counts, tokens_of
from standards.access import Reader, visible_frameworks
from standards.grades import grade_label, normalise_grades
from standards.models import Framework, Item, ItemAncestor
from standards.selectors import items

logger = logging.getLogger(__name__)

A_PAGE = 100


@dataclass(frozen=True)
class GradeRow:
    """How many standards are for a grade, and how many of those have no resource. `url`: the list of these."""

    label: str
    url: str
    standards: int
    without: int
    current: bool

    @property
    def covered(self) -> int:
        return self.standards - self.without


@dataclass(frozen=True)
class Group:
    """Standards without resources that are parts of one, which may have some: `counts` of it, as for other pages."""

    parent: Item | None
    missing: tuple[Item, ...]


@require_safe
@time_limit(PAGE_TIMEOUT)
def gaps(request: HttpRequest) -> HttpResponse:
    """`framework` by its short name; `grade`, where only its standards are listed."""
    name = request.GET.get("framework", "")
    framework = get_object_or_404(visible_frameworks(request.user), short_name__iexact=name)
    grade = next(iter(normalise_grades(request.GET.get("grade", ""))), "")
    ends = list(_without_parts(framework, request.user))
    listed = [item for item in ends if not grade or grade in item.grades]
    context = {
        "framework": framework,
        "path": [
            {"label": _("Standards"), "url": reverse("standards:frameworks")},
            {"label": framework.short_name, "url": framework.get_absolute_url()},
            {"label": _("Without resources")},
        ],
        "grade_name": grade_label(grade) if grade else "",
        "all_url": _url(framework, ""),
        "number": len(listed),
    }
    tokens = tokens_of(request)
    try:
        counts = resource_counts(ends, tokens)
        missing = [item for item in listed if not counts[item.pk]]
        page = Paginator(missing, A_PAGE).get_page(request.GET.get("page"))
        shown = list(page.object_list)
        parents = _parents(shown)
        context |= {
            "rows": _rows(framework, ends, counts, grade),
            "without": len(missing),
            "groups": _groups(shown, parents),
            "counts": resource_counts({one.pk: one for one in parents.values()}.values(), tokens),
            "pager": pager(request, page),
        }
    except EngineDown as error:
        logger.error("Search rests: %s", error)
        context["resting"] = True
    return render(request, "search/gaps.html", context)


def _url(framework: Framework, grade: str) -> str:
    asked = {"framework": framework.short_name} | ({"grade": grade} if grade else {})
    return f"?{urlencode(asked)}"


def _without_parts(framework: Framework, reader: Reader) -> QuerySet[Item]:
    parts = ItemAncestor.objects.filter(ancestor=OuterRef("pk"), depth=1, descendant__retired_at=None)
    found = items(reader).filter(~Exists(parts), framework=framework, retired_at=None)
    return found.order_by("position", "pk")


def _rows(
    framework: Framework, ends: Sequence[Item], counts: Mapping[int, int], grade: str
) -> list[GradeRow]:
    rows = []
    for code in framework.grades:
        of_grade = [item for item in ends if code in item.grades]
        without = sum(not counts[item.pk] for item in of_grade)
        url = _url(framework, code)
        rows.append(GradeRow(grade_label(code), url, len(of_grade), without, code == grade))
    return rows


def _parents(missing: Collection[Item]) -> dict[int, Item]:
    """What each is part of, in its own framework: of several, the one that comes first."""
    links = (
        ItemAncestor.objects.filter(descendant__in=missing, depth=1, ancestor__retired_at=None)
        .select_related("ancestor__framework")
        .order_by("-ancestor__position", "-ancestor__pk")
    )
    own = {item.pk: item.framework_id for item in missing}
    return {
        link.descendant_id: link.ancestor
        for link in links
        if link.ancestor.framework_id == own[link.descendant_id]
    }


def _groups(missing: Iterable[Item], parents: Mapping[int, Item]) -> list[Group]:
    grouped = groupby(missing, key=lambda item: parents.get(item.pk))
    return [Group(parent, tuple(some)) for parent, some in grouped]
