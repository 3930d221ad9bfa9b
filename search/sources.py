"""Read what search documents are made of: a batch of published resources, in a constant number of queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.db.models import JSONField
from django.db.models.functions import Cast
from wagtail.models import Site, TaskState

from repository.audience import resource_tokens
from repository.models import Alignment, ResourcePage, ResourceTag, Topic
from search.batches import any_of
from search.models import VersionGroup
from search.served import served_at
from search.trees import Node, path_prefixes
from standards.access import hidden_frameworks
from standards.models import ItemAncestor

PAGE_FIELDS = (
    "pk identifier title url_path summary grades duration_minutes language licence attribution audience link_url"
    " live_revision_id owner_id owner__name kind__slug kind__label district_id district__slug district__name"
    " school_id school__slug school__name first_published_at last_published_at"
).split()
# Of an alignment, the standard first.
ALIGNMENT_FIELDS = (
    "item_id relation status level__slug level__name level__scale__slug"
    " level__state_equivalent__slug level__state_equivalent__scale__slug"
).split()
# Of a standard above another, or of itself.
ANCESTOR_FIELDS = (
    "identifier depth human_coding_scheme full_statement code_forms framework__short_name framework__title"
).split()


@dataclass(frozen=True)
class Named:
    """A value of a vocabulary, with its label."""

    slug: str
    label: str


@dataclass(frozen=True, eq=False)  # compared by what it is: many resources share one, see `Shared`
class ItemSource:
    """A standard with everything above it: `nodes` are itself, its ancestors and their frameworks."""

    identifier: str
    code: str
    statement: str
    framework: str
    nodes: tuple[Node, ...]
    words: tuple[str, ...]
    code_forms: tuple[str, ...]
    codes_above: tuple[str, ...]


class TopicStep(NamedTuple):
    """A topic, or one above it, at its place in the tree as it was read."""

    node: Node
    name: str


@dataclass(frozen=True, eq=False)
class AlignmentSource:
    """`levels` are the level's own key and that of its equivalent on the state's scale."""

    item: ItemSource
    relation: str
    status: str
    level: str
    level_label: str
    levels: tuple[str, ...]


@dataclass(frozen=True)
class ResourceSource:
    """One published resource, complete: the document is made of this and nothing else."""

    pk: int
    identifier: str
    title: str
    url: str
    summary: str
    kind: Named
    grades: tuple[str, ...]
    subjects: tuple[Named, ...]
    modalities: tuple[Named, ...]
    topics: tuple[Node, ...]
    topic_names: tuple[str, ...]
    tags: tuple[str, ...]
    alignments: tuple[AlignmentSource, ...]
    body: list[dict[str, Any]]
    minutes: int | None
    language: str
    licence: str
    attribution: str
    audience: str
    tokens: frozenset[str]
    link_url: str
    district: Named
    school: Named | None
    author: str
    reviewed_by: str
    reviewed_at: datetime | None
    first_published_at: datetime | None
    last_published_at: datetime | None
    # Of near-duplicates (search.versions): its group, whether others are or were in it, and of what that was judged.
    group: str = ""
    has_versions: bool = False
    grouped_by: str = ""

    @property
    def link_host(self) -> str:
        return urlsplit(self.link_url).hostname or ""


@dataclass
class _Children:
    """What hangs on the pages of one batch, by the page's key."""

    subjects: dict[int, list[Named]] = field(default_factory=dict)
    modalities: dict[int, list[Named]] = field(default_factory=dict)
    topics: dict[int, list[int]] = field(default_factory=dict)
    tags: dict[int, list[str]] = field(default_factory=dict)
    alignments: dict[int, list[AlignmentSource]] = field(default_factory=dict)
    reviews: dict[int, tuple[str, datetime]] = field(default_factory=dict)
    groups: dict[int, tuple[str, bool, str]] = field(default_factory=dict)


