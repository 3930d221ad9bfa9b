"""Near-duplicates: which resources are versions of one lesson, so that a list shows them as one.

Each resource has a sketch of its words: the smallest hashes of its runs of three words (bottom-k min-wise sampling;
Broder, SEQUENCES 1997). The share of hashes that two sketches have in common tells how like the texts are, within some
hundredths. A resource joins the group of the one most like it, from `ALIKE` on, of the same kind and language. In a short
text, as a record of a catalogue has, one word tells another lesson ("Add fractions", "Subtract fractions"): there all runs
are the same, or it is no version. Groups are kept (`VersionGroup`) and never renamed, so that a document depends on nothing
but its own row there.

`place` is called where documents are made to be written; a comparison of database and index only reads.
"""

import hashlib
import logging
import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf
from time import monotonic, sleep

import orjson
from django.db import connection

from search.documents import plain_text
from search.models import VersionGroup
from search.sources import ResourceSource

logger = logging.getLogger(__name__)

ALIKE = 0.7
RUN = 3  # words
ODD = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)
MASK = 2**64 - 1
SKETCH = 64  # hashes
# Texts that are alike share one of their very smallest hashes: at ALIKE, fewer than one pair in a thousand does not.
PROBE = 8
MAX_LIKE = 2000
LIKE = """
SELECT DISTINCT known.page_id FROM unnest(%s::bigint[]) AS wanted (value)
JOIN search_versiongroup known ON known.probe @> ARRAY[wanted.value]
"""

LONGEST_TURN = 5.0  # seconds
_LOCK = 0x5EA7C4ED

_WORD = re.compile(r"[^\W_]+")


def sketch(text: str) -> list[int]:
    """The smallest hashes of the text's runs of words, in order; of 64 bits with a sign, as the database keeps them."""
    hashes = [_hash(word) for word in _WORD.findall(text.casefold())]
    if not hashes:
        return []
    hashes += [0] * (RUN - len(hashes))
    runs = {
        (one * ODD[0] + two * ODD[1] + three) & MASK
        for one, two, three in zip(hashes, hashes[1:], hashes[2:], strict=False)
    }
    return sorted(run - 2**63 for run in runs)[:SKETCH]


