"""Wagtail's admin names pages by number, in addresses and forms, and says the titles of some of them before it asks who may
see them, or without asking: of the page chosen, of where one is moved or copied to, of one that is in no review."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.models import Page

from people.meanwhile import in_one_piece, typed_words
from repository.audience import kept_by
from repository.models import DistrictPage, ResourcePage

_IN_ADDRESSES = ("page_id", "page_pk", "parent_page_id", "page_to_move_id", "destination_id")
_IN_FORMS = ("new_parent_page", "parent_page", "chooser")


class OthersAreNotThere:
    """To somebody in the admin, a resource whose drafts they may not see is a page that there is not.

    Of those that they may see, Wagtail's views look at a page and write it later: two decisions on one resource were both
    taken, each in part. So whoever changes one waits until all that another does to it is done.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        # Visitors are asked to sign in first.
        if not request.path.startswith(self.admin) or not request.user.is_authenticated:
            return None
        named = {str(kwargs[name]) for name in _IN_ADDRESSES if name in kwargs}
        named.update(value for name in _IN_FORMS for value in request.POST.getlist(name))
        if request.path == self.several:
            named.update(request.GET.getlist("id"))
        numbers = _numbers(named)
        resources = ResourcePage.objects.filter(pk__in=numbers)
        if numbers and resources.exclude(pk__in=kept_by(request.user).values("pk")).exists():
            return _not_there(request)
        # Of several at once, Wagtail says itself which of them one may not change.
        ticked = _numbers(request.GET.getlist("id")) if kwargs.get("model_name") == "page" else []
        if request.method != "POST" or "/preview/" in request.path or not (numbers or ticked):
            return None
        answer = _one_after_the_other([*numbers, *ticked], view, request, *args, **kwargs)
        is_gone = answer.status_code == 404 and Page.objects.filter(pk__in=numbers).count() < len(numbers)
        return _not_there(request) if is_gone else answer

    @cached_property
    def admin(self) -> str:
        return reverse("wagtailadmin_home")

    @cached_property
    def several(self) -> str:
        return reverse("wagtailadmin_choose_page_chosen_multiple")


def _not_there(request: HttpRequest) -> HttpResponse:
    """Raises Http404, except for a person who has typed or pressed something meanwhile: they hear what became of it."""
    if request.method != "POST":
        raise Http404
    if request.accepts("text/html"):
        context = {"page_title": _("This page is not there any more"), "typed": typed_words(request.POST)}
        return render(request, "repository/admin/not_there.html", context, status=404)
    # What the editor saves by itself: by this code Wagtail’s script shows the words, and saves no more.
    words = _("This page has been deleted, or moved to another district.")
    return JsonResponse(
        {"success": False, "error_code": "invalid_revision", "error_message": words}, status=400
    )


def _numbers(named: Iterable[str]) -> list[int]:
    return [int(one) for one in named if one.isdecimal() and len(one) < 19]


def _one_after_the_other(
    pages: Collection[int], view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponse:
    def look_and_write() -> HttpResponse:
        # As `drafts.locked`, for whoever decides or saves on the site; then those below which there are addresses to take.
        for model in (ResourcePage, DistrictPage):
            list(model.objects.select_for_update().filter(pk__in=pages).order_by("pk"))
        return view(request, *args, **kwargs)

    return in_one_piece(request, look_and_write)
