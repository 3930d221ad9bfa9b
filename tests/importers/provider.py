"""A CASE provider on loopback, small and whole, that can be told to misbehave."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.importers.packages import Raw, as_bytes

Fault = Callable[["Handler", int], bool]
"""Called with the request and how often its path was asked for; True if it answered in place of the provider."""


@dataclass
class Provider:
    """`packages` by identifier. `asked` are the requests, in their order: (path, headers)."""

    packages: dict[str, Raw]
    address: str = ""
    version: str = "v1p0"
    links: bool = True
    total: bool = True
    pages: bool = True
    etags: bool = True
    largest_page: int = 100
    faults: dict[str, Fault] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)

    @property
    def base(self) -> str:
        return f"{self.address}/ims/case/{self.version}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def document(self, identifier: str) -> Raw:
        # As behind many proxies: the address that the server knows of itself is not the one by which it is reached.
        uri = f"http://inside.invalid/CFPackages/{identifier}"
        link = {"identifier": identifier, "uri": uri, "title": "Package"}
        return {**self.packages[identifier]["CFDocument"], "CFPackageURI": link}


class Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        one = self.provider
        parts = urlsplit(self.path)
        one.asked.append((self.path, dict(self.headers.items())))
        one.times[parts.path] += 1
        for ending, fault in one.faults.items():
            if parts.path.endswith(ending) and fault(self, one.times[parts.path]):
                return
        path = parts.path.removeprefix(f"/ims/case/{one.version}/")
        kind, _, identifier = path.partition("/")
        if path == "CFDocuments":
            self._list({name: values[-1] for name, values in parse_qs(parts.query).items()})
        elif kind == "CFPackages" and identifier in one.packages:
            self._package(one.packages[identifier])
        elif kind == "CFDocuments" and identifier in one.packages:
            self.answer(200, as_bytes(one.document(identifier)))
        else:
            said = {
                "imsx_codeMajor": "failure",
                "imsx_severity": "error",
                "imsx_description": "Unknown object",
            }
            self.answer(404, as_bytes(said))

    def _list(self, query: dict[str, str]) -> None:
        one = self.provider
        identifiers = list(one.packages)
        said = query.get("offset", "")
        offset = int(said) if one.pages and said.isdecimal() and len(said) < 10 else 0
        limit = min(int(query.get("limit", 100)), one.largest_page) if one.pages else len(identifiers)
        headers = {"X-Total-Count": str(len(identifiers))} if one.total else {}
        if one.links and offset + limit < len(identifiers):
            # A relative address, and another relation before it.
            later = f"/ims/case/{one.version}/CFDocuments?limit={limit}&offset={offset + limit}"
            headers["Link"] = f'<{one.base}/CFDocuments>; rel="first", <{later}>; rel="next"'
        found = [one.document(identifier) for identifier in identifiers[offset : offset + limit]]
        self.answer(200, as_bytes({"CFDocuments": found}), headers)

    def _package(self, raw: Raw) -> None:
        body = json.dumps(raw).encode()
        headers = {"ETag": f'"{hash(body)}"'} if self.provider.etags else {}
        if headers and self.headers.get("If-None-Match") == headers["ETag"]:
            self.answer(304, b"", headers)
        else:
            self.answer(200, body, headers)

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None: ...


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    handler = type("Bound", (Handler,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        provider.address = f"http://127.0.0.1:{http.server_port}"
        yield provider
        http.shutdown()


def busy(times: int, status: int = 503, headers: dict[str, str] | None = None) -> Fault:
    def fault(handler: Handler, number: int) -> bool:
        if number <= times:
            handler.answer(status, b"busy", headers)
        return number <= times

    return fault


def hangs_up(times: int) -> Fault:
    """Sends half of an answer, and nothing more."""

    def fault(handler: Handler, number: int) -> bool:
        if number > times:
            return False
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        handler.wfile.write(b'{"CFDocument": {')
        handler.wfile.flush()
        handler.close_connection = True
        return True

    return fault
