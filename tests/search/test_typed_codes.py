"""Codes of standards in a query: recognised in any spelling, looked up at once, and what is aligned to them comes first."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from search.find import find
from search.lexicon import make_lexicon
from search.named_standards import MAX_CANDIDATES, candidates, find_named
from search.request import SearchRequest
from search.understanding import interpret, understand
from standards.models import Item
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, resource
from tests.repository.pages import Page

NO_WORDS = make_lexicon([], [])


@pytest.fixture
def frameworks(db: None) -> dict[str, Item]:
    """One code in two frameworks, a child below one of them, and a code that looks like a word."""
    mine, other = FrameworkFactory(short_name="MER-MATH"), FrameworkFactory(short_name="CCSS")
    cluster = ItemFactory(framework=mine, human_coding_scheme="M.6.RP", full_statement="Ratios")
    return {
        "cluster": cluster,
        "mine": ItemFactory(framework=mine, human_coding_scheme="M.6.RP.2", under=cluster),
        "other": ItemFactory(framework=other, human_coding_scheme="CCSS.MATH.CONTENT.6.RP.A.2"),
        "reading": ItemFactory(framework=other, human_coding_scheme="RL.6.1"),
        "short": ItemFactory(framework=other, human_coding_scheme="5.E"),
        "gone": ItemFactory(framework=mine, human_coding_scheme="M.6.RP.9", retired_at="2025-01-01T00:00Z"),
    }


@pytest.mark.parametrize(
    ("q", "names", "text"),
    [
        ("6rp2", "mine other", ""),
        ("6rp2 word problems", "mine other", "word problems"),
        ("word problems 6.RP.2", "mine other", "word problems"),
        ("M.6.RP.2", "mine", ""),
        ("m 6 rp 2 paint", "mine", "paint"),
        ("MER-MATH:6rp2", "mine", ""),
        ("CCSS 6.RP.2", "other", ""),
        ("game 6.RP.2", "mine other", "game"),
        ("standard 6.RP.2", "mine other", ""),
        ("math standard RL.6.1 inference", "reading", "inference"),
        ("6.RP.A.2, paint", "other", "paint"),
        ("RL 6.1 inference", "reading", "inference"),
        ("M.6.RP.9", "gone", ""),
        ("6.RP.7 paint", "", "paint"),
        ("covid19 laboratory", "", "laboratory"),
        ("m.6.rp.9, 6.RP.A.2, RL 6.1, M.6.RP, 5.E", "gone other reading cluster short", ""),
        ("RL 6.1, M 6 RP, MER-MATH:6rp2, M.6.RP.9, 5.E", "reading cluster mine gone short", ""),
        (
            "use rl6.1 and m6rp in a game for a rainy day",
            "reading cluster",
            "use and in a game for a rainy day",
        ),
        ("use RL 6.1 and m 6 rp in a game for a day", "reading cluster", "use and in a game for a day"),
    ],
)
def test_a_code_in_any_spelling_is_recognised(
    q: str, names: str, text: str, frameworks: dict[str, Item]
) -> None:
    understood = understand(SearchRequest(q=q))
    wanted = {frameworks[name].identifier for name in names.split()}
    assert set(understood.request.values("standard")) == wanted
    assert understood.words.text == text


def test_three_signs_that_only_end_a_code_are_words_first(frameworks: dict[str, Item]) -> None:
    """ "co2" is carbon dioxide, though HSG-CO.A.2 may be cited so."""
    transformations = ItemFactory(
        framework=frameworks["other"].framework, human_coding_scheme="CCSS.Math.Content.HSG-CO.A.2"
    )
    for q in ("co2", "co2 bottle rocket"):
        understood = understand(SearchRequest(q=q))
        assert (understood.applied, understood.words.text, understood.words.codes) == ((), q, ())
        (offered,) = understood.offered
        assert offered.values == (transformations.identifier,)
    assert understand(SearchRequest(q="G-CO.2")).request.values("standard") == (transformations.identifier,)
    assert understand(SearchRequest(q="5e")).request.values("standard") == (frameworks["short"].identifier,)


def test_a_retired_code_typed_in_full_is_not_lost_to_a_shorter_form_elsewhere(
    frameworks: dict[str, Item],
) -> None:
    """The year after a revision people still type the old code, and resources still name it."""
    there = ItemFactory(
        framework=frameworks["other"].framework, human_coding_scheme="CCSS.MATH.CONTENT.6.RP.A.9"
    )
    found = understand(SearchRequest(q="M.6.RP.9")).request.values("standard")
    assert set(found) == {frameworks["gone"].identifier, there.identifier}
    assert understand(SearchRequest(q="6.RP.9")).request.values("standard") == (there.identifier,)


def test_a_list_of_codes_keeps_them_all_at_one_query(
    db: None, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    framework = FrameworkFactory(short_name="MER-MATH")
    items = [ItemFactory(framework=framework, human_coding_scheme=f"6.RP.{n}") for n in range(1, 31)]
    for between in (", ", " ", "; ", " and "):
        q = between.join(item.human_coding_scheme for item in items)
        with django_assert_num_queries(1):
            named = find_named(candidates(q))
        assert [item for found in named.values() for item in found] == items
        assert interpret(SearchRequest(q=q), NO_WORDS, named).words.text.replace("and", "").split() == []


def test_as_many_codes_as_anybody_could_type_are_looked_up_within_bounds(
    db: None, django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    for hostile in (" ".join(f"{n}.RP.{n}" for n in range(500)), "a1 " * 500):
        some = candidates(hostile)
        assert len(some) <= MAX_CANDIDATES
        with django_assert_max_num_queries(1):
            find_named(some)


def test_a_short_code_that_may_be_a_word_is_offered(frameworks: dict[str, Item]) -> None:
    understood = understand(SearchRequest(q="5e model"))
    assert understood.request.values("standard") == ()
    assert [part.label for part in understood.offered] == ["5.E"]
    assert understand(SearchRequest(q="5e")).request.values("standard") == (frameworks["short"].identifier,)


@pytest.mark.engine
def test_a_code_finds_its_own_resources_first_then_those_below(
    follow: Callable[[], None], frameworks: dict[str, Item]
) -> None:
    district = DistrictFactory()
    resource("Below", district=district, alignments=[{"item": frameworks["mine"]}])
    resource("Exactly", district=district, alignments=[{"item": frameworks["cluster"]}])
    resource("Elsewhere M.6.RP", district=district)
    follow()
    results = find(SearchRequest(q="m6rp"), {"public"})
    assert [hit.title for hit in results.hits] == ["Exactly", "Below"]
    as_words = find(SearchRequest(q="m6rp", as_typed=("standard",)), {"public"})
    assert as_words.hits[0].title == "Exactly"


@pytest.mark.engine
def test_a_chip_says_what_was_typed_only_where_that_differs(
    follow: Callable[[], None], frameworks: dict[str, Item], client: Client
) -> None:
    resource("Exactly", alignments=[{"item": frameworks["mine"]}])
    follow()
    assert "from “m 6 rp 2”" in client.get("/search/?q=m+6+rp+2").text
    page = client.get("/search/?q=m.6.rp.2").text
    assert "chip--on" in page
    assert "from “" not in page


@pytest.mark.engine
def test_counts_beside_a_typed_code_are_what_a_click_finds(
    frameworks: dict[str, Item], follow: Callable[[], None], client: Client
) -> None:
    """They counted what has the code as well: nothing, for the neighbours of a standard without resources."""
    district = DistrictFactory()
    sibling = ItemFactory(
        framework=frameworks["mine"].framework, human_coding_scheme="M.6.RP.3", under=frameworks["cluster"]
    )
    for title, items in (
        ("Paint ratios", [sibling]),
        ("Poems", [frameworks["reading"]]),
        ("Ratios of poems", [sibling, frameworks["reading"]]),
    ):
        resource(
            title, district=district, alignments=[{"item": item, "relation": "teaches"} for item in items]
        )
    follow()

    for address in (
        "/search/?q=M.6.RP.2",
        "/search/?q=RL+6.1+poems",
        "/search/?q=RL+6.1&open=standard:MER-MATH",
    ):
        counts = counted_links(client, address)
        assert counts
        for link, count in counts:
            found = Page.open(client, link)
            assert (f"{count} resource" in found.text) if count else ("Nothing fits" in found.text), link
    assert 2 in dict(counted_links(client, "/search/?q=M.6.RP.2")).values()


def counted_links(client: Client, address: str) -> list[tuple[str, int]]:
    """The values of the facets of trees, each with its count; those that are chosen are left out."""
    links = Page.open(client, address).html.xpath("//a[@class='facet__value'][not(@aria-current)]")
    return [(link.get("href"), int(link.find_class("facet__count")[0].text)) for link in links]


@pytest.mark.engine
def test_a_retired_standard_is_marked_in_its_facet(
    frameworks: dict[str, Item], follow: Callable[[], None], client: Client
) -> None:
    resource("Old tables", alignments=[{"item": frameworks["gone"]}])
    follow()
    page = Page.open(client, "/search/?open=standard:MER-MATH")
    (value,) = page.html.xpath("//a[@class='facet__value'][contains(., 'M.6.RP.9')]")
    assert "Retired" in value.text_content()


@pytest.mark.engine
def test_standards_that_read_alike_are_one_chip(follow: Callable[[], None], client: Client) -> None:
    """A strand has an item of the same name in each grade: eleven chips could not be told apart."""
    framework = FrameworkFactory(short_name="ELA")
    strands = [
        ItemFactory(framework=framework, human_coding_scheme="", full_statement="Reading literature")
        for _grade in "45"
    ]
    for grade, strand in zip("45", strands, strict=True):
        item = ItemFactory(framework=framework, human_coding_scheme=f"RL.{grade}.1", under=strand)
        resource(f"Poems for {grade}", alignments=[{"item": item}])
    resource("RL circuits")
    follow()
    (address,) = Page.open(client, "/search/?q=RL").html.xpath(
        "//a[contains(., 'Use “RL” as a filter')]/@href"
    )
    page = Page.open(client, address)
    assert "2 resources" in page.text
    (chip,) = page.html.xpath("//ul[@class='chips']//a")
    assert "Reading literature (2)" in chip.text_content()
    assert "3 resources" in Page.open(client, chip.get("href")).text


def test_a_code_after_a_colon_begins_with_no_space() -> None:
    """The chip read: from “ RL.5.2”."""
    assert [(one.code, one.framework) for one in candidates("Standard: RL.5.2")] == [
        ("RL.5.2", "Standard"),
        ("RL.5.2", ""),
    ]
