"""The tables as migrations left them, brought back after a test that committed: in hundredths of a second.

Django empties 106 tables with their 442 indexes by TRUNCATE, which makes all their files anew, and saves each row that
migrations made by itself. Here small tables are emptied row by row, and the rows come back by COPY.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, transaction
from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql.operations import DatabaseOperations

LONGEST_WRITE = 60  # seconds that a test may go on writing after its end; on a loaded machine, too

# By table: its columns, and its rows as COPY writes them.
Rows = dict[str, tuple[str, bytes]]


def read_rows(creation: BaseDatabaseCreation) -> Rows:
    """All rows that there are."""
    connection = creation.connection
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(
                "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                [table],
            )
            (columns,) = cursor.fetchone()
            with cursor.copy(f"COPY {table} ({columns}) TO STDOUT") as copy:
                if rows := b"".join(copy):
                    found[table] = columns, rows
    return found


def write_rows(creation: BaseDatabaseCreation, rows: Rows) -> None:
    """The rows again, and nothing else: also where the test before could not be cleaned up after, by a thread that it
    left behind. Such a thread holds up that test alone: its connection is ended. This one may have been ended so, too,
    since beside a browser tests have another.
    """
    try:
        _write_rows(creation, rows)
    except OperationalError:
        creation.connection.close()
        end_other_connections(creation)
        _write_rows(creation, rows)


def _write_rows(creation: BaseDatabaseCreation, rows: Rows) -> None:
    """Foreign keys are checked at the end."""
    connection = creation.connection
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("; ".join(empty(connection.ops, None, tables)))
        for table, (columns, lines) in rows.items():
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                copy.write(lines)


def end_other_connections(creation: BaseDatabaseCreation) -> None:
    with creation.connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


def empty(operations: BaseDatabaseOperations, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
    """In place of TRUNCATE; and as it does, wait for whoever still writes, but not for who never ends."""
    names = [operations.quote_name(table) for table in tables]
    return [
        f"SET LOCAL lock_timeout = '{LONGEST_WRITE}s'; LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE; "
        + "; ".join(f"DELETE FROM {name}" for name in names)
    ]


@pytest.fixture(scope="session")
def quick_clean_up() -> Iterator[None]:
    with (
        patch.object(BaseDatabaseCreation, "serialize_db_to_string", read_rows),
        patch.object(BaseDatabaseCreation, "deserialize_db_from_string", write_rows),
        patch.object(DatabaseOperations, "sql_flush", empty),
    ):
        yield