class Shared:
    """What many resources have in common, read once: standards with everything above them, topics, the site's roots.

    For one batch, or for a whole rebuild. It grows old: whoever keeps it draws the version of what is written before.
    """

    def __init__(self) -> None:
        self._items: dict[int, ItemSource] = {}
        self._alignments: dict[tuple[Any, ...], AlignmentSource] = {}
        self._topics: dict[int, tuple[TopicStep, ...]] = {}
        # Not Site.get_site_root_paths(): its cache may be an hour old in a worker that runs for weeks.
        self.roots = list(
            Site.objects.order_by("-root_page__url_path").values_list("root_page__url_path", flat=True)
        )

    def items(self, ids: set[int]) -> Mapping[int, ItemSource]:
        if missing := ids - self._items.keys():
            self._items |= _items(missing)
        return self._items

    def alignment(self, row: tuple[Any, ...]) -> AlignmentSource:
        """Of a row of ALIGNMENT_FIELDS. `items` has been asked for its standard."""
        if (known := self._alignments.get(row)) is None:
            known = self._alignments[row] = _alignment(self._items[row[0]], *row[1:])
        return known

    def topics(self, keys: set[int]) -> Mapping[int, tuple[TopicStep, ...]]:
        """The way from the root to each topic, by its key. One that was deleted meanwhile is missing.

        All are read in one query, so that no two states of the tree are mixed: a topic that is added moves its siblings to
        other paths, and nobody hears of those.
        """
        if keys - self._topics.keys():
            self._topics = _topics()
        return self._topics


def load(page_ids: Collection[int], shared: Shared | None = None) -> list[ResourceSource]:
    """The published ones among the pages, whatever their number, in eleven queries; eight where all is shared already."""
    pages = ResourcePage.objects.filter(pk__in=any_of(page_ids), live=True)
    # As JSON: made into blocks, a body takes as long as all the rest of its row.
    rows = list(pages.values(*PAGE_FIELDS, blocks=Cast("body", JSONField())))
    if not rows:
        return []
    shared = shared or Shared()
    ids = [row["pk"] for row in rows]
    children = _Children(
        subjects=_vocabulary(ids, ResourcePage.subjects.through, "subject"),
        modalities=_vocabulary(ids, ResourcePage.modalities.through, "modality"),
        topics=_by_page(
            ResourcePage.topics.through.objects.filter(resourcepage__in=any_of(ids)).values_list(
                "resourcepage_id", "topic_id"
            )
        ),
        tags=_by_page(
            ResourceTag.objects.filter(content_object__in=any_of(ids))
            .order_by("tag__name")
            .values_list("content_object_id", "tag__name")
        ),
        alignments=_alignments(ids, shared),
        reviews=_reviews(rows),
        groups={
            page: (str(group), shared, made_of)
            for page, group, shared, made_of in VersionGroup.objects.filter(pk__in=any_of(ids)).values_list(
                "page_id", "group", "shared", "made_of"
            )
        },
    )
    # After the links to them, which thus name none that is newer than what is read here.
    topics = shared.topics({key for keys in children.topics.values() for key in keys})
    return [_resource(row, children, topics, shared.roots) for row in rows]


