"""Districts in Wagtail's admin: state administrators add and rename them; their people are managed on the site."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.permission_policies import BasePermissionPolicy

from people.meanwhile import MeanwhileViewSet
from people.models import District, Role, State, User
from people.selectors import is_state_admin


class StateOnlyPolicy(BasePermissionPolicy):
    """State administrators add and change; nobody deletes, because resources belong to a district."""

    ACTIONS = frozenset({"add", "change", "view"})

    def user_has_permission(self, user: User, action: str) -> bool:
        return action in self.ACTIONS and is_state_admin(user)

    def users_with_any_permission(self, actions: list[str]) -> QuerySet[User]:
        if not self.ACTIONS & set(actions):
            return User.objects.none()
        state = User.objects.filter(memberships__role=Role.STATE_ADMIN)
        return (state | User.objects.filter(is_superuser=True)).filter(is_active=True).distinct()


class DistrictForm(WagtailAdminModelForm):
    class Meta:
        model = District
        fields = ["name", "slug", "nces_id"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.parent_id is None:
            self.instance.parent = State.objects.first()
        if self.instance.pk:
            # Addresses and files carry it.
            self.fields["slug"].disabled = True

    def clean(self) -> dict[str, Any]:
        if self.instance.parent_id is None:
            raise ValidationError(
                _("There is no state yet. Whoever runs the site makes it by `manage.py create_state`.")
            )
        cleaned: dict[str, Any] = super().clean()
        return cleaned

    def _post_clean(self) -> None:
        if (
            self.instance.parent_id is not None
        ):  # else the model would complain of a field that is not in the form
            super()._post_clean()


class DistrictViewSet(MeanwhileViewSet):
    model = District
    icon = "group"
    menu_label = _("Districts")
    menu_name = "districts"
    add_to_admin_menu = True
    list_display = ["name", "slug", "nces_id"]
    search_fields = ["name", "slug"]
    inspect_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[DistrictForm]:
        return DistrictForm
