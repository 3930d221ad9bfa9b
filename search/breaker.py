"""A circuit breaker: while the engine hangs, readers are told at once, instead of each waiting for it to time out."""

import time
from threading import Lock

# So many searches in a row ran out of time: it is not one heavy search. Seconds until one is let through to see.
TRIPS = 3
REST = 5.0


class Breaker:
    """One for a process, shared by its threads. Closed: all may ask. Open: nobody, but for one at the end of each rest."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._timeouts = 0
        self._open_until = 0.0

    def may_ask(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if self._timeouts < TRIPS:
                return True
            if now < self._open_until:
                return False
            self._open_until = now + REST  # for all others, while this one looks
            return True

    def answered(self) -> None:
        with self._lock:
            self._timeouts = 0

    def timed_out(self) -> None:
        with self._lock:
            self._timeouts += 1
            self._open_until = time.monotonic() + REST
