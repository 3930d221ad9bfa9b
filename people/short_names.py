"""Forms of the admin for things with a name and a short name, which need not be thought of."""

from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm


class ShortNameForm(WagtailAdminModelForm):
    """A short name that is left empty is made of the name, or stays as it was. No two have one name."""

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

    def namesakes(self) -> QuerySet[Any]:
        """Those of which none may have the same name: all others of the kind."""
        found: QuerySet[Any] = type(self.instance)._default_manager.exclude(pk=self.instance.pk)
        return found

    def clean_slug(self) -> str:
        given: str = self.cleaned_data["slug"] or self.instance.slug
        name = self.cleaned_data.get(self.named_by)
        if given or not name:
            return given
        longest = self.fields["slug"].max_length - 4  # room for a number
        made = slugify(name)[:longest].rstrip("-")
        if not made:
            raise ValidationError(_("Type one: of this name there is nothing to make it of."))
        taken = self.short_names_taken()
        numbered = (f"{made}-{number}" for number in count(2))
        return made if made not in taken else next(one for one in numbered if one not in taken)

    def short_names_taken(self) -> set[str]:
        # Of a district those of schools, too.
        every: type[Model] = self.instance._meta.concrete_model
        return set(every._base_manager.values_list("slug", flat=True))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        name = cleaned.get(self.named_by)
        # What has a namesake already can be changed otherwise.
        has_changed = {self.named_by, "parent"} & set(self.changed_data)
        if name and has_changed and self.namesakes().filter(**{f"{self.named_by}__iexact": name}).exists():
            self.add_error(self.named_by, _("There is one with this name already."))
        return cleaned
