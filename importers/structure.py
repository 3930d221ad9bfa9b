"""What a draft's records mean together: which links lead where, what is above what, and whether that can be."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from importers.draft import (
    IS_CHILD_OF,
    MAX_IDENTIFIER,
    MAX_TEXT,
    AssociationDraft,
    DefinitionDraft,
    FrameworkDraft,
    ItemDraft,
)
from importers.problems import ImportRefused, Problems
from standards.case import fields
from standards.names import canonical
from standards.tree import ROOT, Edge, find_cycle

_TOO_LONG = f"is longer than {MAX_IDENTIFIER} characters."
Record = TypeVar("Record", AssociationDraft, DefinitionDraft, ItemDraft)


class Links:
    """Finds the item that a link names: by identifier, then by address, then by another spelling of either."""

    def __init__(self, document_identifier: str, document_uri: str, items: Sequence[ItemDraft]) -> None:
        self._by_identifier = {item.identifier: index for index, item in enumerate(items)}
        self._by_identifier[document_identifier] = ROOT
        self._by_uri = {item.uri: index for index, item in enumerate(items) if item.uri}
        if document_uri:
            self._by_uri[document_uri] = ROOT
        self._folded: dict[str, int] | None = None

    def find(self, identifier: str, uri: str) -> int | None:
        """The item's number, ROOT for the document, None for what lies outside."""
        found = self._by_identifier.get(identifier)
        if found is None and uri:
            found = self._by_uri.get(uri)
        if found is None and (identifier or uri):
            if self._folded is None:
                self._folded = {canonical(key): index for key, index in self._by_uri.items()}
                self._folded |= {canonical(key): index for key, index in self._by_identifier.items()}
            found = self._folded.get(canonical(identifier), self._folded.get(canonical(uri)) if uri else None)
        return found


@dataclass(frozen=True, slots=True)
class Structure:
    """`parents[i]` are the edges of item i inside the file; `outer` those that lead out of it: (item, link)."""

    links: Links
    parents: list[list[Edge]]
    outer: list[tuple[int, AssociationDraft]]


def structure(draft: FrameworkDraft) -> Structure:
    links = Links(draft.document.identifier, draft.document.uri, draft.items)
    parents: list[list[Edge]] = [[] for _ in draft.items]
    outer: list[tuple[int, AssociationDraft]] = []
    for association in draft.associations:
        if association.association_type != IS_CHILD_OF:
            continue
        child = links.find(association.origin_identifier, association.origin_uri)
        if child is None or child == ROOT:
            continue
        parent = links.find(association.destination_identifier, association.destination_uri)
        if parent is None:
            outer.append((child, association))
        else:
            parents[child].append((parent, association.sequence_number))
    return Structure(links, parents, outer)


def check(draft: FrameworkDraft) -> FrameworkDraft:
    """Refuses what no framework may be: identifiers given twice, and cycles. Alike duplicates are left out."""
    _check_lengths(draft)
    draft = replace(draft, items=_items_once(draft))
    draft = replace(
        draft,
        associations=_once(draft.associations, lambda record: record.identifier, draft.problems),
        definitions=_once(draft.definitions, lambda record: (record.kind, record.identifier), draft.problems),
    )
    found = structure(draft)
    if cycle := find_cycle(found.parents):
        refuse_cycle([draft.items[index] for index in cycle])
    below_outer = {index for index, _ in found.outer}
    for index, item in enumerate(draft.items):
        if not found.parents[index] and index not in below_outer:
            draft.problems.add(
                "warning",
                item.path,
                "orphan",
                f"“{item.name}” has no parent; it stands at the root.",
                alike="",
            )
    return draft


