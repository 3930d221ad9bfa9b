"""Standards without resources: of a framework and a grade, with the numbers that search shows."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from repository.models import Audience
from search.client import EngineDown
from standards.models import Framework, ItemAncestor
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, member, resource
from tests.repository.pages import Page, signed_in

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


@pytest.fixture
def maths() -> Framework:
    """Two grades; ratios of grade 6 have two parts, of which one has a resource; what is retired does not count."""
    framework = FrameworkFactory(short_name="MER", title="Meridian Mathematics", grades=["06", "07"])
    ratios = ItemFactory(framework=framework, human_coding_scheme="6.RP", grades=["06"])
    for code in ("6.RP.1", "6.RP.2"):
        ItemFactory(framework=framework, human_coding_scheme=code, grades=["06"], under=ratios)
    ItemFactory(framework=framework, human_coding_scheme="7.G", grades=["07"])
    gone = ItemFactory(framework=framework, human_coding_scheme="7.X", grades=["07"])
    gone.retired_at = timezone.now()
    gone.save()
    return framework


def item(framework: Framework, code: str):
    return framework.items.get(human_coding_scheme=code)


def rows(page: Page) -> list[list[str]]:
    """Each grade, and its three numbers."""
    return [
        [" ".join(cell.text_content().split()[: 2 if cell.tag == "th" else 1]) for cell in row]
        for row in page.html.xpath("//table//tbody/tr")
    ]


def missing(page: Page) -> list[str]:
    return page.html.xpath("//div[@class='tree__leaf']//a[@class='tree__code']/text()")


def test_a_coordinator_reads_what_is_missing_by_grade(
    maths: Framework, follow: Callable[[], None], client: Client
) -> None:
    resource("Cereal boxes", alignments=[{"item": item(maths, "6.RP.1")}])
    follow()
    framework = Page.open(client, "/standards/MER/?grade=06")
    (link,) = framework.html.xpath("//a[text()='Without resources']/@href")
    page = Page.open(client, link)
    assert "1 of 2 standards have no resource that you may see." in page.text
    assert rows(page) == [["Grade 6", "2", "1", "1"], ["Grade 7", "1", "0", "1"]]
    assert missing(page) == ["6.RP.2"]
    assert page.html.xpath("//table//th/strong/text()") == ["Grade 6"]
    # What it is part of has a resource, and its number opens it.
    (number,) = page.html.xpath("//h2//a[@class='tree__count']")
    assert number.text == "1"
    assert "Cereal boxes" in Page.open(client, number.get("href")).text
    everything = Page.open(client, "/search/gaps/?framework=mer")
    assert "2 of 3 standards" in everything.text
    assert missing(everything) == ["6.RP.2", "7.G"]


def test_it_counts_what_the_reader_may_see(
    maths: Framework, follow: Callable[[], None], client: Client
) -> None:
    district = DistrictFactory()
    teacher = member("teacher", district)
    resource("Nets", district=district, audience=Audience.DISTRICT, alignments=[{"item": item(maths, "7.G")}])
    follow()
    url = "/search/gaps/?framework=MER&grade=7"
    assert missing(Page.open(client, url)) == ["7.G"]
    assert "Every standard has a resource" in Page.open(signed_in(teacher), url).text


def test_a_private_draft_is_for_those_who_keep_it(follow: Callable[[], None], client: Client) -> None:
    district = DistrictFactory()
    coordinator = member("coordinator", district)
    draft = FrameworkFactory(short_name="DRAFT", owner=district, adoption_status="Private Draft")
    ItemFactory(framework=draft, human_coding_scheme="D.1")
    follow()
    url = "/search/gaps/?framework=DRAFT"
    assert client.get(url).status_code == 404
    assert missing(Page.open(signed_in(coordinator), url)) == ["D.1"]


def test_what_is_retired_or_of_another_framework_is_neither_a_part_nor_a_heading(
    maths: Framework, follow: Callable[[], None], client: Client
) -> None:
    geometry, theirs = item(maths, "7.G"), ItemFactory(human_coding_scheme="HBR.1")
    ItemFactory(
        framework=maths, human_coding_scheme="7.G.old", under=geometry, retired_at="2025-01-01T00:00Z"
    )
    ItemFactory(framework=maths, human_coding_scheme="7.B", under=theirs)
    ItemFactory(framework=maths, human_coding_scheme="7.C", under=item(maths, "7.X"))
    first, second = (ItemFactory(framework=maths, human_coding_scheme=f"7.{code}") for code in "NS")
    both = ItemFactory(framework=maths, human_coding_scheme="7.NS.1", under=second)
    ItemAncestor.objects.create(ancestor=first, descendant=both, depth=1)
    follow()
    page = Page.open(client, "/search/gaps/?framework=MER")
    assert missing(page) == ["6.RP.1", "6.RP.2", "7.G", "7.B", "7.C", "7.NS.1"]
    assert page.html.xpath("//h2//a[@class='tree__code']/text()") == ["6.RP", "7.N"]


def test_a_long_list_has_pages_and_takes_as_many_queries(
    maths: Framework, follow: Callable[[], None], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.pages.gaps.A_PAGE", 2)
    follow()
    url = "/search/gaps/?framework=MER"
    Page.open(client, url)
    with CaptureQueriesContext(connection) as few:
        assert missing(Page.open(client, url)) == ["6.RP.1", "6.RP.2"]
    assert missing(Page.open(client, f"{url}&page=2")) == ["7.G"]
    for number in range(5):
        strand = ItemFactory(framework=maths, human_coding_scheme=f"8.{number}", grades=["06"])
        ItemFactory(framework=maths, human_coding_scheme=f"8.{number}.a", grades=["06"], under=strand)
    monkeypatch.setattr("search.pages.gaps.A_PAGE", 100)
    with CaptureQueriesContext(connection) as many:
        assert len(missing(Page.open(client, url))) == 8
    assert len(many) == len(few)


def test_while_search_rests_it_says_so_and_an_unknown_framework_is_not_there(
    maths: Framework, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rests(*args: object) -> None:
        raise EngineDown("away")

    monkeypatch.setattr("search.pages.gaps.resource_counts", rests)
    assert "Search is resting" in Page.open(client, "/search/gaps/?framework=MER").text
    assert client.get("/search/gaps/?framework=XYZ").status_code == 404
    assert client.get("/search/gaps/").status_code == 404
