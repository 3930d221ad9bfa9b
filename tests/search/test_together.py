"""Words of a query that belong together: what has them side by side comes first, and what has them apart is found."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.together import of_either, runs
from tests.factories import resource
from tests.search.asking import search


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("area of triangles and trapezoids", ["area of triangles", "area of trapezoids"]),
        ("Adding and subtracting integers", ["Adding integers", "subtracting integers"]),
        ("domain or range of functions", ["domain of functions", "range of functions"]),
        (
            "volume of cones, cylinders, and spheres",
            ["volume of cones", "volume of cylinders", "volume of spheres"],
        ),
        # Nothing is said of them, or nothing is joined.
        ("frog and toad", []),
        ("the frog and the", []),
        ("and then", []),
        ("frog and", []),
        ("area of triangles", []),
    ],
)
def test_what_is_said_of_two_is_said_of_either(text: str, ways: list[str]) -> None:
    assert of_either(text) == ways


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("negative numbers in real life", ["negative numbers", "real life"]),
        ("main idea, key details", ["main idea", "key details"]),
        ("life cycle of (very) hungry caterpillars", ["life cycle", "hungry caterpillars"]),
        ("numbers in life", []),
        # All of it is looked for already.
        ("negative numbers", []),
    ],
)
def test_runs_lie_between_small_words_and_signs(text: str, found: list[str]) -> None:
    assert runs(text) == found


@given(
    st.lists(
        st.sampled_from(["and", "or", "of", "the", ",", "bees,", "(bees)", "bees", "?", "or,"]), max_size=9
    )
)
def test_only_words_of_the_text_are_looked_for(some: list[str]) -> None:
    text = " ".join(some)
    said = {word.strip(".,;:!?()") for word in some}
    for part in [*of_either(text), *runs(text)]:
        assert {word.strip(".,;:!?()") for word in part.split()} <= said


@pytest.mark.engine
@pytest.mark.django_db
def test_what_says_it_of_one_of_two_comes_before_what_only_names_both(follow: Callable[[], None]) -> None:
    for title, summary in (
        ("Shapes of two", "Make trapezoids of triangles."),
        ("The area of right triangles", "Half of a rectangle."),
        *((f"Field {number}", "Its area, and the triangles in it.") for number in range(4)),
    ):
        resource(title, summary=summary)
    follow()
    found = [hit.title for hit in search("q=area of triangles and trapezoids").hits]
    assert found[:2] == ["The area of right triangles", "Shapes of two"]


@pytest.mark.engine
@pytest.mark.django_db
def test_of_a_sentence_words_between_small_ones_count_more_side_by_side(follow: Callable[[], None]) -> None:
    together, apart = "Below the sea", "Above the sea"
    resource(apart, summary="Negative answers tell of the depth below, and of what numbers a depth has.")
    resource(together, summary="Negative numbers tell of the depth below, and of what answers it has.")
    follow()
    found = search("q=what do negative numbers tell of the depth of a lake").hits
    assert [hit.title for hit in found] == [together, apart]
