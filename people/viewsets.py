"""Districts in Wagtail's admin: state administrators add and rename them; their people are managed on the site."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.permission_policies import BasePermissionPolicy

from people.meanwhile import MeanwhileCreateView, MeanwhileViewSet
from people.models import District, Role, State, User
from people.selectors import is_state_admin
from people.short_names import ShortNameForm


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


class DistrictForm(ShortNameForm):
    named_by = "name"

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


def _people_link(district: District) -> SafeString:
    address = reverse("people:district", args=[district.slug])
    markup = '<a href="{}">{}<span class="w-sr-only"> {}</span></a>'
    return format_html(markup, address, gettext("Manage"), district.name)


class DistrictCreateView(MeanwhileCreateView):
    """A new district has nobody yet: the way to its people comes first."""

    def get_success_buttons(self) -> list[Any]:
        people = reverse("people:district", args=[self.object.slug])
        return [messages.button(people, gettext("Add its people")), *super().get_success_buttons()]


class DistrictViewSet(MeanwhileViewSet):
    model = District
    icon = "group"
    menu_label = _("Districts")
    menu_name = "districts"
    add_to_admin_menu = True
    list_display = [
        "name",
        Column("people", label=_("People and schools"), accessor=_people_link),
        "slug",
        Column("nces_id", label=_("NCES identifier"), sort_key="nces_id", classname="wide-only"),
    ]
    add_view_class = DistrictCreateView
    search_fields = ["name", "slug"]
    inspect_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[DistrictForm]:
        return DistrictForm
