"""What the views of contributors and reviewers share."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from people.models import User
from repository import selectors
from repository.models import ResourcePage


def editor_of(identifier: UUID, user: User) -> ResourcePage:
    """The resource, for somebody who may see its drafts. Raises Http404."""
    page = selectors.editable(user, identifier)
    if page is None:
        raise Http404
    return page


def show_draft(request: HttpRequest, draft: ResourcePage) -> HttpResponse:
    """A draft on the template of the published page. Only for those who may see drafts: the caller has checked."""
    context = {**draft.get_context(request), "is_preview": True}
    response = render(request, draft.template, context)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response
