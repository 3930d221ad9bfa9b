"""How much each voice of `search.suggested.voices` counts: the one place, in plain numbers.

Learnt by `python -m benchmarks._learn_suggestions`, which says how and from what, and prints these tables; learn them anew
after a change of what a voice says. Columns: where statements differ and one of them explains the text (a mathematics
lesson); where they differ and none explains it (a long problem told as a story); where they repeat each other (language
arts). Between these the columns are blended (`voices.Situation`).
"""

from collections.abc import Mapping

Weights = Mapping[str, tuple[float, float, float]]

# fmt: off
WEIGHTS: Weights = {
    # name: (clear, unclear, repeating)
    "own": (4.0, 2.0, 1.5),
    "pairs": (0.5, 1.1, 0.3),
    "parent": (0.8, 1.5, 0.2),
    "grandparent": (0.9, 0.9, 0.8),
    "higher": (0.8, 0.2, 0.0),
    "below": (0.0, 0.9, 0.5),
    "family": (1.6, 0.1, 0.5),
    "neighbours": (0.0, 0.0, 0.8),
    "similar": (0.2, 1.4, 1.6),
    "habit": (0.0, 0.0, 2.3),
    "wide": (-1.6, -1.7, -2.8),
    "part": (-0.1, -1.3, -0.2),
}
# The same with three voices more (`search.suggested.likeliest`), where a language model is in use.
WEIGHTS_WITH_MEANING: Weights = {
    "own": (2.1, 0.9, 0.8),
    "pairs": (0.3, 0.7, 0.2),
    "parent": (0.4, 1.0, 0.0),
    "grandparent": (0.5, 0.4, 0.6),
    "higher": (0.4, 0.0, 0.0),
    "below": (0.0, 0.3, 0.2),
    "family": (1.0, 0.0, 0.4),
    "neighbours": (0.0, 0.0, 0.8),
    "similar": (0.2, 1.0, 1.6),
    "habit": (0.0, 0.0, 1.5),
    "wide": (-1.6, -1.9, -2.4),
    "part": (0.0, -1.1, -0.2),
    "meaning": (2.3, 2.8, 1.6),
    "meaning_above": (2.0, 2.7, 0.5),
    "sentence": (2.6, 2.6, 1.9),
}
# fmt: on
VOICES = tuple(WEIGHTS)
