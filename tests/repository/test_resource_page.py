"""What a resource's page says of its standards and its source."""

import pytest
from django.test import Client

from repository.models import Licence
from tests.factories import ItemFactory, resource
from tests.repository.pages import Page

pytestmark = pytest.mark.django_db


def test_a_standard_that_has_retired_is_marked_beside_its_code() -> None:
    old = ItemFactory(human_coding_scheme="M.6.RP.3", retired_at="2025-01-01T00:00Z")
    new = ItemFactory(human_coding_scheme="M.6.RP.9")
    page = resource("Percent of a price", alignments=[{"item": old}, {"item": new}])
    rows = Page.open(Client(), page.url).html.xpath("//section[@id='standards']//li")
    said = [" ".join(one.text_content().split()) for one in rows]
    assert [("Retired" in one, "M.6.RP.3" in one) for one in said] == [(True, True), (False, False)]


def test_its_tags_stand_on_its_page_and_lead_to_what_else_has_them() -> None:
    """A card said “exit ticket” in its topics, and on the page stood no such word."""
    shown = Page.open(Client(), resource("Paint", tags=["exit ticket", "sub plans"]).url)
    links = shown.html.xpath("//dt[.='Tags']/following-sibling::dd/a")
    assert [(one.text_content(), one.get("href")) for one in links] == [
        ("exit ticket", "/search/?q=%22exit%20ticket%22"),
        ("sub plans", "/search/?q=%22sub%20plans%22"),
    ]


def test_what_came_from_elsewhere_names_its_makers_terms_and_address_on_paper_too() -> None:
    page = resource(
        "Paint", owner=None, attribution="Ada Painter. License: Ask first", source_url="https://ada.example/p"
    )
    shown = Page.open(Client(), page.url)
    (by,) = shown.html.xpath("//p[@class='resource__by']/span[1]")
    assert "Ada Painter. License: Ask first" in by.text_content()
    (source,) = shown.html.xpath(
        "//section[contains(@class, 'resource__source')]//*[contains(@class, 'print-only')]"
    )
    assert "https://ada.example/p" in source.text_content()


@pytest.mark.parametrize(
    ("licence", "may", "must"),
    [
        ("CC-BY-4.0", "change it and share it", "name its author"),
        ("CC-BY-SA-4.0", "change it and share it", "under the same license"),
        ("CC-BY-NC-4.0", "change it and share it", "not for money"),
        ("CC-BY-ND-4.0", "share it as it is", "Ask before you share a changed one"),
        ("CC0-1.0", "change it and share it", "nobody has to be named"),
        ("all-rights-reserved", "Use it as it is", "ask before you change it"),
    ],
)
def test_what_one_may_do_is_what_the_license_says(licence: str, may: str, must: str) -> None:
    shown = Page.open(Client(), resource("Paint", licence=licence).url)
    (source,) = shown.html.xpath("//section[contains(@class, 'resource__source')]/p[1]")
    assert may in source.text_content()
    assert must in source.text_content()
    assert ("name its author" in source.text_content()) == licence.startswith("CC-BY")


def test_every_license_says_what_one_may_do() -> None:
    assert all(one.terms for one in Licence)


@pytest.mark.parametrize(("language", "said"), [("es", ("es", "auto")), ("en", (None, None))])
def test_what_is_in_another_language_says_so_to_who_hears_it_read(
    language: str, said: tuple[str | None, str | None]
) -> None:
    body = [("text", {"heading": "", "text": "Tres vasos"})]
    page = resource("Mezclas", summary="Pintura", language=language, body=body)
    shown = Page.open(Client(), page.url).html
    named = [one.text_content() for one in shown.xpath("//dt[.='Language']/following-sibling::dd[1]")]
    assert named == (["Spanish"] if language == "es" else [])
    for part in (
        "//h1",
        "//main//p[contains(@class, 'lead')]",
        "//div[contains(@class, 'resource__body')]",
    ):
        (one,) = shown.xpath(part)
        assert (one.get("lang"), one.get("dir")) == said, part


def test_within_a_resource_in_another_language_the_words_of_the_site_are_in_its_own() -> None:
    body = [
        ("objectives", {"objectives": ["Una razón"], "evidence": "Una hoja"}),
        ("step", {"title": "Probar", "minutes": 8, "setting": "", "text": "Mezcle.", "support": "Dibuje."}),
        ("rubric", {"title": "", "levels": ["Bien"], "criteria": [{"name": "Razón", "descriptions": [""]}]}),
        ("text", {"heading": "Respuestas", "text": "Sí"}),
    ]
    page = resource("Mezclas", language="es", body=body)
    shown = Page.open(Client(), page.url).html
    heard = {
        " ".join(one.text_content().split()): one.xpath("ancestor-or-self::*[@lang][1]/@lang")[-1]
        for one in shown.xpath(
            "//*[self::h2 or self::h3 or self::h4 or self::th or self::caption or self::a]"
        )
        + shown.xpath("//*[@class='timeline__time']")
    }
    english = ["What students will learn and show", "How they show it", "Steps 8 minutes", "8 minutes"]
    for words in [*english, "Support", "Criterion"]:
        assert heard[words] == "en", words
    for words in ["Probar", "Respuestas", "Bien", "Razón"]:
        assert heard[words] == "es", words
    link = shown.xpath("//nav[@aria-label='On this page']//a[.='Respuestas']")[0]
    assert link.get("lang") == "es"


def test_of_what_is_published_nothing_is_said_to_be_unwritten() -> None:
    """Collections bring lessons whose summary is all that there is."""
    page = resource("Rivers", summary="All of it.", body=[])
    assert "Nothing has been written here yet" not in Page.open(Client(), page.get_url()).text


def test_a_bare_address_is_a_link_wherever_a_lesson_has_text() -> None:
    def at(place: str) -> str:
        return f"See https://{place}.example/x."

    body = [
        ("objectives", {"objectives": [at("goal")], "evidence": at("evidence")}),
        ("materials", {"items": [{"name": at("name"), "quantity": "", "note": at("note")}]}),
        (
            "step",
            {"title": "Look", "minutes": 5, "setting": "", "text": at("step"), "support": at("support")},
        ),
        ("rubric", {"levels": ["Yes"], "criteria": [{"name": "Works", "descriptions": [at("rubric")]}]}),
    ]
    shown = Page.open(Client(), resource("Paint", attribution=at("maker"), body=body).url).html
    places = ["goal", "evidence", "name", "note", "step", "support", "rubric", "maker"]
    for place in places:
        address = f"https://{place}.example/x"
        links = shown.xpath(f"//main//a[@href='{address}']")
        assert [link.text_content() for link in links] == [address], place
        assert "nofollow" in links[0].get("rel")
