"""The words of a query as the engine's request: what they match. What is marked in it: `marking.py`.

How much a match is worth is in `ranking.py`. A query is asked strictly first: all of up to three words, three quarters of
more. Where that finds few, it is asked loosely: what has some of the words, or words spelled nearly so, follows. A sentence
is asked loosely from the start.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from search import ranking
from search.english import is_english
from search.mapping import WORDS
from search.padding import about
from search.quoted import is_long
from search.ranking import NO_LEADS, Leads, Weights
from search.together import in_title, standing_together, whole_title
from search.words import SAY_NOTHING, Alternative, Words
from standards.codes import query_forms

# Asked strictly, up to three words must all be there; of more, three quarters.
STRICTLY = "3<75%"
# Of the words beside a misspelled one, and what is near to that: so many tell together what was meant.
BESIDE_A_SLIP = "2<75%"
# Asked loosely, one of up to five words; of more, nearly a third: a long question has many words that say little.
LOOSELY = "1<1 5<30%"
# Strictly found fewer than this, a query is asked loosely.
FEW = 10
# Above any score of text and signals: what is aligned to the very standard comes first, and of that what teaches or
# assesses it; then what is aligned below it. The best of them counts, and words tell apart what is in one tier.
CODE_TIERS = {
    "strong_codes": 30_000.0,
    "code_forms": 10_000.0,
    "strong_codes_above": 3_000.0,
    "codes_above": 1_000.0,
}
# Where only the beginning of their codes was typed, none of the standards is more what was asked for than those below it.
ALIKE_TIERS = {**CODE_TIERS, "strong_codes": 3_000.0, "code_forms": 1_000.0}
# Above any code.
PICKED = 1_000_000.0
# Of a sentence so many words must be there as this many resources have, also for those who filter: on a large site, weighing
# all that have any would take long.
PLENTY = 1_000
# In a question the words of a title say more than the fields' weights of a sentence give them.
ASKED_IN_TITLE = 0.5

# Near spellings are looked for among whole words, and the first letter is taken as right. What has three letters or fewer is
# as a rule an acronym: "PBL" is no "PBS". Two slips only in long words: "basket" is no "based".
SPELLING = "spelling"
NEARLY: dict[str, Any] = {"fuzziness": "AUTO:4,8", "prefix_length": 1}
# Near spellings of shorter words, and of those that say nothing, are of no use: "the" is near to "then" and "them", and in
# every text itself.
LEAST_NEAR = 4
LEAST_DOUBTED = 5
# Spellings looked at for a word, the nearest of them, and for all words together. Of a large vocabulary, forty garbled words
# of a sentence each come near to thirty others, the sentence's query has them twice, and may have 1,024 clauses in all.
NEAR_A_WORD, NEAR_IN_ALL = 30, 250
# How much a near spelling counts beside the word itself.
NEARLY_BOOST = 0.6
# What has the very words gains beside what has their kin: who divides fractions asks for more than any division.
AS_TYPED_BOOST = 1.0
# How much words count that do not say what a query is about.
PADDED_BOOST = 0.2
# Longer than any few words. Of Chinese each sign is a word, and a query may have 1,024 clauses.
MOST_AS_TYPED = 100  # characters

# Of codes that begin alike, so many are looked for in texts. All are what is aligned to.
MOST_CODES = 20


@dataclass(frozen=True)
class How:
    """How a query is asked: loosely where it finds few, and with what its best matches share."""

    loosely: bool = False
    # Of a sentence so many words at least: one, or more where plenty of resources have those.
    enough: int = 1
    # Words of a sentence that may be misspelled: only in their place are near spellings looked for.
    doubtful: tuple[str, ...] = ()
    # So it is with other words of which something has all: they are spelled as meant, and what has only words near is none.
    sure: bool = False
    leads: Leads = NO_LEADS
    # In spellings near the doubtful ones alone, for who looks for one that was meant.
    nearly: bool = False
    # For the best few alone: signals are left to who asks.
    best: bool = False
    # Not for who counts.
    weighed: bool = True

    @property
    def counted(self) -> "How":
        """The same for who counts: what only ranks finds nothing."""
        found_by = Leads(standards=self.leads.standards) if self.loosely and not self.sure else NO_LEADS
        return replace(self, leads=found_by, weighed=False)


STRICT = How()

# Matches whatever the conditions let through, and weighs nothing.
EVERY: dict[str, Any] = {"match_all": {"boost": 0}}
# Conditions, and what weighs.
Parts = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def match(words: Words, how: How = STRICT) -> dict[str, Any]:
    """Everything that must be found, and what must not; a code in any spelling finds what is aligned to it first, then
    what is below it. What coordinators picked is found beside all that, and comes first."""
    if how.nearly:
        return _nearly(words, how)
    found = _match(words, how)
    if not words.picked:
        return found
    picks = [
        {
            "constant_score": {
                "filter": {"term": {"identifier": identifier}},
                "boost": PICKED * (len(words.picked) - place),
            }
        }
        for place, identifier in enumerate(words.picked)
    ]
    return {"bool": {"should": [found, *picks], "minimum_should_match": 1}}


def _match(words: Words, how: How) -> dict[str, Any]:
    """All that weighs is on one level, beside conditions that only leave out, and one of it must match: so the engine tells
    what cannot be among the first without weighing it. With a condition in one clause with what weighs it, or where none
    need match, it would weigh all."""
    weights = ranking.in_force()
    needed: list[dict[str, Any]] = []
    ranked: list[dict[str, Any]] = []
    must: list[dict[str, Any]] = []
    if words.codes:
        must.append(_codes_or_text(words, weights, how))
    elif words.text:
        needed, ranked = _text(words, weights, how)
        ranked += _more(words, weights, how)
        ranked += map(_phrase, words.courses)
    if words.typed:
        ranked += _with_padding(words.typed, weights)
    if words.extra:
        ranked.append(_weighed(words.extra, weights))
    if not how.best:
        by_words = bool(words.text) and not words.codes
        ranked += ranking.signals(weights, how.leads.good, by_words=by_words)
    conditions = {
        "filter": needed,
        "must": [*must, *(_phrase(phrase, zero_terms_query="all") for phrase in words.phrases)],
        "must_not": [_phrase(one) for one in words.excluded],
    }
    if not how.weighed:
        return {"bool": conditions}
    return {"bool": {**conditions, "should": [*ranked, EVERY], "minimum_should_match": 1}}


def _codes_or_text(words: Words, weights: Weights, how: How) -> dict[str, Any]:
    """What is aligned to the codes, and has the words beside them; or has the code in its text."""
    forms = sorted({form for code in words.codes for form in query_forms(code)})
    tiers = [
        {"constant_score": {"filter": {"terms": {field: forms}}, "boost": boost}}
        for field, boost in (ALIKE_TIERS if words.alike else CODE_TIERS).items()
    ]
    aligned: dict[str, Any] = {"dis_max": {"queries": tiers}}
    if words.text:
        needed, ranked = _text(words, weights, how)
        text = {"bool": {"filter": needed, "should": ranked}}
        parts = {"must": [aligned], "should": [text]} if how.loosely else {"must": [aligned, text]}
        aligned = {"bool": parts}
    return {"bool": {"should": [aligned, _as_text(words, weights)], "minimum_should_match": 1}}


def _as_text(words: Words, weights: Weights) -> dict[str, Any]:
    """Codes as they are written, and the words beside them. Of "6.RP.9" or "x^2" the signs alone are in every lesson."""
    parts = [
        *map(_phrase, words.codes[:MOST_CODES]),
        *([_weighed(words.text, weights)] if words.text else []),
    ]
    return {"bool": {"must": parts}}


def _text(words: Words, weights: Weights, how: How) -> Parts:
    """The text as typed, or with alternatives in the place of some of its words."""
    if how.loosely and is_long(words.text):
        return _sentence(words, weights, how)
    if how.loosely:
        instead = [_in_place_of(one) for one in words.alternatives]
        needed = _either(_needed(words.text, how), *instead, *_on_the_same(how))
        if not instead:
            return [needed], _ranked(words.text, weights, how)
        return [needed], [_weighed(words.text, weights, how), *instead]
    if not words.alternatives:
        return [_needed(words.text, how)], _ranked(words.text, weights, how)
    rest, groups = words.text, []
    for alternative in words.alternatives:
        rest = " ".join(f" {rest} ".replace(f" {alternative.words} ", "  ", 1).split())
        instead = [_phrase(one) for one in alternative.instead]
        groups.append(_either(_weighed(alternative.words, weights), *instead))
    other = {"bool": {"must": [*([_weighed(rest, weights, how)] if rest else []), *groups]}}
    return [_either(_needed(words.text, how), other)], [_weighed(words.text, weights, how), other]


def _on_the_same(how: How) -> list[dict[str, Any]]:
    """Where nothing has all the words: what is on the standards of the best matches, whatever its words."""
    standards = [] if how.sure else [standard for standard, _share in how.leads.standards]
    return [{"terms": {"standard": standards}}] if standards else []


def _in_place_of(alternative: Alternative) -> dict[str, Any]:
    """What says it in another way, and has not the words themselves: those are weighed already."""
    others = {"dis_max": {"queries": [_phrase(one) for one in alternative.instead]}}
    return {"bool": {"must": [others], "must_not": [_having(alternative.words, "100%")]}}


def _more(words: Words, weights: Weights, how: How) -> list[dict[str, Any]]:
    """What need not match, and ranks higher where it does."""
    more = ranking.following(how.leads, weights)
    if how.leads.standards and weights.shared:
        # Whoever types a title means that, and not what others share.
        more.append(
            {"constant_score": {"filter": whole_title(words.text), "boost": how.leads.top * weights.shared}}
        )
    if words.around and weights.around:
        # Long texts have many of these words by chance, and take the engine the longest.
        around = _any_of(words.around, weights, weights.around, without=ranking.LONG_TEXT)
        around["combined_fields"]["_name"] = ranking.AROUND
        more.append(around)
    return more


def _with_padding(typed: str, weights: Weights) -> list[dict[str, Any]]:
    """Of two lessons on fractions, the "fun" one; and "Introduction to Algebra" for who types that.

    A sentence has words enough, and a query may have 1,024 clauses.
    """
    if is_long(typed):
        return in_title(typed, weights)
    return [_any_of(typed, weights, PADDED_BOOST), *standing_together(typed, weights)]


def _any_of(text: str, weights: Weights, boost: float = 1.0, without: Collection[str] = ()) -> dict[str, Any]:
    """Any words of a long text, each taken once."""
    fields = ranking.text_fields(weights, sentence=True, without=without)
    return {"combined_fields": {"query": _once(text), "fields": fields, "boost": boost}}


def _sentence(words: Words, weights: Weights, how: How) -> Parts:
    """What has the most of a sentence's words, each taken once. Where it is a standard's, the words around that help."""
    near = _nearly_spelled(" ".join(how.doubtful))
    # An acronym written out: who has that need not have the acronym.
    instead = [_phrase(other) for other in written_out(words) if " " in other]
    ranked = [_any_of(words.text, weights), *near, *instead]
    ranked += in_title(words.text, weights)
    if not words.quoted:
        ranked.append({"match": {"title": {"query": _once(words.text), "boost": ASKED_IN_TITLE}}})
    return [_either(_having(_once(words.text), how.enough), *near, *instead)], ranked


def _weighed(text: str, weights: Weights, how: How = STRICT) -> dict[str, Any]:
    return {"bool": {"filter": [_needed(text, how)], "should": _ranked(text, weights, how)}}


def _needed(text: str, how: How) -> dict[str, Any]:
    told = about(text)
    if how.loosely:
        # Of "GCF and LCM" the "and" is one of three, and finds nothing.
        in_doubt = " ".join(how.doubtful) if how.sure else told
        return _either(_having(told, LOOSELY, if_empty="none"), *_nearly_spelled(in_doubt))
    if told == text:
        return _having(text, STRICTLY)
    # Of "end of unit project on ratios" three words are in whatever ends a unit.
    return {"bool": {"filter": [_having(text, STRICTLY), _having(told, STRICTLY)]}}


def most_words(words: Words) -> dict[str, Any]:
    """What has any of a sentence's words: the score is how many."""
    return {
        "bool": {
            "must": [{"match": {WORDS: _once(words.text)}}],
            "filter": [_phrase(phrase, zero_terms_query="all") for phrase in words.phrases],
            "must_not": [_phrase(one) for one in words.excluded],
        }
    }


