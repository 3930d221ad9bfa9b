"""Vocabularies kept in this process's memory, and never older than the database.

A page of facets names some hundred values. What they are called is read once and kept until its tables change. Each
table of a vocabulary has a version, which triggers raise in the transaction of any change (`migrations/0002`, `0008`);
asking for the versions is the one query that a page needs. A facet over a further table needs a trigger on that table.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.db import connection, models

T = TypeVar("T")
V = TypeVar("V")

# Single values kept of vocabularies that are too large to be kept whole.
MAX_VALUES = 50_000

_kept: dict[str, tuple[tuple[int, ...], object]] = {}
# The versions as this request has seen them; None outside of `one_look`.
_seen: ContextVar[dict[str, int] | None] = ContextVar("vocabulary_versions", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Within, changes are looked for once: a request shows one state of things. Without it, at every look-up."""
    token = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(token)


def keep(name: str, tables: Iterable[type[models.Model]], load: Callable[[], T]) -> T:
    """What `load` gave when these tables last changed."""
    # Read before the rows: rows may be newer than their version, which costs a look more, never older.
    version = version_of(tables)
    known = _kept.get(name)
    if known is None or known[0] != version:
        known = _kept[name] = (version, load())
    return known[1]  # type: ignore[return-value]


def version_of(tables: Iterable[type[models.Model]]) -> tuple[int, ...]:
    """Another after each change of one of these tables."""
    versions = _versions()
    return tuple(versions[model._meta.db_table] for model in tables)


def keep_values(
    known: dict[str, V],
    values: Collection[str],
    load: Callable[[list[str]], Mapping[str, V]],
    *,
    most: int = MAX_VALUES,
) -> dict[str, V]:
    """Those of the values that there are. `load` reads, at once, those that are not among the `known` yet, of which `most`
    are kept."""
    found = {value: known[value] for value in values if value in known}
    if missing := [value for value in values if value not in found]:
        loaded = load(missing)
        if len(known) + len(loaded) > most:
            known.clear()
        known.update(loaded)
        found.update(loaded)
    return found


def _versions() -> Mapping[str, int]:
    seen = _seen.get()
    if seen:
        return seen
    with connection.cursor() as cursor:
        # What this transaction itself has changed is noted apart (`migrations/0008`).
        cursor.execute(
            "SELECT name, coalesce(nullif(current_setting('search.changed_' || name, true), '')::bigint, version) "
            "FROM search_vocabulary"
        )
        versions = dict(cursor.fetchall())
    if seen is not None:
        seen.update(versions)
    return versions
