"""Forms of the admin's vocabularies, where a short name need not be thought of."""

from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm


class ShortNameForm(WagtailAdminModelForm):
    """A short name that is left empty is made of the name, or stays as it was."""

    named_by = "label"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["slug"]
        field.required = False
        field.help_text = _("Used in addresses and imports, so keep it. Left empty, it is made of the name.")
        field.error_messages |= {
            "invalid": _("Only letters without accents, digits, hyphens and underscores, and no spaces."),
            "unique": _("Another one has this short name already."),
        }

    def clean_slug(self) -> str:
        given: str = self.cleaned_data["slug"] or self.instance.slug
        name = self.cleaned_data.get(self.named_by)
        if given or not name:
            return given
        longest = self.fields["slug"].max_length - 4  # room for a number
        made = slugify(name)[:longest].rstrip("-")
        if not made:
            raise ValidationError(_("Type one: of this name there is nothing to make it of."))
        taken = set(type(self.instance).objects.values_list("slug", flat=True))
        numbered = (f"{made}-{number}" for number in count(2))
        return made if made not in taken else next(one for one in numbered if one not in taken)
