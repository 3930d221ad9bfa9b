"""Waiting for what other threads and processes do."""

import time
from collections.abc import Callable

PATIENCE = 90  # seconds; a loaded machine needs some


def until(condition: Callable[[], bool]) -> float:
    """Wait for it; seconds taken."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < PATIENCE, "it never came true"
        time.sleep(0.02)
    return time.monotonic() - began
