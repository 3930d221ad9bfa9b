"""Whose statements a table of names is about: one draft for each framework, of the statements that are here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from importers.draft import OTHER_CODES, DocumentDraft, FrameworkDraft, ItemDraft, other_codes
from importers.problems import ImportRefused, Problems
from importers.readers.names import FORMAT
from importers.resources.draft import AlignmentDraft
from importers.resources.standards import resolve, target_of
from standards.models import Item

SHOWN = 5


def by_framework(drafts: Iterable[FrameworkDraft]) -> list[FrameworkDraft]:
    """The drafts as they are, but a table of names as one for each framework that it names statements of.

    Raises ImportRefused if nothing here goes by one of its names.
    """
    return [part for draft in drafts for part in (_parts(draft) if draft.format == FORMAT else [draft])]


def _parts(draft: FrameworkDraft) -> list[FrameworkDraft]:
    meant = _meant(draft.items)
    if not meant:
        raise ImportRefused(
            "The table has names of statements, but no statements, and none of its names is known here. Import the "
            "framework that they belong to first.",
            rule="names",
        )
    items = Item.objects.select_related("framework").in_bulk(sorted({*meant.values()}))
    named: dict[int, dict[str, ItemDraft]] = defaultdict(dict)
    for given in draft.items:
        if given.path in meant:
            item = items[meant[given.path]]
            part = named[item.framework_id]
            part[item.identifier] = _together(part.get(item.identifier), given, item.identifier)
    frameworks = {item.framework_id: item.framework for item in items.values()}
    unknown = [given for given in draft.items if given.path not in meant]
    return [
        replace(
            draft,
            document=DocumentDraft(identifier=frameworks[key].identifier, title=frameworks[key].title),
            items=list(part.values()),
            problems=_told(unknown),
        )
        for key, part in sorted(named.items())
    ]


def _meant(items: Sequence[ItemDraft]) -> dict[str, int]:
    """The statement that each row means, by the row's path. What its names do not agree on, it does not mean."""
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
    for path, some in ways.items():
        keys = {resolved.items[target_of(way)] for way in some if target_of(way) in resolved.items}
        if len(keys) == 1:
            found[path] = keys.pop()
    return found


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


def _told(unknown: Sequence[ItemDraft]) -> Problems:
    problems = Problems()
    if unknown:
        names = ", ".join(item.human_coding_scheme or item.identifier for item in unknown[:SHOWN])
        more = f" and {len(unknown) - SHOWN:,} more" if len(unknown) > SHOWN else ""
        problems.add(
            "warning", unknown[0].path, "names", f"No statement here goes by these names, or several do: {names}{more}."
        )  # fmt: skip
    return problems
