"""Whose statements a table of names is about: one draft for each framework, of the statements that are here."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from importers.draft import (
    OTHER_CODES,
    AssociationDraft,
    DocumentDraft,
    FrameworkDraft,
    ItemDraft,
    other_codes,
)
from importers.problems import ImportRefused, Problem, Problems
from importers.readers.names import FORMAT, SHARED
from importers.resources.draft import AlignmentDraft
from importers.resources.standards import resolve, target_of
from standards.models import AssociationType, Item

UNKNOWN = "No statement here goes by these names"
TORN = "The names in these rows are of several statements"
SHOWN = 5


def by_framework(drafts: Iterable[FrameworkDraft]) -> list[FrameworkDraft]:
    """The drafts as they are, but a table of names as one for each framework that it names statements of.

    Raises ImportRefused if nothing here goes by one of its names.
    """
    return [part for draft in drafts for part in (_parts(draft) if draft.format == FORMAT else [draft])]


def _parts(draft: FrameworkDraft) -> list[FrameworkDraft]:
    named_by = _named_by(draft.items)
    items = Item.objects.select_related("framework").in_bulk(
        sorted({key for names in named_by.values() for key in (*names.own, *names.shared)})
    )
    found = {
        path: _replaced([items[key] for key in sorted(names.own | names.shared)], path)
        for path, names in named_by.items()
    }
    replaced = {path: some for path, some in found.items() if some is not None}
    left = [given for given in draft.items if given.path not in replaced]
    # One name says nothing of a statement, beside those that other rows have too.
    naming = [given for given in left if len(_ways(given)) > 1]
    own = {given.path: named_by[given.path].own for given in naming}
    meant = {path: next(iter(keys)) for path, keys in own.items() if len(keys) == 1}
    remarks = (one for one in draft.problems if one.rule != "orphan")  # names stand nowhere
    problems = [
        *remarks,
        *_told_shared(left),
        *_told([given for given in naming if not own[given.path]], UNKNOWN),
        *_told([given for given in naming if len(own[given.path]) > 1], TORN),
    ]
    if not meant and not replaced:
        why = " ".join(map(str, problems))
        raise ImportRefused(
            "The table has names of statements, but no statements, and no row of it names one statement that is here. "
            f"{why} Import the framework that they belong to first, or mend the rows.",
            rule="names",
        )
    named: dict[int, dict[str, ItemDraft]] = defaultdict(dict)
    for given in draft.items:
        if given.path in meant:
            item = items[meant[given.path]]
            part = named[item.framework_id]
            part[item.identifier] = _together(part.get(item.identifier), given, item.identifier)
    links: dict[int, list[AssociationDraft]] = defaultdict(list)
    for framework, some in replaced.values():
        links[framework] += some
        named[framework]  # one that is named for this alone
    frameworks = {item.framework_id: item.framework for item in items.values()}
    return [
        replace(
            draft,
            document=DocumentDraft(identifier=frameworks[key].identifier, title=frameworks[key].title),
            items=list(part.values()),
            associations=list({link.identifier: link for link in links[key]}.values()),
            problems=_copied(problems),
        )
        for key, part in sorted(named.items())
    ]


def _replaced(named: Sequence[Item], path: str) -> tuple[int, list[AssociationDraft]] | None:
    """What a row with the names of a retired statement and of one in force says: this took the place of that. Nothing of
    rows with others. With the framework's key."""
    frameworks = {item.framework_id for item in named}
    retired = [item for item in named if item.retired_at is not None]
    in_force = [item for item in named if item.retired_at is None]
    if len(frameworks) > 1 or len(in_force) != 1 or not retired:
        return None
    (new,) = in_force
    return new.framework_id, [
        AssociationDraft(
            identifier=str(
                uuid.uuid5(
                    uuid.NAMESPACE_URL, f"{AssociationType.REPLACED_BY} {old.identifier} {new.identifier}"
                )
            ),
            association_type=AssociationType.REPLACED_BY,
            origin_identifier=old.identifier,
            origin_uri=old.uri,
            destination_identifier=new.identifier,
            destination_uri=new.uri,
            path=path,
        )
        for old in retired
    ]


@dataclass(frozen=True)
class _Named:
    """The statements, by key, that a row's own names mean, and those that it shares with other rows."""

    own: set[int]
    shared: set[int]


def _named_by(items: Sequence[ItemDraft]) -> dict[str, _Named]:
    """What each row names, by its path."""
    ways = {item.path: (_ways(item), _ways_shared(item)) for item in items}
    resolved = resolve([way for some in ways.values() for way in chain(*some)])

    def keys(some: Iterable[AlignmentDraft]) -> set[int]:
        return {resolved.items[target_of(way)] for way in some if target_of(way) in resolved.items}

    return {path: _Named(keys(own), keys(shared)) for path, (own, shared) in ways.items()}


def _ways(item: ItemDraft) -> list[AlignmentDraft]:
    codes = filter(None, (item.human_coding_scheme, *other_codes(item)))
    return [
        *(AlignmentDraft("", target_url=name) for name in item.aliases),
        *(AlignmentDraft("", target_name=code) for code in codes),
    ]


def _ways_shared(item: ItemDraft) -> list[AlignmentDraft]:
    shared = item.extra.get(SHARED, {})
    return [
        AlignmentDraft("", target_name=name) if kind == "code" else AlignmentDraft("", target_url=name)
        for kind, names in shared.items()
        for name in names
    ]


def _told_shared(rows: Sequence[ItemDraft]) -> Iterator[Problem]:
    """Of what became of retired statements nobody is told: that names were shared, is what says it."""
    found = dict.fromkeys(
        name for item in rows for names in item.extra.get(SHARED, {}).values() for name in names
    )
    if found:
        shown = ", ".join(f"“{name[:80]}”" for name in list(found)[:SHOWN])
        more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        path = next(item.path for item in rows if SHARED in item.extra)
        words = f"Given to several rows, so no statement goes by it: {shown}{more}."
        yield Problem("warning", path, "shared-name", words)


def _together(known: ItemDraft | None, given: ItemDraft, identifier: str) -> ItemDraft:
    """The names of a row under the stored identifier, with those of another row about the same statement."""
    if known is None:
        extra = {key: value for key, value in given.extra.items() if key != SHARED}
        return replace(given, identifier=identifier, extra=extra)
    codes = [*other_codes(known), given.human_coding_scheme, *other_codes(given)]
    return replace(
        known,
        aliases=(*known.aliases, *given.aliases),
        extra=known.extra | {OTHER_CODES: [code for code in dict.fromkeys(codes) if code]},
    )


def _told(rows: Sequence[ItemDraft], what: str) -> Iterator[Problem]:
    if rows:
        names = ", ".join(map(_names, rows[:SHOWN]))
        more = f" and {len(rows) - SHOWN:,} more" if len(rows) > SHOWN else ""
        yield Problem("warning", rows[0].path, "names", f"{what}: {names}{more}.")


def _names(item: ItemDraft) -> str:
    """All codes of a row: any of them may be the one that is mistyped."""
    return " / ".join(filter(None, [item.human_coding_scheme, *other_codes(item)])) or item.identifier


def _copied(told: Iterable[Problem]) -> Problems:
    """Each framework's own: its plan adds to them."""
    problems = Problems()
    for number, one in enumerate(told):
        problems.add(one.severity, one.path, one.rule, one.message, alike=str(number))
    return problems
