"""Which organisation works with which framework: adopted frameworks come first wherever standards are picked."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Organisation
from standards.models.framework import Framework


class Adoption(models.Model):
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("adopted by"), on_delete=models.CASCADE, related_name="adoptions"
    )
    framework = models.ForeignKey(
        Framework, verbose_name=_("framework"), on_delete=models.CASCADE, related_name="adoptions"
    )
    adopted_on = models.DateField(_("adopted on"), null=True, blank=True)

    class Meta:
        ordering = ["organisation__name", "framework__title"]
        verbose_name = _("adoption")
        verbose_name_plural = _("adoptions")
        constraints = [models.UniqueConstraint(fields=["organisation", "framework"], name="adoption_once")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.framework}"
