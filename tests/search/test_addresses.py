"""Addresses of searches as people pass them on, and the links of a code that several standards have."""

from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from people.models import Role
from search.saved import alerts
from standards.models import Item
from tests.factories import (
    AssociationFactory,
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    KindFactory,
    UserFactory,
    member,
    resource,
)
from tests.repository.pages import Page
from tests.search.keeping import entries, keep

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
ADDED = "utm_source=staff+mail&fbclid=IwAR0&find=this"


@pytest.fixture
def twice(follow) -> list[Item]:
    """6.RP.3 of two frameworks, each with a task and a lesson of word problems, and a task of something else."""
    district, task, lesson = DistrictFactory(), KindFactory(slug="task"), KindFactory(slug="lesson")
    items: list[Item] = [
        ItemFactory(
            framework=FrameworkFactory(short_name=name, title=f"{name} Mathematics"),
            human_coding_scheme="6.RP.3",
            full_statement="Ratios",
        )
        for name in ("MER", "CCSS")
    ]
    for item in items:
        name, aligned = item.framework.short_name, [{"item": item}]
        for kind in (task, lesson):
            resource(f"Word problems {name} {kind.slug}", district=district, kind=kind, alignments=aligned)
        resource(f"Paint {name}", district=district, kind=task, alignments=aligned)
    follow()
    return items


def link(page: Page, words: str, number: int = 0) -> str:
    return str(page.html.xpath(f"//main//a[contains(., '{words}')]/@href")[number])


def titles(page: Page) -> list[str]:
    return [" ".join(one.text_content().split()) for one in page.html.xpath("//*[@class='card__title']")]


@pytest.mark.parametrize("typed", ["6.RP.3 word problems", "6.RP.3 word problems&as_typed=standard"])
def test_only_for_one_of_the_standards_with_a_code_keeps_words_filters_and_order(
    client: Client, twice: list[Item], typed: str
) -> None:
    page = Page.open(client, f"/search/?q={typed}&kind=task&sort=title")
    shown = page.html.xpath("//*[@class='search__recognised']/ul/li")
    number = next(n for n, one in enumerate(shown) if "MER" in one.text_content())
    address = link(page, "Only resources for this standard", number)
    assert parse_qs(urlsplit(address).query) == {
        "q": ["word problems"],
        "standard": [twice[0].identifier],
        "kind": ["task"],
        "sort": ["title"],
    }
    assert titles(Page.open(client, address)) == ["Word problems MER task"]


def test_a_retired_code_says_so_finds_what_still_names_it_and_leads_to_what_took_its_place(
    client: Client, follow: Callable[[], None]
) -> None:
    district = DistrictFactory()
    framework = FrameworkFactory(short_name="MER-MATH", title="Meridian Mathematics")
    old = ItemFactory(framework=framework, human_coding_scheme="M.6.RP.3", retired_at="2025-01-01T00:00Z")
    new = ItemFactory(framework=framework, human_coding_scheme="M.6.RP.9")
    AssociationFactory(framework=framework, origin=old, destination=new, association_type="replacedBy")
    resource("Percent of a price", district=district, alignments=[{"item": old}])
    resource("Percent of a whole", district=district, alignments=[{"item": new}])
    follow()
    page = Page.open(client, "/search/?q=M.6.RP.3")
    assert titles(page) == ["Percent of a price"]
    (shown,) = [
        " ".join(one.text_content().split())
        for one in page.html.xpath("//*[@class='search__recognised']/ul/li")
    ]
    assert "Retired" in shown
    assert "Meridian Mathematics" in shown
    assert "In its place: M.6.RP.9" in shown
    (in_its_place,) = page.html.xpath("//*[@class='search__recognised']//a[contains(., 'M.6.RP.9')]/@href")
    assert titles(Page.open(client, in_its_place)) == ["Percent of a whole"]


@pytest.mark.parametrize("asked", ["q=M.6.RP.3", "standard=M.6.RP.3", "standard=M.6.RP.3&q=price"])
def test_a_standard_that_is_asked_for_stands_with_its_words_however_it_was_chosen(
    client: Client, follow: Callable[[], None], asked: str
) -> None:
    framework = FrameworkFactory(title="Meridian Mathematics")
    item = ItemFactory(framework=framework, human_coding_scheme="M.6.RP.3", full_statement="Find a percent.")
    resource("Percent of a price", alignments=[{"item": item}])
    follow()
    (shown,) = Page.open(client, f"/search/?{asked}").html.xpath("//*[@class='search__recognised']/ul/li")
    assert "Find a percent." in shown.xpath("./*[@class='clamp']")[0].text_content()
    assert "Meridian Mathematics" in shown.text_content()
    # It is what is shown already.
    assert "Only resources for this standard" not in shown.text_content()


def test_each_of_several_chosen_standards_has_its_words_and_a_way_to_it_alone(
    client: Client, twice: list[Item]
) -> None:
    page = Page.open(
        client, f"/search/?standard={twice[0].identifier}&standard={twice[1].identifier}&kind=task"
    )
    assert len(page.html.xpath("//*[@class='search__recognised']/ul/li")) == 2
    query = parse_qs(urlsplit(link(page, "Only resources for this standard")).query)
    assert query == {"standard": [twice[0].identifier], "kind": ["task"]}


