"""From "publish" to "found": `python -m benchmarks.publish_to_searchable [TIMES]`, 20 times where it is not said.

A worker runs as a process of its own, as in production; a resource is published as a reviewer's approval does it, and
search is asked every 20 ms until it answers with it. Between two there is a pause of its own length, so that each one
meets an idle worker.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import quantiles
from urllib.parse import quote

from benchmarks._ground import ground

TIMES = 20
LIMIT = 30.0  # seconds after which one counts as lost


@contextmanager
def worker() -> Iterator[None]:
    """`manage.py search_worker` over the benchmark's own database and index."""
    from django.conf import settings
    from django.db import connection

    row = connection.settings_dict
    host, port = quote(row["HOST"] or row["OPTIONS"].get("host", "")), row["PORT"]
    who = quote(row["USER"]) + (f":{quote(row['PASSWORD'])}" if row["PASSWORD"] else "")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.demo",
        "DATABASE_URL": f"postgresql://{who}@/{row['NAME']}?host={host}" + (f"&port={port}" if port else ""),
        "OPENSEARCH_URL": settings.OPENSEARCH_URL,
        "OPENSEARCH_PREFIX": settings.OPENSEARCH_PREFIX,
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "search_worker"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it says that it follows
        yield
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def seconds_until_found(number: int) -> float:
    """Publish one resource and wait until a visitor's search for its own word finds it."""
    from search.find import find
    from search.request import SearchRequest
    from tests.factories import resource

    word = f"quokka{number:05d}"
    page = resource(f"Count the {word}", live=False)
    revision = page.get_latest_revision()
    started = time.perf_counter()
    revision.publish()
    while time.perf_counter() - started < LIMIT:
        if find(SearchRequest(q=word), {"public"}).total:
            return time.perf_counter() - started
        time.sleep(0.02)
    return float("inf")


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    with ground(), worker():
        seconds_until_found(0)  # the first one meets caches that are empty
        took = []
        for number in range(1, times + 1):
            time.sleep(random.uniform(0.2, 0.6))
            took.append(seconds_until_found(number))
    ranks = quantiles(took, n=20, method="inclusive")
    print(
        f"publish to searchable, {times} times: p50 {ranks[9] * 1000:.0f} ms, p95 {ranks[18] * 1000:.0f} ms, "
        f"longest {max(took) * 1000:.0f} ms, lost {took.count(float('inf'))}"
    )


if __name__ == "__main__":
    main()
