"""The order, depth and grades of statements, worked out from what is above what. Plain Python, no database.

Statements are numbers 0 … n-1 here. `parents[i]` are the edges of statement i: (number of the parent, or ROOT,
and the association's sequence number).
"""

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from standards.grades import GRADE_ORDER

ROOT = -1
Edge = tuple[int, int | None]
_NUMBERS = re.compile(r"(\d+)")
_RANK = {code: rank for rank, code in enumerate(GRADE_ORDER)}


@dataclass(frozen=True, slots=True)
class Placement:
    """For each statement: its place in a walk of the tree, its least distance from a root, its grades."""

    position: list[int]
    depth: list[int]
    grades: list[list[str]]


def arrange(
    parents: Sequence[Sequence[Edge]],
    enumerations: Sequence[str],
    codes: Sequence[str],
    own_grades: Sequence[list[str]],
    outer_grades: Mapping[int, list[str]] | None = None,
) -> Placement:
    """Places statements that form no cycle (`find_cycle` says so).

    Siblings stand by sequence number, then enumeration, then code (numbers in them by value), then as given. A
    statement without grades takes those of its nearest ancestor that has any; `outer_grades` are those of parents
    in other frameworks, by child.
    """
    children = _children(parents, enumerations, codes)
    return Placement(
        position=_walk(children, len(parents)),
        depth=_depths(children, len(parents)),
        grades=_effective_grades(parents, children, own_grades, outer_grades or {}),
    )


def find_cycle(parents: Sequence[Sequence[Edge]]) -> list[int]:
    """The statements of one cycle, child before parent, the first repeated at the end; [] if there is none."""
    done = bytearray(len(parents))  # 1: on the way up, 2: finished
    for start in range(len(parents)):
        if done[start]:
            continue
        path = [start]
        ways = [iter(parents[start])]
        done[start] = 1
        while path:
            for parent, _ in ways[-1]:
                if parent == ROOT or done[parent] == 2:
                    continue
                if done[parent] == 1:
                    return [*path[path.index(parent) :], parent]
                done[parent] = 1
                path.append(parent)
                ways.append(iter(parents[parent]))
                break
            else:
                done[path.pop()] = 2
                ways.pop()
    return []


def natural_key(text: str) -> tuple[bool, tuple[tuple[int, int, str], ...]]:
    """Sorts "2" before "10" and what is empty last."""
    parts = _NUMBERS.split(text.casefold())
    return (
        not text,
        tuple((0, int(part), "") if index % 2 else (1, 0, part) for index, part in enumerate(parts)),
    )


def _children(
    parents: Sequence[Sequence[Edge]], enumerations: Sequence[str], codes: Sequence[str]
) -> dict[int, list[int]]:
    """The children of each statement in order. Who has no parent stands at the root."""
    unsorted: dict[int, dict[int, int | None]] = {}
    for child, edges in enumerate(parents):
        for parent, sequence in edges or ((ROOT, None),):
            siblings = unsorted.setdefault(parent, {})
            if siblings.get(child) is None:  # the same edge given twice: the one with a number counts
                siblings[child] = sequence
    return {
        parent: sorted(
            siblings,
            key=lambda child: (
                siblings[child] is None,
                siblings[child] or 0,
                natural_key(enumerations[child]),
                natural_key(codes[child]),
                child,
            ),
        )
        for parent, siblings in unsorted.items()
    }


def _walk(children: Mapping[int, list[int]], count: int) -> list[int]:
    position = [-1] * count
    place = 0
    waiting = list(reversed(children.get(ROOT, ())))
    while waiting:
        node = waiting.pop()
        if position[node] >= 0:
            continue
        position[node] = place
        place += 1
        waiting.extend(reversed(children.get(node, ())))
    return position


def _depths(children: Mapping[int, list[int]], count: int) -> list[int]:
    depth = [-1] * count
    level, distance = list(children.get(ROOT, ())), 0
    while level:
        following: list[int] = []
        for node in level:
            if depth[node] < 0:
                depth[node] = distance
                following.extend(children.get(node, ()))
        level, distance = following, distance + 1
    return depth


def _effective_grades(
    parents: Sequence[Sequence[Edge]],
    children: Mapping[int, list[int]],
    own: Sequence[list[str]],
    outer: Mapping[int, list[str]],
) -> list[list[str]]:
    count = len(parents)
    grades: list[list[str]] = [list(codes) for codes in own]
    distance = [0 if codes else count + 2 for codes in own]  # from where the grades come
    missing = [len({parent for parent, _ in edges if parent != ROOT}) for edges in parents]
    ready = deque(node for node in range(count) if not missing[node])
    while ready:
        node = ready.popleft()
        if not own[node]:
            _inherit(node, parents[node], grades, distance, outer.get(node))
        for child in children.get(node, ()):
            missing[child] -= 1
            if not missing[child]:
                ready.append(child)
    return grades


def _inherit(
    node: int,
    edges: Sequence[Edge],
    grades: list[list[str]],
    distance: list[int],
    outer: list[str] | None,
) -> None:
    """The grades of the nearest ancestor; of all of them together, where several are equally near."""
    above = [parent for parent, _ in edges if parent != ROOT and grades[parent]]
    nearest = min([distance[parent] for parent in above] + ([0] if outer else []), default=None)
    if nearest is None:
        return
    found = {grade for parent in above if distance[parent] == nearest for grade in grades[parent]}
    if outer and nearest == 0:
        found |= set(outer)
    grades[node] = sorted(found, key=lambda code: _RANK.get(code, len(_RANK)))
    distance[node] = nearest + 1
