"""A resource's tie to a standard: what it does for it, and at which competency level. One fact, found as one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from repository.models.competency import CompetencyLevel
from standards.models import Item


class Alignment(Orderable):
    """A child of the page, so versioned with it: a stored revision names the item by key."""

    class Relation(models.TextChoices):
        """LRMI's alignmentType."""

        TEACHES = "teaches", _("Teaches")
        ASSESSES = "assesses", _("Assesses")
        REQUIRES = "requires", _("Requires")
        EDUCATIONAL_LEVEL = "educationalLevel", _("Is at the level of")

    class Status(models.TextChoices):
        CLAIMED = "claimed", _("Claimed by the author")
        CONFIRMED = "confirmed", _("Confirmed in review")
        DISPUTED = "disputed", _("Disputed")

    page = ParentalKey("repository.ResourcePage", on_delete=models.CASCADE, related_name="alignments")
    item = models.ForeignKey(
        Item, verbose_name=_("standard"), on_delete=models.PROTECT, related_name="alignments"
    )
    relation = models.CharField(_("relation"), max_length=20, choices=Relation, default=Relation.TEACHES)
    level = models.ForeignKey(
        CompetencyLevel,
        verbose_name=_("competency level"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="alignments",
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CLAIMED)

    class Meta(Orderable.Meta):
        verbose_name = _("alignment")
        verbose_name_plural = _("alignments")

    def __str__(self) -> str:
        return f"{self.get_relation_display()} {self.item}"