def test_what_took_the_place_of_a_retired_code_in_a_private_draft_is_named_to_those_who_keep_it_alone(
    client: Client, follow: Callable[[], None]
) -> None:
    district = DistrictFactory()
    framework = FrameworkFactory(short_name="MER-MATH")
    old = ItemFactory(framework=framework, human_coding_scheme="M.6.RP.3", retired_at="2025-01-01T00:00Z")
    draft = FrameworkFactory(short_name="DRAFT", owner=district, adoption_status="Private Draft")
    new = ItemFactory(framework=draft, human_coding_scheme="D.6.RP.9")
    AssociationFactory(framework=draft, origin=old, destination=new, association_type="replacedBy")
    assert "D.6.RP.9" not in client.get("/search/?q=M.6.RP.3").text
    client.force_login(member(Role.COORDINATOR, district))
    assert "In its place: D.6.RP.9" in " ".join(Page.open(client, "/search/?q=M.6.RP.3").text.split())


def test_a_chosen_standard_that_is_retired_says_so_beside_the_filters_too(
    client: Client, follow: Callable[[], None], settings
) -> None:
    old = ItemFactory(human_coding_scheme="M.6.RP.3", retired_at="2025-01-01T00:00Z")
    resource("Percent of a price", alignments=[{"item": old}])
    follow()
    for engine in ("", "http://127.0.0.1:9"):
        settings.OPENSEARCH_URL = engine or settings.OPENSEARCH_URL
        page = Page.open(client, f"/search/?standard={old.identifier}")
        (chip,) = page.html.xpath("//*[@class='chips']//a[contains(@class, 'chip--on')]")
        assert "M.6.RP.3 (retired)" in chip.text_content()
        assert "M.6.RP.3 (retired)" in page.html.xpath("//title")[0].text_content() or engine


def test_the_words_of_a_standard_are_read_as_they_were_meant_wherever_search_shows_them(
    client: Client, follow: Callable[[], None], settings
) -> None:
    for name in ("MER", "CCSS"):
        framework = FrameworkFactory(short_name=name)
        words = r"Show that <em>every</em> half is $\frac{1}{2}$"
        ItemFactory(framework=framework, human_coding_scheme="6.RP.3", full_statement=words)
    follow()
    resting = "http://127.0.0.1:9"
    for query, engine in (("6.RP.3", ""), ("every half", ""), ("6.RP.3", resting)):
        settings.OPENSEARCH_URL = engine or settings.OPENSEARCH_URL
        shown = Page.open(client, f"/search/?q={query}").html.xpath("//main")[0]
        assert shown.xpath(".//mfrac"), query
        assert r"\frac" not in shown.text_content(), query
        assert "<em>" not in shown.text_content()


def test_of_a_code_that_many_frameworks_have_five_are_open_and_the_others_unfold(
    client: Client, follow: Callable[[], None]
) -> None:
    for number in range(8):
        framework = FrameworkFactory(title=f"State {number} Mathematics")
        ItemFactory(framework=framework, human_coding_scheme="6.RP.3", full_statement="Ratios")
    follow()
    box = Page.open(client, "/search/?q=6.RP.3").html.xpath("//*[@class='search__recognised']")[0]
    first, more = box.xpath("./ul")[0], box.xpath("./details")[0]
    assert len(first.xpath("./li")) == 5
    assert more.xpath("./summary")[0].text_content() == "and 3 more"
    folded = [" ".join(one.text_content().split()) for one in more.xpath(".//li")]
    assert [next(n for n in range(8) if f"State {n}" in one) for one in folded] == [5, 6, 7]
    assert all("Only resources for this standard" in one for one in folded)
    # Six are no longer than five and a line that says "and 1 more".
    Item.objects.filter(framework__title__in=["State 6 Mathematics", "State 7 Mathematics"]).delete()
    html = Page.open(client, "/search/?q=6.RP.3").html
    assert len(html.xpath("//*[@class='search__recognised']/ul/li")) == 6
    assert not html.xpath("//*[@id='more-recognised']")


def test_a_standard_chosen_for_a_code_that_several_have_leaves_the_rest_of_the_search(
    client: Client, twice: list[Item]
) -> None:
    page = Page.open(client, "/search/?q=word+problems&standard=6.RP.3&kind=task")
    assert "“6.RP.3” names 2 standards" in page.text
    found = titles(Page.open(client, link(page, "CCSS 6.RP.3")))
    assert found == ["Word problems CCSS task"]


@pytest.mark.parametrize(
    "path",
    ["/search/", "/search/facet/subject/", "/search/levels/", "/search/missing/", "/search/saved/new/"],
)
def test_what_other_sites_add_to_an_address_is_passed_over(
    browser: Client, twice: list[Item], path: str
) -> None:
    page = Page.open(browser, f"{path}?q=paint&{ADDED}")
    assert page.response.status_code == 200
    assert "was left out" not in page.text
    assert "fbclid" not in page.text
    assert "utm_source" not in unescape(" ".join(page.html.xpath("//main//@href")))


def test_a_feed_passes_it_over_too_and_the_api_does_not(client: Client, twice: list[Item]) -> None:
    assert entries(client, f"/search/feed/?q=paint&{ADDED}") == entries(client, "/search/feed/?q=paint")
    assert client.get(f"/api/v1/resources?q=paint&{ADDED}").status_code == 400


def test_values_that_are_not_known_are_still_complained_of(client: Client, twice: list[Item]) -> None:
    page = Page.open(client, f"/search/?q=paint&kind=nonsense&{ADDED}")
    assert "“Kind” was left out" in page.text
    assert client.get(f"/search/feed/?kind=nonsense&{ADDED}").status_code == 404
    # By the name that the filter has on the page.
    assert "“Setting” was left out" in Page.open(client, "/search/?modality=internship").text


def test_a_kept_search_with_a_filter_that_there_is_no_longer_is_not_understood() -> None:
    """Without it, it would tell of much more than was asked for."""
    saved = keep(UserFactory(), query="q=paint&gone=yes")
    with pytest.raises(alerts.NotUnderstood):
        alerts.still_understood(saved)
