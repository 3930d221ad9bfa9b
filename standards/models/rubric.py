"""CASE's CFRubric, CFRubricCriterion and CFRubricCriterionLevel."""

from django.db import models

from standards.models.base import CaseRecord
from standards.models.framework import Framework
from standards.models.item import Item


class Rubric(CaseRecord):
    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="rubrics")
    title = models.TextField(blank=True)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["framework", "identifier"], name="rubric_once")]

    def __str__(self) -> str:
        return self.title


class RubricCriterion(CaseRecord):
    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="criteria")
    category = models.TextField(blank=True)
    description = models.TextField(blank=True)
    item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.SET_NULL, related_name="rubric_criteria"
    )
    weight = models.FloatField(null=True)
    position = models.IntegerField(null=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "rubric criteria"

    def __str__(self) -> str:
        return self.category or self.description


class RubricCriterionLevel(CaseRecord):
    criterion = models.ForeignKey(RubricCriterion, on_delete=models.CASCADE, related_name="levels")
    description = models.TextField(blank=True)
    quality = models.TextField(blank=True)
    score = models.FloatField(null=True)
    feedback = models.TextField(blank=True)
    position = models.IntegerField(null=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.quality or self.description
