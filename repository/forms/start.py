"""The first step: what it is, its title, what students will do. That is enough for a draft."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Organisation, User
from repository.forms.blocks import new_id
from repository.forms.body import stream_value
from repository.forms.fields import LineField
from repository.models import ResourceKind, ResourcePage
from repository.selectors import contribution_districts, own_school


class StartForm(forms.Form):
    title = LineField(
        label=_("Title"), max_length=200, required=True, help_text=_("As a teacher would look for it.")
    )
    kind = forms.ModelChoiceField(
        label=_("What is it?"),
        queryset=ResourceKind.objects.all(),
        to_field_name="slug",
        empty_label=None,
        widget=forms.RadioSelect,
    )
    students_will = forms.CharField(
        label=_("What will students do?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One sentence is enough: “Compare the prices of three cereals by unit rate.”"),
    )
    district = forms.ModelChoiceField(
        label=_("For which district?"),
        queryset=Organisation.objects.none(),
        to_field_name="slug",
        empty_label=None,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        districts = contribution_districts(user)
        self.fields["district"].queryset = districts  # type: ignore[attr-defined]
        self.only_district = districts[0] if len(districts) == 1 else None
        if self.only_district is not None:
            # There is nothing to choose.
            del self.fields["district"]

    @property
    def chosen_district(self) -> Organisation:
        chosen: Organisation = self.only_district or self.cleaned_data["district"]
        return chosen

    def fill(self, page: ResourcePage) -> None:
        """Give a new draft what was said here."""
        sentence = self.cleaned_data["students_will"].strip()
        objective = {"type": "item", "value": sentence, "id": new_id()}
        value = {"objectives": [objective], "evidence": ""}
        page.body = stream_value([{"type": "objectives", "value": value, "id": new_id()}])
        page.school = own_school(self.user, self.chosen_district)
