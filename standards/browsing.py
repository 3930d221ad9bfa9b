"""What the pages of standards show: frameworks to choose from, a framework's tree, what surrounds a statement."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from standards.access import Reader, hidden_frameworks, visible_frameworks
from standards.grades import GRADE_ORDER
from standards.models import Adoption, Association, AssociationType, Framework, Item, ItemAncestor
from standards.selectors import items

# An address opens this many nodes at most; beyond it, it is no address that somebody made by clicking.
MAX_OPEN = 60


@dataclass(frozen=True)
class FrameworkRow:
    framework: Framework
    subjects: list[str]
    statements: int
    adopted_by: tuple[str, ...]
    adopted: bool


@dataclass(frozen=True)
class FrameworkChoice:
    """Frameworks that pass the filters, and what the filters offer."""

    adopted: list[FrameworkRow]
    by_jurisdiction: list[tuple[str, list[FrameworkRow]]]
    jurisdictions: list[str]
    subjects: list[str]
    grades: list[str]
    total: int


def choose_frameworks(
    *,
    jurisdiction: str = "",
    subject: str = "",
    grade: str = "",
    organisations: Collection[int] = (),
    reader: Reader = None,
) -> FrameworkChoice:
    """Frameworks by jurisdiction, those that one of `organisations` has adopted first. Two queries.

    The filters are taken in memory: frameworks are counted in hundreds, and their subjects are free lists.
    """
    everything = list(frameworks_with_size(reader))
    chosen = [
        _row(framework, organisations)
        for framework in everything
        if (not jurisdiction or place(framework) == jurisdiction)
        and (not subject or subject in subjects_of(framework))
        and (not grade or grade in framework.grades)
    ]
    groups: dict[str, list[FrameworkRow]] = {}
    for row in chosen:
        if not row.adopted:
            groups.setdefault(place(row.framework), []).append(row)
    grades = {grade for framework in everything for grade in framework.grades}
    return FrameworkChoice(
        adopted=[row for row in chosen if row.adopted],
        by_jurisdiction=sorted(groups.items()),
        jurisdictions=sorted({place(framework) for framework in everything} - {""}),
        subjects=sorted({name for framework in everything for name in subjects_of(framework)}),
        grades=[code for code in GRADE_ORDER if code in grades],
        total=len(chosen),
    )


def place(framework: Framework) -> str:
    """Where a framework holds."""
    return framework.jurisdiction or framework.creator


def subjects_of(framework: Framework) -> list[str]:
    """Subjects as the source names them; some sources give a bare string."""
    subject = framework.subject
    return [str(one) for one in subject if one] if isinstance(subject, list) else [str(subject)]


def web_address(uri: str) -> str:
    """`uri` where a browser may follow it; "" for urn:, javascript: and the like."""
    return uri if uri.startswith(("https://", "http://")) else ""


def frameworks_with_size(reader: Reader) -> QuerySet[Framework]:
    size = (
        Item.objects.filter(framework=OuterRef("pk"), retired_at__isnull=True)
        .order_by()
        .values("framework")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        visible_frameworks(reader)
        .defer("extra")
        .annotate(statements=Coalesce(Subquery(size, output_field=IntegerField()), 0))
        .prefetch_related("adoptions__organisation")
        .order_by("title")
    )


def _row(framework: Framework, organisations: Collection[int]) -> FrameworkRow:
    adoptions = list(framework.adoptions.all())
    return FrameworkRow(
        framework=framework,
        subjects=subjects_of(framework),
        statements=framework.statements,  # type: ignore[attr-defined]  # annotated above
        adopted_by=tuple(adoption.organisation.name for adoption in adoptions),
        adopted=any(adoption.organisation_id in organisations for adoption in adoptions),
    )


def adoptions_of(framework: Framework) -> QuerySet[Adoption]:
    return framework.adoptions.select_related("organisation").order_by(
        "organisation__kind", "organisation__name"
    )


@dataclass
class Node:
    """A statement in the tree. `children` is filled when it is open."""

    item: Item
    has_children: bool
    is_open: bool = False
    children: list["Node"] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    """The open part of a framework's tree. `shown` lists every statement in it, for one batch of counts."""

    roots: list[Node]
    shown: list[Item]


