"""Locks, logs and free space in the folders of the local servers."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.local_services import ServiceError


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path`; the system lets go of it when the process ends, however it ends."""
    make_folder(path.parent)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make_folder(path: Path) -> None:
    """Create `path` and its parents, or say why that is impossible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServiceError(
            f"Cannot create the folder {path}: {error.strerror}. "
            "Set DATA_DIR to a folder on a disk that you may write to."
        ) from error


def require_space(folder: Path, megabytes: int, what: str) -> None:
    """Refuse to start `what` on a nearly full disk: both servers fail there in ways that are hard to read."""
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise ServiceError(
            f"{what} needs {megabytes} MB of free disk space in {folder}, and only {free} MB are left. "
            "Free some space, or set DATA_DIR to a folder on another disk."
        )


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error message; empty if there is no log."""
    try:
        with path.open("rb") as handle:
            handle.seek(0, os.SEEK_END)
            handle.seek(max(0, handle.tell() - 16_384))
            text = handle.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
