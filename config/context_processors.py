"""What the frame of every page needs: the site's name and its navigation."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from people.models import DISTRICT_STAFF, Membership, Role


@dataclass(frozen=True)
class NavEntry:
    """A link in the header, the account menu or the footer; `current` when the page shown lies under it."""

    label: str
    url: str
    current: bool = False


def frame(request: HttpRequest) -> dict[str, Any]:
    """Site name and navigation. Lazy, so that only a page that shows its navigation asks who is signed in."""
    return {
        "site_name": settings.WAGTAIL_SITE_NAME,
        "site_nav": SimpleLazyObject(lambda: site_nav(request)),
        "account_nav": SimpleLazyObject(lambda: account_nav(request)),
        "footer_nav": [
            NavEntry(_("Standards"), "/standards/"),
            NavEntry(_("For developers"), "/api/v1/docs"),
        ],
    }


def site_nav(request: HttpRequest) -> list[NavEntry]:
    """The main navigation, as far as the visitor's roles reach."""
    entries = [(_("Find"), "/search/"), (_("Standards"), "/standards/"), (_("Contribute"), "/contribute/")]
    roles = _roles(request)
    if roles is not None:
        entries.append((_("My resources"), "/my-resources/"))
    if roles and roles & {*DISTRICT_STAFF, Role.STATE_ADMIN}:
        entries.append((_("Review"), "/review/"))
    here = _longest_prefix(request.path, [url for _label, url in entries])
    return [NavEntry(label, url, current=url == here) for label, url in entries]


def account_nav(request: HttpRequest) -> list[NavEntry]:
    """What the account menu offers beside signing out."""
    roles = _roles(request) or set()
    entries = [
        NavEntry(_("My resources"), "/my-resources/"),
        NavEntry(_("Saved searches"), "/search/saved/"),
        NavEntry(_("My account"), "/account/"),
    ]
    if roles & {Role.DISTRICT_ADMIN, Role.STATE_ADMIN}:
        entries.insert(1, NavEntry(_("My district"), "/district/"))
    if roles & {*DISTRICT_STAFF, Role.STATE_ADMIN}:
        entries.insert(1, NavEntry(_("Editing desk"), "/admin/"))
    return entries


def _roles(request: HttpRequest) -> set[str] | None:
    """The roles of whoever is signed in (one query a page), or None for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    if not hasattr(request, "_frame_roles"):
        roles = Membership.objects.filter(user_id=user.pk).values_list("role", flat=True)
        request._frame_roles = set(roles)  # type: ignore[attr-defined]
    return request._frame_roles  # type: ignore[attr-defined,no-any-return]


def _longest_prefix(path: str, urls: list[str]) -> str:
    return max((url for url in urls if path.startswith(url)), key=len, default="")
