"""What resources name, live or in a draft, so that nobody deletes it from under them unawares.

A published resource's draft is in its revision only, where no foreign key protects what it names.
"""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, JSONField, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.documents.views import documents
from wagtail.documents.views import multiple as several_documents
from wagtail.images.views import images
from wagtail.images.views import multiple as several_images
from wagtail.permissions import policy_registry

from people.meanwhile import MeanwhileDeleteView
from people.models import User
from repository.audience import kept_by, visible_to
from repository.models import ResourceDocument, ResourceImage, ResourcePage
from repository.selectors import open_revisions

NO_RESOURCE = gettext_lazy("No resource has it, and no draft.")
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


def resources_with_image(image: int) -> QuerySet[ResourcePage]:
    shown = [{"type": "image", "value": {"image": image}}]
    return _naming(Q(body__contains=shown), Q(draft_body__contains=shown))


def resources_with_choice(field: str, keys: Collection[int]) -> QuerySet[ResourcePage]:
    """The resources that have one of several choices, by key: of `subjects`, `modalities` or `topics`."""
    in_draft = Q()
    for key in keys:
        in_draft |= Q(content__contains={field: [key]})
    return _naming(Q(**{f"{field}__in": keys}), in_draft)


def _naming(live: Q, in_draft: Q) -> QuerySet[ResourcePage]:
    # A revision keeps a stream field as a string.
    revisions = open_revisions().annotate(draft_body=Cast(KT("content__body"), JSONField()))
    drafts = revisions.filter(in_draft).values(resource=Cast("object_id", BigIntegerField()))
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


class AskingDeleteView(MeanwhileDeleteView):
    """Wagtail's page that asks before it deletes: it says what else would go, or why the object has to stay."""

    template_name = "repository/admin/confirm_delete.html"
    unused: str | Promise = ""
    """What to say where nothing else is lost, instead of a number of references."""

    def refusal(self) -> str:
        """Why nothing is deleted, in words; "" if it may be."""
        return ""

    def consequence(self) -> str:
        """What else is lost with the object, in words; "" if nothing is."""
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        refusal = self.refusal()
        return {
            **context,
            "refusal": refusal,
            "consequence": "" if refusal else self.consequence(),
            "is_protected": bool(refusal) or context.get("is_protected"),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        if self.refusal():
            return self.render_to_response(self.get_context_data(form=form))
        response: HttpResponse = super().form_valid(form)
        return response


class ChoiceDeleteView(AskingDeleteView):
    """Of what resources choose any number of: whoever deletes it reads first how many lose it."""

    unused = NO_RESOURCE
    field: str
    """The name of the field of a resource: `subjects`, `modalities` or `topics`."""

    def consequence(self) -> str:
        used = told(resources_with_choice(self.field, [self.object.pk]), self.request.user)
        words = _("“%(choice)s” will be taken off %(used)s.")
        return words % {"choice": self.object, "used": used} if used else ""


class FileDeleteView(AskingDeleteView, documents.DeleteView):
    def refusal(self) -> str:
        return file_refusal(self.object, self.request.user)


class ImageDeleteView(AskingDeleteView, images.DeleteView):
    template_name = "repository/admin/confirm_delete_image.html"

    def refusal(self) -> str:
        return file_refusal(self.object, self.request.user)


class JustUploaded:
    """“Delete” beside a file that was uploaded among others: somebody may have put it on a resource already."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        model = self.get_model()  # type: ignore[attr-defined] # of the view
        file = model._default_manager.filter(pk=kwargs[self.pk_url_kwarg]).first()  # type: ignore[attr-defined]
        policy = policy_registry.get_by_type(model)
        may = file and policy.user_has_permission_for_instance(request.user, "delete", file)
        if may and (refusal := file_refusal(file, request.user)):
            messages.error(request, refusal)  # on the next page: the script of this one says nothing
            return JsonResponse({"success": False, "error_message": refusal})
        answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return answer


class JustUploadedFileDeleteView(JustUploaded, several_documents.DeleteView):
    pass


class JustUploadedImageDeleteView(JustUploaded, several_images.DeleteView):
    pass


def file_refusal(file: ResourceDocument | ResourceImage, user: User | AnonymousUser) -> str:
    """Why a file or an image has to stay, in words; "" if nothing shows it."""
    with_it = resources_with_image if isinstance(file, ResourceImage) else resources_with_file
    used = told(with_it(file.pk), user)
    words = _("“%(file)s” cannot be deleted: it is used by %(used)s. Take it off there first.")
    return words % {"file": file, "used": used} if used else ""
