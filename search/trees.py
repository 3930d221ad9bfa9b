"""Facets that are trees: topics and standards, opened level by level."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from repository.models import Topic
from search import memory
from search.vocabularies import Term, UnknownValue, Vocabulary, among, known_values, unknown
from standards.access import hidden_frameworks, visible_frameworks
from standards.models import Framework, Item, ItemAlias, ItemAncestor
from standards.selectors import Ambiguous, items, resolve_standard, search_items
from standards.text import to_plain

MAX_STATEMENT = 160
# Values of a tree that are looked up by words. Most have no resources, so these are far more than are shown.
MAX_FOUND = 1000


class Node(NamedTuple):
    """A value of a tree and its level: 0 for the roots. The level says which field of the index counts it."""

    value: str
    depth: int


class TreeVocabulary(Vocabulary):
    @abstractmethod
    def above(self, values: Collection[str]) -> dict[str, frozenset[str]]:
        """Everything above each value."""

    @abstractmethod
    def search(self, words: str) -> list[Node]:
        """Values at any level that go by these words, MAX_FOUND at most, the best first."""

    @abstractmethod
    def below(self, values: Collection[str]) -> dict[str, list[Node]]:
        """The children of each value, in the tree's order."""


@dataclass(frozen=True)
class _TopicTree:
    """All topics, by slug; slugs by path."""

    terms: dict[str, Term]
    paths: dict[str, str]
    slugs: dict[str, str]
    children: dict[str, list[Node]]


