"""Competency scales in Wagtail's admin: each organisation keeps its own, and a level that is used stays."""

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.admin.views.generic import InspectView
from wagtail.permission_policies import ModelPermissionPolicy

from people.meanwhile import KeptIndexView, MeanwhileEditView, MeanwhileViewSet, RowsFormSet
from people.models import Membership, Organisation, Role, User
from people.short_names import ShortNameForm
from repository.in_use import AskingDeleteView, resources_with_levels, told
from repository.models import CompetencyLevel, CompetencyScale


class ScalePermissionPolicy(ModelPermissionPolicy):
    """Coordinators and administrators keep the scales of their own organisation; all of them see all scales."""

    def user_has_permission_for_instance(self, user: User, action: str, instance: CompetencyScale) -> bool:
        return self.user_has_permission(user, action) and (
            action == "view" or keeps_scales_of(user).filter(pk=instance.owner_id).exists()
        )

    def user_has_any_permission_for_instance(
        self, user: User, actions: list[str], instance: CompetencyScale
    ) -> bool:
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)


def keeps_scales_of(user: User | AnonymousUser) -> QuerySet[Organisation]:
    """The organisations whose scales a person may change."""
    if not isinstance(user, User):
        return Organisation.objects.none()
    owners = Organisation.objects.filter(kind__in=[Organisation.Kind.STATE, Organisation.Kind.DISTRICT])
    if user.is_superuser or Membership.objects.filter(user=user, role=Role.STATE_ADMIN).exists():
        return owners
    return owners.filter(
        memberships__user=user, memberships__role__in=[Role.COORDINATOR, Role.DISTRICT_ADMIN]
    ).distinct()


class LevelForm(ShortNameForm):
    """Levels of other scales have names and short names of their own."""

    named_by = "name"

    def namesakes(self) -> QuerySet[CompetencyLevel]:
        return CompetencyLevel.objects.none()

    def short_names_taken(self) -> set[str]:
        return set(
            CompetencyLevel.objects.filter(scale=self.instance.scale_id).values_list("slug", flat=True)
        )


class LevelFormSet(RowsFormSet):
    once = "slug"
    taken = _(
        "Somebody else has added a level with this short name meanwhile. Change it, or take this row out."
    )


class LevelsPanel(InlinePanel):
    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name].update(form=LevelForm, formset=LevelFormSet)
        return options


class ScaleForm(ShortNameForm):
    named_by = "name"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = keeps_scales_of(self.for_user)
        self.fields["owner"].queryset = owners
        if not self.instance.pk and len(owners) == 1:
            self.fields["owner"].initial = owners[0]

    def clean(self) -> dict[str, Any]:
        """Refuse to remove a level that is used: its row stands there again, beside whatever else was typed."""
        for row in self.formsets["levels"].deleted_forms:
            level = row.instance
            if level.pk and (used := told(resources_with_levels([level.pk]), self.for_user)):
                self.add_error(
                    None,
                    _(
                        "“%(level)s” cannot be removed: it is used by %(used)s. "
                        "Choose another level there first."
                    )
                    % {"level": level, "used": used},
                )
                row.data = row.data.copy()
                row.data[row.add_prefix(DELETION_FIELD_NAME)] = ""
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class ChecksInstance:
    """Wagtail's generic views ask whether a person may change scales at all; these ask about this one."""

    def get_object(self, queryset: Any = None) -> CompetencyScale:
        scale: CompetencyScale = super().get_object(queryset)  # type: ignore[misc]
        if not self.user_has_permission_for_instance(self.permission_required, scale):  # type: ignore[attr-defined]
            raise PermissionDenied
        return scale


class ScaleEditView(ChecksInstance, MeanwhileEditView):
    pass


class ScaleDeleteView(ChecksInstance, AskingDeleteView):
    unused = _("No resource is at one of its levels, and no draft.")

    def refusal(self) -> str:
        levels = self.object.levels.values_list("pk", flat=True)
        if not (used := told(resources_with_levels(levels), self.request.user)):
            return ""
        words = _(
            "“%(scale)s” cannot be deleted: its levels are used by %(used)s. Choose levels of another scale there first."
        )
        return words % {"scale": self.object, "used": used}


class OwnLinks:
    """Leads to a form only where it opens: Wagtail asks whether a person may change scales at all."""

    def get_edit_url(self, *instance: CompetencyScale) -> str | None:
        scale = instance[0] if instance else self.object  # type: ignore[attr-defined]
        may = self.user_has_permission_for_instance("change", scale)  # type: ignore[attr-defined]
        return super().get_edit_url(*instance) if may else None  # type: ignore[misc]

    def get_delete_url(self, *instance: CompetencyScale) -> str | None:
        scale = instance[0] if instance else self.object  # type: ignore[attr-defined]
        may = self.user_has_permission_for_instance("delete", scale)  # type: ignore[attr-defined]
        return super().get_delete_url(*instance) if may else None  # type: ignore[misc]


class ScaleIndexView(OwnLinks, KeptIndexView):
    def get_base_queryset(self) -> QuerySet[CompetencyScale]:
        found: QuerySet[CompetencyScale] = super().get_base_queryset()
        return found.select_related("owner")

    @cached_property
    def owners(self) -> QuerySet[Organisation]:
        """Asked for once: `in` reads all of them."""
        return keeps_scales_of(self.request.user)

    def user_has_permission_for_instance(self, permission: str, instance: CompetencyScale) -> bool:
        return self.user_has_permission(permission) and (
            permission == "view" or instance.owner in self.owners
        )


class ScaleInspectView(OwnLinks, InspectView):
    """To read: whoever keeps a district's scale says which level of the state's each of its levels equals."""

    page_title = _("Competency scale")

    def get_field_label(self, field_name: str, field: Any) -> str:
        return (
            gettext("Levels, lowest first")
            if field_name == "levels"
            else super().get_field_label(field_name, field)
        )

    def get_description_display_value(self) -> str:
        return self.object.description or "–"

    def get_levels_display_value(self) -> str:
        levels = self.object.levels.select_related("state_equivalent").order_by("sort_order")
        rows = format_html_join(
            "",
            "<li><strong>{}</strong>{}{}</li>",
            (
                (
                    level.name,
                    f": {level.description}" if level.description else "",
                    gettext(" (on the state’s scale: %(level)s)") % {"level": level.state_equivalent}
                    if level.state_equivalent
                    else "",
                )
                for level in levels
            ),
        )
        return format_html("<ol>{}</ol>", rows) if rows else gettext("None yet")


class ScaleViewSet(MeanwhileViewSet):
    model = CompetencyScale
    index_view_class = ScaleIndexView
    inspect_view_enabled = True
    inspect_view_class = ScaleInspectView
    inspect_view_fields = ["owner", "description", "levels"]
    icon = "list-ol"
    menu_label = _("Competency scales")
    list_display = ["name", "owner"]
    list_filter = ["owner"]
    edit_view_class = ScaleEditView
    delete_view_class = ScaleDeleteView
    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("owner"),
        FieldPanel("description"),
        LevelsPanel(
            "levels",
            heading=_("Levels, lowest first"),
            label=_("level"),
            panels=[
                FieldPanel("name"),
                FieldPanel("slug"),
                FieldPanel("description"),
                FieldPanel("state_equivalent"),
            ],
        ),
    ]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[CompetencyScale]]:
        self._edit_handler.base_form_class = ScaleForm
        form: type[forms.ModelForm[CompetencyScale]] = self._edit_handler.get_form_class()
        return form
