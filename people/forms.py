"""Forms of the district pages and of one's own account."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organisation, Role, User
from people.selectors import district_schools
from people.services import assignable_roles, membership_stamp


class RoleForm(forms.Form):
    """Which role, and where. A teacher may belong to a school; every other role is the district's."""

    role = forms.ChoiceField(
        label=_("Role"),
        help_text=_(
            "Teachers contribute. Reviewers approve or return what teachers send. Coordinators also keep topics, "
            "levels and collections. Administrators also manage people, schools and frameworks."
        ),
    )
    organisation = forms.ModelChoiceField(
        label=_("Works at"),
        queryset=Organisation.objects.none(),
        empty_label=None,
        help_text=_("Choose a school for teachers. Every other role is for the whole district."),
    )

    def __init__(self, *args: Any, actor: User, district: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = cast("forms.ChoiceField", self.fields["role"])
        place = cast("forms.ModelChoiceField[Organisation]", self.fields["organisation"])
        role.choices = [(value, Role(value).label) for value in assignable_roles(actor, district)]
        schools = district_schools(district).order_by().values("pk")
        places = Organisation.objects.filter(pk__in=schools) | Organisation.objects.filter(pk=district.pk)
        place.queryset = places.order_by("kind", "name")
        if district.kind == Organisation.Kind.STATE:
            role.help_text = _(
                "State administrators see the work of every district, add districts and their people, and keep the state’s "
                "frameworks and vocabularies."
            )
            place.help_text = ""


class ChangeRoleForm(RoleForm):
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=60)


class AddMemberForm(RoleForm):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        help_text=_("As shown beside what they publish. Not needed if they have an account already."),
    )
    field_order = ["email", "name", "role", "organisation"]


class SchoolForm(forms.Form):
    name = forms.CharField(label=_("Name of the school"), max_length=150)
    nces_id = forms.CharField(
        label=_("NCES identifier"),
        max_length=12,
        required=False,
        help_text=_("Twelve digits from the federal directory, if you know it."),
    )


class AccountForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["name"]


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Put a service's errors beside their fields; what belongs to no field of the form goes on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


def initial_of(membership: Membership) -> dict[str, Any]:
    return {
        "role": membership.role,
        "organisation": membership.organisation_id,
        "seen": membership_stamp(membership),
    }
