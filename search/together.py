"""Words of a query that belong together: who has them side by side ranks higher, and who has not is found all the same.

All of few words do; of "area of triangles and trapezoids" so do, by less, "area of triangles" and "area of trapezoids". Of a
sentence it is the words between small ones ("equivalent ratios", "tape diagrams").
"""

from typing import Any

from search.padding import SAY_LITTLE
from search.ranking import Weights

IN_TITLE = 4
FIELDS = (f"title^{IN_TITLE}", "summary^2", "objectives^2", "keywords^2", "statements")
# What is said of one of two words counts beside all of it; and words between small ones, of which a sentence has many.
OF_EITHER = 0.6
RUN = 0.2
MOST_RUNS = 12
# Longer than any few words. Of Chinese each sign is a word, and a query may have 1,024 clauses.
MOST_IN_RUN = 60  # characters
_JOINING = ("and", "or")
_SIGNS = ".,;:!?()"


def standing_together(text: str, weights: Weights) -> list[dict[str, Any]]:
    """Of few words: more for those that stand side by side, and most for a title that is all of them."""
    if " " not in text or not weights.together:
        return []
    either = [_side_by_side(one, OF_EITHER * weights.together) for one in of_either(text)]
    best_of_either = [{"dis_max": {"queries": either}}] if either else []
    return [_side_by_side(text, weights.together), *best_of_either, whole_title(text, weights.together)]


def in_title(sentence: str, weights: Weights) -> list[dict[str, Any]]:
    """Of a sentence: only a title has so many words in a row. Elsewhere it is runs of them."""
    if not weights.together:
        return []
    phrase = {"query": sentence, "boost": IN_TITLE * weights.together}
    parts = [_side_by_side(run, RUN * weights.together) for run in runs(sentence)[:MOST_RUNS]]
    return [{"match_phrase": {"title": phrase}}, *parts, whole_title(sentence, weights.together)]


def of_either(text: str) -> list[str]:
    """What is said of each of the words that "and" or "or" joins, or a list with commas: of "volume of cones, cylinders and
    spheres" that of cones, that of cylinders, that of spheres. Nothing where no other words are beside them."""
    words = text.split()
    for place in range(1, len(words) - 1):
        if words[place].lower() in _JOINING:
            break
    else:
        return []
    first = place - 1
    while first and words[first - 1].endswith(","):
        first -= 1
    before, after = words[:first], words[place + 2 :]
    if all(_bare(word) in SAY_LITTLE for word in before + after):
        return []
    joined = [*words[first:place], words[place + 1]]
    return [" ".join([*before, word.strip(_SIGNS), *after]) for word in joined]


def runs(text: str) -> list[str]:
    """Two words and more with no small word or sign between them, where they are not all of the text."""
    found: list[list[str]] = [[]]
    for word in text.split():
        bare = word.strip(_SIGNS)
        if bare.lower() in SAY_LITTLE or not bare:
            found.append([])
            continue
        found[-1].append(bare)
        if word[-1] in _SIGNS:
            found.append([])
    several = dict.fromkeys(" ".join(run) for run in found if len(run) > 1)
    return [run for run in several if run != text and len(run) <= MOST_IN_RUN]


def _bare(word: str) -> str:
    return word.strip(_SIGNS).lower()


def _side_by_side(text: str, boost: float) -> dict[str, Any]:
    return {
        "multi_match": {"query": text, "type": "phrase", "fields": list(FIELDS), "slop": 1, "boost": boost}
    }


def whole_title(text: str, boost: float = 1.0) -> dict[str, Any]:
    """A title that is all that was typed."""
    return {"term": {"title.sort": {"value": text, "boost": boost}}}
