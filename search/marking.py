"""What of a query is marked in its hits."""

from collections.abc import Collection
from typing import Any

from search.quoted import is_long
from search.text import MOST_CODES, SPELLING, STRICT, How, may_be_slips, meant_by, near, written_out
from search.words import Words

# Brackets for highlights that no text contains; they become <mark> after escaping.
MARK_START, MARK_END = "\ue000", "\ue001"


def highlight(words: Words, how: How = STRICT) -> dict[str, Any]:
    """What is marked in the hits. Each field is asked for by a query of its own: one of all fields the engine takes apart
    anew for every field of every hit, which takes as long as finding the hits."""
    whole = {"number_of_fragments": 0}
    part = {"number_of_fragments": 1, "fragment_size": 160}
    fields: dict[str, dict[str, Any]] = {
        "title": whole,
        "summary": whole,
        "objectives": part,
        "statements": part,
        "context": part,
        # Each topic, tag and name is a part of its own.
        "keywords": {"number_of_fragments": 3, "fragment_size": 160},
        "grade_words": part,
        "attachments": part,
        "body": part,
    }
    text = " ".join(filter(None, [words.text, *words.phrases]))
    # Of a code the whole: its "6" and "2" are in every lesson with numbers. And an acronym written out: else what is found
    # by that would not say so.
    in_a_row = [*words.codes[:MOST_CODES], *words.courses, *written_out(words)]
    marked = {} if how.nearly else {name: _marked(name, text, in_a_row) for name in fields}
    if words.extra and marked:
        # Of "grades 3-5", too, the digits are in every lesson with numbers: it is marked among the grades alone.
        marked["grade_words"] = _marked("grade_words", f"{text} {words.extra}", ())
    asked = {name: {**fields[name], "highlight_query": query} for name, query in marked.items()}
    spelled = how.doubtful if how.nearly or is_long(words.text) else may_be_slips(text)
    if spelled and (how.loosely or how.nearly):
        close = meant_by(spelled) if how.nearly else near(" ".join(spelled))
        asked[SPELLING] = {"number_of_fragments": 5, "fragment_size": 100, "highlight_query": close}
    return {
        "pre_tags": [MARK_START],
        "post_tags": [MARK_END],
        "max_analyzer_offset": 200_000,
        "fields": asked,
    }


def _marked(field: str, text: str, in_a_row: Collection[str]) -> dict[str, Any]:
    """What is marked in a field: these words, and those that stand in a row."""
    rows = [{"match_phrase": {field: one}} for one in in_a_row]
    return {"bool": {"should": [*([{"match": {field: text}}] if text else []), *rows]}}
