"""The search page: what its links mean, and what it costs."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import lxml.html
import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from repository.models import Subject, Topic
from search import memory
from search.facets import FACETS, FacetSpec
from search.find import find
from search.pages import page
from search.request import SearchRequest, parse
from search.results import Results
from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    LevelFactory,
    ScaleFactory,
    SubjectFactory,
    resource,
    topic,
)
from tests.repository.pages import Page

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def asked(query: str) -> tuple[SearchRequest, Results]:
    request, complaints = parse(QueryDict(query))
    assert complaints == []
    return request, find(request, {"public"})


def links(query: str, facet: str) -> dict[str, str]:
    """Where each value of a facet leads."""
    _request, results = asked(query)
    (view,) = [one for one in page.facets(results) if one.name == facet]

    def walk(values: tuple[page.Value, ...]) -> dict[str, str]:
        found: dict[str, str] = {}
        for value in values:
            found |= {value.bucket.value: value.toggle_url, **walk(value.children)}
        return found

    return walk((*view.values, *view.more))


@pytest.fixture
def tree(follow: Callable[[], None]) -> None:
    """Fractions > Unlike > Pizzas, and Rivers, each with a lesson."""
    fractions = topic("Fractions")
    unlike = topic("Unlike", under=fractions)
    district = DistrictFactory()
    resource("A", district=district, topics=[topic("Pizzas", under=unlike)])
    resource("B", district=district, topics=[topic("Rivers")])
    follow()


def test_choosing_a_node_replaces_what_is_chosen_above_and_below_it(tree: None) -> None:
    from_above = links("topic=fractions&topic=rivers", "topic")
    assert from_above["unlike"] == "/search/?topic=rivers&topic=unlike"
    assert from_above["fractions"] == "/search/?topic=rivers"
    from_below = links("topic=pizzas&topic=rivers", "topic")
    assert from_below["fractions"] == "/search/?topic=rivers&topic=fractions"
    assert from_below["rivers"] == "/search/?topic=pizzas"


def test_every_link_of_the_page_leads_to_a_page(tree: None, client: Client) -> None:
    html = client.get("/search/?q=a&topic=fractions&open=topic:unlike&sort=title").content.decode()
    addresses = {unescape(one) for one in re.findall(r'href="(/search/[^"]*)"', html)}
    addresses -= {one for one in addresses if one.startswith("/search/saved/")}  # for those who sign in
    assert len(addresses) > 8
    for address in addresses:
        response = client.get(address, follow=True)  # keeping a search asks to sign in
        assert response.status_code == 200
        assert b"was left out" not in response.content, address


def test_nothing_of_a_label_is_markup_in_a_facet(follow: Callable[[], None], client: Client) -> None:
    odd = """<b>Art</b> & "craft" 'n' more"""
    escaped = "&lt;b&gt;Art&lt;/b&gt; &amp; &quot;craft&quot; &#x27;n&#x27; more"
    resource("A", subjects=[SubjectFactory(slug="art", label=odd)], topics=[topic(odd)])
    follow()
    for address in ("/search/", "/search/facet/subject/"):
        html = client.get(address).content.decode()
        assert html.count(escaped) >= 1, address
        assert "<b>Art" not in html


def test_nothing_of_a_code_or_a_scale_is_markup_in_a_tree(follow: Callable[[], None], client: Client) -> None:
    above = ItemFactory(framework=FrameworkFactory(short_name="MER"), human_coding_scheme="<b>6</b>")
    item = ItemFactory(framework=above.framework, under=above)
    level = LevelFactory(scale=ScaleFactory(name="<b>Mastery</b>"))
    resource("A", alignments=[{"item": item, "level": level}])
    follow()
    html = client.get("/search/?open=standard:MER").content.decode()
    assert "Below &lt;b&gt;6" in html
    assert '<span class="facet__code">&lt;b&gt;6' in html
    assert "<b>6" not in html
    html = client.get("/search/facet/level/").content.decode()
    assert "&lt;b&gt;Mastery" in html
    assert "<b>Mastery" not in html


def test_more_than_ten_values_are_all_within_reach(follow: Callable[[], None], client: Client) -> None:
    district = DistrictFactory()
    for number in range(13):
        resource(
            f"Lesson {number}", district=district, subjects=[SubjectFactory(slug=f"subject-{number:02}")]
        )
    follow()
    html = client.get("/search/").content.decode()
    assert all(f'value="subject-{number:02}"' in html for number in range(13))
    assert "and 5 more" in html
    html = client.get("/search/?facet_limit=3").content.decode()
    assert "10 more: see them all" in html
    html = client.get("/search/facet/subject/?facet_limit=3").content.decode()
    assert html.count("subject=subject-") == 13
    html = client.get("/search/facet/subject/?find=subject+07").content.decode()
    assert html.count("subject=subject-") == 1


def test_all_levels_stand_under_the_names_of_their_scales(follow: Callable[[], None], client: Client) -> None:
    state = ScaleFactory(name="Meridian scale")
    levels = [
        LevelFactory(scale=state, name="Beginning"),
        LevelFactory(scale=state, name="Proficient"),
        LevelFactory(scale=ScaleFactory(name="Badges"), name="Gold"),
    ]
    resource("Rivers", alignments=[{"item": ItemFactory(), "level": level} for level in levels])
    follow()
    html: Any = lxml.html.fromstring(client.get("/search/facet/level/").content.decode())
    lists = html.xpath("//ul[contains(@class, 'facet__tree')]")
    said = {
        one.getprevious().text_content(): one.xpath(".//*[@class='facet__label']/text()") for one in lists
    }
    assert said == {"Meridian scale": ["Beginning", "Proficient"], "Badges": ["Gold"]}


def test_looking_among_the_values_of_a_facet_keeps_the_search_as_it_is(
    follow: Callable[[], None], client: Client
) -> None:
    district = DistrictFactory()
    for title, grade in (("Ratios", "06"), ("Ratios in the 6th grade", "07"), ("Ratios by sixths", "08")):
        subject = SubjectFactory(slug=f"for-{grade}", label=f"Subject of {grade}")
        resource(title, district=district, grades=[grade], subjects=[subject])
    follow()
    address = (
        "/search/facet/subject/?q=6th+grade+ratios&as_typed=grade&as_typed=spelling&sort=title&limit=5"
        "&facet_limit=7&kind=lesson&related=1"
    )
    before = client.get(address).content.decode()
    assert "Subject of 07" in before
    form = re.search(r"search-box--lookup.+?</form>", before, re.S)
    assert form is not None
    sent = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0])
    after = client.get("/search/facet/subject/", [*sent, ("find", "")]).content.decode()
    values = re.compile(r'href="(/search/\?[^"]+subject=for-\d\d[^"]*)"')
    assert values.findall(after) == values.findall(before) != []
    way_back = re.compile(r'href="([^"]+)">Back to the results')
    assert way_back.findall(after) == way_back.findall(before) != []


def test_the_levels_of_each_scale_stand_below_its_name(follow: Callable[[], None], client: Client) -> None:
    district, item = DistrictFactory(), ItemFactory()
    scales = [
        (ScaleFactory(slug="mastery", name="Mastery", owner=district), ("Not yet", "Got it")),
        (ScaleFactory(slug="state", name="State <scale>"), ("Beginning", "Proficient")),
    ]
    for scale, names in scales:
        for name in names:
            level = LevelFactory(scale=scale, name=name)
            resource(name, district=district, alignments=[{"item": item, "level": level}])
    follow()
    html = client.get("/search/").content.decode()
    facet = html[html.index('class="facet__heading"') :]
    assert re.findall(r'class="facet__heading">(.*?)</legend>', facet) == ["State &lt;scale&gt;", "Mastery"]
    places = [
        facet.index(f">{words}<")
        for words in ("State &lt;scale&gt;", "Beginning", "Proficient", "Mastery", "Not yet", "Got it")
    ]
    assert places == sorted(places)


def test_results_are_sorted_and_paged_without_gap_or_repeat(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    for number in range(9):
        resource(f"Lesson {9 - number}", district=district, duration_minutes=[None, 30, 10][number % 3])
    follow()

    def listed(sort: str) -> list[str]:
        return [
            hit.title for number in (1, 2, 3) for hit in asked(f"sort={sort}&limit=4&page={number}")[1].hits
        ]

    assert listed("title") == [f"Lesson {number}" for number in range(1, 10)]
    assert listed("newest") == [f"Lesson {number}" for number in range(1, 10)]
    assert [hit.duration for hit in asked("sort=shortest")[1].hits] == ["10 minutes"] * 3 + [
        "30 minutes"
    ] * 3 + [""] * 3
    assert len(set(listed("shortest"))) == 9


def test_pages_end_where_results_or_the_engine_end() -> None:
    pager = page.pager(SearchRequest(page=500), 123_456)
    assert pager.next_url == ""
    assert pager.links[-1] is not None
    assert pager.links[-1].number == 500
    assert page.pager(SearchRequest(), 0).next_url == ""
    assert [link.number if link else None for link in page.pager(SearchRequest(page=7), 400).links] == [
        *(1, None, 5, 6, 7, 8, 9, None, 20)
    ]


@pytest.mark.parametrize("path", ["/search/", "/api/v1/resources"])
def test_an_answer_costs_one_query_whatever_it_shows(
    path: str, follow: Callable[[], None], client: Client
) -> None:
    """The versions of the vocabularies: labels come from memory, cards from the index."""

    def queries() -> int:
        chosen = "open=standard:MER-MATH&topic=topic-1&subject=s1&level=scale:level&standard=MER-MATH"
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{path}?{chosen}").status_code == 200
        return len(captured)

    level = LevelFactory(scale=ScaleFactory(slug="scale"), slug="level")
    district = DistrictFactory()
    framework = FrameworkFactory(short_name="MER-MATH")

    def add(number: int) -> None:
        resource(
            f"Lesson {number}",
            district=district,
            subjects=[SubjectFactory(slug=f"s{number}")],
            topics=[topic(f"Topic {number}")],
            grades=["05"],
            alignments=[{"item": ItemFactory(framework=framework), "level": level}],
        )

    add(1)
    follow()
    at_first = queries()
    assert queries() == 1
    for number in range(2, 8):
        add(number)
    follow()
    assert queries() <= at_first < 20  # what changed is read again, once
    assert queries() == 1


def test_a_new_name_shows_at_once_however_it_was_written(follow: Callable[[], None], client: Client) -> None:
    """Also where no signal tells of it, as in an import's bulk writes or by hand in the database."""
    subject = SubjectFactory(slug="maths", label="Mathematics")
    item = ItemFactory(framework=FrameworkFactory(short_name="MER"), full_statement="Old words")
    resource("A", subjects=[subject], topics=[topic("Fractions")], alignments=[{"item": item}])
    follow()

    def shown(label: str) -> bool:
        facets = client.get("/api/v1/resources?open=standard:MER").json()["facets"].values()
        buckets = [
            one for facet in facets for bucket in facet["buckets"] for one in (bucket, *bucket["children"])
        ]
        return label in [bucket["label"] for bucket in buckets]

    assert shown("Mathematics")
    assert shown("Fractions")
    assert shown("Old words")
    Subject.objects.update(label="Maths")
    Topic.objects.update(name="Parts of a whole")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE standards_item SET full_statement = 'New words'")
    assert shown("Maths")
    assert shown("Parts of a whole")
    assert shown("New words")
    with transaction.atomic():
        Subject.objects.update(label="Sums")
        assert shown("Sums")
        transaction.set_rollback(True)
    assert shown("Maths")


