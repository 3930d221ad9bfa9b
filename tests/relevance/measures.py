"""Measures of a ranked list against judgements: plain functions, used by the gate and by `make bench`."""

from collections.abc import Mapping, Sequence
from math import log2

DEPTH = 10


def ndcg(ranked: Sequence[str], judged: Mapping[str, int], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain at `depth`, from 0 to 1, with the gain 2^grade - 1.

    1 means that no other order of all there is would be better. Järvelin and Kekäläinen, ACM TOIS 20(4), 2002.
    """
    best = _gain(sorted(judged.values(), reverse=True)[:depth])
    return _gain([judged.get(name, 0) for name in ranked[:depth]]) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades))


def recall(ranked: Sequence[str], relevant: Mapping[str, int], depth: int) -> float:
    """The share of what is relevant that is among the first `depth`."""
    return sum(1 for name in ranked[:depth] if name in relevant) / len(relevant)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
