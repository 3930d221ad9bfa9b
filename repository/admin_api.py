"""The admin's own API lists every file and picture there is; here those that one may choose or change."""

from typing import Any

from django.db.models import QuerySet
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.permissions import policy_registry


class _Own:
    def get_queryset(self) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset()  # type: ignore[misc] # a mixin of views
        policy = policy_registry.get_by_type(found.model)
        own = policy.instances_user_has_any_permission_for(self.request.user, ["choose", "change"])  # type: ignore[attr-defined]
        return found.filter(pk__in=own.values("pk"))


class OwnDocuments(_Own, DocumentsAdminAPIViewSet):  # type: ignore[misc] # untyped
    pass


class OwnImages(_Own, ImagesAdminAPIViewSet):  # type: ignore[misc] # untyped
    pass
