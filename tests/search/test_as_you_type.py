"""What the box offers while one types: standards, topics and titles that the reader may see."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from people.models import Role
from repository.models import Topic
from search.as_you_type import suggestions
from search.memory import one_look
from standards.models import Adoption, Framework
from standards.typeahead import standards_beginning
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, member, resource, topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def standards(db: None) -> None:
    framework = FrameworkFactory(short_name="CCSS", title="Common")
    ItemFactory(
        framework=framework,
        human_coding_scheme="CCSS.MATH.CONTENT.6.RP.A.3",
        full_statement="Use ratio reasoning",
    )
    ItemFactory(framework=framework, human_coding_scheme="6.RP.A", full_statement="Understand ratios")
    ItemFactory(framework=framework, human_coding_scheme="6.RP.A.1", full_statement="Ratio language")
    ItemFactory(framework=framework, human_coding_scheme="RL.6.1", full_statement="Cite evidence from a text")
    ItemFactory(
        framework=framework,
        human_coding_scheme="6.RP.B",
        full_statement="An old ratio",
        retired_at="2025-01-01T00:00Z",
    )
    ItemFactory(
        framework=framework,
        human_coding_scheme="HSA-REI.B.3",
        full_statement="Solve equations with fractions",
        grades=["09", "10", "11", "12"],
    )
    ItemFactory(
        framework=framework, human_coding_scheme="K.CC.A.1", full_statement="Count to ten", grades=["KG"]
    )


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("6rp", "6.RP.A 6.RP.A.1 CCSS.MATH.CONTENT.6.RP.A.3"),
        ("6.RP.A.", "6.RP.A 6.RP.A.1 CCSS.MATH.CONTENT.6.RP.A.3"),
        ("6.rp.3", "CCSS.MATH.CONTENT.6.RP.A.3"),
        ("rl 6", "RL.6.1"),
        ("rl", "RL.6.1"),
        ("rl.", "RL.6.1"),
        ("k.cc", "K.CC.A.1"),
        ("cc", "K.CC.A.1"),
        ("rp", "6.RP.A 6.RP.A.1 CCSS.MATH.CONTENT.6.RP.A.3"),
        ("ccss.math", "CCSS.MATH.CONTENT.6.RP.A.3"),
        ("hsa", "HSA-REI.B.3"),
        ("a-r", "HSA-REI.B.3"),
        ("re", ""),  # begins REI, and is no part of a code
        ("rat", "6.RP.A 6.RP.A.1 CCSS.MATH.CONTENT.6.RP.A.3"),
        ("ratio reas", "CCSS.MATH.CONTENT.6.RP.A.3"),
        ("cite the evid", "RL.6.1"),
        ("citations", "RL.6.1"),
        ("citation evid", "RL.6.1"),
        ("zebra", ""),
        ("a", ""),
        ("the", ""),
        ("?'\\:*&!", ""),
    ],
)
def test_standards_are_offered_by_the_beginning_of_a_code_or_of_words(
    typed: str, codes: str, standards: None
) -> None:
    found = standards_beginning(typed, limit=9)
    assert " ".join(item.human_coding_scheme for item in found) == codes


def test_the_code_itself_goes_before_what_begins_so(standards: None) -> None:
    assert standards_beginning("6rpa", limit=1)[0].human_coding_scheme == "6.RP.A"


def test_letters_that_are_a_code_or_a_word_are_taken_for_both() -> None:
    framework = FrameworkFactory()
    for code, statement in [
        ("ART.1", "Draw a line"),
        ("6.H.2", "Tell how art changed"),
        ("6.H.3", "Tell how trade did"),
    ]:
        ItemFactory(framework=framework, human_coding_scheme=code, full_statement=statement)
    assert [item.human_coding_scheme for item in standards_beginning("art", limit=4)] == ["ART.1", "6.H.2"]


def test_no_framework_takes_every_place_and_adopted_ones_take_most() -> None:
    frameworks = [
        FrameworkFactory(short_name=name, title=title)
        for name, title in [("A", "Common Core"), ("B", "Meridian"), ("C", "Texas")]
    ]
    for framework, code in zip(
        frameworks, ["CCSS.MATH.CONTENT.6.RP.A.{}", "M.6.RP.{}", "6.RP.{}"], strict=True
    ):
        for number in range(1, 6):
            ItemFactory(framework=framework, human_coding_scheme=code.format(number), full_statement="Ratios")

    def offered(*adopted: int) -> str:
        district = DistrictFactory()
        for number in adopted:
            Adoption.objects.create(framework=frameworks[number], organisation=district)
        found = standards_beginning("6.rp", limit=4, organisations=[district.pk])
        return " ".join(item.framework.short_name for item in found)

    assert offered() == "C B A C"
    assert offered(1) == "B B B C"
    assert offered(0, 1) == "B A B A"


def test_of_several_frameworks_each_standard_that_is_offered_says_whose_it_is(client: Client) -> None:
    for title in ("Common Core", "Meridian"):
        ItemFactory(framework=FrameworkFactory(title=title), human_coding_scheme="6.RP.A")
    html = client.get("/search/suggest/?q=6.rp").content.decode()
    assert re.findall("Common Core|Meridian", html) == ["Common Core", "Meridian"]
    Framework.objects.get(title="Meridian").items.all().delete()
    assert "Common Core" not in client.get("/search/suggest/?q=6.rp").content.decode()


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_nothing_that_is_typed_breaks_the_look_up(typed: str) -> None:
    with connection.cursor():
        standards_beginning(typed, limit=3)


@pytest.mark.engine
def test_standards_topics_and_titles_come_in_one_list(
    follow: Callable[[], None], standards: None, client: Client
) -> None:
    topic("Ratios and rates")
    topic("Equal ratios")
    resource("Ratio tables with paint")
    resource("The golden ratio")
    follow()
    answer = client.get("/api/v1/suggest?q=rati").json()["suggestions"]
    assert [one["kind"] for one in answer] == ["standard"] * 3 + ["topic"] * 2 + ["resource"] * 2
    assert [one["label"] for one in answer if one["kind"] == "topic"] == ["Ratios and rates", "Equal ratios"]
    assert {one["label"] for one in answer if one["kind"] == "resource"} == {
        "Ratio tables with paint",
        "The golden ratio",
    }
    html = client.get("/search/suggest/?q=golden+rat").content.decode()
    assert html.count('role="option"') == 1
    assert "The golden ratio" in html
    for one in answer:
        assert one["url"].startswith("http://testserver/")
        assert client.get(one["url"].removeprefix("http://testserver")).status_code == 200
        # A program can ask for it, too.
        named = "resources?q=" if one["kind"] == "resource" else f"resources?{one['kind']}="
        assert client.get(f"/api/v1/{named}{one['value']}").status_code == 200
    assert {one["detail"] != "" for one in answer if one["kind"] == "standard"} == {True}


def test_a_sign_that_no_text_has_offers_nothing(client: Client) -> None:
    assert client.get("/api/v1/suggest?q=ra%00tio").json() == {"suggestions": []}


def test_of_many_topics_the_three_that_come_nearest_are_offered(settings: Any) -> None:
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"  # no titles
    for name in ("Water on other planets", "Clean water", "Water cycle", "Watersheds of the state", "Waters"):
        topic(name)
    offered = [one.label for one in suggestions("water", {"public"})]
    assert offered == ["Waters", "Water cycle", "Water on other planets"]


@pytest.mark.engine
def test_titles_are_offered_to_their_audience_alone(follow: Callable[[], None], client: Client) -> None:
    district = DistrictFactory()
    resource("Secret garden plans", district=district, audience="district")
    resource("Secret draft", district=district, live=False)
    follow()
    assert client.get("/api/v1/suggest?q=secret").json() == {"suggestions": []}
    client.force_login(member(Role.TEACHER, district))
    assert [one["label"] for one in client.get("/api/v1/suggest?q=secret").json()["suggestions"]] == [
        "Secret garden plans"
    ]


@pytest.mark.engine
@pytest.mark.parametrize(
    "typed", ["4th grade frac", "gr 4 frac", "fraction for grade 4", "frac, 4th graders"]
)
def test_a_grade_among_the_words_narrows_what_is_offered(
    typed: str, follow: Callable[[], None], client: Client
) -> None:
    framework = FrameworkFactory()
    for code, grades in [("3.NF.1", ["03"]), ("4.NF.1", ["04"])]:
        ItemFactory(
            framework=framework, human_coding_scheme=code, full_statement="Add fractions", grades=grades
        )
    topic("Fractured earth")  # nothing for the grade: it would lead nowhere
    resource("Fraction strips", grades=["04"], topics=[topic("Fractions")])
    resource("Fraction tiles", grades=["03"], topics=[Topic.objects.get(name="Fractured earth")])
    follow()
    answer = client.get("/api/v1/suggest", {"q": typed}).json()["suggestions"]
    assert [one["label"] for one in answer] == ["4.NF.1", "Fractions", "Fraction strips"]
    page = client.get(answer[1]["url"].removeprefix("http://testserver")).content.decode()
    assert "Grade 4" in page
    assert (
        '<span class="soft">Grade 4</span>' in client.get("/search/suggest/", {"q": typed}).content.decode()
    )


@pytest.mark.engine
def test_a_title_is_offered_for_other_forms_of_its_words_after_those_with_the_very_words(
    follow: Callable[[], None], client: Client
) -> None:
    for title in ("Add fractions", "Adding with fraction strips", "Adding whole numbers"):
        resource(title)
    follow()
    answer = client.get("/api/v1/suggest?q=adding frac").json()["suggestions"]
    assert [one["label"] for one in answer] == ["Adding with fraction strips", "Add fractions"]


@pytest.mark.engine
def test_a_title_in_another_language_says_which(follow: Callable[[], None], client: Client) -> None:
    resource("Mezclas de pintura", language="es")
    follow()
    html = client.get("/search/suggest/?q=mezclas").content.decode()
    assert '<span lang="es" dir="auto">Mezclas de pintura</span>' in html


@pytest.mark.engine
def test_of_a_question_what_it_asks_for_is_offered(follow: Callable[[], None], client: Client) -> None:
    """Nothing was, until the search itself."""
    resource("Fraction strips")
    resource("How do I say hello")
    follow()

    def offered(typed: str) -> list[str]:
        answer = client.get("/api/v1/suggest", {"q": typed}).json()["suggestions"]
        return [one["label"] for one in answer]

    assert offered("how do I teach frac") == ["Fraction strips"]
    assert offered("fun activities for kids about frac") == ["Fraction strips"]
    assert offered("google slides frac") == offered("frac pdf") == ["Fraction strips"]
    assert offered("how do I") == ["How do I say hello"]
    assert offered("how do I teach") == []


@pytest.mark.engine
def test_a_grade_in_a_title_is_found_as_it_stands(follow: Callable[[], None], client: Client) -> None:
    resource("Grade 4 fractions unit", grades=["05"])
    follow()
    for typed in ("grade 4", "grade 4 fra"):
        answer = client.get("/api/v1/suggest", {"q": typed}).json()["suggestions"]
        assert [one["label"] for one in answer] == ["Grade 4 fractions unit"]


@pytest.mark.engine
def test_what_is_offered_costs_few_queries(follow: Callable[[], None], standards: None) -> None:
    resource("Ratio tables")
    follow()
    suggestions("ratio", {"public"})
    # As in a request, which looks for changes of what is in memory once.
    with one_look(), CaptureQueriesContext(connection) as captured:
        assert suggestions("ratio", {"public"})
    assert len(captured) == 2  # the versions of what is in memory, and the standards


def test_the_box_goes_on_without_the_engine(standards: None, settings: Any, client: Client) -> None:
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    assert [one["label"] for one in client.get("/api/v1/suggest?q=RX").json()["suggestions"]] == []
    found = client.get("/api/v1/suggest?q=RL.6").json()["suggestions"]
    assert [one["label"] for one in found] == ["RL.6.1"]


@pytest.mark.parametrize(("query", "named"), [("query=frac", "query"), ("q=" + "x" * 301, "q")])
def test_a_program_is_told_what_the_suggestions_do_not_take(query: str, named: str, client: Client) -> None:
    answer = client.get(f"/api/v1/suggest?{query}")
    assert answer.status_code == 400
    assert named in answer.json()["detail"]
    assert answer["Content-Type"] == "application/problem+json"
