"""Facets that are trees: topics and standards, opened level by level."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from repository.models import Topic
from search.vocabularies import Term, UnknownValue, Vocabulary, unknown
from standards.models import Framework, Item, ItemAncestor
from standards.selectors import Ambiguous, resolve_standard
from standards.text import to_plain

MAX_STATEMENT = 160


@dataclass(frozen=True)
class Node:
    """A value of a tree and its level: 0 for the roots. The level says which field of the index counts it."""

    value: str
    depth: int


class TreeVocabulary(Vocabulary):
    @abstractmethod
    def above(self, values: Collection[str]) -> dict[str, frozenset[str]]:
        """Everything above each value. A constant number of queries."""

    @abstractmethod
    def below(self, values: Collection[str]) -> dict[str, list[Node]]:
        """The children of each value, in the tree's order. A constant number of queries."""


class Topics(TreeVocabulary):
    def resolve(self, raw: Sequence[str]) -> list[str]:
        slugs = [value.strip().lower() for value in raw]
        known = set(
            Topic.objects.filter(slug__in=[s for s in slugs if "\0" not in s]).values_list("slug", flat=True)
        )
        for value, slug in zip(raw, slugs, strict=True):
            if slug not in known:
                raise unknown(value, self.allowed())
        return list(dict.fromkeys(slugs))

    def terms(self, values: Collection[str]) -> dict[str, Term]:
        rows = Topic.objects.filter(slug__in=values).values_list("slug", "name", "numchild")
        return {slug: Term(slug, name, has_children=children > 0) for slug, name, children in rows}

    def above(self, values: Collection[str]) -> dict[str, frozenset[str]]:
        paths = dict(Topic.objects.filter(slug__in=values).values_list("path", "slug")) if values else {}
        wanted = {prefix for path in paths for prefix in path_prefixes(path)}
        slugs = dict(Topic.objects.filter(path__in=wanted).values_list("path", "slug")) if wanted else {}
        return {
            slug: frozenset(slugs[prefix] for prefix in path_prefixes(path) if prefix in slugs)
            for path, slug in paths.items()
        }

    def below(self, values: Collection[str]) -> dict[str, list[Node]]:
        if not values:
            return {}
        opened = dict(Topic.objects.filter(slug__in=values).values_list("path", "slug"))
        under = Q(pk__in=[])
        for path in opened:
            under |= Q(path__startswith=path, depth=len(path) // Topic.steplen + 1)
        children: dict[str, list[Node]] = {slug: [] for slug in opened.values()}
        for path, slug, depth in (
            Topic.objects.filter(under).order_by("path").values_list("path", "slug", "depth")
        ):
            children[opened[path[: -Topic.steplen]]].append(Node(slug, depth - 1))
        return children

    def allowed(self) -> str:
        return _("Short names of topics, as the topic facet gives them.")


def path_prefixes(path: str) -> list[str]:
    """The paths above a topic's path, the root's first."""
    return [path[:end] for end in range(Topic.steplen, len(path), Topic.steplen)]


class Standards(TreeVocabulary):
    """Frameworks by their short name, and their items by identifier.

    A framework is the first level; an item counts at one more than its least distance from a root. An item with
    several parents stands below each.
    """

    def resolve(self, raw: Sequence[str]) -> list[str]:
        wanted = [value.strip() for value in raw]
        storable = [value for value in wanted if value and "\0" not in value]
        known = {
            value: value
            for value in Item.objects.filter(identifier__in=storable).values_list("identifier", flat=True)
        }
        rest = [value for value in storable if value not in known]
        if rest:
            named = Q(identifier__in=rest)
            for value in rest:
                named |= Q(short_name__iexact=value)
            for identifier, short_name in Framework.objects.filter(named).values_list(
                "identifier", "short_name"
            ):
                known |= {identifier: short_name, short_name.lower(): short_name}
        return list(
            dict.fromkeys(
                known.get(value) or known.get(value.lower()) or self._one(value) for value in wanted
            )
        )

    def _one(self, value: str) -> str:
        found = resolve_standard(value)
        if found is None:
            raise unknown(value, self.allowed())
        if isinstance(found, Ambiguous):
            raise UnknownValue(
                _("“%(value)s” names %(count)d standards. Choose one by its identifier.")
                % {"value": value, "count": len(found.items)},
                candidates=[
                    {
                        "identifier": item.identifier,
                        "code": item.human_coding_scheme,
                        "statement": item.full_statement,
                        "framework": item.framework.short_name,
                    }
                    for item in found.items
                ],
            )
        return found.identifier

    def terms(self, values: Collection[str]) -> dict[str, Term]:
        children = ItemAncestor.objects.filter(ancestor=OuterRef("pk"), depth=1)
        items = Item.objects.filter(identifier__in=values).order_by("framework_id", "position")
        rows = items.annotate(has_children=Exists(children)).values_list(
            "identifier", "human_coding_scheme", "abbreviated_statement", "full_statement", "has_children"
        )
        found = {
            identifier: Term(identifier, shorten(short or full), rank, code=code, has_children=has_children)
            for rank, (identifier, code, short, full, has_children) in enumerate(rows)
        }
        if rest := set(values) - set(found):
            for short_name, title in Framework.objects.filter(short_name__in=rest).values_list(
                "short_name", "title"
            ):
                found[short_name] = Term(short_name, title, has_children=True)
        return found

    def above(self, values: Collection[str]) -> dict[str, frozenset[str]]:
        if not values:
            return {}
        links = ItemAncestor.objects.filter(descendant__identifier__in=values).values_list(
            "descendant__identifier", "ancestor__identifier", "ancestor__framework__short_name"
        )
        above: dict[str, set[str]] = {}
        for value, ancestor, framework in links:
            above.setdefault(value, set()).update({ancestor, framework} - {value})
        return {value: frozenset(above.get(value, ())) for value in values}

    def below(self, values: Collection[str]) -> dict[str, list[Node]]:
        children: dict[str, list[Node]] = {value: [] for value in values}
        if not values:
            return children
        roots = Item.objects.filter(framework__short_name__in=values, depth=0).order_by("position")
        for framework, identifier, depth in roots.values_list("framework__short_name", "identifier", "depth"):
            children[framework].append(Node(identifier, depth + 1))
        links = ItemAncestor.objects.filter(ancestor__identifier__in=values, depth=1).order_by(
            "descendant__position"
        )
        for parent, identifier, depth in links.values_list(
            "ancestor__identifier", "descendant__identifier", "descendant__depth"
        ):
            children[parent].append(Node(identifier, depth + 1))
        return children

    def allowed(self) -> str:
        return _(
            "A standard is its identifier or SHORTNAME:code, as in MER-MATH:M.6.RP.2; SHORTNAME alone is a whole framework."
        )


def shorten(statement: str) -> str:
    """A statement's beginning without markup, cut between words."""
    statement = to_plain(statement)
    if len(statement) <= MAX_STATEMENT:
        return statement
    return statement[:MAX_STATEMENT].rsplit(" ", 1)[0] + " …"


def levels(nodes: Iterable[Node]) -> dict[int, list[str]]:
    """The values by their level."""
    by_depth: dict[int, list[str]] = {}
    for node in nodes:
        by_depth.setdefault(node.depth, []).append(node.value)
    return by_depth
