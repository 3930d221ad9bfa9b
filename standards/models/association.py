"""A relation between two statements, or a statement and its framework: CASE's CFAssociation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from standards.models.base import CaseRecord
from standards.models.framework import Framework
from standards.models.item import Item


class AssociationType(models.TextChoices):
    """CASE 1.1's types. A source may use more (`ext:…`): the column takes any text."""

    IS_CHILD_OF = "isChildOf", _("is part of (in the tree)")
    IS_PEER_OF = "isPeerOf", _("is a peer of")
    IS_PART_OF = "isPartOf", _("is part of")
    EXACT_MATCH_OF = "exactMatchOf", _("is the same as")
    PRECEDES = "precedes", _("comes before")
    IS_RELATED_TO = "isRelatedTo", _("is related to")
    REPLACED_BY = "replacedBy", _("is replaced by")
    EXEMPLAR = "exemplar", _("has the example")
    HAS_SKILL_LEVEL = "hasSkillLevel", _("has the skill level")
    IS_TRANSLATION_OF = "isTranslationOf", _("is a translation of")


class Association(CaseRecord):
    """`origin` isChildOf `destination`: child, parent; the destination may be the framework itself.

    Either end may lie outside all that is stored: then its item is null until its framework arrives, and the
    link (identifier, URI, title) says what it is.
    """

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="associations")
    identifier = models.CharField(max_length=255)
    association_type = models.CharField(max_length=100)
    origin = models.ForeignKey(Item, null=True, on_delete=models.SET_NULL, related_name="associations_from")
    origin_identifier = models.CharField(max_length=255, db_index=True)
    origin_uri = models.TextField(blank=True)
    origin_title = models.TextField(blank=True)
    destination = models.ForeignKey(
        Item, null=True, on_delete=models.SET_NULL, related_name="associations_to"
    )
    destination_identifier = models.CharField(max_length=255, db_index=True)
    destination_uri = models.TextField(blank=True)
    destination_title = models.TextField(blank=True)
    sequence_number = models.IntegerField(null=True)
    grouping = models.ForeignKey(
        "standards.AssociationGrouping",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="associations",
    )
    notes = models.TextField(blank=True)
    # No longer in the source's file; kept to say where a withdrawn item stood.
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ["sequence_number", "pk"]
        constraints = [models.UniqueConstraint(fields=["framework", "identifier"], name="association_once")]
        indexes = [
            models.Index(fields=["destination", "association_type"], name="association_in"),
            models.Index(fields=["origin", "association_type"], name="association_out"),
        ]

    def __str__(self) -> str:
        return f"{self.origin_identifier} {self.association_type} {self.destination_identifier}"
