"""A TCP proxy between a test and a server, which can hold back, cut off and change what the server says."""

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
    with 413, as by a gate before the engine; `late`: the first request that begins with these bytes is held back, whoever
    sent it, until just before the next that swaps an alias or removes an index.
    """

    def __init__(self, port: int) -> None:
        self.delay = 0.0
        self.hangs = False
        self.rewrites: dict[bytes, bytes] = {}
        self.only_with = b""
        self.largest = 0
        self.late = b""
        self._held = b""
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
        with suppress(OSError):
            while piece := source.recv(65536):
                if asking:
                    # A request may come in several pieces.
                    self.asked += piece.startswith(METHODS)
                    if self.only_with or self.largest or self.late or self._held:
                        request = piece if piece.startswith(METHODS) else request + piece
                        if not _is_whole(request):
                            continue
                        if 0 < self.largest < len(request):
                            source.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
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


def _end(end: socket.socket) -> None:
    # Wakes whoever waits for it, which closing alone does not.
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
