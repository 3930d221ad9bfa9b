"""What the local servers of one DATA_DIR must remember between commands: one small JSON file."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from config.local_services.processes import Identity

DEFAULT_OPENSEARCH_PORT = 9201


@dataclass(frozen=True)
class State:
    """`keep` says that someone asked for the servers by hand, so that no demo or test session may end them."""

    opensearch_port: int | None = None
    opensearch: Identity | None = None
    keep: bool = False


def read(data_dir: Path) -> State:
    """The stored state; the default one where there is none, or where the file was cut short by a crash."""
    try:
        raw: dict[str, Any] = json.loads(_path(data_dir).read_text())
        node = raw.pop("opensearch", None)
        return State(opensearch=Identity(**node) if node else None, **raw)
    except (OSError, ValueError, TypeError, AttributeError):
        return State()


def update(data_dir: Path, **changes: Any) -> State:
    """Store the state with `changes` made; readers see the old file or the new one, never half of it."""
    state = replace(read(data_dir), **changes)
    new = _path(data_dir).with_suffix(".new")
    new.write_text(json.dumps(asdict(state)))
    new.replace(_path(data_dir))
    return state


def opensearch_url(data_dir: Path) -> str:
    """Where the local node of this DATA_DIR listens, or would listen: settings read it before the node is up."""
    return f"http://127.0.0.1:{read(data_dir).opensearch_port or DEFAULT_OPENSEARCH_PORT}"


def _path(data_dir: Path) -> Path:
    return data_dir / "services.json"
