"""Runs the fuzz worker and looks at what came of each broken file."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

PROJECT = Path(__file__).resolve().parents[2]
_CONNECTION = ("NAME", "HOST", "PORT", "USER", "PASSWORD")


@dataclass
class Result:
    """`outcomes` counts plans and refusals; `faults` is one line for each file that got neither, or no clear line."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    peak: int = 0
    slowest: float = 0.0


def fuzz(first: int, count: int, what: str = "frameworks") -> Result:
    """Imports `count` broken files into the database that is connected, which holds nothing of them afterwards.

    `what`: "frameworks" or "resources". A worker that died is a fault of the file that it was at; the next goes on after it.
    """
    result = Result()
    number, last = first, first + count
    while number < last:
        done = _worker(what, number, last - number)
        for line in done.stdout.splitlines():
            said = json.loads(line)
            if "peak" in said:
                result.peak = max(result.peak, said["peak"])
                continue
            number = said["number"] + 1
            result.outcomes[said["outcome"]] += 1
            result.slowest = max(result.slowest, said["seconds"])
            if fault := _fault(said):
                result.faults.append(f"{said['number']} ({said['name']}): {fault}")
        if done.returncode:
            result.faults.append(f"{number}: the process died with {done.returncode}: {done.stderr[-1500:]}")
            number += 1
    return result


def _fault(said: dict[str, Any]) -> str:
    message = said["message"]
    if said["outcome"] == "failed":
        return str(message)
    if said["outcome"] == "refused" and (not message.strip() or "\n" in message or len(message) > 2000):
        return f"no clear line: {message[:300]!r}"
    return ""


def _worker(what: str, first: int, count: int) -> subprocess.CompletedProcess[str]:
    database = {key: connection.settings_dict[key] for key in _CONNECTION}
    return subprocess.run(
        [sys.executable, "-m", "tests.importers.fuzz_worker", what, str(first), str(count)],
        cwd=PROJECT, input=json.dumps(database), capture_output=True, text=True, check=False,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
    )  # fmt: skip
