"""What resources name, live or in a draft, so that nobody deletes it from under them.

A published resource's draft is in its revision only, where no foreign key protects what it names.
"""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.functions import Cast
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.views.generic import DeleteView
from wagtail.documents.views import documents

from people.models import User
from repository.audience import kept_by, visible_to
from repository.models import ResourceDocument, ResourcePage
from repository.selectors import open_revisions

NAMED = 3  # titles that a refusal tells


def resources_with_levels(levels: Collection[int]) -> QuerySet[ResourcePage]:
    """The resources that are aligned at one of these levels (by key), live or in a draft."""
    in_draft = Q()
    for level in levels:
        in_draft |= Q(content__contains={"alignments": [{"level": level}]})
    return _naming(Q(alignments__level__in=levels), in_draft)


def resources_of_kind(kind: int) -> QuerySet[ResourcePage]:
    return _naming(Q(kind=kind), Q(content__contains={"kind": kind}))


def resources_with_file(document: int) -> QuerySet[ResourcePage]:
    return _naming(
        Q(attachments__document=document), Q(content__contains={"attachments": [{"document": document}]})
    )


def _naming(live: Q, in_draft: Q) -> QuerySet[ResourcePage]:
    drafts = open_revisions().filter(in_draft).values(resource=Cast("object_id", BigIntegerField()))
    found = ResourcePage.objects.filter(live | Q(pk__in=drafts))
    return ResourcePage.objects.filter(
        pk__in=found.values("pk")
    )  # once, also where several of its alignments do


def told(pages: QuerySet[ResourcePage], user: User | AnonymousUser) -> str:
    """“2 resources, drafts included (“Mixing paint” and others)”, with titles that the reader may see; "" for none."""
    count = pages.count()
    if not count:
        return ""
    readable = visible_to(user).values("pk").union(kept_by(user).values("pk"))
    titles = list(pages.filter(pk__in=readable).order_by("title").values_list("title", flat=True)[:NAMED])
    words = ngettext("%(count)d resource, drafts included", "%(count)d resources, drafts included", count) % {
        "count": count
    }
    if not titles:
        return words
    named = ", ".join(f"“{title}”" for title in titles)
    if len(titles) < count:
        named = _("%(titles)s and others") % {"titles": named}
    return f"{words} ({named})"


class DeleteUnusedView(DeleteView):
    """Wagtail's page that asks before it deletes; where `refusal` says something, it says that and deletes nothing."""

    template_name = "repository/admin/confirm_delete.html"

    def refusal(self) -> str:
        """Why the object has to stay, or ""."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        refusal = self.refusal()
        return {**context, "refusal": refusal, "is_protected": bool(refusal) or context.get("is_protected")}

    def form_valid(self, form: Any) -> HttpResponse:
        if self.refusal():
            return self.render_to_response(self.get_context_data(form=form))
        response: HttpResponse = super().form_valid(form)
        return response


class FileDeleteView(DeleteUnusedView, documents.DeleteView):
    def refusal(self) -> str:
        return file_refusal(self.object, self.request.user)


def file_refusal(file: ResourceDocument, user: User | AnonymousUser) -> str:
    used = told(resources_with_file(file.pk), user)
    words = _("“%(file)s” cannot be deleted: it is used by %(used)s. Take it off there first.")
    return words % {"file": file, "used": used} if used else ""
