"""What an administrator says to start an import."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from importers.models import RefreshSchedule
from importers.new_version import takes_tables
from importers.permissions import districts_for, may_import, owners_for
from importers.resources.services import AUDIENCES
from people.meanwhile import MeanwhileForm
from people.models import Organisation, User
from repository.forms.details import language_choices
from repository.models import ResourceKind, Subject
from standards.models import Framework


class SourceForm(forms.Form):
    """A file or an address: one of the two."""

    file = forms.FileField(label=_("File"), required=False)
    url = forms.URLField(label=_("Or its address"), required=False, assume_scheme="https")

    def clean_file(self) -> "UploadedFile[Any] | None":
        file: UploadedFile[Any] | None = self.cleaned_data.get("file")
        if file is not None and (file.size or 0) > settings.IMPORT_MAX_BYTES:
            limit = settings.IMPORT_MAX_BYTES // 1_000_000
            raise forms.ValidationError(_("The file is larger than %(limit)d MB.") % {"limit": limit})
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        readable = not {"file", "url"} & self.errors.keys()
        if readable and bool(cleaned.get("file")) == bool(cleaned.get("url")):
            raise forms.ValidationError(_("Choose a file, or give an address: one of the two."))
        return cleaned


class ImportForm(SourceForm):
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_(
            "CASE, ASN, Common Standards Project, OpenSALT, Knowledge Graph, or a table (CSV, XLSX). It may be in a zip."
        ),
    )
    url = forms.URLField(
        label=_("Or its address"),
        required=False,
        assume_scheme="https",
        help_text=_(
            "Of a file, a package (…/ims/case/v1p0/CFPackages/…), or a CASE server: then you choose among its documents."
        ),
    )
    short_name = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z",
        label=_("Short name"),
        required=False,
        max_length=60,
        help_text=_(
            "Names it in addresses, as MER-MATH. Leave it empty to have one made from the title. For the new version of "
            "a table, give the name of the framework that it replaces."
        ),
        error_messages={"invalid": _("Letters, digits, dots and hyphens only.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        owners = owners_for(user)
        self.fields["owner"] = forms.ModelChoiceField(
            label=_("Kept by"),
            queryset=Organisation.objects.filter(pk__in=[owner.pk for owner in owners]),
            initial=owners[0].pk if owners else None,
            empty_label=None,
            help_text=_("Whose administrators may import it again. Counts only if the framework is new."),
        )

    def clean_short_name(self) -> str:
        name = str(self.cleaned_data.get("short_name") or "")
        other = Framework.objects.filter(short_name__iexact=name).first() if name else None
        if other is None or (takes_tables(other) and may_import(self.user, other)):
            return name
        raise forms.ValidationError(
            _(
                "“%(title)s” has this short name. Choose another one, or leave this empty: a file finds its framework."
            )
            % {"title": other.title}
        )


class ResourceImportForm(SourceForm):
    audience = forms.ChoiceField(
        label=_("Who may see them"),
        required=False,
        choices=[
            ("", _("Everyone, and as before for those already here")),
            *((one.value, one.label) for one in AUDIENCES),
        ],
    )

    kind = forms.ModelChoiceField(
        label=_("Kind"), queryset=ResourceKind.objects.all(), to_field_name="slug", required=False,
        empty_label=_("As before for those already here, else “Reference”"),
        help_text=_("Of those that say none, as a list of lessons without such a column."),
    )  # fmt: skip
    subject = forms.ModelChoiceField(
        label=_("Subject"), queryset=Subject.objects.all(), to_field_name="slug", required=False,
        empty_label=_("As before for those already here, else none"), help_text=_("Of those that say none."),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As before for those already here, else English")), *language_choices()],
        help_text=_("Of those that say none."),
    )

    field_order = ["file", "url", "district", "audience", "kind", "subject", "language"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "A table (CSV, XLSX) with a row of headers: title, and what you have of description, kind, grade, subject, "
            "standards, license, author, link. Or JSON: a list of records with such keys, or JSON-LD with schema.org "
            "LearningResources. Or nsdl_dc."
        )
        self.fields["url"].help_text = _("The address of such a file, or of a web page with JSON-LD in it.")
        districts = districts_for(user)
        self.fields["district"] = forms.ModelChoiceField(
            label=_("District"),
            queryset=Organisation.objects.filter(pk__in=[one.pk for one in districts]),
            # Of several none stands there already: the first would be taken unseen.
            initial=districts[0].pk if len(districts) == 1 else None,
            empty_label=_("Choose a district") if len(districts) != 1 else None,
            help_text=_("They become resources of this district."),
        )
        self.order_fields(self.field_order)

    @property
    def defaults(self) -> dict[str, str]:
        """What was chosen for those that say none, by short name."""
        given = {name: self.cleaned_data[name] for name in ("kind", "subject", "language")}
        return {name: getattr(value, "slug", value) for name, value in given.items() if value}


class RefreshForm(MeanwhileForm):
    class Meta:
        model = RefreshSchedule
        fields = ["every", "by_itself"]
