"""A resource at a glance."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import lxml.html
import pytest
from django.utils import timezone
from django.utils.safestring import mark_safe
from wagtail.models import Workflow, WorkflowTask
from wagtail.models.workflows import GroupApprovalTask

from people.models import Role
from repository.models import Alignment
from search.pages import cards
from tests.factories import ItemFactory, member, resource
from tests.search.asking import card

CARD = {"title": "Trail mix", "url": "/trail-mix/", "kind": "Task", "licence": "CC BY 4.0", "may_adapt": True}


def test_a_review_is_told_by_the_day_on_which_it_was_here() -> None:
    """At eight in the evening in Denver it is the next day already in the database."""
    evening = {**CARD, "reviewed_on": datetime(2026, 11, 26, 3, 0, tzinfo=UTC), "reviewed_by": "Priya Nair"}
    with timezone.override(ZoneInfo("America/Denver")):
        assert "Reviewed by Priya Nair, Nov 25, 2026" in cards.card(evening)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert "Reviewed by Priya Nair, Nov 26, 2026" in cards.card(evening)


@pytest.mark.parametrize(
    ("language", "said"),
    [("es", ' lang="es" dir="auto"'), ("ar", ' lang="ar" dir="auto"'), ("en", ""), ("en-GB", ""), ("", "")],
)
def test_a_title_and_a_summary_in_another_language_say_which(language: str, said: str) -> None:
    html = cards.card({**CARD, "summary": "Mezclas", "language": language})
    assert f'<h3 class="card__title"{said}><a' in html
    assert f'<p class="card__summary"{said}>Mezclas</p>' in html
    name = {"es": "Spanish", "ar": "Arabic"}.get(language, "")
    assert ("<span>Task</span>\n" + f"<span>{name}</span>" in html) == bool(name)


def test_nothing_of_a_card_is_markup_but_what_is_marked() -> None:
    odd = '<b onclick="x">&'
    fields = {
        "title": odd,
        "url": odd,
        "summary": odd,
        "kind": odd,
        "grades": odd,
        "author": odd,
        "why": [odd],
    }
    standard = {"code": odd, "statement": odd, "url": odd, "level": odd, "relation": odd, "matched": True}
    html = cards.card({**CARD, **fields, "standards": [standard], "levels": [odd], "modalities": [odd]})
    assert "<b" not in html
    assert "&lt;b onclick=&quot;x&quot;&gt;&amp;" in html


def test_the_words_of_a_standard_have_their_formulas_drawn_and_no_other_markup() -> None:
    html = cards.code(code="A.1", statement=r"Solve $x = \frac{1}{2}$ & <b>say</b> 2 * 3 * 4, for $5 or $10")
    assert html.count("<mfrac>") == 2  # of the hint and of the note
    assert r"\frac" not in html
    assert "&amp; &lt;b&gt;say&lt;/b&gt; 2 * 3 * 4, for $5 or $10" in html


def words(html: str) -> str:
    """The text of some HTML."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "Lesson"}, "Lesson"),
        ({"grades": "Grade 6"}, "Grade 6"),
        ({"levels": ["Proficient", "Advanced"]}, "Proficient, Advanced"),
        ({"duration": "45 minutes"}, "45 minutes"),
        ({"modalities": ["Online", "Outdoors"]}, "Online, Outdoors"),
        ({"picked": True}, "Picked by coordinators"),
        ({"is_link": True, "site": "lessons.example"}, "On lessons.example"),
        ({"is_link": True, "site": ""}, "On another site"),
        ({"audience": "state", "audience_label": "The whole state"}, "The whole state"),
        ({"audience": "school", "audience_label": "Cedar Ridge"}, "Cedar Ridge"),
        ({"author": "Rosa", "school": "Cedar Ridge", "district": "Juniper"}, "Rosa, Cedar Ridge, Juniper"),
        ({"reviewed_on": date(2026, 11, 26)}, "Reviewed Nov 26, 2026"),
        ({"may_adapt": True}, "CC BY 4.0 · you may adapt it"),
        ({"may_adapt": False}, "CC BY 4.0 · use as it is"),
        ({"why": ["“ratio” in its title"]}, "“ratio” in its title"),
        ({"standards": [{"code": "6.RP.1", "statement": "Ratios"}], "more_standards": 3}, "and 3 more"),
        ({"standards": [{"code": "6.RP.1", "statement": "R", "disputed": True}]}, "6.RP.1 Disputed in review"),
        ({"title_html": mark_safe("Trail <mark>mixes</mark>")}, "Trail mixes"),
    ],
)  # fmt: skip
def test_a_card_says_what_there_is_to_say(fields: dict[str, Any], said: str) -> None:
    assert said in words(cards.card({**CARD, **fields}))


