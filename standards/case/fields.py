"""Which column holds which key of a CASE record: the one table that readers, plan and writer share.

Keys that are not listed are kept in `extra`, and so is what a column cannot hold as it was given; see
`standards.models.base`. Links (CFItemTypeURI, licenseURI, CFDocumentURI …) stay in `extra` whole.
"""

from standards import models

RECORD = {"identifier": "identifier", "uri": "uri", "lastChangeDateTime": "last_change_date_time"}

DOCUMENT = {
    **RECORD,
    "title": "title",
    "creator": "creator",
    "publisher": "publisher",
    "description": "description",
    "subject": "subject",
    "language": "language",
    "version": "version",
    "adoptionStatus": "adoption_status",
    "statusStartDate": "status_start_date",
    "statusEndDate": "status_end_date",
    "officialSourceURL": "official_source_url",
    "notes": "notes",
    "frameworkType": "framework_type",
    "caseVersion": "case_version",
}
ITEM = {
    **RECORD,
    "fullStatement": "full_statement",
    "abbreviatedStatement": "abbreviated_statement",
    "alternativeLabel": "alternative_label",
    "humanCodingScheme": "human_coding_scheme",
    "listEnumeration": "list_enumeration",
    "CFItemType": "cf_item_type",
    "educationLevel": "education_level",
    "subject": "subject",
    "conceptKeywords": "concept_keywords",
    "notes": "notes",
    "language": "language",
    "statusStartDate": "status_start_date",
    "statusEndDate": "status_end_date",
}
# The two ends of an association are links, which its columns hold in three parts each: see ENDS.
ASSOCIATION = {
    **RECORD,
    "associationType": "association_type",
    "sequenceNumber": "sequence_number",
    "notes": "notes",
}
ENDS = {"originNodeURI": "origin", "destinationNodeURI": "destination"}

_DEFINITION = {**RECORD, "title": "title", "description": "description"}
DEFINITIONS: dict[
    str,
    tuple[
        type[models.Subject | models.ItemType | models.Concept | models.License | models.AssociationGrouping],
        dict[str, str],
    ],
] = {
    "CFConcepts": (
        models.Concept,
        {**_DEFINITION, "hierarchyCode": "hierarchy_code", "keywords": "keywords"},
    ),
    "CFSubjects": (models.Subject, {**_DEFINITION, "hierarchyCode": "hierarchy_code"}),
    "CFLicenses": (models.License, {**_DEFINITION, "licenseText": "license_text"}),
    "CFItemTypes": (
        models.ItemType,
        {**_DEFINITION, "hierarchyCode": "hierarchy_code", "typeCode": "type_code"},
    ),
    "CFAssociationGroupings": (models.AssociationGrouping, _DEFINITION),
}
RUBRIC = _DEFINITION
CRITERION = {
    **RECORD,
    "category": "category",
    "description": "description",
    "weight": "weight",
    "position": "position",
}
LEVEL = {
    **RECORD,
    "description": "description",
    "quality": "quality",
    "score": "score",
    "feedback": "feedback",
    "position": "position",
}
