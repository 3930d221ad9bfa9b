"""Files and images of resources. They leave by one checked view (repository.files), never by a media URL."""

from pathlib import Path

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import Orderable


class ResourceDocument(AbstractDocument):
    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")


class ResourceImage(AbstractImage):
    admin_form_fields = Image.admin_form_fields

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
        return reverse("resource_image", args=[self.pk, Path(self.file.name).name])


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
