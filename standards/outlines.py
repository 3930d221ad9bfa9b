"""A framework on paper, and two of its grades side by side: all statements at once, in a constant number of queries."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from standards.access import Reader
from standards.codes import segments_of
from standards.models import Association, AssociationType, Framework, Item, ItemAncestor
from standards.selectors import items
from standards.text import to_plain

_GRADE_PART = re.compile(r"\d{1,2}|k|pk|kg|hs|ms|es|el|le|ue|k12")
_GRADE_WORDS = re.compile(
    r"\b(?:grades?\s+[\dk]\d?(?:\s*[-–]\s*\d+)?|kindergarten|high school|\d+(?:st|nd|rd|th)\s+grade)\b"
)
# Codes name their grade in one of the first parts: 6.RP.A.1, M.6.RP.2, CCSS.Math.Content.6.RP.A.1.
_LAST_GRADE_PART = 4


@dataclass
class Branch:
    """A statement with what stands below it, in the order of the framework."""

    item: Item
    children: list["Branch"] = field(default_factory=list)

    @property
    def is_heading(self) -> bool:
        """Whether it gathers statements. A standard with parts (6.RP.A.3 with a, b, c) is one to teach itself."""
        return bool(self.children) and not _is_standard(self.item)


def outline(framework: Framework, *, grade: str = "", reader: Reader = None) -> list[Branch]:
    """The current statements of a framework as a tree; with a grade, those for it and what they stand under. Two queries.

    A statement with several parents stands under the first of them.
    """
    return _grown(list(_statements(framework, [grade] if grade else [], reader)))


def _statements(framework: Framework, grades: list[str], reader: Reader) -> QuerySet[Item]:
    found = items(reader).filter(framework=framework, retired_at__isnull=True).order_by("position", "pk")
    if not grades:
        return found
    leads_there = ItemAncestor.objects.filter(
        ancestor=OuterRef("pk"),
        descendant__framework=framework,
        descendant__retired_at__isnull=True,
        descendant__grades__overlap=grades,
    )
    return found.filter(Exists(leads_there))


def _grown(found: list[Item]) -> list[Branch]:
    branches = {item.pk: Branch(item) for item in found}
    edges = (
        Association.objects.filter(
            framework__in={item.framework_id for item in found},
            association_type=AssociationType.IS_CHILD_OF,
            withdrawn=False,
        )
        .order_by("sequence_number", "pk")
        .values_list("origin_id", "destination_id")
    )
    parents: dict[int, int] = {}
    for child, parent in edges:
        if child in branches and parent in branches and child is not None and parent is not None:
            parents.setdefault(child, parent)
    roots: list[Branch] = []
    for item in found:
        siblings = branches[parents[item.pk]].children if item.pk in parents else roots
        siblings.append(branches[item.pk])
    return roots


@dataclass(frozen=True)
class Pair:
    """Standards of one strand or cluster in both grades. heads: what each grade calls it; None where it has none."""

    heads: tuple[Item | None, Item | None]
    sides: tuple[tuple[Branch, ...], tuple[Branch, ...]]


@dataclass(frozen=True)
class Strand:
    head: Item
    pairs: tuple[Pair, ...]


def side_by_side(framework: Framework, left: str, right: str, *, reader: Reader = None) -> list[Strand]:
    """Two grades (CEDS codes) of a framework, strand by strand, cluster by cluster. Two queries.

    A strand of one grade and a strand of another are the same where their codes are, the grade left out (6.RP, 7.RP),
    or where they have no codes their words.
    """
    found = list(_statements(framework, [left, right], reader))
    sides = []
    for grade in (left, right):
        gathered: dict[tuple[str, ...], _Group] = {}
        _gather(_grown(_for_one(found, grade)), (), None, gathered, grade)
        sides.append(gathered)
    strands: dict[str, tuple[Item, list[Pair]]] = {}
    for path in _merged(list(sides[0]), list(sides[1])):
        one, other = sides[0].get(path), sides[1].get(path)
        heads = (one.head if one else None, other.head if other else None)
        top = (one or other).top  # type: ignore[union-attr]  # the path comes from one of them
        pair = Pair(heads, (tuple(one.standards) if one else (), tuple(other.standards) if other else ()))
        strands.setdefault(path[0], (top, []))[1].append(pair)
    return [Strand(top, tuple(pairs)) for top, pairs in strands.values()]


@dataclass
class _Group:
    """The standards right below one heading, and the strand that it belongs to."""

    head: Item
    top: Item
    standards: list[Branch] = field(default_factory=list)


def _for_one(found: Iterable[Item], grade: str) -> list[Item]:
    """Statements for the grade, and headings of any: those that stay without a standard show nothing."""
    return [item for item in found if grade in item.grades or not item.grades or len(item.grades) > 1]


def _gather(
    branches: list[Branch],
    path: tuple[str, ...],
    heads: tuple[Item, Item] | None,
    gathered: dict[tuple[str, ...], _Group],
    grade: str,
) -> None:
    """Fill `gathered` by path. A branch is a heading while something below it has branches, or it has no parent."""
    for branch in branches:
        if not branch.children:
            if grade in branch.item.grades:
                top, head = heads or (branch.item, branch.item)
                alone = path or (key_of(branch.item),)
                gathered.setdefault(alone, _Group(head, top)).standards.append(branch)
            continue
        if heads and not any(child.children for child in branch.children) and _is_standard(branch.item):
            if grade in branch.item.grades:
                gathered.setdefault(path, _Group(heads[1], heads[0])).standards.append(branch)
            continue
        key = key_of(branch.item)
        same = not key or (path and key == path[-1])
        below = path if same else (*path, key)
        next_heads = heads if not key else (heads[0] if heads and path else branch.item, branch.item)
        _gather(branch.children, below, next_heads if below else None, gathered, grade)


def _is_standard(item: Item) -> bool:
    parts = segments_of(item.human_coding_scheme)
    return bool(parts) and parts[-1][0].isdigit() and len(parts) > 1


def key_of(item: Item) -> str:
    """What a heading is called in every grade; "" for one that is only the name of a grade."""
    parts = segments_of(item.human_coding_scheme)
    if not parts:
        return " ".join(_GRADE_WORDS.sub(" ", to_plain(item.full_statement).lower()).split())
    for at, part in enumerate(parts[: _LAST_GRADE_PART + 1]):
        if _GRADE_PART.fullmatch(part):
            parts = parts[:at] + parts[at + 1 :]
            break
    return " ".join(parts)


def _merged(one: list[tuple[str, ...]], other: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Both lists in one order: each path where its own list has it, those of `other` alone after their neighbours."""
    waiting = [path for path in other if path not in set(one)]
    seen: set[tuple[str, ...]] = set()
    for path in one:
        yield path
        seen.add(path)
        if path in other:
            following = other[other.index(path) + 1 :]
            for next_path in following:
                if next_path not in waiting or next_path in seen:
                    break
                yield next_path
                seen.add(next_path)
    yield from (path for path in waiting if path not in seen)
