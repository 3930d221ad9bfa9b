"""Whose statements a table of names is about: one draft for each framework, of the statements that are here."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
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
from importers.readers.made import NAMESPACE
from importers.readers.names import FORMAT, SHOWN
from importers.resources.draft import AlignmentDraft
from importers.resources.standards import resolve, target_of
from standards.models import AssociationType, Item

UNKNOWN = "No statement here goes by these names"
TORN = "The names in these rows are of several statements"


def by_framework(drafts: Iterable[FrameworkDraft]) -> list[FrameworkDraft]:
    """The drafts as they are, but a table of names as one for each framework that it names statements of.

    Raises ImportRefused if nothing here goes by one of its names.
    """
    return [part for draft in drafts for part in (_parts(draft) if draft.format == FORMAT else [draft])]


def _parts(draft: FrameworkDraft) -> list[FrameworkDraft]:
    meant, torn = _meant(draft.items)
    items = Item.objects.select_related("framework").in_bulk(
        sorted({*meant.values(), *chain(*torn.values())})
    )
    found = {path: _replaced([items[key] for key in keys], path) for path, keys in torn.items()}
    replaced = {path: some for path, some in found.items() if some is not None}
    unknown = [given for given in draft.items if given.path not in meant and given.path not in torn]
    remarks = (one for one in draft.problems if one.rule != "orphan")  # names stand nowhere
    problems = [
        *remarks,
        *_told(unknown, UNKNOWN),
        *_told([given for given in draft.items if given.path in torn.keys() - replaced.keys()], TORN),
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
                uuid.uuid5(NAMESPACE, f"{AssociationType.REPLACED_BY} {old.identifier} {new.identifier}")
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


def _meant(items: Sequence[ItemDraft]) -> tuple[dict[str, int], dict[str, list[int]]]:
    """The statement that each row means, by the row's path; and those of rows whose names do not agree on one."""
    ways = {
        item.path: [
            *(AlignmentDraft("", target_url=name) for name in item.aliases),
            *(
                AlignmentDraft("", target_name=code)
                for code in (item.human_coding_scheme, *other_codes(item))
                if code
            ),
        ]
        for item in items
    }
    resolved = resolve([way for some in ways.values() for way in some])
    found = {}
    torn = {}
    for path, some in ways.items():
        keys = {resolved.items[target_of(way)] for way in some if target_of(way) in resolved.items}
        if len(keys) == 1:
            found[path] = keys.pop()
        elif keys:
            torn[path] = sorted(keys)
    return found, torn


def _together(known: ItemDraft | None, given: ItemDraft, identifier: str) -> ItemDraft:
    """The names of a row under the stored identifier, with those of another row about the same statement."""
    if known is None:
        return replace(given, identifier=identifier)
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
