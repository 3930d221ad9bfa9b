"""Adding a filter never adds results, and what each chip takes away is explained: whatever is in the index and chosen."""

from html import unescape

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from search import chips
from search.find import find
from search.page import labels_of
from search.request import SearchRequest, parse
from search.results import Results
from tests.search.corpus import VALUES, Lesson, World, lessons, make_world, selections
from tests.search.test_facet_counts import examples, fill

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
READER = {"public", "state"}
QUERIES = [
    "",
    "ratio",
    "5th grade",
    "6th grade river",
    "lesson in 30 minutes",
    '"about a poem"',
    "lesson -river",
]


@pytest.fixture
def stocked(index: str) -> tuple[str, World]:
    return index, make_world()


def at(address: str) -> Results:
    asked, complaints = parse(QueryDict(unescape(address).partition("?")[2]))
    assert complaints == []
    return find(asked, READER)


@examples(8)
@given(
    corpus=lessons(),
    chosen=selections(),
    q=st.sampled_from(QUERIES),
    further=st.sampled_from(sorted(VALUES)).flatmap(
        lambda facet: st.tuples(st.just(facet), st.sampled_from(VALUES[facet]))
    ),
)
def test_a_further_filter_never_adds_and_a_chip_taken_away_never_hides(
    corpus: list[Lesson],
    chosen: dict[str, list[str]],
    q: str,
    further: tuple[str, str],
    stocked: tuple[str, World],
) -> None:
    index, world = stocked
    fill(index, world, corpus)
    asked = SearchRequest(q=q, limit=50)
    for facet, values in chosen.items():
        asked = asked.choosing(facet, values)
    results = find(asked, READER)
    shown = {hit.identifier for hit in results.hits}
    facet, value = further
    if not results.understood.request.values(facet):
        narrowed = find(asked.choosing(facet, [value]), READER)
        if not (narrowed.corrected or narrowed.fuzzy):
            assert {hit.identifier for hit in narrowed.hits} <= shown
    for chip in chips.chips(results.understood, labels_of(results)):
        without = at(chip.url)
        left = {hit.identifier for hit in without.hits}
        # One of several values of a facet taken away leaves fewer: they are joined by OR. Anything else leaves more.
        alone = [one.kind for one in chips.chips(results.understood, labels_of(results))].count(
            chip.kind
        ) == 1
        assert left >= shown if alone else left <= shown
