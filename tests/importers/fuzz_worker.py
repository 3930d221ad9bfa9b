"""Imports broken files in a process of its own, within limits: `python -m tests.importers.fuzz_worker FIRST COUNT`.

The database's settings come as JSON on standard input. Each file is imported in a transaction that is taken back; what
came of it is one line of JSON: `plan`, `refused` with its message, or `failed` with the reason.
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


def main(first: int, count: int, database: dict[str, Any]) -> None:
    import logging

    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.db import connection

    connection.settings_dict.update(database)
    # Loaded before the limit is set: they are no part of what a file takes.
    import openpyxl  # noqa: F401

    from importers.services import import_frameworks
    from tests.importers.broken import broken

    rows = _rows()
    taken = _most()
    resource.setrlimit(resource.RLIMIT_DATA, (_data_now() + MEMORY, resource.RLIM_INFINITY))
    signal.signal(signal.SIGALRM, _stop)
    for number in range(first, first + count):
        name, data = broken(number)
        started = time.process_time()
        outcome, message = _import(import_frameworks, data, rows)
        seconds = round(time.process_time() - started, 2)
        said = {"number": number, "name": name, "outcome": outcome, "message": message, "seconds": seconds}
        print(json.dumps(said), flush=True)
    print(json.dumps({"peak": _most() - taken}), flush=True)


def _most() -> int:
    """Bytes of memory that this process has had at most. (getrusage would count what its parent had when it was made.)"""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def _import(import_frameworks: Any, data: bytes, rows: Any) -> tuple[str, str]:
    from django.db import transaction

    from importers.problems import ImportRefused

    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    before = rows()
    try:
        with transaction.atomic():
            try:
                reports = import_frameworks(data, allow_retire=True)
                if changes := _what_again_changes(import_frameworks, data, reports):
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


def _what_again_changes(import_frameworks: Any, data: bytes, reports: Any) -> str:
    """What the same file changes when it comes again, or what goes out of it when it comes back: nothing."""
    from importers.problems import ImportRefused
    from standards.exports import FORMATS, export

    files = {"again": data}
    if len(reports) == 1 and reports[0].framework and reports[0].framework.items.exists():
        format = sorted(FORMATS)[len(data) % len(FORMATS)]
        files[format] = export(reports[0].framework, format).data
    for name, file in files.items():
        try:
            found = import_frameworks(file, allow_retire=True, again=True)
        except ImportRefused as refusal:
            return f"{name}: imported, but then refused: {refusal}"
        for one in found:
            if not one.plan.is_empty:
                return f"{name}: changes something: {one.plan}"[:3000]
    return ""


def _stop(*args: Any) -> None:
    raise TooSlow


def _rows() -> Any:
    """A function that counts the rows of every table that an import writes."""
    from django.apps import apps

    models = [
        model for label in ("standards", "importers") for model in apps.get_app_config(label).get_models()
    ]
    return lambda: [model._default_manager.count() for model in models]


def _data_now() -> int:
    with Path("/proc/self/status").open() as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmData:"))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), json.load(sys.stdin))
