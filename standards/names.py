"""The spellings of identifiers and addresses: what a query may mean, and what one source's name is in another.

The Achievement Standards Network moved house twice, so that one statement is asked for under several hosts; a GUID is
written with and without hyphens, as a URN and bare; an address with http, https and neither, with and without "www.".
"""

import re
import uuid

_ASN = re.compile(
    r"(?:(?:https?:)?//)?(?:asn\.jesandco\.org|asn\.desire2learn\.com|(?:www\.)?purl\.org/ASN)/resources/"
    r"([SD][0-9A-F]{5,})(?:\.xml|\.json|/manifest\.json)?/?",
    re.IGNORECASE,
)
_GUID = re.compile(
    r"(?:urn:(?:guid|uuid):)?\{?([0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})\}?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?:)?//(?:www\.)?|www\.(?=[\w-]+\.)", re.IGNORECASE)
_ASN_NUMBER = re.compile(r"[SD][0-9A-F]{5,}", re.IGNORECASE)


def asn_id(value: str) -> str:
    """The number at the end of an ASN address, as S1143417; "" for what is no ASN address."""
    found = _ASN.fullmatch(value.strip())
    return found[1].upper() if found else ""


def guid(value: str) -> str:
    """A GUID in its usual form (lower case, hyphens), however it is written; "" for what is none."""
    found = _GUID.fullmatch(value.strip())
    return str(uuid.UUID(found[1])) if found else ""


def canonical(value: str) -> str:
    """The one form that all spellings of a name share; "" for nothing.

    A GUID in its usual form, also where it ends an address; the number of an ASN address; any other address without
    scheme, "www." and the slash at its end; all in lower case. It is for comparing: what is stored and shown is
    the name as its source gives it.
    """
    value = value.strip()
    if number := asn_id(value):
        return number
    if _ASN_NUMBER.fullmatch(value):
        return value.upper()
    match = _ADDRESS.match(value)
    rest = value[match.end() :].rstrip("/") if match else value
    return guid(rest.rpartition("/")[2] if match else value) or rest.casefold()


def spellings(value: str) -> list[str]:
    """`value` and the other ways to write the same name, best first."""
    found = [value, asn_id(value), guid(value), canonical(value)]
    if match := _ADDRESS.match(value):
        rest = value[match.end() :].rstrip("/")
        found += [
            f"{scheme}://{www}{rest}{end}"
            for scheme in ("http", "https")
            for www in ("", "www.")
            for end in ("", "/")
        ]
    return [name for name in dict.fromkeys(found) if name]
