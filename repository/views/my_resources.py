"""What a person has made, where it stands, and what can be done with it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from people.pager import pager
from people.selectors import signed_in
from repository import selectors
from repository.services import drafts, review
from repository.services.errors import Gone, ServiceError
from repository.views.pages import editor_of

RESOURCES_A_PAGE = 50
# Action: the service, the question that is asked first, the button, and what is said afterwards.
ACTIONS: dict[str, tuple[Callable[..., object], str | Promise, str | Promise, str | Promise]] = {
    "withdraw": (
        review.withdraw,
        _("The reviewers no longer see it, and you can change it again. You can send it again at any time."),
        _("Take it back"),
        _("Taken back from review. It is a draft again."),
    ),
    "unpublish": (
        review.unpublish,
        _(
            "Nobody finds or opens it any more. It stays here as a draft; to publish it again, send it to the reviewers."
        ),
        _("Unpublish"),
        _("Unpublished. It is a draft again."),
    ),
    "delete": (
        drafts.delete_draft,
        _("The draft is gone for good. This cannot be undone."),
        _("Delete the draft"),
        _("The draft is deleted."),
    ),
    "discard": (
        drafts.discard_changes,
        _("Your changes since the last publication are dropped. The published version stays as it is."),
        _("Drop my changes"),
        _("Your changes are dropped. The draft is the published version again."),
    ),
}


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    resources = selectors.my_resources(user)
    page = Paginator(resources, RESOURCES_A_PAGE).get_page(request.GET.get("page"))
    shown = selectors.mine(page.object_list, user)
    groups = [
        (state, number, found)
        for state, number in selectors.numbers_by_state(resources).items()
        if (found := [mine for mine in shown if mine.state == state])
    ]
    context = {"groups": groups, "pager": pager(request, page), "place": _place(request)}
    return render(request, "repository/my_resources.html", context)


def _place(request: HttpRequest) -> str:
    """Of a long list the page that one came from, as the end of an address."""
    number = request.GET.get("page", "")
    return f"?page={number}" if number.isdecimal() else ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, identifier: UUID, action: str) -> HttpResponse:
    """Asks before, does after: these actions change what others see, or cannot be undone."""
    if action not in ACTIONS:
        raise Http404
    service, question, button, done = ACTIONS[action]
    user = signed_in(request)
    back = reverse("repository:my_resources") + _place(request)
    try:
        page = editor_of(identifier, user)
    except Http404:
        if request.method != "POST":
            raise
        messages.error(request, str(Gone()))  # the button was pressed twice
        return redirect(back)
    if request.method == "POST":
        try:
            service(identifier=identifier, user=user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, str(done))
        return redirect(back)
    context = {"page": page, "question": question, "button": button, "action": action, "back": back}
    return render(request, "repository/confirm.html", context)
