from standards.models.adoption import Adoption
from standards.models.association import Association, AssociationType
from standards.models.definitions import AssociationGrouping, Concept, ItemType, License, Subject
from standards.models.framework import Framework, FrameworkAlias
from standards.models.item import Item, ItemAlias, ItemAncestor
from standards.models.rubric import Rubric, RubricCriterion, RubricCriterionLevel

__all__ = [
    "Adoption",
    "Association",
    "AssociationGrouping",
    "AssociationType",
    "Concept",
    "Framework",
    "FrameworkAlias",
    "Item",
    "ItemAlias",
    "ItemAncestor",
    "ItemType",
    "License",
    "Rubric",
    "RubricCriterion",
    "RubricCriterionLevel",
    "Subject",
]
