"""The vocabularies that a package brings along: CASE's CFDefinitions. One row a framework and identifier."""

from django.db import models

from standards.models.base import CaseRecord
from standards.models.framework import Framework


class Definition(CaseRecord):
    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="%(class)ss")
    title = models.TextField(blank=True)
    description = models.TextField(blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["framework", "identifier"], name="%(class)s_once")]

    def __str__(self) -> str:
        return self.title


class Subject(Definition):
    hierarchy_code = models.CharField(max_length=255, blank=True)


class ItemType(Definition):
    hierarchy_code = models.CharField(max_length=255, blank=True)
    type_code = models.CharField(max_length=255, blank=True)


class Concept(Definition):
    hierarchy_code = models.CharField(max_length=255, blank=True)
    keywords = models.TextField(blank=True)


class License(Definition):
    license_text = models.TextField(blank=True)


class AssociationGrouping(Definition):
    pass
