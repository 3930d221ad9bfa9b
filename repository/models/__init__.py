from repository.models.alignment import Alignment
from repository.models.competency import CompetencyLevel, CompetencyScale
from repository.models.files import ResourceAttachment, ResourceDocument, ResourceImage, ResourceRendition
from repository.models.pages import DistrictPage, StatePage
from repository.models.resource import Audience, Licence, ResourcePage, ResourceTag
from repository.models.synonym import Synonym
from repository.models.topic import Topic
from repository.models.vocabulary import Modality, ResourceKind, Subject
from repository.models.wanted import WantedSearch, WantedTicket

__all__ = [
    "Alignment",
    "Audience",
    "CompetencyLevel",
    "CompetencyScale",
    "DistrictPage",
    "Licence",
    "Modality",
    "ResourceAttachment",
    "ResourceDocument",
    "ResourceImage",
    "ResourceKind",
    "ResourcePage",
    "ResourceRendition",
    "ResourceTag",
    "StatePage",
    "Subject",
    "Synonym",
    "Topic",
    "WantedSearch",
    "WantedTicket",
]
