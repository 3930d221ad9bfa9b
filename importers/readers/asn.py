"""The Achievement Standards Network: what its three serialisations have in common.

Each serialisation becomes nodes: an address and, by predicate, its values. Predicates are named with their usual
prefix (`asn_statementNotation`), as the manifest does. From nodes, `frameworks` makes drafts.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from importers.draft import (
    OTHER_CODES,
    AssociationDraft,
    DefinitionDraft,
    DocumentDraft,
    FrameworkDraft,
    ItemDraft,
)
from importers.payload import Payload, clean, visible
from importers.problems import ImportRefused, Problems
from importers.readers.asn_names import identifier_of, last_part, license_title, names_of
from importers.readers.made import child_of
from standards.grades import normalise_grades
from standards.names import asn_id

_LANGUAGES = {
    "eng": "en",
    "spa": "es",
    "fre": "fr",
    "fra": "fr",
    "ger": "de",
    "deu": "de",
    "zho": "zh",
    "chi": "zh",
}
_LEVELS = "http://purl.org/ASN/scheme/ASNEducationLevel/"
# Predicate: the CASE type, and whether the statement is its origin.
_LINKS = {
    "asn_alignTo": ("isRelatedTo", True),
    "asn_alignFrom": ("isRelatedTo", False),
    "asn_comprisedOf": ("isPartOf", False),
    "asn_derivedFrom": ("ext:derivedFrom", True),
    "dcterms_isReplacedBy": ("replacedBy", True),
    "dcterms_replaces": ("replacedBy", False),
}
# What has a column, or is told by the structure; everything else is kept under its own name.
_MAPPED = {
    "rdf_type", "dcterms_description", "dcterms_title", "dc_title", "text", "asn_statementNotation",
    "asn_altStatementNotation", "asn_listID", "asn_statementLabel", "asn_comment", "dcterms_isPartOf",
    "gem_isChildOf", "gem_hasChild", "asn_identifier", "skos_exactMatch", "dcterms_subject", "dcterms_language",
    "dcterms_educationLevel", "asn_conceptTerm", *_LINKS,
}  # fmt: skip
_MAPPED |= {key.replace("dcterms_", "dc_") for key in _MAPPED}
# Mapped, but to one value: where the source has several (languages), all are kept.
_SINGLE = (
    "dcterms_description",
    "dcterms_title",
    "dc_title",
    "dc_description",
    "asn_statementLabel",
    "asn_listID",
)
_MAPPED_DOCUMENT = {
    *_MAPPED, "dc_publisher", "dcterms_publisher", "loc_aut", "dc_creator", "dcterms_creator", "dcterms_source",
    "asn_publicationStatus", "dcterms_valid", "dcterms_modified", "foaf_primaryTopic",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    text: str
    lang: str = ""


@dataclass(slots=True)
class Node:
    uri: str
    path: str
    values: dict[str, list[Value]] = field(default_factory=lambda: defaultdict(list))

    def texts(self, *keys: str) -> list[str]:
        """The values of the first of `keys` that has any."""
        for key in keys:
            for name in dict.fromkeys((key, key.replace("dcterms_", "dc_"))):
                if found := [value.text for value in self.values.get(name, ()) if value.text]:
                    return found
        return []

    def text(self, *keys: str) -> str:
        return next(iter(self.texts(*keys)), "")

    def statement(self) -> str:
        """Its words: in English where the source has several languages, else in the first."""
        said = self.values.get("dcterms_description") or self.values.get("dc_description") or []
        english = next((value.text for value in said if value.lang.startswith("en") and value.text), "")
        return english or self.text("dcterms_description", "text", "dcterms_title")

    @property
    def is_document(self) -> bool:
        return bool({"StandardDocument", "StandardsDocument"} & {*self.names("rdf_type")})

    def names(self, *keys: str) -> list[str]:
        """As `texts`, with the last part of addresses in their place."""
        return [last_part(text) for text in self.texts(*keys)]


def cleaned(payload: Payload, raw: Any, problems: Problems) -> Any:
    """`raw` without the characters that no database holds."""
    if not payload.may_hold_unstorable:
        return raw
    found, number = clean(raw)
    if number:
        message = f"{number:,} characters that no database holds (NUL, half a surrogate pair) became U+FFFD."
        problems.add("warning", "", "characters", message)
    return found


def frameworks(nodes: Mapping[str, Node], format: str, problems: Problems) -> list[FrameworkDraft]:
    """One draft for each StandardDocument, or for what statements say they are part of."""
    documents = {uri: node for uri, node in nodes.items() if node.is_document}
    statements = {uri: node for uri, node in nodes.items() if uri not in documents and _is_statement(node)}
    if not statements and not documents:
        raise ImportRefused("The file holds no asn:Statement and no asn:StandardDocument.", rule="schema")
    groups: dict[str, dict[str, Node]] = {uri: {} for uri in documents}
    only = next(iter(documents)) if len(documents) == 1 else ""
    for uri, node in statements.items():
        groups.setdefault(node.text("dcterms_isPartOf") or only, {})[uri] = node
    records: dict[str, list[Node]] = defaultdict(list)
    for node in nodes.values():
        for topic in dict.fromkeys(node.texts("foaf_primaryTopic")):
            records[topic].append(node)
    drafts = []
    for uri, members in groups.items():
        document = documents.get(uri)
        own = problems if len(groups) == 1 else Problems()
        drafts.append(_Framework(uri, document, members, records.get(uri, ()), format, own).draft())
    return drafts


def _is_statement(node: Node) -> bool:
    return "Statement" in node.names("rdf_type") or bool(
        node.values.keys() & {"gem_isChildOf", "dcterms_isPartOf", "asn_statementNotation"}
    )


class _Framework:
    def __init__(
        self,
        uri: str,
        document: Node | None,
        statements: Mapping[str, Node],
        records: Sequence[Node],
        format: str,
        problems: Problems,
    ) -> None:
        self.uri = uri
        self.node = document or Node(uri, "")
        self.is_named = bool(uri)
        self.statements = statements
        self.records = records
        self.format = format
        self.problems = problems
        self.definitions: dict[str, DefinitionDraft] = {}
        made = uuid.uuid5(uuid.NAMESPACE_URL, " ".join(["asn", *sorted(statements)[:50]]))
        self.identifier = identifier_of(uri) if uri else str(made)
        shared: dict[str, set[str]] = defaultdict(set)
        for own, node in statements.items():
            for name in node.texts("skos_exactMatch"):
                shared[name].add(own)
        # A name that several statements give as their own is nobody's.
        self.shared = {name for name, owners in shared.items() if len(owners) > 1}
        # Nor is another statement's address a name of this one.
        self.taken = self.shared | statements.keys()

    def draft(self) -> FrameworkDraft:
        items = [self._item(node) for node in self.statements.values()]
        associations = [*self._tree(), *self._links()]
        return FrameworkDraft(
            format=self.format,
            document=self._document(),
            items=items,
            associations=associations,
            definitions=list(self.definitions.values()),
            anonymous=not self.is_named,
            problems=self.problems,
        )

    def _document(self) -> DocumentDraft:
        node = self.node
        record = Node("", "")
        for found in self.records:
            for key, values in found.values.items():
                record.values[key].extend(values)
        title = node.text("dc_title", "dcterms_title") or self._stand_in()
        publisher = ", ".join(node.texts("dc_publisher", "dcterms_publisher"))
        extra = _extra(node, _MAPPED_DOCUMENT) | _extra(record, _MAPPED_DOCUMENT | node.values.keys())
        if link := self._license(node) or self._license(record):
            extra["licenseURI"] = link
        return DocumentDraft(
            identifier=self.identifier,
            uri=self.uri,
            last_change_date_time=record.text("dcterms_modified") or node.text("dcterms_modified"),
            title=title,
            creator=", ".join(node.texts("loc_aut", "dcterms_creator", "dc_creator")) or publisher,
            publisher=publisher,
            description=node.text("dcterms_description"),
            subject=node.names("dcterms_subject"),
            language=_language(node),
            adoption_status=next(iter(node.names("asn_publicationStatus")), ""),
            status_start_date=node.text("dcterms_valid"),
            official_source_url=node.text("dcterms_source"),
            extra=extra,
            aliases=tuple(_aliases(node, self.taken)),
        )

    def _stand_in(self) -> str:
        """A title for a document that has none."""
        if self.is_named:
            return self.identifier
        first = next(iter(self.statements.values()), None)
        words = first.text("dcterms_description", "text")[:80] if first else ""
        return f"Framework without a title ({words})" if words else "Framework without a title"

    def _item(self, node: Node) -> ItemDraft:
        statement = visible(node.statement())
        if not statement:
            self.problems.add(
                "warning", f"{node.path}.dcterms_description", "required", "is missing.", alike="statement"
            )
        codes = node.texts("asn_statementNotation")
        others = [*codes[1:], *node.texts("asn_altStatementNotation")]
        extra = _extra(node, _MAPPED)
        if others:
            extra[OTHER_CODES] = list(dict.fromkeys(others))
        levels, raw = _levels(node)
        if raw:
            extra["dcterms_educationLevel"] = raw
        if link := self._license(node):
            extra["licenseURI"] = link
        return ItemDraft(
            identifier=identifier_of(node.uri),
            uri=node.uri,
            last_change_date_time=node.text("dcterms_modified"),
            full_statement=statement,
            human_coding_scheme=(codes[0] if codes else "")[:255],
            list_enumeration=node.text("asn_listID")[:255],
            cf_item_type=node.text("asn_statementLabel")[:255],
            education_level=levels,
            subject=node.names("dcterms_subject"),
            concept_keywords=node.names("asn_conceptTerm"),
            notes="\n\n".join(node.texts("asn_comment")),
            language=_language(node),
            extra=extra,
            path=node.path,
            aliases=tuple(_aliases(node, self.taken)),
        )

    def _license(self, node: Node) -> dict[str, str]:
        """The link to the licence that a node names; its rights and whom to name are kept with it."""
        address = node.text("dcterms_license", "cc_license")
        if not address:
            return {}
        identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, address))
        holder = node.text("cc_attributionName", "dcterms_rightsHolder")
        title = license_title(address)
        text = [*node.texts("dcterms_rights"), *([f"Attribution: {holder}"] if holder else [])]
        self.definitions.setdefault(
            identifier,
            DefinitionDraft("CFLicenses", identifier, uri=address, title=title, license_text="\n".join(text)),
        )
        return {"title": title, "identifier": identifier, "uri": address}

    def _tree(self) -> Iterable[AssociationDraft]:
        """isChildOf from both directions; the order is that of gem:hasChild, then of the file."""
        order: dict[tuple[str, str], int] = {}
        for parent in (self.node, *self.statements.values()):
            for number, child in enumerate(parent.texts("gem_hasChild"), start=1):
                order.setdefault((child, parent.uri), number)
        last: dict[str, int] = defaultdict(int)
        for (_, parent_uri), number in order.items():
            last[parent_uri] = max(last[parent_uri], number)
        above: dict[str, list[str]] = defaultdict(list)
        for child, parent_uri in order:
            above[child].append(parent_uri)
        for uri, node in self.statements.items():
            parents = dict.fromkeys([*node.texts("gem_isChildOf"), *above[uri]])
            for parent_uri in parents or {self.uri: None}:
                place = order.get((uri, parent_uri))
                if place is None:
                    last[parent_uri] += 1
                    place = last[parent_uri]
                yield child_of(
                    identifier_of(uri), self._end(parent_uri), place,
                    uris=(uri, parent_uri), path=f"{node.path}.gem_isChildOf",
                )  # fmt: skip

    def _links(self) -> Iterable[AssociationDraft]:
        for uri, node in self.statements.items():
            matches = [name for name in node.texts("skos_exactMatch") if self._is_other(name, uri)]
            links = [("exactMatchOf", True, "skos_exactMatch", name) for name in matches]
            for key, (kind, forward) in _LINKS.items():
                links += [(kind, forward, key, name) for name in node.texts(key)]
            for kind, forward, key, other in dict.fromkeys(links):
                ends = (uri, other) if forward else (other, uri)
                origin, destination = (identifier_of(end) for end in ends)
                yield AssociationDraft(
                    identifier=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{origin} {kind} {destination}")),
                    association_type=kind,
                    origin_identifier=origin,
                    origin_uri=ends[0],
                    destination_identifier=destination,
                    destination_uri=ends[1],
                    path=f"{node.path}.{key}",
                )

    def _is_other(self, name: str, uri: str) -> bool:
        """Whether an exactMatch means another node of the network, rather than another name of this one."""
        return name in self.shared or bool(name != uri and (name in self.statements or asn_id(name)))

    def _end(self, uri: str) -> str:
        return self.identifier if uri == self.uri else identifier_of(uri)


def _aliases(node: Node, taken: set[str]) -> list[str]:
    own = identifier_of(node.uri) if node.uri else ""
    found = [name for value in node.texts("asn_identifier") for name in names_of(value)]
    for value in node.texts("skos_exactMatch"):
        if value not in taken and not asn_id(value):
            found += names_of(value)
    if number := asn_id(node.uri):
        found.append(f"http://purl.org/ASN/resources/{number}")
    return [name for name in dict.fromkeys(found) if name not in (own, node.uri)]


def _levels(node: Node) -> tuple[list[str], list[str]]:
    """CEDS codes, and the values as given if any of them is none of ASN's own grades."""
    given = node.texts("dcterms_educationLevel")
    codes = normalise_grades([last_part(value) for value in given])
    usual = all(not value.startswith("http") or value.startswith(_LEVELS) for value in given)
    known = all(normalise_grades(last_part(value)) for value in given)
    unknown = [last_part(value) for value in given if not normalise_grades(last_part(value))]
    return [*codes, *unknown], [] if usual and known else given


def _language(node: Node) -> str:
    said = next(iter(node.names("dcterms_language")), "")
    said = said or next(
        (value.lang for value in node.values.get("dcterms_description", ()) if value.lang), ""
    )
    return _LANGUAGES.get(said, said)[:35]


def _extra(node: Node, mapped: Iterable[str]) -> dict[str, Any]:
    """The values without a column: one as text, several as a list; addresses of ASN's own terms by their last part."""
    without = set(mapped)
    found: dict[str, Any] = {}
    for key, values in node.values.items():
        texts = [last_part(value.text) if "/ASN/scheme/" in value.text else value.text for value in values]
        if key in _SINGLE and len({*texts}) > 1:
            found[key] = [{"value": value.text, "lang": value.lang} for value in values]
        elif key not in without and texts:
            found[key] = texts[0] if len(texts) == 1 else texts
    return found
