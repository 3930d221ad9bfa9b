"""ASN as JSON: RDF/JSON ({subject: {predicate: [{value, type, lang}]}}), and the manifest (nested `children`)."""

from collections.abc import Mapping
from typing import Any

from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused, Problems
from importers.readers.asn import Node, Value, cleaned, frameworks, predicate

_DOCUMENT = "http://purl.org/ASN/schema/core/StandardDocument"
# How the manifest is shown in a tree widget, not what it says.
_WIDGET = {"cls", "leaf", "children", "id", "expanded", "checked"}


class AsnRdfJsonReader:
    name = "asn-rdf-json"
    label = "ASN as RDF/JSON"

    def recognises(self, payload: Payload) -> bool:
        if not payload.is_json or not isinstance(raw := payload.json, dict):
            return False
        members = list(raw.values())[:20]
        return bool(members) and any(
            isinstance(member, dict) and any("://" in key and isinstance(values, list) for key, values in member.items())
            for member in members
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


def _object(value: Any) -> Value:
    if not isinstance(value, Mapping):
        return Value(_text(value))
    return Value(_text(value.get("value")), value.get("type") == "uri", _text(value.get("lang")))


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
                known.values["gem_isChildOf"].append(Value(parent, is_uri=True))
                nodes[parent].values["gem_hasChild"].append(Value(node.uri, is_uri=True))
            if known is not node:
                continue
            children = member.get("children") or []
            if not isinstance(children, list):
                raise ImportRefused("is not a list.", path=f"{path}.children", rule="schema")
            pending += [
                (child, node.uri, f"{path}.children[{number}]") for number, child in enumerate(children)
            ]
        roots = [node for node in nodes.values() if "gem_isChildOf" not in node.values]
        for node in nodes.values():
            is_document = node in roots and _is_document(node)
            kind = _DOCUMENT if is_document else "http://purl.org/ASN/schema/core/Statement"
            node.values["rdf_type"] = [Value(kind, is_uri=True)]
        return frameworks(_in_tree_order(nodes, roots), self.name, problems)


def _manifest_node(member: Mapping[str, Any], path: str) -> Node:
    uri = member.get("id") or member.get("uri")
    if not isinstance(uri, str) or not uri:
        raise ImportRefused("has no id.", path=path, rule="required")
    node = Node(uri, path)
    for key, value in member.items():
        if key not in _WIDGET:
            values = value if isinstance(value, list) else [value]
            node.values[key.replace("gemq_", "gem_")] += [_manifest_value(one) for one in values]
    return node


def _manifest_value(value: Any) -> Value:
    """{"literal", "language"}, {"uri", "prefLabel"} or a scalar."""
    if not isinstance(value, Mapping):
        return Value(_text(value))
    if value.get("uri"):
        return Value(_text(value["uri"]), is_uri=True)
    return Value(_text(value.get("literal", value.get("prefLabel"))), lang=_text(value.get("language")))


def _is_document(node: Node) -> bool:
    said = node.texts("asn_type", "type", "rdf_type")
    return any("StandardDocument" in text for text in said) or (
        "/resources/D" in node.uri and "asn_statementNotation" not in node.values
    )


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
