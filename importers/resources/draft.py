"""What every reader of resources yields: resources in memory, in the terms of LRMI, whatever the format they came in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from importers.problems import Problems


@dataclass(frozen=True, slots=True)
class AlignmentDraft:
    """A tie to a standard as the source gives it: by address, by name or code, in a framework named in words.

    `relation` is one of `repository.models.Alignment.Relation`.
    """

    relation: str
    target_url: str = ""
    target_name: str = ""
    framework: str = ""
    description: str = ""

    def __str__(self) -> str:
        return self.target_name or self.target_url


@dataclass(frozen=True, slots=True)
class Part:
    """Another work that a resource is based on or part of."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ResourceDraft:
    """One resource. Texts are as given, without surrounding space; lists keep their order.

    `names` are what identifies it at its source, best first: identifier, @id, address. `kinds`, `subjects`, `topics`
    and `settings` are words that may be in our vocabularies. `roles` are whom it is for (LRMI's audience, which is not who
    may see it here), `interactivity` is LRMI's interactivityType. `raw` is the whole record as it came, so that nothing is
    lost of what we have no field for.
    """

    names: tuple[str, ...]
    title: str
    description: str = ""
    url: str = ""
    kinds: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    duration: str = ""
    language: str = ""
    licence: str = ""
    authors: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    based_on: tuple[Part, ...] = ()
    part_of: tuple[Part, ...] = ()
    subjects: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    interactivity: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    alignments: tuple[AlignmentDraft, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict)
    path: str = field(default="", compare=False)
    has_only_address: bool = False
    """Whether nothing names it but where it leads, which may be the folder of many."""


@dataclass(frozen=True, slots=True)
class Collection:
    """The resources of one source. `format` names the dialect."""

    format: str
    resources: Sequence[ResourceDraft]
    problems: Problems = field(default_factory=Problems, compare=False)
