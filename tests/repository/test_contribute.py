"""Contributing on the site, without JavaScript: every button sends the whole form, and nothing typed is lost."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from repository.models import ResourcePage
from repository.services import drafts, review
from standards.models import Adoption
from tests.factories import (
    AssociationFactory,
    FrameworkFactory,
    ItemFactory,
    KindFactory,
    LevelFactory,
    ScaleFactory,
    SubjectFactory,
)
from tests.repository.conftest import complete, save, seen, submit_another
from tests.repository.pages import Page, edit_url, latest, signed_in

pytestmark = pytest.mark.django_db


def steps(draft):
    return [block.value["title"] for block in latest(draft).body if block.block_type == "step"]


# -- the path


def test_three_answers_make_a_draft(teacher, people):
    KindFactory()
    page = Page.open(teacher, "/contribute/").press(
        "Start the draft", title="Cereal boxes", kind="lesson", students_will="Compare unit prices"
    )
    draft = ResourcePage.objects.get()
    assert page.url == edit_url(draft)
    assert page.values("-objectives-0-value") == ["Compare unit prices"]
    assert (draft.owner, draft.school) == (people.teacher, people.teacher.memberships.get().organisation)


def test_what_students_will_do_is_asked_for_and_what_was_typed_stays(teacher):
    KindFactory()
    page = Page.open(teacher, "/contribute/").press("Start the draft", title="Cereal boxes")
    assert not ResourcePage.objects.exists()
    assert "One thing needs your attention" in page.text
    assert page.value("title") == "Cereal boxes"


def test_somebody_without_a_district_is_told_why(people):
    response = signed_in(people.state_admin).get("/contribute/")
    assert response.status_code == 403
    assert "Contributing needs a district" in response.content.decode()


def test_a_lesson_is_written_sent_reviewed_and_found_by_everyone(teacher, people):
    KindFactory()
    SubjectFactory()
    level = LevelFactory(scale=ScaleFactory(owner=people.district.parent, slug="meridian"), name="Proficient")
    item = ItemFactory(full_statement="Find a unit rate", human_coding_scheme="6.RP.2", code_forms=["6rp2"])
    page = Page.open(teacher, "/contribute/").press(
        "Start the draft", title="Cereal boxes", kind="lesson", students_will="Compare unit prices"
    )
    page = page.press(
        "Add a step", summary="Which cereal is cheaper?", subjects=["mathematics"], step__0__title="Warm up"
    )
    page = page.press(
        "Add a step", step__1__title="Explore", step__1__minutes="20", step__1__text="Weigh\r\nand compare"
    )
    page = page.press("Move Step 2 up")
    page = page.press("Find", standards_q="6rp2")
    page = page.press("Add 6.RP.2")
    page = page.press("Save draft", alignment__0__relation="assesses", alignment__0__level=level.key)
    draft = ResourcePage.objects.get()
    assert steps(draft) == ["Explore", "Warm up"]
    page = page.press("Send to reviewers")
    assert "exactly as it is now" in page.text
    page = page.press("Send it")
    assert "Sent to the reviewers" in page.notices

    reviewer = signed_in(people.reviewer)
    page = Page.open(reviewer, "/review/")
    assert "Cereal boxes" in page.text
    page = Page.open(reviewer, reverse("repository:review", args=[draft.identifier]))
    assert "Find a unit rate" in page.text
    said: dict[str, Any] = {page.names(f"standard-{item.pk}.assesses.{level.pk}")[0]: "confirmed"}
    page = page.press("Send my decision", decision="approve", **said)
    assert "“Cereal boxes” is published." in page.notices

    draft.refresh_from_db()
    alignment = draft.alignments.get()
    assert (alignment.item, alignment.relation, alignment.level, alignment.status) == (
        item,
        "assesses",
        level,
        "confirmed",
    )
    page = Page.open(Client(), draft.get_url())
    for words in (
        "Cereal boxes",
        "Compare unit prices",
        "Explore",
        "Find a unit rate",
        "Reviewed by Priya Nair",
    ):
        assert words in page.text


# -- nothing is lost


def test_adding_a_row_keeps_what_was_typed_even_what_is_wrong(teacher, draft):
    page = Page.open(teacher, edit_url(draft)).press(
        "Add a step", title="Cereal aisle", step__0__title="Warm up", step__0__minutes="a while"
    )
    assert page.value("title") == "Cereal aisle"
    assert page.value("step-0-minutes") == "a while"
    assert len(page.names("-block_id")) >= 3
    assert "Minutes: Enter a whole number." in page.text
    assert latest(draft).title == "Cereal boxes"


def test_an_error_is_summed_up_on_top_and_tied_to_its_field(teacher, draft):
    page = Page.open(teacher, edit_url(draft)).press("Save draft", title="", step__0__minutes="0")
    assert "2 things need your attention" in page.text
    links = page.html.xpath("//*[@id='problems']//a/@href")
    assert links == ["#id_title", "#id_step-0-minutes"]
    for link in links:
        field = page.html.get_element_by_id(link[1:])
        assert field.get("aria-invalid") == "true"
        assert f"{link[1:]}_error" in field.get("aria-describedby")


def test_a_draft_keeps_its_title_and_one_thing_that_students_do(teacher, draft):
    page = Page.open(teacher, edit_url(draft)).press("Save draft", objectives__0__objectives__0__value=" ")
    assert "Say in a line what students will do" in page.text
    assert latest(draft).body[0].value["objectives"][0] == "Compare unit rates"


def test_the_kind_decides_which_parts_are_offered_and_what_is_written_stays(teacher, draft):
    KindFactory(slug="opportunity", blocks=["objectives", "opportunity"])
    draft.kind.blocks = ["objectives", "step"]
    draft.kind.save()
    page = Page.open(teacher, edit_url(draft))
    assert not page.names("opportunity-TOTAL_FORMS")
    page = page.press("Save draft", kind="opportunity", step__0__title="Meet the mentor")
    assert page.names("opportunity-TOTAL_FORMS")
    assert page.value("step-0-title") == "Meet the mentor"


# -- saving by itself


def autosave(page, **typed):
    data = page._values(page._form_with("stamp")) | {"action": "autosave"} | typed
    return page.client.post(page.url, data, headers={"HX-Request": "true"}).content.decode()


def stamp_in(answer):
    found = re.search(r'id="stamp" value="([^"]+)"', answer)
    assert found is not None
    return found[1]


def test_the_page_saves_itself_and_says_so(teacher, draft):
    page = Page.open(teacher, edit_url(draft))
    answer = autosave(page, title="Cereal aisle")
    assert "Saved" in answer
    autosave(page, title="Cereal shelf", stamp=stamp_in(answer))
    assert latest(draft).title == "Cereal shelf"
    assert draft.revisions.count() == 1


def test_a_second_window_does_not_overwrite_the_first_and_both_versions_can_be_kept(teacher, draft):
    first, second = Page.open(teacher, edit_url(draft)), Page.open(teacher, edit_url(draft))
    autosave(first, title="From the first window")
    answer = autosave(second, title="From the second window")
    assert "changed in another window" in answer
    assert latest(draft).title == "From the first window"
    page = second.press("Save draft", title="From the second window")
    assert page.value("title") == "From the second window"
    page.press("Keep this version")
    assert latest(draft).title == "From the second window"
    assert {revision.content["title"] for revision in draft.revisions.all()} == {
        "From the first window",
        "From the second window",
    }


def test_what_is_typed_in_a_tab_that_is_left_open_after_sending_is_refused_and_kept(teacher, draft, people):
    page = Page.open(teacher, edit_url(draft))
    review.submit(identifier=draft.identifier, user=people.teacher)
    assert "with the reviewers" in autosave(page, title="Too late")
    page = page.press("Save draft", title="Too late")
    assert page.value("title") == "Too late"
    assert "Not saved" in page.text
    published = review.approve(identifier=draft.identifier, user=people.reviewer, revision_id=seen(draft))
    assert published.title == "Cereal boxes"


def test_a_preview_shows_what_is_typed_and_saves_nothing(teacher, draft):
    page = Page.open(teacher, edit_url(draft)).press(
        "Preview", title="Cereal aisle", step__0__title="Warm up"
    )
    assert "Cereal aisle" in page.text
    assert "Warm up" in page.text
    assert latest(draft).title == "Cereal boxes"


def test_a_published_resource_is_revised_while_readers_see_the_published_version(teacher, draft, people):
    review.submit(identifier=draft.identifier, user=people.teacher)
    page = review.approve(identifier=draft.identifier, user=people.reviewer, revision_id=seen(draft))
    Page.open(teacher, edit_url(draft)).press("Save draft", title="Cereal boxes, second edition")
    assert "second edition" not in Page.open(Client(), page.get_url()).text
    assert "changes not published yet" in Page.open(teacher, "/my-resources/").text


# -- who may


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *[(role, 200) for role in ("teacher", "coordinator", "reviewer", "state_admin")],
        *[(role, 404) for role in ("colleague", "outsider", "other_reviewer")],
    ],
)
@pytest.mark.parametrize("name", ["edit", "preview", "review", "submit"])
def test_a_draft_is_open_to_its_author_and_staff_and_to_nobody_else(draft, people, who, status, name):
    response = signed_in(getattr(people, who)).get(reverse(f"repository:{name}", args=[draft.identifier]))
    assert response.status_code == status


@pytest.mark.parametrize("url", ["/contribute/", "/my-resources/", "/review/"])
def test_a_visitor_is_asked_to_sign_in_first(url, db):
    response = Client().get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_the_title_of_a_form_that_comes_back_says_that_something_is_wrong(draft, people):
    review.submit(identifier=draft.identifier, user=people.teacher)
    page = Page.open(signed_in(people.reviewer), f"/review/{draft.identifier}/").press("Send my decision")
    assert page.html.findtext(".//title").strip().startswith("Error: Review:")
    begun = Page.open(signed_in(people.teacher), "/contribute/")
    assert begun.html.findtext(".//title").strip().startswith("Contribute")
    assert begun.press("Start the draft").html.findtext(".//title").strip().startswith("Error: Contribute")


def test_a_teacher_has_no_queue(teacher):
    assert teacher.get("/review/").status_code == 403


# -- standards


def test_frameworks_of_the_district_and_the_state_come_first(teacher, draft, people):
    elsewhere = ItemFactory(full_statement="Compute a unit rate elsewhere")
    adopted = FrameworkFactory(title="Zebra standards")
    ItemFactory(full_statement="Compute a unit rate here", framework=adopted)
    Adoption.objects.create(organisation=people.district.parent, framework=adopted)
    text = Page.open(teacher, edit_url(draft)).press("Find", standards_q="unit rate").text
    assert text.index("Compute a unit rate here") < text.index(elsewhere.full_statement)


def test_of_a_framework_the_standards_for_the_grades_of_the_draft_come_first(teacher, draft, people):
    """Who teaches grade 4 read those for kindergarten first."""
    framework = FrameworkFactory()
    Adoption.objects.create(organisation=people.district, framework=framework)
    for position, grade in enumerate(("KG", "04", "05")):
        words = f"Find the main idea in grade {grade}"
        ItemFactory(framework=framework, full_statement=words, grades=[grade], position=position)
    page = Page.open(teacher, edit_url(draft)).press("Find", standards_q="main idea", grades=["04"])
    while_typing = teacher.get("/contribute/standards/", {"standards_q": "main idea", "grades": ["04"]})
    for text in (page.text, while_typing.content.decode()):
        places = [text.index(f"main idea in grade {grade}") for grade in ("04", "KG", "05")]
        assert places == sorted(places)


def test_a_retired_code_leads_to_what_takes_its_place_and_not_to_codes_like_it(teacher, draft):
    framework = FrameworkFactory()
    ItemFactory(framework=framework, human_coding_scheme="7.RP.2", code_forms=["7.rp.2", "7rp2"])
    old, older = (
        ItemFactory(
            framework=framework,
            human_coding_scheme=f"6.RP.{n}",
            code_forms=[f"6.rp.{n}", f"6rp{n}"],
            full_statement=f"Old words {n}",
            retired_at="2026-01-01T00:00Z",
        )
        for n in (2, 3)
    )
    for code in ("6.R.20", "6.R.21"):
        new = ItemFactory(framework=framework, human_coding_scheme=code, full_statement=f"New {code}")
        AssociationFactory(framework=framework, association_type="replacedBy", origin=old, destination=new)
    page = Page.open(teacher, edit_url(draft)).press("Find", standards_q="6.RP.2")
    assert "“6.RP.2” is retired. What takes its place:" in page.text
    assert "7.RP.2" not in page.text
    page.press("Add 6.R.21")
    text = Page.open(teacher, edit_url(draft)).press("Find", standards_q="6rp3").text
    assert "“6rp3” is retired, and nothing is named in its place." in text
    assert older.full_statement in text
    assert "Nothing found" not in text


def test_the_same_standard_with_the_same_relation_and_level_is_kept_once(teacher, draft):
    ItemFactory(full_statement="Find a unit rate", human_coding_scheme="6.RP.2", code_forms=["6rp2"])
    page = Page.open(teacher, edit_url(draft)).press("Find", standards_q="6rp2")
    page = page.press("Add 6.RP.2").press("Add 6.RP.2")
    page.press("Save draft", standards_q="")
    assert latest(draft).alignments.count() == 1


# -- lists


def test_the_list_of_own_resources_takes_the_same_number_of_queries_for_two_and_for_ten(
    teacher, people, django_assert_max_num_queries
):
    counts = []
    for number in range(10):
        made = drafts.create_draft(
            user=people.teacher,
            district=people.district,
            kind=KindFactory(),
            title=f"Draft {number}",
            fill=complete,
        )
        if number % 2:
            review.submit(identifier=made.identifier, user=people.teacher)
        if number in (1, 9):
            teacher.get("/my-resources/")
            with django_assert_max_num_queries(40) as queries:
                assert teacher.get("/my-resources/").content.decode().count("row__title") == number + 1
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_queue_takes_the_same_number_of_queries_for_two_and_for_six(
    people, django_assert_max_num_queries
):
    reviewer, counts = signed_in(people.reviewer), []
    for number in range(6):
        submit_another(people, f"Draft {number}")
        if number in (1, 5):
            reviewer.get("/review/")
            with django_assert_max_num_queries(40) as queries:
                assert reviewer.get("/review/").content.decode().count("row__title") == number + 1
            counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("how", ["locked", "scheduled"])
def test_what_is_locked_in_the_admin_while_its_author_types_is_said_to_be(teacher, people, draft, how):
    """It was “Not open to you”, and what had been typed was gone."""
    form = Page.open(teacher, edit_url(draft))
    if how == "locked":
        ResourcePage.objects.filter(pk=draft.pk).update(
            locked=True, locked_by=people.district_admin, locked_at=timezone.now()
        )
    else:
        draft.revisions.update(approved_go_live_at=timezone.now() + timedelta(days=1))
    told = form.press("Save draft", summary="Typed meanwhile.")
    why = {
        "locked": f"{people.district_admin} has locked it. Nothing was saved",
        "scheduled": "an administrator has locked it, or set the time at which it will be published. Nothing was saved",
    }
    assert why[how] in told.text
    assert told.value("summary") == "Typed meanwhile."
    assert latest(draft).summary != "Typed meanwhile."


@pytest.mark.parametrize(
    ("action", "button"),
    [("delete", "Delete the draft"), ("discard", "Drop my changes"), ("unpublish", "Unpublish")],
)
def test_what_is_locked_is_neither_deleted_nor_changed_back_nor_unpublished(
    teacher, people, draft, action, button
):
    if action != "delete":
        draft.get_latest_revision().publish()
        save(draft, people.teacher, "Cereal boxes again", stamp=None)
    page = Page.open(teacher, f"/my-resources/{draft.identifier}/{action}/")
    locked = ResourcePage.objects.filter(pk=draft.pk)
    locked.update(locked=True, locked_by=people.district_admin, locked_at=timezone.now())
    told = page.press(button).notices
    assert f"{people.district_admin} has locked it. Nothing was done. Please ask your administrator." in told
    assert locked.get().live == (action != "delete")
