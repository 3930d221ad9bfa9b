"""A TCP proxy between a test and a server, which can hold back, cut off and change what the server says."""

import json
import re
import socket
import threading
import time
from contextlib import suppress

METHODS = (b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE ")


class Proxy:
    """Listens on a free port. `delay`: seconds before each piece of an answer; `hangs`: nothing passes any more, though
    connections stay open, as with a cable pulled out; `rewrites`: bytes of answers, and what comes in their place;
    `only_with`: searches without these bytes are never answered; `largest`: requests with more bytes than this are refused
    with 413, as by a gate before the engine; `cuts_off`: the connection is closed in the midst of one with more bytes than
    this; `page`: the gate's own answer to requests with the bytes `amiss`, to as many as `times` or to all; `late`: the
    first request that begins with these bytes is held back, whoever sent it, until just before the next that swaps an alias
    or removes an index.
    """

    def __init__(self, port: int) -> None:
        self.delay = 0.0
        self.hangs = False
        self.rewrites: dict[bytes, bytes] = {}
        self.only_with = b""
        self.largest = 0
        self.cuts_off = 0
        self.page = b""
        self.amiss = b""
        self.times = 0
        self.late = b""
        self._held = b""
        self._forgotten: dict[socket.socket, bool] = {}
        self.asked = 0
        self._target = port
        self._ends: list[socket.socket] = []
        self._closed = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Refuse everything from now on."""
        self._closed = True
        for end in [self._listener, *self._ends]:
            _end(end)

    def forget(self, *, silently: bool) -> None:
        """As a firewall does: of connections that are open now, let nothing pass, or close them at the next word."""
        self._forgotten = dict.fromkeys(self._ends, silently)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                self._ends.append(near)
                far = socket.create_connection(("127.0.0.1", self._target))
                self._ends.append(far)
                if self._closed:  # while it was being let in
                    _end(near)
                    _end(far)
                    return
                threading.Thread(target=self._pass_on, args=(near, far, True), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(far, near, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, asking: bool) -> None:
        request = b""
        size = 0
        with suppress(OSError):
            while piece := source.recv(65536):
                if self._forgotten.get(source):
                    continue
                if asking:
                    size = len(piece) if piece.startswith(METHODS) else size + len(piece)
                    if source in self._forgotten or 0 < self.cuts_off < size:
                        break
                    # A request may come in several pieces.
                    self.asked += piece.startswith(METHODS)
                    if self.only_with or self.largest or self.late or self._held or self.page:
                        request = piece if piece.startswith(METHODS) else request + piece
                        if not _is_whole(request):
                            continue
                        if answer := self._own_answer(request):
                            source.sendall(answer)
                            continue
                        piece = b"" if self.only_with and self._lacks(request) else self._in_time(request)
                else:
                    time.sleep(self.delay)
                    for old, new in self.rewrites.items():
                        piece = piece.replace(old, new)
                if not self.hangs:
                    sink.sendall(piece)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _own_answer(self, request: bytes) -> bytes:
        """What is answered in the server's place."""
        if 0 < self.largest < len(request):
            return b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"
        if not self.page or self.amiss not in request:
            return b""
        time.sleep(self.delay)
        page = self.page
        self.times -= 1
        if not self.times:
            self.page = b""
        head, end, body = page.partition(b"\r\n\r\n")
        return head + end + (b"" if request.startswith(b"HEAD ") else body)

    def _in_time(self, request: bytes) -> bytes:
        if self.late and request.startswith(self.late):
            self.late, self._held = b"", request
            return b""
        if self._held and request.startswith((b"POST /_aliases", b"DELETE ")):
            with socket.create_connection(("127.0.0.1", self._target)) as far:
                far.sendall(self._held)
                far.recv(65536)
            self._held = b""
        return request

    def _lacks(self, request: bytes) -> bool:
        line, _, rest = request.partition(b"\r\n")
        searches = rest.count(b"\n{") // 2 if b"_msearch" in line else 1
        return b"search" in line and rest.count(self.only_with) < searches


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(end) and len(body) >= int(length[1] if length else 0)


def page_of_a_gate(status: str, more: str = "") -> bytes:
    """A whole answer, such as gates make for people to read."""
    page = f"<html>\n<head><title>{status}</title></head>\n<body><h1>{status}</h1>{more}</body></html>"
    return _answer(status, "text/html", page)


def answer_of(status: int, said: object) -> bytes:
    """A whole answer in the engine's own way."""
    return _answer(f"{status} Odd", "application/json; charset=UTF-8", json.dumps(said))


def _answer(status: str, kind: str, body: str) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return f"{head}{body}".encode()


def _end(end: socket.socket) -> None:
    # Wakes whoever waits for it, which closing alone does not.
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
