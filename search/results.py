"""What a search answers. Frozen, and complete: templates and the API show it without asking anyone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.safestring import SafeString

from search.understanding import Part, Understood


@dataclass(frozen=True)
class Bucket:
    """A value of a facet.

    count: how many resources there were if it were the only value chosen in its facet, all other filters kept.
    group: the heading it stands under. opened, children: in a tree; a node with children may be folded. retired: a standard
    that is no longer in force.
    """

    value: str
    label: str
    count: int
    selected: bool = False
    code: str = ""
    group: str = ""
    has_children: bool = False
    opened: bool = False
    children: tuple["Bucket", ...] = ()
    retired: bool = False


@dataclass(frozen=True)
class FacetResult:
    """A facet with its values; other_count is the number of values not shown. In a tree, of roots not shown.

    related: for each node, which of the chosen ones lie above or below it: choosing it replaces them. partial: a time limit
    cut the counting short. more_by_name: where values were looked for by words, more go by them than could be counted.
    """

    name: str
    label: str
    buckets: tuple[Bucket, ...]
    other_count: int = 0
    is_tree: bool = False
    related: Mapping[str, frozenset[str]] | None = None
    partial: bool = False
    more_by_name: bool = False

    @property
    def chosen(self) -> int:
        return sum(1 for bucket in self.walk() if bucket.selected)

    def walk(self) -> list[Bucket]:
        """Every bucket, each before its children."""
        return [one for bucket in self.buckets for one in _below(bucket)]


def _below(bucket: Bucket) -> list[Bucket]:
    return [bucket, *(one for child in bucket.children for one in _below(child))]


@dataclass(frozen=True)
class CardStandard:
    """A standard on a card. matched: the search asked for it, or for something above it. disputed: by a reviewer."""

    identifier: str
    code: str
    statement: str
    framework: str
    relation: str
    relation_key: str
    level: str
    level_key: str
    url: str
    matched: bool
    disputed: bool


@dataclass(frozen=True)
class Subject:
    slug: str
    label: str


@dataclass(frozen=True)
class Version:
    """Another resource that is nearly the same, as the row that stands for both names it."""

    identifier: str
    title: str
    url: str
    author: str
    school: str
    district: str
    reviewed: bool


@dataclass(frozen=True)
class Hit:
    """A result as its card shows it: see search/pages/cards.py."""

    identifier: str
    title: str
    title_html: SafeString
    url: str
    summary: str
    language: str
    highlights: tuple[SafeString, ...]
    kind: str
    kind_slug: str
    grades: str
    grade_codes: tuple[str, ...]
    subjects: tuple[Subject, ...]
    levels: tuple[str, ...]
    duration: str
    minutes: int | None
    modalities: tuple[str, ...]
    standards: tuple[CardStandard, ...]
    more_standards: int
    all_standards: tuple[CardStandard, ...]
    author: str
    school: str
    district: str
    reviewed_by: str
    reviewed_on: datetime | None
    published_at: datetime | None
    licence: str
    licence_key: str
    may_adapt: bool
    audience: str
    audience_label: str
    why: tuple[str, ...]
    is_link: bool
    link_url: str
    site: str
    # Picked by coordinators for this query.
    picked: bool = False
    # Where it was asked for.
    changed_at: datetime | None = None
    # By which filters it is found, but for those of its alignments: values of facets by their names.
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    versions: tuple[Version, ...] = ()
    # Of its group, beside those.
    more_versions: int = 0

    @property
    def number_of_versions(self) -> int:
        """Itself and the others; 1 where there are none."""
        return len(self.versions) + self.more_versions + 1


@dataclass(frozen=True)
class Results:
    """total is exact, and counts resources; rows counts near-duplicates as one. partial: a time limit cut the search short,
    so counts are low.

    first: the number of the first hit; next_cursor: where the list goes on, "" at its end.
    understood: what was made of the query. corrected: nothing matched as typed, and these are the results of `did_you_mean`,
    which `understood` is about; unknown: or only these words of it, which nothing has. without: words for a sort
    of thing that nothing has beside the others. loosened: few had all the words, so
    these have some of them, or near spellings, after those with all. fuzzy: the same where none had all. elsewhere: some
    have, but do not fit the filters. put_aside: grades and times that the query says and that left nothing: these are the
    results without them, or, with times_as_words, of the words of times instead.
    """

    understood: Understood
    total: int
    hits: tuple[Hit, ...]
    facets: tuple[FacetResult, ...]
    rows: int = 0
    partial: bool = False
    first: int = 1
    next_cursor: str = ""
    loosened: bool = False
    fuzzy: bool = False
    elsewhere: bool = False
    did_you_mean: str = ""
    corrected: bool = False
    unknown: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    put_aside: tuple[Part, ...] = ()
    times_as_words: bool = False

    def facet(self, name: str) -> FacetResult:
        return next(facet for facet in self.facets if facet.name == name)
