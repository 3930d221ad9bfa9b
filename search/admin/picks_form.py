"""The rows of the form on which coordinators pick results: a published resource each, and each once."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel

from people.meanwhile import RowsFormSet
from repository.audience import visible_q
from repository.models import ResourcePage


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


class PickFormSet(RowsFormSet):
    once = "resource"
    taken = _("Somebody else has picked this one meanwhile. Take this row out, and save.")

    def get_unique_error_message(self, unique_check: Any) -> Any:
        return _("The same resource is picked twice. Take one of the two rows out.")


class PickedPanel(InlinePanel):
    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name].update(
            form=PickForm, formset=PickFormSet, inherit_kwargs=["for_user"]
        )
        return options
