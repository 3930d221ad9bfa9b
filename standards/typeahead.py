"""Standards while somebody types: by the beginning of a code in any spelling, or by words of which the last is unfinished.

One indexed query an answer, so less than the look-up (`selectors.search_items`) can do: no statement is found by what stands
above it.
"""

import re
from collections.abc import Collection
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from standards.codes import fold_code
from standards.models import Item
from standards.models.item import ITEM_CODES, ITEM_WORDS
from standards.selectors import items

# Of a common word's thousands of statements, so many are looked at.
MOST_LOOKED_AT = 300
MAX_WORDS = 8
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"[^\W_]+(?:[\s.:/-]+[^\W_]+)*[.:/-]?")


def standards_beginning(text: str, *, limit: int) -> list[Item]:
    """Current standards, the best first: those whose code it is, then by the shortest code. One query, two where a code
    that nothing has may be words."""
    text = text.strip()
    if _may_be_code(text) and (found := _best(_by_code(fold_code(text)), text, limit)):
        return found
    words = _words(text)
    return _best(words, text, limit) if words is not None else []


def _may_be_code(text: str) -> bool:
    has_digit = any(sign.isdigit() for sign in text)
    return has_digit and len(fold_code(text)) >= 2 and len(text) <= 60 and bool(_CODE.fullmatch(text))


class _Beginning(SearchQuery):
    """A query made of its text as it is: a code is one word, whatever the parser of texts would make of its dots."""

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        return super().as_sql(*args, **{**kwargs, "template": "%(expressions)s::tsquery"})


def _by_code(*folded: str) -> Q:
    # Letters, digits and dots alone, so nothing in it needs more quoting than this.
    return Q(codes=_Beginning(" | ".join(f"'{one}':*" for one in folded)))


def with_code_beginning(forms: Collection[str]) -> QuerySet[Item]:
    """Standards of whose code any spelling begins with one of these folded ones."""
    return items().filter(pk__in=Item.objects.alias(codes=ITEM_CODES).filter(_by_code(*forms)).values("pk"))


def _words(text: str) -> Q | None:
    """Every word, and the last one as a beginning; None where they are too short to say anything."""
    words = _WORD.findall(text)[:MAX_WORDS]
    if not words or (len(words[-1]) < 3 and len(words) < 2):
        return None
    parts = [f"'{word}'" for word in words]
    if len(words[-1]) >= 3:
        parts[-1] += ":*"
    return Q(words=SearchQuery(" & ".join(parts), search_type="raw", config="english"))


def _best(condition: Q, text: str, limit: int) -> list[Item]:
    looked_at = (
        Item.objects.alias(codes=ITEM_CODES, words=ITEM_WORDS)
        .filter(condition, retired_at__isnull=True)
        .order_by()
        .values("pk")[:MOST_LOOKED_AT]
    )
    is_it = Case(
        When(code_forms__contains=[fold_code(text)], then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return list(
        items()
        .filter(pk__in=looked_at)
        .order_by(is_it, Length("human_coding_scheme"), "framework__title", F("position"))[:limit]
    )
