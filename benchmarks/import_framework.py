"""How fast frameworks are imported: `python -m benchmarks.import_framework [PACKAGE …] [--statements N] [--frameworks N]`.

Measures each package (unless told: the largest CASE package in STANDARDS_DATA_DIR, and a synthetic one of 25,000 statements
with 40,000 associations) beside the floor: json.load, and executemany of every row that the import stored. Each step
has a process of its own, so that its memory is its own too; the floor and the import take turns, and the best of each
counts. Then 150,000 statements in 250 frameworks, for what one more import, a look-up and a page cost among many.
All in a database of its own, which is dropped in the end.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.db import connection, connections, transaction

from benchmarks._servers import servers

STATEMENTS = 25_000
FRAMEWORKS = 250
ROUNDS = 2
_NAMES = (
    "framework item association itemancestor itemalias frameworkalias itemtype license associationgrouping"
)
TABLES = [f"standards_{name}" for name in _NAMES.split()]
Figures = dict[str, float]


def synthetic(statements: int, associations: int, seed: int = 0) -> dict[str, Any]:
    """A package of the usual shape: eight grades, strands, clusters, statements, parts; the rest are relations."""
    rng = random.Random(seed)
    document = str(uuid.UUID(int=rng.getrandbits(128)))
    base = "https://case.example/ims/case/v1p0"
    stamp = "2024-05-01T10:00:00+00:00"
    words = "describe compare ratio quantity model argue measure evidence pattern system cause data text claim".split()
    ids = [str(uuid.UUID(int=rng.getrandbits(128))) for _ in range(statements)]
    kind = str(uuid.UUID(int=rng.getrandbits(128)))

    def link(identifier: str, title: str, what: str = "CFItems") -> dict[str, str]:
        return {"title": title, "identifier": identifier, "uri": f"{base}/{what}/{identifier}"}

    def edge(origin: int, type_: str, target: dict[str, str], number: int | None) -> dict[str, Any]:
        identifier = str(uuid.UUID(int=rng.getrandbits(128)))
        return {
            "identifier": identifier,
            "uri": f"{base}/CFAssociations/{identifier}",
            "associationType": type_,
            "originNodeURI": link(ids[origin], f"S.{origin}"),
            "destinationNodeURI": target,
            "lastChangeDateTime": stamp,
            **({"sequenceNumber": number} if number is not None else {}),
        }

    items, edges = [], []
    for n, identifier in enumerate(ids):
        items.append(
            {
                "identifier": identifier,
                "uri": f"{base}/CFItems/{identifier}",
                "fullStatement": " ".join(rng.choices(words, k=25)).capitalize() + ".",
                "humanCodingScheme": f"STATE.MATH.{n % 8 + 1}.{'ABCD'[n % 4]}{'XYZ'[n % 3]}.{n}",
                "CFItemType": "Standard",
                "CFItemTypeURI": link(kind, "Standard", "CFItemTypes"),
                "educationLevel": [f"{n % 8 + 1:02}"],
                "language": "en",
                "lastChangeDateTime": stamp,
            }
        )
        parent = (n - 8) // 6
        target = link(document, "Standards", "CFDocuments") if n < 8 else link(ids[parent], f"S.{parent}")
        edges.append(edge(n, "isChildOf", target, n))
    while len(edges) < associations:
        one, other = rng.randrange(statements), rng.randrange(statements)
        edges.append(edge(one, rng.choice(["isRelatedTo", "precedes"]), link(ids[other], f"S.{other}"), None))
    type_ = {**link(kind, "Standard", "CFItemTypes"), "description": "One statement", "hierarchyCode": "1",
             "lastChangeDateTime": stamp}  # fmt: skip
    return {
        "CFDocument": {"identifier": document, "uri": f"{base}/CFDocuments/{document}", "creator": "Benchmark",
                       "title": "Synthetic standards", "lastChangeDateTime": stamp},
        "CFItems": items,
        "CFAssociations": edges,
        "CFDefinitions": {"CFItemTypes": [type_]},
    }  # fmt: skip


def stored_rows() -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """Every row of the tables that an import writes, JSON as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [table]
            )
            columns = cursor.fetchall()
            names = [f"{name}::text" if type_ == "jsonb" else name for name, type_ in columns]
            cursor.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY id")
            found[table] = ([name for name, _ in columns], cursor.fetchall())
    return found


def floor(path: Path, rows: dict[str, tuple[list[str], list[tuple[Any, ...]]]]) -> None:
    """The least that any importer must do: parse the file, and send every row."""
    with path.open("rb") as file:
        json.load(file)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        # Without what we count at each change; foreign keys are checked.
        for table in rows:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table, (columns, values) in rows.items():
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in rows:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, importers_frameworkimport CASCADE")


# -- one step, in a process of its own


