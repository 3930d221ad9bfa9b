"""The servers that benchmarks use: those of the tests, set up as production has them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

HEAP = "1g"


@contextmanager
def servers() -> Iterator[None]:
    """PostgreSQL and OpenSearch; those that run already are taken as they are. Ended after the last who needs them."""
    from django.conf import settings

    from config.local_services import control, state
    from config.local_services.lease import Lease
    from config.management.commands.services import wanted

    lease = Lease(Path(settings.DATA_DIR), discard=True)
    try:
        # Not short-lived: figures are of a node as production has it.
        control.start(replace(wanted(), throwaway=False, heap=HEAP), print)
        if "opensearch" in settings.LOCAL_SERVICES:
            settings.OPENSEARCH_URL = state.opensearch_url(Path(settings.DATA_DIR))
        yield
    finally:
        lease.release()


def let_it_settle(index: str) -> None:
    """Wait until the engine has merged what was loaded in bulk. Meanwhile a search takes it two to three times as long, and
    nobody searches a site that is being filled."""
    from search.client import client

    until = time.monotonic() + 600
    while client().indices.stats(index=index, metric="merge")["_all"]["total"]["merges"]["current"]:
        assert time.monotonic() < until, "The engine does not end merging."
        time.sleep(1)
