from django.conf import settings
from django.contrib.sitemaps import views as sitemap_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from config import api
from config.crawlers import SITEMAPS, robots
from config.styleguide import styleguide
from people.admin_account import own_account
from people.sign_in import ForgottenPassword
from repository import files, short_links
from repository.admin_api import suggest_tags


def favicon(request: HttpRequest) -> HttpResponse:
    """For who asks without having read a page's head: feed readers, and browsers that show JSON or a file."""
    return redirect(static("img/favicon.svg"))


urlpatterns = [
    path("favicon.ico", favicon),
    path("robots.txt", robots),
    path(
        "sitemap.xml",
        sitemap_views.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_of"},
        name="sitemap",
    ),
    path("sitemap-<section>.xml", sitemap_views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap_of"),
    path("admin/account/", own_account),
    # Wagtail's own sign-in pages would take any number of guesses; allauth counts them.
    path("admin/login/", RedirectView.as_view(pattern_name="wagtailadmin_home")),
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    # Wagtail's report of the last page that was edited of each kind says the title of another district's draft.
    path("admin/reports/page-types-usage/", RedirectView.as_view(pattern_name="wagtailadmin_home")),
    path("admin/reports/page-types-usage/results/", RedirectView.as_view(pattern_name="wagtailadmin_home")),
    path("admin/tag-autocomplete/", suggest_tags),
    path("admin/tag-autocomplete/<slug:app_name>/<slug:model_name>/", suggest_tags),
    path("admin/", include(wagtailadmin_urls)),
    # Roles are given by address: nobody takes another one, which may be a colleague's, for the own account.
    path("accounts/email/", RedirectView.as_view(pattern_name="people:account")),
    path("accounts/password/reset/", ForgottenPassword.as_view(), name="account_reset_password"),
    path("accounts/", include("allauth.urls")),
    *api.urlpatterns,
    path("standards/", include("standards.urls")),
    path("search/", include("search.urls")),
    path("r/<str:digits>/", short_links.short_link, name="short_link"),
    path("", include("people.urls")),
    path("files/images/<int:rendition_id>/<str:filename>", files.image, name="resource_image"),
    path("files/", include(wagtaildocs_urls)),
    path("", include("repository.urls")),
    path("", include(wagtail_urls)),
]
if settings.STYLE_GUIDE:
    urlpatterns.insert(0, path("styleguide/", styleguide, name="styleguide"))

handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
