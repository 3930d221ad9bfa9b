"""The facets beside the results, and the pages below them, as they are shown: without an index, of values made up."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import lxml.html
import pytest

from search.facets import BY_NAME
from search.pages import markup, page
from search.request import SearchRequest, Sort
from search.results import Bucket, FacetResult, Results
from search.understanding import Part, Understood
from search.words import NONE

ASKED = SearchRequest(q="ratios", sort=Sort.TITLE)


def shown(name: str, *buckets: Bucket, asked: SearchRequest = ASKED, **fields: Any) -> Any:
    """The facet on the page of a search."""
    result = FacetResult(name, str(BY_NAME[name].label), buckets, is_tree=bool(BY_NAME[name].tree), **fields)
    view = page.facet_view(result, Understood(asked, asked, NONE))
    return lxml.html.fromstring(markup.facet(view))


def subjects(number: int, **fields: Any) -> list[Bucket]:
    return [Bucket(f"s{n}", f"Subject {n}", 3, **fields) for n in range(1, number + 1)]


def boxes(html: Any) -> tuple[int, int]:
    """How many are open, and how many unfold."""
    folded = html.xpath(".//*[@class='facet__more']//input")
    return len(html.xpath(".//input")) - len(folded), len(folded)


def test_of_many_values_eight_are_open_some_unfold_and_the_rest_is_a_link_away() -> None:
    assert boxes(shown("subject", *subjects(8))) == (8, 0)
    assert boxes(shown("subject", *subjects(9))) == (9, 0)  # no longer than "and 1 more"
    html = shown("subject", *subjects(10))
    assert boxes(html) == (8, 2)
    assert "and 2 more" in html.text_content()
    html = shown("subject", *subjects(40), other_count=5)
    assert boxes(html) == (8, 24)
    (link,) = html.xpath(".//a")
    assert link.text_content() == "13 more: see them all"
    assert link.get("href") == "/search/facet/subject/?q=ratios&sort=title"


def test_what_is_chosen_is_not_folded_away() -> None:
    html = shown("subject", *subjects(10), Bucket("art", "Art", 0, selected=True), *subjects(20)[10:])
    assert boxes(html) == (11, 10)
    assert [box.get("value") for box in html.xpath(".//input[@checked]")] == ["art"]
    below = Bucket("b", "Below", 1, selected=True)
    above = Bucket("a", "Above", 1, has_children=True, opened=True, children=(below,))
    html = shown("topic", *[Bucket(f"t{n}", f"Topic {n}", 1) for n in range(9)], above, *subjects(3))
    assert not html.xpath(".//*[@class='facet__more']//a/*[.='Below']")


def level(*children: Bucket) -> Any:
    """A framework that is unfolded."""
    return shown("standard", Bucket("FLAT", "Flat", 9, has_children=True, opened=True, children=children))


def labels(html: Any, within: str) -> list[str]:
    rows = html.xpath(f".//*[@class='facet__tree']//{within}//a/*[@class='facet__label']")
    return [one.text_content() for one in rows]


def test_of_a_long_level_of_a_tree_twenty_are_open_some_unfold_and_the_rest_is_a_link_away() -> None:
    folded = "details[@class='facet__more']"
    assert not level(*subjects(21)).xpath(f".//{folded}")
    html = level(*subjects(22))
    assert labels(html, folded) == ["Subject 21", "Subject 22"]
    assert "and 2 more" in html.text_content()
    html = level(*subjects(600))
    assert len(labels(html, folded)) == 24
    (link,) = html.xpath(".//a[contains(., 'see them all')]")
    assert link.text_content() == "556 more: see them all"
    assert link.get("href") == "/search/facet/standard/?q=ratios&sort=title"


def test_what_is_chosen_or_unfolded_in_a_long_level_is_open() -> None:
    chosen = Bucket("c", "Chosen", 1, selected=True)
    above = Bucket("a", "Above", 1, has_children=True, opened=True, children=(chosen,))
    html = level(*subjects(40), chosen, above, Bucket("u", "Unfolded", 1, has_children=True, opened=True))
    folded = labels(html, "details[@class='facet__more']")
    assert len(folded) == 20
    assert {"Chosen", "Above", "Unfolded"}.isdisjoint(folded)
    assert {"Chosen", "Above", "Unfolded"} <= set(labels(html, "li"))


def test_the_page_of_the_whole_list_has_a_long_level_whole() -> None:
    flat = Bucket("FLAT", "Flat", 9, has_children=True, opened=True, children=tuple(subjects(600)))
    result = FacetResult("standard", "Standard", (flat,), is_tree=True)
    view = page.facet_view(result, Understood(ASKED, ASKED, NONE), folds_on="/search/facet/standard/")
    assert len(view.values[0].children) == 600


def test_only_what_is_long_has_a_box_to_look_for_a_value() -> None:
    def looks(html: Any) -> list[str]:
        return [str(one) for one in html.xpath(".//a[contains(., 'Look in the whole list')]/@href")]

    assert looks(shown("subject", *subjects(3))) == []
    assert looks(shown("subject", *subjects(10), asked=SearchRequest())) == ["/search/facet/subject/"]
    assert looks(shown("topic", Bucket("maps", "Maps", 1))) == ["/search/facet/topic/?q=ratios&sort=title"]


def test_a_facet_says_how_much_of_it_is_chosen_and_is_open_then() -> None:
    assert BY_NAME["subject"].open
    assert not BY_NAME["licence"].open
    assert shown("subject", *subjects(2)).get("open") is not None
    closed = shown("licence", *subjects(2))
    assert closed.get("open") is None
    assert "chosen" not in closed.text_content()
    html = shown("licence", *subjects(2, selected=True))
    assert html.get("open") is not None
    assert html.xpath("./summary")[0].text_content() == "License 2 chosen"


def test_numbers_are_written_and_read_out_as_people_do() -> None:
    html = shown("subject", Bucket("art", "Art", 1), Bucket("music", "Music", 12345))
    assert [one.text_content() for one in html.xpath(".//*[@class='facet__count']")] == [
        "1 resource",
        "12,345 resources",
    ]


def test_a_standard_below_two_others_is_there_twice_under_ids_of_its_own() -> None:
    both = Bucket("table Grade 6", "Both", 1)
    parents = [
        Bucket(name, name, 1, has_children=True, opened=True, children=(both,)) for name in ("One", "Two")
    ]
    ids = shown("standard", *parents).xpath(".//*/@id")
    assert len(ids) == len(set(ids))
    assert not [one for one in ids if " " in one]


def test_a_long_statement_is_cut_and_whole_in_its_title_and_a_formula_is_drawn() -> None:
    words = "Explain why a point on the graph of a proportional relationship stands for a pair of amounts"
    html = shown("standard", Bucket("a", words, 1), Bucket("b", r"Find \(x\) & say how", 1))
    long, drawn = html.xpath(".//a[@class='facet__value']")
    (label,) = long.xpath("./*[@class='facet__label']")
    assert label.text_content() == f"{words[:69]}…"
    assert long.get("title") == words
    assert drawn.xpath(".//math")
    assert "& say how" in drawn.text_content()


def test_a_branch_unfolds_folds_and_says_which_it_is() -> None:
    asked = SearchRequest(opened={"standard": ("one", "two")})
    child = Bucket("three", "Three", 1)
    html = shown(
        "standard",
        Bucket("one", "Words", 1, code="6.RP", has_children=True, opened=True, children=(child,)),
        Bucket("two", "Two", 1, has_children=True, opened=True),
        Bucket("R&D 4", "Four", 1, has_children=True, retired=True),
        asked=asked,
    )
    folds = html.xpath(".//a[@class='facet__fold']")
    assert [one.text_content() for one in folds] == ["Below 6.RP", "Below Two", "Below Four"]
    assert [one.get("aria-expanded") for one in folds] == ["true", "true", "false"]
    assert [parse_qs(urlsplit(one.get("href")).query)["open"] for one in folds] == [
        ["standard:two"],
        ["standard:one"],
        ["standard:one", "standard:two", "standard:R&D 4"],
    ]
    assert [one.getparent().text for one in html.xpath(".//*[.='Retired']")] == ["Four "]


def test_what_stands_below_an_open_branch_is_there_and_what_is_chosen_says_so() -> None:
    below = Bucket("b", "Percents", 1, code="CCSS.Math.6.RP.3", selected=True)
    above = Bucket("a", "Ratios", 1, has_children=True, opened=True, children=(below,))
    html = shown("standard", above)
    (inside,) = html.xpath(".//li//li//a")
    assert inside.get("aria-current") == "true"
    assert inside.get("title") is None, "it would be read aloud after the same words"
    assert html.xpath(".//a[span='Ratios']")[0].get("aria-current") is None
    (code,) = inside.xpath(".//*[@class='facet__code']")
    assert code.text_content() == "CCSS.Math.6.RP.3"
    assert code.xpath("./wbr")


def test_levels_stand_below_the_name_of_their_scale_once() -> None:
    levels = [
        Bucket(f"{scale}:{n}", f"Level {n}", 1, group=scale) for scale in ("State", "Ours") for n in (1, 2)
    ]
    html = shown("level", *levels)
    headings = html.xpath(".//*[@class='facet__heading']")
    assert [one.text_content() for one in headings] == ["State", "Ours"]
    assert [box.get("value") for box in headings[1].xpath("./following-sibling::label/input")] == [
        "Ours:1",
        "Ours:2",
    ]
    long = shown("level", *(Bucket(f"State:{n}", f"Level {n}", 1, group="State") for n in range(12)))
    assert len(long.xpath(".//*[@class='facet__heading']")) == 1, "those that unfold go on with the group"
    # Whoever goes from box to box with a screen reader hears the group that each is in.
    assert [one.getparent().tag for one in headings] == ["fieldset", "fieldset"]
    view = page.facet_view(FacetResult("level", "Level", tuple(levels)), Understood(ASKED, ASKED, NONE))
    tree: Any = lxml.html.fromstring(f"<div>{markup.tree(view.values)}</div>")
    groups = tree.xpath("./fieldset")
    assert [[one.text_content() for one in group.xpath(".//legend | .//a/span[1]")] for group in groups] == [
        ["State", "Level 1", "Level 2"],
        ["Ours", "Level 1", "Level 2"],
    ]


def test_nothing_of_a_facet_is_markup() -> None:
    odd = '<b onclick="x">&'
    bucket = Bucket(odd, odd, 1, code=odd, group=odd, has_children=True)
    for name in ("level", "standard"):
        result = FacetResult(name, odd, (bucket,), is_tree=name == "standard")
        html = markup.facet(page.facet_view(result, Understood(ASKED, ASKED, NONE)))
        assert "<b" not in html
        assert html.count("&lt;b onclick=&quot;x&quot;&gt;&amp;") >= 4


def test_a_facet_without_a_value_is_not_there_and_what_is_chosen_goes_by_its_code() -> None:
    codes = (Bucket("a", "Ratios", 1, code="6.RP", selected=True), Bucket("b", "Percents", 1))
    subject = FacetResult("subject", "Subject", (Bucket("art", "Art", 1, selected=True),))
    facets = (
        FacetResult("standard", "Standard", codes, is_tree=True),
        FacetResult("kind", "Kind", ()),
        subject,
    )
    results = Results(Understood(ASKED, ASKED, NONE), 1, (), facets)
    assert [one.name for one in page.facets(results)] == ["standard", "subject"]
    assert page.labels_of(results) == {("standard", "a"): "6.RP", ("subject", "art"): "Art"}


@pytest.mark.parametrize("value", ["R&D + more", "a=b#c", "é/ü?"])
def test_a_value_of_any_signs_is_chosen_whole(value: str) -> None:
    (link,) = shown("standard", Bucket(value, "One", 1)).xpath(".//a[@class='facet__value']")
    assert parse_qs(urlsplit(link.get("href")).query)["standard"] == [value]


def test_what_words_chose_is_changed_by_hand_in_their_place() -> None:
    """Else the words would choose it again."""
    asked = SearchRequest(q="6th grade ratios")
    part = Part("standard", ("six",), "Six", "6th grade", 0, 9)
    understood = Understood(asked, asked.choosing("standard", ["six"]), NONE, applied=(part,))
    result = FacetResult(
        "standard", "Standard", (Bucket("six", "6", 1, selected=True), Bucket("7", "7", 1)), is_tree=True
    )
    html: Any = lxml.html.fromstring(markup.facet(page.facet_view(result, understood)))
    assert html.xpath(".//a[@class='facet__value']/@href") == [
        "/search/?q=ratios",
        "/search/?q=ratios&standard=six&standard=7",
    ]


def test_a_table_by_level_is_offered_for_the_standard_that_is_chosen() -> None:
    def tables(html: Any) -> list[str]:
        return [str(one) for one in html.xpath(".//a[contains(., 'a table')]/@href")]

    chosen = Bucket("a", "A", 1, selected=True)
    assert tables(shown("standard", chosen)) == ["/search/levels/?q=ratios&sort=title"]
    assert tables(shown("standard", Bucket("a", "A", 1))) == []
    assert tables(shown("topic", chosen)) == []


# -- pages and orders


def pages(pager: page.Pager) -> list[int | None]:
    return [link.number if link else None for link in pager.links]


def test_pages_lead_on_and_back_as_far_as_there_are_any() -> None:
    asked = SearchRequest(q="ratios", limit=10)
    first, last = (page.pager(replace(asked, page=number), 41) for number in (1, 5))
    assert (first.previous_url, first.next_url) == ("", "/search/?q=ratios&limit=10&page=2")
    assert (last.previous_url, last.next_url) == ("/search/?q=ratios&limit=10&page=4", "")
    assert [link.number for link in last.links if link and link.current] == [5]
    assert pages(first) == [1, 2, 3, None, 5]
    assert pages(page.pager(asked, 30)) == [1, 2, 3]
    assert pages(page.pager(asked, 0)) == [1]


def test_from_past_the_last_page_the_way_back_is_to_the_last() -> None:
    """Which the number of results, where it is estimated, may put too early."""
    for number in (4, 9):
        assert page.pager(SearchRequest(page=number), 60).previous_url == "/search/?page=3"


def test_where_numbers_end_a_cursor_leads_on_and_back_to_the_first_page() -> None:
    assert page.pager(SearchRequest(page=500), 12_345, "abc").next_url == "/search/?cursor=abc"
    # 30 do not divide 10,000: the page that they would share is not asked for.
    assert page.pager(SearchRequest(limit=30, page=333), 12_345).next_url == ""
    assert pages(page.pager(SearchRequest(limit=30), 12_345))[-1] == 333
    beyond = page.pager(SearchRequest(q="ratios", cursor="abc"), 12_345, "def")
    assert beyond.next_url == "/search/?q=ratios&cursor=def"
    assert [link.url if link else "" for link in beyond.links] == ["/search/?q=ratios", ""]
    assert beyond.previous_url == ""


def test_the_list_for_equivalents_has_pages_of_its_own() -> None:
    first, last = (page.related_pager(SearchRequest(limit=10, related=number), 20) for number in (1, 2))
    assert (first.previous_url, first.next_url) == ("", "/search/?limit=10&related=2")
    assert (last.previous_url, last.next_url) == ("/search/?limit=10&related=1", "")


def test_another_order_begins_at_the_first_page() -> None:
    for asked in (SearchRequest(q="ratios", page=3), SearchRequest(q="ratios", cursor="abc")):
        links = page.sort_links(asked)
        assert [link.label for link in links] == ["Best match", "Newest", "Title", "Shortest"]
        assert [link.url for link in links][:2] == ["/search/?q=ratios", "/search/?q=ratios&sort=newest"]
        assert [link.label for link in links if link.current] == ["Best match"]
    assert page.sort_links(SearchRequest())[0].label == "Recommended"


def test_what_is_saved_of_a_search_is_what_changes_its_results() -> None:
    asked = SearchRequest(
        q="6th grade ratios",
        sort=Sort.NEWEST,
        page=4,
        limit=50,
        facet_limit=7,
        opened={"topic": ("maps",)},
        as_typed=("grade",),
        related=3,
    ).choosing("kind", ["task"])
    assert page.kept_query(asked) == "q=6th+grade+ratios&kind=task&as_typed=grade&sort=newest&related=1"
    assert page.kept_query(SearchRequest(cursor="abc")) == ""
