"""The words of a query: quotes and minus are honoured, and no word is lost."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repository.models import Synonym
from repository.vocabularies import load_vocabularies
from search.find import find
from search.request import SearchRequest
from search.words import Words, read_words, tokens
from tests.factories import DistrictFactory, resource
from tests.search.asking import search, titles

SIGNS = st.sampled_from(
    ['"', "“", "”", "-", " ", "  ", "a", "ratio", "5", "6rp3", "6.RP.A.3", "K-2", "'", "é", ":"]
)


@given(st.lists(SIGNS, max_size=14).map("".join))
def test_the_tokens_of_a_query_are_all_of_it_but_spaces(q: str) -> None:
    assert "".join(token.typed for token in tokens(q)).replace(" ", "") == q.replace(" ", "")


@given(st.text(max_size=60))
def test_every_word_of_any_query_is_looked_for_or_excluded(q: str) -> None:
    words = read_words(q)
    kept = " ".join([words.wanted, *words.excluded])
    for token in tokens(q):
        assert all(part.rsplit(":", 1)[-1].strip(",;()") in kept for part in token.text.split())


@pytest.mark.parametrize(
    ("q", "meant"),
    [
        ("unit rate", Words(text="unit rate")),
        ('"unit rate" paint', Words(text="paint", phrases=("unit rate",))),
        ("“unit rate” paint", Words(text="paint", phrases=("unit rate",))),
        ("ratio -worksheet", Words(text="ratio", excluded=("worksheet",))),
        ('ratio -"exit ticket"', Words(text="ratio", excluded=("exit ticket",))),
        ("6rp3 paint", Words(text="paint", codes=("6rp3",))),
        ("2-digit addition", Words(text="2-digit addition")),
        ("3-D shapes", Words(text="3-D shapes")),
        ("integers -5 3-5", Words(text="integers -5 3-5")),
        ('the 5" nail and "half', Words(text='the 5" nail and "half')),
        ('""', Words()),
        ("", Words()),
    ],
)
def test_quotes_and_minus_are_read(q: str, meant: Words) -> None:
    assert read_words(q) == meant


@pytest.mark.engine
@pytest.mark.django_db
def test_phrases_must_stand_so_and_excluded_words_nowhere(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Unit rates in the kitchen", district=district, summary="With an exit ticket")
    resource("The rate of one unit", district=district, summary="A worksheet and a ticket to exit")
    resource("Rivers", district=district, summary="By unit and by rate")
    follow()

    def titles(q: str) -> set[str]:
        return {hit.title for hit in find(SearchRequest(q=q), {"public"}).hits}

    assert titles("unit rate") == {"Unit rates in the kitchen", "The rate of one unit", "Rivers"}
    assert titles('"unit rate"') == {"Unit rates in the kitchen"}
    assert titles("unit rate -rivers") == {"Unit rates in the kitchen", "The rate of one unit"}
    assert titles('unit rate -"exit ticket"') == {"The rate of one unit", "Rivers"}
    assert titles("-worksheet") == {"Unit rates in the kitchen", "Rivers"}
    assert titles('"the"') == {"Unit rates in the kitchen", "The rate of one unit", "Rivers"}


@pytest.mark.engine
@pytest.mark.django_db
def test_a_number_tied_to_a_word_is_no_code(follow: Callable[[], None]) -> None:
    """As codes "2-step" and "3D" found what has them word for word, or nothing."""
    load_vocabularies()
    resource("Equations in two-step stories")
    resource("Equations of lines")
    resource("Solids", summary="Shapes with three dimensions: 3-D shapes")
    follow()
    assert next(hit.title for hit in search("q=2-step+equations").hits) == "Equations in two-step stories"
    assert titles("q=3D+shapes") == ["Solids"]
    assert titles("q=4-sided+shapes") == ["Solids"]


@pytest.mark.engine
@pytest.mark.django_db
def test_what_says_it_in_another_way_is_found_beside_the_words(follow: Callable[[], None]) -> None:
    Synonym.objects.create(term="Socratic seminar", means="class discussion")
    resource("Class discussion")
    resource("A Socratic seminar on rules")
    follow()
    assert set(titles("q=class+discussion+rules+please")) == {
        "Class discussion",
        "A Socratic seminar on rules",
    }
