"""CASE 1.0 and 1.1 packages (1EdTech), as servers answer them and as they are met in files."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from importers.draft import (
    MAX_IDENTIFIER,
    AssociationDraft,
    CriterionDraft,
    DefinitionDraft,
    DocumentDraft,
    FrameworkDraft,
    ItemDraft,
    LevelDraft,
    RubricDraft,
    last_part,
)
from importers.payload import Payload, clean, is_visible
from importers.problems import ImportRefused, Problems
from importers.readers.records import RecordReader
from standards import models
from standards.case import fields

Raw = Mapping[str, Any]

_LISTS = ("CFItems", "CFAssociations", "CFRubrics")
_PACKAGE = {"CFDocument", "CFDefinitions", *_LISTS}
_USUAL = {name.lower(): name for name in ("CFPackage", "CFPackages", "CFDocuments", *_PACKAGE)}
_TYPES = {value.lower(): value for value in models.AssociationType.values}

_COMMON = {"extensions", "CFDocumentURI"}
DOCUMENT = RecordReader(
    "CFDocument", models.Framework, fields.DOCUMENT,
    frozenset({*_COMMON, "CFPackageURI", "subjectURI", "licenseURI"}),
)  # fmt: skip
ITEM = RecordReader(
    "CFItem", models.Item, fields.ITEM,
    frozenset({*_COMMON, "CFItemTypeURI", "conceptKeywordsURI", "licenseURI", "subjectURI"}),
)  # fmt: skip
ASSOCIATION = RecordReader(
    "CFAssociation", models.Association, fields.ASSOCIATION,
    frozenset({*_COMMON, "CFAssociationGroupingURI", *fields.ENDS}),
)  # fmt: skip
DEFINITIONS = {
    kind: RecordReader(kind.removesuffix("s"), model, keys, frozenset(_COMMON))
    for kind, (model, keys) in fields.DEFINITIONS.items()
}
RUBRIC = RecordReader("CFRubric", models.Rubric, fields.RUBRIC, frozenset({*_COMMON, "CFRubricCriteria"}))
CRITERION = RecordReader(
    "CFRubricCriterion", models.RubricCriterion, fields.CRITERION,
    frozenset({*_COMMON, "CFItemURI", "rubricId", "CFRubricCriterionLevels"}),
)  # fmt: skip
LEVEL = RecordReader(
    "CFRubricCriterionLevel", models.RubricCriterionLevel, fields.LEVEL,
    frozenset({*_COMMON, "rubricCriterionId"}),
)  # fmt: skip


class CaseReader:
    name = "case"
    label = "CASE 1.0 or 1.1 package (JSON)"

    def recognises(self, payload: Payload) -> bool:
        if not payload.is_json:
            return False
        raw = payload.json
        first = _unwrapped(raw[0] if isinstance(raw, list) and raw else raw)
        return isinstance(first, dict) and any(key.startswith(("CF", "imsx_")) for key in first)

    def read(self, payload: Payload) -> list[FrameworkDraft]:
        raw = payload.json
        cleaned = 0
        if payload.may_hold_unstorable:
            raw, cleaned = clean(raw)
        packages = _packages(raw)
        return [draft_of(package, path, cleaned) for path, package in packages]


def _packages(raw: Any) -> list[tuple[str, Raw]]:
    """Bare, wrapped as {"CFPackage": …}, or several of either in a list: (path, package) of each."""
    raw = _unwrapped(raw)
    if isinstance(raw, list):
        if not raw:
            raise ImportRefused("The file is an empty list: it holds no framework.", rule="empty")
        found = []
        for index, member in enumerate(raw):
            path, package = _package_in(member, f"[{index}]")
            found.append((path, package))
        return found
    if isinstance(raw, dict) and isinstance(raw.get("CFPackage", raw.get("CFPackages")), list):
        return _packages(raw.get("CFPackage", raw.get("CFPackages")))
    return [_package_in(raw, "")]


def _unwrapped(raw: Any) -> Any:
    """`raw` with the usual names of its parts (cfItems is CFItems), out of a record that holds nothing else."""
    if not isinstance(raw, dict):
        return raw
    if len(raw) == 1 and isinstance(inner := next(iter(raw.values())), dict) and _is_package(inner):
        raw = inner
    return {_USUAL.get(_fold(key), key): value for key, value in raw.items()}


def _is_package(raw: Raw) -> bool:
    return bool({"cfdocument", "cfpackage"} & {_fold(key) for key in raw})


def _fold(key: str) -> str:
    return key.replace("_", "").lower()


def _package_in(raw: Any, path: str) -> tuple[str, Raw]:
    raw = _unwrapped(raw)
    if isinstance(raw, dict) and "CFPackage" in raw and "CFDocument" not in raw:
        raw, path = _unwrapped(raw["CFPackage"]), f"{path}.CFPackage".lstrip(".")
    if not isinstance(raw, dict):
        raise ImportRefused(
            "is not a CASE package, which is a record with a CFDocument.", path=path or "The file"
        )
    if isinstance(raw.get("CFDocument"), dict):
        return (f"{path}." if path else ""), raw
    raise _not_a_package(raw, path)


def _not_a_package(raw: Raw, path: str) -> ImportRefused:
    """Says which other answer of a CASE server this is, and what to import in its place."""
    documents = raw.get("CFDocuments")
    if isinstance(documents, list):
        example = next((uri for entry in documents if (uri := _package_uri(entry))), "")
        example = f" such as {example}" if example else ""
        return ImportRefused(
            f"This is the list of a CASE server's {len(documents)} documents, not a framework. Import one of its "
            f"packages by its address (CFPackageURI){example}.",
            rule="document-list",
        )
    if any(key.startswith("imsx_") for key in raw):
        message = str(raw.get("imsx_description") or raw.get("imsx_codeMajor") or "no reason given")[:200]
        return ImportRefused(f"The CASE server answered with an error: {message}.", rule="server-error")
    if uri := _package_uri(raw):
        return ImportRefused(
            f"This is a CFDocument alone, without its statements. Import its package: {uri}.",
            rule="document-alone",
        )
    if "CFDocument" in raw:
        return ImportRefused("is not a record.", path=f"{path}.CFDocument".lstrip("."), rule="schema")
    found = ", ".join(list(raw)[:6]) or "nothing"
    return ImportRefused(
        f"{path or 'The file'} has no CFDocument, so it is no CASE package (it holds: {found}). Import what the "
        "server answers at /CFPackages/{identifier}.".replace("{", "<").replace("}", ">"),
        rule="schema",
    )


def _package_uri(entry: Any) -> str:
    link = entry.get("CFPackageURI") if isinstance(entry, dict) else None
    uri = link.get("uri") if isinstance(link, dict) else link
    return uri if isinstance(uri, str) else ""


def draft_of(raw: Raw, path: str = "", cleaned: int = 0) -> FrameworkDraft:
    """The draft of one package. `path` stands before the places of its problems; `cleaned` characters were replaced."""
    problems = Problems()
    if cleaned:
        message = f"{cleaned:,} characters that no database holds (NUL, half a surrogate pair) became U+FFFD."
        problems.add("warning", "", "characters", message)
    document = _document(raw["CFDocument"], f"{path}CFDocument", problems)
    package_extra: dict[str, Any] = {}
    unknown = {key: value for key, value in raw.items() if key not in _PACKAGE}
    for key in unknown.keys() - {"extensions"}:
        problems.add(
            "notice", f"{path}{key}", "unknown-key", "is no key of CASE; it is kept and goes out again."
        )
    lists = {key: _list(raw, key, path, unknown) for key in _LISTS}
    definitions_raw = raw.get("CFDefinitions")
    if definitions_raw == []:  # how PHP writes an empty record
        definitions_raw, unknown["CFDefinitions"] = None, []
    if definitions_raw is not None and not isinstance(definitions_raw, dict):
        raise ImportRefused("is not a record of lists.", path=f"{path}CFDefinitions", rule="schema")
    definitions = _definitions(definitions_raw or {}, f"{path}CFDefinitions", package_extra, problems)
    if "CFDefinitions" in raw and definitions_raw is None:
        unknown.setdefault("CFDefinitions", None)
    package_extra |= {"given": [key for key in raw if key in _PACKAGE]}
    if unknown:
        package_extra["keys"] = unknown
    return FrameworkDraft(
        format=_format(raw, document),
        document=document,
        items=[_item(item, f"{path}CFItems[{n}]", problems) for n, item in enumerate(lists["CFItems"])],
        associations=[
            _association(entry, f"{path}CFAssociations[{n}]", problems)
            for n, entry in enumerate(lists["CFAssociations"])
        ],
        definitions=definitions,
        rubrics=[
            _rubric(rubric, f"{path}CFRubrics[{n}]", problems) for n, rubric in enumerate(lists["CFRubrics"])
        ],
        package_extra=package_extra,
        problems=problems,
    )


def _format(raw: Raw, document: DocumentDraft) -> str:
    said = document.case_version
    uri = document.uri
    is_later = (
        said == "1.1" or document.framework_type or "/v1p1/" in uri or "extensions" in raw["CFDocument"]
    )
    return "case-1.1" if is_later else "case-1.0"


def _list(raw: Raw, key: str, path: str, unknown: dict[str, Any]) -> list[Raw]:
    """The records of a list; None and an absent key are an empty one, a record alone is a list of one, and a map

    (identifier: record) the list of its records. Anything else is refused by its path.
    """
    value = raw.get(key)
    if value is None:
        if key in raw:
            unknown[key] = None
        return []
    if isinstance(value, dict) and ("identifier" in value or "uri" in value):
        value = [value]
    elif isinstance(value, dict) and all(isinstance(member, dict) for member in value.values()):
        value = [{"identifier": name} | member for name, member in value.items()]
    if not isinstance(value, list):
        raise ImportRefused("is not a list of records.", path=f"{path}{key}", rule="schema")
    for index, member in enumerate(value):
        if not isinstance(member, dict):
            raise ImportRefused("is not a record.", path=f"{path}{key}[{index}]", rule="schema")
    return value


def _document(raw: Raw, path: str, problems: Problems) -> DocumentDraft:
    values, extra = DOCUMENT.read(raw, path, problems)
    identifier = _identifier(values, path, problems)
    if not values.get("title"):
        values["title"] = identifier
        problems.add("warning", f"{path}.title", "required", "is missing; the identifier stands in for it.")
    if not values.get("creator"):
        problems.add("warning", f"{path}.creator", "required", "is missing.")
    return DocumentDraft(**values | {"identifier": identifier}, extra=extra, aliases=_before_uuid(extra))


def _item(raw: Raw, path: str, problems: Problems) -> ItemDraft:
    values, extra = ITEM.read(raw, path, problems)
    values["identifier"] = _identifier(values, path, problems)
    if not is_visible(values.get("full_statement", "")):
        if values.pop("full_statement", "") and "fullStatement" in raw:
            extra["fullStatement"] = raw["fullStatement"]
        problems.add("warning", f"{path}.fullStatement", "required", "is missing.", alike="statement")
    return ItemDraft(**values, extra=extra, path=path, aliases=_before_uuid(extra))


def _before_uuid(extra: Mapping[str, Any]) -> tuple[str, ...]:
    """What a record was called before CASE 1.1 asked for a UUID, as exports say it (`standards.case.strict`)."""
    said = extra.get("extensions")
    name = said.get("identifier") if isinstance(said, dict) else None
    return (name,) if isinstance(name, str) and name else ()


def _association(raw: Raw, path: str, problems: Problems) -> AssociationDraft:
    values, extra = ASSOCIATION.read(raw, path, problems)
    for key, end in fields.ENDS.items():
        given = raw.get(key) or _flat_link(raw, key.removesuffix("URI"))
        _end(given, key, end, values, extra, path, problems)
    kind = values.get("association_type", "")
    if kind not in _TYPES.values() and (usual := _TYPES.get(re.sub(r"[\s_-]", "", kind).lower())):
        values["association_type"] = usual
        extra["associationType"] = raw["associationType"]
    elif not kind:
        problems.add(
            "warning", f"{path}.associationType", "required", "is missing; it links nothing.", alike="type"
        )
    if not values.get("identifier") and not values.get("uri"):
        ends = f"{values.get('origin_identifier')} {kind} {values.get('destination_identifier')}"
        values["identifier"] = str(uuid.uuid5(uuid.NAMESPACE_URL, ends))
        problems.add(
            "warning", f"{path}.identifier", "required", "is missing; one was made.", alike="identifier"
        )
    values["identifier"] = _identifier(values, path, problems)
    return AssociationDraft(**values, extra=extra, path=path)


def _flat_link(raw: Raw, node: str) -> Raw:
    """The link of a dialect that gives an end as two keys: originNodeIdentifier, originNodeUri."""
    parts = {"identifier": raw.get(f"{node}Identifier"), "uri": raw.get(f"{node}Uri")}
    return {part: value for part, value in parts.items() if isinstance(value, str)}


def _end(
    link: Any,
    key: str,
    end: str,
    values: dict[str, Any],
    extra: dict[str, Any],
    path: str,
    problems: Problems,
) -> None:
    """A link's three parts into their columns; the whole link stays in `extra` unless they rebuild it exactly."""
    if isinstance(link, str):
        link = {"uri": link, "identifier": last_part(link)}
    if not isinstance(link, dict) or not link:
        problems.add("warning", f"{path}.{key}", "required", "is missing; it links nothing.", alike=key)
        return
    parts = {
        part: value
        for part in ("identifier", "uri", "title")
        if isinstance(value := link.get(part), str) and value
    }
    if parts == extra.get(key):
        del extra[key]
    if "identifier" not in parts and "uri" in parts:
        parts["identifier"] = last_part(parts["uri"])
    if len(parts.get("identifier", "")) > MAX_IDENTIFIER:
        raise ImportRefused(f"is longer than {MAX_IDENTIFIER} characters.", path=f"{path}.{key}.identifier")
    for part, value in parts.items():
        values[f"{end}_{part}"] = value


