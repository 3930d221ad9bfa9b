"""What a query that finds nothing may have been meant to say: its words in the spelling of what comes near.

The words come from resources that the reader may see, so a correction gives away nothing of others.
"""

import re
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from search import marking, query, text
from search.client import ask
from search.english import is_english
from search.hits import marked_words
from search.lexicon import fold, lexicon, plain
from search.padding import SAY_LITTLE
from search.scouting import Scouted
from search.understanding import Understood
from search.words import SAY_NOTHING, Words, overlaps
from search.words import tokens as tokens_of_query

LOOKED_AT = 10  # resources
NEAR = 0.7  # of SequenceMatcher
FORM = 0.9  # the same: "equivalent", "equivalente"
LEAST_BEGUN = 4  # characters of a word that was left off
# Letters of a word that was run together with another, and of both; and words of a query that are put apart.
SHORTEST_PART, LONGEST, MOST = 3, 30, 3
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def unknown_words(scouted: Scouted, words: Words, tokens: Collection[str]) -> tuple[str, ...]:
    """Those of the words that no resource has anywhere, of what the reader may see. At most one request.

    Where something has the others, only longer ones that have others near them: what is short may be a name. Where nothing
    is found, any of four letters and more. Never one that is a name here, or a synonym: "civic" is no slip for "civil"; nor
    one that says nothing, which is looked for nowhere: "with" is no slip for "within".
    """
    if scouted.strictly:
        some = list(scouted.doubtful)
    else:
        typed = _WORD.findall(" ".join([words.text, *words.phrases]).lower())
        some = [word for word in dict.fromkeys(typed) if len(word) >= text.LEAST_NEAR]
    some = [word for word in some if word not in SAY_NOTHING and not is_name(word)]
    if not some:
        return ()
    found = ask(query.having_each(some, tokens))["aggregations"]
    return tuple(word for word in some if not found[word]["doc_count"])


def is_name(word: str) -> bool:
    """Whether the word stands in a subject, a topic or the like, or in a synonym."""
    return fold(word) in lexicon().known


@dataclass(frozen=True)
class Way:
    """Other words for what stands in a query from start to before end."""

    start: int
    end: int
    words: str


def rejoined(understood: Understood, tokens: Collection[str], unknown: Collection[str]) -> str:
    """The query with these words, which nothing has, put apart ("foodweb"), or together with the one beside them ("water
    sheds"), where something has them so; "" where nothing has.

    At most one request. Raises EngineDown.
    """
    ways = _ways(understood, {plain(word) for word in unknown})
    if not ways:
        return ""
    found = ask(query.having_each({way.words for way in ways}, tokens))["aggregations"]
    taken: list[Way] = []
    for way in sorted(ways, key=lambda way: -found[way.words]["doc_count"]):
        if found[way.words]["doc_count"] and not overlaps(way, taken):
            taken.append(way)
    q = understood.asked.q
    for way in sorted(taken, key=lambda way: -way.start):
        q = q[: way.start] + way.words + q[way.end :]
    return q if taken else ""


def _ways(understood: Understood, unknown: Set[str]) -> list[Way]:
    free = [
        token
        for token in tokens_of_query(understood.asked.q)
        if token.is_plain and token.text.isalpha() and not overlaps(token, understood.applied)
    ]
    ways = []
    for token in [one for one in free if plain(one.text) in unknown and len(one.text) <= LONGEST][:MOST]:
        parts = [
            (token.text[:at], token.text[at:])
            for at in range(SHORTEST_PART, len(token.text) - SHORTEST_PART + 1)
        ]
        # "forgiven" is no "for given".
        said = [two for two in parts if SAY_NOTHING.isdisjoint(one.lower() for one in two)]
        ways += [Way(token.start, token.end, " ".join(two)) for two in said]
    for one, other in pairwise(free):
        beside = not understood.asked.q[one.end : other.start].strip()
        if beside and not unknown.isdisjoint((plain(one.text), plain(other.text))):
            ways.append(Way(one.start, other.end, one.text + other.text))
    return ways


def respelled(understood: Understood, tokens: Collection[str], unknown: Collection[str]) -> str:
    """The query with these words, which nothing has, replaced by near ones; "" where nothing is near.

    One request. Raises EngineDown.
    """
    how = text.How(nearly=True, doubtful=tuple(unknown))
    body = {
        "query": query.base(understood.words, tokens, how),
        "highlight": marking.highlight(understood.words, how),
        "size": LOOKED_AT,
        "timeout": query.TIME_LIMIT,
        "_source": False,
    }
    hits = ask(body)["hits"]["hits"]
    marked = marked_words(one for hit in hits for some in hit.get("highlight", {}).values() for one in some)
    seen = [word for word in map(str.lower, marked) if word not in SAY_LITTLE]
    typed, folded = understood.asked.q, {plain(word) for word in unknown}
    spelled = _WORD.sub(lambda word: _nearest(word[0], seen) if plain(word[0]) in folded else word[0], typed)
    return spelled if spelled.lower() != typed.lower() else ""


def _nearest(word: str, seen: Sequence[str]) -> str:
    """What goes on where the word ends, the shortest; else the one most like it.

    What is English as it stands is meant so ("sales tax" is no "scales tax") where no other form of it is near.
    """
    begun = [other for other in seen if len(word) >= LEAST_BEGUN and other.startswith(word.lower())]
    if is_english(word):
        begun = [other for other in begun if _likeness(word, other) >= FORM]
    if begun or is_english(word):
        return min(begun, key=lambda other: (len(other), other), default=word)
    best = max(seen, key=lambda other: _likeness(word, other), default=word)
    return best if _likeness(word, best) >= NEAR else word


def _likeness(word: str, other: str) -> float:
    return SequenceMatcher(None, word.lower(), other).ratio()
