"""What an import changes, row by row: the rows as they were, from which an undo puts everything back exactly.

The journal is taken by the database itself, by comparing a copy of the framework's rows with what stands there
afterwards: whatever an import comes to write, its journal has it. Keys, times and derived columns come back too.
What is derived across frameworks, the closure and links that waited, is worked out again instead.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Model

from standards.models import (
    Association,
    AssociationGrouping,
    Concept,
    Framework,
    FrameworkAlias,
    Item,
    ItemAlias,
    ItemType,
    License,
    Rubric,
    RubricCriterion,
    RubricCriterionLevel,
    Subject,
)
from standards.services import TiedLink

_OWN = "framework_id = %(framework)s"
_RUBRICS = f"SELECT id FROM standards_rubric WHERE {_OWN}"  # noqa: S608 fixed words
_CRITERIA = f"SELECT id FROM standards_rubriccriterion WHERE rubric_id IN ({_RUBRICS})"  # noqa: S608
SCOPES: dict[type[Model], str] = {
    Framework: "id = %(framework)s",
    FrameworkAlias: _OWN,
    Subject: _OWN,
    ItemType: _OWN,
    Concept: _OWN,
    License: _OWN,
    AssociationGrouping: _OWN,
    Item: _OWN,
    ItemAlias: f"item_id IN (SELECT id FROM standards_item WHERE {_OWN})",  # noqa: S608
    Association: _OWN,
    Rubric: _OWN,
    RubricCriterion: f"rubric_id IN ({_RUBRICS})",
    RubricCriterionLevel: f"criterion_id IN ({_CRITERIA})",
}
"""The rows of a framework in each table, apart from the closure, which follows from them."""
_MODELS = {model._meta.db_table: model for model in SCOPES}


@dataclass(frozen=True, slots=True)
class Journal:
    """`rows` are those that were changed or deleted, as they were: pairs of table and JSON. `added` are keys by table.

    `is_new`: there was no such framework before; then nothing else is needed. `tied` are the links of other
    frameworks that had waited for a statement of this one.
    """

    is_new: bool = False
    added: Mapping[str, list[int]] = field(default_factory=dict)
    tied: tuple[TiedLink, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()

    def added_to(self, model: type[Model]) -> list[int]:
        return list(self.added.get(model._meta.db_table, ()))

    def rows_of(self, model: type[Model]) -> Iterator[dict[str, Any]]:
        table = model._meta.db_table
        return (json.loads(row) for name, row in self.rows if name == table)

    @property
    def is_empty(self) -> bool:
        return not (self.is_new or self.rows or self.tied or any(self.added.values()))


def begin(framework: Framework | None) -> None:
    """Copies the framework's rows aside, until the transaction ends. Nothing to do for a new one."""
    if framework is None:
        return
    with connection.cursor() as cursor:
        for model, scope in SCOPES.items():
            table = model._meta.db_table
            cursor.execute(f"DROP TABLE IF EXISTS before_{table}")
            cursor.execute(
                f"CREATE TEMP TABLE before_{table} ON COMMIT DROP AS SELECT * FROM {table} WHERE {scope}",  # noqa: S608 names of our own tables
                {"framework": framework.pk},
            )


def finish(framework: Framework, *, is_new: bool, tied: Iterable[TiedLink] = ()) -> bytes:
    """The journal of all that changed since `begin`, packed for keeping."""
    if is_new:
        return pack(Journal(is_new=True))
    added: dict[str, list[int]] = {}
    rows: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        for model, scope in SCOPES.items():
            table = model._meta.db_table
            cursor.execute(
                f"SELECT id FROM {table} now WHERE {scope} AND NOT EXISTS"  # noqa: S608
                f" (SELECT FROM before_{table} WHERE before_{table}.id = now.id) ORDER BY id",
                {"framework": framework.pk},
            )
            if found := [key for (key,) in cursor.fetchall()]:
                added[table] = found
            cursor.execute(
                f"SELECT row_to_json(before)::text FROM before_{table} before LEFT JOIN {table} now USING (id)"  # noqa: S608
                " WHERE now.id IS NULL OR ROW(now.*) IS DISTINCT FROM ROW(before.*)"
            )
            rows += [(table, row) for (row,) in cursor.fetchall()]
            cursor.execute(f"DROP TABLE before_{table}")
    return pack(Journal(False, added, tuple(tied), tuple(rows)))


def pack(journal: Journal) -> bytes:
    """One line of JSON about the whole, then one line for each row."""
    packer = zlib.compressobj(1)
    head = {"is_new": journal.is_new, "added": journal.added, "tied": journal.tied}
    parts = [packer.compress(json.dumps(head).encode())]
    parts += [packer.compress(f"\n{table}\t{row}".encode()) for table, row in journal.rows]
    return b"".join([*parts, packer.flush()])


def unpack(data: bytes) -> Journal:
    head, *rows = zlib.decompress(data).decode().split("\n")
    said = json.loads(head)
    pairs = (row.partition("\t") for row in rows)
    return Journal(
        is_new=said["is_new"],
        added=said["added"],
        tied=tuple((key, end) for key, end in said["tied"]),
        rows=tuple((table, row) for table, _, row in pairs),
    )


def put_back(journal: Journal) -> None:
    """Writes the kept rows again: those that changed are overwritten, those that were deleted come back.

    What the import added is the caller's to remove first, so that no unique name is in the way.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS kept_row")
        cursor.execute("CREATE TEMP TABLE kept_row (source text, content json) ON COMMIT DROP")
        with cursor.copy("COPY kept_row (source, content) FROM STDIN") as copy:
            for pair in journal.rows:
                copy.write_row(pair)
        for table in dict.fromkeys(table for table, _ in journal.rows):
            _put_back_table(
                cursor, table, json.loads(next(row for name, row in journal.rows if name == table))
            )


def _put_back_table(cursor: Any, table: str, example: Mapping[str, Any]) -> None:
    """Only columns that the kept rows have: a later version of the program may have more. Rows that come back have its
    usual values there."""
    columns = (str(column.column) for column in _MODELS[table]._meta.concrete_fields)
    names = [str(connection.ops.quote_name(name)) for name in columns if name in example]
    kept = f"(SELECT (json_populate_record(NULL::{table}, content)).* FROM kept_row WHERE source = %s) kept"  # noqa: S608
    sets = ", ".join(f"{name} = kept.{name}" for name in names if name != '"id"')
    cursor.execute(f"UPDATE {table} now SET {sets} FROM {kept} WHERE now.id = kept.id", [table])  # noqa: S608
    later = [
        one for one in _MODELS[table]._meta.concrete_fields if one.column not in example and not one.null
    ]
    into = [*names, *(connection.ops.quote_name(str(one.column)) for one in later)]
    values = [*(f"kept.{name}" for name in names), *("%s" for _ in later)]
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(into)}) SELECT {', '.join(values)} FROM {kept}"  # noqa: S608
        f" WHERE NOT EXISTS (SELECT FROM {table} now WHERE now.id = kept.id)",
        [*(one.get_db_prep_save(one.get_default(), connection) for one in later), table],
    )
