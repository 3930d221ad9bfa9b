"""What every reader yields: a framework in memory, whatever the format it came in.

The fields are named as the columns of `standards.models`, so that a draft is compared with what is stored field
by field. A stored framework is loaded as a draft too (`importers.stored`), and the plan is the difference of two.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from importers.problems import Problems

IS_CHILD_OF = "isChildOf"
OTHER_CODES = "altStatementNotation"
"""The key of `ItemDraft.extra` under which a list of further spellings of its code is kept."""

Extra = dict[str, Any]
MAX_IDENTIFIER = 255
MAX_TEXT = 100_000
"""Characters of any one text. The longest of real frameworks have some thousands; a page and the index take this many."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    identifier: str
    uri: str = ""
    last_change_date_time: str = ""
    title: str = ""
    creator: str = ""
    publisher: str = ""
    description: str = ""
    subject: list[Any] = field(default_factory=list)
    language: str = ""
    version: str = ""
    adoption_status: str = ""
    status_start_date: str = ""
    status_end_date: str = ""
    official_source_url: str = ""
    notes: str = ""
    framework_type: str = ""
    case_version: str = ""
    extra: Extra = field(default_factory=dict)
    aliases: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class ItemDraft:
    identifier: str
    uri: str = ""
    last_change_date_time: str = ""
    full_statement: str = ""
    abbreviated_statement: str = ""
    alternative_label: str = ""
    human_coding_scheme: str = ""
    list_enumeration: str = ""
    cf_item_type: str = ""
    education_level: list[Any] = field(default_factory=list)
    subject: list[Any] = field(default_factory=list)
    concept_keywords: list[Any] = field(default_factory=list)
    notes: str = ""
    language: str = ""
    status_start_date: str = ""
    status_end_date: str = ""
    extra: Extra = field(default_factory=dict)
    path: str = field(default="", compare=False)
    aliases: tuple[str, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        """How a person is told which statement is meant: its code, else the beginning of its words."""
        return self.human_coding_scheme or self.full_statement[:60] or self.identifier


@dataclass(frozen=True, slots=True)
class AssociationDraft:
    """`origin` isChildOf `destination`: child, parent. The ends are identifiers; either may lie outside the file."""

    identifier: str
    uri: str = ""
    last_change_date_time: str = ""
    association_type: str = ""
    origin_identifier: str = ""
    origin_uri: str = ""
    origin_title: str = ""
    destination_identifier: str = ""
    destination_uri: str = ""
    destination_title: str = ""
    sequence_number: int | None = None
    notes: str = ""
    extra: Extra = field(default_factory=dict)
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class DefinitionDraft:
    """An entry of CFDefinitions; `kind` is the list that it stands in, as CFItemTypes."""

    kind: str
    identifier: str
    uri: str = ""
    last_change_date_time: str = ""
    title: str = ""
    description: str = ""
    hierarchy_code: str = ""
    type_code: str = ""
    keywords: str = ""
    license_text: str = ""
    extra: Extra = field(default_factory=dict)
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class LevelDraft:
    identifier: str
    uri: str = ""
    last_change_date_time: str = ""
    description: str = ""
    quality: str = ""
    score: float | None = None
    feedback: str = ""
    position: int | None = None
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    identifier: str
    uri: str = ""
    last_change_date_time: str = ""
    category: str = ""
    description: str = ""
    weight: float | None = None
    position: int | None = None
    extra: Extra = field(default_factory=dict)
    levels: tuple[LevelDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class RubricDraft:
    identifier: str
    uri: str = ""
    last_change_date_time: str = ""
    title: str = ""
    description: str = ""
    extra: Extra = field(default_factory=dict)
    criteria: tuple[CriterionDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameworkDraft:
    """One framework as a source has it.

    `format` names the dialect (`case-1.0`). A `partial` source holds only a part of the framework, as one
    grade's set does: what it lacks is not gone. An `anonymous` source does not say which framework it is: its
    document was made up, and its statements tell. `leads`: a person says that from now on this source does, whichever
    did before; `led_by`: the format of the source that the framework follows in its place, "" if none does.
    `package_extra` is what the package says beside its records.
    `aliases` of records are further identifiers and addresses of the same thing. `columns` is how a table's headers
    were understood (header: field).
    """

    format: str
    document: DocumentDraft
    items: Sequence[ItemDraft] = ()
    associations: Sequence[AssociationDraft] = ()
    definitions: Sequence[DefinitionDraft] = ()
    rubrics: Sequence[RubricDraft] = ()
    package_extra: Extra = field(default_factory=dict)
    partial: bool = False
    anonymous: bool = False
    leads: bool = False
    led_by: str = ""
    columns: dict[str, str] = field(default_factory=dict, compare=False)
    problems: Problems = field(default_factory=Problems, compare=False)


def other_codes(item: ItemDraft) -> list[str]:
    """Further spellings of an item's code, as its sources give them."""
    said = item.extra.get(OTHER_CODES)
    return [code for code in (said if isinstance(said, list) else [said]) if isinstance(code, str) and code]


def link_identifier(extra: Extra, key: str) -> str:
    """The identifier that a link under `key` names, "" if there is none. A link may be an address alone."""
    link = extra.get(key)
    if isinstance(link, str):
        return last_part(link)
    if not isinstance(link, dict):
        return ""
    identifier, uri = link.get("identifier"), link.get("uri")
    if isinstance(identifier, str) and identifier:
        return identifier
    return last_part(uri) if isinstance(uri, str) else ""


def last_part(uri: str) -> str:
    """The identifier in an address: a UUID where there is one, else its last part."""
    found = _UUID.findall(uri)
    if found:
        return str(found[-1])
    return uri.rstrip("/#").rpartition("/")[2].rpartition("#")[2][-MAX_IDENTIFIER:]
