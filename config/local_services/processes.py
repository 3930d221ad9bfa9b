"""Processes that we started, told apart from strangers that later got the same number."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Identity:
    """A process: its number, and when it was created in seconds since 1970, which no later owner of the number shares."""

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """The identity of the running process `pid`, or None if there is none."""
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.Error:
            return None

    def process(self) -> psutil.Process | None:
        """The process, if it still runs and is not merely waiting to be reaped."""
        try:
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.created) > 1:
                return None
            # A zombie that counts further threads is a JVM on its way out, which still holds its files.
            ended = process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1
            return None if ended else process
        except psutil.Error:
            return None


def terminate(identities: Iterable[Identity], *, patience: float = 15) -> None:
    """End each process and its children: politely, and after `patience` seconds by force."""
    doomed: list[Identity] = []
    for identity in identities:
        if process := identity.process():
            doomed += [identity, *_children(process)]
    _signal(doomed, force=False)
    if not _wait(doomed, patience):
        _signal(doomed, force=True)
        _wait(doomed, 5)


def _children(process: psutil.Process) -> list[Identity]:
    try:
        return [Identity(child.pid, child.create_time()) for child in process.children(recursive=True)]
    except psutil.Error:  # it ended while we looked
        return []


def _signal(doomed: list[Identity], *, force: bool) -> None:
    for identity in doomed:
        if process := identity.process():
            try:
                process.kill() if force else process.terminate()
            except psutil.NoSuchProcess:
                pass


def _wait(doomed: list[Identity], seconds: float) -> bool:
    """Whether all ended in time. Not psutil's own wait: that waits for zombies whose parent does not reap them."""
    end = time.monotonic() + seconds
    while any(identity.process() for identity in doomed):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
