"""What people, the index and the language model keep for ranking: changed weights, promoted results, which resources are
versions of one, vectors."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from repository.models import ResourcePage
from search.words import has_words


class RankingSettings(models.Model):
    """The weights that a state's administrator has changed: one row, or none where all are as they came.

    changes: weights by name (`search.ranking.Weights`), only those that differ from the default.
    """

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    changes = models.JSONField(default=dict)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="ranking_one_row")]
        verbose_name = _("order of results")
        verbose_name_plural = _("order of results")

    def __str__(self) -> str:
        return ", ".join(f"{name} {value:g}" for name, value in self.changes.items())


class Promotion(ClusterableModel):
    """Resources that coordinators have picked for a query: shown first, while the dates hold, to whoever may see them."""

    phrases = models.TextField(
        _("searches"),
        help_text=_("What people type, one search a line. Capital letters, accents and signs do not matter."),
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to, this day included"), null=True, blank=True)

    class Meta:
        ordering = ["phrases"]
        verbose_name = _("list of picked results")
        verbose_name_plural = _("lists of picked results")

    def __str__(self) -> str:
        return ", ".join(self.phrases.splitlines())[:200]

    def clean(self) -> None:
        if self.phrases and not has_words(self.phrases):
            raise ValidationError({"phrases": _("Type words that people search for.")})
        if self.starts_on and self.ends_on and self.starts_on > self.ends_on:
            raise ValidationError({"ends_on": _("The last day is before the first.")})


class PromotedResource(Orderable):
    promotion = ParentalKey(Promotion, on_delete=models.CASCADE, related_name="resources")
    resource = models.ForeignKey(
        ResourcePage, verbose_name=_("resource"), on_delete=models.CASCADE, related_name="+"
    )

    class Meta(Orderable.Meta):
        constraints = [
            # Checked at the end: rows are saved one by one, and two may have swapped what they name.
            models.UniqueConstraint(
                fields=["promotion", "resource"],
                name="promoted_once_a_promotion",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        """Not by the title, which not everybody who keeps the list may see."""
        return gettext("Place %(number)d") % {"number": (self.sort_order or 0) + 1}


class VersionGroup(models.Model):
    """A resource's place among near-duplicates: see search.versions.

    group: the identifier of the resource that was there first, and the resource's own while it is like no other.
    shared: there are others, or have been. made_of: a checksum of what the sketch was made of.
    """

    page_id = models.BigIntegerField(primary_key=True)
    group = models.UUIDField(db_index=True)
    shared = models.BooleanField(default=False)
    made_of = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=300)
    sketch = ArrayField(models.BigIntegerField())
    probe = ArrayField(models.BigIntegerField())

    class Meta:
        # Each search would have to read through what is put off.
        indexes = [GinIndex(fields=["probe"], name="version_probe", fastupdate=False)]

    def __str__(self) -> str:
        return f"page {self.page_id} in {self.group}"


class StatementVector(models.Model):
    """The meaning of a statement as a vector: see suggested/meaning.py. key: of the model's version and the text."""

    key = models.UUIDField(primary_key=True)
    vector = models.BinaryField()

    def __str__(self) -> str:
        return str(self.key)
