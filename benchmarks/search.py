"""How fast a faceted search is: `python -m benchmarks.search [RESOURCES]`, 10,000 unless told.

Documents of about 190 words go straight into an index of their own, beside vocabularies in a test database. Five shapes of
search are then asked over HTTP, one after the other, of the API and of the page (gunicorn, in a process of its own), and the
same bodies of the engine itself. Every answer carries all facets of the registry under the audience filter.
"""

import logging
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import django

if TYPE_CHECKING:
    from search.sources import ResourceSource

REQUESTS = 150
WARM_UP = 15
WORDS = (
    "ratio fraction river poem bridge circuit census budget volcano market garden story graph engine map clinic debate weld"
    " measure compare explain design argue model evidence pattern data claim shape rate scale system energy water motion"
).split()
SHAPES = {
    "everything": "",
    "one common word": "q=ratio",
    "two words": "q=ratio+bridge",
    "two words, two facets": "q=ratio+bridge&grade=06&subject=subject-3",
    "a parent standard": "standard=BENCH:D1",
    "standard and level, jointly": "standard=BENCH:D1&level=bench:level-1",
}


def main(arguments: Sequence[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    logging.disable(logging.WARNING)  # every page made is told otherwise
    from django.conf import settings
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    for server in settings.LOCAL_SERVICES:
        subprocess.run([sys.executable, "-m", "tests.start_server", server], check=True)
    if "opensearch" in settings.LOCAL_SERVICES:
        from config.local_services import state

        settings.OPENSEARCH_URL = state.opensearch_url(settings.DATA_DIR)
    setup_test_environment(debug=False)
    databases = setup_databases(verbosity=0, interactive=False)
    from search import indexes

    name = indexes.rebuild(lambda text: None)
    try:
        fill(name, int(arguments[0]) if arguments else 10_000)
        with_server(measure)
    finally:
        indexes._remove_leftovers(None)
        teardown_databases(databases, verbosity=0)


def fill(name: str, number: int) -> None:
    """Generate, build and index; documents a second of the two latter."""
    from search.batches import batched
    from search.bulk import write_alias
    from search.client import client
    from search.documents import build

    make = generator()
    began, building = time.perf_counter(), 0.0
    for numbers in batched(range(number), 1000):
        lines: list[dict[str, Any]] = []
        sources = [make(n) for n in numbers]
        start = time.perf_counter()
        for n, source in zip(numbers, sources, strict=True):
            lines += [{"index": {"_index": write_alias(name), "_id": str(n)}}, build(source)]
        building += time.perf_counter() - start
        answer = client().bulk(body=lines, params={"request_timeout": 120})
        assert not answer["errors"]
    client().indices.refresh(index=name)
    took = time.perf_counter() - began
    print(
        f"{number} resources generated, built and indexed in {took:.1f} s; built at {number / building:.0f} a second"
    )


def generator() -> "Callable[[int], ResourceSource]":
    """A function from a number to a resource; makes the vocabularies that it names."""
    from people.models import Organisation
    from repository.audience import PUBLIC
    from search.sources import AlignmentSource, Named, ResourceSource, Shared
    from search.trees import Node
    from standards.codes import code_forms
    from tests.factories import (
        DistrictFactory,
        FrameworkFactory,
        ItemFactory,
        KindFactory,
        LevelFactory,
        ModalityFactory,
        ScaleFactory,
        SchoolFactory,
        SubjectFactory,
        topic,
    )

    rng = random.Random(0)
    subjects = [SubjectFactory(slug=f"subject-{n}") for n in range(10)]
    kinds = [KindFactory(slug=f"kind-{n}") for n in range(8)]
    modalities = [ModalityFactory(slug=f"setting-{n}") for n in range(12)]
    districts = [DistrictFactory() for _ in range(20)]
    schools = {district.pk: [SchoolFactory(parent=district) for _ in range(4)] for district in districts}
    scale = ScaleFactory(slug="bench")
    levels = [LevelFactory(scale=scale, name=f"Level {n}") for n in range(4)]
    roots = [topic(f"Topic {n}") for n in range(6)]
    leaves = [
        (root.slug, topic(f"{root.name} part {n}", under=root).slug) for root in roots for n in range(8)
    ]
    framework = FrameworkFactory(short_name="BENCH")
    items = []

    def add(code: str, above: Any, depth: int) -> Any:
        words = " ".join(rng.choices(WORDS, k=18))
        return ItemFactory(
            framework=framework,
            human_coding_scheme=code,
            code_forms=code_forms(code),
            full_statement=words,
            under=above,
            depth=depth,
        )

    for d in range(8):
        domain = add(f"D{d}", None, 0)
        for c in range(4):
            cluster = add(f"D{d}.{c}", domain, 1)
            items += [add(f"D{d}.{c}.{s}", cluster, 2) for s in range(6)]
    standards = list(Shared().items({item.pk for item in items}).values())
    named: Callable[[Any], Named] = lambda row: Named(row.slug, getattr(row, "label", None) or row.name)  # noqa: E731

    def alignment() -> AlignmentSource:
        level = rng.choice([*levels, None])
        key = level.key if level else ""
        return AlignmentSource(
            item=rng.choice(standards),
            relation=rng.choice(["teaches", "assesses"]),
            status="claimed",
            note="",
            level=key,
            level_label=level.name if level else "",
            levels=(key,) if key else (),
        )

    def make(number: int) -> ResourceSource:
        district: Organisation = rng.choice(districts)
        root, leaf = rng.choice(leaves)
        text = " ".join(rng.choices(WORDS, k=120))
        return ResourceSource(
            pk=number,
            identifier=f"bench-{number:07}",
            title=" ".join(rng.choices(WORDS, k=5)).capitalize(),
            url=f"/bench/{number}/",
            summary=" ".join(rng.choices(WORDS, k=20)),
            kind=named(rng.choice(kinds)),
            grades=tuple(rng.sample(["KG", "01", "02", "03", "04", "05", "06", "07", "08", "09"], 2)),
            subjects=tuple(named(one) for one in rng.sample(subjects, rng.choice([1, 1, 2]))),
            modalities=tuple(named(one) for one in rng.sample(modalities, 2)),
            topics=(Node(root, 0), Node(leaf, 1)),
            topic_names=(root, leaf),
            tags=tuple(rng.sample(WORDS, 2)),
            alignments=tuple(alignment() for _ in range(rng.choice([1, 2, 3]))),
            body=[{"type": "step", "value": {"title": "First", "text": text}}],
            minutes=rng.choice([None, 20, 45, 50, 90]),
            language=rng.choice(["en", "en", "en", "es"]),
            licence=rng.choice(["CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0"]),
            attribution="",
            audience="public",
            # One in five is for somebody else, so that the filter has work to do.
            tokens=frozenset({PUBLIC if rng.random() < 0.8 else "state", "state-admin"}),
            link_url="",
            district=named(district),
            school=named(rng.choice(schools[district.pk])),
            author=f"Teacher {number % 300}",
            reviewed_by="",
            reviewed_at=None,
            first_published_at=None,
            last_published_at=None,
        )

    return make


def with_server(run: Callable[[str], None]) -> None:
    """Run against a gunicorn of our own, on a free port, with this process's database and index."""
    from django.conf import settings
    from django.db import connection

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    row = connection.settings_dict
    host = quote(row["HOST"] or row["OPTIONS"].get("host", ""))
    who = quote(row["USER"]) + (f":{quote(row['PASSWORD'])}" if row["PASSWORD"] else "")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.demo",
        "DATABASE_URL": f"postgresql://{who}@/{row['NAME']}?host={host}"
        + (f"&port={row['PORT']}" if row["PORT"] else ""),
        "OPENSEARCH_URL": settings.OPENSEARCH_URL,
        "OPENSEARCH_PREFIX": settings.OPENSEARCH_PREFIX,
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "config.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--preload",
    ]
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            base = f"http://127.0.0.1:{port}"
            wait_for(f"{base}/healthz")
            run(base)
        except urllib.error.URLError:
            log.seek(0)
            print(log.read()[-3000:])
            raise
        finally:
            server.terminate()
            server.wait(20)


def wait_for(url: str) -> None:
    for _attempt in range(300):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"{url} did not answer")


