"""Files and images of resources. They leave by one checked view (repository.files), never by a media URL."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.coreutils import string_to_ascii
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image, SourceImageIOError
from wagtail.models import Orderable

from repository.pictures import extension_of, without_metadata
from repository.uploads import IMAGES, storage_failed

logger = logging.getLogger(__name__)


def _comes_in(file: Any) -> bool:
    return bool(file) and not file._committed


def _bare(file: Any) -> Any:
    """A picture that comes in, from the site or from the admin, without its metadata."""
    return without_metadata(file, file.name) if extension_of(file.name) in IMAGES else file


def _store(one: models.Model) -> None:
    """Its file, before its row is saved."""
    field: Any = one._meta.get_field("file")
    field.pre_save(one, add=False)


@contextmanager
def _shown_as_missing(image: models.Model) -> Iterator[None]:
    """A picture that cannot be made smaller, because the place of files is away or full, is one that Wagtail does not find:
    the page is there all the same."""
    try:
        yield
    except SourceImageIOError:
        raise
    except Exception as error:
        if not storage_failed(error):
            raise
        logger.error("“%s” cannot be shown: %s", image, error)
        raise SourceImageIOError(str(error)) from error


def _for_a_header(name: str) -> str:
    """Wagtail writes the name of a download between quotes, in ASCII: what ends them there would name another file."""
    return "".join(
        "_" if not one.isprintable() or set(string_to_ascii(one)) & {'"', "\\"} else one for one in name
    )


class ResourceDocument(AbstractDocument):
    file: Any
    admin_form_fields = Document.admin_form_fields
    # Where another file has its name, the storage adds some signs to it, which tell nobody anything.
    uploaded_as = models.CharField(max_length=255, blank=True, editable=False)

    @property
    def filename(self) -> str:
        """As people see it, and as the download is called. Of files from before this was kept: as it is stored."""
        stored: str = super().filename
        return self.uploaded_as or stored

    def keep_file(self) -> None:
        if _comes_in(self.file):
            self.uploaded_as = _for_a_header(Path(self.file.name).name)
            self.file = _bare(self.file)
            self._set_document_file_metadata()
            _store(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.keep_file()
        super().save(*args, **kwargs)

    class Meta(AbstractDocument.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")


class ResourceImage(AbstractImage):
    file: Any
    admin_form_fields = Image.admin_form_fields

    def keep_file(self) -> None:
        if _comes_in(self.file):
            self.file = _bare(self.file)
            self._set_image_file_metadata()
            _store(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.keep_file()
        super().save(*args, **kwargs)

    def get_rendition(self, filter: Any) -> Any:
        with _shown_as_missing(self):
            return super().get_rendition(filter)

    def get_renditions(self, *filters: Any) -> Any:
        with _shown_as_missing(self):
            return super().get_renditions(*filters)

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")


class ResourceRendition(AbstractRendition):
    image = models.ForeignKey(ResourceImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="rendition_once")
        ]

    @property
    def url(self) -> str:
        """The checked view, in the admin and in every `{% image %}` too."""
        # Of a picture that is not there Wagtail makes a rendition that is nowhere, either.
        return reverse("resource_image", args=[self.pk or 0, Path(self.file.name).name])


class ResourceAttachment(Orderable):
    """A file that belongs to a resource, versioned with it."""

    page = ParentalKey("repository.ResourcePage", on_delete=models.CASCADE, related_name="attachments")
    document = models.ForeignKey(
        ResourceDocument, verbose_name=_("file"), on_delete=models.PROTECT, related_name="attachments"
    )
    title = models.CharField(_("title"), max_length=150, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.title or self.document.title
