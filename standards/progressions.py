"""What comes before a statement and what comes next: CASE's `precedes`, two steps each way, as a small drawing.

The Knowledge Graph's buildsTowards is read as `precedes` too. The drawing is columns of statements, which are lists for
those who cannot see it, with lines between them in one picture.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from standards.access import Reader, hidden_frameworks
from standards.models import Association, AssociationType, Item
from standards.selectors import items

MAX_COLUMN = 6
MAX_FAR = 4  # two steps away: there the drawing says which way it goes, not all that there is
_HEADINGS: dict[int, str | Promise] = {
    -2: _("Two steps before"),
    -1: _("Comes before this"),
    0: _("This standard"),
    1: _("Comes next"),
    2: _("Two steps on"),
}


@dataclass(frozen=True)
class Place:
    """A statement in a column. `towards`: the statements that it leads to, in the next column."""

    item: Item
    towards: tuple[Item, ...]


@dataclass(frozen=True)
class Column:
    steps: int
    places: tuple[Place, ...]
    more: int

    @property
    def heading(self) -> str | Promise:
        return _HEADINGS[self.steps]


@dataclass(frozen=True)
class Progression:
    """`columns` run from what comes first to what comes last; the statement itself has one of its own."""

    columns: tuple[Column, ...]

    @cached_property
    def rows(self) -> int:
        return max(len(column.places) for column in self.columns)

    @cached_property
    def shown(self) -> frozenset[int]:
        """The keys of all statements drawn."""
        return frozenset(place.item.pk for column in self.columns for place in column.places)

    @cached_property
    def lines(self) -> list[str]:
        """SVG paths in a field that is one wide for each column, and one high for each row; columns are centred."""
        heights = [
            {
                place.item.pk: (self.rows - len(column.places)) / 2 + row + 0.5
                for row, place in enumerate(column.places)
            }
            for column in self.columns
        ]
        return [
            f"M{at + 0.9:g} {heights[at][place.item.pk]:g}C{at + 1:g} {heights[at][place.item.pk]:g} "
            f"{at + 1:g} {heights[at + 1][target.pk]:g} {at + 1.1:g} {heights[at + 1][target.pk]:g}"
            for at, column in enumerate(self.columns)
            for place in column.places
            for target in place.towards
        ]


def progression_of(item: Item, *, reader: Reader = None) -> Progression | None:
    """The drawing of a statement; None where nothing that is stored comes before or after it. Three queries."""
    near = _edges([item.pk], reader)
    before = {start for start, end in near if end == item.pk} - {item.pk}
    after = {end for start, end in near if start == item.pk} - {item.pk}
    if not before | after:
        return None
    edges = {*near, *_edges(before | after, reader)}
    steps = {item.pk: 0} | dict.fromkeys(before, -1)
    # In a circle of `precedes` a statement comes both before and after: it is drawn once.
    for key in after:
        steps.setdefault(key, 1)
    for start, end in sorted(edges):
        if steps.get(end) == -1:
            steps.setdefault(start, -2)
        elif steps.get(start) == 1:
            steps.setdefault(end, 2)
    found = items(reader).filter(pk__in=steps, retired_at__isnull=True)
    ordered = list(found.order_by("framework__title", "position"))
    return _drawn(ordered, steps, edges)


def _edges(keys: Collection[int], reader: Reader) -> list[tuple[int, int]]:
    associations = (
        Association.objects.filter(Q(origin__in=keys) | Q(destination__in=keys))
        .filter(association_type=AssociationType.PRECEDES, origin__isnull=False, destination__isnull=False)
        .exclude(framework__in=hidden_frameworks(reader).values("pk"))
        .order_by("sequence_number", "pk")
    )
    return [
        (start, end)
        for start, end in associations.values_list("origin_id", "destination_id")
        if start is not None and end is not None
    ]


def _drawn(
    ordered: Iterable[Item], steps: dict[int, int], edges: Collection[tuple[int, int]]
) -> Progression | None:
    in_column: dict[int, list[Item]] = {}
    for item in ordered:
        in_column.setdefault(steps[item.pk], []).append(item)
    if set(in_column) <= {0}:
        return None
    kept = {step: found[: MAX_FAR if abs(step) > 1 else MAX_COLUMN] for step, found in in_column.items()}
    columns = []
    for step in sorted(kept):
        following = {item.pk: item for item in kept.get(step + 1, ())}
        places = tuple(
            Place(
                item,
                tuple(
                    following[end] for start, end in sorted(edges) if start == item.pk and end in following
                ),
            )
            for item in kept[step]
        )
        columns.append(Column(step, places, len(in_column[step]) - len(places)))
    return Progression(tuple(columns))