@pytest.mark.parametrize("spec", FACETS, ids=lambda spec: spec.name)
def test_a_change_of_any_table_of_a_vocabulary_is_noticed(spec: FacetSpec) -> None:
    """A facet over a table without a trigger would show old labels for ever: migrations/0002 says how to add one."""
    memory._kept.clear()
    with CaptureQueriesContext(connection) as captured:
        spec.vocabulary.terms(["standard", "maths", "5"])
        if spec.tree:
            spec.tree.above(["maths"])
            spec.tree.below(["maths"])
    asked = {table for query in captured for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'search_vocabulary'")
        watched = {table for (table,) in cursor.fetchall()}
    assert asked <= watched


def test_highlights_are_marked_and_nothing_of_a_text_is_markup(
    follow: Callable[[], None], client: Client
) -> None:
    resource("Ratio <img src=x onerror=alert(1)>", summary="A ratio & <script>alert(2)</script>")
    follow()
    html = client.get("/search/?q=ratio").content.decode()
    assert "<mark>Ratio</mark> &lt;img src=x" in html
    assert "A <mark>ratio</mark> &amp; &lt;script&gt;" in html
    assert "<img src=x" not in html


def test_a_summary_that_has_the_words_is_shown_to_its_end(follow: Callable[[], None], client: Client) -> None:
    """It was cut at 300 characters, the brackets of its marks counted."""
    summary = ("Ratio after ratio. " + "Strips are drawn, told and cut. " * 9)[:295] + " End."
    assert len(summary) == 300
    resource("Strips", summary=summary)
    follow()
    (shown,) = Page.open(client, "/search/?q=ratio").html.xpath("//*[@class='card__summary']")
    assert shown.text_content() == summary
    assert [mark.text_content() for mark in shown.xpath("./mark")] == ["Ratio", "ratio"]


def test_what_is_not_understood_is_said_and_the_rest_is_searched(tree: None, client: Client) -> None:
    html = client.get("/search/?topic=fractions&grade=zzz&utm=1").content.decode()
    assert re.findall("“(.*)” was left out", html) == ["Grade"]
    assert "1 resource" in html
    html = client.get("/search/?topic=fractions&cursor=nonsense").content.decode()
    assert "“cursor” was left out" in html


def test_what_is_too_long_to_look_for_stays_in_the_box_to_be_shortened(tree: None, client: Client) -> None:
    words = "how do I teach ratios " * 20
    page = client.get("/search/", {"q": words}).content.decode()
    assert f'name="q" id="search-q" value="{words}"' in page
    assert "That is too long" in page
    assert "Shorten it and search again." in page


def test_htmx_gets_the_changing_part_and_the_plain_address(tree: None, client: Client) -> None:
    htmx = {"HX-Request": "true", "HX-Target": "search-region"}
    response = client.get("/search/?q=&topic=fractions&sort=", headers=htmx)
    assert b"<html" not in response.content
    assert response["HX-Push-Url"] == "/search/?topic=fractions"
    assert "HX-Request" in response["Vary"]  # or a browser that goes back shows the part as the whole
