"""Where a framework comes from: a file, standard input or an address. All with limits, addresses with a guard."""

import ipaddress
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import IncompleteRead
from pathlib import Path
from time import sleep
from typing import Any, BinaryIO
from urllib.parse import SplitResult, urlsplit

import certifi
import urllib3
from django.conf import settings

from importers.addresses import joined
from importers.payload import Payload, Validators
from importers.problems import ImportRefused

STANDARD_INPUT = "standard input"
CHUNK = 1 << 16  # compressed, it may unpack to a thousand times that before it is counted
MAX_REDIRECTS = 5
MAX_WAIT = 30.0
_WAITS = (1.0, 2.0, 4.0)  # seconds before the second, third and fourth attempt
_BUSY = {429, 500, 502, 503, 504}
_USER_AGENT = "statewide-resources framework importer"
_REDIRECTS = {301, 302, 303, 307, 308}


class NotModified(Exception):
    """The server says that what an address answers has not changed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer, with its body read and unpacked."""

    address: str
    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


def open_source(source: bytes | Path | str, *, fetch: Callable[[str], Payload] | None = None) -> Payload:
    """The payload of bytes, a path, `-` (standard input) or an http(s) address, which `fetch` may fetch in its own way.

    Raises ImportRefused if it is not there, may not be read, or is larger than `settings.IMPORT_MAX_BYTES`.
    """
    if isinstance(source, bytes):
        _check_size(len(source))
        return Payload(source)
    if source == "-":
        return Payload(_read(sys.stdin.buffer), STANDARD_INPUT)
    if isinstance(source, str) and "://" in source:
        return (fetch or _fetch)(source)
    if not str(source).strip():
        raise ImportRefused("Name a file, an http(s) address, or - for standard input.", rule="source")
    path = Path(source)
    try:
        _check_size(path.stat().st_size)
        with path.open("rb") as file:
            return Payload(_read(file), path.name)
    except FileNotFoundError:
        raise ImportRefused(f"There is no file {source}.", rule="source") from None
    except IsADirectoryError:
        raise ImportRefused(f"{source} is a folder. Name a file.", rule="source") from None
    except OSError as error:
        raise ImportRefused(f"{source} cannot be read: {error.strerror}.", rule="source") from None


def fetch(url: str, known: Validators | None = None) -> Payload:
    """What `url` answers. With `known`, raises NotModified if the server says that it has not changed since."""
    answer = request(url, headers=known.as_headers() if known else {})
    if answer.status == 304:
        raise NotModified
    if answer.status != 200:
        raise ImportRefused(
            f"{answer.address} answered {answer.status} {answer.reason}".rstrip() + ".", rule="source"
        )
    payload = Payload(answer.body, answer.address, url=url)
    payload.validators = Validators(
        answer.headers.get("ETag", "")[:500], answer.headers.get("Last-Modified", "")[:100]
    )
    return payload


def request(url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    """What `url` answers, after at most MAX_REDIRECTS redirects, each checked like the first address.

    A server that is busy or broke off is asked again, after the time that it names or a growing one, as long as
    `settings.IMPORT_TIMEOUT` allows. A name is looked up once for each connection, which is made to the address that was
    checked, so that a second look-up cannot lead elsewhere.
    """
    deadline = time.monotonic() + settings.IMPORT_TIMEOUT
    outcome: Answer | ImportRefused
    for wait in (*_WAITS, None):
        try:
            outcome = _follow(url, headers or {}, deadline)
        except _BrokeOff as broken:
            outcome = broken.refusal
        if isinstance(outcome, Answer) and outcome.status not in _BUSY:
            break
        seconds = _pause(outcome, wait)
        if seconds is None or time.monotonic() + seconds > deadline:
            break
        sleep(seconds)
    if isinstance(outcome, ImportRefused):
        raise outcome
    return outcome


_fetch = fetch


class _BrokeOff(Exception):
    """A connection that was lost on the way: asking again may help."""

    def __init__(self, refusal: ImportRefused) -> None:
        self.refusal = refusal


def _pause(outcome: Answer | ImportRefused, usual: float | None) -> float | None:
    """Seconds to wait: what Retry-After names (a number; a date is rare), within limits, else the usual ones."""
    if usual is None or isinstance(outcome, ImportRefused):
        return usual
    said = outcome.headers.get("Retry-After", "").strip()
    return min(float(said), MAX_WAIT) if said.isdecimal() else usual


def _follow(url: str, headers: Mapping[str, str], deadline: float) -> Answer:
    address = url
    for _ in range(MAX_REDIRECTS + 1):
        response = _get(address, headers, deadline)
        try:
            if response.status in _REDIRECTS and response.headers.get("Location"):
                address = joined(address, response.headers["Location"])
                continue
            body = b"" if response.status == 304 else _body(response, address, deadline)
            return Answer(address, response.status, response.reason or "", response.headers, body)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _BrokeOff(
                ImportRefused(f"{address} broke off: {_reason(error)}. Try again.", rule="source")
            ) from None
        finally:
            response.release_conn()
            response.close()
    raise ImportRefused(f"{url} redirects more than {MAX_REDIRECTS} times.", rule="source")


def _get(address: str, headers: Mapping[str, str], deadline: float) -> urllib3.BaseHTTPResponse:
    parts = _checked(address)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    ip = _resolve(host, port)
    timeout = urllib3.Timeout(total=max(1.0, deadline - time.monotonic()))
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            ip, port, timeout=timeout, retries=False, ca_certs=certifi.where(),
            server_hostname=host, assert_hostname=host,
        )  # fmt: skip
    else:
        pool = urllib3.HTTPConnectionPool(ip, port, timeout=timeout, retries=False)
    target = parts._replace(scheme="", netloc="", fragment="", path=parts.path or "/").geturl()
    usual = {
        "Host": parts.netloc,
        "Accept": "application/json, */*;q=0.5",
        "User-Agent": _USER_AGENT,
        "Accept-Encoding": "gzip",
    }
    try:
        return pool.urlopen(
            "GET", target, headers={**usual, **headers}, redirect=False, preload_content=False
        )
    except (urllib3.exceptions.HTTPError, OSError) as error:
        refusal = ImportRefused(f"{address} cannot be reached: {_reason(error)}.", rule="source")
        if isinstance(error, urllib3.exceptions.ProtocolError):  # the server hung up before it answered
            raise _BrokeOff(refusal) from None
        raise refusal from None


