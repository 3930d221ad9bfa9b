"""What the home page offers: examples that work, and the ways in beside the search box."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count

from people.models import Organisation, User
from repository.audience import visible_to
from repository.cards import cards_of
from repository.models import (
    Alignment,
    CompetencyLevel,
    DistrictPage,
    Modality,
    ResourcePage,
    Subject,
    Topic,
)
from standards.access import hidden_frameworks
from standards.grades import grade_label

NEWLY_REVIEWED = 6
# Of so many of the latest, what they are about is counted: of all, each visit would take longer with each resource.
EXAMPLES_OF = 500
NEWEST_OF_DISTRICT = 9
# As the index has them (`migrations/0005`).
LATEST_FIRST = ("-last_published_at", "-pk")
GRADE_BANDS = [
    ("K–2", ["KG", "01", "02"]),
    ("3–5", ["03", "04", "05"]),
    ("6–8", ["06", "07", "08"]),
    ("9–12", ["09", "10", "11", "12"]),
]


def home_context(user: User | AnonymousUser) -> dict[str, Any]:
    """Everything templates/repository/home.html shows. A constant number of queries."""
    latest = visible_to(user).order_by(*LATEST_FIRST)
    return {
        "examples": _examples(list(latest.values_list("pk", flat=True)[:EXAMPLES_OF])),
        "subjects": [_with_bands(subject) for subject in Subject.objects.all()],
        "topics": _topics(),
        "levels": CompetencyLevel.objects.filter(scale__owner__kind=Organisation.Kind.STATE).select_related(
            "scale"
        ),
        "modalities": Modality.objects.all(),
        "newly_reviewed": cards_of(latest[:NEWLY_REVIEWED]),
    }


def district_context(page: DistrictPage, user: User | AnonymousUser) -> dict[str, Any]:
    """What templates/repository/district_page.html shows beside the page. A constant number of queries."""
    visible = visible_to(user).filter(district=page.district_id)
    return {
        "schools": Organisation.objects.filter(parent=page.district_id),
        "cards": cards_of(visible.order_by(*LATEST_FIRST)[:NEWEST_OF_DISTRICT]),
        "total": visible.count(),
    }


def _examples(some: Sequence[int]) -> list[str]:
    """Three things to search for that find something: the topic, the standard and the setting that most of these have.

    A collection that was loaded may have no topics: then the subject and grade.
    """
    most = Count("pk")
    topic = (
        Topic.objects.filter(resources__in=some).annotate(n=Count("resources")).order_by("-n", "name").first()
    )
    code = (
        Alignment.objects.filter(page__in=some)
        .exclude(item__human_coding_scheme="")
        .exclude(item__framework__in=hidden_frameworks().values("pk"))
        .values("item__human_coding_scheme")
        .annotate(n=most)
        .order_by("-n", "item__human_coding_scheme")
        .first()
    )
    setting = (
        Modality.objects.filter(
            resources__in=some, slug__in=["internship", "service", "community", "field-work"]
        )
        .annotate(n=Count("resources"))
        .order_by("-n", "position")
        .first()
    )
    words = [
        topic.name.lower() if topic else _subject_and_grade(some),
        code and code["item__human_coding_scheme"],
        setting and setting.label.lower(),
    ]
    return [word for word in words if word]


def _subject_and_grade(some: Sequence[int]) -> str:
    """As one may type it: "mathematics grade 4"; "" where none of these has both."""
    both = ResourcePage.objects.filter(pk__in=some, subjects__isnull=False).values_list(
        "subjects__label", "grades"
    )
    pairs = Counter((subject, code) for subject, codes in both for code in codes)
    if not pairs:
        return ""
    (subject, code), _times = min(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
    return f"{subject} {grade_label(code)}".lower()


def _with_bands(subject: Subject) -> dict[str, Any]:
    """A subject with a search address for each band of grades."""
    bands = [
        {"label": label, "query": urlencode({"subject": subject.slug, "grade": codes}, doseq=True)}
        for label, codes in GRADE_BANDS
    ]
    return {"slug": subject.slug, "label": subject.label, "bands": bands}


def _topics() -> list[dict[str, Any]]:
    """The roots of the topic tree with their children."""
    topics = Topic.objects.filter(depth__lte=2).order_by("path")
    roots: list[dict[str, Any]] = []
    for topic in topics:
        if topic.depth == 1:
            roots.append({"slug": topic.slug, "name": topic.name, "children": []})
        else:
            roots[-1]["children"].append({"slug": topic.slug, "name": topic.name})
    return roots
