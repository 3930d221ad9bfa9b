"""Any view of the search page as an Atom feed of what is new in it, or was changed last."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from search.addresses import url
from search.client import PAGE_TIMEOUT, EngineDown, time_limit
from search.memory import one_look
from search.pages.chips import described
from search.pages.page import kept_query
from search.request import SearchRequest, parse_shared
from search.results import Hit
from search.saved import alerts
from search.saved.newest import latest
from search.saved.views import name_of
from search.saved_search import SavedSearch

ENTRIES = 30
# What XML 1.0 has no way to write. One in a title, as a line break of slides, would make of the feed an error page.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Entry:
    """guid: None makes one of the address."""

    title: str
    summary: str
    url: str
    guid: str | None = None
    published_at: datetime | None = None
    changed_at: datetime | None = None
    author: str | None = None


class _Dated(Atom1Feed):
    """Of an empty feed, which Django dates now, so that programs take it for changed whenever they ask."""

    def latest_post_date(self) -> datetime:
        dates = [one[name] for one in self.items for name in ("updateddate", "pubdate") if one.get(name)]
        return max(dates, default=self.feed["since"])


def _entry(hit: Hit) -> Entry:
    guid = f"urn:uuid:{hit.identifier}"
    title, summary, author = map(_writable, (hit.title, hit.summary, hit.author or hit.district))
    return Entry(title, summary, hit.url, guid, hit.published_at, hit.changed_at, author)


def _writable(text: str) -> str:
    return _NOT_XML.sub(" ", text)


def feed_url(asked: SearchRequest) -> str:
    """The address of the feed of a search."""
    query = kept_query(asked)
    return f"{reverse('search:feed')}?{query}" if query else reverse("search:feed")


def _about(asked: SearchRequest) -> str:
    if asked.related:
        return _(
            "New resources for the standards asked for; those for their equivalents are on the page alone"
        )
    return _("New resources for this search")


class SearchFeed(Feed[Entry, Any]):
    """What everybody may see of the search whose parameters are in the address. A feed reader is never signed in."""

    feed_type = _Dated

    @one_look()
    @time_limit(PAGE_TIMEOUT)
    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().__call__(request, *args, **kwargs)
        except EngineDown:
            resting = _("Search is resting. Please ask again in a minute.")
            return HttpResponse(resting, status=503, content_type="text/plain", headers={"Retry-After": "60"})

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        asked, complaints = parse_shared(request.GET)
        if complaints:
            raise Http404(complaints[0].message)
        return asked

    def title(self, obj: Any) -> str:
        """With the site's name: a reader's list has the feeds of many."""
        return _writable(f"{self.name(obj)} · {settings.WAGTAIL_SITE_NAME}")

    def name(self, obj: Any) -> str:
        return name_of(described(obj))

    def link(self, obj: Any) -> str:
        return url(obj)

    def feed_url(self, obj: Any) -> str:
        """Programs that read feeds go on with this address, whichever they were given."""
        return feed_url(obj)

    def subtitle(self, obj: Any) -> str:
        return _about(obj)

    def author_name(self, obj: Any) -> str:
        """Of entries without one: Atom asks for either (RFC 4287, 4.1.1)."""
        return settings.WAGTAIL_SITE_NAME

    def feed_extra_kwargs(self, obj: Any) -> dict[str, Any]:
        return {"since": self.since(obj)}

    def since(self, obj: Any) -> datetime:
        """The date of a feed that has nothing yet. Of a search that nobody keeps no day is known."""
        return datetime.fromtimestamp(0, UTC)

    def items(self, obj: Any) -> list[Entry]:
        return [_entry(hit) for hit in latest(obj, AnonymousUser(), limit=ENTRIES)]

    def item_title(self, item: Entry) -> str:
        return item.title

    def item_description(self, item: Entry) -> str:
        """As HTML, which an Atom feed of Django's says that it is."""
        return escape(item.summary)

    def item_link(self, item: Entry) -> str:
        return item.url

    def item_guid(self, item: Entry) -> str | None:
        return item.guid

    def item_pubdate(self, item: Entry) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Entry) -> datetime | None:
        """Entries come by it: one that was published long ago may match only since it was changed."""
        return item.changed_at

    def item_author_name(self, item: Entry) -> str | None:
        return item.author


class SavedSearchFeed(SearchFeed):
    """The same for a search that somebody keeps, with what that person may see. The key in the address is the password."""

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().__call__(request, *args, **kwargs)
        patch_cache_control(response, private=True)
        return response

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        saved = SavedSearch.of_feed(kwargs["key"])
        if saved is None:
            raise Http404
        return saved

    def name(self, obj: Any) -> str:
        return str(obj.name)

    def link(self, obj: Any) -> str:
        return str(obj.get_absolute_url())

    def feed_url(self, obj: Any) -> str:
        return reverse("search:saved_feed", args=[obj.feed_key])

    def subtitle(self, obj: Any) -> str:
        return _about(alerts.request_of(obj)[0])

    def since(self, obj: Any) -> datetime:
        return cast("SavedSearch", obj).created_at

    def items(self, obj: Any) -> list[Entry]:
        try:
            return [_entry(hit) for hit in latest(alerts.still_understood(obj), obj.user, limit=ENTRIES)]
        except alerts.NotUnderstood as error:
            # Programs that read feeds show entries, and little else.
            title = _("Nothing is told of any more: part of this search is gone")
            return [Entry(title, str(error), obj.get_absolute_url(), changed_at=obj.looked_at)]
