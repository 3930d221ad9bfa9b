"""Competency scales: the state's, and those of districts, whose levels may name their equivalent on the state's."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from people.models import Organisation


class CompetencyScale(ClusterableModel):
    owner = models.ForeignKey(
        Organisation,
        verbose_name=_("kept by"),
        on_delete=models.PROTECT,
        related_name="competency_scales",
        limit_choices_to={"kind__in": ["state", "district"]},
    )
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(
        _("short name"), max_length=60, unique=True, help_text=_("Used in addresses and imports, so keep it.")
    )
    description = models.TextField(_("description"), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("competency scale")
        verbose_name_plural = _("competency scales")

    def __str__(self) -> str:
        return self.name

    @property
    def is_state_scale(self) -> bool:
        return self.owner.kind == Organisation.Kind.STATE


class CompetencyLevel(Orderable):
    scale = ParentalKey(
        CompetencyScale, on_delete=models.CASCADE, related_name="levels", verbose_name=_("scale")
    )
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("short name"), max_length=60)
    description = models.TextField(
        _("description"), blank=True, help_text=_("What a student at this level can do.")
    )
    state_equivalent = models.ForeignKey(
        "self",
        verbose_name=_("level on the state's scale"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="district_equivalents",
        limit_choices_to={"scale__owner__kind": "state"},
        help_text=_("A search by the state's level finds this one too."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("competency level")
        verbose_name_plural = _("competency levels")
        constraints = [models.UniqueConstraint(fields=["scale", "slug"], name="competency_level_slug_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """How URLs and files name it: `scale:level`."""
        return f"{self.scale.slug}:{self.slug}"

    def clean(self) -> None:
        if self.state_equivalent and not self.state_equivalent.scale.is_state_scale:
            raise ValidationError({"state_equivalent": _("Choose a level of the state's scale.")})
