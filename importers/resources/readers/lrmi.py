"""LRMI: schema.org LearningResource in JSON-LD. An array, an object, a @graph, JSON Lines, or inside a web page.

LRMI 1.1 and schema.org; http and https, prefixed and bare; text, object or list for any value.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from importers.payload import Payload, clean
from importers.problems import Problems
from importers.resources import jsonld
from importers.resources.draft import AlignmentDraft, Collection, Part, ResourceDraft
from importers.resources.jsonld import identifier_of, types_of
from importers.resources.readers.documents import documents
from importers.resources.values import is_address, with_scheme
from standards.codes import looks_like_code
from standards.grades import normalise_grades

RESOURCE_TYPES = frozenset(
    "LearningResource CreativeWork Course CourseInstance Quiz Article ScholarlyArticle Book Chapter WebPage WebSite "
    "VideoObject AudioObject ImageObject MediaObject PresentationDigitalDocument TextDigitalDocument DigitalDocument "
    "SpreadsheetDigitalDocument Game VideoGame HowTo SoftwareApplication WebApplication MobileApplication Clip "
    "PodcastEpisode Dataset Map EducationalOccupationalProgram LessonPlan Activity Syllabus Assessment".split()
)
# Of a page about a resource, only these are the resource itself.
_CONTAINERS = frozenset("WebSite WebPage Dataset ImageObject".split())
# Keys that we read; any other is kept with the record and told once.
READ = frozenset(
    "@context @id @type @graph name headline description abstract url identifier learningResourceType educationalLevel "
    "typicalAgeRange timeRequired inLanguage license author creator publisher provider isBasedOn isBasedOnUrl isPartOf "
    "educationalUse interactivityType audience teaches assesses competencyRequired educationalAlignment about keywords "
    "subject title useRightsUrl rights typicalLearningTime".split()
)
_RELATIONS = {
    "assesses": "assesses", "teaches": "teaches", "prerequisite": "requires", "requires": "requires",
    "educationallevel": "educationalLevel", "complexitylevel": "complexityLevel", "readinglevel": "readingLevel",
    "educationalsubject": "educationalSubject", "educationlevel": "educationalLevel", "gradelevel": "educationalLevel",
    "textcomplexity": "complexityLevel",
}  # fmt: skip
_COMPETENCIES = {"teaches": "teaches", "assesses": "assesses", "competencyRequired": "requires"}
_UNITS = {"MIN": "minutes", "HUR": "hours", "DAY": "days", "WEE": "weeks"}
_LISTS = frozenset({"ItemList", "ListItem", "DataCatalog", "Collection"})
_WRAPPED = (
    "itemListElement",
    "dataset",
    "hasPart",
    "resources",
    "items",
    "records",
    "documents",
    "data",
    "results",
)


class LrmiReader:
    name = "lrmi"
    label = "LRMI / schema.org LearningResource (JSON-LD, JSON Lines, or inside a web page)"

    def recognises(self, payload: Payload) -> bool:
        return payload.is_json or payload.is_html

    def read(self, payload: Payload) -> Collection:
        problems = Problems()
        entries = list(documents(payload))
        if payload.may_hold_unstorable:
            entries = [(path, clean(value)[0]) for path, value in entries]
        found: list[ResourceDraft] = []
        for path, value in entries:
            found += _Document(value, path, problems).resources()
        kind = "lrmi-html" if payload.is_html else "lrmi"
        return Collection(kind, found, problems)


class _Document:
    """One JSON value, with the nodes that may be referred to in it."""

    def __init__(self, value: Any, path: str, problems: Problems) -> None:
        self.value, self.path, self.problems = value, path, problems
        self.terms = jsonld.terms_of(value.get("@context")) if isinstance(value, dict) else {}
        self.nodes: dict[str, dict[str, Any]] = {}
        for _, node in self._members(value, path):
            if (name := node.get("@id") or node.get("id")) and isinstance(name, str):
                self.nodes.setdefault(name, node)
        self.read = jsonld.Reader(self.nodes)

    def resources(self) -> Iterator[ResourceDraft]:
        members = list(self._members(self.value, self.path))
        typed = [types_of(node) & RESOURCE_TYPES for _, node in members]
        # A web page describes itself and the lesson on it: then only the lesson is meant.
        proper = any(types - _CONTAINERS for types in typed)
        for (path, node), types in zip(members, typed, strict=True):
            terms = self.terms | jsonld.terms_of(node.get("@context"))
            bare = jsonld.plain(node, terms)
            if not _is_resource(bare, types, proper):
                said = ", ".join(sorted(types_of(node)))[:80] or "a record without a type"
                self.problems.add(
                    "notice", path, "no-resource", f"is {said}, not a resource; passed over.", alike=said
                )
                continue
            self.read.cut = False
            if draft := self._draft(bare, node, path):
                yield draft
            if self.read.cut:
                self.problems.add(
                    "warning", path, "many",
                    f"has a value of more than {jsonld.MAX_PARTS:,} parts: the first are read, all are kept.",
                    alike="",
                )  # fmt: skip

    def _members(self, value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
        """The nodes of an array, a graph or a list of resources, one by one, with their paths."""
        if isinstance(value, list):
            for number, member in enumerate(value):
                yield from self._members(member, f"{path}[{number}]", depth)
            return
        if not isinstance(value, dict):
            self.problems.add("warning", path, "type", "is no record; passed over.", alike="type")
            return
        if (key := _wrapping(value)) and depth < jsonld.MAX_DEPTH:
            yield from self._members(value[key], f"{path}.{key}".lstrip("."), depth + 1)
        else:
            yield path, value

    def _draft(self, node: dict[str, Any], raw: dict[str, Any], path: str) -> ResourceDraft | None:
        read = self.read
        title = read.text(node.get("name")) or read.text(node.get("headline")) or read.text(node.get("title"))
        if not title:
            self.problems.add("warning", path, "no-name", "has no name, so it is passed over.", alike="")
            return None
        for key in node.keys() - READ:
            self.problems.add(
                "notice", f"{path}.{key}".lstrip("."), "unknown-key", "has no field here; it is kept with the record.",
                alike=key,
            )  # fmt: skip
        alignments, levels, subjects, words = self._alignments(node)
        objectives: list[str] = []
        for key, relation in _COMPETENCIES.items():
            members = read.objects(node.get(key))
            for aligned in (one for member in members for one in self._competencies(member, relation)):
                if relation == "teaches" and _is_prose(aligned):
                    objectives.append(aligned.target_name)
                else:
                    alignments.append(aligned)
        node_id = identifier_of(node)
        url = read.address(node.get("url")) or (
            node_id if is_address(node_id) else read.text(node.get("url"))
        )
        names = [*_identifiers(read, node.get("identifier")), node_id, with_scheme(url)]
        return ResourceDraft(
            names=tuple(dict.fromkeys(name for name in names if name)),
            title=title,
            description="\n\n".join(read.texts(node.get("description")) or read.texts(node.get("abstract"))),
            url=url,
            kinds=tuple(read.texts(node.get("learningResourceType"))),
            levels=(*read.texts(node.get("educationalLevel")), *levels),
            ages=tuple(read.texts(node.get("typicalAgeRange"))),
            duration=self._duration(node.get("timeRequired"))
            or self._duration(node.get("typicalLearningTime")),
            language="; ".join(read.texts(node.get("inLanguage"))),
            licence=self._licence(node),
            authors=tuple(read.texts(node.get("author")) or read.texts(node.get("creator"))),
            publishers=tuple(read.texts(node.get("publisher")) or read.texts(node.get("provider"))),
            based_on=tuple(self._parts(node.get("isBasedOn")) + self._parts(node.get("isBasedOnUrl"))),
            part_of=tuple(self._parts(node.get("isPartOf"))),
            subjects=(*read.texts(node.get("about")), *read.texts(node.get("subject")), *subjects),
            topics=(*_keywords(read.texts(node.get("keywords"))), *words),
            settings=tuple(read.texts(node.get("educationalUse"))),
            roles=tuple(self._roles(node.get("audience"))),
            interactivity=tuple(read.texts(node.get("interactivityType"))),
            objectives=tuple(objectives),
            alignments=tuple(dict.fromkeys(alignments)),
            raw=raw,
            path=path,
        )

    def _duration(self, value: Any) -> str:
        """As text; of a QuantitativeValue the number with its unit (schema.org's unitText, or UN/CEFACT's unitCode)."""
        for member in self.read.objects(value):
            bare = jsonld.plain(member, self.terms) if isinstance(member, dict) else {}
            unit = self.read.text(bare.get("unitText")) or self.read.text(bare.get("unitCode"))
            if unit and (number := self.read.text(bare.get("value"))):
                return f"{number} {_UNITS.get(unit.upper(), unit)}"
        return self.read.text(value)

    def _licence(self, node: dict[str, Any]) -> str:
        for key in ("license", "useRightsUrl", "rights"):
            if found := self.read.url(node.get(key)) or self.read.text(node.get(key)):
                return found
        return ""

    def _roles(self, value: Any) -> list[str]:
        """Of an EducationalAudience its educationalRole, of an Audience its audienceType."""
        found: list[str] = []
        for member in self.read.objects(value):
            bare = jsonld.plain(member, self.terms) if isinstance(member, dict) else {}
            said = self.read.texts(bare.get("educationalRole")) or self.read.texts(bare.get("audienceType"))
            found += said or self.read.texts([member])
        return found

    def _parts(self, value: Any) -> list[Part]:
        parts = []
        for member in self.read.objects(value):
            name, url = self.read.text([member]), self.read.address([member])
            if name or url:
                parts.append(Part(name or url, url))
        return parts

    def _alignments(
        self, node: dict[str, Any]
    ) -> tuple[list[AlignmentDraft], list[str], list[str], list[str]]:
        """Ties to standards; and what an alignment says instead of level, subject, and reading or complexity."""
        aligned: list[AlignmentDraft] = []
        levels: list[str] = []
        subjects: list[str] = []
        words: list[str] = []
        members = self.read.objects(node.get("educationalAlignment"))
        for target in (target for member in members for target in self._targets(member)):
            if target.relation == "educationalSubject":
                subjects.append(str(target))
            elif target.relation in ("readingLevel", "complexityLevel"):
                words.append(" ".join(part for part in (target.framework, str(target)) if part))
            elif target.relation == "educationalLevel" and normalise_grades(
                target.target_name or target.target_url
            ):
                levels.append(target.target_name or target.target_url)
            else:
                aligned.append(target)
        return aligned, levels, subjects, words

    def _targets(self, member: Any) -> list[AlignmentDraft]:
        """What one alignment names: a standard or, where names or addresses are lists, several."""
        if isinstance(member, str):
            return self._competencies(member, "teaches")
        if not isinstance(member, dict):
            return []
        bare = jsonld.plain(member, self.terms)
        names = [self.read.text([name]) for name in jsonld.as_list(bare.get("targetName"))] or [""]
        places = jsonld.as_list(bare.get("targetUrl"))
        # One address with several names has them in several languages; one name with several, other spellings of it.
        if places and len(names) != len(places):
            names, places = names[:1], places[:1]
        pairs = zip_longest(names, ([place] if place else None for place in places), fillvalue=None)
        found = [self._target(bare, name or "", place) for name, place in pairs]
        return [target for target in found if target.target_url or target.target_name]

    def _target(self, bare: Mapping[str, Any], name: str, at: Any) -> AlignmentDraft:
        kind = jsonld.local(self.read.text(bare.get("alignmentType")) or "teaches").lower()
        url = self.read.url(at)
        given = self.read.text(at)
        return AlignmentDraft(
            relation=_RELATIONS.get(kind.replace(" ", ""), "teaches"),
            target_url=url or (given if given != name else ""),
            target_name=name or ("" if url or given else self.read.text(bare.get("name"))),
            framework=self.read.text(bare.get("educationalFramework")),
            description=self.read.text(bare.get("targetDescription")),
        )

    def _competencies(self, member: Any, relation: str) -> list[AlignmentDraft]:
        """One, or of a text with several codes ("A.1, A.2; B.1") each."""
        parts = re.split(r"\s*[,;|\n]\s*", member) if isinstance(member, str) else []
        if len(parts) > 1 and all(looks_like_code(part) for part in parts):
            return [AlignmentDraft(relation, "", part) for part in parts]
        found = self._competency(member, relation)
        return [found] if found else []

    def _competency(self, member: Any, relation: str) -> AlignmentDraft | None:
        """A text, an address, or a DefinedTerm."""
        if isinstance(member, dict):
            bare = jsonld.plain(member, self.terms)
            name = self.read.text(bare.get("termCode")) or self.read.text(bare.get("targetName"))
            words = self.read.text(bare.get("name"))
            url = self.read.url([bare]) or self.read.url(bare.get("targetUrl"))
            return AlignmentDraft(
                relation, url, name or words, self.read.text(bare.get("inDefinedTermSet")), words if name else ""
            ) if url or name or words else None  # fmt: skip
        text = self.read.text([member])
        if not text:
            return None
        return AlignmentDraft(relation, text, "") if "://" in text else AlignmentDraft(relation, "", text)


def is_resource(record: dict[str, Any]) -> bool:
    """Whether a record is read, by its types or its keys."""
    return _is_resource(jsonld.plain(record, {}), types_of(record) & RESOURCE_TYPES, True)


def _is_resource(bare: Mapping[str, Any], types: set[str], proper: bool) -> bool:
    if types_of(bare):
        return bool(types - _CONTAINERS) or (bool(types) and not proper)
    return bool(bare.keys() & {"name", "title"}) and bool(
        bare.keys() & (READ - {"name", "title", "@id", "url"})
    )


def _wrapping(value: dict[str, Any]) -> str:
    """The key under which a graph, a list or a catalogue has its members; "" for a record of its own."""
    if isinstance(value.get("@graph"), list | dict):
        return "@graph"
    types = types_of(value)
    if (types & RESOURCE_TYPES or "name" in value) and not types & _LISTS:
        return ""
    if isinstance(value.get("item"), dict):
        return "item"
    return next((key for key in _WRAPPED if isinstance(value.get(key), list)), "")


def _is_prose(target: AlignmentDraft) -> bool:
    """An outcome in words ("Students can add fractions") names no standard: it is what students will learn."""
    name = target.target_name
    return not target.target_url and not looks_like_code(name) and len(name.split()) >= 3


def _identifiers(read: jsonld.Reader, value: Any) -> list[str]:
    """Identifiers as text, address or PropertyValue."""
    return [name for member in read.objects(value) if (name := read.text([member]))]


def _keywords(texts: list[str]) -> list[str]:
    """schema.org lets keywords be one text, divided by commas."""
    return [word.strip() for text in texts for word in text.replace(";", ",").split(",") if word.strip()]
