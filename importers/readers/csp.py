"""Common Standards Project sets: one grade's part of a document, so a partial source.

One statement stands in many sets under different ids; `asnIdentifier` says that they are one. All sets of one
document in a file are read as one draft.
"""

import re
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from importers.draft import (
    OTHER_CODES,
    AssociationDraft,
    DefinitionDraft,
    DocumentDraft,
    FrameworkDraft,
    ItemDraft,
)
from importers.payload import Payload, visible
from importers.problems import ImportRefused, Problems
from importers.readers.asn import cleaned
from importers.readers.asn_names import identifier_of, names_of
from importers.readers.made import child_of
from standards.grades import GRADE_ORDER, normalise_grades
from standards.names import asn_id

Raw = Mapping[str, Any]

_ASN = "http://purl.org/ASN/resources/"
_STEP = 100_000  # more than the statements of one set: the sets of a document follow each other by grade
_MAPPED = {
    "id", "asnIdentifier", "position", "depth", "statementNotation", "altStatementNotation", "statementLabel", "listId",
    "listIdentifier", "description", "comments", "exactMatch", "ancestorIds", "parentId",
}  # fmt: skip
_MAPPED_SET = {"id", "document", "jurisdiction", "license", "standards", "educationLevels", "subject"}


class CspReader:
    name = "csp"
    label = "Common Standards Project set (JSON)"

    def recognises(self, payload: Payload) -> bool:
        if not payload.is_json:
            return False
        return any(_is_set(one) or _is_list_of_sets(one) for _, one in _sets(payload.json)[:1])

    def read(self, payload: Payload) -> list[FrameworkDraft]:
        problems = Problems()
        raw = cleaned(payload, payload.json, problems)
        documents: dict[str, list[tuple[str, Raw]]] = defaultdict(list)
        for path, one in _sets(raw):
            if not isinstance(one, dict) or not isinstance(one.get("standards"), dict | list):
                raise _not_a_set(one, path)
            documents[_document_identifier(one)].append((path, one))
        return [
            _Document(identifier, sets, problems if len(documents) == 1 else Problems()).draft()
            for identifier, sets in documents.items()
        ]


def _sets(raw: Any, path: str = "") -> list[tuple[str, Any]]:
    """(path, set) of each: one, a list, a map by id, what a jurisdiction has, each of these within `data`."""
    if isinstance(raw, list):
        return [pair for number, member in enumerate(raw) for pair in _sets(member, f"{path}[{number}].")]
    if not isinstance(raw, dict) or "standards" in raw:
        return [(path, raw)]
    for key in ("data", "standardSets", "standard_sets", "standardSet"):
        inner = raw.get(key)
        if isinstance(inner, dict | list) and inner:
            return _sets(inner, f"{path}{key}." if isinstance(inner, dict) else f"{path}{key}")
    if raw and all(isinstance(member, dict) and "standards" in _bare(member) for member in raw.values()):
        return [(f"{path}{key}.", _bare(member)) for key, member in raw.items()]
    return [(path, raw)]


def _bare(raw: Any) -> Any:
    return raw["data"] if isinstance(raw, dict) and isinstance(raw.get("data"), dict) else raw


def _is_set(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and isinstance(one.get("standards"), dict | list)
        and bool({"document", "educationLevels", "education_levels", "jurisdiction", "subject"} & one.keys())
    )


def _is_list_of_sets(one: Any) -> bool:
    return isinstance(one, dict) and "document" in one and bool({"educationLevels", "subject"} & one.keys())


def _not_a_set(one: Any, path: str) -> ImportRefused:
    if _is_list_of_sets(one):
        return ImportRefused(
            f"This lists sets without their standards. Import each set: what the service answers at "
            f"/standard_sets/{_text(one.get('id'))[:80] or '<id>'}.",
            path=path.rstrip("."), rule="set-list",
        )  # fmt: skip
    return ImportRefused("is not a set, which is a record with standards.", path=path.rstrip("."))


def _document_identifier(one: Raw) -> str:
    document = _record(one.get("document"))
    said = _text(document.get("asnIdentifier")) or _text(document.get("id")) or _text(one.get("id"))
    if not said:
        raise ImportRefused(
            "The set names neither its document nor itself (document.id, id).", rule="required"
        )
    return identifier_of(said)


