"""The parts of a standard by competency level: every number is the total of the search behind it."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given

from search.find import find
from search.level_table import Cell, level_table
from search.request import SearchRequest, parse
from search.understanding import understand
from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    LevelFactory,
    ScaleFactory,
    resource,
    topic,
)
from tests.repository.pages import Page
from tests.search.corpus import Lesson, World, fits, lessons, make_world, selections, tokens
from tests.search.test_facet_counts import examples, fill

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
READER = {"public", "state", "state-admin"}


def total_behind(cell: Cell) -> int:
    request, complaints = parse(QueryDict(unescape(cell.url).partition("?")[2]))
    assert complaints == []
    return find(request, READER).total


def test_of_several_standards_each_has_a_table_and_none_is_said_to_be_in_anothers(
    follow: Callable[[], None], client: Client
) -> None:
    ours, theirs = (
        ItemFactory(framework=FrameworkFactory(short_name=name), human_coding_scheme=f"{name}.1")
        for name in ("MER", "HBR")
    )
    part = ItemFactory(framework=ours.framework, human_coding_scheme="MER.1.a", under=ours)
    resource("Rates", alignments=[{"item": part}])
    follow()
    for query in (f"standard={ours.identifier}&standard={theirs.identifier}", "q=mer.1+or+hbr.1"):
        page = Page.open(client, f"/search/levels/?{query}")
        assert "MER.1 by competency level" in page.text
        assert page.html.xpath("//ul[contains(@class, 'chips')]//text()[contains(., 'HBR.1')]") == []
        (link,) = page.html.xpath("//main//a[text()='HBR.1']/@href")
        other = Page.open(client, link)
        assert "HBR.1 by competency level" in other.text
        assert other.html.xpath("//main//a[text()='MER.1']")


@examples(8)
@given(corpus=lessons(), chosen=selections())
def test_every_cell_counts_as_a_plain_walk_does(
    corpus: list[Lesson], chosen: dict[str, list[str]], stocked: tuple[str, World]
) -> None:
    index, world = stocked
    fill(index, world, corpus)
    others = {facet: values for facet, values in chosen.items() if facet not in ("standard", "level")}
    asked = SearchRequest().choosing("standard", ["M.3"])
    for facet, values in others.items():
        asked = asked.choosing(facet, values)
    table = level_table(understand(asked), READER, address="/search/levels/")
    assert table is not None

    def plain(standard: str, **level: list[str]) -> int:
        return sum(
            fits(world, lesson, {**others, "standard": [standard], **level})
            and bool(tokens(world, lesson) & READER)
            for lesson in corpus
        )

    assert [row.standard.value for row in table.rows] == ["M.3.1", "M.3.10"]
    for row in (*table.rows, table.whole):
        assert row.total.count == plain(row.standard.value)
        for level, cell in zip(table.levels, row.cells, strict=True):
            assert cell.count == plain(row.standard.value, level=[level.value])
            assert bool(cell.url) == bool(cell.count)


@pytest.fixture
def stocked(index: str) -> tuple[str, World]:
    return index, make_world()


def test_the_page_links_each_number_to_the_search_with_that_total(
    follow: Callable[[], None], client: Client
) -> None:
    framework = FrameworkFactory(short_name="MER")
    cluster = ItemFactory(framework=framework, human_coding_scheme="M.6.RP", full_statement="Ratios")
    one = ItemFactory(framework=framework, human_coding_scheme="M.6.RP.1", under=cluster)
    two = ItemFactory(framework=framework, human_coding_scheme="M.6.RP.2", under=cluster)
    part = ItemFactory(framework=framework, human_coding_scheme="M.6.RP.2.a", under=two)
    scale = ScaleFactory(slug="state")
    low, high = LevelFactory(scale=scale, name="Beginning"), LevelFactory(scale=scale, name="Proficient")
    district = DistrictFactory()
    resource("A", district=district, alignments=[{"item": one, "level": low}, {"item": two, "level": high}])
    resource("B", district=district, alignments=[{"item": part, "level": high}])
    resource("C", district=district, alignments=[{"item": two}])
    follow()
    asked = SearchRequest().choosing("standard", [cluster.identifier])
    table = level_table(understand(asked), READER, address="/search/levels/")
    assert table is not None
    assert [[cell.count for cell in (row.total, *row.cells)] for row in table.rows] == [[1, 1, 0], [3, 0, 2]]
    assert [cell.count for cell in (table.whole.total, *table.whole.cells)] == [3, 1, 2]
    one_level = level_table(
        understand(asked.choosing("level", [high.key])), READER, address="/search/levels/"
    )
    assert one_level is not None
    for row in (*table.rows, table.whole, *one_level.rows, one_level.whole):
        for cell in (row.total, *row.cells):
            assert not cell.url or total_behind(cell) == cell.count
    html = client.get(f"/search/levels/?standard={cluster.identifier}").content.decode()
    assert "M.6.RP by competency level" in html
    assert f"/search/levels/?standard={two.identifier}" in html
    assert (
        f"/search/levels/?standard={cluster.identifier}"
        in client.get(f"/search/?standard={cluster.identifier}").content.decode()
    )
    everything = client.get("/search/").content.decode()
    assert f"standard={cluster.framework.short_name}" in everything
    assert "/search/levels/" not in everything
    assert "Choose a standard first" in client.get("/search/levels/").content.decode()


def test_what_is_done_for_a_standard_and_its_level_are_of_one_alignment(
    follow: Callable[[], None], client: Client
) -> None:
    cluster = ItemFactory(human_coding_scheme="RP")
    part = ItemFactory(framework=cluster.framework, human_coding_scheme="RP.1", under=cluster)
    other = ItemFactory(framework=cluster.framework, human_coding_scheme="G.1")
    level = LevelFactory(scale=ScaleFactory(slug="state"), name="Proficient")
    district = DistrictFactory()
    resource("Quiz", district=district, alignments=[{"item": part, "level": level, "relation": "assesses"}])
    # It teaches the part, and has a quiz of something else.
    lesson = [{"item": part, "level": level, "relation": "teaches"}, {"item": other, "relation": "assesses"}]
    resource("Rates at the market", district=district, alignments=lesson)
    follow()
    asked = f"standard={cluster.identifier}&relation=assesses&related=2"
    page = Page.open(client, f"/search/levels/?{asked}")
    for link in page.html.xpath("//tbody//td/a"):
        assert link.text == "1"
        behind = Page.open(client, link.get("href"))
        assert "Quiz" in behind.text
        assert "Rates at the market" not in behind.text
        assert "related" not in link.get(
            "href"
        )  # the second page of equivalents is of the search left behind
    assert len(page.html.xpath("//tbody//td/a")) == 4


def test_where_counting_was_cut_short_the_table_says_so(
    follow: Callable[[], None], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = ItemFactory()
    follow()
    address = f"/search/levels/?standard={cluster.identifier}"
    assert "was cut short" not in Page.open(client, address).text
    monkeypatch.setattr("search.level_table.was_cut_short", lambda answer: True)
    assert "was cut short" in Page.open(client, address).text


def test_the_darkest_cell_has_the_most_and_none_that_has_any_is_blank(
    follow: Callable[[], None], client: Client
) -> None:
    cluster = ItemFactory(framework=FrameworkFactory())
    parts = [ItemFactory(framework=cluster.framework, under=cluster) for _ in range(2)]
    scale, district = ScaleFactory(slug="state"), DistrictFactory()
    low, high = LevelFactory(scale=scale, name="Beginning"), LevelFactory(scale=scale, name="Proficient")
    for part, level in [(parts[0], high)] * 5 + [(parts[1], low), (parts[1], high), (parts[1], high)]:
        resource("A", district=district, alignments=[{"item": part, "level": level}])
    follow()
    page = Page.open(client, f"/search/levels/?standard={cluster.identifier}")
    cells = page.html.xpath("//td[contains(@class, 'level-table__cell--')]")
    shades = [(cell.text_content().split()[0], str(cell.get("class"))[-1]) for cell in cells]
    assert shades == [("0", "0"), ("5", "4"), ("1", "1"), ("2", "2")]


def test_a_level_that_nothing_has_is_a_gap_and_a_retired_standard_that_nothing_names_is_none(
    follow: Callable[[], None], client: Client
) -> None:
    cluster = ItemFactory(human_coding_scheme="M.6.RP")
    new, old, forgotten = (
        ItemFactory(
            framework=cluster.framework, human_coding_scheme=f"M.6.RP.{n}", under=cluster, retired_at=retired
        )
        for n, retired in ((1, None), (8, "2025-01-01T00:00Z"), (9, "2025-01-01T00:00Z"))
    )
    scale, district = ScaleFactory(slug="state", name="State scale"), DistrictFactory()
    levels = [LevelFactory(scale=scale, name=name) for name in ("Emerging", "Proficient", "Extending")]
    LevelFactory(scale=ScaleFactory(slug="unused"), name="Never")
    resource("A", district=district, alignments=[{"item": new, "level": levels[1]}, {"item": old}])
    follow()
    page = Page.open(client, f"/search/levels/?standard={cluster.identifier}")
    heads = [head.text_content() for head in page.html.xpath("//thead//th")]
    assert heads == ["Standard", "Any", "State scale", "Emerging", "Proficient", "Extending"]
    rows = [" ".join(row.text_content().split()) for row in page.html.xpath("//tbody/tr")]
    assert [row.split(" ", 1)[0] for row in rows] == ["M.6.RP.1", "M.6.RP.8", "All"]
    assert "Retired" in rows[1]
    assert "Retired" not in rows[0]
    numbers = [cell.text_content() for cell in page.html.xpath("//tbody/tr[1]/td")]
    assert numbers == ["1 resource", "0", "1 resource", "0"]
    assert forgotten.human_coding_scheme not in page.text
    assert "Parts 1" not in page.text


@pytest.mark.parametrize(
    ("q", "counted"),
    [
        ("ratios paint", 3),
        # Nothing says all of it: what is on the same standard counts, too.
        ("how do I teach ratios to a class of pianists", 4),
        ("ratios for a class of pianists who work in houses", 3),
        ("ratois paint", 3),
        ("M.6.RP ratios paint", 3),
        ("m6rp ratios", 3),
        ("ratios paint&as_typed=spelling", 3),
        ("xylophone&as_typed=spelling", 0),
        ('"ratios with paint"', 1),
        ("", 4),
    ],
)
def test_words_count_in_a_cell_as_in_the_list_behind_it(
    follow: Callable[[], None], client: Client, q: str, counted: int
) -> None:
    framework = FrameworkFactory(short_name="MER")
    cluster = ItemFactory(framework=framework, human_coding_scheme="M.6.RP", full_statement="Of quantities")
    part = ItemFactory(
        framework=framework, human_coding_scheme="M.6.RP.1", full_statement="Of prices", under=cluster
    )
    level = LevelFactory(scale=ScaleFactory(slug="state"), name="Proficient")
    district = DistrictFactory()
    for title in ("Ratios with paint", "Ratios on maps", "Ratios in a recipe", "Rivers"):
        resource(title, district=district, alignments=[{"item": part, "level": level}])
    follow()
    address = f"q={q.replace(' ', '+')}" + (
        "" if "M" in q or "m6" in q else f"&standard={cluster.identifier}"
    )
    request, complaints = parse(QueryDict(address))
    assert complaints == []
    table = level_table(understand(request), READER, address="/search/levels/")
    assert table is not None
    cells = [cell for row in (*table.rows, table.whole) for cell in (row.total, *row.cells)]
    assert {cell.count for cell in cells} == {counted}
    for cell in cells:
        assert not cell.url or total_behind(cell) == cell.count


def test_the_parts_of_a_standard_that_has_many_are_all_within_reach(
    follow: Callable[[], None], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.level_table.MOST_ROWS", 2)
    framework = FrameworkFactory(short_name="MER")
    cluster = ItemFactory(framework=framework, human_coding_scheme="M.6.RP", full_statement="Ratios")
    items = [
        ItemFactory(framework=framework, human_coding_scheme=f"M.6.RP.{number}", under=cluster)
        for number in range(1, 6)
    ]
    resource("A", alignments=[{"item": items[0]}, {"item": items[4]}])
    follow()
    address = f"/search/levels/?q=a&standard={cluster.identifier}&page=2"
    seen: list[str] = []
    for number in (1, 2, 3):
        html = client.get(address).content.decode()
        here = re.findall(r"M\.6\.RP\.\d(?=</span>)", html)
        seen += here
        assert f"Parts {2 * number - 1} to {2 * number - 2 + len(here)} of 5" in html
        assert (number == 1) == ('rel="prev"' not in html)
        way = re.search(r'href="([^"]+)" rel="next"', html)
        address = unescape(way[1]) if way else ""
    assert address == ""
    assert seen == [item.human_coding_scheme for item in items]
    for odd, shown in (("99", [5]), ("9" * 9, [1, 2]), ("0", [1, 2]), ("-1", [1, 2]), ("x", [1, 2])):
        html = client.get(f"/search/levels/?standard={cluster.identifier}&parts={odd}").content.decode()
        here = re.findall(r"M\.6\.RP\.(\d)(?=</span>)", html)
        assert [int(number) for number in here] == shown, odd


def test_a_long_tree_is_searched_at_every_level(follow: Callable[[], None], client: Client) -> None:
    framework = FrameworkFactory(short_name="MER", title="Meridian Mathematics")
    cluster = ItemFactory(
        framework=framework, human_coding_scheme="M.6.RP", full_statement="Ratios and rates"
    )
    leaf = ItemFactory(
        framework=framework, human_coding_scheme="M.6.RP.1", full_statement="Unit prices", under=cluster
    )
    ItemFactory(
        framework=framework, human_coding_scheme="M.6.RP.2", full_statement="Unit of nobody", under=cluster
    )
    fractions = topic("Fractions")
    resource("A", alignments=[{"item": leaf}], topics=[topic("Unlike parts", under=fractions)])
    follow()
    html = client.get("/search/facet/standard/?find=unit").content.decode()
    assert "Unit prices" in html
    assert "Unit of nobody" not in html
    assert f"standard={leaf.identifier}" in html
    assert "Meridian Mathematics" in client.get("/search/facet/standard/?find=meridian").content.decode()
    html = client.get("/search/facet/topic/?find=unlike").content.decode()
    assert "topic=unlike-parts" in html
    html = client.get("/search/facet/topic/?find=unlike&topic=fractions").content.decode()
    assert 'href="/search/?topic=unlike-parts"' in html  # it replaces what is chosen above it
    page = Page.open(client, "/search/facet/topic/?find=unlike&topic=unlike-parts&grade=12")
    chosen = page.html.xpath("//a[@class='facet__value'][@aria-current]/*[@class='facet__label']/text()")
    assert chosen == ["Unlike parts"]  # what is chosen stays, though nothing has it


def test_a_value_that_has_resources_is_found_behind_any_number_that_have_none(
    follow: Callable[[], None], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    framework = FrameworkFactory()
    for number in range(80):
        ItemFactory(framework=framework, full_statement=f"Count by {number}", position=number)
    aligned = [
        ItemFactory(framework=framework, full_statement=f"Count on {number}", position=80 + number)
        for number in range(3)
    ]
    resource("Counting", alignments=[{"item": item} for item in aligned])
    follow()
    page = Page.open(client, "/search/facet/standard/?find=count")
    assert all(item.full_statement in page.text for item in aligned)
    monkeypatch.setattr("search.find.MOST_SHOWN", 2)
    page = Page.open(client, "/search/facet/standard/?find=count")
    assert "and 1 more. Type another word to narrow it down." in page.text
    for module in ("find", "trees"):
        monkeypatch.setattr(f"search.{module}.MAX_FOUND", 80)
    page = Page.open(client, "/search/facet/standard/?find=count")
    assert "None of the first that go by this has resources here." in page.text


@pytest.mark.engine
def test_formulas_of_standards_are_drawn(follow: Callable[[], None], client: Client) -> None:
    cluster = ItemFactory(human_coding_scheme="", full_statement="Inequalities")
    words = "Write an inequality for a limit that a plan or a budget sets, such as that of a weight, "
    part = ItemFactory(
        framework=cluster.framework,
        under=cluster,
        full_statement=f"{words} as $w \\le 40$",
        human_coding_scheme="6.AP",
    )
    resource("Weights", alignments=[{"item": part}])
    follow()
    page = client.get(f"/search/levels/?standard={cluster.identifier}").content.decode()
    assert "<mi>w</mi>" in page
    assert "\\le" not in page
    assert "<mi>w</mi>" in client.get("/search/suggest/?q=6.AP").content.decode()


def test_where_no_resource_says_its_level_the_table_says_so(
    follow: Callable[[], None], client: Client
) -> None:
    whole = ItemFactory(human_coding_scheme="RP")
    part = ItemFactory(framework=whole.framework, human_coding_scheme="RP.1", under=whole)
    address = f"/search/levels/?standard={whole.identifier}"
    assert "No resource is aligned to any of these standards yet." in Page.open(client, address).text
    resource("Rates", alignments=[{"item": part}])
    follow()
    assert "None of these resources says at which level it works" in Page.open(client, address).text
    resource("Ratios", alignments=[{"item": part, "level": LevelFactory()}])
    follow()
    assert "None of these resources says" not in Page.open(client, address).text
