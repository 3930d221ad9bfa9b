"""Short controlled lists that editors keep in the admin. Each value has a slug for URLs and files, and a label."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel


class Vocabulary(models.Model):
    label = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(
        _("short name"), max_length=60, unique=True, help_text=_("Used in addresses and imports, so keep it.")
    )
    description = models.TextField(
        _("description"), blank=True, help_text=_("When to choose it, in a sentence.")
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("Low numbers come first.")
    )

    panels = [FieldPanel("label"), FieldPanel("slug"), FieldPanel("description"), FieldPanel("position")]

    class Meta:
        abstract = True
        ordering = ["position", "label"]

    def __str__(self) -> str:
        return self.label


class ResourceKind(Vocabulary):
    """What a resource is (lesson, task, opportunity …): LRMI's learningResourceType."""

    # The block types that the contribution page offers for this kind. Empty: all.
    blocks = ArrayField(
        models.CharField(max_length=40), verbose_name=_("sections offered"), default=list, blank=True
    )

    panels = [*Vocabulary.panels, FieldPanel("blocks")]

    class Meta(Vocabulary.Meta):
        verbose_name = _("kind of resource")
        verbose_name_plural = _("kinds of resource")


class Modality(Vocabulary):
    """The setting that learning happens in: whole class, online, internship, community …"""

    class Meta(Vocabulary.Meta):
        verbose_name = _("setting")
        verbose_name_plural = _("settings")


class Subject(Vocabulary):
    """A school subject, as teachers browse by it; a framework's own subjects stay with the framework."""

    mark = models.CharField(
        _("mark"), max_length=4, blank=True, help_text=_("One to four letters shown beside it.")
    )

    panels = [*Vocabulary.panels, FieldPanel("mark")]

    class Meta(Vocabulary.Meta):
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
