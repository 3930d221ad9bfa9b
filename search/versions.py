"""Near-duplicates: which resources are versions of one lesson, so that a list shows them as one.

Each resource has a sketch of its words: the smallest hashes of its runs of three words (bottom-k min-wise sampling;
Broder, SEQUENCES 1997). The share of hashes that two sketches have in common tells how like the texts are, within some
hundredths. A resource joins the group of the one most like it, from `ALIKE` on, of the same kind and language. Groups are
kept (`VersionGroup`) and never renamed, so that a document depends on nothing but its own row there.

`place` is called where documents are made to be written; a comparison of database and index only reads.
"""

import hashlib
import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from search.documents import plain_text
from search.models import VersionGroup
from search.sources import ResourceSource

ALIKE = 0.7
RUN = 3  # words
SKETCH = 64  # hashes
# Texts that are alike share one of their very smallest hashes: at ALIKE, fewer than one pair in a thousand does not.
PROBE = 8
MAX_LIKE = 2000

_WORD = re.compile(r"[^\W_]+")


def sketch(text: str) -> list[int]:
    """The smallest hashes of the text's runs of words, in order; of 64 bits with a sign, as the database keeps them."""
    words = _WORD.findall(text.casefold())
    if not words:
        return []
    runs = {" ".join(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1))}
    return sorted(map(_hash, runs))[:SKETCH]


def _hash(run: str) -> int:
    return int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest(), signed=True)


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """An estimate of the share of runs that two texts have in common (Jaccard), from their sketches."""
    if not one or not other:
        return 0.0
    smallest = sorted({*one, *other})[: min(SKETCH, max(len(one), len(other)))]
    both = {*one} & {*other}
    return sum(1 for value in smallest if value in both) / len(smallest)


@dataclass(frozen=True)
class Placed:
    """sources: with their groups. also: other pages, whose documents must now say that there are versions."""

    sources: list[ResourceSource]
    also: list[int]


def place(sources: Sequence[ResourceSource]) -> Placed:
    """Find the group of each resource whose words have changed, and keep it. One query where none has, else six."""
    known = VersionGroup.objects.in_bulk([source.pk for source in sources])
    fresh = {row.pk: row for source in sources if _differs(row := _row(source), known.get(source.pk))}
    if not fresh:
        return Placed(list(sources), [])
    own = {source.pk: uuid.UUID(source.identifier) for source in sources}
    others = _like(fresh)
    taken = set(
        VersionGroup.objects.filter(group__in=own.values())
        .exclude(pk__in=fresh)
        .values_list("group", flat=True)
    )
    for row in fresh.values():
        likest = max(_alike(row, others.values()), default=None, key=lambda one: (one[0], -one[1].pk))
        if likest:
            row.group, row.shared = likest[1].group, True
        else:
            # Others may have stayed behind in the group that has its name.
            row.group = uuid.uuid4() if own[row.pk] in taken else own[row.pk]
        others[row.pk] = row
    joined = {row.group for row in fresh.values() if row.shared}
    VersionGroup.objects.bulk_create(
        sorted(fresh.values(), key=lambda row: row.pk),
        update_conflicts=True,
        unique_fields=["page_id"],
        update_fields=["group", "shared", "kind", "sketch", "probe"],
    )
    alone = VersionGroup.objects.filter(group__in=joined, shared=False)
    met = list(alone.order_by("pk").select_for_update().values_list("pk", flat=True)) if joined else []
    VersionGroup.objects.filter(pk__in=met).update(shared=True)
    rows = known | fresh | {pk: others[pk] for pk in met if pk in others}
    return Placed(
        [
            replace(
                source,
                group=str(rows[source.pk].group),
                has_versions=rows[source.pk].shared or source.pk in met,
            )
            for source in sources
        ],
        [pk for pk in met if pk not in own],
    )


def forget(page_ids: Collection[int]) -> None:
    """Of pages that are no longer published."""
    VersionGroup.objects.filter(page_id__in=page_ids).delete()


def _row(source: ResourceSource) -> VersionGroup:
    parts = [source.title, source.summary]
    parts += [plain_text(source.body, only_objectives=only) for only in (True, False)]
    values = sketch(" ".join(parts))
    kind = f"{source.kind.slug} {source.language.lower()}"
    return VersionGroup(page_id=source.pk, kind=kind, sketch=values, probe=values[:PROBE])


def _differs(row: VersionGroup, known: VersionGroup | None) -> bool:
    return known is None or (row.kind, row.sketch) != (known.kind, known.sketch)


def _like(fresh: Mapping[int, VersionGroup]) -> dict[int, VersionGroup]:
    """What is kept of other resources that may be alike, by page."""
    probes = sorted({value for row in fresh.values() for value in row.probe})
    kinds = {row.kind for row in fresh.values()}
    found = VersionGroup.objects.filter(probe__overlap=probes, kind__in=kinds).exclude(pk__in=fresh)
    return {row.pk: row for row in found.order_by("pk")[:MAX_LIKE]}


def _alike(row: VersionGroup, others: Iterable[VersionGroup]) -> list[tuple[float, VersionGroup]]:
    probe = set(row.probe)
    return [
        (alike, other)
        for other in others
        if other.kind == row.kind
        and not probe.isdisjoint(other.probe)
        and (alike := likeness(row.sketch, other.sketch)) >= ALIKE
    ]
