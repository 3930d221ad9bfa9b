"""The wanted list: searches that found nothing, as their readers told. Nothing says who looked."""

import datetime
import hashlib
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Min, QuerySet, Sum
from django.utils import timezone

from people.meanwhile import take_turn
from repository.models import WantedSearch, WantedTicket
from repository.services.errors import WantedListFull

# Different searches of one day. More are no teachers at work.
MOST_A_DAY = 1000
# A form that was opened longer ago is not taken any more.
TICKET_LIFE = datetime.timedelta(hours=24)


@transaction.atomic
def tell_wanted(
    *,
    words: str,
    filters: str = "",
    filters_words: str = "",
    day: datetime.date | None = None,
    ticket: str = "",
) -> None:
    """Count a search as wanted once more today. filters: as an address has them; filters_words: as people read them.

    ticket: of the form that tells it; the same search counts once a ticket. Raises WantedListFull where today's list
    takes no further search; those on it are still counted.
    """
    day = day or timezone.localdate()
    words = " ".join(words.split()).lower()[:300]
    known = {"words": words, "filters": filters[:1500], "day": day, "done_at": None}
    if ticket and not _is_first(f"{ticket}\n{words}\n{filters}"):
        return
    # Locked, so that a coordinator who takes it off the list meanwhile leaves this one on it.
    row = WantedSearch.objects.select_for_update().filter(**known).first()
    if row is None:
        if WantedSearch.objects.filter(day=day).count() >= MOST_A_DAY:
            raise WantedListFull
        row, _new = WantedSearch.objects.get_or_create(
            **known, defaults={"filters_words": filters_words[:1000]}
        )
    WantedSearch.objects.filter(pk=row.pk).update(count=F("count") + 1)


def _is_first(told: str) -> bool:
    """Kept in the database, which every process asks, and in the transaction of the count: neither is without the other."""
    WantedTicket.objects.filter(sent_at__lt=timezone.now() - TICKET_LIFE).delete()
    digest = hashlib.sha256(told.encode()).hexdigest()
    return WantedTicket.objects.get_or_create(digest=digest)[1]


def mark_done(*, words: str, filters: str) -> int:
    """Take a search off the list, all its days; told again later it comes back. How many rows that were."""
    open_rows = WantedSearch.objects.filter(words=words, filters=filters, done_at__isnull=True)
    return open_rows.update(done_at=timezone.now())


@transaction.atomic
def put_back(*, words: str, filters: str) -> int:
    """Undo `mark_done`: what was taken off last is on the list again, with its days and numbers. How many rows that were."""
    take_turn(WantedSearch)  # nobody tells it for one of these days meanwhile
    known = WantedSearch.objects.filter(words=words, filters=filters)
    last = known.aggregate(at=Max("done_at"))["at"]
    rows = list(known.filter(done_at=last)) if last else []
    for row in rows:
        told_since = known.filter(done_at__isnull=True, day=row.day)
        if told_since.update(count=F("count") + row.count):
            row.delete()
        else:
            row.done_at = None
            row.save(update_fields=["done_at"])
    return len(rows)


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
