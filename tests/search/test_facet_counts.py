"""Whatever is in the index and whatever is chosen: results and counts are those of a plain walk through the lessons."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from search.bulk import write_alias
from search.client import client
from search.documents import build
from search.find import find
from search.request import SearchRequest, parse
from search.results import FacetResult
from tests.search.corpus import (
    MOST,
    VALUES,
    WORDS,
    Lesson,
    World,
    fits,
    lessons,
    make_world,
    selections,
    source,
    tokens,
)

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def examples(number: int) -> settings:
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=number, deadline=None, suppress_health_check=quiet)


@pytest.fixture
def world(index: str) -> World:
    return make_world()


def fill(index: str, world: World, corpus: Sequence[Lesson]) -> None:
    """These lessons and no others, searchable at once."""
    lines: list[dict[str, Any]] = []
    for number in range(MOST):
        place = {"_index": write_alias(index), "_id": str(number)}
        if number < len(corpus):
            lines += [{"index": place}, build(source(world, number, corpus[number]))]
        else:
            lines.append({"delete": place})
    answer = client().bulk(body=lines, params={"refresh": "true"})
    assert all(one.get("index", {"status": 200})["status"] < 300 for one in answer["items"]), answer


def readers(world: World) -> list[frozenset[str]]:
    """The tokens of every kind of reader."""
    juniper, harbor = world.districts
    school = world.schools[0]
    member = {"public", "state", "owner:9"}
    return [
        frozenset({"public"}),
        frozenset({*member, f"district:{harbor.pk}"}),
        frozenset({*member, f"district:{juniper.pk}", f"school:{school.pk}", "owner:1"}),
        frozenset({*member, f"district:{juniper.pk}", f"staff:{juniper.pk}"}),
        frozenset({*member, "state-admin"}),
    ]


def ask(chosen: dict[str, list[str]], q: str = "", opened: Sequence[str] = ()) -> SearchRequest:
    params = QueryDict(mutable=True)
    for facet, values in chosen.items():
        params.setlist(facet, values)
    params.setlist("open", list(opened))
    params["q"] = q
    params["facet_limit"] = "1000"
    params["limit"] = "100"
    request, complaints = parse(params)
    assert complaints == []
    return request


def shown(facet: FacetResult) -> dict[str, int]:
    return {bucket.value: bucket.count for bucket in facet.walk()}


@examples(80)
@given(
    corpus=lessons(),
    chosen=selections(),
    reader=st.integers(0, 4),
    q=st.sampled_from(["", *WORDS]),
    opened=st.lists(
        st.sampled_from(
            ["standard:MATH", "standard:M.3", "standard:M.3.1", "standard:M.4", "topic:fractions"]
        ),
        max_size=3,
    ),
)
def test_results_and_counts_equal_a_plain_count(
    index: str,
    world: World,
    corpus: list[Lesson],
    chosen: dict[str, list[str]],
    reader: int,
    q: str,
    opened: list[str],
) -> None:
    fill(index, world, corpus)
    mine = readers(world)[reader]
    request = ask(chosen, q, opened)
    results = find(request, mine)
    visible = [
        (number, lesson)
        for number, lesson in enumerate(corpus)
        if mine & tokens(world, lesson) and (not q or lesson.word == q)
    ]

    def count(facet: str, value: str) -> int:
        return sum(fits(world, lesson, {**chosen, facet: [value]}) for _number, lesson in visible)

    found = {hit.identifier for hit in results.hits}
    assert found == {f"lesson-{number}" for number, lesson in visible if fits(world, lesson, chosen)}
    assert results.total == len(found)
    for facet, values in VALUES.items():
        result = results.facet(facet)
        counts = shown(result)
        note(f"{facet}: {counts}")
        assert {value: count(facet, value) for value in counts} == counts
        assert {bucket.value for bucket in result.walk() if bucket.selected} == set(chosen.get(facet, ()))
        if not result.is_tree:
            reachable = {value for value in values if count(facet, value)}
            assert set(counts) == reachable | set(chosen.get(facet, ()))
            assert result.other_count == 0


@examples(25)
@given(corpus=lessons(), chosen=selections(), facet=st.sampled_from(["standard", "topic"]), data=st.data())
def test_every_value_of_a_tree_is_reached_by_opening_it_level_by_level(
    index: str,
    world: World,
    corpus: list[Lesson],
    chosen: dict[str, list[str]],
    facet: str,
    data: st.DataObject,
) -> None:
    """Nothing that has a resource is out of reach, and what is ticked hides none of its siblings."""
    fill(index, world, corpus)
    reader = readers(world)[4]
    opened: set[str] = set()
    while True:
        result = find(ask(chosen, opened=sorted(f"{facet}:{one}" for one in opened)), reader).facet(facet)
        closed = {bucket.value for bucket in result.walk() if bucket.has_children and not bucket.opened}
        if not closed:
            break
        opened.add(data.draw(st.sampled_from(sorted(closed))))
    with_resources = {
        value
        for value in VALUES[facet]
        if any(fits(world, lesson, {**chosen, facet: [value]}) for lesson in corpus)
    }
    assert with_resources <= set(shown(result))


@examples(25)
@given(corpus=lessons(), chosen=selections(), size=st.integers(1, 3))
def test_values_left_out_are_counted(
    index: str, world: World, corpus: list[Lesson], chosen: dict[str, list[str]], size: int
) -> None:
    """`other_count` is the number of values not shown, and the ones shown have the most resources."""
    fill(index, world, corpus)
    reader = readers(world)[4]
    everything = find(ask(chosen), reader)
    cut = find(replace(ask(chosen), facet_limit=size), reader)
    for facet in VALUES:
        whole, part = everything.facet(facet), cut.facet(facet)
        assert part.other_count == len(whole.buckets) - len(part.buckets)
        assert set(shown(part)) <= set(shown(whole))
        hidden = [bucket.count for bucket in whole.buckets if bucket.value not in shown(part)]
        ticked = {bucket.value for bucket in part.walk() if bucket.selected}
        kept = [bucket.count for bucket in part.buckets if not bucket.children and bucket.value not in ticked]
        assert max(hidden, default=0) <= min(kept, default=max(hidden, default=0))


@examples(25)
@given(corpus=lessons(), chosen=selections(), facet=st.sampled_from(sorted(VALUES)), data=st.data())
def test_choosing_a_value_more_never_loses_results_and_a_facet_more_never_adds(
    index: str,
    world: World,
    corpus: list[Lesson],
    chosen: dict[str, list[str]],
    facet: str,
    data: st.DataObject,
) -> None:
    fill(index, world, corpus)
    reader = readers(world)[4]
    value = data.draw(st.sampled_from(VALUES[facet]))
    before = {hit.identifier for hit in find(ask(chosen), reader).hits}
    after = {
        hit.identifier for hit in find(ask({**chosen, facet: [*chosen.get(facet, []), value]}), reader).hits
    }
    assert before <= after if facet in chosen else after <= before
