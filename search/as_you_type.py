"""What the box offers while somebody types: standards, topics and titles, in one list.

Standards come from the database in one indexed query, topics from memory, titles from the engine under the audience rule.
A grade among the words ("4th grade frac") is no word of theirs: what is offered is for it.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from search import query
from search.addresses import url
from search.client import EngineDown, ask_meanwhile, was_cut_short
from search.lexicon import fold
from search.padding import after_asking
from search.phrases import JOINED, read_grades
from search.request import MAX_QUERY, SearchRequest
from search.trees import Topics, shorten
from search.vocabularies import Term
from standards.grades import grade_range_label
from standards.said_grades import GRADE
from standards.typeahead import standards_beginning

logger = logging.getLogger(__name__)

LEAST = 2  # characters before anything is offered
MOST_STANDARDS, MOST_TOPICS, MOST_TITLES = 4, 3, 5
# Who types waits no longer than this for titles; the rest is shown without them.
TITLES_TIMEOUT = 1.0
TITLE_FIELDS = ["title.typed", "title.typed._2gram", "title.typed._3gram"]


@dataclass(frozen=True)
class Suggestion:
    """kind: "standard", "topic" or "resource"; kind_label: how people call it; detail: more words beside it, or nothing.
    framework: the title of a standard's, where those that are offered are of several. language: that a title is in."""

    kind: str
    kind_label: str
    label: str
    detail: str
    url: str
    value: str
    framework: str = ""
    language: str = ""


def suggestions(typed: str, tokens: Collection[str], organisations: Collection[int] = ()) -> list[Suggestion]:
    """For whoever holds these audience tokens, and works in these organisations. Without titles while the engine is away.

    Where nothing is called as it was typed, what only asks is left out: "how do I teach frac".
    """
    typed = " ".join(typed.split())
    found = _suggestions(typed, tokens, organisations)
    return found or _suggestions(after_asking(typed), tokens, organisations, but=typed)


def _suggestions(
    typed: str, tokens: Collection[str], organisations: Collection[int], but: str = ""
) -> list[Suggestion]:
    if typed == but or not LEAST <= len(typed) <= MAX_QUERY:
        return []
    words, grades = _without_grades(typed)
    topics = _topics(words)
    answer = _begin(typed, words, grades, tokens, topics)  # first, since the engine takes longest
    standards = list(_standards(words, grades, organisations))
    titles, none_of = answer()
    offered = [_topic(term, grades) for term in topics if term.value not in none_of][:MOST_TOPICS]
    return [*standards, *offered, *titles]


def _without_grades(typed: str) -> tuple[str, list[str]]:
    """The other words, and the grades. A grade alone may be the beginning of a title: it stays words."""
    match = GRADE.search(typed)
    if not match or not (grades := read_grades(match)):
        return typed, []
    before, after = JOINED.sub("", f" {typed[: match.start()]}"), typed[match.end() :]
    words = " ".join(f"{before} {after}".split()).strip(" ,;:")
    return (words, grades) if words else (typed, [])


def _standards(words: str, grades: Sequence[str], organisations: Collection[int]) -> Iterable[Suggestion]:
    found = standards_beginning(words, limit=MOST_STANDARDS, grades=grades, organisations=organisations)
    of_several = len({item.framework_id for item in found}) > 1
    for item in found:
        yield Suggestion(
            "standard",
            _("Standard"),
            item.human_coding_scheme or item.framework.short_name,
            shorten(item.abbreviated_statement or item.full_statement),
            url(SearchRequest().choosing("standard", [item.identifier])),
            item.identifier,
            item.framework.title if of_several else "",
        )


def _topics(words: str) -> list[Term]:
    """Those with a word that begins so; what begins so itself goes first. More than are offered: of some nothing may be for
    the grades that are typed."""
    wanted = fold(words)
    if not wanted:
        return []
    found = []
    for term in Topics().every():
        name = fold(term.label)
        if name.startswith(wanted) or f" {wanted}" in name:
            found.append((not name.startswith(wanted), len(name), term.label, term))
    return [term for *_rank, term in sorted(found, key=lambda row: row[:3])[: MOST_TOPICS * 3]]


def _topic(term: Term, grades: Sequence[str]) -> Suggestion:
    """It leads to what is for these grades."""
    return Suggestion(
        "topic",
        _("Topic"),
        term.label,
        grade_range_label(grades) if grades else "",
        url(SearchRequest().choosing("topic", [term.value]).choosing("grade", grades)),
        term.value,
    )


def _begin(
    typed: str, words: str, grades: Sequence[str], tokens: Collection[str], topics: Sequence[Term]
) -> Callable[[], tuple[list[Suggestion], set[str]]]:
    """Ask for titles, with the grade in them or of resources that are for it, and for which of the topics nothing is for the
    grade; what is returned waits for them."""
    clause = query.visible(tokens)
    either = [_beginning(typed)]
    if grades:
        either.append({"bool": {"must": [_beginning(words)], "filter": [{"terms": {"grade": grades}}]}})
    clause["bool"]["must"] = [{"bool": {"should": either}}]
    body = {
        "query": clause,
        "size": MOST_TITLES,
        "track_total_hits": False,
        "timeout": "300ms",
        "_source": ["identifier", "card.title", "card.url", "card.kind.label", "language"],
    }
    if grades and topics:
        body["aggs"] = {"all": {"global": {}, "aggs": {"topics": _counts(topics, grades, tokens)}}}
    asked = ask_meanwhile(body, request_timeout=TITLES_TIMEOUT)

    def found() -> tuple[list[Suggestion], set[str]]:
        try:
            answer = asked()
        except EngineDown as error:
            logger.warning("No titles while typing: %s", error)
            return [], set()
        counted = answer.get("aggregations") if not was_cut_short(answer) else None
        counts = counted["all"]["topics"]["buckets"] if counted else {}
        none_of = {value for value, bucket in counts.items() if not bucket["doc_count"]}
        return [_title(hit["_source"]) for hit in answer["hits"]["hits"]], none_of

    return found


def _counts(topics: Sequence[Term], grades: Sequence[str], tokens: Collection[str]) -> dict[str, Any]:
    return {
        "filters": {
            "filters": {
                term.value: {
                    "bool": {
                        "filter": [
                            query.visible(tokens),
                            *query.chosen_filters({"topic": [term.value], "grade": grades}),
                        ]
                    }
                }
                for term in topics
            }
        }
    }


def _beginning(words: str) -> dict[str, Any]:
    """Titles with these words, the last of them as a beginning; after those, titles with other forms of the others."""
    *whole, last = words.split() or [words]
    as_typed = _typed(words)
    if not whole:
        return as_typed
    in_any_form = {"match": {"title": {"query": " ".join(whole), "operator": "and", "boost": 0}}}
    return {"bool": {"should": [as_typed, {"bool": {"must": [in_any_form, _typed(last)]}}]}}


def _typed(words: str) -> dict[str, Any]:
    return {"multi_match": {"query": words, "type": "bool_prefix", "operator": "and", "fields": TITLE_FIELDS}}


def _title(source: Mapping[str, Any]) -> Suggestion:
    card = source["card"]
    return Suggestion(
        "resource",
        card["kind"]["label"],
        card["title"],
        "",
        card["url"],
        source["identifier"],
        language=next(iter(source["language"]), ""),
    )
