"""What benchmarks stand on: a database and an index of their own, gone afterwards."""

import logging
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
    logging.disable(logging.WARNING)
    with servers():
        yield from _over_a_new_database()


def _over_a_new_database() -> Iterator[str]:
    from django.test.utils import (
        setup_databases,
        setup_test_environment,
        teardown_databases,
        teardown_test_environment,
    )

    setup_test_environment(debug=False)
    databases = setup_databases(verbosity=0, interactive=False)
    from search import indexes

    name = indexes.rebuild(lambda text: None)
    try:
        yield name
    finally:
        indexes._remove_leftovers(None)
        teardown_databases(databases, verbosity=0)
        teardown_test_environment()
