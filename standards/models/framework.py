"""A standards framework: CASE's CFDocument."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from people.models import Organisation
from standards.models.base import CaseRecord


class Framework(CaseRecord):
    identifier = models.CharField(_("identifier"), max_length=255, unique=True)
    title = models.TextField(_("title"))
    short_name = models.CharField(
        _("short name"),
        max_length=60,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", _("Letters, digits, dots and hyphens only."))
        ],
        help_text=_("Names the framework in addresses and searches, as in MER-MATH:M.6.RP.2."),
    )
    creator = models.TextField(_("creator"), blank=True)
    publisher = models.TextField(_("publisher"), blank=True)
    description = models.TextField(_("description"), blank=True)
    # Where it holds: a state's name, or "United States" and the like. From the source, else its creator.
    jurisdiction = models.CharField(_("jurisdiction"), max_length=200, blank=True, db_index=True)
    subject = models.JSONField(
        _("subjects"), default=list, blank=True, help_text=_("As the source names them.")
    )
    language = models.CharField(_("language"), max_length=35, blank=True)
    version = models.CharField(_("version"), max_length=255, blank=True)
    adoption_status = models.CharField(_("adoption status"), max_length=100, blank=True)
    status_start_date = models.CharField(max_length=60, blank=True)
    status_end_date = models.CharField(max_length=60, blank=True)
    official_source_url = models.TextField(_("official source"), blank=True)
    notes = models.TextField(blank=True)
    framework_type = models.CharField(max_length=255, blank=True)
    case_version = models.CharField(max_length=20, blank=True)
    license = models.ForeignKey(
        "standards.License", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What its package says beside its records, and which of its lists were given though empty.
    package_extra = models.JSONField(default=dict, blank=True)
    # Derived on import: all grades of its items, in the order of CEDS.
    grades = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    owner = models.ForeignKey(
        Organisation,
        verbose_name=_("kept by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="frameworks",
        help_text=_("Whose administrators may import it again. Nobody: the state's."),
    )
    # The address that it was last fetched from: only this source may update it unasked.
    source_url = models.TextField(_("fetched from"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["title"]
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")

    @property
    def last_changed(self) -> date | str:
        """When the source says that it last changed it: a day, or in its own words where those name none."""
        try:
            return parse_date(self.last_change_date_time[:10]) or self.last_change_date_time
        except ValueError:  # as of a 31 February
            return self.last_change_date_time

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("standards:framework", args=[self.short_name])


class FrameworkAlias(models.Model):
    """Another identifier or URI under which the same framework is known."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="aliases")
    value = models.TextField(unique=True)

    def __str__(self) -> str:
        return self.value
