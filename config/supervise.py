"""Run the site's processes beside each other until one signal ends them all."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from config.local_services import ServiceError
from config.local_services.lease import Lease

RESTART_PAUSE = 3  # seconds, so that a worker that cannot start does not spin


class Interrupted(BaseException):
    """A signal asked us to end. Not an Exception, so that no handler of errors swallows it."""


def interrupt_on_signals() -> None:
    """Turn Ctrl-C, `kill` and a closed terminal into Interrupted, so that clean-up runs for each."""

    def interrupt(signum: int, frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the clean-up
        raise Interrupted

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, interrupt)


@dataclass
class Child:
    """One process. One that is `vital` ends everything when it ends; others are started again."""

    name: str
    command: Sequence[str]
    vital: bool = False
    process: subprocess.Popen[bytes] | None = None
    ended_at: float = 0


@dataclass
class Supervisor:
    """Starts children under a lease, which ends them with us, and watches over them."""

    lease: Lease
    say: Callable[[str], None]
    environment: Mapping[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)
    parent: int = field(default_factory=os.getppid)

    def start(self, name: str, *command: str, vital: bool = False) -> None:
        """Run `command`, in a session of its own so that Ctrl-C in a terminal reaches it only through us."""
        child = Child(name, command, vital)
        self.children.append(child)
        self._launch(child)

    def manage(self, name: str, *arguments: str, vital: bool = False) -> None:
        """Run a command of manage.py."""
        self.start(name, sys.executable, "manage.py", *arguments, vital=vital)

    def wait(self) -> None:
        """Watch until interrupted, or until a vital child ends: that raises ServiceError."""
        while True:
            self.check()
            time.sleep(0.5)

    def check(self) -> None:
        """Look after every child once."""
        if "MAKELEVEL" in os.environ and os.getppid() != self.parent:
            raise Interrupted  # make was killed, and could not tell us
        for child in self.children:
            self._look_after(child)

    def _look_after(self, child: Child) -> None:
        if child.process is not None and (code := child.process.poll()) is not None:
            if child.vital:
                raise ServiceError(f"The {child.name} ended with code {code}; the lines above may say why.")
            self.say(f"The {child.name} ended with code {code} and is started again.")
            child.process, child.ended_at = None, time.monotonic()
        if child.process is None and time.monotonic() - child.ended_at > RESTART_PAUSE:
            self._launch(child)

    def _launch(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.command,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **self.environment},
            start_new_session=True,
        )
        self.lease.watch(child.process.pid)
