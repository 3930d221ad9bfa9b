"""Pages of standards: everybody may see them, signed in or not, but private drafts (standards.access)."""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from people.selectors import organisation_ids
from standards import browsing
from standards.access import visible_frameworks
from standards.credits import credit_of
from standards.exports import FORMATS
from standards.grades import GRADE_ORDER, grade_label, normalise_grades
from standards.models import Framework, Item
from standards.progressions import progression_of
from standards.selectors import (
    Ambiguous,
    FoundItem,
    find_items,
    items,
    other_parents,
    resolve_standard,
    with_paths,
)
from standards.text import to_plain

LOOKUP_LIMIT = 50


@require_safe
def frameworks(request: HttpRequest) -> HttpResponse:
    grade = _grade(request)
    chosen = browsing.choose_frameworks(
        jurisdiction=request.GET.get("jurisdiction", ""),
        subject=request.GET.get("subject", ""),
        grade=grade,
        organisations=organisation_ids(request.user),
        reader=request.user,
    )
    context = {
        "chosen": chosen,
        "jurisdiction": request.GET.get("jurisdiction", ""),
        "subject": request.GET.get("subject", ""),
        "grade": grade,
        "grades": [(code, grade_label(code)) for code in chosen.grades],
        "filtered": any(request.GET.get(name) for name in ("jurisdiction", "subject", "grade")),
    }
    return render(request, "standards/frameworks.html", context)


@require_safe
def framework(request: HttpRequest, short_name: str) -> HttpResponse:
    found = _frameworks(request).filter(short_name__iexact=short_name).first()
    if found is None:
        raise Http404(_("No framework has this name."))
    if found.short_name != short_name:
        return redirect(found)
    grade = _grade(request)
    tree = browsing.framework_tree(
        found, grade=grade, open_items=request.GET.getlist("open"), reader=request.user
    )
    tabs = [{"label": _("All grades"), "url": found.get_absolute_url(), "current": not grade}]
    for code in found.grades:
        url = f"{found.get_absolute_url()}?grade={code}"
        tabs.append({"label": grade_label(code), "url": url, "current": code == grade})
    context = {
        "framework": found,
        "path": [_all_frameworks(), {"label": found.short_name}],
        "subjects": browsing.subjects_of(found),
        "source": browsing.web_address(found.official_source_url),
        "adoptions": browsing.adoptions_of(found),
        "credit": credit_of(found),
        "downloads": FORMATS.values(),
        "tree": tree,
        "grade": grade,
        "grade_name": grade_label(grade) if grade else "",
        "tabs": tabs if len(found.grades) > 1 else [],
        "open": request.GET.getlist("open")[: browsing.MAX_OPEN],
    }
    return render(request, "standards/framework.html", context)


@require_safe
def level(request: HttpRequest, identifier: str) -> HttpResponse:
    """The statements below one: what htmx puts into the tree. Without htmx, the page that shows it open."""
    item = get_object_or_404(items(request.user), identifier=identifier)
    grade = _grade(request)
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        here = urlencode({"open": item.identifier, **({"grade": grade} if grade else {})})
        return redirect(f"{item.framework.get_absolute_url()}?{here}")
    tree = browsing.level_below(item, grade=grade, reader=request.user)
    context = {"nodes": tree.roots, "shown": tree.shown, "grade": grade, "framework": item.framework}
    return render(request, "standards/_level_answer.html", context)


@require_safe
def item(request: HttpRequest, identifier: str) -> HttpResponse:
    found = resolve_standard(identifier, reader=request.user)
    if found is None:
        raise Http404(_("No standard has this identifier."))
    if isinstance(found, Ambiguous):
        query = urlencode({"q": identifier.partition(":")[2] or identifier})
        return redirect(f"{reverse('standards:lookup')}?{query}")
    if found.identifier != identifier:
        return redirect(found)
    path = with_paths([found], reader=request.user)[0].path
    progression = progression_of(found, reader=request.user)
    drawn = progression.shown if progression else frozenset()
    relations = browsing.relations_of(found, reader=request.user, drawn=drawn)
    context = {
        "item": found,
        "name": name_of(found),
        "path": path,
        "steps": _steps(found, path),
        "also_under": other_parents(found, path, reader=request.user),
        "framework": found.framework,
        "credit": credit_of(found),
        "progression": progression,
        "grades": [grade_label(code) for code in GRADE_ORDER if code in found.grades],
        "keywords": found.concept_keywords if isinstance(found.concept_keywords, list) else [],
        "below": browsing.level_below(found, reader=request.user),
        "relations": relations,
        "replacements": browsing.replacements(relations),
    }
    return render(request, "standards/item.html", context)


@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """Find statements by code or words, in one framework or in all. A whole identifier or code leads on."""
    query = request.GET.get("q", "").strip()[:300]
    among = None
    if short_name := request.GET.get("framework", ""):
        among = get_object_or_404(_frameworks(request), short_name__iexact=short_name)
    found: list[FoundItem] = []
    is_near = False
    if query:
        matches = find_items(
            query,
            framework=among,
            organisations=organisation_ids(request.user),
            limit=LOOKUP_LIMIT,
            reader=request.user,
        )
        found, is_near = with_paths(matches.items, reader=request.user), matches.is_near
        if matches.is_name and not request.htmx:  # type: ignore[attr-defined]
            return redirect(matches.items[0])
        # A retired statement is found by its names alone; its page tells what takes its place.
        if matches.retired:
            return redirect(matches.retired)
        if (is_near or not found) and isinstance(known := resolve_standard(query, reader=request.user), Item):
            return redirect(known)
    context = {
        "query": query,
        "path": [_all_frameworks(), {"label": _("Find a standard")}],
        "framework": among,
        "found": found,
        "is_near": is_near,
        "cut_off": len(found) == LOOKUP_LIMIT,
        "limit": LOOKUP_LIMIT,
    }
    template = "standards/_found.html" if request.htmx else "standards/lookup.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def _frameworks(request: HttpRequest) -> QuerySet[Framework]:
    return visible_frameworks(request.user).select_related("license", "owner")


def name_of(item: Item) -> str:
    """What a statement is called in a title: its code, else the first of its words."""
    words = item.human_coding_scheme or item.abbreviated_statement or to_plain(item.full_statement)
    return words if len(words) <= 80 else f"{words[:79]}…"


def _all_frameworks() -> dict[str, str]:
    return {"label": _("Standards"), "url": reverse("standards:frameworks")}


def _steps(item: Item, path: tuple[Item, ...]) -> list[dict[str, str]]:
    framework = {"label": item.framework.short_name, "url": item.framework.get_absolute_url()}
    above = [{"label": name_of(one), "url": one.get_absolute_url()} for one in path]
    return [_all_frameworks(), framework, *above, {"label": name_of(item)}]


def _grade(request: HttpRequest) -> str:
    """The grade asked for, as a CEDS code; whatever is no grade is as if it were not there."""
    return next(iter(normalise_grades(request.GET.get("grade", ""))), "")
