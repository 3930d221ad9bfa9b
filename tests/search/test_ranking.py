"""What orders results beside their words, and the page on which a state's administrator weighs it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Workflow, WorkflowTask
from wagtail.models.workflows import GroupApprovalTask

from people.models import Role
from repository.models import Alignment
from search import ranking
from search.kept import RankingSettings
from search.ranking import DEFAULTS, Weights
from tests.factories import (
    DistrictFactory,
    ItemFactory,
    StateFactory,
    member,
    resource,
    topic,
)
from tests.repository.pages import Page
from tests.search.asking import search

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
PAGE = "/admin/order_of_results/"


def titles(query: str) -> list[str]:
    return [hit.title for hit in search(query).hits]


def test_what_teaches_a_standard_goes_before_what_requires_it_and_that_before_what_is_below(
    follow: Callable[[], None],
) -> None:
    district = DistrictFactory()
    domain = ItemFactory(human_coding_scheme="M.6.RP", code_forms=["m6rp", "6rp"])
    below = ItemFactory(
        human_coding_scheme="M.6.RP.2", code_forms=["m6rp2", "6rp2"], under=domain, framework=domain.framework
    )
    resource("Below it", district=district, alignments=[{"item": below, "relation": "teaches"}])
    resource("Requires it", district=district, alignments=[{"item": domain, "relation": "requires"}])
    resource("Teaches it", district=district, alignments=[{"item": domain, "relation": "teaches"}])
    resource(
        "Is said to teach it",
        district=district,
        alignments=[{"item": domain, "relation": "teaches", "status": Alignment.Status.DISPUTED}],
    )
    follow()
    found = titles("q=M.6.RP")
    assert found[0] == "Teaches it"
    assert set(found[1:3]) == {"Requires it", "Is said to teach it"}
    assert found[3] == "Below it"


def test_of_two_alike_the_newer_the_fuller_and_the_better_aligned_comes_first(
    follow: Callable[[], None],
) -> None:
    district = DistrictFactory()
    old = resource("Comparing bridges of wood", district=district)
    resource("Comparing bridges of steel", district=district)
    type(old).objects.filter(pk=old.pk).update(last_published_at=timezone.now() - timedelta(days=1500))
    type(old).objects.get(pk=old.pk).save()
    full = resource(
        "Comparing bridges of rope",
        district=district,
        summary="Three spans",
        grades=["05"],
        duration_minutes=45,
        alignments=[{"item": ItemFactory(), "status": Alignment.Status.CONFIRMED}],
    )
    follow()
    found = titles("q=comparing+bridges")
    assert found[0] == full.title
    assert found.index("Comparing bridges of steel") < found.index("Comparing bridges of wood")


def test_of_two_on_a_standard_the_one_about_little_else_comes_first(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    asked, *others = (
        ItemFactory(human_coding_scheme=f"M.6.RP.{n}", code_forms=[f"6rp{n}"]) for n in range(1, 13)
    )
    few, many = [{"item": asked}], [{"item": item} for item in (asked, *others)]
    resource("Water in two jugs", district=district, alignments=few, summary="Pouring")
    # The newer one.
    resource("Water all year long", district=district, alignments=many, summary="Pouring, pouring, pouring")
    follow()
    assert titles("q=6rp1") == ["Water in two jugs", "Water all year long"]
    # Words tell by themselves what it is about, whatever this weighs.
    with ranking.using(replace(ranking.DEFAULTS, focus=ranking.MAX_SIGNAL)):
        assert titles("q=pouring") == ["Water all year long", "Water in two jugs"]


def test_of_two_alike_the_one_that_reviewers_approved_comes_first(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    approved = resource("Comparing bridges of wood", district=district)
    workflow = Workflow.objects.create(name="Review")
    task = GroupApprovalTask.objects.create(name="Read")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    reviewer = member(Role.REVIEWER, district, is_superuser=True)
    approved.save_revision()
    workflow.start(approved, reviewer).current_task_state.specific.approve(user=reviewer)
    resource("Comparing bridges of steel", district=district)  # which is the newer one
    follow()
    assert titles("q=comparing+bridges") == ["Comparing bridges of wood", "Comparing bridges of steel"]


def test_loosely_found_follows_what_has_all_the_words(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Ratios with paint", district=district)
    resource("Ratios", district=district)
    resource("Paint", district=district)
    resource("Rivers", district=district)
    follow()
    found = search("q=ratios+paint")
    assert found.hits[0].title == "Ratios with paint"
    assert {hit.title for hit in found.hits} == {"Ratios with paint", "Ratios", "Paint"}
    assert found.loosened
    assert not search("q=rivers").loosened
    assert search("q=ratios+paint+zeppelin").total == 3


def test_a_filter_does_not_turn_a_strict_search_into_a_loose_one(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    for number in range(ranking.LEADING * 3):
        resource(f"Ratios and paint {number}", district=district, grades=["06"])
    resource("Ratios alone", district=district, grades=["07"])
    follow()
    assert search("q=ratios+paint").total == 15
    assert search("q=ratios+paint&grade=07").total == 0


def test_no_hit_is_without_a_reason(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    item = ItemFactory(full_statement="Compare quantities")
    resource("Ratios with paint", district=district, alignments=[{"item": item}], grades=["06"])
    resource("Mixing colours", district=district, alignments=[{"item": item}], grades=["06"])
    follow()
    for query in (
        "",
        "sort=newest",
        "sort=title",
        "sort=shortest",
        "q=ratios",
        "q=rattios",
        "q=6th+grade",
        "q=ratios+zeppelin",
        "grade=06",
        "q=the",
    ):
        hits = search(query).hits
        assert hits, query
        assert all(hit.why for hit in hits), query


def test_changed_weights_are_in_force_with_the_next_search_and_can_be_taken_back(
    client: Client, follow: Callable[[], None]
) -> None:
    district = DistrictFactory()
    resource("Ratios", district=district, summary="Words about bridges and spans")
    resource("Bridges", district=district, summary="Words about ratios, ratios and again ratios")
    follow()
    assert titles("q=ratios")[0] == "Ratios"
    admin = member(Role.STATE_ADMIN, StateFactory())
    client.force_login(admin)
    heavy = {name: getattr(DEFAULTS, name) for name in ranking.NAMES} | {
        "title": 1,
        "summary": 20,
        "queries": "ratios",
    }
    tried = client.post(PAGE, {**heavy, "try": ""})
    assert "was 2" in tried.text
    assert titles("q=ratios")[0] == "Ratios"
    client.post(PAGE, {**heavy, "keep": ""})
    assert titles("q=ratios")[0] == "Bridges"
    assert RankingSettings.objects.get().changes == {"title": 1.0, "summary": 20.0}
    kept = client.get(PAGE).text
    assert admin.name in kept
    assert "Words in the title: 1 in place of 5" in kept
    client.post(PAGE, {"reset": "", "seen": seen(client)})
    assert titles("q=ratios")[0] == "Ratios"
    assert not RankingSettings.objects.exists()


def seen(client: Client) -> str:
    """What the page, opened now, remembers the weights by."""
    found: str = client.get(PAGE).context["form"]["seen"].value()
    return found


def test_nobody_undoes_what_another_administrator_has_changed_meanwhile(client: Client, index: str) -> None:
    state = StateFactory()
    ada, ben = Client(), client
    ada.force_login(member(Role.STATE_ADMIN, state, name="Ada Moreno"))
    ben.force_login(member(Role.STATE_ADMIN, state))
    weights = {name: getattr(DEFAULTS, name) for name in ranking.NAMES}
    opened = seen(ben)
    ada.post(PAGE, {**weights, "title": 8, "seen": seen(ada), "keep": ""})
    refused = ben.post(PAGE, {**weights, "freshness": 0.2, "seen": opened, "keep": ""})
    assert "Ada Moreno has changed the weights since you opened this page" in refused.text
    assert "Words in the title: now 8, in your form 5" in refused.text
    assert "Changed lately: halves each year: now 0.05, in your form 0.2" in refused.text
    assert RankingSettings.objects.get().changes == {"title": 8.0}
    form = refused.context["form"]
    assert form["freshness"].value() == "0.2"
    for pressed in ("keep", "reset"):
        assert "Ada Moreno has changed" in ben.post(PAGE, {**weights, "seen": opened, pressed: ""}).text
    assert RankingSettings.objects.get().changes == {"title": 8.0}
    ben.post(PAGE, {**weights, "freshness": 0.2, "seen": form["seen"].value(), "keep": ""})
    assert RankingSettings.objects.get().changes == {"freshness": 0.2}
    opened = seen(ada)
    ben.post(PAGE, {"reset": "", "seen": seen(ben)})
    refused = ada.post(PAGE, {**weights, "title": 8, "seen": opened, "keep": ""})
    assert "Somebody has set all weights back to how they came" in refused.text
    assert not RankingSettings.objects.exists()


def test_keeping_needs_no_queries_and_leaves_those_that_were_typed(client: Client, index: str) -> None:
    client.force_login(member(Role.STATE_ADMIN, StateFactory()))
    typed = "\n".join(f"bridges {number}" for number in range(9))
    weights = {name: getattr(DEFAULTS, name) for name in ranking.NAMES} | {"title": 8, "queries": typed}
    tried = client.post(PAGE, {**weights, "try": ""})
    assert "At most 8 searches can be tried at once." in tried.text
    assert "cannot be taken" not in tried.text
    kept = client.post(PAGE, {**weights, "keep": ""}, follow=True)
    assert RankingSettings.objects.get().changes == {"title": 8.0}
    assert kept.context["queries"]["queries"].value() == typed


def test_weights_out_of_bounds_are_refused_and_nothing_is_kept(client: Client, index: str) -> None:
    client.force_login(member(Role.STATE_ADMIN, StateFactory()))
    wrong = {name: getattr(DEFAULTS, name) for name in ranking.NAMES} | {"title": 0.5, "reviewed": 3}
    answer = client.post(PAGE, {**wrong, "keep": ""})
    assert "Nothing has been changed" in answer.text
    assert not RankingSettings.objects.exists()
    assert ranking.in_force() == DEFAULTS


def test_a_weight_may_have_a_comma_and_what_is_none_is_told_at_its_field(client: Client, index: str) -> None:
    """A browser's own field for numbers leaves the comma of "6,5" out, and so made it 65."""
    client.force_login(member(Role.STATE_ADMIN, StateFactory()))
    page = Page.open(client, PAGE).press("Keep these weights", title="much", body="", summary="99")
    assert "Some weights cannot be taken" in page.text
    error = "Give a number from 1 to 20."
    for name in ("title", "body", "summary"):
        (field,) = page.html.xpath(f"//input[@name='{name}']")
        said = [
            page.html.get_element_by_id(one).text_content() for one in field.get("aria-describedby").split()
        ]
        assert "Unless changed" in said[0]
        assert error in said[1]
    assert page.value("title") == "much"
    assert not RankingSettings.objects.exists()
    page = page.press("Keep these weights", title="6,5", body="1", summary="3")
    assert RankingSettings.objects.get().changes == {"title": 6.5}
    assert (page.value("title"), page.value("keywords")) == ("6.5", "3")


