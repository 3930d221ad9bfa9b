"""Words of a query that belong together: who has them side by side ranks higher.

All of them do; of "area of triangles and trapezoids", "area of triangles" says it as well; and of "negative numbers in real
life" so do, by less, "negative numbers" and "real life". Who has none of that is found all the same.
"""

from typing import Any

from search.padding import SAY_LITTLE
from search.ranking import Weights

IN_TITLE = 4
FIELDS = (f"title^{IN_TITLE}", "summary^2", "objectives^2", "keywords^2", "statements")
# What words between small ones count beside the whole. A sentence has many such runs, and is not about all of them.
RUN = 0.5
RUN_OF_SENTENCE = 0.2
MOST_RUNS = 12  # of a sentence
# Longer than any few words. Of Chinese each sign is a word, and a query may have 1,024 clauses.
MOST_IN_RUN = 60  # characters
_JOINING = ("and", "or")
_SIGNS = ".,;:!?()"


def standing_together(text: str, weights: Weights) -> list[dict[str, Any]]:
    """Of few words: more for those that stand side by side, and most for a title that is all of them."""
    if " " not in text or not weights.together:
        return []
    ways = [_side_by_side(one, weights.together) for one in (text, *of_either(text))]
    return [{"dis_max": {"queries": ways}}, *_runs(text, RUN * weights.together), _whole_title(text, weights)]


def in_title(sentence: str, weights: Weights) -> list[dict[str, Any]]:
    """The same for a sentence: of that only a title has so many words in a row."""
    if not weights.together:
        return []
    phrase = {"query": sentence, "boost": IN_TITLE * weights.together}
    return [
        {"match_phrase": {"title": phrase}},
        *_runs(sentence, RUN_OF_SENTENCE * weights.together),
        _whole_title(sentence, weights),
    ]


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
    """Two words and more with no small word or sign between them, where they are not the whole text."""
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


def _runs(text: str, boost: float) -> list[dict[str, Any]]:
    return [_side_by_side(run, boost) for run in runs(text)[:MOST_RUNS]]


def _bare(word: str) -> str:
    return word.strip(_SIGNS).lower()


def _side_by_side(text: str, boost: float) -> dict[str, Any]:
    return {
        "multi_match": {"query": text, "type": "phrase", "fields": list(FIELDS), "slop": 1, "boost": boost}
    }


def _whole_title(text: str, weights: Weights) -> dict[str, Any]:
    return {"term": {"title.sort": {"value": text, "boost": weights.together}}}
