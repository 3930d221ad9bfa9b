"""ASN as RDF/XML: asn:StandardDocument and asn:Statement with rdf:about, in any of RDF/XML's abbreviations."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from importers.addresses import joined
from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused, Problems
from importers.readers.asn import Node, Value, frameworks
from importers.readers.asn_names import predicate

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_SYNTAX = {f"{_RDF}{name}" for name in ("about", "ID", "nodeID", "resource", "datatype", "parseType")}
_CONTAINERS = {f"{_RDF}{name}" for name in ("Seq", "Bag", "Alt")}
_MAX_DEPTH = 100


class AsnRdfXmlReader:
    name = "asn-rdf-xml"
    label = "ASN as RDF/XML"

    def recognises(self, payload: Payload) -> bool:
        return payload.head.startswith("<") and not payload.is_html

    def read(self, payload: Payload) -> list[FrameworkDraft]:
        root = parse(payload)
        if root.tag.startswith("{http://purl.org/ASN/"):
            alone = root  # one record, without the rdf:RDF around it
            root = Element(f"{_RDF}RDF")
            root.append(alone)
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
            "The XML begins with a DOCTYPE that defines entities (&name;) or names other files. These are not read: they "
            "can make a small file endless. Write each entity out, take the DOCTYPE away, and import that.",
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


def _read_node(
    element: Element, nodes: dict[str, Node], path: str, base: str, depth: int, part_type: str = ""
) -> str:
    """Adds the node of an element, and those nested in it. Returns its address.

    With a `part_type` of "Resource" the element is a property whose parts are those of a node without a name.
    """
    if depth > _MAX_DEPTH:
        raise ImportRefused(
            "is nested hundreds of levels deep, which no framework is.", path=path, rule="nesting"
        )
    about = element.get(f"{_RDF}about")
    local = element.get(f"{_RDF}ID")
    base = element.get(_XML_BASE, base)
    if about is not None:
        uri = joined(base, about)
    else:
        uri = f"{base}#{local}" if local else f"_:{element.get(f'{_RDF}nodeID') or path}"
    node = nodes.setdefault(uri, Node(uri, f"{path}[@rdf:about={uri!r}]"))
    if element.tag != f"{_RDF}Description" and part_type != "Resource":
        node.values["rdf_type"].append(Value(_address(element.tag)))
    for name, value in element.attrib.items():
        if name not in _SYNTAX and name not in (_XML_LANG, _XML_BASE):
            node.values[predicate(_address(name))].append(Value(value))
    lang = element.get(_XML_LANG, "")
    for index, part in enumerate(element, start=1):
        found = _values(part, nodes, f"{path}/*[{index}]", base, depth, lang)
        node.values[predicate(_address(part.tag))] += found
    return uri


def _values(
    part: Element, nodes: dict[str, Node], path: str, base: str, depth: int, lang: str
) -> list[Value]:
    """What a property says: addresses, also those of nodes nested in it, or text."""
    resource, kind = part.get(f"{_RDF}resource"), part.get(f"{_RDF}parseType")
    if resource is not None:
        return [Value(joined(base, resource))]
    if blank := part.get(f"{_RDF}nodeID"):
        return [Value(f"_:{blank}")]
    if kind == "Resource":
        return [Value(_read_node(part, nodes, path, base, depth + 1, kind))]
    if kind == "Literal" or len(part) == 0:
        text = "".join(part.itertext()).strip()
        return [Value(text, lang=part.get(_XML_LANG, lang))] if text else []
    found = []
    for inner in _members(part):
        member = inner.get(f"{_RDF}resource")
        uri = _read_node(inner, nodes, path, base, depth + 1) if member is None else joined(base, member)
        found.append(Value(uri))
    return found


def _members(part: Element) -> list[Element]:
    """The nodes inside a property; those of a container (rdf:Seq) in its order."""
    found: list[Element] = []
    for inner in part:
        if inner.tag in _CONTAINERS:
            for member in inner:
                found += list(member) or [member]
        else:
            found.append(inner)
    return found


def _address(tag: str) -> str:
    """{namespace}local as one address."""
    return tag[1:].replace("}", "", 1) if tag.startswith("{") else tag


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
