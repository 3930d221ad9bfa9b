"""What search engines of the web may read: the pages that anybody may see, and not every search that can be put together."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from repository.audience import visible_to
from repository.models import ResourcePage
from standards.access import visible_frameworks
from standards.models import Framework

# Filters and pages of results are links: a crawler that follows them asks the engine for more pages than it can ever read.
NOT_FOR_CRAWLERS = ("/search/", "/api/", "/admin/", "/accounts/", "/account/", "/standards/lookup/")


class Resources(Sitemap[ResourcePage]):
    limit = 5000

    def items(self) -> QuerySet[ResourcePage]:
        return visible_to(AnonymousUser()).defer("body").order_by("pk")

    def location(self, item: ResourcePage) -> str:
        return item.relative_url(None) or ""

    def lastmod(self, item: ResourcePage) -> datetime | None:
        published: datetime | None = item.last_published_at
        return published

    def get_latest_lastmod(self) -> datetime | None:
        newest: datetime | None = self.items().aggregate(newest=Max("last_published_at"))["newest"]
        return newest


class Frameworks(Sitemap[Framework]):
    def items(self) -> QuerySet[Framework]:
        return visible_frameworks().order_by("pk")

    def lastmod(self, item: Framework) -> datetime:
        return item.updated_at


SITEMAPS = {"resources": Resources, "frameworks": Frameworks}


def robots(request: HttpRequest) -> HttpResponse:
    closed = "".join(f"Disallow: {path}\n" for path in NOT_FOR_CRAWLERS)
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    return HttpResponse(f"User-agent: *\n{closed}\nSitemap: {sitemap}\n", content_type="text/plain")
