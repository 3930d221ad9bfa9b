"""What people looked for and did not find: the wanted list of coordinators. It says nothing about who looked."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WantedSearch(models.Model):
    """A search that found nothing, told by its reader: how often on one day.

    filters: what was chosen, as an address has it ("grade=06&subject=science"), and in words for people. done_at: a
    coordinator took it off the list; told again later it comes back as a new row.
    """

    words = models.CharField(_("looked for"), max_length=300, blank=True)
    filters = models.CharField(_("filters"), max_length=1500, blank=True)
    filters_words = models.TextField(_("filters in words"), blank=True)
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("times"), default=0)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        ordering = ["-day", "pk"]
        verbose_name = _("wanted resource")
        verbose_name_plural = _("wanted resources")
        constraints = [
            models.UniqueConstraint(
                fields=["words", "filters", "day"],
                condition=models.Q(done_at__isnull=True),
                name="wanted_once_a_day",
            )
        ]

    def __str__(self) -> str:
        return self.words or str(_("any words"))


class WantedTicket(models.Model):
    """A search that a form has told: sent again, the same form counts it no more. Kept as long as the form is good.

    digest: SHA-256 of the form's ticket, of words and filters. A ticket is drawn by chance and belongs to no person.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    sent_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.digest
