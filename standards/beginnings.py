"""Codes that begin so, in any spelling: one look into an index."""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

# As `fold_code` makes it, so nothing in it needs more quoting than the below.
_FOLDED = re.compile(r"[^\W_]+(?:\.[^\W_]+)*")


class _Beginning(SearchQuery):
    """A query made of its text as it is: a code is one word, whatever the parser of texts would make of its dots."""

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        return super().as_sql(*args, **{**kwargs, "template": "%(expressions)s::tsquery"})


def codes_beginning(*folded: str) -> Q:
    """For a query with the alias codes=ITEM_CODES. What is no code has none."""
    said = [f"'{one}':*" for one in folded if _FOLDED.fullmatch(one)]
    return Q(codes=_Beginning(" | ".join(said))) if said else Q(pk__in=())
