"""How fast frameworks are imported: `python -m benchmarks.import_framework [PACKAGE …]`.

Measures the largest CASE package in STANDARDS_DATA_DIR and a synthetic one of 25,000 statements with 40,000
associations, the latter beside the floor: json.load, and executemany of every row that the import stored. All in a
database of its own, which is dropped in the end.
"""

import json
import os
import random
import resource
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.db import connection, transaction
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

STATEMENTS = 25_000
ASSOCIATIONS = 40_000
TABLES = ["standards_framework", "standards_item", "standards_association", "standards_itemancestor",
          "standards_itemtype"]  # fmt: skip


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


def timed(what: str, work: Callable[[], Any]) -> tuple[float, Any]:
    start, used = time.perf_counter(), time.process_time()
    result = work()
    seconds, used = time.perf_counter() - start, time.process_time() - used
    # On a busy machine the first figure grows with what else runs, the second hardly.
    print(f"  {what}: {seconds:.2f} s, of which this process computes {used:.2f} s")
    return seconds, result


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
        for table, (columns, values) in rows.items():
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, importers_frameworkimport CASCADE")


def measure(path: Path) -> None:
    from importers.services import import_framework

    raw = json.loads(path.read_text(encoding="utf-8-sig"))
    package = raw.get("CFPackage", raw)
    count = len(package["CFItems"])
    print(f"{path.name}: {count:,} statements, {len(package['CFAssociations']):,} associations")
    del raw, package
    before = peak()
    first, _ = timed("import", lambda: import_framework(path))
    print(
        f"  {count / first:,.0f} statements a second; peak memory {peak():,.0f} MB ({before:,.0f} MB before)"
    )
    again, report = timed("the same again", lambda: import_framework(path))
    assert report.plan.is_empty
    print(f"  the same again takes {again / first:.2f} of the first import")
    if count < 5000:
        return
    rows = stored_rows()
    empty()
    least, _ = timed(
        f"floor ({sum(len(values) for _, values in rows.values()):,} rows)", lambda: floor(path, rows)
    )
    print(f"  the import takes {first / least:.2f} times the floor")
    empty()


def peak() -> float:
    """Megabytes of this process at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    setup_test_environment(debug=False)
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        paths = [Path(argument) for argument in arguments]
        folder = os.environ.get("STANDARDS_DATA_DIR")
        if not paths and folder:
            paths = [max(Path(folder).glob("case/*.json"), key=lambda path: path.stat().st_size)]
        made = Path(os.environ.get("TMPDIR", "/tmp")) / f"synthetic-{os.getpid()}.json"
        made.write_text(json.dumps(synthetic(STATEMENTS, ASSOCIATIONS)))
        try:
            for path in [*paths, made]:
                measure(path)
        finally:
            made.unlink()
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main(sys.argv[1:])
