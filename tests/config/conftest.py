import fcntl
import io
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local_services import control

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A DATA_DIR of its own. Not tmp_path, which nobody but its owner may enter: root runs PostgreSQL as another user."""
    folder = Path(tempfile.mkdtemp(prefix="resources-test-"))
    yield folder
    with (folder / "services.holders").open("a") as holders:
        fcntl.flock(holders, fcntl.LOCK_EX)  # guards of killed holders may still be at work
    control.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What an operator reads of requests."""
    (handler,) = (one for one in logging.getLogger("django").handlers if one.name == "stderr")
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    monkeypatch.setattr(handler, "stream", stream)
    return stream


def services(action: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py services` as a user runs it."""
    return subprocess.run(
        [sys.executable, "manage.py", "services", action],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", **environment},
        capture_output=True,
        text=True,
    )