def framework_tree(
    framework: Framework, *, grade: str = "", open_items: Sequence[str] = (), reader: Reader = None
) -> Tree:
    """The roots, and everything below them that `open_items` (identifiers) opens on the way down.

    grade: only branches that lead to a statement for this grade (a CEDS code). A lone root is open. Three
    queries, whatever is open and however large the framework is.
    """
    roots = [_node(item) for item in _with_children(_roots(framework, grade, reader), grade, reader)]
    opened = set(
        ItemAncestor.objects.filter(descendant__identifier__in=list(open_items)[:MAX_OPEN]).values_list(
            "ancestor", flat=True
        )
    )
    if len(roots) == 1:
        opened.add(roots[0].item.pk)
    below: dict[int, list[Node]] = {}
    for parent, child in _children_of(opened, grade, reader):
        below.setdefault(parent, []).append(_node(child))
    shown: list[Item] = []
    _grow(roots, below, shown)
    return Tree(roots, shown)


def level_below(item: Item, *, grade: str = "", reader: Reader = None) -> Tree:
    """One level of the tree: the statements directly below `item`."""
    nodes = [_node(child) for _parent, child in _children_of([item.pk], grade, reader)]
    return Tree(nodes, [node.item for node in nodes])


def _node(item: Item) -> Node:
    return Node(item, has_children=item.has_children)  # type: ignore[attr-defined]  # annotated below


def _grow(nodes: list[Node], below: dict[int, list[Node]], shown: list[Item]) -> None:
    for node in nodes:
        shown.append(node.item)
        children = below.get(node.item.pk)
        # A node is opened once: a statement may stand in two open places.
        if children is not None and not node.is_open:
            node.is_open, node.children = True, children
            _grow(children, below, shown)


def _roots(framework: Framework, grade: str, reader: Reader) -> QuerySet[Item]:
    """By the derived depth: asking the closure would compare all statements with all links, however few roots."""
    return _for_grade(items(reader).filter(framework=framework, depth=0), grade)


def _children_of(parents: Collection[int], grade: str, reader: Reader) -> list[tuple[int, Item]]:
    children = (
        items(reader)
        .filter(ancestor_links__ancestor__in=parents, ancestor_links__depth=1)
        .annotate(below=F("ancestor_links__ancestor"))
        .order_by("position", "pk")
    )
    rows = _with_children(_for_grade(children, grade), grade, reader)
    return [(row.below, row) for row in rows]  # type: ignore[attr-defined]  # annotated here


def _for_grade(found: QuerySet[Item], grade: str) -> QuerySet[Item]:
    """Current statements; with a grade, only those that are for it or lead to one that is."""
    found = found.filter(retired_at__isnull=True)
    if not grade:
        return found
    return found.filter(
        Exists(ItemAncestor.objects.filter(ancestor=OuterRef("pk"), descendant__grades__contains=[grade]))
    )


def _with_children(found: QuerySet[Item], grade: str, reader: Reader) -> QuerySet[Item]:
    below = ItemAncestor.objects.filter(ancestor=OuterRef("pk"), depth=1, descendant__retired_at__isnull=True)
    below = below.exclude(descendant__framework__in=hidden_frameworks(reader).values("pk"))
    if grade:
        leads_there = ItemAncestor.objects.filter(
            ancestor=OuterRef("descendant"), descendant__grades__contains=[grade]
        )
        below = below.filter(Exists(leads_there))
    return found.annotate(has_children=Exists(below))


@dataclass(frozen=True)
class Relation:
    """One association, seen from one of its ends. `item` is the other end, None when it is not stored here."""

    type: str
    direction: str
    label: str | Promise
    item: Item | None
    identifier: str
    uri: str
    title: str
    notes: str

    @property
    def link(self) -> str:
        return web_address(self.uri)


@dataclass(frozen=True)
class RelationGroup:
    heading: str | Promise
    relations: list[Relation]


