"""The standard whose statement somebody typed or pasted, whole or in part: what is said above and below it helps to find.

A lesson on "Distinguish a statistical question from others" may say no more than "Students sort questions about data": the
words of its cluster and domain find it.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models.functions import Length

from standards.models import Association, AssociationType, Item
from standards.models.item import ITEM_WORDS
from standards.selectors import items, with_paths
from standards.text import to_plain

# A title has fewer words; so many are a sentence.
LONG = 7
FEWEST = 4  # words of a statement that are enough to tell it
MAX_QUOTED = 20  # statements with these words, from as many frameworks
MAX_BELOW = 12
MAX_AROUND = 400  # characters: more cost time and find nothing more
LEVELS_ABOVE = 2  # what is above those is a whole grade or subject
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Quoted:
    """standards: identifiers of those that have these words; around: what is said above and below the nearest."""

    standards: tuple[str, ...] = ()
    around: str = ""


NOTHING = Quoted()


def is_long(text: str) -> bool:
    """Whether a query is a sentence and no longer a phrase: such words are never all found."""
    return len(text.split()) >= LONG


def says_the_same(text: str, statement: str) -> bool:
    """Whether one of them has all of the other, word after word, whatever signs stand between."""
    one, other = (f" {' '.join(_WORD.findall(some.lower()))} " for some in (text, to_plain(statement)))
    return one in other or other in one


def find_quoted(text: str, grades: Collection[str] = ()) -> Quoted:
    """The standards that have all the words of a long text. One query where there are none, else four."""
    if len(text.split()) < FEWEST:
        return NOTHING
    every_word = SearchQuery(text, config="english", search_type="plain")
    found = list(
        items()
        .alias(words=ITEM_WORDS)
        .filter(words=every_word, retired_at__isnull=True)
        .order_by(Length("full_statement"), "framework__title", "position")[:MAX_QUOTED]
    )
    if not found:
        return NOTHING
    of_grade = [item for item in found if set(item.grades) & set(grades)]
    return Quoted(tuple(item.identifier for item in of_grade or found), _around((of_grade or found)[0]))


def _around(item: Item) -> str:
    """The statements above and below, each word once. One that was typed too says the most: it counts twice."""
    path = with_paths([item])[0].path
    # The first names grade or subject, which others say better.
    above = [one.full_statement for one in path[1:][-LEVELS_ABOVE:]]
    words = dict.fromkeys(
        word for one in [*reversed(above), *_below(item)] for word in to_plain(one).lower().split()
    )
    return " ".join(words)[:MAX_AROUND]


def _below(item: Item) -> list[str]:
    children = Association.objects.filter(destination=item, association_type=AssociationType.IS_CHILD_OF)
    found = children.exclude(origin=None).values_list("origin__full_statement", flat=True)
    return [statement or "" for statement in found[:MAX_BELOW]]
