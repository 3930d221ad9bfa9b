"""Waiting for what other threads and processes do."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

PATIENCE = 90  # seconds; a loaded machine needs some


def until(condition: Callable[[], bool]) -> float:
    """Wait for it; seconds taken."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < PATIENCE, "it never came true"
        time.sleep(0.02)
    return time.monotonic() - began


def until_somebody_waits() -> None:
    """Wait until a connection to this database waits for a lock; after a while at the latest, as then nobody will."""
    began = time.monotonic()
    while time.monotonic() - began < 20 and not somebody_waits():
        time.sleep(0.02)


def somebody_waits() -> bool:
    """Whether a connection to this database waits for a lock."""
    with connection.cursor() as cursor:
        # Within a transaction the first look would be the answer to all that follow.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def waits_after(monkeypatch: pytest.MonkeyPatch, *checks: tuple[Any, str]) -> None:
    """Of two at work `elsewhere`, whoever has passed one of the checks goes on when the other has passed as many, has to
    wait before that, or is done."""
    passed = Counter[threading.Thread]()

    def waiting(check: Callable[..., Any]) -> Callable[..., Any]:
        def waits(*arguments: Any, **named: Any) -> Any:
            found = check(*arguments, **named)
            me = threading.current_thread()
            others = me.others if isinstance(me, _AtOnce) else []
            passed[me] += 1
            until(lambda: somebody_waits() or all(one.done or passed[one] >= passed[me] for one in others))
            return found

        return waits

    for owner, check in checks:
        monkeypatch.setattr(owner, check, waiting(getattr(owner, check)))


@contextmanager
def impatience(seconds: int) -> Iterator[None]:
    """Meanwhile, who waits longer for a lock fails: over this connection, and over those that are opened to its database.

    Of the database and not of the role, which the databases of all workers of a run share.
    """
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {database} SET lock_timeout = '{seconds}s'")
        cursor.execute(f"SET lock_timeout = '{seconds}s'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {database} RESET lock_timeout")
            cursor.execute("SET lock_timeout = 0")


def until_let_go() -> None:
    """Wait until the database has noticed that a killed process is gone, and has let go of the locks it held."""

    def free() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
            )
            return bool(cursor.fetchone()[0])

    until(free)


class _AtOnce(threading.Thread):
    """One of those at work at once. done: it asks the database for nothing more."""

    others: Sequence["_AtOnce"] = ()
    done = False

    def __init__(self, work: Callable[[], object], errors: list[Exception]) -> None:
        super().__init__()
        self.work, self.errors = work, errors

    def run(self) -> None:
        try:
            self.work()
        except Exception as error:  # noqa: BLE001  told by `elsewhere`
            self.errors.append(error)
        finally:
            connections.close_all()
            self.done = True


def elsewhere(*work: Callable[[], object]) -> None:
    """Does all of it at once, each over a connection of its own, and tells what went wrong."""
    errors: list[Exception] = []
    threads = [_AtOnce(one, errors) for one in work]
    for thread in threads:
        thread.others = [one for one in threads if one is not thread]
    for thread in threads:
        thread.start()
    for thread in threads:
        # Longer than one waits for the other: a thread left behind would hinder the cleaning up, and all tests after.
        thread.join(timeout=PATIENCE + 30)
        assert not thread.is_alive(), f"it goes on; of the others: {errors}"
    assert errors == []
