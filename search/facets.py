"""The facet registry: the one place where facets are declared.

Adding a facet is adding an entry to FACETS. From it follow the index's mapping, what a document holds, the filter, the
aggregation, the check of requests, labels, the API's documentation, and a test of the whole contract
(`tests/search/test_api.py`). A changed entry changes the mapping's fingerprint: rebuild the index.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.models import Organisation
from repository.cards import audience_label
from repository.models import Alignment, Audience, Licence, Modality, ResourceKind, Subject
from search.sources import AlignmentSource, ResourceSource
from search.trees import Node, Standards, Topics, TreeVocabulary
from search.vocabularies import (
    Choices,
    Grades,
    Languages,
    Levels,
    Rows,
    Vocabulary,
    duration_range,
    duration_ranges,
    organisations,
)

JOINT_PATH = "alignments"
KEYWORD = {"type": "keyword", "ignore_above": 1024}


@dataclass(frozen=True)
class FacetSpec:
    """A facet.

    name: of the request parameter and of the field in the index. values: what a resource holds, as plain values or, in
    a tree, as nodes with everything above them. joint: the values belong to an alignment, and filters on joint facets
    must hold on one and the same. order: by count, or as the vocabulary has it. open: unfolded on the page.
    """

    name: str
    label: str | Promise
    vocabulary: Vocabulary
    values: Callable[[Any], Iterable[str | Node]]
    joint: bool = False
    order: Literal["count", "vocabulary"] = "count"
    open: bool = False

    @cached_property
    def tree(self) -> TreeVocabulary | None:
        return self.vocabulary if isinstance(self.vocabulary, TreeVocabulary) else None

    def said(self) -> str:
        """Its label in the reader's language."""
        return _said(self.name, get_language())

    def field(self, depth: int | None = None, *, nested: bool = False) -> str:
        """The field that holds the values: all of them, or those of one level of a tree."""
        name = self.name if depth is None else f"{self.name}_depth.{depth}"
        return f"{JOINT_PATH}.{name}" if nested else name

    def mapping(self) -> dict[str, Any]:
        """The fields of the index for this facet."""
        fields: dict[str, Any] = {self.name: KEYWORD}
        if self.tree:
            # One field a level, so that opening a level counts no more values than the level has.
            fields[f"{self.name}_depth"] = {"type": "object", "dynamic": "true"}
        return fields

    def document(self, source: ResourceSource | AlignmentSource) -> dict[str, Any]:
        """What a document holds for this facet. Ordered, so that the same resource gives the same document."""
        values = self.values(source)
        if self.tree:
            return _tree_fields(self.name, tuple(values))
        return {self.name: sorted(set(values))}

    def filter(self, chosen: Iterable[str], *, nested: bool = False) -> dict[str, Any]:
        """Resources, or alignments, with any of the values."""
        return {"terms": {self.field(nested=nested): list(chosen)}}


@lru_cache
def _said(name: str, language: str | None) -> str:
    return str(BY_NAME[name].label)


@lru_cache(maxsize=20_000)
def _tree_fields(name: str, nodes: tuple[Node, ...]) -> dict[str, Any]:
    """Remembered, because many resources share a standard. Nobody may change what it gives."""
    levels: dict[str, set[str]] = {}
    for node in nodes:
        levels.setdefault(str(node.depth), set()).add(node.value)
    return {
        name: sorted({node.value for node in nodes}),
        f"{name}_depth": {depth: sorted(levels[depth]) for depth in sorted(levels)},
    }


def _maybe(value: str | None) -> list[str]:
    return [value] if value else []


FACETS: tuple[FacetSpec, ...] = (
    FacetSpec(
        name="standard",
        label=_("Standard"),
        vocabulary=Standards(),
        values=lambda alignment: alignment.item.nodes,
        joint=True,
        order="vocabulary",
        open=True,
    ),
    FacetSpec(
        name="subject",
        label=_("Subject"),
        vocabulary=Rows(Subject, "label"),
        values=lambda source: [subject.slug for subject in source.subjects],
        open=True,
    ),
    FacetSpec(
        name="grade",
        label=_("Grade"),
        vocabulary=Grades(),
        values=lambda source: source.grades,
        order="vocabulary",
        open=True,
    ),
    FacetSpec(
        name="kind",
        label=_("Kind"),
        vocabulary=Rows(ResourceKind, "label"),
        values=lambda source: [source.kind.slug],
        open=True,
    ),
    FacetSpec(
        name="level",
        label=_("Competency level"),
        vocabulary=Levels(),
        values=lambda alignment: alignment.levels,
        joint=True,
        order="vocabulary",
        open=True,
    ),
    FacetSpec(
        name="topic",
        label=_("Topic"),
        vocabulary=Topics(),
        values=lambda source: source.topics,
    ),
    FacetSpec(
        name="modality",
        label=_("Setting"),
        vocabulary=Rows(Modality, "label"),
        values=lambda source: [modality.slug for modality in source.modalities],
    ),
    FacetSpec(
        name="duration",
        label=_("Time"),
        vocabulary=Choices(duration_ranges),
        values=lambda source: _maybe(duration_range(source.minutes)),
        order="vocabulary",
    ),
    FacetSpec(
        name="relation",
        label=_("What it does for the standard"),
        vocabulary=Choices(lambda: Alignment.Relation.choices),
        values=lambda alignment: [alignment.relation],
        joint=True,
        order="vocabulary",
    ),
    FacetSpec(
        name="licence",
        label=_("License"),
        vocabulary=Choices(lambda: Licence.choices),
        values=lambda source: [source.licence],
    ),
    FacetSpec(
        name="language",
        label=_("Language"),
        vocabulary=Languages(),
        values=lambda source: [source.language.lower()],
    ),
    FacetSpec(
        name="district",
        label=_("District"),
        vocabulary=organisations(Organisation.Kind.DISTRICT),
        values=lambda source: [source.district.slug],
    ),
    FacetSpec(
        name="school",
        label=_("School"),
        vocabulary=organisations(Organisation.Kind.SCHOOL),
        values=lambda source: _maybe(source.school.slug if source.school else None),
    ),
    FacetSpec(
        name="audience",
        label=_("Shared with"),
        vocabulary=Choices(lambda: [(one.value, audience_label(one)) for one in Audience]),
        values=lambda source: [source.audience],
        order="vocabulary",
    ),
)
BY_NAME: Mapping[str, FacetSpec] = {spec.name: spec for spec in FACETS}
JOINT: tuple[FacetSpec, ...] = tuple(spec for spec in FACETS if spec.joint)
