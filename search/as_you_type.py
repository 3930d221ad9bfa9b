"""What the box offers while somebody types: standards, topics and titles, in one list.

Standards come from the database in one indexed query, topics from memory, titles from the engine under the audience rule.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from search import query
from search.addresses import url
from search.client import EngineDown, ask_meanwhile
from search.lexicon import fold
from search.request import MAX_QUERY, SearchRequest
from search.trees import Topics, shorten
from standards.typeahead import standards_beginning

logger = logging.getLogger(__name__)

LEAST = 2  # characters before anything is offered
MOST_STANDARDS, MOST_TOPICS, MOST_TITLES = 4, 3, 5
# Who types waits no longer than this for titles; the rest is shown without them.
TITLES_TIMEOUT = 1.0
TITLE_FIELDS = ["title.typed", "title.typed._2gram", "title.typed._3gram"]


@dataclass(frozen=True)
class Suggestion:
    """kind: "standard", "topic" or "resource"; kind_label: how people call it; detail: more words beside it, or nothing."""

    kind: str
    kind_label: str
    label: str
    detail: str
    url: str
    value: str


def suggestions(typed: str, tokens: Collection[str]) -> list[Suggestion]:
    """For whoever holds these audience tokens. Without titles while the engine is away."""
    typed = " ".join(typed.split())
    if not LEAST <= len(typed) <= MAX_QUERY:
        return []
    titles = _titles(typed, tokens)  # begun first, since the engine takes longest
    return [*_standards(typed), *_topics(typed), *titles()]


def _standards(typed: str) -> Iterable[Suggestion]:
    for item in standards_beginning(typed, limit=MOST_STANDARDS):
        yield Suggestion(
            "standard",
            _("Standard"),
            item.human_coding_scheme or item.framework.short_name,
            shorten(item.abbreviated_statement or item.full_statement),
            url(SearchRequest().choosing("standard", [item.identifier])),
            item.identifier,
        )


def _topics(typed: str) -> Iterable[Suggestion]:
    """Those with a word that begins so; what begins so itself goes first."""
    wanted = fold(typed)
    if not wanted:
        return
    found = []
    for term in Topics().every():
        name = fold(term.label)
        if name.startswith(wanted) or f" {wanted}" in name:
            found.append((not name.startswith(wanted), len(name), term.label, term))
    for *_rank, term in sorted(found, key=lambda row: row[:3])[:MOST_TOPICS]:
        yield Suggestion(
            "topic",
            _("Topic"),
            term.label,
            "",
            url(SearchRequest().choosing("topic", [term.value])),
            term.value,
        )


def _titles(typed: str, tokens: Collection[str]) -> Callable[[], list[Suggestion]]:
    """Ask for titles; what is returned waits for them."""
    clause = query.visible(tokens)
    clause["bool"]["must"] = [
        {"multi_match": {"query": typed, "type": "bool_prefix", "operator": "and", "fields": TITLE_FIELDS}}
    ]
    body = {
        "query": clause,
        "size": MOST_TITLES,
        "track_total_hits": False,
        "timeout": "300ms",
        "_source": ["identifier", "card.title", "card.url", "card.kind.label"],
    }
    asked = ask_meanwhile(body, request_timeout=TITLES_TIMEOUT)

    def found() -> list[Suggestion]:
        try:
            hits = asked()["hits"]["hits"]
        except EngineDown as error:
            logger.warning("No titles while typing: %s", error)
            return []
        return [_title(hit["_source"]) for hit in hits]

    return found


def _title(source: Mapping[str, Any]) -> Suggestion:
    card = source["card"]
    return Suggestion("resource", card["kind"]["label"], card["title"], "", card["url"], source["identifier"])