def _check_lengths(draft: FrameworkDraft) -> None:
    """An identifier cannot be shortened as a text can: what is too long for its column is refused by its path."""
    if len(draft.document.identifier) > MAX_IDENTIFIER:
        raise ImportRefused(_TOO_LONG, path="the framework's identifier", rule="limit")
    records: tuple[ItemDraft | AssociationDraft | DefinitionDraft, ...]
    records = (*draft.items, *draft.associations, *draft.definitions)
    for record in records:
        if len(record.identifier) > MAX_IDENTIFIER:
            raise ImportRefused(_TOO_LONG, path=f"{record.path}.identifier", rule="limit")
    _check_texts(draft)
    for link in draft.associations:
        if max(len(link.origin_identifier), len(link.destination_identifier)) > MAX_IDENTIFIER:
            raise ImportRefused(f"links to an identifier that {_TOO_LONG}", path=link.path, rule="limit")


def _check_texts(draft: FrameworkDraft) -> None:
    """Refuses a whole document pasted into a field: shortened here it would not go out as it came."""
    for path, key, text in _texts(draft):
        if len(text) > MAX_TEXT:
            raise ImportRefused(
                f"has {len(text):,} characters, where {MAX_TEXT:,} are room. A whole document may have been pasted into "
                "it. Shorten it at its source, and import it again.",
                path=f"{path}.{key}",
                rule="limit",
            )


def _texts(draft: FrameworkDraft) -> Iterator[tuple[str, str, str]]:
    """Every text that a column will hold: where its record stands, the key of the field, and the text."""
    yield from _texts_of(draft.document, "CFDocument", fields.DOCUMENT)
    for item in draft.items:
        yield from _texts_of(item, item.path, fields.ITEM)
    for link in draft.associations:
        yield from _texts_of(link, link.path, fields.ASSOCIATION)
    for one in draft.definitions:
        yield from _texts_of(one, one.path, fields.DEFINITIONS[one.kind][1])
    for rubric in draft.rubrics:
        yield from _texts_of(rubric, "CFRubrics", fields.RUBRIC)
        for criterion in rubric.criteria:
            yield from _texts_of(criterion, "CFRubrics.CFRubricCriteria", fields.CRITERION)
            for level in criterion.levels:
                yield from _texts_of(
                    level, "CFRubrics.CFRubricCriteria.CFRubricCriterionLevels", fields.LEVEL
                )


def _texts_of(record: object, path: str, columns: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for key, name in columns.items():
        value: Any = getattr(record, name)
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str):
                yield path, key, text


def refuse_cycle(items: Sequence[ItemDraft]) -> None:
    shown = [item.name for item in items]
    if len(shown) > 8:
        shown = [*shown[:4], "…", *shown[-3:]]
    raise ImportRefused(
        f"These statements are each other's parents (isChildOf goes in a circle): {' → '.join(shown)}. Nothing is "
        "imported; the source must break the circle.",
        path=items[0].path,
        rule="cycle",
    )


def _items_once(draft: FrameworkDraft) -> list[ItemDraft]:
    seen: dict[str, ItemDraft] = {}
    for item in draft.items:
        other = seen.setdefault(item.identifier, item)
        if other is item:
            continue
        if other == item:
            _tell_twice(draft.problems, item.path)
        else:
            raise ImportRefused(
                f"has the identifier of {other.path}: {item.identifier}. An identifier may occur once.",
                path=item.path,
                rule="duplicate-identifier",
            )
    if clash := seen.get(draft.document.identifier):
        raise ImportRefused(
            f"has the identifier of the CFDocument: {clash.identifier}.",
            path=clash.path,
            rule="duplicate-identifier",
        )
    return list(seen.values())


def _tell_twice(problems: Problems, path: str) -> None:
    problems.add("warning", path, "duplicate", "is given twice, alike; once is kept.", alike="")


def _once(records: Iterable[Record], key: Callable[[Record], object], problems: Problems) -> list[Record]:
    seen: dict[object, Record] = {}
    for record in records:
        other = seen.setdefault(key(record), record)
        if other is record:
            continue
        if other != record:
            raise ImportRefused(
                f"has the identifier of {other.path}, but is another record: {record.identifier}.",
                path=record.path,
                rule="duplicate-identifier",
            )
        _tell_twice(problems, record.path)
    return list(seen.values())
