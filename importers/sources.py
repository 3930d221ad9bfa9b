"""Where a framework comes from: a file, standard input or an address. All with limits, addresses with a guard."""

import ipaddress
import socket
import sys
import time
from pathlib import Path
from typing import BinaryIO
from urllib.parse import SplitResult, urljoin, urlsplit

import certifi
import urllib3
from django.conf import settings

from importers.payload import Payload
from importers.problems import ImportRefused

STANDARD_INPUT = "standard input"
CHUNK = 1 << 18
MAX_REDIRECTS = 5
_USER_AGENT = "statewide-resources framework importer"
_REDIRECTS = {301, 302, 303, 307, 308}


def open_source(source: bytes | Path | str) -> Payload:
    """The payload of bytes, a path, `-` (standard input) or an http(s) address.

    Raises ImportRefused if it is not there, may not be read, or is larger than `settings.IMPORT_MAX_BYTES`.
    """
    if isinstance(source, bytes):
        _check_size(len(source))
        return Payload(source)
    if source == "-":
        return Payload(_read(sys.stdin.buffer), STANDARD_INPUT)
    if isinstance(source, str) and "://" in source:
        return fetch(source)
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


def fetch(url: str) -> Payload:
    """What `url` answers, after at most MAX_REDIRECTS redirects, each checked like the first address.

    The name is looked up once and the connection made to the address that was checked, so that a second
    look-up cannot lead elsewhere.
    """
    deadline = time.monotonic() + settings.IMPORT_TIMEOUT
    address = url
    for _ in range(MAX_REDIRECTS + 1):
        response = _get(address, deadline)
        try:
            if response.status in _REDIRECTS and response.headers.get("Location"):
                address = urljoin(address, response.headers["Location"])
                continue
            if response.status != 200:
                raise ImportRefused(
                    f"{address} answered {response.status} {response.reason or ''}".rstrip() + ".",
                    rule="source",
                )
            return Payload(_body(response, address, deadline), address, url=url)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ImportRefused(f"{address} broke off: {_reason(error)}. Try again.", rule="source") from None
        finally:
            response.release_conn()
            response.close()
    raise ImportRefused(f"{url} redirects more than {MAX_REDIRECTS} times.", rule="source")


def _get(address: str, deadline: float) -> urllib3.BaseHTTPResponse:
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
    headers = {"Host": parts.netloc.rpartition("@")[2], "Accept": "application/json, */*;q=0.5"}
    try:
        return pool.urlopen(
            "GET", target, headers={**headers, "User-Agent": _USER_AGENT, "Accept-Encoding": "gzip"},
            redirect=False, preload_content=False,
        )  # fmt: skip
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise ImportRefused(f"{address} cannot be reached: {_reason(error)}.", rule="source") from None


def _checked(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
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
    for chunk in response.stream(CHUNK, decode_content=True):
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
    cause: BaseException = error
    while (inner := getattr(cause, "reason", None)) is not None and isinstance(inner, BaseException):
        cause = inner
    return (str(cause).rpartition(": ")[2] or type(cause).__name__).rstrip(".")
