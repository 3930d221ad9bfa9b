"""One small framework in the dialects in which each format is met."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from tests.importers.packages import as_bytes

Raw = dict[str, Any]
# code: (words, code of the parent, grade). In the order in which they are to be shown.
SMALL = {
    "R": ("Ratios and rates", None, "06"),
    "R.1": ("Describe a ratio – in words.", "R", ""),
    "R.2": ("Find a unit rate.", "R", ""),
    "R.10": ("Solve percent problems.", "R", "07"),
}
GUID = {code: f"7b1f3c00-0000-4000-8000-00000000000{n}" for n, code in enumerate(SMALL, start=1)}
ROOT = "7b1f3c00-0000-4000-8000-000000000000"
ASN = "http://asn.jesandco.org/resources/"
NUMBER = {code: f"S90AB00{n}" for n, code in enumerate(SMALL, start=1)}
DOCUMENT = "D90AB0FF"
CORE, TERMS, GEM = (
    "http://purl.org/ASN/schema/core/",
    "http://purl.org/dc/terms/",
    "http://purl.org/gem/qualifiers/",
)
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
KIND = f"{RDF}type"
LEVEL = "http://purl.org/ASN/scheme/ASNEducationLevel/"


def children(parent: str | None) -> list[str]:
    return [code for code, (_, above, _) in SMALL.items() if above == parent]


# -- CASE


def case() -> Raw:
    items = []
    links = []
    for number, (code, (words, parent, grade)) in enumerate(reversed(SMALL.items())):
        items.append({
            "identifier": GUID[code], "uri": f"https://case.example/uri/{GUID[code]}", "fullStatement": words,
            "humanCodingScheme": code, "educationLevel": [grade] if grade else [], "lastChangeDateTime": "2024-01-01",
        })  # fmt: skip
        above = GUID[parent] if parent else ROOT
        links.append({
            "identifier": f"7b1f3c00-0000-4000-8000-1000000000{number:02}", "associationType": "isChildOf",
            "uri": f"https://case.example/uri/link-{number}", "lastChangeDateTime": "2024-01-01",
            "sequenceNumber": list(SMALL).index(code),
            "originNodeURI": {"identifier": GUID[code], "uri": f"https://case.example/uri/{GUID[code]}", "title": code},
            "destinationNodeURI": {"identifier": above, "uri": f"https://case.example/uri/{above}", "title": "above"},
        })  # fmt: skip
    document = {
        "identifier": ROOT, "uri": f"https://case.example/uri/{ROOT}", "creator": "Us", "title": "Small ratios",
        "lastChangeDateTime": "2024-01-01",
    }  # fmt: skip
    return {"CFDocument": document, "CFItems": items, "CFAssociations": links, "CFDefinitions": {}}


def changed(change: Callable[[Raw], Any]) -> bytes:
    raw = case()
    return as_bytes(change(raw) or raw)


def each(key: str, change: Callable[[Raw], Any]) -> bytes:
    def apply(raw: Raw) -> None:
        for member in raw[key]:
            change(member)

    return changed(apply)


def _ends(change: Callable[[Raw], Any]) -> Callable[[Raw], None]:
    def apply(link: Raw) -> None:
        for end in ("originNodeURI", "destinationNodeURI"):
            link[end] = change(link[end])

    return apply


def _flat(link: Raw) -> None:
    for end in ("originNode", "destinationNode"):
        link[f"{end}Identifier"] = link.pop(f"{end}URI")["identifier"]


def _nulls(raw: Raw) -> None:
    raw["CFRubrics"] = raw["CFDefinitions"] = None
    for item in raw["CFItems"]:
        item |= {"conceptKeywords": None, "subject": None, "notes": None}


def _renamed(raw: Raw, names: dict[str, str]) -> Raw:
    return {names.get(key, key): value for key, value in raw.items()}


def _camel(raw: Raw) -> Raw:
    names = {"CFDocument": "cfDocument", "CFItems": "cfItems", "CFAssociations": "cfAssociations"}
    return _renamed(raw, names)


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


CASE: dict[str, bytes] = {
    "bare": as_bytes(case()),
    "wrapped": as_bytes({"CFPackage": case()}),
    "in a list": as_bytes([case()]),
    "wrapped in a list": as_bytes([{"CFPackage": case()}]),
    "a list wrapped": as_bytes({"CFPackages": [case()]}),
    "within data": as_bytes({"data": {"CFPackage": case()}}),
    "names in camel case": changed(_camel),
    "names in lower case, wrapped": changed(lambda raw: {"cfpackage": _renamed(raw, {"CFItems": "cfitems"})}),
    "PHP's empty record": changed(lambda raw: {**raw, "CFDefinitions": []}),
    "null for lists": changed(_nulls),
    "no definitions": changed(lambda raw: {key: raw[key] for key in raw if key != "CFDefinitions"}),
    "a map of items": changed(lambda raw: {**raw, "CFItems": {one["identifier"]: one for one in raw["CFItems"]}}),
    "grades as text": each("CFItems", lambda item: item.update(educationLevel=",".join(item["educationLevel"]))),
    "educationalLevel": each("CFItems", lambda item: item.update(educationalLevel=item.pop("educationLevel"))),
    "grades as numbers": each("CFItems", lambda item: item.update(educationLevel=[*map(int, item["educationLevel"])])),
    "order as text": each("CFAssociations", lambda one: one.update(sequenceNumber=str(one["sequenceNumber"]))),
    "links as addresses": each("CFAssociations", _ends(lambda end: end["uri"])),
    "links without identifier": each("CFAssociations", _ends(lambda end: {"uri": end["uri"], "title": "x"})),
    "links with identifier only": each("CFAssociations", _ends(lambda end: {"identifier": end["identifier"]})),
    "links as two keys": each("CFAssociations", _flat),
    "type in words": each("CFAssociations", lambda one: one.update(associationType="Is Child Of")),
    "type in lower case": each("CFAssociations", lambda one: one.update(associationType="ischildof")),
    "keys in snake case": each("CFItems", lambda item: item.update(
        full_statement=item.pop("fullStatement"), human_coding_scheme=item.pop("humanCodingScheme"))),
    "an item without a list": changed(lambda raw: {**raw, "CFRubrics": {"identifier": "r", "uri": "u", "title": "t"}}),
    "an item twice, alike": changed(lambda raw: raw["CFItems"].append(dict(raw["CFItems"][0]))),
    "times without zone": each("CFItems", lambda item: item.update(lastChangeDateTime="2024-05-25T18:05:33")),
    "CASE 1.1": changed(lambda raw: raw["CFDocument"].update(caseVersion="1.1", frameworkType="x", extensions={"a": 1})),
    "indented, with a mark": b"\xef\xbb\xbf" + json.dumps(case(), indent=4).encode(),
    "UTF-16 with a mark": json.dumps(case(), ensure_ascii=False).encode("utf-16"),
    "UTF-16 without a mark": json.dumps(case(), ensure_ascii=False).encode("utf-16-le"),
    "gzip": gzip.compress(as_bytes(case())),
    "zip": zipped(("__MACOSX/._x.json", b"\0"), ("LICENSE.txt", b"Yours, to use"), ("x.bin", as_bytes(case()))),
    "zip of gzip": gzip.compress(as_bytes(case())),
}  # fmt: skip


# -- ASN


def rdf_xml(*, prefix: str = "asn", typed: bool = True, nested: bool = False, seq: bool = False) -> bytes:
    def kind(name: str) -> tuple[str, str, str]:
        if typed:
            return f"{prefix}:{name}", f"{prefix}:{name}", ""
        return "r:Description", "r:Description", f'<r:type r:resource="{CORE}{name}"/>'

    def below(parent: str | None) -> str:
        links = [f'r:resource="{ASN}{NUMBER[code]}"' for code in children(parent)]
        if nested:
            return "".join(f"<g:hasChild>{statement(code)}</g:hasChild>" for code in children(parent))
        if seq and links:
            return f"<g:hasChild><r:Seq>{''.join(f'<r:li {link}/>' for link in links)}</r:Seq></g:hasChild>"
        return "".join(f"<g:hasChild {link}/>" for link in links)

    def statement(code: str) -> str:
        words, parent, grade = SMALL[code]
        start, end, said = kind("Statement")
        level = f'<t:educationLevel r:resource="{LEVEL}{int(grade)}"/>' if grade else ""
        up = "" if nested else f'<g:isChildOf r:resource="{ASN}{NUMBER[parent] if parent else DOCUMENT}"/>'
        return (
            f'<{start} r:about="{ASN}{NUMBER[code]}">{said}<t:description xml:lang="es">En otras palabras</t:description>'
            f'<t:description xml:lang="en-US">{words}</t:description>'
            f"<{prefix}:statementNotation>{code}</{prefix}:statementNotation>{level}{up}{below(code)}</{end}>"
        )

    start, end, said = kind("StandardDocument")
    root = f'<{start} r:about="{ASN}{DOCUMENT}">{said}<t:title>Small ratios</t:title>{below(None)}</{end}>'
    rest = "" if nested else "".join(statement(code) for code in reversed(SMALL))
    spaces = f'xmlns:r="{RDF}" xmlns:{prefix}="{CORE}" xmlns:t="{TERMS}" xmlns:g="{GEM}"'
    return f'<?xml version="1.0" encoding="utf-8"?><r:RDF {spaces}>{root}{rest}</r:RDF>'.encode()


def rdf_json(*, scalars: bool = False, prefixed: bool = False) -> Raw:
    def name(address: str) -> str:
        for prefix, namespace in {"asn": CORE, "dcterms": TERMS, "gemq": GEM}.items():
            if prefixed and address.startswith(namespace):
                return address.replace(namespace, f"{prefix}:")
        return address

    def values(*texts: str, kind: str = "literal") -> Any:
        if scalars:
            return texts[0] if len(texts) == 1 else list(texts)
        return [{"value": text, "type": kind} for text in texts]

    found: Raw = {
        ASN + DOCUMENT: {
            KIND: values(f"{CORE}StandardDocument", kind="uri"),
            name(f"{TERMS}title"): values("Small ratios"),
            name(f"{GEM}hasChild"): values(ASN + NUMBER["R"], kind="uri"),
        }
    }
    for code, (words, _, grade) in SMALL.items():
        node = found[ASN + NUMBER[code]] = {
            KIND: values(f"{CORE}Statement", kind="uri"),
            name(f"{TERMS}description"): values(words),
            name(f"{CORE}statementNotation"): values(code),
        }
        if grade:
            node[name(f"{TERMS}educationLevel")] = values(f"{LEVEL}{int(grade)}", kind="uri")
        if below := children(code):
            node[name(f"{GEM}hasChild")] = values(*(ASN + NUMBER[child] for child in below), kind="uri")
    return found


def json_ld(*, graph: bool = True, nested: bool = False, prefixes: bool = False) -> Raw:
    def key(term: str, prefix: str) -> str:
        return f"{prefix}:{term}" if prefixes else term

    def reference(code: str) -> Any:
        return statement(code) if nested else {"@id": ASN + NUMBER[code]}

    def statement(code: str) -> Raw:
        words, _, grade = SMALL[code]
        node: Raw = {
            "@id": ASN + NUMBER[code], "@type": key("Statement", "asn"),
            key("description", "dcterms"): {"es": "Otras palabras", "en-US": words},
            key("statementNotation", "asn"): code,
        }  # fmt: skip
        if grade:
            node[key("educationLevel", "dcterms")] = {"@id": f"{LEVEL}{int(grade)}"}
        if below := children(code):
            node[key("hasChild", "asn")] = {"@list": [reference(child) for child in below]}
        return node

    context: Any = "https://asn.example/asnContext.json"
    if prefixes:
        context = {"asn": CORE, "dcterms": TERMS}
    root = {
        "@id": ASN + DOCUMENT, "@type": key("StandardDocument", "asn"), key("title", "dcterms"): "Small ratios",
        key("hasChild", "asn"): [reference("R")],
    }  # fmt: skip
    if not graph:
        return {"@context": context, **root}
    members = [root] if nested else [root, *map(statement, reversed(SMALL))]
    return {"@context": context, "@graph": members}


def manifest(*, root: bool = False, literals: bool = False) -> Any:
    def literal(text: str) -> Any:
        return {"literal": text, "language": "en-US"} if literals else text

    def member(code: str) -> Raw:
        words, _, grade = SMALL[code]
        node: Raw = {
            "id": ASN + NUMBER[code],
            "asn_statementNotation": literal(code),
            "children": [member(child) for child in children(code)],
        }
        node |= {"dcterms_description": literal(words)} if literals else {"text": words}
        if grade:
            node["dcterms_educationLevel"] = {"uri": f"{LEVEL}{int(grade)}", "prefLabel": str(int(grade))}
        return node

    if root:
        return {
            "id": ASN + DOCUMENT,
            "dcterms_title": literal("Small ratios"),
            "children": [member("R")],
            "cls": "folder",
        }
    return [member("R")]


ASN_FILES: dict[str, bytes] = {
    "RDF/XML": rdf_xml(),
    "RDF/XML with another prefix": rdf_xml(prefix="core"),
    "RDF/XML without typed nodes": rdf_xml(typed=False),
    "RDF/XML nested": rdf_xml(nested=True),
    "RDF/XML with a container": rdf_xml(seq=True),
    "RDF/XML in Latin-1": rdf_xml()
    .decode()
    .replace("utf-8", "windows-1252")
    .replace("<r:RDF", "<!-- é --><r:RDF")
    .encode("cp1252"),
    "RDF/XML in UTF-16": rdf_xml().decode().replace("utf-8", "utf-16").encode("utf-16"),
    "RDF/JSON": as_bytes(rdf_json()),
    "RDF/JSON of scalars": as_bytes(rdf_json(scalars=True)),
    "RDF/JSON with prefixes": as_bytes(rdf_json(prefixed=True)),
    "manifest": as_bytes(manifest()),
    "manifest with its document": as_bytes(manifest(root=True)),
    "manifest of literals": as_bytes(manifest(root=True, literals=True)),
    "JSON-LD graph": as_bytes(json_ld()),
    "JSON-LD graph with prefixes": as_bytes(json_ld(prefixes=True)),
    "JSON-LD nested": as_bytes(json_ld(graph=False, nested=True)),
    "JSON-LD in a list": as_bytes([json_ld(graph=False, nested=True)]),
}


# -- Common Standards Project


def csp(*, as_list: bool = False, ancestors: str = "nearest", text: bool = False, asn: bool = True) -> Raw:
    standards = {}
    for number, (code, (words, parent, _)) in enumerate(SMALL.items()):
        one: Raw = {
            "id": f"X{number}", "position": str(number * 1000) if text else number * 1000, "statementNotation": code,
            "depth": str(int(parent is not None)) if text else int(parent is not None), "description": words,
        }  # fmt: skip
        if asn:
            one["asnIdentifier"] = NUMBER[code]
        if ancestors:
            one["ancestorIds"] = ["X0"] if parent else []
        standards[f"X{number}"] = one
    members: Any = dict(reversed(standards.items()))
    return {
        "id": "SET_6", "title": "Grades 6, 7", "subject": "Mathematics", "educationLevels": ["06", "07"],
        "document": {"id": "X", "title": "Small ratios", "asnIdentifier": DOCUMENT},
        "standards": list(members.values()) if as_list else members,
    }  # fmt: skip


CSP: dict[str, bytes] = {
    "one set": as_bytes(csp()),
    "within data": as_bytes({"data": csp()}),
    "a list of statements": as_bytes(csp(as_list=True)),
    "without ancestors": as_bytes(csp(ancestors="")),
    "without ancestors, numbers as text": as_bytes(csp(ancestors="", text=True)),
    "own identifiers only": as_bytes(csp(asn=False)),
    "several sets": as_bytes([csp(), {**csp(), "id": "SET_7"}]),
    "several sets within data": as_bytes({"data": [csp()]}),
    "a map of sets": as_bytes({"SET_6": csp(), "SET_7": {"data": csp()}}),
    "what a jurisdiction has": as_bytes({"data": {"id": "J", "title": "Meridian", "standardSets": [csp()]}}),
    "JSON Lines": as_bytes(csp()) + b"\n" + as_bytes({**csp(), "id": "SET_7"}) + b"\n",
}


# -- Knowledge Graph


def graph() -> tuple[list[Raw], list[Raw]]:
    nodes: list[Raw] = [
        {"type": "node", "identifier": "n-doc", "labels": ["StandardsFramework"],
         "properties": {"name": "Small ratios", "caseIdentifierUUID": ROOT}}
    ]  # fmt: skip
    edges: list[Raw] = []
    for code, (words, parent, grade) in SMALL.items():
        nodes.append(
            {"type": "node", "identifier": f"n-{code}", "labels": ["StandardsFrameworkItem"], "properties": {
                "identifier": f"n-{code}", "caseIdentifierUUID": GUID[code], "statementCode": code, "description": words,
                "statementType": "Standard", "gradeLevel": json.dumps([str(int(grade))] if grade else []),
            }}
        )  # fmt: skip
        edges.append(
            {"type": "relationship", "label": "hasChild", "properties": {"targetEntityKey": "caseIdentifierUUID"},
             "source_identifier": f"n-{parent}" if parent else "n-doc", "target_identifier": f"n-{code}"}
        )  # fmt: skip
    return nodes, edges


def lines(records: list[Raw], end: str = "\n") -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + end for record in records).encode()


NODES, EDGES = graph()
GRAPH: dict[str, bytes] = {
    "one file": lines(NODES + EDGES),
    "relationships first": lines(EDGES + NODES),
    "CRLF": lines(NODES + EDGES, "\r\n"),
    "a mark": b"\xef\xbb\xbf" + lines(NODES + EDGES),
    "a list": as_bytes(NODES + EDGES),
    "an indented list": json.dumps(NODES + EDGES, indent=2).encode(),
    "lists in a record": as_bytes({"nodes": NODES, "relationships": EDGES}),
    "indented lists in a record": json.dumps({"nodes": NODES, "relationships": EDGES}, indent=2).encode(),
    "nodes without properties": lines([{**one["properties"], **one, "properties": None} for one in NODES] + EDGES),
    "HAS_CHILD": lines(NODES + [{**edge, "label": "HAS_CHILD"} for edge in EDGES]),
    "gzip": gzip.compress(lines(NODES + EDGES)),
    "two gzip files joined": gzip.compress(lines(NODES)) + gzip.compress(lines(EDGES)),
    "a zip of two files": zipped(("nodes.jsonl", lines(NODES)), ("relationships.jsonl", lines(EDGES))),
}  # fmt: skip

FILES = {
    f"{kind}: {name}": data
    for kind, files in {"CASE": CASE, "ASN": ASN_FILES, "CSP": CSP, "graph": GRAPH}.items()
    for name, data in files.items()
}