class Topics(TreeVocabulary):
    def _all(self) -> _TopicTree:
        return memory.keep("topics", [Topic], self._load)

    def _load(self) -> _TopicTree:
        rows = list(Topic.objects.order_by("path").values_list("path", "slug", "name", "depth"))
        slugs = {path: slug for path, slug, _name, _depth in rows}
        children: dict[str, list[Node]] = {slug: [] for slug in slugs.values()}
        for path, slug, _name, depth in rows:
            if parent := slugs.get(path[: -Topic.steplen]):
                children[parent].append(Node(slug, depth - 1))
        terms = {
            slug: Term(slug, name, has_children=bool(children[slug])) for _path, slug, name, _depth in rows
        }
        return _TopicTree(terms, {slug: path for path, slug in slugs.items()}, slugs, children)

    def search(self, words: str) -> list[Node]:
        tree = self._all()
        found = [slug for slug, term in tree.terms.items() if words.lower() in term.label.lower()]
        return [Node(slug, len(tree.paths[slug]) // Topic.steplen - 1) for slug in found[:MAX_FOUND]]

    def every(self) -> Collection[Term]:
        return self._all().terms.values()

    def resolve(self, raw: Sequence[str]) -> list[str]:
        return known_values(raw, self._all().terms, self.allowed)

    def terms(self, values: Collection[str]) -> dict[str, Term]:
        return among(values, self._all().terms)

    def above(self, values: Collection[str]) -> dict[str, frozenset[str]]:
        tree = self._all()
        return {
            slug: frozenset(tree.slugs[prefix] for prefix in path_prefixes(tree.paths[slug]))
            for slug in values
            if slug in tree.paths
        }

    def below(self, values: Collection[str]) -> dict[str, list[Node]]:
        return among(values, self._all().children)

    def allowed(self) -> str:
        return _("Short names of topics, as the topic facet gives them.")


def path_prefixes(path: str) -> list[str]:
    """The paths above a topic's path, the root's first."""
    return [path[:end] for end in range(Topic.steplen, len(path), Topic.steplen)]


@dataclass(frozen=True)
class _KnownStandards:
    """What has been asked of the standards since they last changed: frameworks hold too many to keep them all."""

    resolved: dict[str, str] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    above: dict[str, frozenset[str]] = field(default_factory=dict)
    below: dict[str, list[Node]] = field(default_factory=dict)


class Standards(TreeVocabulary):
    """Frameworks by their short name, and their items by identifier: published ones, whoever asks (standards.access).

    A framework is the first level; an item counts at one more than its least distance from a root. An item with
    several parents stands below each.
    """

    def _known(self) -> _KnownStandards:
        return memory.keep("standards", [Framework, Item, ItemAlias, ItemAncestor], _KnownStandards)

    def resolve(self, raw: Sequence[str]) -> list[str]:
        wanted = [value.strip() for value in raw]
        resolved = memory.keep_values(self._known().resolved, wanted, self._resolve)
        return list(dict.fromkeys(resolved[value] for value in wanted))

    def _resolve(self, wanted: list[str]) -> dict[str, str]:
        storable = [value for value in wanted if value and "\0" not in value]
        known = {
            value: value
            for value in items().filter(identifier__in=storable).values_list("identifier", flat=True)
        }
        rest = [value for value in storable if value not in known]
        if rest:
            named = Q(identifier__in=rest)
            for value in rest:
                named |= Q(short_name__iexact=value)
            for identifier, short_name in (
                visible_frameworks().filter(named).values_list("identifier", "short_name")
            ):
                known |= {identifier: short_name, short_name.lower(): short_name}
        return {value: known.get(value) or known.get(value.lower()) or self._one(value) for value in wanted}

    def _one(self, value: str) -> str:
        found = resolve_standard(value)
        if found is None:
            raise unknown(value, self.allowed())
        if isinstance(found, Ambiguous):
            raise UnknownValue(
                _("“%(value)s” names %(count)d standards. Choose one of them.")
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

    def search(self, words: str) -> list[Node]:
        named = visible_frameworks().filter(Q(title__icontains=words) | Q(short_name__icontains=words))
        frameworks = [Node(name, 0) for name in named.values_list("short_name", flat=True)[:MAX_FOUND]]
        found = search_items(words, limit=MAX_FOUND - len(frameworks))
        return [*frameworks, *(Node(item.identifier, item.depth + 1) for item in found)]

    def terms(self, values: Collection[str]) -> dict[str, Term]:
        return memory.keep_values(self._known().terms, values, self._terms)

    def _terms(self, values: list[str]) -> dict[str, Term]:
        hidden = hidden_frameworks().values("pk")
        children = ItemAncestor.objects.filter(ancestor=OuterRef("pk"), depth=1).exclude(
            descendant__framework__in=hidden
        )
        found_items = items().filter(identifier__in=values).order_by()
        rows = found_items.annotate(has_children=Exists(children)).values_list(
            "identifier",
            "human_coding_scheme",
            "abbreviated_statement",
            "full_statement",
            "has_children",
            "retired_at",
        )
        found = {
            identifier: Term(
                identifier,
                shorten(short or full),
                code=code,
                has_children=has_children,
                retired=retired_at is not None,
            )
            for identifier, code, short, full, has_children, retired_at in rows
        }
        if rest := set(values) - set(found):
            for short_name, title in (
                visible_frameworks().filter(short_name__in=rest).values_list("short_name", "title")
            ):
                found[short_name] = Term(short_name, title, has_children=True)
        return found

    def above(self, values: Collection[str]) -> dict[str, frozenset[str]]:
        return memory.keep_values(self._known().above, values, self._above)

    def _above(self, values: list[str]) -> dict[str, frozenset[str]]:
        visible = ItemAncestor.objects.exclude(ancestor__framework__in=hidden_frameworks().values("pk"))
        links = visible.filter(descendant__identifier__in=values).values_list(
            "descendant__identifier", "ancestor__identifier", "ancestor__framework__short_name"
        )
        above: dict[str, set[str]] = {}
        for value, ancestor, framework in links:
            above.setdefault(value, set()).update({ancestor, framework} - {value})
        return {value: frozenset(above.get(value, ())) for value in values}

    def below(self, values: Collection[str]) -> dict[str, list[Node]]:
        return memory.keep_values(self._known().below, values, self._below)

    def _below(self, values: list[str]) -> dict[str, list[Node]]:
        children: dict[str, list[Node]] = {value: [] for value in values}
        roots = items().filter(framework__short_name__in=values, depth=0).order_by("position")
        for framework, identifier, depth in roots.values_list("framework__short_name", "identifier", "depth"):
            children[framework].append(Node(identifier, depth + 1))
        visible = ItemAncestor.objects.exclude(descendant__framework__in=hidden_frameworks().values("pk"))
        links = visible.filter(ancestor__identifier__in=values, depth=1).order_by("descendant__position")
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
    cut = statement[:MAX_STATEMENT].rsplit(" ", 1)[0]
    if cut.count("$") % 2:  # half a formula is none
        cut = cut[: cut.rindex("$")].rstrip()
    return f"{cut} …"


def levels(nodes: Iterable[Node]) -> dict[int, list[str]]:
    """The values by their level."""
    by_depth: dict[int, list[str]] = {}
    for node in nodes:
        by_depth.setdefault(node.depth, []).append(node.value)
    return by_depth