OUT, IN = "out", "in"
# Type and direction in words, in the order of the page. What is not here comes last, under its own name.
RELATION_WORDS: dict[tuple[str, str], str | Promise] = {
    (AssociationType.REPLACED_BY, OUT): _("Replaced by"),
    (AssociationType.PRECEDES, IN): _("Comes before this"),
    (AssociationType.PRECEDES, OUT): _("Comes next"),
    (AssociationType.EXACT_MATCH_OF, OUT): _("Same as"),
    (AssociationType.EXACT_MATCH_OF, IN): _("Same as"),
    (AssociationType.IS_RELATED_TO, OUT): _("Related"),
    (AssociationType.IS_RELATED_TO, IN): _("Related"),
    (AssociationType.IS_PEER_OF, OUT): _("Related"),
    (AssociationType.IS_PEER_OF, IN): _("Related"),
    (AssociationType.IS_PART_OF, OUT): _("Part of"),
    (AssociationType.IS_PART_OF, IN): _("Has the parts"),
    (AssociationType.REPLACED_BY, IN): _("Replaces"),
    (AssociationType.EXEMPLAR, OUT): _("Examples"),
    (AssociationType.EXEMPLAR, IN): _("Example of"),
    (AssociationType.HAS_SKILL_LEVEL, OUT): _("Skill level"),
    (AssociationType.HAS_SKILL_LEVEL, IN): _("Skill level of"),
    (AssociationType.IS_TRANSLATION_OF, OUT): _("Translation of"),
    (AssociationType.IS_TRANSLATION_OF, IN): _("Translations"),
}


def relations_of(item: Item, *, reader: Reader = None, drawn: Collection[int] = ()) -> list[RelationGroup]:
    """Every association of a statement except its place in the tree, from both directions. One query.

    What leads into a framework that the reader may not see, or is stated by one, is left out. A relation that both
    ends state ("same as") is listed once. `precedes` is left out where the other end is `drawn` (its key), as the
    progression shows it.
    """
    hidden = hidden_frameworks(reader).values("pk")
    associations = (
        Association.objects.filter(Q(origin=item) | Q(destination=item))
        .exclude(association_type=AssociationType.IS_CHILD_OF)
        .exclude(framework__in=hidden)
        .exclude(origin__framework__in=hidden)
        .exclude(destination__framework__in=hidden)
        .select_related("origin__framework", "destination__framework")
        .order_by("sequence_number", "pk")
    )
    groups: dict[str, RelationGroup] = {}
    seen: set[tuple[str, str]] = set()
    order = {heading: rank for rank, heading in enumerate(map(str, RELATION_WORDS.values()))}
    for relation in _relations(item, associations):
        heading = str(relation.label)
        if relation.type == AssociationType.PRECEDES and relation.item and relation.item.pk in drawn:
            continue
        if (heading, relation.identifier) not in seen:
            seen.add((heading, relation.identifier))
            groups.setdefault(heading, RelationGroup(relation.label, [])).relations.append(relation)
    return [groups[heading] for heading in sorted(groups, key=lambda one: (order.get(one, len(order)), one))]


def replacements(groups: Iterable[RelationGroup]) -> list[Relation]:
    """What takes the place of a retired statement."""
    return [
        relation
        for group in groups
        for relation in group.relations
        if relation.type == AssociationType.REPLACED_BY and relation.direction == OUT
    ]


def _relations(item: Item, associations: Iterable[Association]) -> Iterable[Relation]:
    for one in associations:
        is_origin = one.origin_id == item.pk
        kind, direction = one.association_type, OUT if is_origin else IN
        yield Relation(
            type=kind,
            direction=direction,
            label=RELATION_WORDS.get((kind, direction), kind.removeprefix("ext:")),
            item=one.destination if is_origin else one.origin,
            identifier=one.destination_identifier if is_origin else one.origin_identifier,
            uri=one.destination_uri if is_origin else one.origin_uri,
            title=one.destination_title if is_origin else one.origin_title,
            notes=one.notes,
        )
