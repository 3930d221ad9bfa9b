"""Workers in processes of their own, which a test stops at a stage and ends (`tests.importers.worker`)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from importers.models import ImportRecord


@contextmanager
def workers() -> Iterator[Any]:
    """What starts a worker on a record; all of them are ended at the end."""
    running: list[subprocess.Popen[str]] = []

    def begin(record: ImportRecord, pause_at: str = "", job: str = "apply_import") -> "subprocess.Popen[str]":
        database = connection.settings_dict["NAME"]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.importers.worker", database, job, str(record.pk), pause_at],
            cwd=Path(__file__).parents[2], env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        running.append(process)
        return process

    try:
        yield begin
    finally:
        for process in running:
            process.kill()
            process.communicate()


def until(process: "subprocess.Popen[str]", stage: str) -> list[str]:
    """What the worker says up to a stage."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line.strip())
        if line.startswith(f"stage {stage}"):
            return said
    raise AssertionError(f"It never came to {stage}: {said}")


def go_on(process: "subprocess.Popen[str]") -> None:
    process.communicate("\n")
