"""The telling words of a text, stemmed by the database's own English dictionary, so that no second stemmer is needed."""

import re
from collections.abc import Iterable, Sequence

from django.db import connection

_WORD = re.compile(r"[^\W\d_]+|\d+")
_MOST_KNOWN = 200_000
# Word → stem, "" for words that say nothing ("the"). Texts repeat their words, and a stem never changes.
_known: dict[str, str] = {}


def words(text: str) -> list[str]:
    """The words and numbers of a text, in lower case."""
    return _WORD.findall(text.lower())


def stems(texts: Sequence[str]) -> list[list[tuple[str, str]]]:
    """For each text its telling words, each with its stem. At most one query, whatever the number of texts."""
    parted = [words(text) for text in texts]
    _learn({word for some in parted for word in some if word not in _known})
    return [[(word, _known[word]) for word in some if _known.get(word)] for some in parted]


def _learn(unknown: Iterable[str]) -> None:
    new = list(unknown)
    if not new:
        return
    if len(_known) > _MOST_KNOWN:
        _known.clear()
    # A word that the dictionary leaves out has no lexeme; a number is its own.
    sql = "SELECT word, coalesce((ts_lexize('english_stem', word))[1], '') FROM unnest(%s::text[]) AS w(word)"
    with connection.cursor() as cursor:
        cursor.execute(sql, [new])
        _known.update(cursor.fetchall())
