"""A CASE provider, of which its base address is enough: it lists its documents, and each of them is a package to import.

Binding: 1EdTech CASE Service 1.0 and 1.1, section "REST/JSON binding": GET /CFDocuments and /CFPackages/{id}.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit

from importers.addresses import joined
from importers.payload import Payload
from importers.problems import ImportRefused
from importers.sources import Answer, request
from standards.names import canonical

PAGE = 100
MAX_PAGES = 200
_VERSIONS = ("v1p1", "v1p0")
_BASE = re.compile(r"(.*/ims/case)/(v1p[01])$")
_NEXT = re.compile(r"<([^>]*)>\s*;[^,]*\brel\s*=\s*\"?next\"?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A CFDocument as the list has it. `package_url` is where its package is, by the same server."""

    identifier: str
    title: str
    creator: str = ""
    status: str = ""
    changed: str = ""
    package_url: str = ""


def list_addresses(url: str) -> list[str]:
    """Where a server may have its list of documents, if `url` is the base of one; [] for any other address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    if parts.scheme not in ("http", "https"):
        return []
    path = parts.path.rstrip("/")
    if path.endswith("/CFDocuments"):
        return [urlunsplit(parts._replace(path=path, fragment=""))]
    base = parts._replace(query="", fragment="")
    if _BASE.match(path):
        return [urlunsplit(base._replace(path=f"{path}/CFDocuments"))]
    if not path or path.endswith("/ims/case"):
        root = path or "/ims/case"
        return [urlunsplit(base._replace(path=f"{root}/{version}/CFDocuments")) for version in _VERSIONS]
    return []


def is_server(url: str) -> bool:
    return bool(list_addresses(url))


def list_documents(url: str) -> list[ListedDocument]:
    """The documents of the server at `url`, all pages of them, in the server's order.

    Raises ImportRefused if there is no CASE server, or its list cannot be read.
    """
    refusals = []
    for address in list_addresses(url):
        try:
            return _all_pages(address)
        except _NoListHere as refusal:
            refusals.append(str(refusal))
    raise ImportRefused(
        f"{url} is no CASE server: {'; '.join(refusals) or 'it is no base address'}. Give the address of one package "
        "(…/ims/case/v1p0/CFPackages/…), or the server's base address.",
        rule="server",
    )


def choose(documents: list[ListedDocument], wanted: list[str]) -> list[ListedDocument]:
    """Those of `documents` that `wanted` names by identifier (in any spelling) or by their whole title."""
    found = []
    for name in wanted:
        matches = [one for one in documents if canonical(one.identifier) == canonical(name)]
        matches = matches or [one for one in documents if one.title.casefold() == name.strip().casefold()]
        if len(matches) != 1:
            what = "no document" if not matches else f"{len(matches)} documents"
            raise ImportRefused(
                f"The server has {what} {name!r}. Its list (--list) shows all.", rule="document"
            )
        found += [one for one in matches if one not in found]
    return found


class _NoListHere(Exception):
    """What an address answered is no list of documents; another version of the interface may have it."""


def _all_pages(address: str) -> list[ListedDocument]:
    found: dict[str, ListedDocument] = {}
    page: str | None = _page(address, 0) if "limit=" not in address else address
    for _ in range(MAX_PAGES):
        if page is None:
            return list(found.values())
        answer = request(page)
        entries = _entries(answer)
        before = len(found)
        for entry in entries:
            if one := _listed(entry, address):
                found.setdefault(one.identifier, one)
        # A server that takes no notice of offset answers the same page for ever.
        page = _next(answer, page, len(entries), len(found)) if len(found) > before else None
    raise ImportRefused(f"{address} has more than {MAX_PAGES} pages of documents.", rule="server")


def _entries(answer: Answer) -> list[Any]:
    if answer.status != 200:
        raise _NoListHere(f"{answer.address} answered {answer.status} {answer.reason}".rstrip())
    payload = Payload(answer.body, answer.address)
    raw = payload.json if payload.is_json else None
    entries = raw.get("CFDocuments") if isinstance(raw, dict) else raw
    if not isinstance(entries, list):
        raise _NoListHere(f"{answer.address} answered no list of CFDocuments")
    return entries


def _next(answer: Answer, page: str, length: int, so_far: int) -> str | None:
    """The address of the next page: what Link names, else the next by offset, up to X-Total-Count or an empty page."""
    if link := _NEXT.search(answer.headers.get("Link", "")):
        return joined(answer.address, link[1])
    total = answer.headers.get("X-Total-Count", "").strip()
    more = so_far < int(total) if total.isdecimal() else True
    return _page(page, _offset(page) + length) if more and length else None


def _offset(page: str) -> int:
    """Where a page begins; an offset that is no number, of whoever typed the address or of a server's link, is none."""
    said = parse_qs(urlsplit(page).query).get("offset", [""])[0]
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def _page(address: str, offset: int) -> str:
    parts = urlsplit(address)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    query |= {"limit": str(PAGE), "offset": str(offset)}
    return urlunsplit(parts._replace(query=urlencode(query)))


def _listed(entry: Any, address: str) -> ListedDocument | None:
    if not isinstance(entry, dict):
        return None
    identifier = _text(entry.get("identifier")) or _text(entry.get("uri")).rstrip("/").rpartition("/")[2]
    if not identifier:
        return None
    base = urlsplit(address)
    path = f"{base.path.removesuffix('CFDocuments')}CFPackages/{quote(identifier, safe='')}"
    return ListedDocument(
        identifier=identifier,
        title=_text(entry.get("title")) or identifier,
        creator=_text(entry.get("creator")),
        status=_text(entry.get("adoptionStatus")),
        changed=_text(entry.get("lastChangeDateTime")),
        # By this server, whatever CFPackageURI says: some name a host that only they can reach.
        package_url=urlunsplit(base._replace(path=path, query="", fragment="")),
    )


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
