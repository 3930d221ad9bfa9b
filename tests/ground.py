"""A test database and an index of its own to measure on, gone afterwards."""

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def ground() -> Iterator[Callable[[], str]]:
    """Start the local servers where they do not run, and make an empty database; gives a function that indexes it. Servers
    end after the last who needs them.

    The function answers with the index's name. Django must be set up with the test settings.
    """
    from django.conf import settings

    from config.local_services.lease import Lease

    lease = Lease(Path(settings.DATA_DIR), discard=True)
    try:
        for server in settings.LOCAL_SERVICES:
            subprocess.run([sys.executable, "-m", "tests.start_server", server], check=True)
        if "opensearch" in settings.LOCAL_SERVICES:
            from config.local_services import state

            settings.OPENSEARCH_URL = state.opensearch_url(settings.DATA_DIR)
        with database(), indexing() as index:
            yield index
    finally:
        lease.release()


@contextmanager
def database() -> Iterator[None]:
    """An empty database beside that of a test run that may be going on."""
    from django.db import connection
    from django.test.utils import (
        setup_databases,
        setup_test_environment,
        teardown_databases,
        teardown_test_environment,
    )

    logging.disable(logging.WARNING)  # every page made is told otherwise
    connection.settings_dict["TEST"]["NAME"] = "test_ground"
    setup_test_environment(debug=False)
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(databases, verbosity=0)
        teardown_test_environment()


@contextmanager
def indexing() -> Iterator[Callable[[], str]]:
    """Gives a function that indexes what the database has, and answers with the index's name."""
    from search import indexes

    try:
        yield lambda: indexes.rebuild(lambda text: None)
    finally:
        indexes.remove_leftovers(None)