def step(name: str, path: Path) -> Figures:
    """Runs `import`, `compare` (the same, read again) or `floor` once.

    Answers seconds, those that this process computes, and megabytes before it began and at most.
    """
    from importers.services import Choices, import_frameworks

    connection.ensure_connection()
    work: Callable[[], Any]
    if name == "floor":
        rows = stored_rows()
        empty()
        count = sum(len(values) for _, values in rows.values())

        def work() -> Any:
            return floor(path, rows)
    else:
        count = 0

        def work() -> Any:
            return import_frameworks(path, Choices(again=name == "compare"))[0]

    before = peak()
    start, used = time.perf_counter(), time.process_time()
    report = work()
    seconds, used = time.perf_counter() - start, time.process_time() - used
    return {
        "seconds": seconds,
        "computes": used,
        "before": before,
        "peak": peak(),
        "rows": count,
        "empty_plan": bool(report and report.plan.is_empty),
    }


def run(name: str, path: Path) -> Figures:
    database = str(connection.settings_dict["NAME"])
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.import_framework", "--step", name, "--database", database, str(path)],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def peak() -> float:
    """Megabytes of this process at most so far. (getrusage would count what the parent had when it made this one.)"""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


# -- what is measured


def measure(path: Path) -> None:
    raw = json.loads(path.read_text(encoding="utf-8-sig"))
    package = raw.get("CFPackage", raw)
    count = len(package["CFItems"])
    print(f"{path.name}: {count:,} statements, {len(package['CFAssociations']):,} associations")
    del raw, package
    imports, again, compared, floors = [], [], [], []
    for _ in range(ROUNDS):
        empty()
        imports.append(run("import", path))
        again.append(run("import", path))
        compared.append(run("compare", path))
        assert again[-1]["empty_plan"]
        assert compared[-1]["empty_plan"]
        floors.append(run("floor", path))
    first, same, whole, least = (
        min(found, key=lambda one: one["seconds"]) for found in (imports, again, compared, floors)
    )
    tell("import", first)
    print(f"    {count / first['seconds']:,.0f} statements a second; at most {first['peak']:,.0f} MB, "
          f"{first['before']:,.0f} of them before it began")  # fmt: skip
    tell("the same again, known by its checksum", same)
    tell("the same again, read and compared (--again)", whole)
    tell(f"floor ({least['rows']:,.0f} rows)", least)
    print(f"  the import takes {first['seconds'] / least['seconds']:.2f} times the floor")
    print(f"  the same again takes {same['seconds'] / first['seconds']:.2f} of the first import, "
          f"read and compared {whole['seconds'] / first['seconds']:.2f}")  # fmt: skip
    empty()


def tell(what: str, figures: Figures) -> None:
    # On a busy machine the first figure grows with what else runs, the second hardly.
    print(f"  {what}: {figures['seconds']:.2f} s, of which its process computes {figures['computes']:.2f} s")


def growth(frameworks: int, statements: int = 600) -> None:
    """What one more framework, a look-up by code and a page of the tree cost in an empty database, and among many."""
    from django.test import Client

    from importers.services import import_framework
    from standards.models import Framework
    from standards.selectors import search_items

    print(f"growth: {frameworks:,} frameworks of {statements:,} statements")

    def package(number: int) -> bytes:
        return json.dumps(synthetic(statements, statements * 8 // 5, seed=number + 1)).encode()

    def note(where: str, number: int) -> None:
        data = package(number)
        start = time.perf_counter()
        framework = import_framework(data).framework
        seconds = time.perf_counter() - start
        assert framework is not None
        item = framework.items.order_by("-position")[0]
        parent = framework.items.filter(depth=0)[0]
        client = Client()
        lookup = best(lambda: search_items(item.human_coding_scheme, limit=10))
        tree = best(lambda: client.get(framework.get_absolute_url()))
        page = best(lambda: client.get(parent.get_absolute_url()))
        print(f"  {where}: import of one {seconds:.2f} s, look-up by code {lookup:.0f} ms, page of the framework "
              f"{tree:.0f} ms, of a statement {page:.0f} ms")  # fmt: skip

    note("alone", 0)
    for number in range(1, frameworks - 1):
        import_framework(package(number))
    note(f"among {Framework.objects.count():,}", frameworks)
    empty()


def best(work: Callable[[], Any]) -> float:
    """Milliseconds, the best of five after one to warm up."""
    work()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    parser = argparse.ArgumentParser()
    parser.add_argument("packages", nargs="*", type=Path)
    parser.add_argument("--statements", type=int, default=STATEMENTS)
    parser.add_argument("--frameworks", type=int, default=FRAMEWORKS)
    parser.add_argument("--step")
    parser.add_argument("--database")
    options = parser.parse_args(arguments)
    django.setup()
    if options.step:
        connections.settings["default"]["NAME"] = options.database
        print(json.dumps(step(options.step, options.packages[0])))
        return
    from tests.ground import database

    with servers(), database():
        measure_all(options)


def measure_all(options: argparse.Namespace) -> None:
    folder = os.environ.get("STANDARDS_DATA_DIR")
    paths = options.packages
    if not paths and folder:
        paths = [max(Path(folder).glob("case/*.json"), key=lambda path: path.stat().st_size)]
    made = Path(os.environ.get("TMPDIR", "/tmp")) / f"synthetic-{os.getpid()}.json"
    made.write_text(json.dumps(synthetic(options.statements, options.statements * 8 // 5)))
    try:
        for path in [*paths, made]:
            measure(path)
        if options.frameworks > 2:
            growth(options.frameworks)
    finally:
        made.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
