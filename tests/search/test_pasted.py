"""What teachers paste into the box: a paragraph, a standard with its examples, an address, signs and emoji."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    ModalityFactory,
    district_page,
    resource,
    topic,
)
from tests.repository.pages import Page

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


@pytest.fixture
def ask(follow: Callable[[], None], client: Client) -> Callable[[str], tuple[str, Page]]:
    district = DistrictFactory(slug="juniper")
    district_page(district)
    topic("Welding")
    internship = ModalityFactory(slug="internship", label="Internship")
    resource(
        "Fraction clothesline",
        district=district,
        slug="fraction-clothesline",
        summary="Place fractions between two whole numbers and justify where.",
    )
    resource(
        "Welding internship",
        district=district,
        summary="Eight weeks in a shop. A trade, no game.",
        modalities=[internship],
    )
    resource("Rivers of our state", district=district)
    follow()

    def first_and_page(q: str) -> tuple[str, Page]:
        page = Page.open(client, f"/search/?{urlencode({'q': q})}")
        titles = [one.text_content() for one in page.html.xpath("//*[contains(@class, 'card__title')]")]
        return (titles or [""])[0], page

    return first_and_page


def test_of_a_paragraph_the_beginning_is_looked_for_and_that_is_said(ask) -> None:
    """Its results were those for nothing at all."""
    pasted = "Students place fractions between two whole numbers and justify where each one hangs. " * 5
    first, page = ask(pasted)
    assert first == "Fraction clothesline"
    assert "Rivers of our state" not in page.text
    assert "only its beginning was looked for" in page.text
    assert "all up to “… between two whole”" in page.text


def test_a_sentence_in_quotes_within_a_text_is_no_phrase_to_be_found(ask) -> None:
    first, _page = ask(
        "Students place fractions between two whole numbers and say where each one hangs. "
        "“I put three fourths right of one half because it is more.”"
    )
    assert first == "Fraction clothesline"


@pytest.mark.parametrize("q", ["⚡ welding ⚡", "🎲 welding game", "welding & game", "welding ❤️"])
def test_signs_and_emoji_beside_words_are_not_asked_for(ask, q: str) -> None:
    first, page = ask(q)
    assert first == "Welding internship"
    assert "No resource has all" not in page.text


@pytest.mark.parametrize(
    "address",
    [
        "http://testserver/juniper/fraction-clothesline/",
        "https://www.lessons.example/maths/fraction_clothesline.html?utm_source=mail#top",
        "www.lessons.example/grade-3/Fraction%20Clothesline",
    ],
)
def test_of_an_address_the_words_of_its_path_are_looked_for(ask, address: str) -> None:
    first, page = ask(address)
    assert first == "Fraction clothesline"
    assert "Rivers of our state" not in page.text


def test_of_a_paragraph_words_are_offered_once_and_without_their_commas(ask) -> None:
    _first, page = ask(
        "In this welding internship, students keep a log. After the internship, they show (in an internship) what they made."
    )
    offers = page.html.xpath("//*[@class='search__read']//a")
    assert [one.text_content() for one in offers] == ["Use “internship” as a filter: Setting Internship"]


def test_a_statement_that_was_pasted_is_named_and_leads_to_what_is_for_it(
    follow: Callable[[], None], client: Client
) -> None:
    """“Few resources have all of these words” stood there, above all that have some."""
    framework = FrameworkFactory(title="Meridian reading")
    statement = "Determine the main idea of a text and explain how it is supported by key details"
    item = ItemFactory(framework=framework, human_coding_scheme="RI.4.2", full_statement=statement)
    resource("Capturing ideas", alignments=[{"item": item}])
    resource("A text on texts", summary="How the main idea of a text is supported, with details")
    follow()
    page = Page.open(client, f"/search/?{urlencode({'q': statement})}")
    (asked_for,) = page.html.xpath("//ul[@aria-label='Standards asked for']/li")
    assert "RI.4.2" in asked_for.text_content()
    assert "Meridian reading" in asked_for.text_content()
    (way,) = asked_for.xpath(".//a[contains(., 'Only resources for this standard')]/@href")
    only = Page.open(client, way)
    titles = [one.text_content() for one in only.html.xpath("//*[contains(@class, 'card__title')]")]
    assert titles == ["Capturing ideas"]
    for typed in (
        f"SWBAT {statement.lower()}",
        f"I can {statement}.",
        f"Students will be able to {statement}",
        f"They are to {statement.lower()}",
        "Determine the main idea of a text and explain",
    ):
        page = Page.open(client, f"/search/?{urlencode({'q': typed})}")
        assert page.html.xpath("//ul[@aria-label='Standards asked for']/li"), typed
    other_order = "How is the main idea of a text supported by key details? Explain and determine it"
    page = Page.open(client, f"/search/?{urlencode({'q': other_order})}")
    assert not page.html.xpath("//ul[@aria-label='Standards asked for']")
    few_words = Page.open(client, f"/search/?{urlencode({'q': 'main idea of a text'})}")
    assert not few_words.html.xpath("//ul[@aria-label='Standards asked for']")


def test_what_an_objective_begins_with_is_not_what_it_is_about(ask, follow: Callable[[], None]) -> None:
    """What says that students will be able to use something stood first."""
    resource("Ratios that students can and will be able to SWBAT", summary="Students are able to")
    resource("Compare ratios")
    resource("I can statements")
    follow()
    for opening in ("Students will be able to", "SWBAT", "I can"):
        first, _page = ask(f"{opening} compare ratios of paints")
        assert first == "Compare ratios", opening
    first, _page = ask("I can statements")
    assert first == "I can statements"


@pytest.mark.parametrize("path", ["Product/Fraction-Task-Cards-123456", "document/d/1AbC-dEf_123/edit"])
def test_an_address_is_no_code_that_no_standard_has(ask, path: str) -> None:
    _first, page = ask(f"https://www.sellers.example/{path}")
    assert "No standard has the code" not in page.text
