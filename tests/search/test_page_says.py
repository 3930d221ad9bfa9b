"""What the page of results says to who finds nothing, comes for the first time, or comes while the engine rests."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from people.models import Role
from repository.models import Synonym
from standards.codes import code_forms
from tests.factories import (
    FrameworkFactory,
    ItemFactory,
    SchoolFactory,
    StateFactory,
    SubjectFactory,
    member,
    resource,
)
from tests.repository.pages import Page

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_a_resting_engine_shows_only_what_the_reader_may_see(client: Client, settings: Any) -> None:
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    resource("Open rivers")
    resource("Hidden rivers", audience="district")
    html = client.get("/search/?q=rivers").content.decode()
    assert "Search is resting" in html
    assert "Open rivers" in html
    assert "Hidden rivers" not in html


def test_while_the_engine_rests_titles_are_looked_up_as_search_reads_words(
    client: Client, settings: Any
) -> None:
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    Synonym.objects.create(term="PBL", means="project-based learning")
    titles = ("Open rivers", "Hidden rivers", "PBL in a day", "Project based learning at the mill")
    for title in (*titles, "Rates 6.RP.A.1", "Rates 6.RP.A.3"):
        resource(title)
    expected = {
        "pbl": ["PBL in a day", "Project based learning at the mill"],
        "project-based learning mill": ["Project based learning at the mill"],
        "river -hidden": ["Open rivers"],
        '"open rivers"': ["Open rivers"],
        "something about hidden rivers": ["Hidden rivers"],
        "rates 6.RP.A.3": ["Rates 6.RP.A.3"],
    }
    for typed, found in expected.items():
        shown = Page.open(client, f"/search/?{urlencode({'q': typed})}")
        assert [one.text_content() for one in shown.html.xpath("//*[@class='row__title']")] == found, typed


def test_an_empty_library_says_so_and_does_not_ask_for_other_words(client: Client, index: str) -> None:
    shown = Page.open(client, "/search/").text
    assert "There are no resources here yet" in shown
    assert "Nothing fits" not in shown
    assert "Nothing fits all of this" in Page.open(client, "/search/?q=ratio").text


def test_of_one_word_nobody_is_asked_for_fewer(client: Client, follow: Callable[[], None]) -> None:
    resource("Open rivers")
    follow()
    assert "Try another word, or" in Page.open(client, "/search/?q=volcano").text
    assert "Try fewer or other words" in Page.open(client, "/search/?q=volcano+glacier").text


def test_while_search_rests_the_table_by_level_says_which_standard_it_is_for(
    client: Client, settings: Any
) -> None:
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    item = ItemFactory(human_coding_scheme="6.RP.1", framework=FrameworkFactory(short_name="MER"))
    shown = Page.open(client, f"/search/levels/?standard={item.identifier}")
    assert "Search is resting" in shown.text
    assert "6.RP.1" in shown.text


def test_a_result_in_another_language_says_so_to_who_hears_it_read(
    client: Client, follow: Callable[[], None]
) -> None:
    resource("Mezclas de pintura", language="es")
    resource("Mezclas in English")
    follow()
    shown = Page.open(client, "/search/?q=mezclas").html.xpath("//*[contains(@class, 'card__title')]")
    assert {one.text_content(): one.get("lang") for one in shown} == {
        "Mezclas de pintura": "es",
        "Mezclas in English": None,
    }


def test_who_searches_for_the_first_time_is_told_how_and_each_example_is_read_as_it_says(
    client: Client, follow: Callable[[], None]
) -> None:
    item = ItemFactory(human_coding_scheme="6.RP.3", code_forms=code_forms("6.RP.3"))
    resource("Ratio lesson", grades=["06"], duration_minutes=40, alignments=[{"item": item}])
    follow()
    first = Page.open(client, "/search/")
    (told,) = first.html.xpath("//details[summary = 'How to search']")
    assert "How to search" in Page.open(client, "/search/?q=nothingofthekind").text
    assert "How to search" not in Page.open(client, "/search/?q=ratio").text
    chips = {}
    for link in told.xpath(".//a"):
        page = Page.open(client, link.get("href"))
        assert page.response.status_code == 200
        shown = page.html.xpath("//*[@class='chips']//a[contains(@class, 'chip--on')]")
        chips[link.text_content()] = " ".join(one.text_content() for one in shown)
    assert "Grade 6" in chips["6th grade ratios 45 minutes"]
    assert "31 to 60 minutes" in chips["6th grade ratios 45 minutes"]
    for code in ("6.RP.3", "6rp3"):
        assert "6.RP.3" in chips[code]
        assert "Standard" in chips[code]
    assert '"exit ticket"' in chips['"exit ticket"']
    assert "-worksheet" in chips["fractions -worksheet"]


def test_who_sees_a_resource_of_anothers_school_is_not_told_that_the_school_is_theirs(
    follow: Callable[[], None], client: Client
) -> None:
    school = SchoolFactory()
    page = resource("Rivers", district=school.parent, school=school, audience="school")
    follow()
    client.force_login(member(Role.STATE_ADMIN, StateFactory()))
    for address in ("/search/?q=rivers", "/search/?audience=school", page.get_url()):
        shown = Page.open(client, address).text
        assert "Rivers" in shown
        assert "One school" in shown
        assert "My school" not in shown


def test_where_what_has_all_the_words_does_not_fit_the_filters_that_is_said(
    client: Client, follow: Callable[[], None]
) -> None:
    """“30 minutes math game” showed three lessons without a game, and not a word on it."""
    science = SubjectFactory(slug="science", label="Science")
    resource("Fraction game")
    resource("Fraction songs", subjects=[science])
    follow()

    def said(query: str) -> str:
        return Page.open(client, f"/search/?{query}").text

    elsewhere, few = "What has all of these words does not fit the filters", "Few resources have all of these"
    assert elsewhere in said("q=fraction+game&subject=science")
    plain = said("q=fraction+game")
    assert few in plain
    assert elsewhere not in plain
    fits = said("q=fraction+songs&subject=science")
    assert few not in fits
    assert elsewhere not in fits


def test_while_the_engine_rests_lessons_stand_above_the_standards_that_have_the_words(
    client: Client, settings: Any
) -> None:
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    for number in range(5):
        ItemFactory(human_coding_scheme=f"S.{number}", full_statement=f"Say where water goes, {number}")
    resource("Slow the water")
    text = Page.open(client, "/search/?q=water").text
    assert text.index("Slow the water") < text.index("Say where water goes")
