"""The words of a query as the engine's request: what they match, how much a match is worth, what is highlighted."""

from typing import Any

from standards.codes import looks_like_code, query_forms

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


def match(q: str) -> dict[str, Any]:
    """All words, or nearly; a code in any spelling finds what is aligned to it first, then what is below it."""
    alternatives = [_words(q)]
    code, rest = split_code(q)
    if code:
        forms = query_forms(code)
        exact = {"constant_score": {"filter": {"terms": {"code_forms": forms}}, "boost": CODE_BOOST}}
        above = {"constant_score": {"filter": {"terms": {"codes_above": forms}}, "boost": CODE_ABOVE_BOOST}}
        by_code: dict[str, Any] = {"bool": {"should": [exact, above], "minimum_should_match": 1}}
        alternatives.append({"bool": {"must": [by_code, _words(rest)]}} if rest else by_code)
    return {"bool": {"should": alternatives, "minimum_should_match": 1}}


def _words(q: str) -> dict[str, Any]:
    """The fields taken as one, so that one word may be in the title and the other in the objectives."""
    enough = {"combined_fields": {"query": q, "fields": TEXT_FIELDS, "minimum_should_match": ENOUGH_WORDS}}
    # "the" or "?" says nothing: it finds everything, which combined_fields cannot be told.
    in_title = {"match": {"title": {"query": q, "operator": "and", "zero_terms_query": "all"}}}
    found = {"bool": {"should": [enough, in_title], "minimum_should_match": 1}}
    phrase = {
        "multi_match": {
            "query": q,
            "type": "phrase",
            "fields": ["title^4", "summary^2", "objectives"],
            "slop": 1,
        }
    }
    return {"bool": {"must": [found], "should": [phrase] if " " in q else []}}


def match_nearly(q: str) -> dict[str, Any]:
    """Near spellings, asked for only where nothing matches as typed."""
    return {"match": {SPELLING: {"query": q, **NEARLY, "minimum_should_match": ENOUGH_WORDS}}}


def split_code(q: str) -> tuple[str, str]:
    """The code of a standard in a query, and the words beside it; "" where there is none.

    "6rp3" is a code, and so is the first word of "6.RP.A.3 word problems"; a plain number is not.
    """
    whole = q.rsplit(":", 1)[-1].strip()
    if looks_like_code(whole) and any(character.isalpha() for character in whole):
        return whole, ""
    words = q.split()
    for word in words:
        bare = word.rsplit(":", 1)[-1].strip(",;()")
        mixed = any(c.isalpha() for c in bare) and any(c.isdigit() for c in bare)
        if mixed and looks_like_code(bare):
            return bare, " ".join(other for other in words if other is not word)
    return "", q


def highlight(q: str, *, fuzzy: bool = False) -> dict[str, Any]:
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
    match: dict[str, Any] = {"multi_match": {"query": q, "fields": list(fields)}}
    if fuzzy:
        fields = {SPELLING: {"number_of_fragments": 5, "fragment_size": 100}}
        match = {"match": {SPELLING: {"query": q, **NEARLY}}}
    return {
        "pre_tags": [MARK_START],
        "post_tags": [MARK_END],
        "highlight_query": match,
        "max_analyzer_offset": 200_000,
        "fields": fields,
    }
