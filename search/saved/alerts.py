"""Tell people of what is new in the searches that they keep: what was published since the last look, and what matches only
since then, as an older lesson that was aligned to the standard asked for, or that its school has opened to all.

A batch, and no percolator: docs/operating.md says why. Only what matches as typed is told of: see search/saved/newest.py.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from people.mail import deliver
from people.models import User
from search.addresses import url
from search.client import EngineDown
from search.request import Complaint, SearchRequest, Sort, parse
from search.results import Hit
from search.saved.newest import matching, newest
from search.saved_search import PAUSES, SavedSearch

logger = logging.getLogger(__name__)

MOST_NEW = 50  # of one search in one mail; the rest is on the page
# Of a search that finds more, what is new is told by the day it was published alone.
MOST_MATCHED = 2000
# What was published this long before the last look may have reached the index after it.
OVERLAP = timedelta(days=1)


_SALT = "search.alerts"
_LOCK = 0x5EA7A1E7


class NotUnderstood(Exception):
    """Something in a kept search is understood no longer, as a standard that is gone. Without that it would be another
    search, and find what was never asked for."""


@dataclass(frozen=True)
class News:
    """What is new in a saved search; `more` when there is more than is listed. matched: as in SavedSearch.

    gone: something in it is understood no longer. Its owner is told once: mails about it end with that, and the page of the
    search says what it is.
    """

    saved: SavedSearch
    hits: tuple[Hit, ...]
    more: bool = False
    gone: bool = False
    matched: list[int] | None = None

    @property
    def url(self) -> str:
        return urljoin(settings.WAGTAILADMIN_BASE_URL, self.saved.get_absolute_url())

    @property
    def newest_url(self) -> str:
        """The search with what was published last on top, where a mail ends."""
        asked, _complaints = request_of(self.saved)
        return urljoin(settings.WAGTAILADMIN_BASE_URL, url(replace(asked, sort=Sort.NEWEST)))

    @property
    def stop_url(self) -> str:
        return _absolute("search:stop_mail", self.saved.key)

    @property
    def lines(self) -> list[tuple[Hit, str]]:
        """The resources with their full addresses."""
        return [(hit, urljoin(settings.WAGTAILADMIN_BASE_URL, hit.url)) for hit in self.hits]


def _absolute(name: str, *args: str) -> str:
    return urljoin(settings.WAGTAILADMIN_BASE_URL, reverse(name, args=args))


def request_of(saved: SavedSearch) -> tuple[SearchRequest, list[Complaint]]:
    """The search that was kept, and what in it is understood no longer, as a standard that is gone."""
    return parse(QueryDict(saved.query))


def still_understood(saved: SavedSearch) -> SearchRequest:
    """The search that was kept. Raises NotUnderstood."""
    asked, complaints = request_of(saved)
    if complaints:
        raise NotUnderstood(f"{complaints[0].name}: {complaints[0].said}")
    return asked


def begin(saved: SavedSearch) -> None:
    """Tell of this search from now on: what matches already is not new. Does not save it."""
    saved.told_until = saved.looked_at = timezone.now()
    saved.matched = None
    try:
        saved.matched = matching(still_understood(saved), saved.user, most=MOST_MATCHED)
    except (NotUnderstood, EngineDown) as error:  # then the first mail goes by the dates alone
        logger.warning("What a new saved search finds is not known yet: %s", error)


def send_due() -> int:
    """Send everybody whose mail is due one mail with all that is new; the number of mails.

    Two runs at once share the work. Raises EngineDown, and OSError where the mail server is away: whoever has not been told
    by then is told the next time, and so is who cannot be reached.
    """
    now = timezone.now()
    people = list(_due(now).order_by("user_id").values_list("user_id", flat=True).distinct())
    sent = 0
    with get_connection() as mails:
        for user in people:
            try:
                sent += _tell(user, now, mails)
            except (EngineDown, OperationalError, InterfaceError):
                raise
            except Exception:  # an odd search of one must not keep all others from their mail
                logger.exception("Account %s could not be told of what is new", user)
    return sent


@transaction.atomic
def _tell(user: int, now: datetime, mails: Any) -> bool:
    """Whether a mail was sent."""
    if not _is_our_turn(user):
        return False
    # Read only now: mails take their time, and whoever ends them or deletes a search meanwhile is heard.
    news = [_news(saved) for saved in _due(now).filter(user=user)]
    told = [one for one in news if one.hits or one.gone]
    if told and not _send(told, mails):
        return False
    for one in news:
        _remember(one, now)
    return bool(told)


def _is_our_turn(user: int) -> bool:
    """Whether no other run is telling them just now. Until the transaction ends; what it tells of is no longer due then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, user])
        return bool(cursor.fetchone()[0])


