"""The admin's own API lists every file and picture there is, and its fields offer every tag; here those that are one's own
to choose or change, and the tags of what one may see."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, JsonResponse
from taggit.models import Tag
from wagtail.admin.auth import require_admin_access
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.permissions import policy_registry

from people.models import User
from repository.audience import kept_by, visible_to
from repository.models import ResourceDocument, ResourceImage

_SUGGESTED = 10


def _own(model: type[Model], user: User | AnonymousUser) -> QuerySet[Any]:
    """The keys of the files of a kind that somebody may choose or change."""
    policy = policy_registry.get_by_type(model)
    own: QuerySet[Any] = policy.instances_user_has_any_permission_for(user, ["choose", "change"])
    return own.values("pk")


class _Own:
    def get_queryset(self) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset()  # type: ignore[misc] # a mixin of views
        return found.filter(pk__in=_own(found.model, self.request.user))  # type: ignore[attr-defined]


class OwnDocuments(_Own, DocumentsAdminAPIViewSet):  # type: ignore[misc] # untyped
    pass


class OwnImages(_Own, ImagesAdminAPIViewSet):  # type: ignore[misc] # untyped
    pass


def _suggest_tags(request: HttpRequest, **kwargs: str) -> JsonResponse:
    """The tags that begin with `term`, of the resources that one may see or keeps, and of one's files: `["…"]`."""
    term = request.GET.get("term", "")
    if not term or "\0" in term:
        return JsonResponse([], safe=False)
    user = request.user
    known = Q(repository_resourcetag_items__content_object__in=visible_to(user).values("pk"))
    known |= Q(repository_resourcetag_items__content_object__in=kept_by(user).values("pk"))
    for model in (ResourceDocument, ResourceImage):
        known |= Q(
            taggit_taggeditem_items__content_type=ContentType.objects.get_for_model(model),
            taggit_taggeditem_items__object_id__in=_own(model, user),
        )
    found = Tag.objects.filter(known, name__istartswith=term).distinct().order_by("name")
    return JsonResponse([*found.values_list("name", flat=True)[:_SUGGESTED]], safe=False)


suggest_tags = require_admin_access(_suggest_tags)