def measure(base: str) -> None:
    from search.facets import FACETS

    print(f"median / p95 in ms of {REQUESTS} requests, one client, {len(FACETS)} facets each")
    print(f"{'':30}{'took':>14}{'engine':>14}{'API':>14}{'page':>14}")
    for shape, params in SHAPES.items():
        took, engine = zip(*asked_of_engine(params), strict=True)
        api = list(asked_over_http(f"{base}/api/v1/resources?{params}"))
        page = list(asked_over_http(f"{base}/search/?{params}"))
        print(f"{shape:30}" + "".join(f"{figures(values):>14}" for values in (took, engine, api, page)))


def asked_of_engine(params: str) -> Iterator[tuple[float, float]]:
    """The engine's own time, and that of the whole request, for the body that this address gives."""
    from django.http import QueryDict

    from search import query
    from search.client import ask
    from search.facets import FACETS
    from search.find import unfold
    from search.query import Asked
    from search.request import parse
    from search.understanding import understand

    request, complaints = parse(QueryDict(params))
    assert not complaints, complaints
    understood = understand(request)
    nodes = {
        spec.name: unfold(spec.tree, understood.request, spec.name).nodes for spec in FACETS if spec.tree
    }
    body = query.body(understood.request, understood.words, {"public"}, Asked(nodes))
    for number in range(WARM_UP + REQUESTS):
        began = time.perf_counter()
        answer = ask(body)
        assert answer["hits"]["total"]["value"] > 0
        if number >= WARM_UP:
            yield answer["took"], (time.perf_counter() - began) * 1000


def asked_over_http(url: str) -> Iterator[float]:
    for number in range(WARM_UP + REQUESTS):
        began = time.perf_counter()
        with urllib.request.urlopen(url, timeout=30) as response:
            response.read()
        if number >= WARM_UP:
            yield (time.perf_counter() - began) * 1000


def figures(values: Sequence[float]) -> str:
    p95 = statistics.quantiles(values, n=20)[-1]
    return f"{statistics.median(values):.1f} / {p95:.1f}"


if __name__ == "__main__":
    main(sys.argv[1:])
