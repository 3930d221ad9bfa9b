"""The Wagtail admin's upload forms: the same checks of content as on the site (repository.uploads)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.tasks import delete_file_from_storage_task

from repository.uploads import Refused, check_file, check_image, keeping


class KeepsFile:
    """Stores the file while the form is checked: where the place of files is away or full, that is said beside the field,
    what was typed stays, and so does the file that was to be replaced."""

    errors: Any
    cleaned_data: dict[str, Any]
    changed_data: list[str]
    instance: Any
    original_file: Any
    is_kept = False

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc] # of the form
        return excluded if "file" in self.cleaned_data else {*excluded, "file"}

    def _post_clean(self) -> None:
        file: Any = self.cleaned_data.get("file")
        comes_in = isinstance(file, UploadedFile)
        if not comes_in:
            # Django would have the file that is there already fetched, to measure it again.
            self.cleaned_data.pop("file", None)
        super()._post_clean()  # type: ignore[misc] # of the form
        if not comes_in:
            return
        if not self.errors:
            try:
                with keeping(file):
                    self.instance.keep_file()
            except Refused as refused:
                self.add_error("file", str(refused))  # type: ignore[attr-defined] # of the form
        if self.errors:
            # The page shows what there is. Past the field, which would fetch it to measure it.
            self.instance.__dict__["file"] = self.original_file
            return
        self.is_kept = True
        # Wagtail would fetch the file again to measure it, and delete the former one before the row is saved.
        self.changed_data.remove("file")

    def save(self, commit: bool = True) -> Any:
        saved = super().save(commit=commit)  # type: ignore[misc] # of the form
        if self.is_kept and self.original_file:
            self.replaced()
        return saved

    def replaced(self) -> None:
        former = self.original_file
        transaction.on_commit(
            lambda: delete_file_from_storage_task.enqueue(former.storage.deconstruct(), former.name)
        )


class PictureField(WagtailImageField):
    def to_python(self, data: Any) -> Any:
        try:
            return super().to_python(data)
        except OSError as error:  # a picture that was cut off: Wagtail lets it through as a server error
            raise ValidationError(_("This picture is damaged. Save it again, then upload that.")) from error


class CheckedImageForm(KeepsFile, BaseImageForm):
    file = PictureField(label=_("File"), widget=BaseImageForm.Meta.widgets["file"])

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            try:
                check_image(file)
            except Refused as refused:
                raise ValidationError(str(refused)) from refused
        return file

    def replaced(self) -> None:
        super().replaced()
        self.instance.renditions.all().delete()


class CheckedDocumentForm(KeepsFile, BaseDocumentForm):
    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            try:
                check_file(file)
            except Refused as refused:
                raise ValidationError(str(refused)) from refused
        return file
