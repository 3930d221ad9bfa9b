"""A framework to print, to compare grade by grade, and to take along as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from standards.access import visible_frameworks
from standards.browsing import subjects_of
from standards.credits import credit_of, credits_of
from standards.exports import FORMATS, export
from standards.grades import grade_label, normalise_grades
from standards.models import Framework
from standards.outlines import outline, side_by_side


def _framework(request: HttpRequest, short_name: str) -> Framework:
    found = visible_frameworks(request.user).select_related("license", "owner")
    return get_object_or_404(found, short_name__iexact=short_name)


def _path(framework: Framework, label: str) -> list[dict[str, str]]:
    return [
        {"label": _("Standards"), "url": reverse("standards:frameworks")},
        {"label": framework.short_name, "url": framework.get_absolute_url()},
        {"label": label},
    ]


def _grade(request: HttpRequest, name: str, among: list[str]) -> str:
    """A grade of the framework that a parameter names; "" for any other value."""
    return next((code for code in normalise_grades(request.GET.get(name, "")) if code in among), "")


@require_safe
def printable(request: HttpRequest, short_name: str) -> HttpResponse:
    """All statements of a framework, or of one grade, with codes, licence and source: for paper."""
    framework = _framework(request, short_name)
    grade = _grade(request, "grade", framework.grades)
    branches = outline(framework, grade=grade, reader=request.user)
    context = {
        "framework": framework,
        "path": _path(framework, _("Printable page")),
        "subjects": subjects_of(framework),
        "grade": grade,
        "grade_name": grade_label(grade) if grade else "",
        "grades": [(code, grade_label(code)) for code in framework.grades],
        "branches": branches,
        "credit": credit_of(framework),
        "other_credits": credits_of(framework, branches),
        "address": request.build_absolute_uri(framework.get_absolute_url()),
    }
    return render(request, "standards/printable.html", context)


@require_safe
def compare(request: HttpRequest, short_name: str) -> HttpResponse:
    """Two grades of a framework side by side; without a choice the first two."""
    framework = _framework(request, short_name)
    grades = framework.grades
    if len(grades) < 2:
        raise Http404(_("This framework has one grade only."))
    left = _grade(request, "left", grades) or grades[0]
    right = _grade(request, "right", grades) or next(
        (code for code in grades[grades.index(left) + 1 :]), grades[0] if left != grades[0] else grades[1]
    )
    context = {
        "framework": framework,
        "path": _path(framework, _("Two grades side by side")),
        "grades": [(code, grade_label(code)) for code in grades],
        "left": left,
        "right": right,
        "names": (grade_label(left), grade_label(right)),
        "strands": side_by_side(framework, left, right, reader=request.user),
    }
    return render(request, "standards/compare.html", context)


@require_safe
def download(request: HttpRequest, short_name: str, format: str) -> HttpResponse:
    """The framework as a file in one of the formats of standards.exports."""
    framework = _framework(request, short_name)
    if format not in FORMATS:
        raise Http404(_("There is no such format."))
    file = export(framework, format)
    response = HttpResponse(file.data, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.filename}"'
    return response
