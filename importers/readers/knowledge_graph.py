"""Learning Commons Knowledge Graph: one JSON record a line, nodes and relationships.

Relationships name nodes by `identifier`; the CASE identifier of a node is another name of it, and may repeat.
"""

import json
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from importers.draft import AssociationDraft, DocumentDraft, FrameworkDraft, ItemDraft
from importers.payload import Payload, clean, loads, too_deep, visible
from importers.problems import ImportRefused, Problems
from importers.readers.made import child_of
from standards.grades import normalise_grades

Raw = Mapping[str, Any]

# Edge: the CASE type, and whether it runs from source to target.
_EDGES = {
    "buildsTowards": ("precedes", True),
    "relatesTo": ("isRelatedTo", True),
    "hasStandardAlignment": ("isRelatedTo", True),
    "exactMatch": ("exactMatchOf", True),
    "hasPart": ("isPartOf", False),
    "isPartOf": ("isPartOf", True),
    "replacedBy": ("replacedBy", True),
}
_LABELS = {label.lower(): label for label in ("hasChild", "isChildOf", *_EDGES)}
_FRAMEWORK_LABELS = {"StandardsFramework", "StandardsFrameworkItem"}
_RECORD = re.compile(
    r'"(?:nodes|relationships|labels|source_?identifier|sourceentityvalue)"|"type"\s*:\s*"(?:node|relationship)"'
)
_MAPPED = {
    "identifier", "caseIdentifierUUID", "caseIdentifierURI", "statementCode", "description", "statementType",
    "gradeLevel", "academicSubject", "inLanguage", "dateModified", "notes",
}  # fmt: skip
_MAPPED_DOCUMENT = {
    "identifier", "caseIdentifierUUID", "caseIdentifierURI", "name", "description", "academicSubject", "inLanguage",
    "dateModified", "adoptionStatus", "author", "provider", "publisher", "officialSourceURL", "notes",
}  # fmt: skip


class KnowledgeGraphReader:
    name = "knowledge-graph"
    label = "Learning Commons Knowledge Graph (JSONL)"

    def recognises(self, payload: Payload) -> bool:
        if not payload.is_json:
            return False
        line, _, more = payload.text.lstrip("\ufeff \t\r\n").partition("\n")
        try:
            # A file of one line is parsed once for all readers.
            first = json.loads(line.strip().rstrip(",")) if more.strip() else payload.json
        except (ValueError, RecursionError):
            # Records over several lines, or one record that holds the lists.
            first = payload.json if _RECORD.search(payload.head) else None
        return _is_record(first) or bool(_lists(first))

    def read(self, payload: Payload) -> list[FrameworkDraft]:
        return _Graph(payload).drafts()


