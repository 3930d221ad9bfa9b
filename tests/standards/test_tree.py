"""Order, depth and grades, against plain walks of the same random graphs."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from standards.tree import ROOT, Edge, arrange, find_cycle, natural_key

Parents = list[list[Edge]]
GRADES = st.lists(st.sampled_from(["KG", "01", "06"]), max_size=2, unique=True).map(sorted)


@st.composite
def graphs(draw: st.DrawFn, acyclic: bool = True) -> Parents:
    count = draw(st.integers(0, 9))
    sequence = st.none() | st.integers(0, 4)
    return [
        draw(
            st.lists(
                st.tuples(st.integers(ROOT, (n if acyclic else count) - 1), sequence),
                max_size=3,
                unique_by=lambda edge: edge[0],
            )
        )
        for n in range(count)
    ]


def above(parents: Parents, node: int) -> set[int]:
    """Everything above a node, itself only if a circle leads back to it."""
    found: set[int] = set()
    waiting = [parent for parent, _ in parents[node]]
    while waiting:
        parent = waiting.pop()
        if parent != ROOT and parent not in found:
            found.add(parent)
            waiting.extend(higher for higher, _ in parents[parent])
    return found


@given(graphs(acyclic=False))
def test_a_circle_is_found_where_there_is_one_and_is_one(parents: Parents) -> None:
    circle = find_cycle(parents)
    assert bool(circle) is any(node in above(parents, node) for node in range(len(parents)))
    for child, parent in pairwise(circle):
        assert parent in [one for one, _ in parents[child]]
    if circle:
        assert circle[0] == circle[-1]


@given(graphs(), st.data())
def test_places_follow_parents_and_siblings_follow_their_numbers(
    parents: Parents, data: st.DataObject
) -> None:
    count = len(parents)
    own = data.draw(st.lists(GRADES, min_size=count, max_size=count))
    placed = arrange(parents, [""] * count, [f"C.{n}" for n in range(count)], own)
    assert sorted(placed.position) == list(range(count))
    for node, edges in enumerate(parents):
        ways = [0 if parent == ROOT else placed.depth[parent] + 1 for parent, _ in edges] or [0]
        assert placed.depth[node] == min(ways)
        assert any(
            parent == ROOT or placed.position[parent] < placed.position[node]
            for parent, _ in edges or [(ROOT, None)]
        )
        assert placed.grades[node] == (own[node] or nearest_grades(parents, own, node))
    only_child_of_root = [n for n, edges in enumerate(parents) if [parent for parent, _ in edges] == [ROOT]]
    numbered = [(edges[0][1], n) for n in only_child_of_root if (edges := parents[n])[0][1] is not None]
    by_number = [node for _, node in sorted(numbered)]
    assert by_number == sorted(by_number, key=placed.position.__getitem__)


def nearest_grades(parents: Parents, own: list[list[str]], node: int) -> list[str]:
    """Level by level up; the first level where somebody has grades gives all of that level's."""
    level = {node}
    while level:
        level = {
            parent for child in level if not own[child] for parent, _ in parents[child] if parent != ROOT
        }
        found = {grade for parent in level for grade in own[parent]}
        if found:
            return sorted(found, key=["KG", "01", "06"].index)
    return []


@given(st.lists(st.tuples(st.text("abc", max_size=2), st.integers(0, 200)), min_size=2))
def test_numbers_in_codes_are_compared_by_value(codes: list[tuple[str, int]]) -> None:
    texts = [f"{letters}.{number}" for letters, number in codes]
    assert sorted(texts, key=natural_key) == [f"{letters}.{number}" for letters, number in sorted(codes)]


def test_without_numbers_enumeration_goes_before_code_and_empty_comes_last() -> None:
    parents: Parents = [[(ROOT, None)] for _ in range(4)]
    placed = arrange(parents, ["", "10.", "2.", ""], ["A.2", "Z", "Y", "A.10"], [[], [], [], []])
    assert placed.position == [2, 1, 0, 3]
