"""Content-Security-Policy: what a page may load and run, stated once for the site and once for the Wagtail admin."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

COMMON = {
    "default-src": "'self'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",  # Wagtail shows previews in a frame of its own
    "object-src": "'none'",
}
# Our templates have no inline script and no inline style, so that text which slips through sanitising stays text.
SITE = {**COMMON, "img-src": "'self' data:"}
# Wagtail's admin still has inline scripts and styles, and builds previews and crops from blobs.
ADMIN = {
    **COMMON,
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
}


class ContentSecurityPolicy:
    """Adds the header, unless a view has set its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = ADMIN if request.path.startswith(self.admin) else SITE
        response.setdefault("Content-Security-Policy", _header(policy))
        return response

    @cached_property
    def admin(self) -> str:
        return reverse("wagtailadmin_home")


def _header(policy: dict[str, str]) -> str:
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())
