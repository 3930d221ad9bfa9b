"""What a query that finds nothing may have been meant to say: its words in the spelling of what comes near.

The words come from resources that the reader may see, so a correction gives away nothing of others.
"""

import re
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from search import query, text
from search.client import ask
from search.hits import marked_words
from search.understanding import Understood
from search.words import tokens as tokens_of_query

LOOKED_AT = 10  # resources
NEARLY = text.How(nearly=True)
NEAR = 0.7  # of SequenceMatcher
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def unknown_words(doubtful: Collection[str], tokens: Collection[str]) -> tuple[str, ...]:
    """Those of these words that no resource has anywhere, of what the reader may see. At most one request."""
    if not doubtful:
        return ()
    found = ask(query.having_each(doubtful, tokens))["aggregations"]
    return tuple(word for word in doubtful if not found[word]["doc_count"])


def respelled(understood: Understood, tokens: Collection[str], *, only: Collection[str] = ()) -> str:
    """The query with words that nothing has replaced by near ones; "" where nothing is near.

    only: no other words than these. One request. Raises EngineDown.
    """
    body = {
        "query": query.base(understood.words, tokens, NEARLY),
        "highlight": text.highlight(understood.words, NEARLY),
        "size": LOOKED_AT,
        "timeout": query.TIME_LIMIT,
        "_source": False,
    }
    hits = ask(body)["hits"]["hits"]
    marked = marked_words(one for hit in hits for some in hit.get("highlight", {}).values() for one in some)
    seen = [word.lower() for word in marked]
    spelled = respell(understood, seen, only)
    return spelled if spelled.lower() != understood.asked.q.lower() else ""


def respell(understood: Understood, seen: Sequence[str], only: Collection[str] = ()) -> str:
    """Pure: what became a filter or is excluded stays as it is, and so do quotes."""
    q = understood.asked.q
    for token in reversed(tokens_of_query(q)):
        filtered = any(token.start < part.end and part.start < token.end for part in understood.applied)
        if not token.excluded and not filtered:
            spelled = _WORD.sub(
                lambda word: word[0] if only and word[0].lower() not in only else _nearest(word[0], seen),
                token.typed,
            )
            q = q[: token.start] + spelled + q[token.end :]
    return q


def _nearest(word: str, seen: Sequence[str]) -> str:
    if not seen or len(word) < 3 or word.lower() in seen:
        return word
    best = max(seen, key=lambda other: SequenceMatcher(None, word.lower(), other).ratio())
    return best if SequenceMatcher(None, word.lower(), best).ratio() >= NEAR else word
