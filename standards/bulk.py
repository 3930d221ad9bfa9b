"""Rows in and out of PostgreSQL by COPY: a framework of 25,000 statements writes 200,000 rows."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import JSONField, Model

Row = Sequence[Any]
_ESCAPED, _BACKSLASH = re.compile(r'(["\\])'), r"\\\1"


def new_ids(model: type[Model], count: int) -> list[int]:
    """Keys drawn from the table's sequence, so that rows that refer to each other can be written at once."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Writes rows of field values, in the order of `columns` (database columns)."""
    _copy(model, model._meta.db_table, columns, rows)


def update(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Sets `columns` of rows that exist; the first column is the key that finds them."""
    table = model._meta.db_table
    key, *others = (_quote(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming")
        cursor.execute(
            f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {', '.join([key, *others])} FROM {table} LIMIT 0"  # noqa: S608 names of our own columns
        )
        _copy(model, "incoming", columns, rows)
        sets = ", ".join(f"{column} = incoming.{column}" for column in others)
        cursor.execute(f"UPDATE {table} SET {sets} FROM incoming WHERE {table}.{key} = incoming.{key}")  # noqa: S608


def _copy(model: type[Model], table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    names = ", ".join(_quote(column) for column in columns)
    # Django wraps the errors of what a cursor executes, but not those of a copy.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        for row in _as_text(model, columns, rows):
            copy.write_row(row)


def _as_text(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> Iterator[Row]:
    """COPY reads text by the column's type: JSON and arrays are given as PostgreSQL writes them."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    special = [
        (index, _json if isinstance(fields[column], JSONField) else _array)
        for index, column in enumerate(columns)
        if isinstance(fields[column], JSONField | ArrayField)
    ]
    for row in rows:
        values = list(row)
        for index, convert in special:
            values[index] = convert(values[index])
        yield values


def _json(value: Any) -> str:
    if not value:
        return "{}" if isinstance(value, dict) else "[]" if isinstance(value, list) else json.dumps(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder)


def _array(values: Iterable[str]) -> str:
    return "{" + ",".join(f'"{_ESCAPED.sub(_BACKSLASH, value)}"' for value in values) + "}"


def _quote(name: str) -> str:
    return str(connection.ops.quote_name(name))
