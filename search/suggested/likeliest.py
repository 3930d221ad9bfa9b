"""Rank statements by all voices that speak for them (`voices`), and by meaning where there is a language model. Pure.

The voices are weighed by `weights`. Three more speak of the statements that are likeliest by all others, where
something can tell how near they are in meaning to the text, whatever the words (`meaning`):
- meaning, meaning_above: how near a statement is, by itself and after what stands above it;
- sentence: how near the nearest sentence of the text is.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from search.suggested.voices import UNCLEAR, Around, Heard, Situation, Statement, Statements, Text
from search.suggested.weights import VOICES, WEIGHTS, WEIGHTS_WITH_MEANING, Weights

# What is added to the neighbours' votes for each framework, so that one that none of them knows has its chance.
UNKNOWN_VOTES = 1.0
NAMED = 1e6  # above all that words and neighbours can say
NO_EVIDENCE = frozenset({"wide", "part"})
READ_AGAIN = 50  # statements that are judged by their meaning
UNREAD = (0.0, 0.0, 0.0)  # what the voices of meaning say of the others
NEAR = 0.5  # the cosine from which on meaning alone is a reason

# From what is said by statements, alone and with their parents, to how near a text is to the one, to the other, and its
# nearest sentence to the first: from 0 to 1.
Nearness = Callable[[Sequence[tuple[str, str]]], Sequence[tuple[float, float, float]]]


@dataclass(frozen=True)
class Likely:
    """score: a share of 1; terms: the stems that speak for it, the most telling first; votes: of neighbours.

    near: it is near in meaning, whatever the words.
    """

    identifier: str
    score: float
    terms: tuple[str, ...]
    votes: int
    near: bool = False


@dataclass(frozen=True)
class Group:
    """The statements of one framework, what is heard of each, and how much of the whole is theirs."""

    members: Sequence[Statement]
    heard: Heard
    share: float


def listen(
    statements: Collection[Statement], text: Text, around: Around, nearness: Nearness | None = None
) -> list[Group]:
    """What every voice says of the statements of each framework.

    With `nearness` (of `Statement.meanings`, in their order), those that are likeliest by all other voices are read again
    for their meaning, in one call; of the rest those voices say nothing.
    """
    votes = _count_votes(around)
    by_framework: dict[Hashable, list[Statement]] = defaultdict(list)
    for one in statements:
        by_framework[one.framework].append(one)
    groups = []
    for members in by_framework.values():
        group = Statements(members)
        heard = group.hear(text, around)
        voted = sum(number for identifier, number in votes.items() if identifier in group.index)
        groups.append(Group(members, heard, (heard.explained + UNCLEAR) * (voted + UNKNOWN_VOTES)))
    if nearness is None:
        return groups
    again = [(group, index) for _score, group, index in _ranked(groups, WEIGHTS)[:READ_AGAIN]]
    near = nearness([groups[group].members[index].meanings for group, index in again])
    said = dict(zip(again, near, strict=True))
    return [
        replace(
            group,
            heard=replace(
                group.heard,
                voices=[
                    [*voices, *said.get((number, index), UNREAD)]
                    for index, voices in enumerate(group.heard.voices)
                ],
            ),
        )
        for number, group in enumerate(groups)
    ]


def likeliest(
    statements: Collection[Statement],
    text: Text,
    around: Around,
    *,
    limit: int,
    nearness: Nearness | None = None,
) -> list[Likely]:
    """The likeliest statements for a text, the best first. What nothing speaks for is left out.

    A code in the text settles it. nearness: see `listen`.
    Frameworks of several subjects may be among them. Each ranks its own; how much of the whole it gets follows from what
    its statements explain of the text, and from the neighbours' votes.
    """
    votes = _count_votes(around)
    groups = listen(statements, text, around, nearness)
    found = [
        (likely, groups[group].members[index], groups[group].heard, index)
        for likely, group, index in _ranked(groups, WEIGHTS if nearness is None else WEIGHTS_WITH_MEANING)
        if groups[group].members[index].code or has_evidence(groups[group].heard.voices[index])
    ]
    total = sum(likely for likely, *_rest in found) or 1.0
    return [
        Likely(
            one.identifier,
            likely / total,
            tuple([one.code] if one.code else []) + _telling(heard.given[index]),
            votes[one.identifier],
            is_near(heard.voices[index]),
        )
        for likely, one, heard, index in found[:limit]
    ]


def _count_votes(around: Around) -> Counter[str]:
    return Counter(identifier for one in around.neighbours for identifier in one.aligned)


def _ranked(groups: Sequence[Group], weights: Weights) -> list[tuple[float, int, int]]:
    """How likely each statement is, the number of its group and its own in it; the likeliest first."""
    found = []
    for number, group in enumerate(groups):
        totals = [score(voices, group.heard.situation, weights) for voices in group.heard.voices]
        # As the weights were learnt: a share of all statements of the framework.
        best = max(totals, default=0.0)
        powers = [math.exp(total - best) for total in totals]
        whole = sum(powers)
        for index, (one, power) in enumerate(zip(group.members, powers, strict=True)):
            found.append((group.share * power / whole + (NAMED if one.code else 0.0), number, index))
    return sorted(found, key=lambda one: (-one[0], groups[one[1]].members[one[2]].identifier))


def _telling(given: Mapping[str, float]) -> tuple[str, ...]:
    """The stems that speak for a statement, the most telling first."""
    return tuple(sorted(given, key=lambda term: (-given[term], term)))


def score(voices: Sequence[float], situation: Situation, weights: Weights = WEIGHTS) -> float:
    """The weighted sum of a statement's voices, in the order of `weights`."""
    shares = situation.shares
    return sum(
        voice * sum(share * weight for share, weight in zip(shares, row, strict=True))
        for row, voice in zip(weights.values(), voices, strict=True)
        if voice
    )


def has_evidence(voices: Sequence[float]) -> bool:
    """Whether anything speaks for a statement. A distant likeness in meaning does not: all texts have that."""
    by_words = zip(VOICES, voices, strict=False)
    return is_near(voices) or any(voice > 0 for name, voice in by_words if name not in NO_EVIDENCE)


def is_near(voices: Sequence[float]) -> bool:
    return max(voices[len(VOICES) :], default=0.0) >= NEAR
