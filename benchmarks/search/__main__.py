"""Measure search: `python -m benchmarks.search [SIZES] [--requests N]`, 10,000 and 100,000 resources unless told.

Up to 100,000 resources are pages in the database, and the index is built from it; beyond, documents go straight into the
index. Eight shapes of search are asked over HTTP of the page and of the API (gunicorn and worker as in production), by one
client and by four. Each answer says what the engine took, so all figures of a line are of the same requests. Figures that
are asked for stand beside what was measured, with a plain word on whether they are met.
"""

import argparse
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

import django
import psutil
from django.conf import settings

from benchmarks._servers import let_it_settle, servers
from benchmarks.search.report import Report, figures, median, p95
from benchmarks.search.site import megabytes
from search.batches import batched

if TYPE_CHECKING:
    from benchmarks.search.corpus import Library
    from benchmarks.search.site import Answered, Site

SIZES = (10_000, 100_000)
IN_DATABASE = 100_000
CLIENTS = (1, 4)
# Each process looks up once what a search names; a connection stays with one of them.
WARM_UP, CONNECTIONS = 50, 3
# Of a sentence a plain site finds nothing: it wants all words.
COMPARED = ("browse all", "one common word", "two words", "two words, two facets", "a parent standard")
PATHS = {"page": "/search/", "API": "/api/v1/resources"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", metavar="SIZE", help="resources, the fewest first")
    parser.add_argument("--requests", type=int, default=120, help="of each shape, path and number of clients")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    report = Report()
    # How it was compiled decides much of what we add to the engine's time.
    report.say(f"Python {platform.python_version()} of {sys.base_prefix}")
    from tests.ground import database, indexing

    with servers(), database(), indexing():
        from benchmarks.search import corpus

        rng = random.Random(0)
        made = corpus.library(rng)
        for size in sorted(options.sizes or SIZES):
            index = prepare(made, rng, size, report)
            with _running(index) as site:
                measure(site, made, size, options.requests, report)
    report.say_ratios()


@contextmanager
def _running(index: str) -> "Iterator[Site]":
    from benchmarks.search.site import site

    with site() as running:
        yield running


def prepare(made: "Library", rng: random.Random, size: int, report: Report) -> str:
    """Pages and index of this size; the name of the index."""
    from benchmarks.search import corpus, stock
    from repository.models import ResourcePage
    from search import indexes
    from search.models import OutboxEntry

    report.head(f"{size:,} resources")
    there = ResourcePage.objects.count()
    if missing := min(size, IN_DATABASE) - there:
        seconds, _ = timed(lambda: corpus.store(made, rng, missing))
        report.say(
            f"{missing:,} pages written to the database in {seconds:.0f} s: {missing / seconds:,.0f} a second"
        )
    OutboxEntry.objects.all().delete()  # the rebuild reads them all
    seconds, index = timed(lambda: indexes.rebuild(lambda text: None))
    pages = ResourcePage.objects.count()
    report.say(
        f"rebuild of {pages:,} from the database, compared and put to use: {seconds:.1f} s, {pages / seconds:,.0f} a second"
    )
    if size > pages:
        keys = list(ResourcePage.objects.order_by("pk").values_list("pk", flat=True)[: stock.TEMPLATES])
        rate = stock.add_documents(index, made, keys, size - pages)
        report.say(f"{size - pages:,} documents made and put straight into the index, {rate:,.0f} a second")
    let_it_settle(index)
    return index


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def measure(site: "Site", made: "Library", size: int, requests: int, report: Report) -> None:
    from benchmarks.search import corpus

    shapes = corpus.variants(made, random.Random(1))
    report.say(
        f"milliseconds, median / 95th percentile of {requests} requests; cpu: of the web process, for each"
    )
    report.row("", "took", "page", "page-took", "cpu", "API", "4: took", "4: page", "4: API")
    for shape, queries in shapes.items():
        cells: dict[tuple[str, int], Any] = {}
        for _ in range(CONNECTIONS):
            site.ask(PATHS["page"], list(queries), WARM_UP, 1)
        for clients in CLIENTS:
            for name, path in PATHS.items():
                cpu = site.cpu()
                answers = _ask(site, path, list(reversed(queries)), requests, clients)
                cells[name, clients] = answers, (site.cpu() - cpu) / requests * 1000
        alone, cpu_each = cells["page", 1]
        four = cells["page", 4][0]
        report.row(
            shape,
            figures([one.took for one in alone]),
            figures([one.all for one in alone]),
            figures([one.over for one in alone]),
            f"{cpu_each:.1f}",
            figures([one.all for one in cells["API", 1][0]]),
            figures([one.took for one in four]),
            figures([one.all for one in four]),
            figures([one.all for one in cells["API", 4][0]]),
        )
        report.note(size, shape, median([one.took for one in alone]), median([one.all for one in alone]))
        report.asked(f"{shape}: page over took, median", median([one.over for one in alone]), "ms", at_most=6)
    _anew(site, requests, report)
    report.say(
        "memory in MB: "
        + ", ".join(
            f"{name} {used:.0f}" for name, used in {**site.memory(), **_database(), **_node()}.items()
        )
    )
    _published(made, report)
    _compared(shapes, size, report)


def _ask(site: "Site", path: str, queries: list[str], requests: int, clients: int) -> "list[Answered]":
    """The queries in turn. None is asked twice before the engine's cache is emptied, but for the one of browsing all:
    that is what most readers ask, and the line "counted anew" shows it without the cache."""
    turn = len(queries) if len(queries) > 1 else requests
    answers = []
    for some in batched(islice(cycle(queries), requests), turn):
        _forget()
        answers += site.ask(path, list(some), len(some), clients)
    return answers


def _anew(site: "Site", requests: int, report: Report) -> None:
    """Browsing after each change of the index: nothing of the counts is left in the engine's cache."""
    answers = []
    for _ in range(max(1, requests // 4)):
        _forget()
        answers += site.ask(PATHS["page"], [""], 1, 1)
    report.row(
        "browse all, counted anew",
        figures([one.took for one in answers]),
        figures([one.all for one in answers]),
    )


def _forget() -> None:
    """Empty the engine's cache of what it found: what is measured is asked for the first time."""
    from search.client import alias, client

    client().indices.clear_cache(index=alias(), params={"request": "true"})


def _database() -> dict[str, float]:
    """PostgreSQL with a process for each connection; what they share counted once."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0]).parent()
    assert server, "The database is not a local server."
    processes = [server, *server.children(recursive=True)]
    return {"PostgreSQL": sum(megabytes(process) for process in processes)}


def _node() -> dict[str, float]:
    from search.client import client

    (node,) = client().nodes.stats(metric="jvm,process")["nodes"].values()
    heap = node["jvm"]["mem"]
    return {
        "engine": _engine_process().memory_info().rss / 2**20,
        "its heap used": heap["heap_used_in_bytes"] / 2**20,
        "of": heap["heap_max_in_bytes"] / 2**20,
    }


def _engine_process() -> psutil.Process:
    """The local node of this checkout."""
    for process in psutil.process_iter(["cmdline"]):
        words = " ".join(process.info["cmdline"] or ())
        if "OpenSearchRunner" in words and str(settings.DATA_DIR) in words:
            return process
    raise AssertionError("The engine is not a local node.")


def _published(made: "Library", report: Report) -> None:
    from benchmarks.search.publishing import publish_to_searchable

    waited = publish_to_searchable(made, random.Random(2))
    report.say(f"publish to searchable: {figures(waited)} ms, of {len(waited)} edits")
    report.asked("publish to searchable, 95th percentile", p95(waited), "ms", at_most=1000)


def _compared(shapes: dict[str, Any], size: int, report: Report) -> None:
    """Beside a plain Wagtail site, where all resources are in the database."""
    if size > IN_DATABASE:
        return
    from benchmarks.search import plain

    plain.set_up()
    report.say(
        "a plain Wagtail site on PostgreSQL full text, the queries of a page alone; ours: the whole page, over HTTP"
    )
    for shape in COMPARED:
        queries = shapes[shape]
        theirs = median(
            [plain.page(query) for query in list(reversed(queries))[:5] * (5 if len(queries) == 1 else 1)]
        )
        ours = report.pages[size, shape]
        report.row(shape, f"plain {theirs:,.0f}", f"ours {ours:.0f}", f"{theirs / ours:,.0f} times")
        if size == IN_DATABASE and "standard" not in shape:
            asked = 15 if shape == "browse all" else 100
            report.asked(f"{shape}: faster than the plain site", theirs / ours, "times", at_least=asked)


if __name__ == "__main__":
    main()
