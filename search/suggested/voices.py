"""What speaks for each statement to be what a text is about: its words, and what resources like it are aligned to. Pure.

Several voices (`VOICES`) speak of each statement, each a number from 0 to 1; `likeliest` ranks by their weighted sum:
- words: BM25 of the text against the statement, against those above it and below it, and pairs of words in a row;
- family: another statement under the same one is meant;
- neighbours: resources with a like text vote for what they are aligned to; `similar` carries each vote to the statements
  most like that one, also from another grade;
- habit: how often resources of the grade are aligned to a statement at all.

How much each voice is trusted follows from the situation, since mathematics says in its statements what its lessons are
about, while language arts says "cite evidence" of every text (`Situation`). The weights are learnt: `weights`.
"""

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from search.suggested.weights import VOICES

K1, B = 1.2, 0.3  # BM25: repeated words hardly count, and statements are all short
EXAMPLE = 0.5  # a word in brackets or after "e.g."
MANY_GRADES = 6  # a statement for so many grades is a habit of mind, not what one lesson is about
ALIKE = 0.25  # cosine below which two statements are not alike
# Mean cosine of a statement with the one most like it. From the first on, statements begin to repeat each other, from the
# second on they do. Common Core: mathematics 0.26 to 0.41, language arts 0.47 to 0.66.
DIFFERENT, REPEATING = 0.41, 0.47
SAMPLE = 100  # statements that this is measured by
# How much of what a text tells its best statement tells too: from the first down it begins to be unclear.
CLEAR, UNCLEAR = 0.4, 0.1

_ASIDE = re.compile(r"\([^()]*\)|\be\.g\.,?[^;.]*")

Terms = Mapping[str, float]


def parts(statement: str) -> tuple[str, str]:
    """What a statement says, and its asides: examples, and what stands in brackets."""
    return _ASIDE.sub(" ", statement), " ".join(_ASIDE.findall(statement))


def weigh(own: Iterable[str], aside: Iterable[str]) -> Terms:
    """The weights of a statement's stems."""
    weights: Counter[str] = Counter(own)
    for stem in aside:
        weights[stem] += EXAMPLE  # type: ignore[assignment]
    return weights


def pairs(stems: Sequence[str]) -> list[str]:
    """Each two stems in a row as one term."""
    return [f"{one} {other}" for one, other in itertools.pairwise(stems)]


@dataclass(frozen=True)
class Statement:
    """own: see `weigh`. above: the stems of its parents, of their parents, and of all further up. parents: identifiers.

    framework: what it is judged within. weight: below 1 for what is seldom aligned to.
    code: as the text names it, if it does. meanings: what it says, by itself and after what its parents say.
    """

    identifier: str
    own: Terms
    pairs: Collection[str] = ()
    above: tuple[Collection[str], Collection[str], Collection[str]] = ((), (), ())
    below: Collection[str] = ()
    parents: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()
    weight: float = 1.0
    framework: Hashable = None
    code: str = ""
    meanings: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Text:
    """stems: stem → times, pairs: those of two in a row."""

    stems: Mapping[str, int]
    pairs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Neighbour:
    """A resource like the text: how like, and the identifiers that it is aligned to."""

    score: float
    aligned: frozenset[str]


@dataclass(frozen=True)
class Around:
    """What others made of texts. others: the stems of statements that neighbours are aligned to and that are not weighed
    themselves; habit: how many resources of the grades are aligned to each statement."""

    neighbours: Sequence[Neighbour] = ()
    others: Mapping[str, Terms] = field(default_factory=dict)
    habit: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Situation:
    """repeating: 1 where the statements say much the same; unclear: 1 where none of them explains the text."""

    repeating: float
    unclear: float

    @property
    def shares(self) -> tuple[float, float, float]:
        """How far each column of `weights.WEIGHTS` holds."""
        told = 1 - self.repeating
        return told * (1 - self.unclear), told * self.unclear, self.repeating


@dataclass(frozen=True)
class Heard:
    """For each statement its voices in the order of `VOICES`, and what each stem gives to it."""

    voices: list[list[float]]
    given: list[dict[str, float]]
    explained: float
    situation: Situation


class Words:
    """BM25 over one kind of words of all statements. Telling is a word that few of them have."""

    def __init__(self, documents: Sequence[Terms]) -> None:
        number = len(documents)
        holding = Counter(term for one in documents for term in one)
        self.rarity = {term: math.log(1 + (number - n + 0.5) / (n + 0.5)) for term, n in holding.items()}
        self.unheard = math.log(1 + (number + 0.5) / 0.5)
        lengths = [sum(one.values()) for one in documents]
        average = sum(lengths) / number if number else 0.0
        self.postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for index, one in enumerate(documents):
            long = 1 - B + B * lengths[index] / (average or 1.0)
            for term, weight in one.items():
                score = self.rarity[term] * weight * (K1 + 1) / (weight + K1 * long)
                self.postings[term].append((index, score))
        self.number = number

    def match(
        self, text: Mapping[str, int], given: list[dict[str, float]] | None = None, trust: float = 1.0
    ) -> list[float]:
        """The score of each statement; what each word gives is added to `given`. A word said again says less."""
        scores = [0.0] * self.number
        for term, times in text.items():
            said = 1 + math.log(times)
            for index, score in self.postings.get(term, ()):
                scores[index] += score * said
                if given is not None:
                    given[index][term] = given[index].get(term, 0.0) + trust * score
        return scores

    def told(self, text: Mapping[str, int]) -> float:
        return sum(
            self.rarity.get(term, self.unheard) * (1 + math.log(times)) for term, times in text.items()
        )


