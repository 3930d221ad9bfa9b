"""Standards that their source goes on naming, and that a coordinator moved resources off here (`importers.moves`).

As with tags that were merged into topics, an import, and its undo, changes only what its source changed: where that names
the retired standard as before, what took its place stays.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from importers.models import AlignmentMove
from importers.resources.draft import AlignmentDraft
from importers.resources.standards import resolve, target_of
from repository.models import Alignment
from standards.models import Item

Moved = Mapping[int, tuple[int, ...]]
"""Standards, by key, that a resource was moved off, each with those that it has in its place."""


def moved_here(stored: Mapping[int, Sequence[Mapping[str, Any]]]) -> dict[int, Moved]:
    """What pages, by key, were moved off. `stored` are the alignments as the source gave them when each was last imported:
    of those standards the ones that are retired, that the page has no more, and in whose place it has what they were
    moved to. A constant number of queries."""
    named = _named(stored)
    have: dict[int, list[int]] = defaultdict(list)
    rows = Alignment.objects.filter(page__in=named).order_by("sort_order", "pk")
    for page, item in rows.values_list("page", "item"):
        have[page].append(item)
    missing = {page: items.difference(have[page]) for page, items in named.items()}
    gone = Item.objects.filter(pk__in=set[int]().union(*missing.values()), retired_at__isnull=False)
    retired = set(gone.values_list("pk", flat=True))
    if not retired:
        return {}
    after = _moves()
    found: dict[int, Moved] = {}
    for page, items in missing.items():
        ends = {item: _led_to(item, after, have[page]) for item in items & retired}
        if moved := {item: end for item, end in ends.items() if end}:
            found[page] = moved
    return found


def in_place(item: int, moved: Moved) -> tuple[int, ...]:
    """What a page is tied to where its source names `item`."""
    return moved.get(item, (item,))


def names_of(moved: Iterable[Moved]) -> dict[int, str]:
    """The standards in question in words, by key."""
    keys = {key for one in moved for old, new in one.items() for key in (old, *new)}
    rows = Item.objects.filter(pk__in=keys).values_list("pk", "human_coding_scheme", "full_statement")
    return {pk: code or f"“{statement[:60]}”" for pk, code, statement in rows}


def _named(stored: Mapping[int, Sequence[Mapping[str, Any]]]) -> dict[int, set[int]]:
    drafts = {page: [AlignmentDraft(**one) for one in some] for page, some in stored.items()}
    items = resolve(chain.from_iterable(drafts.values())).items
    return {
        page: {items[key] for one in some if (key := target_of(one)) in items}
        for page, some in drafts.items()
    }


def _moves() -> dict[int, list[int]]:
    """Which standards took the place of which, in every move that holds."""
    after: dict[int, list[int]] = defaultdict(list)
    held = AlignmentMove.objects.exclude(state=AlignmentMove.State.UNDONE)
    for pairs in held.values_list("plan__pairs", flat=True):
        for pair in pairs or ():
            after[pair["old"]["pk"]] += [new["pk"] for new in pair["new"]]
    return after


def _led_to(item: int, after: Mapping[int, Sequence[int]], have: Sequence[int]) -> tuple[int, ...]:
    """Those that the page has of what an item was moved to, and what that was moved to since."""
    seen: set[int] = set()
    waiting = [item]
    while waiting:
        for key in after.get(waiting.pop(), ()):
            if key not in seen:
                seen.add(key)
                waiting.append(key)
    return tuple(key for key in have if key in seen)