def written_out(words: Words) -> list[str]:
    """What stands for acronyms and synonyms."""
    return list(dict.fromkeys(other for one in words.alternatives for other in one.instead))


def _once(text: str) -> str:
    return " ".join(dict.fromkeys(text.lower().split()))


def _having(text: str, enough: str | int, if_empty: str = "all") -> dict[str, Any]:
    """What has enough of the words anywhere. Weighs nothing, and so is quick: what weighs them is asked of these alone."""
    # "the" or "?" says nothing: it finds everything.
    return {"match": {WORDS: {"query": text, "minimum_should_match": enough, "zero_terms_query": if_empty}}}


def _either(*ways: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"should": list(ways), "minimum_should_match": 1}}


def _ranked(text: str, weights: Weights, how: How) -> list[dict[str, Any]]:
    """The fields taken as one, so that one word may be in the title and the other in the objectives."""
    fields = ranking.text_fields(weights)
    all_in_title = {"match": {"title": {"query": text, "operator": "and"}}}
    return [
        {"combined_fields": {"query": text, "fields": fields}},
        all_in_title,
        *_as_typed(text),
        *standing_together(text, weights),
        *(
            [near(text, fuzziness="AUTO", minimum_should_match=LOOSELY, boost=NEARLY_BOOST)]
            if how.loosely
            else []
        ),
    ]


