"""Words that only look like kin find nothing of each other, and all forms of a word find it."""

from collections.abc import Callable

import pytest

from search import stemming
from search.client import client
from standards.word_forms import ONE
from tests.factories import DistrictFactory, resource
from tests.search.asking import search, titles

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_what_only_looks_like_the_word_is_not_found(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    for title in (
        "Immigrants tell of their experiences",
        "An experiment with salt",
        "Two matrices",
        "The United Nations",
    ):
        resource(title, district=district, summary="From the last unit")
    follow()
    assert titles("q=experiments") == ["An experiment with salt"]
    assert titles("q=experience") == ["Immigrants tell of their experiences"]
    assert titles("q=matrix") == ["Two matrices"]
    assert titles("q=united") == ["The United Nations"]


def test_a_doing_and_its_name_find_each_other_and_the_very_word_comes_first(
    follow: Callable[[], None],
) -> None:
    district = DistrictFactory()
    for title in ("Add fractions", "Addition of fractions", "Fractions that students added"):
        resource(title, district=district)
    resource("Divide the marbles", district=district)
    resource("The division of marbles", district=district)
    follow()
    assert titles("q=adding") == ["Add fractions", "Addition of fractions", "Fractions that students added"]
    assert first("q=division") == "The division of marbles"
    assert first("q=divide") == "Divide the marbles"


@pytest.mark.parametrize(
    ("q", "found", "only_looks_like_it"),
    [
        ("business", "Run a small business", "Busy bees"),
        ("compass", "Find north with a compass", "Compassion for a friend"),
        ("goods", "Goods and services", "A good start"),
        ("hospitality", "Hospitality and tourism", "A day in the hospital"),
        ("kindness", "A week of kindness", "What kind of cloud"),
        ("respect", "Respect at work", "Angles of 30 and 60 degrees, respectively"),
        ("US", "The history of the U.S.", "History, and how we use it"),
        ("us", "US history", "What history tells us"),
        ("USA", "US history", "What history tells us"),
        ("IT", "IT support, a first job", "Try it at home"),
    ],
)
def test_what_is_taught_is_not_taken_for_a_common_word(
    q: str, found: str, only_looks_like_it: str, follow: Callable[[], None]
) -> None:
    district = DistrictFactory()
    for title in (found, only_looks_like_it):
        resource(title, district=district)
    follow()
    assert titles(f"q={q}") == [found]


@pytest.mark.parametrize(
    ("q", "title"),
    [
        ("environment", "Environmental science"),
        ("employment", "What employers look for"),
        ("chemical reactions", "Reactions in chemistry"),
        ("voters", "Who may vote"),
        ("skies", "The night sky"),
        ("3 digit subtraction", "Three-digit subtraction"),
        ("nearest hundred", "Round to the nearest 100"),
        ("count to 1000", "Counting to 1,000"),
        ("counting to a thousand", "Count to 1,000"),
    ],
)
def test_a_word_is_found_in_forms_that_the_stemmer_does_not_know(
    q: str, title: str, follow: Callable[[], None]
) -> None:
    resource(title, district=DistrictFactory())
    follow()
    assert titles(f"q={q}") == [title]


def first(query: str) -> str:
    return search(query).hits[0].title


def stem(index: str, word: str) -> str:
    (token,) = client().indices.analyze(index=index, body={"analyzer": "english_folded", "text": word})[
        "tokens"
    ]
    return str(token["token"])


def plain_stem(index: str, word: str) -> str:
    (token,) = client().indices.analyze(index=index, body={"analyzer": "english", "text": word})["tokens"]
    return str(token["token"])


def test_each_word_kept_apart_would_else_be_another_one(index: str) -> None:
    for line in stemming.APART.strip().splitlines():
        forms, _, other = line.rstrip(")").partition(" (")
        word, *_more = forms.split()
        assert plain_stem(index, word) == plain_stem(index, other), f"{word} is not taken for {other}"
        assert stem(index, word) != stem(index, other)


def test_each_word_of_several_forms_would_else_be_several(index: str) -> None:
    for line in ONE.strip().splitlines():
        forms = line.split()
        assert len({plain_stem(index, form) for form in forms}) > 1, f"{forms[0]} is one word anyway"
        assert len({stem(index, form) for form in forms}) == 1


def test_no_form_stands_twice_and_none_is_the_stem_of_another_word(index: str) -> None:
    kept = [rule.split(" => ")[1] for rule in stemming.overrides()]
    forms = [form for rule in stemming.overrides() for form in rule.split(" => ")[0].split(", ")]
    assert sorted(set(forms)) == sorted(forms)
    others = [line.rstrip(")").partition(" (")[2] for line in stemming.APART.strip().splitlines()]
    assert not {plain_stem(index, other) for other in others if other not in forms} & set(kept)