def _definitions(
    raw: Raw, path: str, package_extra: dict[str, Any], problems: Problems
) -> list[DefinitionDraft]:
    found: list[DefinitionDraft] = []
    others = {key: value for key, value in raw.items() if key not in DEFINITIONS}
    for kind, reader in DEFINITIONS.items():
        for index, record in enumerate(_list(raw, kind, f"{path}.", others)):
            place = f"{path}.{kind}[{index}]"
            values, extra = reader.read(record, place, problems)
            if not values.get("identifier") and not values.get("uri"):
                values["identifier"] = str(
                    uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {values.get('title', index)}")
                )
                problems.add(
                    "warning", f"{place}.identifier", "required", "is missing; one was made.", alike=kind
                )
            values["identifier"] = _identifier(values, place, problems)
            found.append(DefinitionDraft(kind=kind, **values, extra=extra, path=place))
    package_extra["definitions_given"] = [kind for kind in DEFINITIONS if kind in raw]
    if others:
        package_extra["definitions"] = others
    return found


def _rubric(raw: Raw, path: str, problems: Problems) -> RubricDraft:
    values, extra = RUBRIC.read(raw, path, problems)
    criteria = _list(raw, "CFRubricCriteria", f"{path}.", {})
    if criteria:
        del extra["CFRubricCriteria"]
    values["identifier"] = _identifier(values, path, problems)
    return RubricDraft(
        **values,
        extra=extra,
        criteria=tuple(
            _criterion(entry, f"{path}.CFRubricCriteria[{n}]", problems) for n, entry in enumerate(criteria)
        ),
    )