class Statements:
    """The statements of one framework that may be meant."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.all = statements
        self.index = {one.identifier: index for index, one in enumerate(statements)}
        self.own = Words([one.own for one in statements])
        self.pairs = Words([Counter(one.pairs) for one in statements])
        self.above = [Words([Counter(one.above[step]) for one in statements]) for step in range(3)]
        self.below = Words([Counter(one.below) for one in statements])
        self.families: dict[str, list[int]] = defaultdict(list)
        for index, one in enumerate(statements):
            for parent in one.parents:
                self.families[parent].append(index)
        self._vectors = [self._vector(one.own) for one in statements]
        self._holding: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for index, vector in enumerate(self._vectors):
            for term, weight in vector.items():
                self._holding[term].append((index, weight))

    def hear(self, text: Text, around: Around) -> Heard:
        """What every voice says of each statement, as a share of what it says of the likeliest."""
        given: list[dict[str, float]] = [{} for _ in self.all]
        own = self.own.match(text.stems, given)
        explained = max(own, default=0.0) / (self.own.told(text.stems) or 1.0)
        weighted = [score * one.weight for score, one in zip(own, self.all, strict=True)]
        exact, similar = self._votes(around)
        voices = {
            "own": _share(weighted),
            "pairs": _share(self.pairs.match(text.pairs)),
            "parent": _share(self.above[0].match(text.stems, given, 0.5)),
            "grandparent": _share(self.above[1].match(text.stems, given, 0.25)),
            "higher": _share(self.above[2].match(text.stems)),
            "below": _share(self.below.match(text.stems)),
            "family": self._family(_share(weighted)),
            "neighbours": _share(exact),
            "similar": _share(similar),
            "habit": _share([math.log1p(around.habit.get(one.identifier, 0)) for one in self.all]),
            "wide": [float(len(one.grades) >= MANY_GRADES) for one in self.all],
            "part": [float(any(parent in self.index for parent in one.parents)) for one in self.all],
        }
        return Heard(
            [list(row) for row in zip(*(voices[name] for name in VOICES), strict=True)],
            given,
            explained,
            Situation(self._repeating, _within(explained, CLEAR, UNCLEAR)),
        )

    def _family(self, own: list[float]) -> list[float]:
        """For each statement the best of the others under the same one."""
        best = [0.0] * len(own)
        for members in self.families.values():
            ranked = sorted(members, key=lambda index: -own[index])[:2]
            for index in members:
                others = [other for other in ranked if other != index]
                if others:
                    best[index] = max(best[index], own[others[0]])
        return best

    def _votes(self, around: Around) -> tuple[list[float], list[float]]:
        exact, similar = [0.0] * len(self.all), [0.0] * len(self.all)
        best = max((one.score for one in around.neighbours), default=0.0)
        votes: dict[str, float] = defaultdict(float)
        for neighbour in around.neighbours:
            for identifier in neighbour.aligned:
                votes[identifier] += (neighbour.score / best) ** 2
        for identifier, vote in votes.items():
            index = self.index.get(identifier)
            if index is not None:
                exact[index] = vote
                vector = self._vectors[index]
            elif identifier in around.others:
                vector = self._vector(around.others[identifier])
            else:
                continue
            for other, cosine in self._alike(vector).items():
                similar[other] += vote * cosine**2
        return exact, similar

    def _alike(self, vector: Mapping[str, float]) -> dict[int, float]:
        """The statements like another one, by the cosine of their telling words."""
        products: dict[int, float] = defaultdict(float)
        for term, weight in vector.items():
            for index, other in self._holding.get(term, ()):
                products[index] += weight * other
        return {index: cosine for index, cosine in products.items() if cosine >= ALIKE}

    @cached_property
    def _repeating(self) -> float:
        """From 0, where each statement says something of its own, to 1, where those of one grade repeat each other."""
        sample = range(0, len(self.all), max(1, len(self.all) // SAMPLE))
        if not sample:
            return 0.0
        nearest = []
        for index in sample:
            alike = self._alike(self._vectors[index])
            nearest.append(
                max((cosine for other, cosine in alike.items() if self._are_peers(index, other)), default=0.0)
            )
        return 1 - _within(sum(nearest) / len(nearest), REPEATING, DIFFERENT)

    def _are_peers(self, index: int, other: int) -> bool:
        mine, its = self.all[index].grades, self.all[other].grades
        return index != other and (not mine or not its or not mine.isdisjoint(its))

    def _vector(self, terms: Terms) -> dict[str, float]:
        weights = {
            term: math.log1p(weight) * self.own.rarity.get(term, self.own.unheard)
            for term, weight in terms.items()
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {term: weight / length for term, weight in weights.items()}


def _share(scores: list[float]) -> list[float]:
    """Each score as a share of the highest."""
    highest = max(scores, default=0.0)
    return [score / highest for score in scores] if highest > 0 else scores


def _within(value: float, none: float, full: float) -> float:
    """0 at `none` and beyond, 1 at `full` and beyond, in proportion between."""
    return min(1.0, max(0.0, (none - value) / (none - full)))
