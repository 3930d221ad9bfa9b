"""Codes and words with one slip of a finger: what a query may have meant that matches nothing as it stands.

The neighbours of what was typed are written out and looked up in the indexes that answer exact queries, so nothing
has to be stored for it, and it costs the same however many statements there are.
"""

from collections.abc import Iterator
from itertools import pairwise
from string import ascii_lowercase, digits

from standards.codes import fold_code, segments_of

MAX_CODE = 48
MIN_WORD, MAX_WORD = 4, 20

_KEYS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_OFFSETS = (0.0, 0.5, 0.75, 1.25)  # how far each row of keys stands to the right of the first
_PLACES = {
    key: (row, column + _OFFSETS[row]) for row, keys in enumerate(_KEYS) for column, key in enumerate(keys)
}
_LOOK_ALIKE = frozenset(frozenset(pair) for pair in ("o0", "l1", "i1", "s5", "b8", "z2", "g6"))
_ALPHABET = ascii_lowercase + digits
# What a slip costs: the likelier, the less. Keys are swapped that are struck one after the other; over a dot they are not.
SWAPPED, NEIGHBOUR, SAME_CLASS, OTHER_CLASS, MORE_OR_LESS, WITHOUT_START = 0.9, 1.0, 1.25, 1.6, 2.0, 1.0
SWAPPED_OVER = 1.5


def near_codes(text: str) -> dict[str, float]:
    """The folded codes one slip away from `text`, each with its cost; {} for what is no code.

    Of a code with a prefix, its last three parts are tried by themselves too: then the slip may stand anywhere before.
    """
    segments = segments_of(text)
    if not segments or sum(map(len, segments)) > MAX_CODE or not could_be_code(text):
        return {}
    costs: dict[str, float] = {}
    starts = [start for start in range(len(segments)) if start == 0 or len(segments) - start >= 3]
    for start in dict.fromkeys((starts[0], starts[-1])):
        dropped = WITHOUT_START if start else 0.0
        for typed, cost in _slips(" ".join(segments[start:])):
            folded = fold_code(typed)
            if folded and cost + dropped < costs.get(folded, 9.0):
                costs[folded] = cost + dropped
        if start:
            costs[fold_code(" ".join(segments[start:]))] = WITHOUT_START
    costs.pop(fold_code(text), None)
    return costs


def could_be_code(text: str) -> bool:
    """Several short parts, or one with a digit: K.CC.F has none, because its digit was mistyped."""
    segments = segments_of(text)
    short = all(len(segment) <= 5 or any(c.isdigit() for c in segment) for segment in segments[-3:])
    return short and (len(segments) >= 2 or any(c.isdigit() for c in text))


def near_words(word: str) -> list[str]:
    """The words one letter away from `word`; [] for one that is too short to be told from others."""
    word = word.lower()
    if not (MIN_WORD <= len(word) <= MAX_WORD and word.isascii() and word.isalpha()):
        return []
    edits = {word[:i] + word[i + 1 :] for i in range(len(word))}
    edits |= {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    for letter in ascii_lowercase:
        edits |= {word[:i] + letter + word[i + 1 :] for i in range(len(word))}
        edits |= {word[:i] + letter + word[i:] for i in range(len(word) + 1)}
    return sorted(edits - {word})


def _slips(text: str) -> Iterator[tuple[str, float]]:
    """`text` with one letter or digit swapped with the next, another, left out or put in."""
    for at, character in enumerate(text):
        if character == " ":
            continue
        yield text[:at] + text[at + 1 :], MORE_OR_LESS
        for other in _ALPHABET:
            if other != character:
                yield text[:at] + other + text[at + 1 :], _cost(character, other)
    places = [at for at, character in enumerate(text) if character != " "]
    for one, next_one in pairwise(places):
        swapped = list(text)
        swapped[one], swapped[next_one] = text[next_one], text[one]
        yield "".join(swapped), SWAPPED if next_one == one + 1 else SWAPPED_OVER
    for at in range(len(text) + 1):
        for other in _ALPHABET:
            yield text[:at] + other + text[at:], MORE_OR_LESS


def _cost(typed: str, meant: str) -> float:
    if frozenset((typed, meant)) in _LOOK_ALIKE:
        return NEIGHBOUR
    if typed.isdigit() != meant.isdigit():
        return OTHER_CLASS
    return NEIGHBOUR if _distance(typed, meant) <= 1.6 else SAME_CLASS


def _distance(one: str, other: str) -> float:
    """How far two keys lie apart."""
    if one not in _PLACES or other not in _PLACES:
        return 9.0
    (row, column), (other_row, other_column) = _PLACES[one], _PLACES[other]
    return abs(row - other_row) + abs(column - other_column)