def test_a_card_says_once_that_it_was_picked() -> None:
    """On top, and no more among the reasons why it is in the list."""
    picked = {**CARD, "picked": True}
    html = cards.card({**picked, "why": ["Picked by coordinators", "“ratio” in the title"]})
    assert words(html).count("Picked by coordinators") == 1
    assert "“ratio” in the title" in words(html)
    assert "Why it is here" not in cards.card({**picked, "why": ["Picked by coordinators"]})


def test_a_card_leads_to_its_resource_and_says_nothing_that_is_not_so() -> None:
    html = cards.card({**CARD, "audience": "public", "audience_label": "Everyone", "summary": "Nuts"})
    assert '<h3 class="card__title"><a href="/trail-mix/">Trail mix</a></h3>' in html
    assert words(html) == "Task Trail mix Nuts CC BY 4.0 · you may adapt it"
    passages = {"summary": "Nuts", "highlights": [mark_safe("<mark>Oats</mark>"), "a & b"]}
    assert words(cards.card({**CARD, **passages})).startswith("Task Trail mix Oats … a &amp; b CC BY")


def test_a_card_names_the_versions_that_it_stands_for_and_says_which_are_reviewed() -> None:
    versions = [
        {"title": "Mix", "url": "/mix/", "author": "Ada", "school": "", "district": "Juniper", "reviewed": True},
        {"title": "Nuts", "url": "/nuts/", "author": "", "school": "", "district": "Harbor", "reviewed": False},
    ]  # fmt: skip
    html = cards.card({**CARD, "versions": versions, "more_versions": 4, "number_of_versions": 7})
    assert "7 versions Mix Ada, Juniper · Reviewed Nuts Harbor and 4 more" in words(html)
    assert '<a href="/mix/">Mix</a>' in html


def test_a_standard_is_called_by_its_code_or_the_start_of_its_words() -> None:
    assert words(cards.code(code="6.RP.1", statement="Ratios")) == "6.RP.1 Ratios Ratios"
    assert words(cards.code(statement="a" * 40)).split()[0] == "a" * 40
    assert words(cards.code(statement="a" * 41)).split()[0] == "a" * 39 + "…"
    told = cards.code(
        code="6.RP.1", statement="Ratios", url="/s/", matched=True, relation="Teaches", level="Proficient", framework="MER"
    )  # fmt: skip
    assert words(told) == "Matches: 6.RP.1 Proficient Ratios Teaches · Proficient Ratios MER Open 6.RP.1"
    assert '<a href="/s/">Open 6.RP.1</a>' in told
    level = cards.code(code="6.RP.1", statement="Ratios", level="Proficient")
    assert words(level) == "6.RP.1 Proficient Ratios Proficient Ratios"
    standard = {"code": "6.RP.1", "statement": "Ratios", "matched": True, "relation": "Teaches"}
    html = cards.card({**CARD, "standards": [standard]})
    (aligned,) = re.findall(r"<li>(<details.*?</details>)</li>", html, re.S)
    assert words(aligned) == "Matches: 6.RP.1 Ratios Teaches Ratios"


@pytest.mark.engine
@pytest.mark.django_db
def test_of_several_reviews_the_card_names_the_last(follow: Callable[[], None]) -> None:
    page = resource("Trail mix")
    workflow = Workflow.objects.create(name="Review")
    for order, name in enumerate(("Read", "Read again")):
        task = GroupApprovalTask.objects.create(name=name)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
    page.save_revision()
    state = workflow.start(page, page.owner)
    for name in ("Priya Nair", "Ada Okafor"):
        state.refresh_from_db()
        state.current_task_state.specific.approve(
            user=member(Role.REVIEWER, page.district, name=name, is_superuser=True)
        )
    follow()
    assert card().reviewed_by == "Ada Okafor"


@pytest.mark.engine
@pytest.mark.django_db
def test_a_card_that_a_disputed_standard_brought_says_so(follow: Callable[[], None]) -> None:
    """Whoever looks for a standard must not take for granted what its reviewer did not."""
    first, second = (ItemFactory(human_coding_scheme=code) for code in ("6.RP.1", "6.RP.2"))
    disputed = {"item": first, "status": Alignment.Status.DISPUTED}
    resource("Trail mix", alignments=[disputed, {"item": second, "status": Alignment.Status.CONFIRMED}])
    follow()
    assert card("q=6.RP.1").why[0] == "Teaches 6.RP.1: disputed in review"
    assert card("q=6.RP.2").why[0] == "Teaches 6.RP.2"
    assert "6.RP.1 Disputed in review" in words(cards.card(card()))
    assert "6.RP.2 Disputed" not in words(cards.card(card()))


def test_what_a_picture_tells_of_a_fact_is_heard_too() -> None:
    html = cards.card({**CARD, "levels": ["Got it", "Proficient"], "modalities": ["Small group"]})
    shown: Any = lxml.html.fromstring(html)
    facts = [" ".join(one.text_content().split()) for one in shown.xpath(".//ul[1]/li")]
    assert facts[-2:] == ["Level: Got it, Proficient", "Setting: Small group"]
