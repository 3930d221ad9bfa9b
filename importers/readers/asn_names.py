"""The names of the Achievement Standards Network: predicates by their usual prefix, and identifiers."""

from importers.problems import ImportRefused
from standards.names import asn_id, guid

PREFIXES = {
    "http://purl.org/ASN/schema/core/": "asn",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/gem/qualifiers/": "gem",
    "http://www.w3.org/2004/02/skos/core#": "skos",
    "http://creativecommons.org/ns#": "cc",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "http://www.loc.gov/loc.terms/relators/": "loc",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/2002/07/owl#": "owl",
}
_PREFIXED = {prefix: prefix for prefix in PREFIXES.values()} | {"gemq": "gem", "dct": "dcterms", "dc11": "dc"}
_FOLDED = {namespace.lower(): prefix for namespace, prefix in PREFIXES.items()}
# ASN's own JSON-LD context has these two in its own namespace.
_SAME = {"asn_hasChild": "gem_hasChild", "asn_isChildOf": "gem_isChildOf"}


def predicate(name: str) -> str:
    """The usual prefixed name (`dcterms_description`) of an address or a prefixed name; whatever else as it is."""
    address = name.replace("https://", "http://", 1)
    for namespace, prefix in _FOLDED.items():
        if address.lower().startswith(namespace):
            found = f"{prefix}_{address[len(namespace) :]}"
            return _SAME.get(found, found)
    prefix, mark, local = name.partition(":") if ":" in name else name.partition("_")
    if mark and prefix in _PREFIXED and local and not local.startswith("//"):
        found = f"{_PREFIXED[prefix]}_{local}"
        return _SAME.get(found, found)
    return name


def identifier_of(uri: str) -> str:
    """What an address ends in: S1143417. What is no address is its own identifier."""
    found = asn_id(uri) or (last_part(uri) if "://" in uri or uri.startswith("urn:") else uri)
    if not found or len(found) > 254:
        raise ImportRefused("has no identifier that can be kept.", path=uri[:100], rule="required")
    return found


def license_title(address: str) -> str:
    """CC BY 3.0 US for the address of that licence; any other is its own title."""
    parts = address.partition("creativecommons.org/licenses/")[2].strip("/").split("/")
    return " ".join(["CC", *(part.upper() for part in parts)]) if parts[0] else address


def names_of(value: str) -> list[str]:
    """A name as given, and the forms under which it is looked up (see standards.names)."""
    bare = value.rpartition(":")[2] if value.lower().startswith(("urn:guid:", "urn:uuid:")) else ""
    return [name for name in (value, asn_id(value), bare, guid(value)) if name]


def last_part(text: str) -> str:
    is_name = text.startswith(("http://", "https://", "urn:"))
    return text.rstrip("/#").replace("#", "/").replace(":", "/").rpartition("/")[2] if is_name else text
