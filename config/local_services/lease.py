"""Servers and processes that end with the process that asked for them, however that one ends.

A guard, a small process of its own, waits for the end of a pipe whose other end the holder keeps: Ctrl-C, a crash
and `kill -9` all close it. The guard then ends the processes it was told of and, if no other holder of the same
DATA_DIR is left and nobody started the servers by hand, the servers.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TextIO

from config.local_services import opensearch, postgres, state
from config.local_services.files import exclusive, make_folder
from config.local_services.processes import Identity, terminate

PROJECT = Path(__file__).resolve().parents[2]
STOP_PATIENCE = 90  # seconds


class Lease:
    """Hold the servers of `data_dir`. With `discard`, their data is deleted when the last holder lets go."""

    def __init__(self, data_dir: Path, *, discard: bool = False) -> None:
        make_folder(data_dir)
        read_end, self._pipe = os.pipe()
        ready, guards_end = os.pipe()
        command = [sys.executable, "-m", "config.local_services.lease", str(data_dir)]
        self._guard = subprocess.Popen(
            [*command, *(["discard"] if discard else [])],
            stdin=read_end,
            stdout=guards_end,
            cwd=PROJECT,
            start_new_session=True,
        )
        os.close(read_end)
        os.close(guards_end)
        os.read(ready, 1)  # once the guard has said so, it holds the servers
        os.close(ready)

    def watch(self, pid: int) -> None:
        """End process `pid` and its children with this lease, before the servers."""
        os.write(self._pipe, f"{pid}\n".encode())

    def release(self) -> None:
        """Let go, and wait until what ends with us has ended."""
        if self._guard.returncode is None:
            os.close(self._pipe)
            self._guard.wait(STOP_PATIENCE)


def lock_file(data_dir: Path) -> Path:
    """Held while servers are started or stopped, so that two commands never do so at once."""
    return data_dir / "services.lock"


def guard(data_dir: Path, *, discard: bool) -> None:
    """Wait for standard input to end, then end what depends on it."""
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watched: list[Identity] = []
    with (data_dir / "services.holders").open("a") as holders:
        fcntl.flock(holders, fcntl.LOCK_SH)
        os.write(sys.stdout.fileno(), b"!")  # the holder waits for it
        for line in sys.stdin:
            if identity := Identity.of(int(line)):
                watched.append(identity)
        terminate(watched)
        with exclusive(lock_file(data_dir)):
            if _is_last(holders) and not state.read(data_dir).keep:
                stop_servers(data_dir)
                if discard:
                    for folder in (postgres.data_folder(data_dir), opensearch.data_folder(data_dir)):
                        shutil.rmtree(folder, ignore_errors=True)


def stop_servers(data_dir: Path) -> list[str]:
    """Stop both servers; the names of those that were running. The caller holds `lock_file`."""
    return [server.NAME for server in (opensearch, postgres) if server.stop(data_dir)]


def _is_last(holders: TextIO) -> bool:
    """Whether no other guard holds the same folder."""
    try:
        fcntl.flock(holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    guard(Path(sys.argv[1]), discard="discard" in sys.argv[2:])
