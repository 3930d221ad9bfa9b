"""The Wagtail admin's upload forms: the same checks of content as on the site (repository.uploads)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from repository.uploads import Refused, check_file, check_image


class PictureField(WagtailImageField):
    def to_python(self, data: Any) -> Any:
        try:
            return super().to_python(data)
        except OSError as error:  # a picture that was cut off: Wagtail lets it through as a server error
            raise ValidationError(_("This picture is damaged. Save it again, then upload that.")) from error


class CheckedImageForm(BaseImageForm):
    file = PictureField(label=_("File"), widget=BaseImageForm.Meta.widgets["file"])

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            try:
                check_image(file)
            except Refused as refused:
                raise ValidationError(str(refused)) from refused
        return file


class CheckedDocumentForm(BaseDocumentForm):
    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            try:
                check_file(file)
            except Refused as refused:
                raise ValidationError(str(refused)) from refused
        return file
