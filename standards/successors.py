"""What takes the place of retired standards."""

from collections.abc import Collection, Mapping, Sequence

from standards.access import Reader, hidden_frameworks
from standards.models import Association, AssociationType, Item

STEPS = 10  # a successor that was itself replaced, and so on


def successors(retired: Collection[int], reader: Reader = None) -> dict[int, tuple[Item, ...]]:
    """What takes the place of each of these standards, as replacedBy says: those in force that the reader may see. One
    that was itself retired since leads on to what replaced it."""
    after: dict[int, list[int]] = {key: [] for key in retired}
    ahead = set(retired)
    hidden = hidden_frameworks(reader).values("pk")
    for _ in range(STEPS):
        edges = (
            Association.objects.filter(
                origin__in=ahead, association_type=AssociationType.REPLACED_BY, destination__isnull=False
            )
            .exclude(framework__in=hidden)
            .order_by("sequence_number", "pk")
            .values_list("origin", "destination", "destination__retired_at")
        )
        ahead = set()
        for origin, destination, retired_at in edges:
            after[origin].append(destination)
            if retired_at is not None and destination not in after:
                after[destination] = []
                ahead.add(destination)
        if not ahead:
            break
    ends = {key for keys in after.values() for key in keys} - after.keys()
    current = Item.objects.filter(retired_at__isnull=True).exclude(framework__in=hidden)
    found = current.select_related("framework").defer("extra", "framework__extra").in_bulk(ends)
    return {
        key: tuple(found[end] for end in _ends(key, after) if end in found and end != key) for key in retired
    }


def _ends(start: int, after: Mapping[int, Sequence[int]]) -> list[int]:
    seen = {start: None}
    waiting = [start]
    while waiting:
        for key in after.get(waiting.pop(0), ()):
            if key not in seen:
                seen[key] = None
                waiting.append(key)
    return [key for key in seen if key not in after]
