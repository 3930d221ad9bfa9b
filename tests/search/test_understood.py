"""What was read in a query, on real resources: what it finds, and what the page and its chips say of it."""

from collections.abc import Callable

import pytest
from django.test import Client

from repository.models import Synonym
from search.addresses import url
from search.find import find
from search.pages.chips import described
from search.request import SearchRequest
from tests.factories import (
    DistrictFactory,
    KindFactory,
    LevelFactory,
    ModalityFactory,
    ScaleFactory,
    SubjectFactory,
    resource,
)
from tests.repository.pages import Page


@pytest.mark.engine
def test_words_that_became_a_filter_are_no_longer_required(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Ratios with paint", district=district, grades=["06"], duration_minutes=30)
    resource("Ratios with maps", district=district, grades=["08"], duration_minutes=30)
    resource("Ratios all year", district=district, grades=["06"])
    follow()

    def titles(q: str) -> list[str]:
        return [hit.title for hit in find(SearchRequest(q=q), {"public"}).hits]

    assert sorted(titles("6th grade ratios")) == ["Ratios all year", "Ratios with paint"]
    assert titles("6th grade ratios in 30 minutes") == ["Ratios with paint"]
    assert titles("8th grade") == ["Ratios with maps"]


@pytest.mark.engine
def test_a_synonym_is_in_force_with_the_next_search(follow: Callable[[], None]) -> None:
    resource("Rivers by project-based learning")
    resource("Project rivers", summary="We think")
    follow()

    def titles(q: str) -> list[str]:
        return [hit.title for hit in find(SearchRequest(q=q), {"public"}).hits]

    assert titles("pbl") == []
    entry = Synonym.objects.create(term="PBL", means="project-based learning, learning by projects")
    assert titles("pbl") == ["Rivers by project-based learning"]
    assert titles("learning by projects")[0] == "Rivers by project-based learning"
    entry.delete()
    assert titles("pbl") == []


@pytest.mark.engine
def test_the_number_of_a_course_is_no_grade(follow: Callable[[], None]) -> None:
    Synonym.objects.create(term="algebra 1", means="algebra I")
    resource("1 more and 1 less", grades=["01"], summary="Algebraic thinking")
    resource("Algebra with balances", grades=["09"])
    resource("Pacing of Algebra I", grades=["09"])
    follow()
    found = find(SearchRequest(q="algebra 1"), {"public"}).hits
    assert next(hit.title for hit in found) == "Pacing of Algebra I"
    assert "1 more and 1 less" not in [hit.title for hit in found[:2]]
    assert next(hit.why for hit in found) == ("“Algebra”, “I” in the title",)


@pytest.mark.engine
def test_a_result_says_by_which_synonym_it_was_found(follow: Callable[[], None]) -> None:
    Synonym.objects.create(term="ELL", means="English language learners")
    resource("Sentence starters", summary="For English language learners of any grade")
    follow()
    (hit,) = find(SearchRequest(q="ELL"), {"public"}).hits
    assert hit.why == ("“English”, “language”, “learners” in the summary",)


@pytest.mark.engine
def test_the_page_shows_what_was_read_and_how_to_undo_it(follow: Callable[[], None], client: Client) -> None:
    scale = ScaleFactory(slug="state")
    LevelFactory(scale=scale, name="Proficient")
    ModalityFactory(slug="internship", label="Internship")
    KindFactory(slug="lesson")
    SubjectFactory(slug="mathematics")
    resource("Ratios with paint", grades=["06"])
    follow()
    html = client.get("/search/?q=6th+grade+ratios").content.decode()
    assert "from “6th grade”" in html
    assert "Look for the words “6th grade” instead" in html
    assert 'value="06" checked' in html
    assert 'name="from_words" value="grade:06"' in html
    html = client.get("/search/?q=ratios+lesson").content.decode()
    assert "Use “lesson” as a filter: Kind Lesson" in html


@pytest.mark.engine
def test_the_form_of_a_page_without_javascript_leads_to_the_plain_address(
    follow: Callable[[], None], client: Client
) -> None:
    answer = client.get(
        "/search/?q=6th+grade+ratios&was=6th+grade+ratios&from_words=grade:06&grade=06&grade=07"
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/search/?q=ratios&grade=06&grade=07"
    assert url(SearchRequest(q="ratios").choosing("grade", ["06", "07"])) == answer["Location"]


@pytest.mark.engine
def test_a_filter_is_offered_for_words_only_where_it_finds_something(
    follow: Callable[[], None], client: Client
) -> None:
    """“Use “small group” as a filter” led to nothing."""
    group = ModalityFactory(slug="small-group", label="Small group")
    for number in range(12):
        resource(f"Reading aloud {number}", summary="In a small group", grades=["04"])
    resource("Rivers", grades=["04"], modalities=[group])
    follow()

    def offered() -> list[str]:
        page = Page.open(client, "/search/?q=reading+aloud+4th+grade+small+group")
        return [one.text_content() for one in page.html.xpath("//*[@class='search__read']//a")][1:]

    assert offered() == []
    resource("Reading aloud again", grades=["04"], modalities=[group])
    follow()
    assert offered() == ["Use “small group” as a filter: Setting Small group"]


@pytest.mark.engine
def test_words_that_a_chip_says_are_no_reason(follow: Callable[[], None]) -> None:
    """Of “5th grade” the engine took “grades” for a near spelling, and every result had it for a reason."""
    resource("Rivers and wars", grades=["05"], summary="Maps for all grades")
    follow()
    (hit,) = find(SearchRequest(q="civil wars on a map 5th grade"), {"public"}).hits
    assert "spelled nearly so" not in " ".join(hit.why)
    assert "grades" not in " ".join(hit.why)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("q", "labels"),
    [
        ("poems for 3rd graders", ["“poems”", "Grade 3"]),
        ("in 6th grade", ["Grade 6"]),
        ("poems for", ["“poems for”"]),
        ("the", ["“the”"]),
    ],
)
def test_a_chip_has_no_words_that_only_join(q: str, labels: list[str]) -> None:
    assert [chip.label for chip in described(SearchRequest(q=q))] == labels


@pytest.mark.engine
def test_words_that_say_nothing_between_acronyms_find_nothing(follow: Callable[[], None]) -> None:
    """Asked loosely, “and” found all that there is."""
    Synonym.objects.create(term="GCF", means="greatest common factor")
    Synonym.objects.create(term="LCM", means="least common multiple")
    resource("The greatest common factor")
    resource("Rivers")
    follow()
    for q in ("GCF and LCM", "the GCF and its LCM"):
        assert [hit.title for hit in find(SearchRequest(q=q), {"public"}).hits] == [
            "The greatest common factor"
        ], q


@pytest.mark.engine
def test_an_acronym_in_a_question_is_written_out(follow: Callable[[], None]) -> None:
    Synonym.objects.create(term="GCF", means="greatest common factor")
    resource("Factor trees", summary="The greatest common factor of two numbers")
    resource("How I teach my class")
    follow()
    q = "how do I teach the GCF to my class"
    found = find(SearchRequest(q=q), {"public"}).hits
    assert {hit.title: hit.why for hit in found}["Factor trees"] == (
        "“greatest”, “common”, “factor” in the summary",
    )
