"""Two people who change one thing in Wagtail's admin: the second hears of what the first has kept, before it is replaced."""

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from wagtail.admin.views.generic import EditView

SEEN = "seen"  # the field that says what stood there when the page was opened


class MeanwhileEditView(EditView):
    """Compares the object's own fields; rows that belong to it are for their formset to look after."""

    def get_form(self, form_class: type[forms.ModelForm[Any]] | None = None) -> forms.ModelForm[Any]:
        form: forms.ModelForm[Any] = super().get_form(form_class)
        self.stored = {
            field.name: field.value_from_object(self.object)
            for field in self.object._meta.concrete_fields
            if field.name in form.fields
        }
        self.state = hashlib.sha256(repr(self.stored).encode()).hexdigest()[:16]
        form.fields[SEEN] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=self.state, max_length=16
        )
        return form

    def is_valid(self, form: Any) -> bool:
        if not super().is_valid(form):
            return False
        seen = form.cleaned_data[SEEN]
        now = [f"{form.fields[name].label}: {self.stored[name]}" for name in self._replaced(form)]
        if not seen or seen == self.state or not now:
            return True
        # What was typed stays; saved again, it is kept knowingly.
        form.data = form.data.copy()
        form.data[SEEN] = self.state
        words = _(
            "Somebody else has changed this since you opened it. Nothing of yours has been kept. "
            "Save again if it shall be as in your form. Now there is – %(now)s"
        )
        form.add_error(None, words % {"now": "; ".join(now)})
        self.produced_error_message = self.get_error_message()
        return False

    def _replaced(self, form: Any) -> list[str]:
        """The fields that would not be as they are stored."""
        made = form.instance
        return [
            name
            for name, value in self.stored.items()
            if made._meta.get_field(name).value_from_object(made) != value
        ]
