"""Where a framework comes from: addresses are fetched with a guard, from a server of our own here."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from importers import sources
from importers.problems import ImportRefused
from importers.services import import_framework
from standards.models import Framework
from tests.importers.packages import as_bytes, package

WHOLE = as_bytes(package({"A": None}))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/package":
            self._answer(200, WHOLE)
        elif self.path.startswith("/redirect/"):
            left = int(self.path.rpartition("/")[2])
            self._answer(302, location="/package" if left == 1 else f"/redirect/{left - 1}")
        elif self.path == "/away":
            self._answer(302, location="http://169.254.169.254/latest/meta-data")
        elif self.path == "/file":
            self._answer(302, location="file:///etc/passwd")
        elif self.path == "/bad":
            self._answer(302, location="http://[")
        elif self.path == "/host":
            self._answer(200, self.headers["Host"].encode())
        elif self.path == "/large":
            self._answer(200, b"x" * 5000)
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 1000)
            except OSError:
                return
        else:
            self._more()

    def _more(self) -> None:
        if self.path == "/packed":
            self._answer(200, gzip.compress(b"x" * 5_000_000), encoding="gzip")
        elif self.path == "/chunked":
            self.protocol_version = "HTTP/1.1"
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (WHOLE[:100], WHOLE[100:], b""):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        elif self.path == "/slow":
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(100):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                return
        elif self.path == "/again":
            self._answer(302, location=f"http://{self.headers['Host']}/package")
        else:
            self._answer(404)

    def _answer(self, status: int, body: bytes = b"", location: str = "", encoding: str = "") -> None:
        self.send_response(status)
        if encoding:
            self.send_header("Content-Encoding", encoding)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture
def server(settings: Any) -> Iterator[str]:
    """Its address; private ones are allowed as an operator would allow them."""
    settings.IMPORT_ALLOW_PRIVATE_ADDRESSES = True
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.mark.django_db
def test_a_framework_is_imported_from_its_address_and_remembers_it(server: str) -> None:
    import_framework(f"{server}/redirect/3")
    assert Framework.objects.get().source_url == f"{server}/redirect/3"


def test_redirects_have_an_end(server: str) -> None:
    assert sources.fetch(f"{server}/redirect/{sources.MAX_REDIRECTS}").data == WHOLE
    with pytest.raises(ImportRefused, match="redirects more than 5 times"):
        sources.fetch(f"{server}/redirect/{sources.MAX_REDIRECTS + 1}")


def test_a_redirect_to_what_is_no_address_is_said(server: str) -> None:
    with pytest.raises(ImportRefused, match=r"http://\[ is not an address"):
        sources.fetch(f"{server}/bad")


def test_a_name_in_any_script_is_asked_for_as_the_name_service_has_it(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _names(monkeypatch, "127.0.0.1")
    port = server.rpartition(":")[2]
    assert sources.fetch(f"http://日本.example:{port}/host").data == f"xn--wgv71a.example:{port}".encode()
    assert asked == ["xn--wgv71a.example"]


def test_what_is_not_there_is_said(server: str) -> None:
    with pytest.raises(ImportRefused, match="/missing answered 404"):
        sources.fetch(f"{server}/missing")
    with pytest.raises(ImportRefused, match="cannot be reached"):
        sources.fetch("http://127.0.0.1:9/")


def test_size_is_limited_as_told_and_as_sent(server: str, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 4000
    for path in ("large", "endless"):
        with pytest.raises(ImportRefused, match="is larger than"):
            sources.fetch(f"{server}/{path}")


def test_an_answer_in_chunks_is_read_whole(server: str) -> None:
    assert sources.fetch(f"{server}/chunked").data == WHOLE


def test_size_is_limited_once_unpacked_too(server: str, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 1_000_000
    with pytest.raises(ImportRefused, match="is larger than 1 MB"):
        sources.fetch(f"{server}/packed")


def test_a_server_that_sends_a_byte_now_and_then_is_given_up(server: str, settings: Any) -> None:
    settings.IMPORT_TIMEOUT = 1
    with pytest.raises(ImportRefused, match="took longer than 1 seconds"):
        sources.fetch(f"{server}/slow")


def _names(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Has the name server answer these addresses, one after another. Returns the names that were asked for."""
    asked: list[str] = []

    real = socket.getaddrinfo

    def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        if host[0].isdecimal():  # the connection, to an address
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return [(0, 0, 0, "", (answers[min(len(asked), len(answers)) - 1], port))]

    monkeypatch.setattr("importers.sources.socket.getaddrinfo", look_up)
    return asked


def test_a_second_look_up_of_a_name_leads_nowhere_else(
    server: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is public when it is checked and private a moment later: the connection goes where the check was."""
    settings.IMPORT_ALLOW_PRIVATE_ADDRESSES = False
    monkeypatch.setattr(sources, "_is_public", lambda ip: ip == "127.0.0.1")
    asked = _names(monkeypatch, "127.0.0.1", "10.0.0.1")
    port = server.rpartition(":")[2]
    assert sources.fetch(f"http://twice.example:{port}/package").data == WHOLE
    assert asked == ["twice.example"]


def test_a_name_is_checked_anew_after_a_redirect(
    server: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMPORT_ALLOW_PRIVATE_ADDRESSES = False
    monkeypatch.setattr(sources, "_is_public", lambda ip: ip == "127.0.0.1")
    _names(monkeypatch, "127.0.0.1", "10.0.0.1")
    port = server.rpartition(":")[2]
    with pytest.raises(ImportRefused, match=r"twice\.example is a private address \(10\.0\.0\.1\)"):
        sources.fetch(f"http://twice.example:{port}/again")


def test_time_is_limited(server: str, settings: Any) -> None:
    settings.IMPORT_TIMEOUT = 0
    with pytest.raises(ImportRefused, match="took longer than 0 seconds"):
        sources.fetch(f"{server}/endless")


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/", "http://localhost:8000/", "http://[::1]/", "http://0.0.0.0/", "http://169.254.169.254/",
     "http://10.1.2.3/", "http://192.168.1.1/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/",
     "http://2130706433/", "http://user@127.0.0.1/"],
)  # fmt: skip
def test_private_addresses_are_not_fetched_unless_the_operator_allows_it(address: str) -> None:
    with pytest.raises(ImportRefused, match="is a private address"):
        sources.fetch(address)


def test_a_redirect_to_a_private_address_is_not_followed(
    server: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first address is let through here as if it were public; what it leads to is checked again."""
    first = server.partition("//")[2].partition(":")[0]
    monkeypatch.setattr(sources, "_is_public", lambda ip: ip == first)
    settings.IMPORT_ALLOW_PRIVATE_ADDRESSES = False
    with pytest.raises(ImportRefused, match=r"169\.254\.169\.254 is a private address"):
        sources.fetch(f"{server}/away")
    with pytest.raises(ImportRefused, match="Only http and https"):
        sources.fetch(f"{server}/file")


def test_a_name_is_private_if_any_of_its_addresses_is(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(0, 0, 0, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr("importers.sources.socket.getaddrinfo", lambda *args, **kwargs: both)
    with pytest.raises(ImportRefused, match=r"rebinding\.example is a private address \(10\.0\.0\.1\)"):
        sources.fetch("http://rebinding.example/")


@pytest.mark.parametrize(
    "address", ["ftp://case.example/x", "file:///etc/passwd", "http://", "http://[bad/", "http://a..b/"]
)
def test_only_web_addresses_are_fetched(address: str) -> None:
    with pytest.raises(ImportRefused):
        sources.open_source(address)
