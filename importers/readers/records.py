"""Reads one JSON record into the columns of a draft, and keeps in `extra` what no column can hold as given."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import FloatField, IntegerField, JSONField, Model

from importers.problems import Problems

Kind = Literal["text", "list", "int", "float"]
_NAMES = {
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "a record",
}
_WANTED: dict[str, str] = {"text": "text", "list": "a list", "int": "a whole number", "float": "a number"}
MAX_INT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind
    limit: int | None


class RecordReader:
    """Knows the columns of one kind of record: built once for each from its model and its table of keys."""

    def __init__(
        self, label: str, model: type[Model], fields: Mapping[str, str], known: frozenset[str]
    ) -> None:
        """`label` names the kind in messages (CFItem); `known` are keys of the format without a column."""
        self.label = label
        self.known = known
        self.columns = {key: _column(model, name) for key, name in fields.items()}
        self._keys = {_fold(key): key for key in (*fields, *known)}

    def read(
        self, raw: Mapping[str, Any], path: str, problems: Problems
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The columns with a value, and the rest as it came."""
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        columns = self.columns
        for key, value in raw.items():
            column = columns.get(key)
            if column is None:
                extra[key] = value
                if key not in self.known:
                    self._unknown(key, path, problems)
                    self._read_as_usual(raw, key, values)
            elif fits(value, column):
                values[column.name] = value
            else:
                extra[key] = value
                if value is not None and value != "" and value != []:
                    values[column.name] = nearest(value, column)
                    self._misfit(key, value, column, path, problems)
        return values, extra

    def _read_as_usual(self, raw: Mapping[str, Any], key: str, values: dict[str, Any]) -> None:
        """A key that is spelled otherwise (full_statement, HumanCodingScheme) fills its column, and is kept as it is."""
        usual = self._keys.get(_fold(key), key)
        column = self.columns.get(usual)
        if column is not None and usual not in raw and raw[key] not in (None, "", []):
            values.setdefault(column.name, nearest(raw[key], column))

    def _unknown(self, key: str, path: str, problems: Problems) -> None:
        problems.add(
            "notice", f"{path}.{key}", "unknown-key", "is no key of CASE; it is kept and goes out again.",
            alike=f"{self.label}.{key}",
        )  # fmt: skip

    def _misfit(self, key: str, value: Any, column: Column, path: str, problems: Problems) -> None:
        if column.limit and isinstance(value, str):
            message = f"is longer than {column.limit} characters; shown shortened, kept whole."
        else:
            message = f"is {_NAMES.get(type(value), 'a value')} where {_WANTED[column.kind]} belongs; kept as it is."
        problems.add("warning", f"{path}.{key}", "type", message, alike=f"{self.label}.{key}")


def _fold(key: str) -> str:
    return key.replace("_", "").lower()


def fits(value: Any, column: Column) -> bool:
    """Whether the column holds `value` exactly, so that an export gives it back."""
    if column.kind == "text":
        return type(value) is str and value != "" and (column.limit is None or len(value) <= column.limit)
    if column.kind == "list":
        return type(value) is list and value != []
    if column.kind == "int":
        return type(value) is int and -MAX_INT <= value <= MAX_INT
    return type(value) is float


def nearest(value: Any, column: Column) -> Any:
    """The best that the column can say of a value that it cannot hold exactly."""
    if column.kind == "text":
        return _as_text(value)[: column.limit]
    if column.kind == "list":
        return value if isinstance(value, list) else [value]
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if isinstance(value, bool) or not math.isfinite(number):
        return None
    if column.kind == "float":
        return number
    return int(number) if abs(number) <= MAX_INT and number == int(number) else None


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(text for member in value if (text := _as_text(member)))
    if isinstance(value, dict):
        return str(value.get("title") or value.get("value") or "")
    return "" if isinstance(value, bool) or value is None else str(value)


def _column(model: type[Model], name: str) -> Column:
    field = model._meta.get_field(name)
    if isinstance(field, JSONField):
        return Column(name, "list", None)
    if isinstance(field, IntegerField):
        return Column(name, "int", None)
    if isinstance(field, FloatField):
        return Column(name, "float", None)
    return Column(name, "text", getattr(field, "max_length", None))
