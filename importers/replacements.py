"""Which statements the source says have become which: split, merged, replaced."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from importers.draft import AssociationDraft, FrameworkDraft, ItemDraft
from importers.structure import Links

Kind = Literal["split", "merged", "replaced", "rearranged"]
_SAME = ("exactMatchOf", "isPeerOf")


@dataclass(frozen=True, slots=True)
class Group:
    """Statements that became others, by identifier; `named` has the titles of those that are not in the file."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    named: Mapping[str, str]

    @property
    def kind(self) -> Kind:
        """One to several is a split, several to one a merger; several to several is told as it is."""
        if len(self.before) == 1:
            return "replaced" if len(self.after) == 1 else "split"
        return "merged" if len(self.after) == 1 else "rearranged"


def find_groups(
    draft: FrameworkDraft, known: Iterable[ItemDraft], *, going: Collection[str], new_links: Collection[str]
) -> list[Group]:
    """What becomes of what, by replacedBy; of the statements `going`, by exactMatchOf or isPeerOf with a new one too.

    `known` are the stored items; `new_links` the identifiers of associations that are not stored yet: a replacedBy
    that was there before is told again only if its origin goes now.
    """
    wanted = [link for link in draft.associations if link.association_type in ("replacedBy", *_SAME)]
    if not wanted:
        return []
    given = {item.identifier for item in draft.items}
    stored = [item for item in known if item.identifier not in given]
    everything = [*draft.items, *stored]
    links = Links(draft.document.identifier, draft.document.uri, everything)
    old = {item.identifier for item in known}
    named: dict[str, str] = {}

    def end(identifier: str, uri: str, title: str) -> str:
        index = links.find(identifier, uri)
        if index is not None and index >= 0:
            return everything[index].identifier
        named[identifier or uri] = title
        return identifier or uri

    ends = [
        (link, end(link.origin_identifier, link.origin_uri, link.origin_title),
         end(link.destination_identifier, link.destination_uri, link.destination_title))
        for link in wanted
    ]  # fmt: skip
    edges = [
        (origin, destination)
        for link, origin, destination in ends
        if link.association_type == "replacedBy" and origin != destination
        if origin in going or (origin in old and link.identifier in new_links)
    ]
    replaced = {origin for origin, _ in edges}
    edges += _by_sameness(ends, set(going) - replaced, given - old)
    return _components(edges, named)


def _by_sameness(
    ends: Iterable[tuple[AssociationDraft, str, str]], going: Collection[str], added: Collection[str]
) -> list[tuple[str, str]]:
    """A statement that goes, and a new one that is said to be the same, in whichever direction it is said."""
    found = []
    for link, origin, destination in ends:
        if link.association_type not in _SAME:
            continue
        if origin in going and destination in added:
            found.append((origin, destination))
        elif destination in going and origin in added:
            found.append((destination, origin))
    return found


def _components(edges: Iterable[tuple[str, str]], named: Mapping[str, str]) -> list[Group]:
    """Statements that hang together by any of the edges are one group, in the order of the edges."""
    after: dict[str, dict[str, None]] = defaultdict(dict)
    before: dict[str, dict[str, None]] = defaultdict(dict)
    for one, other in edges:
        after[one][other] = None
        before[other][one] = None
    groups: list[Group] = []
    seen: set[str] = set()
    for start in after:
        if start in seen:
            continue
        olds: dict[str, None] = {}
        news: dict[str, None] = {}
        waiting = [start]
        while waiting:
            one = waiting.pop()
            if one in olds:
                continue
            olds[one] = None
            for other in after[one]:
                news[other] = None
                waiting += before[other]
        seen |= olds.keys()
        titles = {key: named[key] for key in (*olds, *news) if key in named}
        groups.append(Group(tuple(olds), tuple(news), titles))
    return groups
