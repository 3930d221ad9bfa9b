"""How far a run is, for whoever looks at its record; and whether its process is still there."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from importers.models import AT_WORK, AlignmentMove, FrameworkImport, ImportRecord, ResourceImport

_RUN_LOCKS = {FrameworkImport: 0x0CA5E002, ResourceImport: 0x0CA5E003, AlignmentMove: 0x0CA5E004}
_PLANNING = 0x10  # from the number of a run to that of its planning: what is planned may be applied at once
_STEP = 0.5  # seconds between two notes of progress
_ENDED = "Its process ended before it was done."

Progress = Callable[[str, int, int], None]
"""Is told what is done now, and how much of how many is done; of none where that is not known."""


def silent(stage: str, done: int, total: int) -> None:
    """For who wants to know nothing of it."""


def progress_lines(write: Callable[[str], object]) -> Progress:
    """As a command tells it: a line a step, with the time and, where it is known, the share that is done."""

    def tell(stage: str, done: int, total: int) -> None:
        share = f" ({done * 100 // total} %)" if total else ""
        write(f"{time.strftime('%H:%M:%S')} {stage}{share}")

    return tell


def hold(record: ImportRecord) -> bool:
    """Takes the record's lock until the transaction ends; False if another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_RUN_LOCKS[type(record)], record.pk])
        return bool(cursor.fetchone()[0])


@contextmanager
def planning(record: ImportRecord) -> Iterator[None]:
    """Holds a lock while a record is read and planned, which is no one transaction. Waits for whoever has it."""
    key = [_RUN_LOCKS[type(record)] + _PLANNING, record.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", key)
    try:
        yield
    finally:
        # A connection that was lost has let go of it.
        with suppress(OperationalError, InterfaceError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _working(model: type[ImportRecord]) -> list[int]:
    """The records of which a process holds a lock."""
    run = _RUN_LOCKS[model]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid IN (%s, %s) AND objsubid = 2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [run, run + _PLANNING],
        )
        return [key for (key,) in cursor.fetchall()]


def note_broken(model: type[ImportRecord]) -> None:
    """Says in the records of runs whose process or database connection was lost that they broke off.

    Who works holds the lock before the record says so, and until it says something else: so the locks are looked at
    second. One whose undo was lost is applied as before.
    """
    rows = model._default_manager.filter(state__in=AT_WORK)
    running = set(rows.values_list("pk", flat=True))
    if not running or not (lost := running - set(_working(model))):
        return
    now = timezone.now()
    rows.filter(pk__in=model.being_undone(lost)).update(
        state=ImportRecord.State.APPLIED, stage="", message=f"Not undone. {_ENDED}", updated_at=now
    )
    rows.filter(pk__in=lost).update(
        state=ImportRecord.State.BROKEN, stage="", message=_ENDED, finished_at=now, updated_at=now
    )


@contextmanager
def note_progress(record: ImportRecord) -> Iterator["Notes"]:
    """What to call with what is done now, and how much of how many is done; the record's page shows it."""
    notes = Notes(record)
    try:
        yield notes
    finally:
        notes.close()


class Notes:
    """Writes progress over a connection of its own: what the import's transaction writes, nobody sees before its end."""

    def __init__(self, record: ImportRecord) -> None:
        self.table = connection.ops.quote_name(record._meta.db_table)
        self.pk = record.pk
        self.connection = connection.copy()
        self.last = 0.0
        self.stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage == self.stage and time.monotonic() - self.last < _STEP:
            return
        self.stage, self.last = stage, time.monotonic()
        self._set("stage = %s, done = %s, total = %s", stage, done, total)

    def applying(self) -> None:
        self._set("state = %s", ImportRecord.State.APPLYING.value)

    def _set(self, columns: str, *values: str | int) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {self.table} SET {columns}, updated_at = now() WHERE id = %s",  # noqa: S608 ours
                [*values, self.pk],
            )

    def close(self) -> None:
        self.connection.close()
