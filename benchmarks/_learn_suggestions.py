"""Learn how much each voice of suggested standards counts: `python -m benchmarks._learn_suggestions`.

Prints the table that `search/suggested/weights.py` keeps; with `meaning`, the one for where a language model is in use. It
learns from the half of the lessons and from the problems that `benchmarks.suggest_standards tune` prints, and never sees the
other half. The problems are few, so each counts as several lessons; they alone are of another source than the neighbours, as
a newcomer's resource is.

The model is multinomial logistic regression: the chance of a statement is the softmax of its weighted voices over all
statements of the framework, and the logarithm of that chance, averaged over a lesson's standards, is raised by stochastic
gradient ascent (AdaGrad). Evidence may not count against a statement: its weights stay at 0 or above. Without that, what is
taught in other modules would speak against being taught in this one, which is true of this split and of nothing else.
"""

import math
import os
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks._ground import ground
from benchmarks.suggest_standards import (
    PROBLEMS,
    described,
    fill,
    half,
    lessons,
    load_frameworks,
    problems,
)

ROUNDS, RATE, SHRINK = 12, 0.3, 0.0005
PROBLEM_COUNTS = 4
SEED = 6
COLUMNS = 3


@dataclass(frozen=True)
class Example:
    """A lesson: the voices of each statement, how far each column of weights holds, and the places of its standards."""

    voices: list[list[float]]
    shares: tuple[float, ...]
    wanted: list[int]


def main(arguments: Sequence[str]) -> None:
    named = os.environ.get("STANDARDS_DATA_DIR")
    if not named:
        sys.exit("STANDARDS_DATA_DIR does not name a folder with outside files: nothing to learn from.")
    with ground() as index:
        from django.test import override_settings

        from search.suggested import embeddings
        from search.suggested.weights import WEIGHTS, WEIGHTS_WITH_MEANING

        meaning = "meaning" in arguments
        if meaning and (missing := embeddings.missing()):
            sys.exit(missing)
        voices = list(WEIGHTS_WITH_MEANING if meaning else WEIGHTS)
        with override_settings(EMBEDDINGS=meaning):
            known = list(examples(index, Path(named)))
        for name, row in zip(voices, learn(known, voices), strict=True):
            print(f'    "{name}": ({", ".join(f"{weight:.1f}" for weight in row)}),')


def examples(index: str, data: Path) -> Iterator[Example]:
    from search.suggested.likeliest import listen
    from search.suggested.suggest import gather, nearness_to
    from standards.models import Item

    frameworks = load_frameworks(data)
    cases = lessons(data, frameworks)
    fill(index, cases)
    modules: dict[str, list[int]] = defaultdict(list)
    for case in cases:
        modules[case.module].append(case.pk)
    tuned = [case for case in cases if half(case.module) == "tune"]
    tuned += problems(data / "judgements" / PROBLEMS["tune"], frameworks["math"])
    identifiers = dict(Item.objects.values_list("pk", "identifier"))
    for case in tuned:
        found = gather(
            described(case), [frameworks[case.subject]], {"public"}, without=modules.get(case.module, ())
        )
        groups = listen(found.statements, found.text, found.around, nearness_to(described(case)))
        wanted = {identifiers[pk] for pk in case.wanted}
        for group in groups:  # one, as one framework is asked about
            places = [index for index, one in enumerate(group.members) if one.identifier in wanted]
            if places:
                times = 1 if case.module else PROBLEM_COUNTS
                yield from [Example(group.heard.voices, group.heard.situation.shares, places)] * times


def learn(known: Sequence[Example], voices: Sequence[str]) -> list[list[float]]:
    """For each voice the weight in each column."""
    from search.suggested.likeliest import NO_EVIDENCE

    weights = [[0.0] * COLUMNS for _ in voices]
    seen = [[1e-8] * COLUMNS for _ in voices]
    order = list(known)
    shuffled = random.Random(SEED)
    for _round in range(ROUNDS):
        shuffled.shuffle(order)
        for one in order:
            for voice, slope in enumerate(_slopes(one, weights)):
                for column, share in enumerate(one.shares):
                    step = slope * share - SHRINK * weights[voice][column]
                    seen[voice][column] += step * step
                    weights[voice][column] += RATE * step / math.sqrt(seen[voice][column])
                    if voices[voice] not in NO_EVIDENCE:
                        weights[voice][column] = max(0.0, weights[voice][column])
    return weights


def _slopes(one: Example, weights: Sequence[Sequence[float]]) -> list[float]:
    """How the logarithm of the chance of its standards rises with each voice's weight."""
    blended = [sum(share * weight for share, weight in zip(one.shares, row, strict=True)) for row in weights]
    totals = [sum(map(float.__mul__, blended, voices)) for voices in one.voices]
    best = max(totals)
    powers = [math.exp(total - best) for total in totals]
    whole = sum(powers)
    slopes = [0.0] * len(weights)
    for place in one.wanted:
        for voice, value in enumerate(one.voices[place]):
            slopes[voice] += value / len(one.wanted)
    for power, voices in zip(powers, one.voices, strict=True):
        chance = power / whole
        if chance > 1e-6:
            for voice, value in enumerate(voices):
                if value:
                    slopes[voice] -= chance * value
    return slopes


if __name__ == "__main__":
    main(sys.argv[1:])
