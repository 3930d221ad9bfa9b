"""Imports broken files in a process of its own, within limits: `python -m tests.importers.fuzz_worker WHAT FIRST COUNT`.

WHAT is `frameworks` or `resources`. The database's settings come as JSON on standard input. Each file is imported in a
transaction that is taken back; what came of it is one line of JSON: `plan`, `refused` with its message, or `failed` with
the reason.
"""

import json
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

MEMORY = 1 << 30
"""Bytes that reading and planning one file may take, beyond what Django takes by itself."""
SECONDS = 30


class TooSlow(Exception): ...


def main(what: str, first: int, count: int, database: dict[str, Any]) -> None:
    import logging

    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.db import connection

    connection.settings_dict.update(database)
    # Loaded before the limit is set: they are no part of what a file takes.
    import openpyxl  # noqa: F401

    broken, load = _resources() if what == "resources" else _frameworks()
    rows = _rows()
    taken = _most()
    resource.setrlimit(resource.RLIMIT_DATA, (_data_now() + MEMORY, resource.RLIM_INFINITY))
    signal.signal(signal.SIGALRM, _stop)
    for number in range(first, first + count):
        name, data = broken(number)
        started = time.process_time()
        outcome, message = _import(load, data, rows)
        seconds = round(time.process_time() - started, 2)
        said = {"number": number, "name": name, "outcome": outcome, "message": message, "seconds": seconds}
        print(json.dumps(said), flush=True)
    print(json.dumps({"peak": _most() - taken}), flush=True)


def _most() -> int:
    """Bytes of memory that this process has had at most. (getrusage would count what its parent had when it was made.)"""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def _import(load: Any, data: bytes, rows: Any) -> tuple[str, str]:
    from django.db import transaction

    from importers.problems import ImportRefused

    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    before = rows()
    try:
        with transaction.atomic():
            try:
                if changes := load(data):
                    return "failed", changes
            except ImportRefused as refusal:
                if rows() != before:
                    return "failed", f"refused, but rows are left: {refusal}"
                return "refused", str(refusal)
            finally:
                transaction.set_rollback(True)
        return "plan", ""
    except TooSlow:
        return "failed", f"took longer than {SECONDS} seconds"
    except MemoryError:
        return "failed", "took more than a gigabyte"
    except Exception as error:  # noqa: BLE001 whatever it is, it is a fault to be told
        return "failed", f"{type(error).__name__}: {error}"[:500]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _frameworks() -> tuple[Any, Any]:
    """The broken files, and what imports one: it says what the file changes when it comes again, or what goes out of it when
    it comes back. Nothing should."""
    from importers.problems import ImportRefused
    from importers.services import Choices, import_frameworks
    from standards.exports import FORMATS, export
    from tests.importers.broken import broken

    def load(data: bytes) -> str:
        reports = import_frameworks(data, Choices(allow_retire=True))
        files = {"again": data}
        framework = reports[0].framework
        if len(reports) == 1 and framework and framework.items.exists():
            format = sorted(FORMATS)[len(data) % len(FORMATS)]
            files[format] = export(framework, format).data
        for name, file in files.items():
            try:
                found = import_frameworks(file, Choices(allow_retire=True, again=True))
            except ImportRefused as refusal:
                return f"{name}: imported, but then refused: {refusal}"
            for one in found:
                if not one.plan.is_empty:
                    return f"{name}: changes something: {one.plan}"[:3000]
        return ""

    return broken, load


def _resources() -> tuple[Any, Any]:
    """The same for collections of resources, into a district that is made for them."""
    from importers.problems import ImportRefused
    from importers.resources.services import import_resources
    from people.models import District
    from repository.vocabularies import load_vocabularies
    from tests.factories import DistrictFactory, district_page
    from tests.importers.resources.broken import broken

    district = District.objects.first()
    if district is None:
        load_vocabularies()
        district = DistrictFactory()
        district_page(district)

    def load(data: bytes) -> str:
        import_resources(data, district=district)
        try:
            again = import_resources(data, district=district).plan
        except ImportRefused as refusal:
            return f"again: imported, but then refused: {refusal}"
        changed = [(item.title, item.changes) for item in (*again.added, *again.changed)]
        return f"again: changes something: {changed}"[:3000] if changed else ""

    return broken, load


def _stop(*args: Any) -> None:
    raise TooSlow


def _rows() -> Any:
    """A function that counts the rows of every table that an import writes."""
    from django.apps import apps

    models = [
        model
        for label in ("standards", "importers", "repository")
        for model in apps.get_app_config(label).get_models()
    ]
    return lambda: [model._default_manager.count() for model in models]


def _data_now() -> int:
    with Path("/proc/self/status").open() as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmData:"))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.load(sys.stdin))