class _Document:
    def __init__(self, identifier: str, sets: list[tuple[str, Raw]], problems: Problems) -> None:
        self.identifier = identifier
        self.sets = sets
        self.problems = problems
        self.items: dict[str, ItemDraft] = {}
        self.links: dict[str, AssociationDraft] = {}
        self.placed: set[str] = set()
        self.definitions: dict[str, DefinitionDraft] = {}

    def draft(self) -> FrameworkDraft:
        for path, one in self.sets:
            self._read_set(path, one)
        return FrameworkDraft(
            format="csp",
            document=self._document(),
            items=list(self.items.values()),
            associations=list(self.links.values()),
            definitions=list(self.definitions.values()),
            partial=True,
            problems=self.problems,
        )

    def _document(self) -> DocumentDraft:
        one = self.sets[0][1]
        document = _record(one.get("document"))
        jurisdiction = _text(_record(one.get("jurisdiction")).get("title"))
        extra = {key: value for key, value in document.items() if key not in {
            "id", "asnIdentifier", "title", "sourceURL", "publicationStatus", "valid",
        }}  # fmt: skip
        extra |= {
            key: value for key, value in one.items() if key not in _MAPPED_SET and not _is_of_one_set(key)
        }
        if jurisdiction:
            extra["jurisdiction"] = jurisdiction
        if link := self._license(_record(one.get("license"))):
            extra["licenseURI"] = link
        asn = _text(document.get("asnIdentifier"))
        names = [asn, _text(document.get("id")), f"{_ASN}{asn_id(_ASN + asn)}" if asn_id(_ASN + asn) else ""]
        subject = _text(one.get("subject"))
        title = _text(document.get("title")) or subject or _text(one.get("title")) or self.identifier
        return DocumentDraft(
            identifier=self.identifier,
            title=title,
            creator=jurisdiction,
            subject=[subject] if subject else [],
            adoption_status=_text(document.get("publicationStatus")),
            status_start_date=_text(document.get("valid")),
            official_source_url=_text(document.get("sourceURL")),
            extra=extra,
            aliases=tuple(name for name in dict.fromkeys(names) if name and name != self.identifier),
        )

    def _license(self, said: Raw) -> dict[str, str]:
        title, uri = _text(said.get("title")), _text(said.get("URL") or said.get("url"))
        if not title and not uri:
            return {}
        identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, uri or title))
        holder = _text(said.get("rightsHolder"))
        self.definitions[identifier] = DefinitionDraft(
            "CFLicenses", identifier, uri=uri, title=title or uri,
            license_text=f"Attribution: {holder}" if holder else "",
        )  # fmt: skip
        return {"title": title or uri, "identifier": identifier, "uri": uri}

    def _read_set(self, path: str, one: Raw) -> None:
        standards = _standards(one["standards"], f"{path}standards")
        grades = normalise_grades(one.get("educationLevels")) or normalise_grades(one.get("title"))
        first = (GRADE_ORDER.index(grades[0]) + 1) * _STEP if grades else 0
        identifiers = {_text(raw.get("id")): _identifier(raw, place) for place, raw in standards}
        depths = {
            _text(raw.get("id")): depth
            for _, raw in standards
            if (depth := _number(raw.get("depth"))) is not None
        }
        set_names = {_text(raw.get("asnIdentifier")): _text(raw.get("id")) for _, raw in standards}
        open_above: list[tuple[float, str]] = []
        for number, (place, raw) in enumerate(standards):
            identifier = _identifier(raw, place)
            item = self._item(raw, identifier, place, grades)
            self.items[identifier] = _join(self.items[identifier], item) if identifier in self.items else item
            depth = _number(raw.get("depth"))
            level = len(_list(raw, "ancestorIds")) if depth is None else depth
            while open_above and open_above[-1][0] >= level:
                open_above.pop()
            said = _parent(raw, depths)
            parent = identifiers.get(set_names.get(said, said), "") if said else ""
            if said and not parent:
                self.problems.add(
                    "warning", f"{place}.parentId", "lost-parent", f"{said} is not in this set; depth decides.",
                    alike="",
                )  # fmt: skip
            if not parent and open_above and not (said is None and "ancestorIds" in raw):
                parent = open_above[-1][1]
            open_above.append((level, identifier))
            if identifier not in self.placed and parent != identifier:
                link = child_of(identifier, parent or self.identifier, first + number + 1, path=place)
                self.links[link.identifier] = link
                self.placed.add(identifier)

    def _item(self, raw: Raw, identifier: str, path: str, grades: list[str]) -> ItemDraft:
        statement = visible(_text(raw.get("description")))
        if not statement:
            self.problems.add("warning", f"{path}.description", "required", "is missing.", alike="statement")
        extra = {key: value for key, value in raw.items() if key not in _MAPPED}
        if other := _text(raw.get("altStatementNotation")):
            extra[OTHER_CODES] = [other]
        asn = _text(raw.get("asnIdentifier"))
        number = asn_id(asn) or asn_id(_ASN + asn)
        names = [_text(raw.get("id")), asn, f"{_ASN}{number}" if number else ""]
        for match in _list(raw, "exactMatch"):
            if not asn_id(_text(match)):
                names += names_of(_text(match))
        return ItemDraft(
            identifier=identifier,
            full_statement=statement,
            human_coding_scheme=_text(raw.get("statementNotation"))[:255],
            list_enumeration=_text(raw.get("listId") or raw.get("listIdentifier"))[:255],
            cf_item_type=_text(raw.get("statementLabel"))[:255],
            education_level=list(grades),
            notes="\n\n".join(text for one in _list(raw, "comments") if (text := _text(one))),
            extra=extra,
            path=path,
            aliases=tuple(name for name in dict.fromkeys(names) if name and name != identifier),
        )


