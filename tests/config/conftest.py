import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local_services import control


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A DATA_DIR of its own. Not tmp_path, which nobody but its owner may enter: root runs PostgreSQL as another user."""
    folder = Path(tempfile.mkdtemp(prefix="resources-test-"))
    yield folder
    with (folder / "services.holders").open("a") as holders:
        fcntl.flock(holders, fcntl.LOCK_EX)  # guards of killed holders may still be at work
    control.stop(folder)
    shutil.rmtree(folder)
