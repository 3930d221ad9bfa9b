"""Start, stop and describe the local servers of one DATA_DIR: what `manage.py services` and the demo call."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from config.local_services import opensearch, postgres, state
from config.local_services.files import exclusive, make_folder
from config.local_services.lease import lock_file, stop_servers

ALL = ("postgres", "opensearch")


@dataclass(frozen=True)
class Wanted:
    """Which servers, and how. `throwaway` trades safety of the data for speed, for tests."""

    data_dir: Path
    servers: Collection[str] = ALL
    heap: str = "1g"
    opensearch_port: int | None = None
    throwaway: bool = False


@dataclass(frozen=True)
class Status:
    """One server: whether it runs, and a sentence about it."""

    name: str
    running: bool
    text: str


def start(wanted: Wanted, say: Callable[[str], None], *, keep: bool = False) -> None:
    """Start what is wanted and not running, and wait until it answers. With `keep` only `stop` ends it.

    Raises ServiceError with the reason and the way out; what had been started before it goes on running.
    """
    make_folder(wanted.data_dir)
    with exclusive(lock_file(wanted.data_dir)):
        if keep:
            state.update(wanted.data_dir, keep=True)
        if "postgres" in wanted.servers and not postgres.is_running(wanted.data_dir):
            say(f"Starting {postgres.NAME}")
            fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            postgres.start(wanted.data_dir, fast if wanted.throwaway else None)
        if "opensearch" in wanted.servers:
            if not opensearch.is_running(wanted.data_dir):
                say(f"Starting {opensearch.NAME}, which takes some seconds")
            opensearch.start(
                wanted.data_dir,
                say,
                heap=wanted.heap,
                port=wanted.opensearch_port,
                short_lived=wanted.throwaway,
            )


def stop(data_dir: Path) -> list[str]:
    """Stop both, whoever started them. Returns the names of those that were running."""
    make_folder(data_dir)
    with exclusive(lock_file(data_dir)):
        state.update(data_dir, keep=False)
        return stop_servers(data_dir)


def status(data_dir: Path) -> list[Status]:
    """Both servers as they are now."""
    database = f"runs; its socket is in {postgres.socket_folder(data_dir)}"
    engine = f"runs at {state.opensearch_url(data_dir)}"
    ended = f"ended unexpectedly; `manage.py services start` starts it again. Its log: {opensearch.log_file(data_dir)}"
    engine_down = ended if opensearch.crashed(data_dir) else "is stopped"
    return [
        Status(postgres.NAME, True, database)
        if postgres.is_running(data_dir)
        else Status(postgres.NAME, False, "is stopped"),
        Status(opensearch.NAME, True, engine)
        if opensearch.is_running(data_dir)
        else Status(opensearch.NAME, False, engine_down),
    ]
