"""The shape of each CASE 1.1 record: what each key holds, and which are required (1EdTech, CFPackage schema 1.1)."""

from typing import Literal

Kind = Literal[
    "uuid", "uri", "text", "date", "time", "integer", "number", "texts", "link", "links", "node", "type", "version",
    "criteria", "levels",
]  # fmt: skip
Shape = dict[str, Kind]

_RECORD: Shape = {"identifier": "uuid", "uri": "uri", "lastChangeDateTime": "time"}
_TITLED: Shape = {**_RECORD, "title": "text", "description": "text"}
_STATUS: Shape = {"statusStartDate": "date", "statusEndDate": "date", "licenseURI": "link"}
DOCUMENT: Shape = {
    **_TITLED, **_STATUS, "frameworkType": "text", "caseVersion": "version", "creator": "text",
    "officialSourceURL": "text", "publisher": "text", "subject": "texts", "subjectURI": "links", "language": "text",
    "version": "text", "adoptionStatus": "text", "notes": "text",
}  # fmt: skip
ITEM: Shape = {
    **_RECORD, **_STATUS, "fullStatement": "text", "alternativeLabel": "text", "CFItemType": "text",
    "humanCodingScheme": "text", "listEnumeration": "text", "abbreviatedStatement": "text", "conceptKeywords": "texts",
    "conceptKeywordsURI": "link", "notes": "text", "subject": "texts", "subjectURI": "links", "language": "text",
    "educationLevel": "texts", "CFItemTypeURI": "link",
}  # fmt: skip
ASSOCIATION: Shape = {
    **_RECORD, "associationType": "type", "sequenceNumber": "integer", "originNodeURI": "node",
    "destinationNodeURI": "node", "CFAssociationGroupingURI": "link", "notes": "text",
}  # fmt: skip
DEFINITIONS: dict[str, Shape] = {
    "CFConcepts": {**_TITLED, "keywords": "text", "hierarchyCode": "text"},
    "CFSubjects": {**_TITLED, "hierarchyCode": "text"},
    "CFLicenses": {**_TITLED, "licenseText": "text"},
    "CFItemTypes": {**_TITLED, "hierarchyCode": "text", "typeCode": "text"},
    "CFAssociationGroupings": _TITLED,
}
RUBRIC: Shape = {**_TITLED, "CFRubricCriteria": "criteria"}
CRITERION: Shape = {
    **_RECORD, "category": "text", "description": "text", "CFItemURI": "link", "weight": "number",
    "position": "integer", "rubricId": "uuid", "CFRubricCriterionLevels": "levels",
}  # fmt: skip
LEVEL: Shape = {
    **_RECORD, "description": "text", "quality": "text", "score": "number", "feedback": "text", "position": "integer",
    "rubricCriterionId": "uuid",
}  # fmt: skip
REQUIRED: dict[str, tuple[str, ...]] = {
    "CFDocument": ("title", "creator"),
    "CFItems": ("fullStatement",),
    "CFConcepts": ("title", "hierarchyCode"),
    "CFSubjects": ("title", "hierarchyCode"),
    "CFLicenses": ("title", "licenseText"),
    "CFItemTypes": ("title", "description", "hierarchyCode"),
    "CFAssociationGroupings": ("title",),
}
"""Texts that must be there, beside identifier, uri and lastChangeDateTime, which every record has."""
ASSOCIATION_TYPES = frozenset(
    "isChildOf isPeerOf isPartOf exactMatchOf precedes isRelatedTo replacedBy exemplar hasSkillLevel isTranslationOf".split()
)
