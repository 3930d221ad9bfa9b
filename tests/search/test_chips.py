"""Adding a filter never adds results, and what each chip takes away is explained: whatever is in the index and chosen."""

from collections.abc import Callable
from html import unescape

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from search.facets import JOINT
from search.find import find
from search.pages import chips
from search.pages.page import labels_of
from search.request import SearchRequest, parse, parse_shared
from search.results import Results
from tests.factories import resource
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
    "rivre ratio",
    "a lesson on the ratio of a river and of a poem",
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
        assert {hit.identifier for hit in narrowed.hits} <= shown
    for chip in chips.chips(results.understood, labels_of(results)):
        without = at(chip.url)
        left = {hit.identifier for hit in without.hits}
        # One of several values of a facet taken away leaves fewer: they are joined by OR. Anything else leaves more.
        alone = [one.kind for one in chips.chips(results.understood, labels_of(results))].count(
            chip.kind
        ) == 1
        assert left >= shown if alone else left <= shown


@examples(25)
@given(
    corpus=lessons(),
    chosen=selections(),
    q=st.sampled_from(["", "ratio", '"about a poem"', "lesson -river"]),
)
def test_what_all_filters_take_away_is_the_sum_of_what_each_does(
    corpus: list[Lesson], chosen: dict[str, list[str]], q: str, stocked: tuple[str, World]
) -> None:
    """Each resource that is missing is taken away by a filter alone, and none by two that does not fall to either. Standard,
    relation and level are one filter: they hold on one alignment."""
    index, world = stocked
    fill(index, world, corpus)

    def found(filters: dict[str, list[str]]) -> set[str]:
        asked = SearchRequest(q=q, limit=50)
        for facet, values in filters.items():
            asked = asked.choosing(facet, values)
        results = find(asked, READER)
        assert results.total == len(results.hits)
        return {hit.identifier for hit in results.hits}

    joint = {spec.name for spec in JOINT}
    groups = [{name: values} for name, values in chosen.items() if name not in joint]
    groups.append({name: values for name, values in chosen.items() if name in joint})
    all_there_is, shown = found({}), found(chosen)
    taken_away = [all_there_is - found(group) for group in groups]
    assert len(shown) == len(all_there_is) - len(set().union(*taken_away))
    assert shown == all_there_is.difference(*taken_away)


def test_a_filter_that_the_words_say_too_is_taken_away_for_good(follow: Callable[[], None]) -> None:
    resource("Ratios with paint", grades=["06"])
    resource("Ratios with maps", grades=["03"])
    follow()
    results = at("/search/?q=6th+grade+ratios&grade=06")
    words, grade = chips.chips(results.understood, labels_of(results))
    assert (words.label, grade.label) == ("“6th grade ratios”", "Grade 6")
    without = at(grade.url)
    assert without.understood.asked.q == "ratios"
    assert without.understood.request.chosen == {}
    assert without.total == 2


def test_a_box_that_the_words_tick_too_is_unticked_for_good(follow: Callable[[], None]) -> None:
    resource("Ratios with paint", grades=["06"])
    follow()
    results = at("/search/?q=6th+grade+ratios&grade=06")
    form = QueryDict(mutable=True)
    for name, value in chips.hidden_fields(results.understood):
        form.appendlist(name, value)
    form["q"] = "6th grade ratios"
    asked, _complaints = parse_shared(form)
    settled = chips.settled(asked, form)
    assert (settled.q, dict(settled.chosen)) == ("ratios", {})