class _Graph:
    def __init__(self, payload: Payload) -> None:
        self.problems = Problems()
        self.documents: dict[str, tuple[str, Raw]] = {}
        self.items: dict[str, tuple[str, Raw]] = {}
        self.edges: list[tuple[str, Raw]] = []
        self.below: dict[str, list[tuple[str, str]]] = defaultdict(list)
        others: dict[str, list[Raw]] = defaultdict(list)
        for path, raw in _lines(payload):
            if _is_edge(raw):
                self._edge(path, raw)
                continue
            properties = raw if raw.get("properties") is None else raw["properties"]
            labels = raw.get("labels", raw.get("label")) or []
            if isinstance(labels, str):
                labels = [labels]
            if not isinstance(properties, dict) or not isinstance(labels, list):
                raise ImportRefused("is a node without labels or properties.", path=path, rule="schema")
            identifier = _text(raw.get("identifier")) or _text(properties.get("identifier"))
            if not identifier:
                raise ImportRefused("is a node without identifier.", path=path, rule="required")
            if "StandardsFramework" in labels:
                self.documents[identifier] = (path, properties)
            elif "StandardsFrameworkItem" in labels or "statementType" in properties:
                self.items[identifier] = (path, properties)
            else:
                others[str(labels[0]) if labels else "node"].append(raw)
        self.others = [raw for members in others.values() for raw in members]
        for label, members in others.items():
            self.problems.add(
                "notice", "", "other-node", f"{len(members):,} nodes of kind {label} are no statements; kept beside them."
            )  # fmt: skip
        if not self.items and not self.documents:
            what = (
                "only relationships: give nodes and relationships in one file, or in one zip"
                if self.below
                else "none"
            )
            raise ImportRefused(f"The graph has no StandardsFrameworkItem, but {what}.", rule="empty")
        said = Counter(
            _text(node.get("caseIdentifierUUID"))
            for _, node in (*self.items.values(), *self.documents.values())
        )
        self.case = {
            key: (uuid_ if (uuid_ := _text(node.get("caseIdentifierUUID"))) and said[uuid_] == 1 else key)
            for key, (_, node) in (self.items | self.documents).items()
        }

    def _edge(self, path: str, raw: Raw) -> None:
        source, target = _ends(raw)
        if not source or not target:
            raise ImportRefused("is a relationship without source or target.", path=path, rule="required")
        label = _label(raw)
        if label == "hasChild":
            self.below[source].append((target, path))
        elif label == "isChildOf":
            self.below[target].append((source, path))
        else:
            self.edges.append((path, raw))

    def drafts(self) -> list[FrameworkDraft]:
        groups = self._groups()
        return [
            self._draft(key, members) for key, members in groups.items() if key in self.documents or members
        ]

    def _groups(self) -> dict[str, list[str]]:
        """The items of each framework: those below it; the rest go to the only one, or to one without a name."""
        groups: dict[str, list[str]] = {}
        seen: set[str] = set()
        for document in self.documents:
            groups[document] = []
            pending = [document]
            while pending:
                for child, _ in self.below.get(pending.pop(), ()):
                    if child in self.items and child not in seen:
                        seen.add(child)
                        pending.append(child)
                        groups[document].append(child)
        rest = [key for key in self.items if key not in seen]
        if rest:
            groups.setdefault(next(iter(self.documents)) if len(self.documents) == 1 else "", []).extend(rest)
        place = {key: number for number, key in enumerate(self.items)}
        return {key: sorted(members, key=place.__getitem__) for key, members in groups.items()}

    def _draft(self, key: str, members: list[str]) -> FrameworkDraft:
        document = self._document(key, members)
        inside = {*members}
        above: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
        for parent, children in self.below.items():
            for number, (child, path) in enumerate(children, start=1):
                above[child].append((parent, number, path))
        links = []
        for number, child in enumerate(members, start=1):
            for parent, place, path in above[child] or [(key, number, self.items[child][0])]:
                to = document.identifier if parent == key else self.case.get(parent, parent)
                links.append(child_of(self.case[child], to, place, path=path))
        for path, raw in self.edges:
            if _ends(raw)[0] in inside:
                links.append(self._link(path, raw))
        return FrameworkDraft(
            format=KnowledgeGraphReader.name,
            document=document,
            items=[self._item(member) for member in members],
            associations=links,
            package_extra={"nodes": self.others} if self.others else {},
            anonymous=key not in self.documents,
            problems=self.problems,
        )

    def _document(self, key: str, members: list[str]) -> DocumentDraft:
        if key not in self.documents:
            made = uuid.uuid5(uuid.NAMESPACE_URL, " ".join(["graph", *sorted(members)[:50]]))
            jurisdiction = _text(self.items[members[0]][1].get("jurisdiction"))
            subject = _text(self.items[members[0]][1].get("academicSubject"))
            title = " ".join(filter(None, (jurisdiction, subject, "standards")))
            return DocumentDraft(identifier=str(made), title=title, creator=jurisdiction)
        _, raw = self.documents[key]
        title = _text(raw.get("name")) or _text(raw.get("description")) or key
        creator = _text(raw.get("author")) or _text(raw.get("jurisdiction"))
        return DocumentDraft(
            identifier=self.case[key],
            uri=_text(raw.get("caseIdentifierURI")),
            last_change_date_time=_text(raw.get("dateModified"))[:60],
            title=title,
            creator=creator,
            publisher=_text(raw.get("provider") or raw.get("publisher")),
            description=_text(raw.get("description")),
            subject=[subject] if (subject := _text(raw.get("academicSubject"))) else [],
            language=_text(raw.get("inLanguage"))[:35],
            adoption_status=_text(raw.get("adoptionStatus"))[:100],
            official_source_url=_text(raw.get("officialSourceURL")),
            notes=_text(raw.get("notes")),
            extra={name: value for name, value in raw.items() if name not in _MAPPED_DOCUMENT},
            aliases=_aliases(key, raw, self.case[key]),
        )

    def _item(self, key: str) -> ItemDraft:
        path, raw = self.items[key]
        statement = visible(_text(raw.get("description")))
        if not statement:
            self.problems.add(
                "warning", f"{path}.properties.description", "required", "is missing.", alike="statement"
            )
        grades = normalise_grades(raw.get("gradeLevel"))
        extra = {name: value for name, value in raw.items() if name not in _MAPPED}
        if raw.get("gradeLevel") and not grades:
            extra["gradeLevel"] = raw["gradeLevel"]
        return ItemDraft(
            identifier=self.case[key],
            uri=_text(raw.get("caseIdentifierURI")),
            last_change_date_time=_text(raw.get("dateModified"))[:60],
            full_statement=statement,
            human_coding_scheme=_text(raw.get("statementCode"))[:255],
            cf_item_type=_text(raw.get("statementType"))[:255],
            education_level=list(grades),
            subject=[subject] if (subject := _text(raw.get("academicSubject"))) else [],
            notes=_text(raw.get("notes")),
            language=_text(raw.get("inLanguage"))[:35],
            extra=extra,
            path=path,
            aliases=_aliases(key, raw, self.case[key]),
        )

    def _link(self, path: str, raw: Raw) -> AssociationDraft:
        label = _label(raw)
        kind, forward = _EDGES.get(label, (f"ext:{label}", True))
        ends = _ends(raw)
        origin, destination = (self.case.get(end, end) for end in (ends if forward else ends[::-1]))
        identifier = _text(raw.get("identifier")) or str(
            uuid.uuid5(uuid.NAMESPACE_URL, f"{origin} {label} {destination}")
        )
        properties = raw.get("properties")
        return AssociationDraft(
            identifier=identifier[:254],
            association_type=kind[:100],
            origin_identifier=origin[:255],
            destination_identifier=destination[:255],
            extra={**(properties if isinstance(properties, dict) else {}), "label": label},
            path=path,
        )


