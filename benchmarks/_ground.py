"""What benchmarks stand on: a database and an index of their own, gone afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks._servers import servers


@contextmanager
def ground() -> Iterator[str]:
    """Set Django up over a new test database and a new, empty index behind the alias; the index's name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from tests.ground import database, indexing

    with servers(), database(), indexing() as index:
        yield index()
