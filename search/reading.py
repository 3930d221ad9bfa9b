"""Documents of many pages, where one that cannot be read or made does not spoil the others."""

from collections.abc import Iterable

from django.db import InterfaceError, OperationalError, transaction
from psycopg.errors import QueryCanceled

from search.documents import Written, build, written
from search.sources import ResourceSource, Shared, load


def read(
    page_ids: Iterable[int], shared: Shared | None = None
) -> tuple[list[ResourceSource], dict[int, str]]:
    """What is published of these pages; and those that cannot be read, with the reason."""
    refused: dict[int, str] = {}
    return _read(list(page_ids), shared, refused), refused


def _read(page_ids: list[int], shared: Shared | None, refused: dict[int, str]) -> list[ResourceSource]:
    """Where they cannot be read together, those that cannot be read alone are refused."""
    try:
        with transaction.atomic():  # a failed query would spoil the transaction that holds the rows
            return load(page_ids, shared)
    except Exception as error:
        # Without its database nothing can be read. A query that took too long may do with fewer pages.
        lost = isinstance(error, OperationalError | InterfaceError)
        if lost and not isinstance(error.__cause__, QueryCanceled):
            raise
        if len(page_ids) == 1:
            refused[page_ids[0]] = _reason(error)
            return []
    middle = len(page_ids) // 2
    return [*_read(page_ids[:middle], shared, refused), *_read(page_ids[middle:], shared, refused)]


def build_each(sources: Iterable[ResourceSource]) -> tuple[dict[int, Written], dict[int, str]]:
    """The documents by page; and the pages of which none can be made, with the reason."""
    built: dict[int, Written] = {}
    refused: dict[int, str] = {}
    for source in sources:
        try:
            built[source.pk] = written(build(source))
        except Exception as error:  # noqa: BLE001  one odd page must not hold up all others
            refused[source.pk] = _reason(error)
    return built, refused


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