def _checked(address: str) -> SplitResult:
    """Its parts, with the host's name as the name service and the server have it, without a user's name."""
    try:
        parts = urlsplit(address)
        parts = parts._replace(netloc=parts.netloc.rpartition("@")[2].encode("idna").decode("ascii"))
        _ = parts.port
    except ValueError:  # UnicodeError is one
        raise ImportRefused(f"{address} is not an address.", rule="source") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImportRefused(f"Only http and https addresses are fetched, not {address}.", rule="source")
    return parts


def _resolve(host: str, port: int) -> str:
    """The one address to connect to. Every address of a name must be public, or none is trusted."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise ImportRefused(f"The name {host} cannot be found.", rule="source") from None
    if not settings.IMPORT_ALLOW_PRIVATE_ADDRESSES:
        for ip in found:
            if not _is_public(ip):
                raise ImportRefused(
                    f"{host} is a private address ({ip}). Only public ones are fetched, unless the operator sets "
                    "IMPORT_ALLOW_PRIVATE_ADDRESSES.",
                    rule="private-address",
                )
    return min(found, key=lambda ip: (":" in ip, ip))


def _is_public(ip: str) -> bool:
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            address = inner
        elif address in ipaddress.ip_network(
            "64:ff9b::/96"
        ):  # NAT64 carries an IPv4 address in its last bytes
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.is_global and not address.is_multicast


def _body(response: urllib3.BaseHTTPResponse, address: str, deadline: float) -> bytes:
    length = response.headers.get("Content-Length", "")
    if length.isdecimal():
        _check_size(int(length))
    data = bytearray()
    # read1, not stream: it gives what has arrived, so that a server that drips cannot hold us beyond the deadline.
    while chunk := response.read1(CHUNK, decode_content=True):
        data += chunk
        _check_size(len(data))
        if time.monotonic() > deadline:
            raise ImportRefused(
                f"{address} took longer than {settings.IMPORT_TIMEOUT} seconds. Download the file and import that.",
                rule="source",
            )
    return bytes(data)


def _read(file: BinaryIO) -> bytes:
    data = file.read(settings.IMPORT_MAX_BYTES + 1)
    _check_size(len(data))
    return data


def _check_size(size: int) -> None:
    if size > settings.IMPORT_MAX_BYTES:
        raise ImportRefused(
            f"The file is larger than {settings.IMPORT_MAX_BYTES / 1_000_000:,.0f} MB, the most that is read.",
            rule="size",
        )


def _reason(error: Exception) -> str:
    """The innermost cause, in a few words: urllib3 wraps several around it."""
    if isinstance(error, urllib3.exceptions.TimeoutError | TimeoutError):
        return f"it did not answer within {settings.IMPORT_TIMEOUT} seconds"
    if isinstance(error, urllib3.exceptions.DecodeError):
        return "what it sends is not packed as it says"
    for broken in (error, *error.args):
        if isinstance(broken, IncompleteRead):
            sent: Any = broken.partial  # urllib3 has their number there
            came = sent if isinstance(sent, int) else len(sent)
            return f"only {came:,} of {came + (broken.expected or 0):,} bytes came"
    cause: BaseException = error
    while (inner := getattr(cause, "reason", None)) is not None and isinstance(inner, BaseException):
        cause = inner
    return (str(cause).rpartition(": ")[2] or type(cause).__name__).rstrip(".")
