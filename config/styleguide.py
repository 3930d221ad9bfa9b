"""The living style guide: every component in all its states, for people who build pages and for the browser tests.

Served at /styleguide/ only where settings.STYLE_GUIDE says so (demo and tests).
"""

import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe

from search.pages import page
from search.request import SearchRequest
from search.results import Bucket, FacetResult
from search.understanding import Understood
from search.words import NONE

SUBJECTS = [
    ("mathematics", "Mathematics"),
    ("english-language-arts", "English language arts"),
    ("science", "Science"),
    ("social-studies", "Social studies"),
    ("career-technical", "Career and technical"),
    ("computer-science", "Computer science"),
    ("arts", "Arts"),
    ("health-pe", "Health and PE"),
    ("world-languages", "World languages"),
    ("advising", "Advising"),
]

CARD: dict[str, Any] = {
    "title": "How far does a paper airplane really fly?",
    "url": "#card",
    "summary": "Students fold, fly and measure, then argue from a line plot which design is best.",
    "kind": "Lesson",
    "grades": "Grade 5",
    "subjects": [{"slug": "mathematics", "label": "Mathematics"}],
    "levels": ["Developing", "Proficient"],
    "duration": "50 minutes",
    "modalities": ["Small group", "Whole class"],
    "standards": [
        {
            "code": "MA.5.D.2",
            "statement": "Make a line plot of measurements in fractions of a unit, and use it to answer questions.",
            "url": "#code",
            "matched": True,
            "relation": "Teaches",
            "level": "Proficient",
        },
        {
            "code": "MA.5.N.7",
            "statement": "Add and subtract fractions with unlike denominators.",
            "url": "#code",
        },
    ],
    "more_standards": 2,
    "author": "Rosa Delgado",
    "school": "Cedar Ridge Elementary",
    "district": "Juniper Valley",
    "reviewed_by": "Priya Nair",
    "reviewed_on": datetime.date(2026, 9, 14),
    "licence": "CC BY 4.0",
    "may_adapt": True,
    "audience": "public",
    "why": ["Teaches MA.5.D.2 at Proficient", "“line plot” in the title"],
}
LINK_CARD: dict[str, Any] = {
    **CARD,
    "title": "Summer internships at the Harbor Point boatyard: eight weeks of measuring, cutting, fitting and "
    "explaining your work to a crew",
    "kind": "Opportunity",
    "subjects": [{"slug": "career-technical", "label": "Career and technical"}],
    "highlights": [
        mark_safe("Learners <mark>measure</mark> hull frames and keep a <mark>log</mark> of tolerances")
    ],
    "is_link": True,
    "site": "boatyard.example",
    "audience": "district",
    "audience_label": "One district",
    "may_adapt": False,
    "licence": "All rights reserved",
    "reviewed_on": None,
    "levels": ["Extending"],
    "grades": "Grades 11 to 12",
    "duration": "8 weeks",
    "modalities": ["Internship"],
    "why": [],
}


GRADES = FacetResult(
    "grade",
    "Grade",
    (
        Bucket("04", "Grade 4", 31),
        Bucket("05", "Grade 5", 1204, selected=True),
        Bucket("06", "Grade 6", 12),
        Bucket("07", "Grade 7", 0),
    ),
)
TOPICS = FacetResult(
    "topic",
    "Topic",
    (
        Bucket(
            "data",
            "Data and chance",
            18,
            has_children=True,
            opened=True,
            children=(Bucket("plots", "Plots that compare several groups of data", 7, selected=True),),
        ),
    ),
    other_count=23,
    is_tree=True,
)
LICENCES = FacetResult("licence", "License", (Bucket("CC0-1.0", "CC0", 3),))


def _facets() -> list[page.Facet]:
    asked = SearchRequest().choosing("grade", ["05"]).choosing("topic", ["plots"])
    understood = Understood(asked, asked, NONE)
    return [page.facet_view(facet, understood, shown=2) for facet in (GRADES, TOPICS, LICENCES)]


class SampleForm(forms.Form):
    """One field of every sort."""

    title = forms.CharField(label="Title", help_text="As a colleague would search for it.")
    grade = forms.ChoiceField(label="Grade", choices=[("", "Choose a grade"), ("05", "Grade 5")])
    minutes = forms.IntegerField(label="Minutes", required=False, min_value=1)
    steps = forms.CharField(label="What students do", widget=forms.Textarea, required=False)
    settings = forms.MultipleChoiceField(
        label="Setting",
        widget=forms.CheckboxSelectMultiple,
        choices=[("whole-class", "Whole class"), ("peer", "Peer work"), ("field-work", "Field work")],
        help_text="Choose all that fit.",
    )
    audience = forms.ChoiceField(
        label="Share with",
        widget=forms.RadioSelect,
        choices=[("public", "Everyone"), ("district", "My district")],
    )
    file = forms.FileField(label="Handout", required=False)
    agree = forms.BooleanField(label="I made this, or may share it", help_text="Reviewers will ask.")


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component, with made-up content."""
    pager = {
        "previous_url": "#pager",
        "next_url": "#pager",
        "links": [
            {"number": 1, "url": "#pager"},
            None,
            {"number": 4, "url": "#pager"},
            {"number": 5, "url": "#pager", "current": True},
            {"number": 6, "url": "#pager"},
            None,
            {"number": 42, "url": "#pager"},
        ],
    }
    return render(
        request,
        "styleguide.html",
        {
            "card": CARD,
            "link_card": LINK_CARD,
            "facets": _facets(),
            "subjects": SUBJECTS,
            "pager": pager,
            "form": SampleForm(),
            "bad_form": SampleForm({"title": "", "grade": "05"}, auto_id="bad_%s"),
            "saved_at": timezone.now(),
            "path_steps": [
                {"label": "Standards", "url": "#path"},
                {"label": "Meridian Mathematics", "url": "#path"},
                {"label": "Grade 5"},
            ],
            "tab_links": [
                {"label": "Drafts", "url": "#tabs", "current": True, "count": 3},
                {"label": "In review", "url": "#tabs", "count": 1},
                {"label": "Published", "url": "#tabs", "count": 12},
            ],
            "rail_sections": [
                {"label": "About it", "url": "#rail", "state": "done"},
                {"label": "For whom", "url": "#rail", "state": "problem"},
                {"label": "Standards", "url": "#rail", "current": True, "note": "2"},
                {"label": "Steps", "url": "#rail"},
            ],
            "levels": ["Emerging", "Developing", "Proficient", "Extending"],
        },
    )
