"""How near statements are in meaning to a text, whatever their words. Their vectors are computed once and kept.

A vector is kept in the database under a checksum of the model's version and the text: a statement that has changed is
another text, two frameworks that say the same share one, and `manage.py embed_standards` removes what nobody says any more.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING
from uuid import UUID

from search.batches import batched
from search.models import StatementVector
from search.suggested.embeddings import Model

if TYPE_CHECKING:
    from search.suggested.embeddings import Vector

BATCH = 500
SENTENCES = 6  # of a text, that are read one by one
_END = re.compile(r"(?<=[.?!;])\s+|\n+")


def nearness(
    model: Model, text: str, statements: Sequence[tuple[str, str]]
) -> list[tuple[float, float, float]]:
    """For each statement, given by itself and after what its parents say: how near the text is to the one and to the
    other, and how near its nearest sentence is to the first. From 0, nothing in common, to 1.

    One query; two where a statement has no vector yet.
    """
    vectors = _vectors(model, {said for pair in statements for said in pair})
    whole = model.embed(text)
    sentences = [model.embed(one) for one in _sentences(text)]
    return [
        (
            _cosine(whole, vectors[alone]),
            _cosine(whole, vectors[in_full]),
            max(_cosine(one, vectors[alone]) for one in sentences),
        )
        for alone, in_full in statements
    ]


def keep(model: Model, texts: Collection[str], progress: Callable[[int, int], None]) -> tuple[int, int]:
    """Compute the vectors that are missing, and remove those of any other text; how many there were of either.

    progress: is told how many of how many are done.
    """
    wanted = {_key(model, text): text for text in texts}
    known = set(StatementVector.objects.values_list("key", flat=True))
    missing = {key: text for key, text in wanted.items() if key not in known}
    done = 0
    for some in batched(missing, BATCH):
        _compute(model, {key: missing[key] for key in some})
        done += len(some)
        progress(done, len(missing))
    stale = known - wanted.keys()
    for some in batched(stale, BATCH):
        StatementVector.objects.filter(key__in=some).delete()
    return len(missing), len(stale)


def _sentences(text: str) -> list[str]:
    return [one for one in _END.split(text) if one.strip()][:SENTENCES] or [text]


def _cosine(one: "Vector", other: "Vector") -> float:
    return max(0.0, float(one @ other))  # of length 1 both


def _vectors(model: Model, texts: Collection[str]) -> "dict[str, Vector]":
    keys = {text: _key(model, text) for text in texts}
    kept = dict(StatementVector.objects.filter(key__in=keys.values()).values_list("key", "vector"))
    if missing := {key: text for text, key in keys.items() if key not in kept}:
        kept |= _compute(model, missing)
    return {text: model.unpack(kept[key]) for text, key in keys.items()}


def _compute(model: Model, missing: Mapping[UUID, str]) -> dict[UUID, bytes]:
    """Compute and keep the vectors of these texts."""
    packed = {key: model.pack(model.embed(text)) for key, text in missing.items()}
    rows = [StatementVector(key=key, vector=vector) for key, vector in packed.items()]
    StatementVector.objects.bulk_create(rows, ignore_conflicts=True)  # somebody else may just have done so
    return packed


def _key(model: Model, text: str) -> UUID:
    return UUID(bytes=blake2b(f"{model.version}\n{text}".encode(), digest_size=16).digest())
