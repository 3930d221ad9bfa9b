"""Where nothing is found, and where words may mean a filter: the ways on, each with what it finds."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    LevelFactory,
    ScaleFactory,
    SubjectFactory,
    resource,
)
from tests.repository.pages import Page
from tests.search.asking import search, titles

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_ways_out_are_those_that_find_something_the_most_first(
    follow: Callable[[], None], client: Client
) -> None:
    district, science = DistrictFactory(), SubjectFactory(slug="science", label="Science")
    SubjectFactory(slug="music", label="Music")
    art = SubjectFactory(slug="art", label="Art")
    resource("Zebra stripes", district=district, grades=["12"], subjects=[art])
    for title in ("Zebra herds", "Zebra foals"):
        resource(title, district=district, grades=["06"], subjects=[science])
    follow()

    def ways(query: str) -> list[tuple[str, str]]:
        page = client.get(f"/search/?{query}").content.decode()
        return re.findall(r'>without ([^<]+)</a> <span class="soft">(\d+) resource', page)

    assert ways("q=zebra&subject=science&grade=12") == [("Grade 12", "2"), ("Subject Science", "1")]
    # Where no filter is to blame alone, all of them are.
    assert [count for _name, count in ways("q=zebra&subject=music&grade=11")] == ["3"]
    # Words are left out where filters are left: without either, everything there is would be found.
    assert ways("q=quagga") == ways("q=quagga+okapi") == []
    assert ("“quagga”", "2") in ways("q=quagga&subject=science")
    # No number is left alone, which stands in many texts.
    resource("7 zebras", district=district)
    follow()
    assert ways("q=quagga+7") == []
    # What the words say of a grade is left out with it.
    assert ("Grade 6", "1") in ways("q=zebra+6th+grade&subject=art")


def test_a_language_in_the_words_is_offered_as_a_filter_where_something_is_in_it(
    follow: Callable[[], None], client: Client
) -> None:
    resource("Mezclas y razones", language="es", summary="The ratio of paint")
    resource("Ratio tables")
    follow()

    def said(query: str) -> str:
        return Page.open(client, f"/search/?{query}").text

    assert "Use “spanish” as a filter: Language Spanish" in said("q=ratio+spanish")
    assert "as a filter" not in said("q=ratio+german")
    assert "as a filter" not in said("q=ratio+english")
    # No text has the word: the way out says how many are in it.
    assert "“spanish” as a filter: Language Spanish 1 resource" in said("q=spanish")
    assert titles("language=es") == ["Mezclas y razones"]
    # The word is in a text of another language: both are within reach.
    resource("The Spanish missions")
    follow()
    assert "Use “spanish” as a filter: Language Spanish" in said("q=spanish")


def test_where_words_find_nothing_what_they_may_mean_as_a_filter_is_a_way_out(
    follow: Callable[[], None], client: Client
) -> None:
    level = LevelFactory(scale=ScaleFactory(slug="state"), name="Extending")
    resource("Rivers", alignments=[{"item": ItemFactory(), "level": level}])
    follow()
    page = Page.open(client, "/search/?q=extending")
    assert "“extending” as a filter: Competency level Extending 1 resource" in page.text
    assert "Use “extending”" not in page.text
    (address,) = page.html.xpath("//a[contains(., 'as a filter')]/@href")
    assert titles(address.partition("?")[2]) == ["Rivers"]


def test_what_a_way_out_counts_is_what_its_link_finds(follow: Callable[[], None], client: Client) -> None:
    """Also where the words that are left would be corrected."""
    resource("Fraction game", grades=["03"])
    resource("Friction in motion", grades=["04"])
    follow()
    page = client.get("/search/?q=fracton+game&grade=12").content.decode()
    ways = re.findall(r'<li><a href="([^"]+)">without ([^<]+)</a> <span class="soft">(\d+) resource', page)
    assert "Grade 12" in [name for _url, name, _count in ways]
    for address, name, count in ways:
        assert search(unescape(address).partition("?")[2]).total == int(count), name


def test_a_way_out_leaves_more_than_words_that_say_nothing(
    follow: Callable[[], None], client: Client
) -> None:
    resource("Rivers")
    follow()
    page = Page.open(client, "/search/?q=the+alphabet").text
    assert "Nothing fits all of this" in page
    assert "without “alphabet”" not in page


def test_a_language_goes_by_its_own_name_too(follow: Callable[[], None], client: Client) -> None:
    resource("Mezclas de pintura", language="es", summary="Texto en español")
    resource("Paint")
    follow()
    assert "Use “español” as a filter: Language Spanish" in Page.open(client, "/search/?q=español").text


def test_a_standard_without_resources_leads_to_those_around_it(
    follow: Callable[[], None], client: Client
) -> None:
    """Who typed its code was led to everything there is, and to the standard itself."""
    top = ItemFactory(human_coding_scheme="L.5", full_statement="Language")
    above = ItemFactory(
        framework=top.framework,
        human_coding_scheme="L.5.4",
        full_statement="Work out what words mean",
        under=top,
    )
    bare = ItemFactory(framework=above.framework, human_coding_scheme="L.5.4a", under=above)
    ItemFactory(framework=above.framework, human_coding_scheme="L.5.4b", under=above)
    beside = ItemFactory(framework=above.framework, human_coding_scheme="L.5.4c", under=above)
    retired = ItemFactory(framework=top.framework, under=above, retired_at="2025-01-01T00:00Z")
    resource(
        "Roots and parts", alignments=[{"item": one, "relation": "teaches"} for one in (beside, retired)]
    )
    resource("Rivers")
    follow()
    for query in ("q=L.5.4a", f"standard={bare.identifier}"):
        page = Page.open(client, f"/search/?{query}")
        near = page.html.xpath("//*[@id='nothing-found']//a[contains(., 'resource')]/@href")
        assert [titles(address.partition("?")[2]) for address in near] == [["Roots and parts"]] * 3, query
        assert "L.5.4b" not in page.text.partition("Standards that come near")[2]
        assert "No resource for L.5.4a yet" in page.text
        assert "without Standard" not in page.text
    # Of a standard that has some, what else is asked for and leaves nothing does not say so.
    for further in ({"q": "-roots"}, {"q": '"seven rivers"'}, {"q": "quagga"}, {"grade": "12"}):
        page = Page.open(client, f"/search/?{urlencode({'standard': beside.identifier, **further})}")
        assert "Roots and parts" not in page.text
        assert "No resource for L.5.4c" not in page.text
        assert "L.5.4c" not in page.text.partition("Standards that come near")[2]


def test_the_name_of_a_framework_is_offered_as_a_filter(follow: Callable[[], None], client: Client) -> None:
    """No lesson says that it is of the Common Core: its standards do."""
    frameworks = [
        FrameworkFactory(title=f"Common Core State Standards for {name}", short_name=short)
        for name, short in (("Mathematics", "CCSS-M"), ("English", "CCSS-E"))
    ]
    for framework in frameworks:
        item = ItemFactory(framework=framework)
        resource(f"Fractions by {framework.short_name}", alignments=[{"item": item, "relation": "teaches"}])
    resource("Fractions of our common core")
    follow()
    page = Page.open(client, "/search/?q=common+core+fractions")
    (address,) = page.html.xpath(
        "//a[contains(., 'Use “common core” as a filter: Standard Common Core')]/@href"
    )
    assert titles(address.partition("?")[2]) == ["Fractions by CCSS-E", "Fractions by CCSS-M"]


def test_a_filter_that_would_leave_nothing_is_not_offered(follow: Callable[[], None], client: Client) -> None:
    """Where few resources have all of the words, what may be a filter is looked into first."""
    music = SubjectFactory(slug="music", label="Music")
    SubjectFactory(slug="art", label="Art")
    resource("Ratios by ear", subjects=[music])
    resource("The art of the ratio")
    resource("Zebra art")
    follow()
    page = Page.open(client, "/search/?q=ratio+art").text
    assert "The art of the ratio" in page
    assert "as a filter" not in page
    assert "Use “music” as a filter: Subject Music" in Page.open(client, "/search/?q=ratio+music").text


def test_who_asks_in_a_language_is_led_to_all_that_is_in_it(
    follow: Callable[[], None], client: Client
) -> None:
    district = DistrictFactory()
    resource("Vamos a leer", district=district, language="es", grades=["03"])
    resource("Cuento las hojas", district=district, language="es", grades=["KG"])
    resource("Reading", district=district)
    follow()

    def said(q: str) -> str:
        return Page.open(client, f"/search/?{urlencode({'q': q})}").text

    assert "all that is in Spanish 2 resources" in said("comprensión lectora")
    assert "all that is in Spanish 1 resource" in said("lectura 3er grado")
    assert "all that is in" not in said("photosynthesis")
