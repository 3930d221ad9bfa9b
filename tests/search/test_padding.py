"""What a query is about is found, whatever else it says; and where nothing says all of it, what is on the same standards."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from search.lexicon import Meaning, make_lexicon
from search.padding import ASIDE, ASKING, FILES, PADDING, SORTS, put_aside
from search.words import Words
from tests.factories import DistrictFactory, ItemFactory, SubjectFactory, resource
from tests.repository.pages import Page
from tests.search.asking import search, titles

LEXICON = make_lexicon([Meaning("kind", ("plan",), "Lesson study")], [("PBL", ["teaching by projects"])])


def left(text: str) -> str:
    return put_aside(Words(text), LEXICON).text


@pytest.mark.parametrize(
    ("q", "about"),
    [
        ("something about bees", "bees"),
        ("fun activities for kids about bees", "bees"),
        ("How do I teach fractions?", "fractions?"),
        ("best way to teach long division", "long division"),
        ("lesson plan on adding and subtracting", "adding and subtracting"),
        ("hands on geometry", "geometry"),
        ("fractions for kids", "fractions"),
        ("introduction to algebra", "algebra"),
        ("razones y proporciones", "razones proporciones"),
        ("¿Cómo enseñar fracciones?", "fracciones?"),
        ("lecciones de fracciones", "fracciones"),
        ("what can I use to teach main idea", "main idea"),
        ("how to help my son with long division", "long division"),
        ("help my kid with fractions", "fractions"),
        ("mitosis vs meiosis", "mitosis meiosis"),
        ("fractions google slides", "fractions"),
        ("poetry unit 4th", "poetry 4th"),
        ("weather unit", "weather"),
        ("end of unit", "end of unit"),
        ("unit 4", "unit 4"),
        ("converting units", "converting units"),
        ("unit rate", "unit rate"),
        ("free printable worksheets PDF on telling time", "worksheets on telling time"),
        ("Can you give me worksheets about telling time?", "worksheets telling time?"),
        # A name here, and what is nothing but padding.
        ("lesson study on fractions", "lesson study on fractions"),
        ("teaching by projects", "teaching by projects"),
        ("fun lesson ideas for kids", "fun lesson ideas for kids"),
        ("how to", "how to"),
        ("how do you do what you do", "how do you do what you do"),
        ("the pond", "the pond"),
        # Within a sentence words that ask stay.
        (
            "what happens to a pond when one animal disappears",
            "happens to a pond when one animal disappears",
        ),
        (
            "how can I help students write better stories about families",
            "students write better stories families",
        ),
    ],
)
def test_what_a_query_is_about_is_left(q: str, about: str) -> None:
    assert left(q) == about
    assert put_aside(Words(q), LEXICON).typed == ("" if about == q else q)


def test_beside_a_filter_nothing_is_left_of_what_only_asks() -> None:
    """ "What should my 5 year old know" without its grade."""
    words = put_aside(Words("what should know"), LEXICON, beside=True)
    assert (words.text, words.typed) == ("", "what should know")
    assert put_aside(Words("what bees know"), LEXICON, beside=True).text == "bees"


@given(
    st.lists(
        st.sampled_from([*PADDING, *ASKING, *ASIDE, *SORTS, "bees", "the", "lesson study", "?"]), max_size=9
    )
)
def test_something_is_always_left_in_its_order_and_nothing_is_lost(some: list[str]) -> None:
    text = " ".join(some)
    words = put_aside(Words(text), LEXICON)
    rest = iter(text.split())
    assert all(word in rest for word in words.text.split())
    assert bool(words.text) == bool(text)
    assert (words.typed or words.text) == text


@given(st.lists(st.sampled_from([*FILES, *PADDING, *SORTS, "bees", "?"]), max_size=9))
def test_of_kinds_of_files_alone_each_is_looked_for_as_it_stands(some: list[str]) -> None:
    text = " ".join(some)
    words = put_aside(Words(text), LEXICON)
    assert bool(words.text or words.phrases) == bool(text)
    assert (words.typed or words.text) == text
    assert words.phrases == (words.files if not words.text else ())
    assert all(one in text and one.lower() in FILES for one in words.files)


@pytest.mark.engine
@pytest.mark.django_db
def test_kinds_of_files_need_not_be_found_and_the_page_says_so(
    follow: Callable[[], None], client: Client
) -> None:
    district = DistrictFactory()
    resource("Fractions of a pizza", district=district)
    resource("Slide a tile: the present state of geometry", district=district)
    resource("Fractions to print", district=district, summary="A PDF of four pages")
    follow()

    def said(q: str) -> str:
        return Page.open(client, f"/search/?{urlencode({'q': q})}").text

    assert [hit.title for hit in search("q=fractions pdf").hits] == [
        "Fractions to print",
        "Fractions of a pizza",
    ]
    assert "with or without “pdf”" in said("fractions pdf")
    assert search("q=Pizza-fractions.pptx").hits[0].title == "Fractions of a pizza"
    assert "with or without “pptx”" in said("Pizza-fractions.pptx")
    # In quotes it is asked for.
    assert titles('q=fractions "pdf"') == ["Fractions to print"]
    assert "with or without" not in said('fractions "pdf"')
    # Alone it is no other word, and no way on leads to half of it.
    assert titles("q=google slides") == []
    alone = said("google slides")
    assert "Say what it should be about, too" in alone
    assert "without “google”" not in alone
    assert titles("q=pdf") == ["Fractions to print"]
    # Beside a filter that the words say there is enough to look for, and what is offered finds something.
    math = SubjectFactory(slug="math", label="Mathematics")
    resource("Times tables in math", district=district, grades=["03"], subjects=[math])
    follow()
    assert titles("q=3rd grade google slides") == ["Times tables in math"]
    offered = Page.open(client, "/search/?q=mathematics+google+slides")
    link = offered.html.xpath("//a[starts-with(normalize-space(), 'Use “mathematics”')]/@href")[0]
    assert "Times tables in math" in Page.open(client, link).text


@pytest.mark.engine
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("something about bees", "How bees tell the way"),
        ("fun ideas for teaching kids about bees", "How bees tell the way"),
        ("how do i teach fractions", "Fractions of a pizza"),
        ("introduction to pizza", "Fractions of a pizza"),
    ],
)
def test_words_that_say_nothing_need_not_be_found(q: str, found: str, follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    for title in ("How bees tell the way", "Fractions of a pizza", "Something fun: ideas for teaching kids"):
        resource(title, district=district, summary="How do I find the best way about it?")
    follow()
    assert titles(f"q={q}") == [found]


@pytest.mark.engine
@pytest.mark.django_db
def test_who_has_them_comes_first_and_who_quotes_them_asks_for_them(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    for title in ("Bees, in short", "Fun with bees", "A short life: bees"):
        resource(title, district=district)
    follow()
    assert search("q=fun bees").hits[0].title == "Fun with bees"
    assert len(titles("q=fun bees")) == 3
    assert titles('q="fun" bees') == ["Fun with bees"]


@pytest.mark.engine
@pytest.mark.django_db
def test_the_sort_of_thing_alone_is_not_what_was_meant(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    for title in ("A quiz on rivers", "Integers on a line", "Comparing integers"):
        resource(title, district=district)
    follow()
    assert titles("q=integers quiz") == ["Comparing integers", "Integers on a line"]
    resource("A project for the end of a unit", district=district)
    follow()
    assert titles("q=end of unit project on integers") == ["Comparing integers", "Integers on a line"]
    assert titles("q=rivers quiz") == ["A quiz on rivers"]
    resource("Word problems of the week", district=district)
    follow()
    assert titles("q=integers word problems") == ["Comparing integers", "Integers on a line"]
    assert titles("q=word problems") == ["Word problems of the week"]
    assert titles("q=quiz") == ["A quiz on rivers"]


@pytest.mark.engine
@pytest.mark.django_db
def test_a_number_alone_is_not_what_was_meant(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    for title in ("A timeline of world war II, part 2", "The second world war", "Fractions, day 2"):
        resource(title, district=district)
    resource("Three branches on a tree", district=district)
    follow()
    assert titles("q=world war 2") == ["A timeline of world war II, part 2", "The second world war"]
    assert titles("q=three governments") == []
    assert titles("q=2") == ["A timeline of world war II, part 2", "Fractions, day 2"]


def test_where_nothing_says_all_of_it_what_is_on_the_same_standard_follows(
    follow: Callable[[], None],
) -> None:
    district = DistrictFactory()
    weights, shapes = ItemFactory(), ItemFactory()
    resource("Heavier or lighter", district=district, alignments=[{"item": weights}])
    resource("The balance scale", district=district, alignments=[{"item": weights}])
    resource("A circle", district=district, alignments=[{"item": shapes}])
    follow()
    results = search("q=heavier pebbles")
    assert [hit.title for hit in results.hits] == ["Heavier or lighter", "The balance scale"]
    assert results.total == 2
    assert search(f"q=heavier pebbles&standard={weights.identifier}").total == 2
    assert sum(bucket.count for bucket in results.facet("kind").buckets) == 2
    # Where something says all of it, that is it.
    assert titles("q=heavier lighter") == ["Heavier or lighter"]
    assert titles("q=pebbles") == []


@pytest.mark.engine
@pytest.mark.django_db
def test_a_sort_of_thing_that_nothing_has_need_not_be_found_and_the_page_says_so(
    follow: Callable[[], None], client: Client
) -> None:
    district = DistrictFactory()
    resource("Fractions of a pizza", district=district)
    resource("Infractions and friction", district=district)
    resource("A video on factories", district=district)
    follow()
    results = search("q=fractions video")
    assert [hit.title for hit in results.hits] == ["Fractions of a pizza"]
    assert (results.total, results.without, results.fuzzy) == (1, ("video",), False)
    page = Page.open(client, "/search/?q=fractions+video").text
    assert "No resource on “fractions” has “video” as well" in page
    # Nor does what may be a grade, and is offered as one.
    results = search("q=fractions g5")
    assert [hit.title for hit in results.hits] == ["Fractions of a pizza"]
    assert results.without == ("g5",)
    # A filter adds none.
    resource("Friction for grade 5", district=district, grades=["05"])
    follow()
    assert titles("q=fractions g5&grade=05") == []
    # After a correction, too.
    results = search("q=fractoins video")
    assert (results.did_you_mean, results.total) == ("fractions video", 1)
    # Who asks for exactly that gets nothing else.
    assert titles("q=fractions video&as_typed=spelling") == []
    resource("Fractions on film", district=district, summary="A video")
    follow()
    assert search("q=fractions video").hits[0].title == "Fractions on film"
    assert search("q=fractions video").without == ()
