"""Search commands in processes of their own, on the database and the index of a test, there to be killed.

`python -m tests.search.processes workers TIMES SEED` has a worker, kills it TIMES times at random moments, each time
starts the next, and leaves the last one until standard input ends. `… rebuild` builds the index anew in small steps;
with `… rebuild wait` it waits for a line before it puts it into use, with `… rebuild whole` it takes steps as ever.
`… readers` asks the engine, forks as a web server that loads the site first, and tells how many answers of the processes
were another's.
All tell on standard output how far they are.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

PLACE = "TEST_PLACE"


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run one of these; it is ended, with its worker, when the block is left."""
    from django.conf import settings
    from django.db import connection

    database = {name: connection.settings_dict[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    place = {
        "database": database,
        "OPENSEARCH_URL": settings.OPENSEARCH_URL,
        "OPENSEARCH_PREFIX": settings.OPENSEARCH_PREFIX,
    }
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.search.processes", *arguments],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", PLACE: json.dumps(place)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with started:
        try:
            yield started
        finally:
            if started.stdin:
                started.stdin.close()
            if arguments[0] == "rebuild":
                started.kill()
            started.wait(30)


def told(started: subprocess.Popen[str], beginning: str) -> str:
    """The next line that begins so. Fails when the process ends without it."""
    assert started.stdout
    for line in started.stdout:
        if line.startswith(beginning):
            return line.strip()
    raise AssertionError(f"it ended without telling {beginning!r}")


def tell(text: str) -> None:
    print(text, flush=True)


def workers(times: int, seed: int) -> None:
    rng = random.Random(seed)
    for number in range(times + 1):
        worker = os.fork()
        if not worker:
            try:
                _work()
            finally:
                os._exit(1)
        if number == times:
            tell("last")
            sys.stdin.read()
        else:
            time.sleep(rng.uniform(0.0, 0.3))
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        tell(f"killed {number + 1}")


def _work() -> None:
    from search.worker import Worker

    Worker().work(Event())


def readers() -> None:
    from search.client import ask

    ask({"size": 0})
    children = []
    for name in ("one", "two", "three"):
        child = os.fork()
        if not child:
            mine = {"size": 0, "aggs": {name: {"filter": {"match_all": {}}}}}
            os._exit(sum(name not in ask(mine)["aggregations"] for _ in range(100)))
        children.append(child)
    wrong = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    tell(f"wrong {sum(wrong)}")


def rebuild(how: str) -> None:
    from search import filling, indexes

    if how != "whole":
        filling.BATCH = 20
    promote = indexes._promote

    def promote_when_told(name: str) -> None:
        if how == "wait":
            tell("promoting")
            sys.stdin.readline()
        promote(name)

    indexes._promote = promote_when_told
    try:
        tell(f"done {indexes.rebuild(tell)}")
    except indexes.RebuildFailed as error:
        tell(f"failed: {error}")


def main(what: str, *arguments: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    place: dict[str, Any] = json.loads(os.environ[PLACE])
    connection.settings_dict.update(place["database"])
    settings.OPENSEARCH_URL, settings.OPENSEARCH_PREFIX = place["OPENSEARCH_URL"], place["OPENSEARCH_PREFIX"]
    if what == "workers":
        workers(*map(int, arguments))
    elif what == "readers":
        readers()
    else:
        rebuild(*arguments or [""])


if __name__ == "__main__":
    main(*sys.argv[1:])
