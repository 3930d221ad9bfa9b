"""What every import does in the database: one takes its turn after the other, and a refusal becomes one clear line."""

import psycopg
from django.db import DataError, IntegrityError, OperationalError, connection
from psycopg.errors import DeadlockDetected

from importers.payload import too_deep
from importers.problems import ImportRefused
from importers.progress import Progress
from repository.services.errors import ServiceError

# One import at a time, whatever the framework: two that name each other's statements would each miss what the
# other is about to commit, and leave their links open for ever.
_LOCK = 0x0CA5E001


def take_turn() -> bool:
    """Takes the lock of all imports until the transaction ends; False if another one has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def wait_for_turn(tell: Progress) -> None:
    """Takes the lock of all imports until the transaction ends; says so if another one has it."""
    if not take_turn():
        tell("Waiting for another import to end", 0, 0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


class refusing_database_errors:
    """What the database cannot hold, or a service of the repository refuses, becomes one clear line.

    The transaction inside is rolled back by then.
    """

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, RecursionError):
            raise too_deep() from error
        if isinstance(error, ServiceError):
            raise ImportRefused(str(error), rule="repository") from error
        if isinstance(error, OperationalError) and isinstance(error.__cause__, DeadlockDetected):
            raise ImportRefused(
                "Somebody moved or deleted one of the pages at the same moment, so nothing was written. Start it again.",
                rule="repository",
            ) from error
        # COPY goes past Django, which would wrap the driver's errors.
        if isinstance(error, DataError | IntegrityError | psycopg.DataError | psycopg.IntegrityError):
            line = str(error).strip().splitlines()[0]
            raise ImportRefused(f"The database cannot hold this file: {line}.", rule="database") from error