def _join(item: ItemDraft, other: ItemDraft) -> ItemDraft:
    """One statement in two sets: the words of the first, the grades and names of both."""
    grades = [grade for grade in GRADE_ORDER if grade in {*item.education_level, *other.education_level}]
    return replace(
        item, education_level=grades, aliases=tuple(dict.fromkeys((*item.aliases, *other.aliases)))
    )


def _standards(raw: Any, path: str) -> list[tuple[str, Raw]]:
    """The statements of a map or an array, by position."""
    members = raw.items() if isinstance(raw, dict) else enumerate(raw)
    found: list[tuple[str, Raw]] = []
    for key, member in members:
        place = f"{path}.{key}" if isinstance(raw, dict) else f"{path}[{key}]"
        if not isinstance(member, dict):
            raise ImportRefused("is not a record.", path=place, rule="schema")
        found.append((place, member if member.get("id") or isinstance(key, int) else {**member, "id": key}))
    positions = [_number(member.get("position")) for _, member in found]
    if None in positions:
        return found
    order = sorted(range(len(found)), key=lambda index: positions[index] or 0)
    return [found[index] for index in order]


def _identifier(raw: Raw, path: str) -> str:
    said = _text(raw.get("asnIdentifier")) or _text(raw.get("id"))
    if not said:
        raise ImportRefused("has neither asnIdentifier nor id.", path=path, rule="required")
    return identifier_of(said)


def _parent(raw: Raw, depths: Mapping[str, float]) -> str | None:
    """The nearest ancestor: the first, unless the depths say that a set lists them from the root."""
    ancestors = [_text(ancestor) for ancestor in _list(raw, "ancestorIds")]
    if len(ancestors) > 1 and depths.get(ancestors[-1], -1) > depths.get(ancestors[0], -1):
        ancestors.reverse()
    return _text(raw.get("parentId")) or (ancestors[0] if ancestors else None)


def _number(value: Any) -> float | None:
    """A number, also one that came as text."""
    if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,12}(\.\d{1,6})?\s*", value):
        value = float(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_of_one_set(key: str) -> bool:
    return key in ("title", "cspStatus")


def _list(raw: Raw, key: str) -> list[Any]:
    value = raw.get(key)
    return value if isinstance(value, list) else [] if value is None else [value]


def _record(value: Any) -> Raw:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, bool | dict | list) else str(value).strip()
