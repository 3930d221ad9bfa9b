"""A statement of a framework (CASE's CFItem), its other names, and everything above it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Func
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from standards.models.base import CaseRecord
from standards.models.framework import Framework

# What the look-up by words searches: an index on exactly this expression answers it.
ITEM_WORDS = SearchVector("full_statement", "abbreviated_statement", "human_coding_scheme", config="english")

# Every spelling of the code, so that a beginning of any of them is found by an index: see standards.typeahead.
ITEM_CODES = Func(
    Cast("code_forms", ArrayField(models.TextField())),
    function="array_to_tsvector",
    output_field=SearchVectorField(),
)


class Item(CaseRecord):
    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="items")
    identifier = models.CharField(_("identifier"), max_length=255, unique=True)
    full_statement = models.TextField(_("statement"))
    abbreviated_statement = models.TextField(blank=True)
    alternative_label = models.TextField(blank=True)
    human_coding_scheme = models.CharField(_("code"), max_length=255, blank=True)
    list_enumeration = models.CharField(max_length=255, blank=True)
    cf_item_type = models.CharField(_("type"), max_length=255, blank=True)
    item_type = models.ForeignKey(
        "standards.ItemType", null=True, blank=True, on_delete=models.SET_NULL, related_name="items"
    )
    education_level = models.JSONField(
        default=list, blank=True, help_text=_("Grades as the source gives them.")
    )
    # Own grades as CEDS codes, or those of the nearest ancestor that has any.
    grades = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    subject = models.JSONField(default=list, blank=True)
    concept_keywords = models.JSONField(default=list, blank=True)
    notes = models.TextField(blank=True)
    language = models.CharField(max_length=35, blank=True)
    license = models.ForeignKey(
        "standards.License", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    status_start_date = models.CharField(max_length=60, blank=True)
    status_end_date = models.CharField(max_length=60, blank=True)
    # Derived on import: place in a walk of the tree from its first root, and the least distance from a root.
    position = models.PositiveIntegerField(default=0)
    depth = models.PositiveSmallIntegerField(default=0)
    # Every spelling under which the code is asked for, folded: see standards.codes.
    code_forms = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    # The codes that it had before a revision gave it another one: teachers know them.
    former_codes = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    # Gone from the source, or ended there; kept for the resources that are aligned to it.
    retired_at = models.DateTimeField(null=True, blank=True)
    # No longer in the source's file: an export leaves it out. One that has only ended there is still in it.
    withdrawn = models.BooleanField(default=False)

    ancestors = models.ManyToManyField(
        "self",
        through="standards.ItemAncestor",
        through_fields=("descendant", "ancestor"),
        symmetrical=False,
        related_name="descendants",
    )

    class Meta:
        ordering = ["framework_id", "position"]
        verbose_name = _("standard")
        verbose_name_plural = _("standards")
        indexes = [
            models.Index(fields=["framework", "position"], name="item_framework_position"),
            models.Index(fields=["human_coding_scheme"], name="item_code"),
            GinIndex(fields=["code_forms"], name="item_code_forms"),
            GinIndex(ITEM_WORDS, name="item_words"),
            GinIndex(ITEM_CODES, name="item_code_beginnings"),
            HashIndex(fields=["uri"], name="item_uri"),  # a B-tree refuses addresses of more than 2,700 bytes
        ]

    def __str__(self) -> str:
        return f"{self.human_coding_scheme} {self.full_statement}".strip()[:200]

    def get_absolute_url(self) -> str:
        return reverse("standards:item", args=[self.identifier])


class ItemAncestor(models.Model):
    """The closure of isChildOf: one row for each ancestor of an item, and one with depth 0 for itself.

    `depth` is the length of the shortest way up. An ancestor may belong to another framework.
    """

    ancestor = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="descendant_links")
    descendant = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="ancestor_links")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["descendant", "ancestor"], name="item_ancestor_once")]
        indexes = [models.Index(fields=["ancestor", "depth", "descendant"], name="item_ancestor_down")]

    def __str__(self) -> str:
        return f"{self.descendant_id} below {self.ancestor_id} ({self.depth})"


class ItemAlias(models.Model):
    """Another identifier or URI of the same statement: from another serialisation, an older number, the publisher."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="aliases")
    value = models.TextField(unique=True)

    def __str__(self) -> str:
        return self.value