def _criterion(raw: Raw, path: str, problems: Problems) -> CriterionDraft:
    values, extra = CRITERION.read(raw, path, problems)
    levels = _list(raw, "CFRubricCriterionLevels", f"{path}.", {})
    if levels:
        del extra["CFRubricCriterionLevels"]
    values["identifier"] = _identifier(values, path, problems)
    drafts = []
    for index, level in enumerate(levels):
        place = f"{path}.CFRubricCriterionLevels[{index}]"
        of_level, level_extra = LEVEL.read(level, place, problems)
        of_level["identifier"] = _identifier(of_level, place, problems)
        drafts.append(LevelDraft(**of_level, extra=level_extra))
    return CriterionDraft(**values, extra=extra, levels=tuple(drafts))


def _identifier(values: Mapping[str, Any], path: str, problems: Problems) -> str:
    """The record's own identifier; where it has only an address, the one that the address ends in."""
    identifier = values.get("identifier") or ""
    if not identifier and values.get("uri"):
        identifier = last_part(values["uri"])
        problems.add(
            "warning", f"{path}.identifier", "required", "is missing; taken from the uri.", alike="identifier"
        )
    if not identifier:
        raise ImportRefused("has neither identifier nor uri.", path=path, rule="required")
    if len(identifier) > MAX_IDENTIFIER or len(str(values.get("identifier", ""))) >= MAX_IDENTIFIER:
        raise ImportRefused(f"is longer than {MAX_IDENTIFIER - 1} characters.", path=f"{path}.identifier")
    return str(identifier)
