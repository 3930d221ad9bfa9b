"""How far a run is, for whoever looks at its record; and whether its process is still there."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from importers.models import FrameworkImport

_RUN_LOCK = 0x0CA5E002
_STEP = 0.5  # seconds between two notes of progress


def hold(record_id: int) -> bool:
    """Takes the record's lock until the transaction ends; False if another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_RUN_LOCK, record_id])
        return bool(cursor.fetchone()[0])


_NOTE_BROKEN = """
UPDATE importers_frameworkimport SET state = 'broken', stage = '', message = %s, finished_at = now(), updated_at = now()
WHERE state = 'applying' AND id NOT IN (
    SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""


def note_broken() -> None:
    """Says in the records of runs whose process or database connection was lost that they broke off."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_BROKEN, ["Its process ended before it was done.", _RUN_LOCK])


@contextmanager
def note_progress(record: FrameworkImport) -> Iterator["Notes"]:
    notes = Notes(record.pk)
    try:
        yield notes
    finally:
        notes.close()


class Notes:
    """Writes progress over a connection of its own: what the import's transaction writes, nobody sees before its end."""

    def __init__(self, pk: int) -> None:
        self.pk = pk
        self.connection = connection.copy()
        self.last = 0.0
        self.stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage == self.stage and time.monotonic() - self.last < _STEP:
            return
        self.stage, self.last = stage, time.monotonic()
        with self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE importers_frameworkimport SET stage = %s, done = %s, total = %s, updated_at = now()"
                " WHERE id = %s",
                [stage, done, total, self.pk],
            )

    def applying(self) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE importers_frameworkimport SET state = 'applying', updated_at = now() WHERE id = %s",
                [self.pk],
            )

    def close(self) -> None:
        self.connection.close()
