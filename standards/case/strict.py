"""A CASE package as version 1.1 has it, to the letter: whatever came in, what goes out passes the published schema.

What the schema has no place for goes to `extensions`, under its own key. What had to be made or changed is told, once
for each kind with its number.
"""

import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from standards.case import shapes

Raw = dict[str, Any]
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_LOST = object()


def strict(package: Raw, *, changed_at: datetime, own: Iterable[str] = ()) -> tuple[Raw, list[str]]:
    """The package in the form of 1.1, and what a reader of it should know.

    `changed_at` stands in where a record does not say when it last changed, nor its document. `own` are identifiers of
    statements that are not in the package, and belong to it.
    """
    return _Strict(package, changed_at, own).run()


def as_uuid(identifier: str) -> str:
    """An identifier as CASE 1.1 wants it: as given if it is a UUID, else one that is always made of it alike."""
    lower = identifier.strip().lower().removeprefix("urn:uuid:").strip("{}")
    if _UUID.fullmatch(lower):
        return lower
    if re.fullmatch(r"[0-9a-f]{32}", lower):
        return str(uuid.UUID(lower))
    return str(uuid.uuid5(uuid.NAMESPACE_URL, identifier))


class _Strict:
    def __init__(self, package: Raw, changed_at: datetime, own: Iterable[str]) -> None:
        self.package = package
        self.told: Counter[str] = Counter()
        document = package.get("CFDocument") or {}
        said = self._time(document.get("lastChangeDateTime"))
        self.changed_at = (
            said if isinstance(said, str) else changed_at.astimezone(UTC).isoformat(timespec="seconds")
        )
        self.told.clear()
        records = [document, *(package.get("CFItems") or ())]
        self.own = {*own} | {
            record["identifier"] for record in records if isinstance(record.get("identifier"), str)
        }
        self.kinds: dict[str, Callable[[Any], Any]] = {
            "uuid": lambda value: as_uuid(value) if isinstance(value, str) and value else _LOST,
            "uri": self._text, "text": self._text, "texts": self._texts, "date": self._date, "time": self._time,
            "integer": self._integer, "number": self._number, "link": self._link, "links": self._links,
            "node": self._node, "type": self._type, "version": lambda value: "1.1",
            "criteria": lambda rows: self._records("criterion", shapes.CRITERION, rows),
            "levels": lambda rows: self._records("level", shapes.LEVEL, rows),
        }  # fmt: skip

    def run(self) -> tuple[Raw, list[str]]:
        given = self.package
        known = ("CFDocument", "CFItems", "CFAssociations", "CFDefinitions", "CFRubrics", "extensions")
        document = self._record("CFDocument", shapes.DOCUMENT, {**given["CFDocument"], "caseVersion": "1.1"})
        written: Raw = {"CFDocument": document}
        for key, shape in (("CFItems", shapes.ITEM), ("CFAssociations", shapes.ASSOCIATION)):
            if given.get(key) is not None:
                written[key] = self._records(key, shape, given[key])
        if isinstance(definitions := given.get("CFDefinitions"), dict):
            written["CFDefinitions"] = self._definitions(definitions)
        if given.get("CFRubrics") is not None:
            written["CFRubrics"] = self._records("CFRubrics", shapes.RUBRIC, given["CFRubrics"])
        more = {key: value for key, value in given.items() if key not in known and value is not None}
        if extensions := self._extensions(given, more):
            written["extensions"] = extensions
        return written, [f"{text} ({number:,} times)" for text, number in sorted(self.told.items())]

    def _definitions(self, given: Raw) -> Raw:
        written: Raw = {
            key: self._records(key, shape, given[key])
            for key, shape in shapes.DEFINITIONS.items()
            if given.get(key) is not None
        }
        more = {key: value for key, value in given.items() if key not in (*shapes.DEFINITIONS, "extensions")}
        if extensions := self._extensions(given, more):
            written["extensions"] = extensions
        return written

    def _records(self, kind: str, shape: shapes.Shape, rows: Any) -> list[Raw]:
        if not isinstance(rows, list):
            self.told[f"{kind} is no list and is left out"] += 1
            return []
        records = [self._record(kind, shape, row) for row in rows if isinstance(row, dict)]
        if kind != "CFAssociations":
            return records
        whole = [one for one in records if {"originNodeURI", "destinationNodeURI"} <= one.keys()]
        if len(whole) < len(records):
            self.told["An association lacks one of its ends and is left out"] += len(records) - len(whole)
        return whole

    def _record(self, kind: str, shape: shapes.Shape, given: Raw) -> Raw:
        written: Raw = {}
        more: Raw = {}
        for key, value in given.items():
            if key == "extensions" or value is None:
                continue
            if key not in shape:
                more[key] = value
                self.told[f"{key} is not a field of CASE 1.1; it is in extensions"] += 1
                continue
            made = self.kinds[shape[key]](value)
            if made is _LOST:
                more[key] = value
                self.told[f"{key} cannot hold such a value; it is in extensions"] += 1
                continue
            written[key] = made
            self._keep_rest(key, shape[key], value, made, more)
        self._complete(kind, written)
        if extensions := self._extensions(given, more):
            written["extensions"] = [extensions] if kind == "level" else extensions
        return written

    def _keep_rest(self, key: str, kind: str, value: Any, made: Any, more: Raw) -> None:
        """What a value says beyond what its field holds: an identifier of another form, further keys of a link."""
        if kind == "uuid" and made != value:
            more[key] = value
            self.told[f"{key} is not a UUID; one was made of it, and it is in extensions"] += 1
        elif kind in ("link", "node") and isinstance(value, dict):
            rest = {name: part for name, part in value.items() if made.get(name) != part and part is not None}
            if rest:
                more[key] = rest

    def _complete(self, kind: str, written: Raw) -> None:
        if "identifier" not in written:
            written["identifier"] = as_uuid(repr(sorted(written.items(), key=str)))
            self.told[f"A record of {kind} has no identifier; one was made"] += 1
        if not written.get("uri"):
            written["uri"] = f"urn:uuid:{written['identifier']}"
            self.told["uri is missing; it is made of the identifier"] += 1
        if "lastChangeDateTime" not in written:
            written["lastChangeDateTime"] = self.changed_at
            self.told["lastChangeDateTime is missing; that of the framework is given"] += 1
        for key in shapes.REQUIRED.get(kind, ()):
            if key not in written:
                written[key] = self._instead(key, written)
                what = "another text stands in" if written[key] else "it is left empty"
                self.told[f"{kind}.{key} is missing; {what}"] += 1
        if kind == "CFAssociations" and "associationType" not in written:
            written["associationType"] = "isRelatedTo"
            self.told["associationType is missing; isRelatedTo stands in"] += 1

    def _instead(self, key: str, written: Mapping[str, Any]) -> str:
        others = {"creator": ("publisher",), "fullStatement": ("abbreviatedStatement", "alternativeLabel"),
                  "description": ("title",)}  # fmt: skip
        return next((written[other] for other in others.get(key, ()) if written.get(other)), "")

    def _extensions(self, given: Raw, more: Raw) -> Raw:
        said = given.get("extensions")
        if isinstance(said, list) and len(said) == 1:
            said = said[0]
        if said is not None and not isinstance(said, dict):
            more = {"extensions": said, **more}
            said = None
        return {**more, **(said or {})}

    # -- values

    def _text(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        if isinstance(value, bool | int | float):
            return str(value).lower() if isinstance(value, bool) else str(value)
        return _LOST

    def _texts(self, value: Any) -> Any:
        members = value if isinstance(value, list) else [value]
        made = [self._text(member) for member in members if member is not None]
        return _LOST if any(one is _LOST for one in made) else made

    def _integer(self, value: Any) -> Any:
        number = self._number(value)
        return int(number) if number is not _LOST and float(number).is_integer() else _LOST

    def _number(self, value: Any) -> Any:
        if isinstance(value, bool):
            return _LOST
        if isinstance(value, int | float):
            return value
        try:
            number = float(value)
        except (TypeError, ValueError):
            return _LOST
        if number != number or number in (float("inf"), float("-inf")):
            return _LOST
        return int(number) if number.is_integer() else number

    def _date(self, value: Any) -> Any:
        try:
            return date.fromisoformat(value[:10]).isoformat()
        except (TypeError, ValueError):
            return _LOST

    def _time(self, value: Any) -> Any:
        if not isinstance(value, str):
            return _LOST
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return _LOST
        if _TIME.fullmatch(value):
            return value
        self.told["lastChangeDateTime names no zone, or no time; UTC is given"] += 1
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()

    def _link(self, value: Any) -> Any:
        if isinstance(value, str):
            value = {"uri": value, "identifier": value.rstrip("/").rpartition("/")[2]}
        if not isinstance(value, dict):
            return _LOST
        title, identifier, uri = (self._text(value.get(key, "")) for key in ("title", "identifier", "uri"))
        if _LOST in (title, identifier, uri) or not (identifier or uri):
            return _LOST
        made = as_uuid(identifier or uri)
        return {"title": title, "identifier": made, "uri": uri or f"urn:uuid:{made}"}

    def _links(self, value: Any) -> Any:
        made = [self._link(member) for member in (value if isinstance(value, list) else [value])]
        return _LOST if any(one is _LOST for one in made) else made

    def _node(self, value: Any) -> Any:
        link = self._link(value)
        if link is _LOST:
            return _LOST
        if isinstance(value, dict):
            # Any text names a node; only where it is one of ours must it be what that one is called here.
            given = str(value.get("identifier") or "")
            if given and given not in self.own:
                link["identifier"] = given
            kind = value.get("targetType")
            if kind == "CASE" or (isinstance(kind, str) and re.search(r"ext:[a-zA-Z0-9._|]", kind)):
                link["targetType"] = kind
        return link

    def _type(self, value: Any) -> Any:
        if not isinstance(value, str) or not value:
            return _LOST
        if value in shapes.ASSOCIATION_TYPES or re.match(r"ext:[a-zA-Z0-9._|]", value):
            return value
        folded = re.sub(r"[^a-z]", "", value.lower())
        if usual := next((name for name in shapes.ASSOCIATION_TYPES if name.lower() == folded), None):
            return usual
        self.told[f"associationType {value} is not one of CASE’s; ext: stands before it"] += 1
        return "ext:" + (re.sub(r"[^a-zA-Z0-9._]", "", value) or "other")
