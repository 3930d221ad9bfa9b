"""Suggested standards as a teacher and a program get them: on the contribution page, and from the API."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import Role
from repository.models import Alignment, ResourcePage, Synonym
from repository.services import drafts
from search.suggested import suggest as suggested
from search.suggested.suggest import Described, gather, suggest_for
from standards.models import Adoption, Item
from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    KindFactory,
    SubjectFactory,
    member,
    resource,
)
from tests.repository.conftest import complete
from tests.repository.pages import Page

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


@pytest.fixture
def framework():
    framework = FrameworkFactory(short_name="MER-MATH", title="Meridian mathematics")
    ratios = ItemFactory(
        framework=framework,
        human_coding_scheme="6.RP",
        full_statement="Ratios and rates",
        cf_item_type="Domain",
    )
    for code, grade, words in [
        ("6.RP.2", "06", "Find the unit rate of two quantities and use it to compare prices."),
        ("6.RP.3", "06", "Solve problems with percents of a quantity."),
        ("6.G.1", "06", "Find the area of triangles by taking them apart."),
        ("3.NF.1", "03", "Understand a unit fraction as one part of a whole."),
    ]:
        ItemFactory(
            framework=framework,
            human_coding_scheme=code,
            full_statement=words,
            under=ratios,
            depth=1,
            grades=[grade],
            cf_item_type="Standard",
        )
    return framework


def ask(client: Client, **body):
    return client.post("/api/v1/standards/suggest", body, content_type="application/json")


def codes(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [one["code"] for one in response.json()["results"]]


def test_the_api_answers_the_likeliest_with_what_speaks_for_it(client, framework, index):
    answer = ask(client, title="Which cereal is cheaper?", text="Compare unit prices", grades=["Grade 6"])
    best = answer.json()["results"][0]
    assert best["code"] == "6.RP.2"
    assert set(best["words"]) >= {"compare", "unit", "prices"}
    assert best["path"] == ["Ratios and rates"]
    price = framework.items.get(human_coding_scheme="6.RP.2")
    ItemFactory(framework=framework, human_coding_scheme="6.RP.2.a", full_statement="Weigh jars", under=price)
    (part,) = ask(client, title="Weigh jars", limit=1).json()["results"]
    assert part["path"] == ["Ratios and rates", price.full_statement]
    both = ask(
        client,
        title="Unit prices and a unit fraction",
        grades=["3", "6"],
        frameworks=["mer-math", "MER-MATH"],
    )
    assert {"3.NF.1", "6.RP.2"} <= set(codes(both))
    assert len(codes(ask(client, title="Unit prices and a unit fraction", limit=1))) == 1
    assert "3.NF.1" not in codes(answer), "it is for another grade"
    assert "6.RP" not in codes(answer), "nobody’s lesson teaches a domain"


@pytest.mark.parametrize("written", ["6.G.1", "6-g.1", "6.g.1"])
def test_a_code_in_the_text_comes_first_and_speaks_for_itself(client, framework, index, written):
    answer = ask(client, title="Compare unit prices", text=f"Unit prices again ({written})", grades=["6"])
    assert codes(answer)[0] == "6.G.1"
    assert answer.json()["results"][0]["words"][0] == written


def test_a_code_of_another_grade_is_meant_all_the_same(client, framework, index):
    answer = ask(client, title="Unit prices", text="Builds on 3.NF.1", grades=["6"])
    assert codes(answer)[:2] == ["3.NF.1", "6.RP.2"]


def test_a_code_is_meant_also_where_more_statements_share_a_word_than_can_be_weighed(
    client, framework, index, monkeypatch
):
    monkeypatch.setattr(suggested, "MAX_STATEMENTS", 1)
    assert codes(ask(client, title="Compare unit prices", text="Unit prices (6.G.1)")) == ["6.G.1"]


def test_a_sign_is_shown_as_it_was_written(client, framework, index):
    answer = ask(client, title="Cut a cake", text="Take 3/4 of it", grades=["3"])
    assert answer.json()["results"][0]["words"] == ["3/4"]


def test_without_a_grade_every_statement_is_weighed(client, framework, index):
    assert (
        codes(ask(client, title="One part of a whole", text="Fold and name each unit fraction"))[0]
        == "3.NF.1"
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"title": "x", "grades": ["banana"]}, "banana"),
        ({"title": "x", "frameworks": ["NO-SUCH"]}, "NO-SUCH"),
        ({"title": "x", "limit": 1000}, "limit"),
        ({"text": "no title"}, "title"),
        ({"title": "x", "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_asked_is_a_problem_document(client, framework, index, body, words):
    answer = ask(client, **body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert words in answer.content.decode()


def test_a_private_draft_is_neither_suggested_nor_known(client, framework, index):
    framework.adoption_status = "Private Draft"
    framework.save()
    assert codes(ask(client, title="Compare unit prices")) == []
    assert ask(client, title="Compare unit prices", frameworks=["MER-MATH"]).status_code == 400
    # Nor does its adoption keep others from being suggested.
    Adoption.objects.create(organisation=DistrictFactory(), framework=framework)
    ItemFactory(framework=FrameworkFactory(), human_coding_scheme="X.1", full_statement="Compare unit prices")
    assert codes(ask(client, title="Compare unit prices")) == ["X.1"]


def test_nothing_to_go_by_is_no_error(client, framework, index):
    assert codes(ask(client, title="the of and")) == []


def test_resources_like_it_speak_up_and_hidden_ones_do_not(client, framework, follow):
    percents = framework.items.get(human_coding_scheme="6.RP.3")
    district = DistrictFactory()
    lesson: dict[str, Any] = {"grades": ["06"], "alignments": [{"item": percents}], "district": district}
    resource("Sale season shopping trip", summary="A shopping trip with coupons", **lesson)
    follow()
    question = {"title": "Coupons on a shopping trip", "grades": ["06"]}
    assert codes(ask(client, **question)) == ["6.RP.3"]
    assert ask(client, **question).json()["results"][0]["resources"] == 1
    ResourcePage.objects.get().delete()
    resource(
        "Sale season shopping trip", summary="A shopping trip with coupons", audience="district", **lesson
    )
    follow()
    assert codes(ask(client, **question)) == []
    client.force_login(member(Role.TEACHER, district))
    assert codes(ask(client, **question)) == ["6.RP.3"]


def test_a_published_resource_is_no_neighbour_of_its_own(framework, follow):
    """Or what it is aligned to would speak for whatever is like that."""
    percents = framework.items.get(human_coding_scheme="6.RP.3")
    ItemFactory(framework=framework, full_statement="Solve problems with percents of a whole.", grades=["06"])
    page = resource("Shopping trip", summary="With coupons", grades=["06"], alignments=[{"item": percents}])
    follow()
    assert gather(Described("Shopping trip", grades=("06",)), [framework], {"public"}).around.neighbours
    assert suggest_for(page, {"public"}) == []


def test_what_a_resource_has_takes_no_place_of_what_is_suggested(framework, index):
    rates = framework.items.get(human_coding_scheme="6.RP.2")
    page = resource(
        "Unit prices and percents",
        summary="Find the unit rate, compare prices",
        grades=["06"],
        alignments=[{"item": rates}],
    )
    (found,) = suggest_for(page, {"public"}, limit=1)
    assert found.item.human_coding_scheme == "6.RP.3"


def test_statements_of_now_are_suggested_also_those_for_no_grade_in_particular(client, framework, index):
    framework.items.filter(human_coding_scheme="6.RP.2").update(retired_at=timezone.now())
    ItemFactory(framework=framework, human_coding_scheme="P.1", full_statement="Compare prices", grades=[])
    assert codes(ask(client, title="Compare unit prices", grades=["6"])) == ["P.1"]


def test_without_a_framework_named_only_what_is_adopted_is_suggested(client, framework, index):
    district = DistrictFactory()
    Adoption.objects.create(organisation=district, framework=framework)
    ItemFactory(framework=FrameworkFactory(), human_coding_scheme="X.1", full_statement="Compare unit prices")
    for user in (None, member(Role.TEACHER, district), member(Role.TEACHER, DistrictFactory())):
        if user:
            client.force_login(user)
        found = codes(ask(client, title="Compare unit prices", grades=["6"]))
        assert "6.RP.2" in found
        assert "X.1" not in found
    # What one's own district has adopted goes before what others have.
    elsewhere = DistrictFactory()
    Adoption.objects.create(
        organisation=elsewhere, framework=Item.objects.get(human_coding_scheme="X.1").framework
    )
    client.force_login(member(Role.TEACHER, elsewhere))
    assert codes(ask(client, title="Compare unit prices", grades=["6"])) == ["X.1"]


def test_a_draft_is_suggested_what_its_state_has_adopted_and_not_what_another_district_has(framework, index):
    page = resource("Compare unit prices", grades=["06"])
    theirs = FrameworkFactory()
    ItemFactory(framework=theirs, human_coding_scheme="X.1", full_statement="Compare unit prices")
    Adoption.objects.create(organisation=page.district.parent, framework=framework)
    Adoption.objects.create(organisation=DistrictFactory(), framework=theirs)
    found = [one.item.human_coding_scheme for one in suggest_for(page, {"public"})]
    assert found[0] == "6.RP.2"
    assert "X.1" not in found


def test_an_alignment_that_a_reviewer_disputes_speaks_for_nothing(client, framework, follow):
    percents, area = (framework.items.get(human_coding_scheme=code) for code in ("6.RP.3", "6.G.1"))
    lesson: dict[str, Any] = {"grades": ["06"], "district": DistrictFactory()}
    disputed = {"item": percents, "status": Alignment.Status.DISPUTED}
    resource("Sale season shopping trip", summary="A trip with coupons", alignments=[disputed], **lesson)
    follow()
    question = {"title": "Coupons on a shopping trip", "grades": ["06"]}
    assert codes(ask(client, **question)) == []
    resource(
        "Shopping trip with coupons",
        alignments=[{"item": area, "status": Alignment.Status.CONFIRMED}, disputed],
        **lesson,
    )
    follow()
    assert codes(ask(client, **question)) == ["6.G.1"]
    around = gather(Described("Coupons on a trip", grades=("06",)), [framework], {"public"}).around
    assert (around.habit[area.identifier], around.habit[percents.identifier]) == (1, 0)
    assert [one.aligned for one in around.neighbours] == [{area.identifier}]


def test_the_number_of_queries_does_not_grow_with_what_is_stored(
    client, framework, follow, django_assert_max_num_queries
):
    district = DistrictFactory()
    for n in range(6):
        resource(
            f"Unit prices {n}",
            district=district,
            grades=["06"],
            alignments=[{"item": framework.items.get(human_coding_scheme="6.RP.2")}],
        )
    follow()
    with django_assert_max_num_queries(14):
        assert len(codes(ask(client, title="Unit prices of triangles and percents"))) == 4


def test_words_alone_decide_while_search_is_resting(client, framework, settings):
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    assert codes(ask(client, title="Compare unit prices", grades=["6"]))[0] == "6.RP.2"


def test_half_an_emoji_does_no_harm(client, framework, index):
    cut = '{"title": "Which cereal is cheaper? \\ud83d", "text": "Compare unit prices \\udc00\\u0000", "grades": ["6"]}'
    answer = client.post("/api/v1/standards/suggest", cut, content_type="application/json")
    assert codes(answer)[0] == "6.RP.2"


def editor_of_a_draft(framework):
    district = DistrictFactory()
    Adoption.objects.create(organisation=district, framework=framework)
    teacher = member(Role.TEACHER, district)
    draft = drafts.create_draft(
        user=teacher, district=district, kind=KindFactory(), title="Unit prices", fill=complete
    )
    client = Client()
    client.force_login(teacher)
    return Page.open(client, reverse("repository:edit", args=[draft.identifier]))


def test_what_cannot_be_saved_yet_is_not_suggested_for(framework, index):
    """Suggestions would be for the draft as it was before."""
    page = editor_of_a_draft(framework)
    page = page.press("Suggest standards", title="", grades=["06"])
    assert "Standards are suggested from your draft once it can be saved." in page.text
    assert "Speaks for it" not in page.text
    page = page.press("Suggest standards", title="Unit prices of cereal", grades=["06"])
    assert "Speaks for it" in page.text
    assert "Search is resting" not in page.text


def test_of_a_draft_for_one_subject_no_standards_of_others_are_suggested(framework, index):
    """Of a mathematics lesson in which students explain, the first was on writing."""
    framework.subject = ["Math"]
    framework.save()
    writing = FrameworkFactory(short_name="MER-ELA", subject=["English Language Arts"])
    other = FrameworkFactory(short_name="MER-LIFE")  # does not say for what it is
    for some, words in (
        (writing, "Explain how prices of cereal compare"),
        (other, "Compare prices of cereal"),
    ):
        ItemFactory(framework=some, full_statement=words, grades=["06"], cf_item_type="Standard")
    Synonym.objects.create(term="math", means="mathematics")
    mathematics = SubjectFactory(slug="mathematics", label="Mathematics")
    SubjectFactory(slug="english-language-arts", label="English language arts")
    art = SubjectFactory(slug="arts", label="Arts")
    district = DistrictFactory()
    for adopted in (framework, writing, other):
        Adoption.objects.create(organisation=district, framework=adopted)
    draft = drafts.create_draft(
        user=member(Role.TEACHER, district),
        district=district,
        kind=KindFactory(),
        title="Explain unit prices of cereal",
        fill=complete,
    )
    draft.grades = ["06"]

    def suggested_from() -> set[str]:
        return {one.item.framework.short_name for one in suggest_for(draft, {"public"})}

    draft.subjects = []
    assert suggested_from() == {"MER-MATH", "MER-ELA", "MER-LIFE"}
    draft.subjects = [mathematics]
    assert suggested_from() == {"MER-MATH", "MER-LIFE"}
    draft.subjects = [art]  # nothing is for it
    assert suggested_from() == {"MER-MATH", "MER-ELA", "MER-LIFE"}


def test_while_search_is_resting_a_teacher_is_told_that_suggestions_go_by_words_alone(framework, settings):
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    page = editor_of_a_draft(framework)
    page = page.press("Suggest standards", title="Unit prices of cereal", grades=["06"])
    assert "Speaks for it" in page.text
    assert "Search is resting, so these go by words alone" in page.text


def test_a_teacher_is_offered_standards_for_what_is_written_and_adds_one(framework, index):
    district = DistrictFactory()
    Adoption.objects.create(organisation=district, framework=framework)
    FrameworkFactory(short_name="ELSEWHERE")
    teacher = member(Role.TEACHER, district)
    draft = drafts.create_draft(
        user=teacher,
        district=district,
        kind=KindFactory(),
        title="Which cereal is cheaper?",
        fill=complete,
    )
    client = Client()
    client.force_login(teacher)
    page = Page.open(client, reverse("repository:edit", args=[draft.identifier]))
    page = page.press("Suggest standards", summary="Compare unit prices of two boxes", grades=["06"])
    assert "Find the unit rate of two quantities" in page.text
    assert "Speaks for it: " in page.text
    page = page.press("Add 6.RP.2")
    assert "Find the unit rate of two quantities" in page.text
    assert not page.html.xpath("//button[contains(., 'Add 6.RP.2')]"), "what is added is suggested no more"
    latest = ResourcePage.objects.get().get_latest_revision_as_object()
    assert [one.item.human_coding_scheme for one in latest.alignments.all()] == ["6.RP.2"]
    assert page.html.xpath("//button[contains(., 'Suggest standards')]")
