"""Writes the rubrics of a draft over those that are stored."""

from collections.abc import Callable

from importers.derived import columns_of
from importers.draft import FrameworkDraft, RubricDraft, link_identifier
from importers.stored import Stored
from standards.models import Framework, Rubric, RubricCriterion, RubricCriterionLevel

FindItem = Callable[[str, str], int | None]
"""The key of the item with an identifier or address, if it is known."""


def write_rubrics(draft: FrameworkDraft, stored: Stored, framework: Framework, find_item: FindItem) -> None:
    """A rubric that differs is written anew: nothing refers to its parts."""
    before = {rubric.identifier: rubric for rubric in stored.draft.rubrics}
    after = {rubric.identifier: rubric for rubric in draft.rubrics}
    gone = before.keys() - after.keys()
    differing = [rubric for key, rubric in after.items() if before.get(key) != rubric]
    if not gone and not differing:
        return
    Rubric.objects.filter(
        framework=framework, identifier__in=[*gone, *(rubric.identifier for rubric in differing)]
    ).delete()
    for rubric in differing:
        _write_rubric(rubric, framework, find_item)


def _write_rubric(draft: RubricDraft, framework: Framework, find_item: FindItem) -> None:
    rubric = Rubric.objects.create(framework=framework, **columns_of(draft, "criteria"))
    for criterion in draft.criteria:
        link = criterion.extra.get("CFItemURI")
        uri = link.get("uri", "") if isinstance(link, dict) else ""
        row = RubricCriterion.objects.create(
            rubric=rubric,
            item_id=find_item(link_identifier(criterion.extra, "CFItemURI"), str(uri)),
            **columns_of(criterion, "levels"),
        )
        RubricCriterionLevel.objects.bulk_create(
            [RubricCriterionLevel(criterion=row, **columns_of(level)) for level in criterion.levels]
        )