def _due(now: datetime) -> QuerySet[SavedSearch]:
    """The searches whose mail is due. Accounts that are no longer active get none."""
    wanted = Q()
    for mail, pause in PAUSES.items():
        wanted |= Q(mail=mail, looked_at__lte=now - pause)
    return SavedSearch.objects.filter(wanted, user__is_active=True).select_related("user")


def _news(saved: SavedSearch) -> News:
    try:
        asked = still_understood(saved)
    except NotUnderstood as error:
        logger.warning("Saved search %s is looked at no longer: %s", saved.pk, error)
        return News(saved, (), gone=True)
    matched = matching(asked, saved.user, most=MOST_MATCHED)
    if matched is None or saved.matched is None:
        found = _published_since(saved, asked)
    elif appeared := set(matched).difference(saved.matched):
        found = newest(asked, saved.user, limit=MOST_NEW + 1, among=appeared)
    else:
        found = ()
    new = [hit for hit in found if hit.identifier not in saved.told]
    return News(saved, tuple(new[:MOST_NEW]), more=len(new) > MOST_NEW, matched=matched)


def _published_since(saved: SavedSearch, asked: SearchRequest) -> tuple[Hit, ...]:
    since = max(saved.told_until - OVERLAP, saved.created_at)
    found = newest(asked, saved.user, limit=MOST_NEW + 1)
    return tuple(hit for hit in found if hit.published_at and since < hit.published_at)


def _remember(news: News, now: datetime) -> None:
    saved = news.saved
    # Those of the run before this one lie outside of the overlap from now on, or are found again here.
    known = [hit.identifier for hit in news.hits]
    told = known + [one for one in saved.told if one not in known][: 4 * MOST_NEW]
    fields: dict[str, Any] = {"told": told, "told_until": now, "looked_at": now, "matched": news.matched}
    if news.gone:
        fields["mail"] = SavedSearch.Mail.NEVER
    # No save(): its owner may have deleted it meanwhile, or ended the mails.
    SavedSearch.objects.filter(pk=saved.pk).update(**fields)


def _send(told: list[News], mails: Any) -> bool:
    user = told[0].saved.user
    number = len({hit.identifier for one in told for hit in one.hits})
    if any(one.more for one in told):
        subject = gettext("More than %(number)d new resources for what you look for")
    elif number:
        subject = ngettext(
            "%(number)d new resource for what you look for",
            "%(number)d new resources for what you look for",
            number,
        )
    else:
        subject = gettext("A search that you keep can no longer be looked at")
    site = settings.WAGTAIL_SITE_NAME
    stop_all = _absolute("search:stop_all_mail", stop_key(user))
    context = {
        "user": user,
        "news": told,
        "number": number,
        "site_name": site,
        "saved_url": _absolute("search:saved"),
        "stop_url": stop_all,
    }
    mail = EmailMultiAlternatives(
        subject % {"number": number},
        render_to_string("search/mails/alert.txt", context),
        # RFC 8058: a mail program's own button ends the mails, with one click.
        headers={
            "List-Unsubscribe": f"<{stop_all}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(render_to_string("search/mails/alert.html", context), "text/html")
    return deliver(mail, user, by=mails)


# -- ending the mails


def stop_key(user: User) -> str:
    return signing.dumps(user.pk, salt=_SALT)


def mailed(key: str) -> QuerySet[SavedSearch] | None:
    """The searches of whoever the key is for. None where it is no key of ours, as where its link was cut off."""
    try:
        pk = signing.loads(key, salt=_SALT)
    except signing.BadSignature:
        return None
    return SavedSearch.objects.filter(user=pk)
