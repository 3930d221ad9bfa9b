"""Short addresses for paper: /r/ and the first twelve hexadecimal digits of the resource's identifier."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from repository.audience import may_see
from repository.models import ResourcePage

DIGITS = 12


def short_url(page: ResourcePage) -> str:
    """The path, as in /r/1f3a52c07be4/."""
    return reverse("short_link", args=[page.identifier.hex[:DIGITS]])


def short_link(request: HttpRequest, digits: str) -> HttpResponse:
    """Go to the resource; 404 for one that the visitor may not see, as on its own page."""
    try:
        first, last = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
    except ValueError:
        raise Http404 from None
    page = ResourcePage.objects.filter(identifier__range=(first, last)).first()
    if page is None or not may_see(request.user, page):
        raise Http404
    return redirect(page.get_url(request))
