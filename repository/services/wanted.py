"""The wanted list: searches that found nothing, as their readers told. Nothing says who looked."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Min, QuerySet, Sum
from django.utils import timezone

from repository.models import WantedSearch
from repository.services.errors import WantedListFull

# Different searches of one day. More are no teachers at work.
MOST_A_DAY = 1000


@transaction.atomic
def tell_wanted(
    *, words: str, filters: str = "", filters_words: str = "", day: datetime.date | None = None
) -> WantedSearch:
    """Count a search as wanted once more today. filters: as an address has them; filters_words: as people read them.

    Raises WantedListFull where today's list takes no further search; those on it are still counted.
    """
    day = day or timezone.localdate()
    words = " ".join(words.split()).lower()[:300]
    known = {"words": words, "filters": filters[:1500], "day": day, "done_at": None}
    if not WantedSearch.objects.filter(**known).exists():
        if WantedSearch.objects.filter(day=day).count() >= MOST_A_DAY:
            raise WantedListFull
        WantedSearch.objects.get_or_create(**known, defaults={"filters_words": filters_words[:1000]})
    row = WantedSearch.objects.get(**known)
    WantedSearch.objects.filter(pk=row.pk).update(count=F("count") + 1)
    row.refresh_from_db()
    return row


def mark_done(*, words: str, filters: str) -> int:
    """Take a search off the list, all its days; told again later it comes back. How many rows that were."""
    open_rows = WantedSearch.objects.filter(words=words, filters=filters, done_at__isnull=True)
    return open_rows.update(done_at=timezone.now())


def wanted(*, done: bool = False) -> QuerySet[WantedSearch, Any]:
    """The list, or what is done of it: words, filters, filters_words, times, first and last day; most wanted first."""
    return (
        WantedSearch.objects.filter(done_at__isnull=not done)
        .order_by()
        .values("words", "filters")
        .annotate(
            told=Max("filters_words"),
            times=Sum("count"),
            first=Min("day"),
            last=Max("day"),
            done=Max("done_at"),
        )
        .order_by("-done" if done else "-times", "-last", "words")
    )
