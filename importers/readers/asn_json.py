"""ASN as JSON: RDF/JSON ({subject: {predicate: [{value, type, lang}]}}), and the manifest (nested `children`)."""

from collections.abc import Mapping
from typing import Any

from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused, Problems
from importers.readers.asn import Node, Value, cleaned, frameworks
from importers.readers.asn_names import predicate

_DOCUMENT = "http://purl.org/ASN/schema/core/StandardDocument"
# How the manifest is shown in a tree widget, not what it says.
_WIDGET = {"cls", "leaf", "children", "id", "expanded", "checked"}


class AsnRdfJsonReader:
    name = "asn-rdf-json"
    label = "ASN as RDF/JSON"

    def recognises(self, payload: Payload) -> bool:
        if not payload.is_json or not isinstance(raw := payload.json, dict):
            return False
        return any(
            isinstance(member, dict) and any(_is_predicate(key) for key in member)
            for uri, member in raw.items() if ":" in uri and not uri.startswith("@")
        )  # fmt: skip

    def read(self, payload: Payload) -> list[FrameworkDraft]:
        problems = Problems()
        raw = cleaned(payload, payload.json, problems)
        if not isinstance(raw, dict):
            raise ImportRefused("The file is not RDF/JSON, which is a record of subjects.", rule="schema")
        nodes: dict[str, Node] = {}
        for uri, predicates in raw.items():
            if not isinstance(predicates, dict):
                raise ImportRefused("is not a record of predicates.", path=uri[:100], rule="schema")
            node = nodes[uri] = Node(uri, uri)
            for key, values in predicates.items():
                members = values if isinstance(values, list) else [values]
                node.values[predicate(key)] += [_object(value) for value in members]
        return frameworks(nodes, self.name, problems)


def _is_predicate(key: str) -> bool:
    return "://" in key or (":" in key and predicate(key) != key)


def _object(value: Any) -> Value:
    """{value, type, lang}, the same with JSON-LD's names (@value, @id, @language), or a scalar."""
    if not isinstance(value, Mapping):
        return Value(_text(value))
    if uri := _text(value.get("@id")):
        return Value(uri)
    text = _text(value.get("value", value.get("@value")))
    lang = _text(value.get("lang", value.get("@language", value.get("language"))))
    return Value(text, lang)


class AsnManifestReader:
    name = "asn-manifest"
    label = "ASN manifest (JSON)"

    def recognises(self, payload: Payload) -> bool:
        if not payload.is_json:
            return False
        raw = payload.json
        first = raw[0] if isinstance(raw, list) and raw else raw
        return isinstance(first, dict) and any(key.startswith(("asn_", "dcterms_")) for key in first)

    def read(self, payload: Payload) -> list[FrameworkDraft]:
        problems = Problems()
        raw = cleaned(payload, payload.json, problems)
        nodes: dict[str, Node] = {}
        members = raw if isinstance(raw, list) else [raw]
        pending = [(member, "", f"[{index}]") for index, member in enumerate(members)]
        while pending:
            member, parent, path = pending.pop(0)
            if not isinstance(member, dict):
                raise ImportRefused("is not a record.", path=path, rule="schema")
            node = _manifest_node(member, path)
            known = nodes.setdefault(node.uri, node)
            if parent:
                known.values["gem_isChildOf"].append(Value(parent))
                nodes[parent].values["gem_hasChild"].append(Value(node.uri))
            if known is not node:
                continue
            children = member.get("children") or []
            if isinstance(children, dict):
                children = [children]
            if not isinstance(children, list):
                raise ImportRefused("is not a list.", path=f"{path}.children", rule="schema")
            pending += [
                (child, node.uri, f"{path}.children[{number}]") for number, child in enumerate(children)
            ]
        roots = [node for node in nodes.values() if "gem_isChildOf" not in node.values]
        for node in nodes.values():
            is_document = "gem_isChildOf" not in node.values and _is_document(node)
            kind = _DOCUMENT if is_document else "http://purl.org/ASN/schema/core/Statement"
            node.values["rdf_type"] = [Value(kind)]
        return frameworks(_in_tree_order(nodes, roots), self.name, problems)


def _manifest_node(member: Mapping[str, Any], path: str) -> Node:
    uri = member.get("id") or member.get("uri") or _manifest_value(member.get("asn_identifier")).text
    if not isinstance(uri, str) or not uri:
        raise ImportRefused("has no id.", path=path, rule="required")
    node = Node(uri, path)
    for key, value in member.items():
        if key not in _WIDGET:
            values = value if isinstance(value, list) else [value]
            node.values[predicate(key)] += [_manifest_value(one) for one in values]
    return node


def _manifest_value(value: Any) -> Value:
    """{"literal", "language"}, {"uri", "prefLabel"} or a scalar."""
    if not isinstance(value, Mapping):
        return Value(_text(value))
    if value.get("uri"):
        return Value(_text(value["uri"]))
    text = _text(value.get("literal", value.get("value", value.get("prefLabel"))))
    return Value(text, lang=_text(value.get("language")))


def _is_document(node: Node) -> bool:
    said = node.texts("asn_type", "type", "rdf_type")
    if any("StandardDocument" in text for text in said):
        return True
    is_statement = node.values.keys() & {"asn_statementNotation", "asn_statementLabel"}
    has_title_alone = node.text("dcterms_title") and not node.text("dcterms_description", "text")
    return not is_statement and bool("/resources/D" in node.uri or has_title_alone)


def _in_tree_order(nodes: Mapping[str, Node], roots: list[Node]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    pending = roots[::-1]
    while pending:
        node = pending.pop()
        if found.setdefault(node.uri, node) is node:
            pending += [nodes[uri] for uri in reversed(node.texts("gem_hasChild")) if uri not in found]
    return found | {uri: node for uri, node in nodes.items() if uri not in found}


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, bool | dict | list) else str(value)