def _as_typed(text: str) -> list[dict[str, Any]]:
    said = " ".join(word for word in text.split() if word.lower() not in SAY_NOTHING)
    if not said or len(said) > MOST_AS_TYPED:
        return []
    return [{"match": {SPELLING: {"query": said, "boost": AS_TYPED_BOOST}}}]


def _nearly_spelled(text: str) -> list[dict[str, Any]]:
    """What has words near those that may be misspelled."""
    if not (slips := may_be_slips(text)):
        return []
    return [near(" ".join(slips), minimum_should_match=LOOSELY, boost=NEARLY_BOOST)]


def may_be_slips(text: str) -> list[str]:
    """Its words of some length that no dictionary has: "kill" is no "kilo"."""
    return [word for word in text.split() if len(word) >= LEAST_NEAR and not is_english(word)]


def near(text: str, **more: Any) -> dict[str, Any]:
    most = max(1, min(NEAR_A_WORD, NEAR_IN_ALL // max(1, len(text.split()))))
    return {"match": {SPELLING: {"query": text, **NEARLY, "max_expansions": most, **more}}}


def _phrase(text: str, **more: Any) -> dict[str, Any]:
    """Word after word, in any one field; a single word is a short phrase."""
    return {"multi_match": {"query": text, "type": "phrase", "fields": list(ranking.TEXT), **more}}


def _nearly(words: Words, how: How) -> dict[str, Any]:
    """What has words near those in doubt, or that begin with one of them, and most of all words."""
    others = [word for word in words.wanted.split() if word.lower() not in how.doubtful]
    ways = [
        *(_having(word, 1) for word in others),
        *([meant_by([one]) for one in how.doubtful] if others else []),
    ]
    conditions = {
        "must": [meant_by(how.doubtful)],
        "should": ways,
        "minimum_should_match": BESIDE_A_SLIP if others else 0,
        "must_not": [_phrase(one) for one in words.excluded],
    }
    return {"bool": conditions}


def meant_by(doubtful: Collection[str]) -> dict[str, Any]:
    """Near spellings, and words that go on where a word ends: "trig" is "trigonometry"."""
    begun = [{"prefix": {SPELLING: word}} for word in doubtful]
    return _either(near(" ".join(doubtful)), *begun)


def doubts(words: Words) -> dict[str, Any]:
    """Asks the engine which of the words stand in no title, summary and the like, though others near them do."""
    typed = " ".join([words.text, *words.phrases]).strip()
    if not typed:
        return {}
    near = {"field": SPELLING, "suggest_mode": "missing", "size": 1, "prefix_length": 1}
    near["min_word_length"] = LEAST_DOUBTED
    return {"suggest": {SPELLING: {"text": typed, "term": near}}}


def anywhere(words: str) -> dict[str, Any]:
    """A word in any text, or several that stand side by side there."""
    return _phrase(words) if " " in words else {"match": {WORDS: words}}
