"""What a query that finds nothing may have been meant to say: its words in the spelling of what comes near.

The words come from resources that the reader may see, so a correction gives away nothing of others.
"""

import re
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from search import marking, query, text
from search.client import ask
from search.english import foreign_words, is_english
from search.hits import marked_words
from search.lexicon import fold, lexicon, plain
from search.padding import SAY_LITTLE, SPANISH, about
from search.scouting import Scouted
from search.understanding import Understood
from search.words import SAY_NOTHING, Words, overlaps
from search.words import tokens as tokens_of_query

LOOKED_AT = 10  # resources
NEAR = 0.7  # of SequenceMatcher
FORM = 0.9  # the same: "equivalent", "equivalente"
# What is long is as a rule the same word in several languages ("perímetro"); of short ones "medición" is no medicine.
SAME, LEAST_SAME = 0.8, 9
LEAST_BEGUN = 4  # characters of a word that was left off
NAMED = 0.85  # of a name and a common word
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
    counts = {way: found[way.words]["doc_count"] for way in ways}
    # What has a name or a synonym here is a way as well, though no resource has it so: "timestables".
    named = {way for way in ways if lexicon().names_something(way.words)}
    taken: list[Way] = []
    for way in sorted(ways, key=lambda way: (-counts[way], way not in named)):
        if (counts[way] or way in named) and not overlaps(way, taken):
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
    # Neither the words of filters tell what was meant, nor the sort of thing that is wanted.
    words = replace(understood.words, text=about(understood.words.text), extra="")
    body = {
        "query": query.base(words, tokens, how),
        "highlight": marking.highlight(words, how),
        "size": LOOKED_AT,
        "timeout": query.TIME_LIMIT,
        "_source": False,
    }
    hits = ask(body)["hits"]["hits"]
    marked = marked_words(one for hit in hits for some in hit.get("highlight", {}).values() for one in some)
    seen = [word for word in map(str.lower, marked) if word not in SAY_LITTLE]
    spelled = respell(understood, seen, unknown)
    return spelled if spelled.lower() != understood.asked.q.lower() else ""


def respell(understood: Understood, seen: Sequence[str], unknown: Collection[str]) -> str:
    """Pure: what became a filter or is excluded stays as it is, and so do quotes. Words of another language are replaced all
    or none: "suma y resta" is no "sum y resta". Of all of them, the "las" of "las plantas" goes, too."""
    q, folded = understood.asked.q, {plain(word) for word in unknown}
    free = [
        token
        for token in tokens_of_query(q)
        if not token.excluded and not overlaps(token, understood.applied)
    ]
    names = names_in(q)
    foreign = foreign_words(" ".join(token.typed for token in free))
    near = {
        word: _nearest(
            word,
            [one for one in seen if word not in names or _may_be_name(word, one)],
            foreign=word in foreign,
        )
        for token in free
        for word in _WORD.findall(token.typed)
        if plain(word) in folded
    }
    little = {token for token in free if foreign and token.is_plain and plain(token.text) in SPANISH}
    if any(near.get(word, word) == word for word in foreign):
        near = {word: other for word, other in near.items() if word not in foreign}
        little = set()
    for token in reversed(free):
        spelled = _WORD.sub(lambda word: near.get(word[0], word[0]), token.typed)
        if token in little:
            q = f"{q[: token.start].rstrip()} {q[token.end :].lstrip()}".strip()
        else:
            q = q[: token.start] + spelled + q[token.end :]
    return q


def _nearest(word: str, seen: Sequence[str], *, foreign: bool) -> str:
    """What goes on where the word ends, the shortest; else the one most like it, with its capitals.

    What is English as it stands is meant so ("sales tax" is no "scales tax") where no other form of it is near; what is of
    another language, where it is not the same word here. Nor does anybody add to a word by a slip, but for its last letter
    twice: "The Giver" is about no giving.
    """
    spelled = _most_like(word, seen, foreign=foreign)
    if spelled == word:
        return word
    return (
        spelled.upper()
        if word.isupper() and len(word) > 1
        else spelled.capitalize()
        if word[0].isupper()
        else spelled
    )


def _most_like(word: str, seen: Sequence[str], *, foreign: bool) -> str:
    typed = word.lower()
    begun = [other for other in seen if len(word) >= LEAST_BEGUN and other.startswith(typed)]
    if is_english(word):
        begun = [other for other in begun if _likeness(word, other) >= FORM]
        return min(begun, key=lambda other: (len(other), other), default=word)
    if begun and not foreign:
        return min(begun, key=lambda other: (len(other), other))
    least = NEAR if not foreign else SAME if len(word) >= LEAST_SAME else FORM
    others = [other for other in seen if not _goes_on(typed, other)]
    best = max(others, key=lambda other: _likeness(word, other), default=word)
    return best if _likeness(word, best) >= least else word


def _goes_on(typed: str, other: str) -> bool:
    """Whether the word as typed goes on where the other ends, with more than its last letter."""
    return typed.startswith(other) and typed != other + other[-1]


def names_in(q: str) -> set[str]:
    """The words that are written as names are, within a text that is not all in capitals."""
    _first, *rest = q.split() or [""]
    return (
        set() if q.isupper() else {word for one in rest for word in _WORD.findall(one) if word[0].isupper()}
    )


def _may_be_name(word: str, other: str) -> bool:
    """ "The Giver" is not "the given": a name becomes no common word that is not very near."""
    return not is_english(other) or _likeness(word, other) >= NAMED


def is_no_slip(words: Words, unknown: Collection[str]) -> bool:
    """Whether what nothing has is spelled as meant, so that what comes near is something else ("friction" and "fraction"):
    words of another language; or a word alone that a dictionary has, or that is written as a name. Beside others, what has
    those may do."""
    foreign = {word.lower() for word in foreign_words(words.text)}
    if len([word for word in words.text.split() if word.lower() not in SAY_LITTLE]) > 1 or words.codes:
        return foreign.issuperset(unknown)
    names = {name.lower() for name in names_in(words.text)}
    return all(word in foreign or word in names or is_english(word) for word in unknown)


def _likeness(word: str, other: str) -> float:
    return SequenceMatcher(None, plain(word), plain(other)).ratio()
