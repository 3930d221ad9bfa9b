"""The words of a query as the engine's request: what they match, how much a match is worth, what is highlighted."""

from typing import Any

from search.words import Words
from standards.codes import query_forms

# How much a match in a field is worth beside the others.
WEIGHTS = {
    "title": 5.0,
    "keywords": 3.0,
    "summary": 3.0,
    "objectives": 3.0,
    "statements": 2.0,
    "context": 1.0,
    "grade_words": 1.0,
    "body": 1.0,
}
TEXT_FIELDS = [f"{name}^{weight:g}" for name, weight in WEIGHTS.items()]
# Two words must both be there; of three or more, three quarters.
ENOUGH_WORDS = "2<75%"
# Above any score of text, so that a resource aligned to the very standard comes first.
CODE_BOOST, CODE_ABOVE_BOOST = 1000.0, 500.0

# Near spellings are looked for among whole words, and the first letter is taken as right.
SPELLING = "spelling"
NEARLY: dict[str, Any] = {"fuzziness": "AUTO", "prefix_length": 1, "max_expansions": 30}

# Brackets for highlights that no text contains; they become <mark> after escaping.
MARK_START, MARK_END = "\ue000", "\ue001"


def match(words: Words) -> dict[str, Any]:
    """Everything that must be found, and what must not; a code in any spelling finds what is aligned to it first, then
    what is below it."""
    must = []
    if words.text or words.codes:
        must.append(_text_or_codes(words))
    must += [_phrase(phrase, zero_terms_query="all") for phrase in words.phrases]
    return {
        "bool": {
            # Without a `must`, one of `should` would have to match.
            "must": must or [{"match_all": {}}],
            "must_not": [_phrase(one) for one in words.excluded],
            "should": [_words(words.extra)] if words.extra else [],
        }
    }


def _text_or_codes(words: Words) -> dict[str, Any]:
    if not words.codes:
        return _with_alternatives(words)
    forms = sorted({form for code in words.codes for form in query_forms(code)})
    exact = {"constant_score": {"filter": {"terms": {"code_forms": forms}}, "boost": CODE_BOOST}}
    above = {"constant_score": {"filter": {"terms": {"codes_above": forms}}, "boost": CODE_ABOVE_BOOST}}
    by_code: dict[str, Any] = {"bool": {"should": [exact, above], "minimum_should_match": 1}}
    if words.text:
        by_code = {"bool": {"must": [by_code, _with_alternatives(words)]}}
    as_text = _words(" ".join([*words.codes, words.text]))
    return {"bool": {"should": [as_text, by_code], "minimum_should_match": 1}}


def _with_alternatives(words: Words) -> dict[str, Any]:
    """The text as typed; or the rest of it, and for each word that has alternatives the word or one of them."""
    if not words.alternatives:
        return _words(words.text)
    rest, groups = words.text, []
    for alternative in words.alternatives:
        rest = " ".join(f" {rest} ".replace(f" {alternative.words} ", "  ", 1).split())
        either = [_words(alternative.words), *(_phrase(instead) for instead in alternative.instead)]
        groups.append({"bool": {"should": either, "minimum_should_match": 1}})
    expanded: dict[str, Any] = {"bool": {"must": [*([_words(rest)] if rest else []), *groups]}}
    return {"bool": {"should": [_words(words.text), expanded], "minimum_should_match": 1}}


def _words(text: str) -> dict[str, Any]:
    """The fields taken as one, so that one word may be in the title and the other in the objectives."""
    enough = {"combined_fields": {"query": text, "fields": TEXT_FIELDS, "minimum_should_match": ENOUGH_WORDS}}
    # "the" or "?" says nothing: it finds everything, which combined_fields cannot be told.
    in_title = {"match": {"title": {"query": text, "operator": "and", "zero_terms_query": "all"}}}
    found = {"bool": {"should": [enough, in_title], "minimum_should_match": 1}}
    phrase = {
        "multi_match": {
            "query": text,
            "type": "phrase",
            "fields": ["title^4", "summary^2", "objectives"],
            "slop": 1,
        }
    }
    return {"bool": {"must": [found], "should": [phrase] if " " in text else []}}


def _phrase(text: str, **more: Any) -> dict[str, Any]:
    """Word after word, in any one field; a single word is a short phrase."""
    return {"multi_match": {"query": text, "type": "phrase", "fields": TEXT_FIELDS, **more}}


def match_nearly(words: Words) -> dict[str, Any]:
    """Near spellings, asked for only where nothing matches as typed. What is excluded stays so."""
    nearly = {"match": {SPELLING: {"query": words.wanted, **NEARLY, "minimum_should_match": ENOUGH_WORDS}}}
    return {"bool": {"must": [nearly], "must_not": [_phrase(one) for one in words.excluded]}}


def highlight(words: Words, *, fuzzy: bool = False) -> dict[str, Any]:
    whole = {"number_of_fragments": 0}
    part = {"number_of_fragments": 1, "fragment_size": 160}
    fields = {
        "title": whole,
        "summary": whole,
        "objectives": part,
        "statements": part,
        "keywords": part,
        "body": part,
    }
    match: dict[str, Any] = {"multi_match": {"query": words.wanted, "fields": list(fields)}}
    if fuzzy:
        fields = {SPELLING: {"number_of_fragments": 5, "fragment_size": 100}}
        match = {"match": {SPELLING: {"query": words.wanted, **NEARLY}}}
    return {
        "pre_tags": [MARK_START],
        "post_tags": [MARK_END],
        "highlight_query": match,
        "max_analyzer_offset": 200_000,
        "fields": fields,
    }
