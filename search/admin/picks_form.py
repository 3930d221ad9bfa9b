"""The rows of the form on which coordinators pick results: a published resource each, and each once."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel

from repository.audience import visible_q
from repository.models import ResourcePage
from search.kept import PromotedResource


class PickForm(WagtailAdminModelForm):
    """What may be picked is what may be seen, of any district; what the row names already may stay."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["resource"]
        field.queryset = ResourcePage.objects.filter(
            visible_q(self.for_user) | Q(pk=self.instance.resource_id)
        )
        field.error_messages["invalid_choice"] = _("Choose a published resource that you may see.")
        field.widget.reader = self.for_user


class PickFormSet(BaseChildFormSet):
    """Rows that somebody else has added or taken out meanwhile stay so: what that means for this form is said beside it."""

    def clean(self) -> None:
        super().clean()
        own = [form.instance.pk for form in self.forms if form.instance.pk]
        others = PromotedResource.objects.filter(promotion=self.instance.pk).exclude(pk__in=own)
        taken = set(others.values_list("resource", flat=True))
        for form in self.forms:
            if self._should_delete_form(form):
                continue
            resource = form.cleaned_data.get("resource")
            if resource and resource.pk in taken:
                form.add_error(
                    "resource", _("Somebody else has picked this one meanwhile. Take this row out, and save.")
                )
            elif "id" in form.errors:
                # The field is hidden, and so would be its error.
                form.add_error(
                    "resource",
                    _("Somebody else has taken this one out meanwhile. Take this row out, or add it anew."),
                )

    def get_unique_error_message(self, unique_check: Any) -> Any:
        return _("The same resource is picked twice. Take one of the two rows out.")


class PickedPanel(InlinePanel):
    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name].update(
            form=PickForm, formset=PickFormSet, inherit_kwargs=["for_user"]
        )
        return options
