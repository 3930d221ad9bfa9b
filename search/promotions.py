"""Results that coordinators have picked for a query. Kept in memory until the tables change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from search import memory
from search.kept import PromotedResource, Promotion
from search.lexicon import plain

MOST = 10  # picks of one query that are shown

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Pick:
    """Identifiers of resources, in order; shown from and to these days, both included."""

    resources: tuple[str, ...]
    starts_on: date | None
    ends_on: date | None

    def holds_on(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day <= self.ends_on
        )


def fold(q: str) -> str:
    """A query without case, accents and signs, so that what is the same to a reader is the same here."""
    return " ".join(_WORD.findall(plain(q)))


def picked(q: str) -> tuple[str, ...]:
    """The identifiers of what is picked for the query today, in order. No query where nothing has changed."""
    picks = memory.keep("promotions", [Promotion, PromotedResource], _stored).get(fold(q), ())
    today = timezone.localdate()
    found = dict.fromkeys(one for pick in picks if pick.holds_on(today) for one in pick.resources)
    return tuple(found)[:MOST]


def _stored() -> Mapping[str, tuple[Pick, ...]]:
    """By folded query."""
    resources: dict[int, list[str]] = {}
    rows = PromotedResource.objects.order_by("promotion", "sort_order", "pk")
    for promotion, identifier in rows.values_list("promotion", "resource__identifier"):
        resources.setdefault(promotion, []).append(str(identifier))
    found: dict[str, tuple[Pick, ...]] = {}
    for row in Promotion.objects.order_by("pk"):
        pick = Pick(tuple(resources.get(row.pk, ())), row.starts_on, row.ends_on)
        for phrase in filter(None, map(fold, row.phrases.splitlines())):
            found[phrase] = (*found.get(phrase, ()), pick)
    return found
