"""ASN as RDF/XML: asn:StandardDocument and asn:Statement with rdf:about, in any of RDF/XML's abbreviations."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused, Problems
from importers.readers.asn import Node, Value, frameworks, predicate

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_SYNTAX = {f"{_RDF}{name}" for name in ("about", "ID", "nodeID", "resource", "datatype", "parseType")}
_MAX_DEPTH = 100


class AsnRdfXmlReader:
    name = "asn-rdf-xml"
    label = "ASN as RDF/XML"

    def recognises(self, payload: Payload) -> bool:
        return payload.head.startswith("<") and not payload.is_html

    def read(self, payload: Payload) -> list[FrameworkDraft]:
        root = parse(payload)
        if root.tag != f"{_RDF}RDF":
            raise ImportRefused(
                f"This is XML, but not RDF/XML: its outermost element is {_local(root.tag)}, not rdf:RDF. Frameworks are "
                "read from the RDF/XML of the Achievement Standards Network.",
                rule="schema",
            )  # fmt: skip
        nodes: dict[str, Node] = {}
        for index, element in enumerate(root, start=1):
            _read_node(element, nodes, f"rdf:RDF/*[{index}]", root.get(_XML_BASE, ""), 0)
        return frameworks(nodes, self.name, Problems())


def parse(payload: Payload) -> Element:
    """The outermost element. Entities and outside references are refused, and so is what is cut off."""
    try:
        root: Element = fromstring(payload.data, forbid_dtd=False)
    except DefusedXmlException:
        raise ImportRefused(
            "The XML declares entities or refers to other files, which is not read. Save it without them.",
            rule="xml-entity",
        ) from None
    except ParseError as error:
        line, column = error.position
        if "no element found" in str(error) or "unclosed" in str(error):
            raise ImportRefused(
                f"The file ends in the middle of its XML (line {line:,}): it was cut off. Fetch it again.",
                rule="truncated",
            ) from None
        reason = str(error).partition(":")[0]
        raise ImportRefused(
            f"The file is not valid XML: {reason} at line {line:,}, column {column + 1:,}.", rule="xml"
        ) from None
    except (LookupError, ValueError, RecursionError) as error:
        raise ImportRefused(f"The file is not valid XML: {error}.", rule="xml") from None
    return root


def _read_node(element: Element, nodes: dict[str, Node], path: str, base: str, depth: int) -> str:
    """Adds the node of an element, and those nested in it. Returns its address."""
    if depth > _MAX_DEPTH:
        raise ImportRefused(
            "is nested hundreds of levels deep, which no framework is.", path=path, rule="nesting"
        )
    about = element.get(f"{_RDF}about")
    local = element.get(f"{_RDF}ID")
    uri = (
        about
        if about is not None
        else f"{base}#{local}"
        if local
        else f"_:{element.get(f'{_RDF}nodeID') or path}"
    )
    node = nodes.setdefault(uri, Node(uri, f"{path}[@rdf:about={uri!r}]"))
    if element.tag != f"{_RDF}Description":
        node.values["rdf_type"].append(Value(_address(element.tag), is_uri=True))
    for name, value in element.attrib.items():
        if name not in _SYNTAX and name not in (_XML_LANG, _XML_BASE):
            node.values[predicate(_address(name))].append(Value(value))
    lang = element.get(_XML_LANG, "")
    for index, part in enumerate(element, start=1):
        key = predicate(_address(part.tag))
        place = f"{path}/*[{index}]"
        resource = part.get(f"{_RDF}resource")
        if resource is not None:
            node.values[key].append(Value(resource, is_uri=True))
        elif part.get(f"{_RDF}parseType") == "Literal" or len(part) == 0:
            text = "".join(part.itertext()).strip()
            if text:
                node.values[key].append(Value(text, lang=part.get(_XML_LANG, lang)))
        else:
            for inner in part:
                inner_uri = _read_node(inner, nodes, place, base, depth + 1)
                node.values[key].append(Value(inner_uri, is_uri=True))
    return uri


def _address(tag: str) -> str:
    """{namespace}local as one address."""
    return tag[1:].replace("}", "", 1) if tag.startswith("{") else tag


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
