"""How likely each statement is what a text is about: its words, and what resources like it are aligned to. Pure.

Three voices are weighed against each other:
- words: BM25 of the text against each statement, the statements above it and those below counting less;
- neighbours: resources with a like text vote for what they are aligned to, or, where that is a statement of another
  grade or framework, for the statements most like it;
- habit: how often resources of the grade are aligned to a statement at all.

Mathematics says in its statements what its lessons are about; language arts says "cite evidence" of every text. So how
much the neighbours are trusted follows from how much of the text its best statement explains (`explained`).
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

K1, B = 1.2, 0.3  # BM25: repeated words hardly count, and statements are all short
MOST_TIMES = 3  # a word said more often says no more
ABOVE, ABOVE_AGAIN = 0.5, 0.7  # a word of the parent's statement, and what is left of it at each further step
BELOW = 0.2
EXAMPLE = 0.5  # a word in brackets or after "e.g."
# A statement for so many grades is a habit of mind, not what one lesson is about.
MANY_GRADES, WIDE = 6, 0.5
# Where its best statement explains this much of a text, neighbours say little; where it explains so little, much.
TRUST_WORDS, TRUST_NEIGHBOURS = 0.4, 0.2
LEAST = {"neighbours": 0.3, "similar": 0.15, "habit": 0.0}
MOST = {"neighbours": 1.0, "similar": 1.0, "habit": 1.0}
ALIKE = 0.25  # cosine below which two statements are not alike

_ASIDE = re.compile(r"\([^()]*\)|\be\.g\.,?[^;.]*")

Terms = Mapping[str, float]


def parts(statement: str) -> tuple[str, str]:
    """What a statement says, and its asides: examples, and what stands in brackets."""
    return _ASIDE.sub(" ", statement), " ".join(_ASIDE.findall(statement))


@dataclass(frozen=True)
class Statement:
    """terms: stem → weight, see `weigh`. grades: how many it is for. weight: below 1 for what is seldom aligned to."""

    identifier: str
    terms: Terms
    grades: int = 1
    weight: float = 1.0


@dataclass(frozen=True)
class Neighbour:
    """A resource like the text: how like, and the identifiers that it is aligned to."""

    score: float
    aligned: frozenset[str]


@dataclass(frozen=True)
class Likely:
    """score: 1 at most for each voice; terms: the stems that speak for it, the most telling first; votes: of neighbours."""

    identifier: str
    score: float
    terms: tuple[str, ...]
    votes: int


def weigh(
    own: Iterable[str], aside: Iterable[str], above: Sequence[Iterable[str]], below: Iterable[str]
) -> Terms:
    """The weights of a statement's stems. `above`: those of its parent, of the parent's parent, and so on."""
    weights: Counter[str] = Counter()  # Counter's `+=` takes floats
    for stems, weight in [(own, 1.0), (aside, EXAMPLE), (below, BELOW)]:
        for stem in stems:
            weights[stem] += weight  # type: ignore[assignment]
    for step, stems in enumerate(above):
        for stem in stems:
            weights[stem] += ABOVE * ABOVE_AGAIN**step  # type: ignore[assignment]
    return weights


class Statements:
    """The statements that may be meant. Telling is a word that few of them have."""

    def __init__(self, statements: Collection[Statement]) -> None:
        self.by_identifier = {one.identifier: one for one in statements}
        holding = Counter(term for one in statements for term in one.terms)
        number = len(statements)
        self.rarity = {term: math.log(1 + (number - n + 0.5) / (n + 0.5)) for term, n in holding.items()}
        self.unheard = math.log(1 + (number + 0.5) / 0.5)
        lengths = {one.identifier: sum(one.terms.values()) for one in statements}
        average = sum(lengths.values()) / number if number else 1.0
        self.postings: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for one in statements:
            long = 1 - B + B * lengths[one.identifier] / (average or 1.0)
            worth = one.weight * (WIDE if one.grades >= MANY_GRADES else 1.0)
            for term, weight in one.terms.items():
                score = self.rarity[term] * weight * (K1 + 1) / (weight + K1 * long)
                self.postings[term].append((one.identifier, worth * score))

    def match(self, text: Mapping[str, int]) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
        """The score of each statement that shares a word with the text, and what each word gives to it."""
        scores: dict[str, float] = defaultdict(float)
        given: dict[str, dict[str, float]] = defaultdict(dict)
        for term, times in text.items():
            for identifier, score in self.postings.get(term, ()):
                scores[identifier] += score * min(times, MOST_TIMES)
                given[identifier][term] = score
        return scores, given

    def explained(self, text: Mapping[str, int], best: float) -> float:
        """How much of what a text tells its best statement tells too. Above 1 where that repeats itself."""
        told = sum(self.rarity.get(term, self.unheard) for term in text)
        return best / told if told else 0.0

    def alike(self, terms: Terms) -> dict[str, float]:
        """The statements like another one, by the cosine of their telling words."""
        asked = self._vector(terms)
        products: dict[str, float] = defaultdict(float)
        for term, weight in asked.items():
            for identifier, _score in self.postings.get(term, ()):
                products[identifier] += weight * self.vectors[identifier].get(term, 0.0)
        return {identifier: value for identifier, value in products.items() if value >= ALIKE}

    @property
    def vectors(self) -> dict[str, dict[str, float]]:
        if not hasattr(self, "_vectors"):
            self._vectors = {key: self._vector(one.terms) for key, one in self.by_identifier.items()}
        return self._vectors

    def _vector(self, terms: Terms) -> dict[str, float]:
        weights = {
            term: math.log1p(weight) * self.rarity.get(term, self.unheard) for term, weight in terms.items()
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {term: weight / length for term, weight in weights.items()}


def likeliest(
    statements: Statements,
    text: Mapping[str, int],
    neighbours: Sequence[Neighbour],
    others: Mapping[str, Terms],
    habit: Mapping[str, int],
    *,
    limit: int,
) -> list[Likely]:
    """The likeliest statements for a text, the best first.

    text: stem → times; neighbours: the most like first; others: the terms of statements that neighbours are aligned to
    and that are not among `statements`; habit: how many resources are aligned to each statement.
    """
    by_words, given = statements.match(text)
    explained = statements.explained(text, max(by_words.values(), default=0.0))
    trust = min(1.0, max(0.0, (TRUST_WORDS - explained) / (TRUST_WORDS - TRUST_NEIGHBOURS)))
    voted, similar, votes = _votes(statements, neighbours, others)
    voices = {
        "neighbours": voted,
        "similar": similar,
        "habit": {key: math.log1p(n) for key, n in habit.items() if key in statements.by_identifier},
    }
    total = _share(by_words)
    for name, scores in voices.items():
        weight = LEAST[name] + (MOST[name] - LEAST[name]) * trust
        for identifier, share in _share(scores).items():
            total[identifier] = total.get(identifier, 0.0) + weight * share
    ranked = sorted(total, key=lambda identifier: (-total[identifier], identifier))
    return [
        Likely(
            identifier,
            total[identifier],
            tuple(sorted(given[identifier], key=lambda term: -given[identifier][term]))
            if identifier in given
            else (),
            votes[identifier],
        )
        for identifier in ranked[:limit]
        if total[identifier] > 0
    ]


def _votes(
    statements: Statements, neighbours: Sequence[Neighbour], others: Mapping[str, Terms]
) -> tuple[dict[str, float], dict[str, float], Counter[str]]:
    best = neighbours[0].score if neighbours else 1.0
    exact: dict[str, float] = defaultdict(float)
    similar: dict[str, float] = defaultdict(float)
    votes: Counter[str] = Counter()
    alike: dict[str, dict[str, float]] = {}
    for neighbour in neighbours:
        weight = (neighbour.score / best) ** 2 if best else 0.0
        for identifier in neighbour.aligned:
            if identifier in statements.by_identifier:
                exact[identifier] += weight
                votes[identifier] += 1
            elif identifier in others:
                if identifier not in alike:
                    alike[identifier] = statements.alike(others[identifier])
                for other, cosine in alike[identifier].items():
                    similar[other] += weight * cosine**2
    return exact, similar, votes


def _share(scores: Mapping[str, float]) -> dict[str, float]:
    """Each score as a share of the highest."""
    highest = max(scores.values(), default=0.0)
    return {key: score / highest for key, score in scores.items()} if highest > 0 else {}