@lru_cache(maxsize=100_000)
def _hash(word: str) -> int:
    """Texts share most of their words, and a run's hash is the sum of three of these, each times a number of its own."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """An estimate of the share of runs that two texts have in common (Jaccard), from their sketches."""
    if not one or not other:
        return 0.0
    both = {*one}.intersection(other)
    # Two runs that are in order each are soon put into one.
    union = sorted([*one, *(value for value in other if value not in both)])
    smallest = union[: min(SKETCH, max(len(one), len(other)))]
    return len(both.intersection(smallest)) / len(smallest)


@dataclass(frozen=True)
class Placed:
    """sources: with their groups. also: pages that are to be written again: others, whose documents must now say that there
    are versions, and those that somebody else has placed since they were read."""

    sources: list[ResourceSource]
    also: list[int]


def place(sources: Sequence[ResourceSource]) -> Placed:
    """Find the group of each resource whose words have changed, and keep it. No query where none has, else eight.

    Who places waits for who is placing, to the end of that transaction: two versions that are published at the same
    moment would not see each other's row, and stay apart until one is edited. Nobody waits long, as the other may have
    died far away, its connection still open.
    """
    made_of = {source.pk: _made_of(source) for source in sources}
    changed = [source for source in sources if source.grouped_by != made_of[source.pk]]
    if not changed:
        return Placed(list(sources), [])
    _wait_for_the_turn()
    known = VersionGroup.objects.in_bulk([source.pk for source in changed])
    # Perhaps by newer words than ours, which would be those that count from now on.
    crossed = [source.pk for source in changed if _judged_by(known.get(source.pk)) != source.grouped_by]
    rows = _rows(changed, made_of)
    fresh = {}
    for pk, row in rows.items():
        if (kept := known.get(pk)) and (kept.kind, kept.sketch) == (row.kind, row.sketch):
            row.group, row.shared = kept.group, kept.shared
        else:
            fresh[pk] = row
    _join(fresh, {source.pk: uuid.UUID(source.identifier) for source in changed})
    VersionGroup.objects.bulk_create(
        sorted(rows.values(), key=lambda row: row.pk),
        update_conflicts=True,
        unique_fields=["page_id"],
        update_fields=["group", "shared", "made_of", "kind", "sketch", "probe"],
    )
    joined = {row.group for row in fresh.values() if row.shared}
    alone = VersionGroup.objects.filter(group__in=joined, shared=False)
    met = list(alone.order_by("pk").select_for_update().values_list("pk", flat=True)) if joined else []
    VersionGroup.objects.filter(pk__in=met).update(shared=True)
    placed = [_placed(source, rows.get(source.pk), source.pk in met) for source in sources]
    return Placed(placed, [*crossed, *(pk for pk in met if pk not in made_of)])


def _judged_by(row: VersionGroup | None) -> str:
    return row.made_of if row else ""


def _wait_for_the_turn() -> None:
    until = monotonic() + LONGEST_TURN
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if cursor.fetchone() == (True,) or monotonic() > until:
                return
            sleep(0.05)


def _join(fresh: Mapping[int, VersionGroup], own: Mapping[int, uuid.UUID]) -> None:
    """Give each the group of the one most like it, or else one of its own."""
    if not fresh:
        return
    others = _like(fresh)
    own = {pk: own[pk] for pk in fresh}
    named = VersionGroup.objects.filter(group__in=own.values()).exclude(pk__in=fresh)
    taken = set(named.values_list("group", flat=True))
    for row in fresh.values():
        if likest := _likest(row, others.values()):
            row.group, row.shared = likest.group, True
        else:
            # Others may have stayed behind in the group that has its name.
            row.group = uuid.uuid4() if own[row.pk] in taken else own[row.pk]
        others[row.pk] = row


def _placed(source: ResourceSource, row: VersionGroup | None, met: bool) -> ResourceSource:
    """With its group; met: another has just been found to be like it."""
    if row:
        return replace(source, group=str(row.group), has_versions=row.shared or met)
    return replace(source, has_versions=True) if met else source


def forget(page_ids: Collection[int]) -> None:
    """Of pages that are no longer published."""
    VersionGroup.objects.filter(page_id__in=page_ids).delete()


def _made_of(source: ResourceSource) -> str:
    """A checksum of all that a row is made of, of the rules too. Much cheaper than the sketch."""
    words = [RUN, SKETCH, _kind(source), source.title, source.summary, source.body]
    try:
        written = orjson.dumps(words)
    except TypeError:  # a number too large: one odd page must not hold up all others
        written = repr(words).encode()
    return hashlib.blake2b(written, digest_size=16).hexdigest()


def _rows(sources: Iterable[ResourceSource], made_of: Mapping[int, str]) -> dict[int, VersionGroup]:
    """By page. Without those whose words cannot be read: no document is made of such a page either, which says why."""
    rows = {}
    for source in sources:
        try:
            rows[source.pk] = _row(source, made_of[source.pk])
        except Exception as error:  # noqa: BLE001  one odd page must not hold up all others
            logger.warning("The words of page %s cannot be read: %s", source.pk, error)
    return rows


def _row(source: ResourceSource, made_of: str) -> VersionGroup:
    parts = [source.title, source.summary]
    parts += [plain_text(source.body, only_objectives=only) for only in (True, False)]
    values = sketch(" ".join(parts))
    return VersionGroup(
        page_id=source.pk, made_of=made_of, kind=_kind(source), sketch=values, probe=values[:PROBE]
    )


def _kind(source: ResourceSource) -> str:
    return f"{source.kind.slug} {source.language.lower()}"


def _like(fresh: Mapping[int, VersionGroup]) -> dict[int, VersionGroup]:
    """What is kept of other resources that may be alike, by page."""
    probes = sorted({value for row in fresh.values() for value in row.probe})
    with connection.cursor() as cursor:
        # One look into the index for each. Asked for all at once, the database compares every row with thousands of values.
        cursor.execute(LIKE, [probes])
        keys = {key for (key,) in cursor.fetchall()} - fresh.keys()
    kinds = {row.kind for row in fresh.values()}
    found = VersionGroup.objects.filter(pk__in=keys, kind__in=kinds)
    return {row.pk: row for row in found.order_by("pk")[:MAX_LIKE]}


def _likest(row: VersionGroup, others: Iterable[VersionGroup]) -> VersionGroup | None:
    """The one that is most like it, of several the oldest; None where none is alike.

    A collection may have thousands that are all alike. What two have in common at all is soon counted, and says how alike
    they are at most.
    """
    probe, mine = set(row.probe), set(row.sketch)
    likest, best = None, (ALIKE, -inf)
    for other in others:
        if other.kind != row.kind or probe.isdisjoint(other.probe):
            continue
        if min(len(row.sketch), len(other.sketch)) < SKETCH and row.sketch != other.sketch:
            continue  # all of a short text is in its sketch
        most = len(mine.intersection(other.sketch)) / max(len(row.sketch), len(other.sketch))
        if (most, -other.pk) > best and (found := (likeness(row.sketch, other.sketch), -other.pk)) > best:
            likest, best = other, found
    return likest
