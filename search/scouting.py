"""Find out how a query is best asked, by a look at its best matches before the page is asked for.

The look is without filters, facets and highlights, and for five hits, so it is cheap. What it says is the same whatever is
chosen beside the words: choosing a filter never turns a strict search into a loose one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from search import query, ranking, text
from search.client import ask
from search.quoted import is_long
from search.text import How
from search.words import Words


@dataclass(frozen=True)
class Scouted:
    """how: the way to ask. strictly: how many have all the words, of a sentence any of them, counted to text.FEW.
    doubtful: words that may be misspelled, since no title, summary or the like has them, and some have words near them."""

    how: How = text.STRICT
    strictly: int = text.FEW
    doubtful: tuple[str, ...] = ()


# As if nothing had been found: only what is typed, and no more.
NOT_AS_TYPED = Scouted(text.STRICT, 0)


def scout(
    words: Words, tokens: Collection[str], chosen: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Scouted:
    """One small request where there are words, and a second where they find few. Raises EngineDown.

    chosen: filters that a sentence's best matches must meet: it is asked loosely whatever they leave.
    """
    if not words.wanted:
        return Scouted()
    words = replace(words, picked=())
    if is_long(words.text):
        return _scout_sentence(words, tokens, chosen)
    answer = ask({**query.scout(words, tokens, How(best=True)), **text.doubts(words)})
    found, doubtful = answer["hits"], _doubtful(answer)
    strictly = int(found["total"]["value"])
    # One word that is found at all was spelled as meant, and there is no part of it to make do with; beside a code there is.
    loosely = bool(words.text) and strictly < (text.FEW if " " in words.text or words.codes else 1)
    how = How(loosely, doubtful=doubtful, sure=bool(strictly)) if loosely else text.STRICT
    if loosely:
        found = ask(query.scout(words, tokens, replace(how, best=True)))["hits"]
    return Scouted(replace(how, leads=_leads(words, found["hits"])), strictly, doubtful)


def _scout_sentence(words: Words, tokens: Collection[str], chosen: Mapping[str, Sequence[str]]) -> Scouted:
    """Few resources have three quarters of a sentence, and filters leave none of those: what has the most is wanted."""
    answer = ask(query.most_words(words, tokens))
    doubtful = _doubtful(answer)
    how = How(
        loosely=True,
        enough=_enough(words.text, answer["hits"]["hits"]),
        # What is a standard's statement word for word is spelled as meant.
        doubtful=() if words.quoted else doubtful,
    )
    body = query.scout(words, tokens, replace(how, enough=1, best=True))
    body["query"]["bool"]["filter"] += query.chosen_filters(chosen)
    hits = ask(body)["hits"]["hits"]
    return Scouted(replace(how, leads=_leads(words, hits)), int(answer["hits"]["total"]["value"]), doubtful)


def _enough(sentence: str, last_of_plenty: list[dict[str, Any]]) -> int:
    """How many words must be there: as many as plenty of resources have, and no more than three quarters."""
    if not last_of_plenty:
        return 1
    return max(1, min(int(last_of_plenty[0]["_score"]), len(set(sentence.lower().split())) * 3 // 4))


def _doubtful(answer: dict[str, Any]) -> tuple[str, ...]:
    found = answer.get("suggest", {}).get(text.SPELLING, ())
    return tuple(one["text"] for one in found if one["options"])


def _leads(words: Words, hits: list[dict[str, Any]]) -> ranking.Leads:
    """None where a code is asked for: that says by itself which standard is meant."""
    if words.codes:
        return ranking.NO_LEADS
    return ranking.leads(
        [
            ranking.Lead(
                hit["_score"],
                {one["identifier"] for one in hit["_source"].get("card", {}).get("standards", ())},
                hit["_source"].get(ranking.THEMES, ()),
                hit["_id"],
            )
            for hit in hits
        ],
        words.quoted,
    )
