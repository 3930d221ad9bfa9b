"""Any view of the search page as an Atom feed of what is newest in it."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from people.models import User
from search import alerts
from search.addresses import url
from search.chips import described
from search.client import EngineDown
from search.newest import newest
from search.request import SearchRequest, parse
from search.results import Hit
from search.saved_search import SavedSearch
from search.saved_views import name_of

ENTRIES = 30


class SearchFeed(Feed[Hit, Any]):
    """What everybody may see of the search whose parameters are in the address. A feed reader is never signed in."""

    feed_type = Atom1Feed

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().__call__(request, *args, **kwargs)
        except EngineDown:
            resting = _("Search is resting. Please ask again in a minute.")
            return HttpResponse(resting, status=503, content_type="text/plain", headers={"Retry-After": "60"})

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        asked, complaints = parse(request.GET)
        if complaints:
            raise Http404(complaints[0].message)
        return asked, AnonymousUser(), name_of(described(asked))

    def title(self, obj: Any) -> str:
        return str(obj[2])

    def link(self, obj: Any) -> str:
        asked: SearchRequest = obj[0]
        return url(asked)

    def subtitle(self, obj: Any) -> str:
        return _("New resources for this search")

    def items(self, obj: Any) -> list[Hit]:
        return list(newest(obj[0], obj[1], limit=ENTRIES))

    def item_title(self, item: Hit) -> str:
        return item.title

    def item_description(self, item: Hit) -> str:
        return item.summary

    def item_link(self, item: Hit) -> str:
        return item.url

    def item_guid(self, item: Hit) -> str:
        return f"urn:uuid:{item.identifier}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Hit) -> Any:
        return item.published_at

    def item_author_name(self, item: Hit) -> str:
        return item.author or item.district


class SavedSearchFeed(SearchFeed):
    """The same for a search that somebody keeps, with what that person may see. The key in the address is the password."""

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        saved = SavedSearch.of_feed(kwargs["key"])
        if saved is None:
            raise Http404
        user: User = saved.user
        return alerts.request_of(saved)[0], user, saved.name