def _aliases(key: str, raw: Raw, identifier: str) -> tuple[str, ...]:
    names = (key, _text(raw.get("identifier")), _text(raw.get("caseIdentifierUUID")))
    return tuple(name for name in dict.fromkeys(names) if name and name != identifier)


def _lines(payload: Payload) -> list[tuple[str, Raw]]:
    found: list[tuple[str, Raw]] = []
    for number, line in payload.lines():
        try:
            raw = loads(line)
        except RecursionError:
            raise too_deep() from None
        except ValueError as error:
            if not found and (lists := _lists_or_none(payload)):
                return lists
            reason = str(error).partition(":")[0]
            raise ImportRefused(
                f"is not valid JSON ({reason}): the file may have been cut off. Fetch it again.",
                path=f"line {number:,}", rule="json",
            ) from None  # fmt: skip
        if not isinstance(raw, dict):
            if not found and (lists := _lists_or_none(payload)):
                return lists
            raise ImportRefused("is not a record.", path=f"line {number:,}", rule="schema")
        if number == 1 and (lists := _lists(raw)):
            return _pathed(lists, payload)
        found.append((f"line {number:,}", clean(raw)[0] if payload.may_hold_unstorable else raw))
    return found


def _lists_or_none(payload: Payload) -> list[tuple[str, Raw]]:
    """The records of a file that is one JSON value; [] if it is none, so that the line can be blamed."""
    try:
        return _pathed(_lists(payload.json), payload)
    except ImportRefused:
        return []


def _lists(raw: Any) -> list[tuple[str, Any]]:
    """(path, record) of {"nodes": […], "relationships": […]} or of a list of records."""
    if isinstance(raw, list) and raw and (_is_record(raw[0]) or _lists(raw[0])):
        return [
            (f"[{number}]{path}", record)
            for number, member in enumerate(raw)
            for path, record in (_lists(member) if isinstance(member, dict) and not _is_record(member) else [("", member)])
        ]  # fmt: skip
    if not isinstance(raw, dict) or not isinstance(raw.get("nodes"), list):
        return []
    keys = [key for key in ("nodes", "relationships", "edges") if isinstance(raw.get(key), list)]
    found = [(f"{key}[{number}]", member) for key in keys for number, member in enumerate(raw[key])]
    return (
        found
        if any(_is_record(member) or "labels" in member for _, member in found if isinstance(member, dict))
        else []
    )


def _pathed(lists: list[tuple[str, Any]], payload: Payload) -> list[tuple[str, Raw]]:
    for path, raw in lists:
        if not isinstance(raw, dict):
            raise ImportRefused("is not a record.", path=path, rule="schema")
    if not payload.may_hold_unstorable:
        return lists
    return [(path, clean(raw)[0]) for path, raw in lists]


def _is_record(raw: Any) -> bool:
    return isinstance(raw, dict) and (
        raw.get("type") in ("node", "relationship")
        or _is_edge(raw)
        or bool(_FRAMEWORK_LABELS & {*_as_list(raw.get("labels"))})
    )


def _is_edge(raw: Raw) -> bool:
    return raw.get("type") == "relationship" or all(_ends(raw))


def _ends(raw: Raw) -> tuple[str, str]:
    """The nodes that an edge joins, under the names that exports have for them."""
    source, target = (
        next((text for key in keys if (text := _text(raw.get(key)))), "")
        for keys in (
            ("source_identifier", "sourceIdentifier", "sourceEntityValue", "start", "from"),
            ("target_identifier", "targetIdentifier", "targetEntityValue", "end", "to"),
        )
    )
    return source, target


def _label(raw: Raw) -> str:
    """hasChild, also where it is written has_child or HAS_CHILD."""
    label = _text(raw.get("label") or raw.get("relationshipType") or raw.get("relationship_type"))
    return _LABELS.get(label.replace("_", "").lower(), label)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, bool | dict | list) else str(value).strip()
