"""Many at a time: batches of an iterable, and many keys in one query."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db.models.expressions import RawSQL

T = TypeVar("T")


def batched(values: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """itertools.batched, which Python 3.11 has not got."""
    iterator = iter(values)
    while batch := tuple(islice(iterator, size)):
        yield batch


def any_of(keys: Collection[int]) -> RawSQL:
    """For `pk__in`: the keys as one parameter, a text. Five hundred take longer to write down than the rows to read."""
    return RawSQL("SELECT unnest(%s::bigint[])", [f"{{{','.join(map(str, keys))}}}"])