def _by_page(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    by_page: dict[int, list[Any]] = {}
    for page, value in pairs:
        by_page.setdefault(page, []).append(value)
    return by_page


def _vocabulary(ids: Sequence[int], through: Any, name: str) -> dict[int, list[Named]]:
    rows = (
        through.objects.filter(resourcepage__in=any_of(ids))
        .order_by(f"{name}__position", f"{name}__label")
        .values_list("resourcepage_id", f"{name}__slug", f"{name}__label")
    )
    return _by_page((page, Named(slug, label)) for page, slug, label in rows)


def _reviews(rows: Sequence[dict[str, Any]]) -> dict[int, tuple[str, datetime]]:
    """Who approved the revision that is live, and when: the last approval where there were several."""
    revisions = {row["live_revision_id"]: row["pk"] for row in rows if row["live_revision_id"]}
    approvals = (
        TaskState.objects.filter(
            revision__in=any_of(revisions), status=TaskState.STATUS_APPROVED, finished_at__isnull=False
        )
        .order_by("finished_at")
        .values_list("revision_id", "finished_by__name", "finished_at")
    )
    return {revisions[revision]: (name or "", at) for revision, name, at in approvals}


def _alignments(ids: Sequence[int], shared: Shared) -> dict[int, list[AlignmentSource]]:
    rows = list(
        Alignment.objects.filter(page__in=any_of(ids))
        .exclude(item__framework__in=hidden_frameworks().values("pk"))
        .order_by("page_id", "sort_order", "pk")
        .values_list("page_id", *ALIGNMENT_FIELDS)
    )
    shared.items({row[1] for row in rows})
    return _by_page((row[0], shared.alignment(row[1:])) for row in rows)


def _alignment(
    item: ItemSource,
    relation: str,
    status: str,
    slug: str | None,
    name: str | None,
    scale: str | None,
    state_slug: str | None,
    state_scale: str | None,
) -> AlignmentSource:
    level = f"{scale}:{slug}" if slug else ""
    levels = [level] if level else []
    if state_slug:
        levels.append(f"{state_scale}:{state_slug}")
    return AlignmentSource(
        item=item,
        relation=relation,
        status=status,
        level=level,
        level_label=name or "",
        levels=tuple(dict.fromkeys(levels)),
    )


def _items(ids: Collection[int]) -> dict[int, ItemSource]:
    """The items with everything above them. One query: the closure holds each item itself, too, at distance 0."""
    links = (
        ItemAncestor.objects.filter(descendant__in=ids)
        .exclude(ancestor__framework__in=hidden_frameworks().values("pk"))
        # To the last key: of two at one height the database would give now the one first and now the other, and the same
        # resource another document.
        .order_by("descendant_id", "depth", "ancestor_id")
        .values_list("descendant_id", "depth", *(f"ancestor__{name}" for name in ANCESTOR_FIELDS))
    )
    ways = _by_page((link[0], link[1:]) for link in links)
    return {item: _item(way) for item, way in ways.items()}


def _item(way: list[tuple[Any, ...]]) -> ItemSource:
    (_zero, identifier, _depth, code, statement, forms, _short, framework), *above = way
    nodes = [Node(link[1], link[2] + 1) for link in way]
    nodes += [Node(short_name, 0) for short_name in dict.fromkeys(link[6] for link in way)]
    return ItemSource(
        identifier=identifier,
        code=code,
        statement=statement,
        framework=framework,
        nodes=tuple(nodes),
        words=tuple(link[4] for link in above),
        code_forms=tuple(forms),
        codes_above=tuple(dict.fromkeys(form for link in above for form in link[5])),
    )


def _topics() -> dict[int, tuple[TopicStep, ...]]:
    rows = list(Topic.objects.values_list("pk", "path", "slug", "name"))
    steps = {
        path: TopicStep(Node(slug, len(path) // Topic.steplen - 1), name) for _pk, path, slug, name in rows
    }
    return {
        pk: tuple(steps[step] for step in (*path_prefixes(path), path) if step in steps)
        for pk, path, _slug, _name in rows
    }


class _Place:
    """Stands for a page in the audience rule: the four columns that it looks at."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.district_id = row["district_id"]
        self.school_id = row["school_id"]
        self.owner_id = row["owner_id"]
        self.audience = row["audience"]


def _resource(
    row: dict[str, Any],
    children: _Children,
    topics: Mapping[int, tuple[TopicStep, ...]],
    root_paths: Sequence[str],
) -> ResourceSource:
    pk = row["pk"]
    within = {step for key in children.topics.get(pk, ()) for step in topics.get(key, ())}
    # By name, and not by their places: those change where others are added or renamed.
    steps = sorted(within, key=lambda step: (step.node.depth, step.name, step.node.value))
    reviewed_by, reviewed_at = children.reviews.get(pk, ("", None))
    group, has_versions, grouped_by = children.groups.get(pk, ("", False, ""))
    return ResourceSource(
        pk=pk,
        identifier=str(row["identifier"]),
        title=row["title"],
        url=served_at(row["url_path"], root_paths),
        summary=row["summary"],
        kind=Named(row["kind__slug"], row["kind__label"]),
        grades=tuple(row["grades"]),
        subjects=tuple(children.subjects.get(pk, ())),
        modalities=tuple(children.modalities.get(pk, ())),
        topics=tuple(step.node for step in steps),
        topic_names=tuple(step.name for step in steps),
        tags=tuple(children.tags.get(pk, ())),
        alignments=tuple(children.alignments.get(pk, ())),
        body=row["blocks"] or [],
        minutes=row["duration_minutes"],
        language=row["language"],
        licence=row["licence"],
        attribution=row["attribution"],
        audience=row["audience"],
        tokens=resource_tokens(_Place(row)),  # type: ignore[arg-type]
        link_url=row["link_url"],
        district=Named(row["district__slug"], row["district__name"]),
        school=Named(row["school__slug"], row["school__name"]) if row["school__slug"] else None,
        author=row["owner__name"] or "",
        reviewed_by=reviewed_by,
        reviewed_at=reviewed_at,
        first_published_at=row["first_published_at"],
        last_published_at=row["last_published_at"],
        group=group,
        has_versions=has_versions,
        grouped_by=grouped_by,
    )