def test_only_the_states_administrators_weigh(client: Client) -> None:
    client.force_login(member(Role.COORDINATOR, DistrictFactory()))
    assert client.get(PAGE).status_code in (302, 403)


def test_every_weight_has_a_label_and_bounds_that_hold_its_default() -> None:
    for name in ranking.NAMES:
        low, high = ranking.bounds(name)
        assert low <= getattr(DEFAULTS, name) <= high
        assert ranking.LABELS[name]
    assert {*ranking.TEXT, *ranking.OTHER, *ranking.SIGNAL_NAMES} == set(ranking.NAMES)
    assert isinstance(ranking.in_force(), Weights)


def test_a_reason_names_words_as_they_are_written(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource(
        "Mixes",
        district=district,
        owner=member(Role.TEACHER, district, name="Rosa Delgado"),
        topics=[topic("Ratios and Rates")],
    )
    follow()
    (hit,) = search("q=delgado+ratio").hits
    assert hit.why == ("“Ratios”, “Delgado” in its topics and makers",)


def test_a_word_like_one_that_is_there_itself_is_no_reason(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Miko by the river", district=district, summary="Where is her sister Mika?")
    resource("With Mika on the river", district=district)
    follow()
    hits = {hit.title: hit for hit in search("q=miko+a+zebra+by+the+river").hits}
    assert hits["Miko by the river"].why == ("“Miko”, “river” in the title",)
    assert hits["With Mika on the river"].why == ("“river” in the title", "“Mika” is spelled nearly so")


def test_only_a_word_near_one_that_was_typed_is_said_to_be_spelled_nearly_so(
    follow: Callable[[], None],
) -> None:
    district = DistrictFactory()
    resource("The notice of a river", district=district, summary="A and the, on a quest")
    resource("A novice on the river", district=district)
    follow()
    hits = {hit.title: hit for hit in search("q=a+novice+on+the+river").hits}
    assert hits["The notice of a river"].why == ("“river” in the title", "“notice” is spelled nearly so")


def test_a_title_typed_word_for_word_comes_first(follow: Callable[[], None]) -> None:
    """Also where it has so many words that it is asked as a sentence is, and others have more of them in more places."""
    district = DistrictFactory()
    standard = ItemFactory(full_statement="Use whole-number exponents to denote powers of 10")
    resource("Use exponents to denote powers of 10", district=district)
    for number in range(8):
        resource(
            f"Powers of ten, day {number}",
            district=district,
            summary="Use exponents to denote powers of 10 and multiply by powers of 10",
            tags=["Exponents"],
            alignments=[{"item": standard}],
            duration_minutes=45,
            grades=["05"],
        )
    follow()
    assert (
        search("q=Use+Exponents+to+Denote+Powers+of+10").hits[0].title
        == "Use exponents to denote powers of 10"
    )
    resource("Mid-unit assessment: fractions", district=district)
    resource(
        "Assessment in the middle of a unit of fractions", district=district, summary="Mid-unit assessment"
    )
    follow()
    assert search("q=mid-unit+assessment:+fractions").hits[0].title == "Mid-unit assessment: fractions"


def test_a_grade_that_a_chip_says_is_no_reason(follow: Callable[[], None]) -> None:
    """Every result has it."""
    resource("Sharing a pizza", grades=["06"])
    follow()
    assert search("q=6th+grade+pizza").hits[0].why == ("“pizza” in the title",)
    assert not any("grade" in reason for reason in search("q=6th+grade").hits[0].why)
    assert search("q=6th+grade+pizza&as_typed=grade").hits[0].why == (
        "“pizza” in the title",
        "“6th”, “grade” in its grades",
    )
