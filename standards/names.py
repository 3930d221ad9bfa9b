"""The spellings of identifiers and addresses: what a query may mean, and what one source's name is in another.

The Achievement Standards Network moved house twice, so that one statement is asked for under several hosts; a GUID is
written with and without hyphens, as a URN and bare; an address with http and https, with and without "www.".
"""

import re
import uuid

_ASN = re.compile(
    r"https?://(?:asn\.jesandco\.org|asn\.desire2learn\.com|(?:www\.)?purl\.org/ASN)/resources/"
    r"([SD][0-9A-F]{5,})(?:\.xml|\.json|/manifest\.json)?/?",
    re.IGNORECASE,
)
_GUID = re.compile(
    r"(?:urn:(?:guid|uuid):)?\{?([0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})\}?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://(www\.)?", re.IGNORECASE)


def asn_id(value: str) -> str:
    """The number at the end of an ASN address, as S1143417; "" for what is no ASN address."""
    found = _ASN.fullmatch(value.strip())
    return found[1].upper() if found else ""


def guid(value: str) -> str:
    """A GUID in its usual form (lower case, hyphens), however it is written; "" for what is none."""
    found = _GUID.fullmatch(value.strip())
    return str(uuid.UUID(found[1])) if found else ""


def spellings(value: str) -> list[str]:
    """`value` and the other ways to write the same name, best first."""
    found = [value, asn_id(value), guid(value)]
    if match := _ADDRESS.match(value):
        rest = value[match.end() :].rstrip("/")
        found += [
            f"{scheme}://{www}{rest}{end}"
            for scheme in ("http", "https")
            for www in ("", "www.")
            for end in ("", "/")
        ]
    return [name for name in dict.fromkeys(found) if name]
