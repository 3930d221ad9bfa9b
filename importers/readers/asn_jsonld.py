"""ASN as JSON-LD: one record, a list, or an @graph; terms bare, prefixed, or as whole addresses.

A context that stands elsewhere is not fetched: terms without a prefix mean what ASN's published context says.
"""

import re
from collections.abc import Mapping
from typing import Any

from importers.addresses import joined
from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused, Problems
from importers.readers.asn import Node, Value, cleaned, frameworks
from importers.readers.asn_names import predicate

# Terms that ASN's context takes from elsewhere than its own namespace (asnContext.json).
_TERMS = {
    **{name: f"dcterms_{name}" for name in (
        "created", "dateCopyrighted", "description", "educationLevel", "hasPart", "isPartOf", "isVersionOf", "license",
        "modified", "rights", "rightsHolder", "source", "spatial", "subject", "tableOfContents", "temporal", "valid",
    )},
    **{name: f"dc_{name}" for name in ("language", "publisher", "title")},
    **{name: f"skos_{name}" for name in ("altLabel", "exactMatch", "note", "prefLabel", "scopeNote")},
    "attributionName": "cc_attributionName", "attributionURL": "cc_attributionURL", "author": "loc_aut",
    "primaryTopic": "foaf_primaryTopic", "hasChild": "gem_hasChild", "isChildOf": "gem_isChildOf",
}  # fmt: skip
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TYPES = ("StandardDocument", "StandardsDocument", "Statement")
_SIGN = re.compile(
    r"purl\.org/asn|asn:|asncontext|jesandco\.org|desire2learn\.com|standards?document", re.IGNORECASE
)
_MAX_DEPTH = 100


class AsnJsonLdReader:
    name = "asn-json-ld"
    label = "ASN as JSON-LD"

    def recognises(self, payload: Payload) -> bool:
        if not payload.is_json or '"@' not in payload.text or not _SIGN.search(payload.text):
            return False
        raw = payload.json
        first = raw[0] if isinstance(raw, list) and raw else raw
        return isinstance(first, dict) and bool({"@context", "@graph", "@id", "@type"} & first.keys())

    def read(self, payload: Payload) -> list[FrameworkDraft]:
        problems = Problems()
        raw = cleaned(payload, payload.json, problems)
        nodes: dict[str, Node] = {}
        for number, member in enumerate(raw if isinstance(raw, list) else [raw]):
            path = f"[{number}]" if isinstance(raw, list) else ""
            if not isinstance(member, dict):
                raise ImportRefused("is not a record.", path=path, rule="schema")
            _Reader(member.get("@context"), nodes).read(member, path)
        return frameworks(nodes, self.name, problems)


class _Reader:
    """Adds the nodes of one document to `nodes`, by the terms that its own context defines."""

    def __init__(self, context: Any, nodes: dict[str, Node]) -> None:
        self.nodes = nodes
        self.terms: dict[str, str] = {}
        self.base = ""
        for part in context if isinstance(context, list) else [context]:
            for term, said in part.items() if isinstance(part, dict) else ():
                address = said.get("@id") if isinstance(said, dict) else said
                if term == "@base" and isinstance(address, str):
                    self.base = address
                elif isinstance(address, str):
                    self.terms[term] = address

    def read(self, raw: Mapping[str, Any], path: str) -> None:
        graph = raw.get("@graph")
        if graph is None:
            self._node(raw, path, 0)
            return
        for number, member in enumerate(graph if isinstance(graph, list) else [graph]):
            place = f"{path}@graph[{number}]"
            if not isinstance(member, dict):
                raise ImportRefused("is not a record.", path=place, rule="schema")
            self._node(member, place, 0)

    def _node(self, raw: Mapping[str, Any], path: str, depth: int) -> str:
        if depth > _MAX_DEPTH:
            raise ImportRefused(
                "is nested hundreds of levels deep, which no framework is.", path=path[:200], rule="nesting"
            )
        uri = self._address(raw, path)
        node = self.nodes.setdefault(uri, Node(uri, path or uri))
        for key, value in raw.items():
            if key in ("@context", "@id", "id") or self.terms.get(key) == "@id":
                continue
            if key in ("@type", "type") or self.terms.get(key) == "@type":
                kinds = value if isinstance(value, list) else [value]
                node.values["rdf_type"] += [Value(self._kind(str(kind))) for kind in kinds]
            else:
                node.values[self._predicate(key)] += self._values(value, f"{path}.{key}", depth)
        return uri

    def _address(self, raw: Mapping[str, Any], path: str) -> str:
        said = raw.get("@id", raw.get("id"))
        return self._expand(said) if isinstance(said, str) and said else f"_:{path}"

    def _values(self, value: Any, path: str, depth: int, lang: str = "") -> list[Value]:
        if isinstance(value, list):
            members = enumerate(value)
            return [one for n, member in members for one in self._values(member, f"{path}[{n}]", depth, lang)]
        if not isinstance(value, Mapping):
            text = "" if value is None or isinstance(value, bool) else str(value)
            return [Value(self._expand(text), lang=lang)] if text else []
        if "@value" in value:
            return self._values(value["@value"], path, depth, str(value.get("@language") or lang))
        for container in ("@list", "@set"):
            if container in value:
                return self._values(value[container], path, depth, lang)
        if value and all(_LANGUAGE.fullmatch(key) for key in value) and "id" not in value:
            return [
                found for key, member in value.items() for found in self._values(member, path, depth, key)
            ]
        if value.keys() <= {"@id", "id"}:
            return [Value(self._address(value, path))]
        return [Value(self._node(value, path, depth + 1))]

    def _predicate(self, key: str) -> str:
        said = self.terms.get(key, key)
        prefix, colon, local = said.partition(":")
        if colon and prefix in self.terms:
            said = self.terms[prefix] + local
        known = predicate(said)
        if known != said or ":" in said:
            return known
        return _TERMS.get(said, f"asn_{said}")

    def _expand(self, text: str) -> str:
        """An address written with a prefix of the context, or relative to its base, in full; text as it is."""
        prefix, colon, local = text.partition(":")
        if colon and prefix in self.terms and not local.startswith("//") and " " not in text:
            return self.terms[prefix] + local
        is_relative = (
            self.base and re.fullmatch(r"[#/]?[\w./-]+", text) and re.search(r"[SD][0-9A-F]{5,}", text)
        )
        return joined(self.base, text) if is_relative else text

    def _kind(self, text: str) -> str:
        local = re.split(r"[/#:]", text)[-1]
        return f"http://purl.org/ASN/schema/core/{local}" if local in _TYPES else text
