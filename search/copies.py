"""What of the index answers searches: its present, or a point in time; and on a cluster, which of its copies."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_state: ContextVar[Mapping[str, str] | None] = ContextVar("state", default=None)
_list: ContextVar[str] = ContextVar("list", default="")


@contextmanager
def in_state(pit: str | None, keep_alive: str = "") -> Iterator[None]:
    """Within, `ask` and `ask_meanwhile` are answered from this point in time, which is kept for so long after each; None:
    from the present."""
    token = _state.set({"id": pit, "keep_alive": keep_alive} if pit else None)
    try:
        yield
    finally:
        _state.reset(token)


@contextmanager
def from_one_copy(of_list: str) -> Iterator[None]:
    """Within, searches of the present are answered by the copy that has answered this list before.

    Each copy weighs words by what it has not thrown away yet, and throws away when it likes. Of a list whose pages come from
    two copies, some resources would be on two pages, and some on none.
    """
    token = _list.set(of_list)
    try:
        yield
    finally:
        _list.reset(token)


def state() -> Mapping[str, str] | None:
    """The point in time that searches are made in; None for the present."""
    return _state.get()


def preference() -> dict[str, str]:
    """The engine's parameter by which it chooses a copy. A point in time has its own."""
    return {"preference": _list.get()} if _list.get() and not _state.get() else {}
