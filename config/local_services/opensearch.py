"""A single OpenSearch node, run from jars by OpenSearchRunner, on the loopback interface only."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

from config.local_services import ServiceError, jars, java, state
from config.local_services.files import make_folder, require_space, tail
from config.local_services.processes import Identity, terminate

NAME = "OpenSearch"
MAIN_CLASS = "org.codelibs.opensearch.runner.OpenSearchRunner"
# The runner listens on its base port plus the node's number, and refuses ports above 9299.
PORTS = range(9201, 9300)
TRANSPORT = 200  # from the port of a node of a cluster to that on which it speaks with the others
PATIENCE = 120  # seconds until a node must answer; a slow laptop takes 30
# One compiler instead of two, and no threads for collecting garbage: measured, 8 s of computing instead of 15.
SHORT_LIVED = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
# Where Linux keeps files in memory. Each test makes an index, and the engine waits until every step of that is on its disk:
# measured, half of the time.
IN_MEMORY = Path("/dev/shm")  # noqa: S108  whoever may write there cannot write in our folder
ROOM = 1000  # MB that must be free there
# Percentages, the engine's default, would make indices read-only on any disk that is nearly but not quite full.
CONFIGURATION = """\
network.host: 127.0.0.1
cluster.routing.allocation.disk.watermark.low: 400mb
cluster.routing.allocation.disk.watermark.high: 300mb
cluster.routing.allocation.disk.watermark.flood_stage: 200mb
"""


def data_folder(data_dir: Path) -> Path:
    return data_dir / "opensearch"


def _memory_folder(data_dir: Path) -> Path:
    return IN_MEMORY / f"{_cluster_name(data_dir)}-{os.geteuid()}"


def log_file(data_dir: Path) -> Path:
    return data_folder(data_dir) / "node.log"


def is_running(data_dir: Path) -> bool:
    node = state.read(data_dir).opensearch
    return node is not None and node.process() is not None


def crashed(data_dir: Path) -> bool:
    """Whether the node that was last started here ended without `stop`."""
    return state.read(data_dir).opensearch is not None and not is_running(data_dir)


def start(
    data_dir: Path,
    say: Callable[[str], None],
    *,
    heap: str = "1g",
    port: int | None = None,
    short_lived: bool = False,
    nodes: int = 1,
) -> None:
    """Start the node and wait until it answers; nothing to do when it runs already.

    `heap` is in Java's notation (512m, 1g). Without `port` it takes the port it had last, or the next free one, and
    remembers it. A `short_lived` node is up in half the time and slower afterwards; what it holds outlives a crash, and may
    go with `stop`, being in memory. `nodes`: of a cluster in one process, each listening on the port after the one
    before; tests of fail-over have three.
    Raises ServiceError with the reason and the way out.
    """
    if is_running(data_dir):
        _wait(data_dir, say)
        return
    if crashed(data_dir):
        say(f"The last {NAME} node ended unexpectedly ({_last_words(data_dir)}); starting it again.")
    make_folder(data_folder(data_dir))
    require_space(data_folder(data_dir), 500, NAME)
    _require_memory(heap)
    runtime, class_path = java.find(), jars.fetch(jars.ENGINE, say)
    memory = [f"-Xms{heap}", f"-Xmx{heap}"]
    for candidate in _free_ports(data_dir, port) if nodes == 1 else _free_ranges(nodes):
        options = [*memory, *(SHORT_LIVED if short_lived else [])]
        base = _base(data_dir, short_lived)
        _launch(data_dir, base, runtime, class_path, options, candidate, nodes)
        if _wait(data_dir, say) and _have_joined(data_dir, nodes):
            return
    raise ServiceError(f"{NAME} found no port between {PORTS.start} and {PORTS.stop - 1}: {_BUSY_ADVICE}")


def stop(data_dir: Path) -> bool:
    """Stop the node and wait for it. False if it was not running."""
    was_running = is_running(data_dir)
    if node := state.read(data_dir).opensearch:
        terminate([node], patience=30)
        _reap()
        state.update(data_dir, opensearch=None)
    shutil.rmtree(_memory_folder(data_dir), ignore_errors=True)
    return was_running


_BUSY_ADVICE = (
    "other programs use them. Stop one (`manage.py services stop` in another checkout), "
    "or set OPENSEARCH_URL to an engine that already runs."
)


def _free_ports(data_dir: Path, wanted: int | None) -> Iterator[int]:
    """Ports to try, best first: the one asked for and no other, or the remembered one and then all."""
    if wanted is not None:
        if wanted not in PORTS:
            raise ServiceError(
                f"OPENSEARCH_PORT is {wanted}; the local node takes {PORTS.start} to {PORTS.stop - 1} only."
            )
        if not _is_free(wanted):
            raise ServiceError(
                f"Port {wanted}, asked for by OPENSEARCH_PORT, is used by {_owner(wanted)}. "
                "Stop that, or unset OPENSEARCH_PORT to have a free port chosen."
            )
        yield wanted
        return
    remembered = state.read(data_dir).opensearch_port
    first = remembered or state.DEFAULT_OPENSEARCH_PORT
    for candidate in [first, *(port for port in PORTS if port != first)]:
        if _is_free(candidate):
            yield candidate


def _is_free(port: int) -> bool:
    """Whether the node could listen here. Without SO_REUSEADDR a port just left would look busy for a minute."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_ranges(nodes: int) -> Iterator[int]:
    """First ports of ranges where the nodes of a cluster can listen and speak with each other: from the far end, where
    single nodes, which come and go, look last."""
    for first in range(PORTS.stop - nodes, PORTS.start - 1, -1):
        ports = range(first, first + nodes)
        if all(_is_free(port) and _is_free(port + TRANSPORT) for port in ports):
            yield first


def _have_joined(data_dir: Path, nodes: int) -> bool:
    """Whether each node of a cluster listens where it should. If not, another program took a port; then all are stopped."""
    first = state.read(data_dir).opensearch_port or 0
    until = time.monotonic() + PATIENCE
    missing = range(first + 1, first + nodes)
    while missing and time.monotonic() < until:
        names = [_answering_cluster(data_dir, port) for port in missing]
        if all(name == _cluster_name(data_dir) for name in names):
            return True
        if any(name not in (None, _cluster_name(data_dir)) for name in names):
            break
        time.sleep(0.2)
    if missing:
        stop(data_dir)
    return not missing


def _owner(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:  # another user's process
        pass
    return "another program"


def _base(data_dir: Path, short_lived: bool) -> Path:
    """The folder in which the nodes keep what they hold."""
    folder = _memory_folder(data_dir)
    if folder.exists():  # of a node that has crashed, unless somebody else took the name
        return folder if folder.stat().st_uid == os.geteuid() else data_folder(data_dir)
    if short_lived and IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free >= ROOM * 2**20:
        folder.mkdir(mode=0o700)
        return folder
    return data_folder(data_dir)


def _launch(
    data_dir: Path,
    base: Path,
    runtime: Path,
    class_path: list[Path],
    options: list[str],
    port: int,
    nodes: int,
) -> None:
    """Start the JVM in a session of its own, so that Ctrl-C in a terminal reaches it only through us."""
    for number in range(1, nodes + 1):
        # Where the runner looks, and keeps what is there.
        configuration = base / f"node_{number}" / "config" / "opensearch.yml"
        make_folder(configuration.parent)
        configuration.write_text(CONFIGURATION + (_together(port, number, nodes) if nodes > 1 else ""))
    command = [
        str(runtime),
        *(*options, "-XX:+ExitOnOutOfMemoryError"),
        *("-Djava.locale.providers=CLDR,SPI", "-Djava.net.preferIPv4Stack=true"),
        "--enable-native-access=ALL-UNNAMED",
        *("-cp", os.pathsep.join(map(str, class_path)), MAIN_CLASS),
        *("-basePath", str(base), "-numOfNode", str(nodes), "-baseHttpPort", str(port - 1)),
        *("-clusterName", _cluster_name(data_dir), "-useLogger"),
    ]
    with log_file(data_dir).open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=data_folder(data_dir),
            start_new_session=True,
        )
    state.update(data_dir, opensearch=Identity.of(process.pid), opensearch_port=port)
    _children.append(process)


def _together(port: int, number: int, nodes: int) -> str:
    """What lets the nodes of a cluster find each other, where others on this machine took the usual ports."""
    ports = [port + TRANSPORT + n for n in range(nodes)]
    seeds = ",".join(f"127.0.0.1:{one}" for one in ports)
    return f"transport.port: {ports[number - 1]}\ndiscovery.seed_hosts: {seeds}\n"


_children: list[subprocess.Popen[bytes]] = []


def _reap() -> None:
    """Take note of children of this process that have ended."""
    for child in _children[:]:
        if child.poll() is not None:
            _children.remove(child)


def _wait(data_dir: Path, say: Callable[[str], None]) -> bool:
    """Wait until the node answers. False when another program took its port meanwhile."""
    began = reminded = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        _reap()
        name = _answering_cluster(data_dir)
        if name == _cluster_name(data_dir):
            _wait_for_indexes(data_dir, say)
            return True
        if name is not None or not is_running(data_dir):
            lost_race = name is not None or "Address already in use" in tail(log_file(data_dir), 60)
            words = _last_words(data_dir)
            stop(data_dir)
            if lost_race:
                return False
            raise ServiceError(f"{NAME} did not start: {words}")
        if time.monotonic() - reminded > 20:
            reminded = time.monotonic()
            say(f"  {NAME} is still starting ({reminded - began:.0f} s)")
        time.sleep(0.2)
    stop(data_dir)
    raise ServiceError(
        f"{NAME} did not answer within {PATIENCE} s and was stopped. The machine may be too busy; try again. "
        f"Its log: {log_file(data_dir)}"
    )


def _wait_for_indexes(data_dir: Path, say: Callable[[str], None]) -> None:
    """Until all of them are open. One that is broken on the disk never is: then the engine serves to build another."""
    try:
        _ask(data_dir, "/_cluster/health?wait_for_status=yellow&timeout=30s", timeout=40)
    except OSError:  # 408, where the time that it was given passed
        say(f"  {NAME} runs, but cannot read an index: `manage.py search_reindex` builds it anew.")


def _answering_cluster(data_dir: Path, port: int | None = None) -> str | None:
    """The name of the cluster that answers on our port, or on another; None while nobody answers."""
    try:
        return str(_ask(data_dir, "/", port=port).get("cluster_name", "not an engine"))
    except urllib.error.HTTPError as error:
        return None if error.code == 503 else f"an HTTP server that answers {error.code}"
    except ValueError:
        return "an HTTP server of another kind"
    except OSError:
        return None


def _ask(data_dir: Path, path: str, *, timeout: float = 5, port: int | None = None) -> dict[str, Any]:
    """GET from the node. Not by a proxy of the environment, which must not come between us and our own machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    url = f"http://127.0.0.1:{port}" if port else state.opensearch_url(data_dir)
    with opener.open(url + path, timeout=timeout) as answer:
        content: dict[str, Any] = json.load(answer)
    return content


def _cluster_name(data_dir: Path) -> str:
    """Different for each DATA_DIR, so that we never take another checkout's node for ours."""
    return "resources-" + hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]


def _require_memory(heap: str) -> None:
    unit = {"k": 2**10, "m": 2**20, "g": 2**30}
    try:
        needed = int(heap[:-1]) * unit[heap[-1].lower()] // 2**20 + 200
    except (ValueError, KeyError, IndexError) as error:
        raise ServiceError(f'OPENSEARCH_HEAP is "{heap}"; write it as 512m or 1g.') from error
    free = psutil.virtual_memory().available // 2**20
    if free < needed:
        raise ServiceError(
            f"{NAME} needs {needed} MB of memory, and only {free} MB are free. "
            "Close some programs, or set OPENSEARCH_HEAP=512m for a smaller node."
        )


def _last_words(data_dir: Path) -> str:
    """Why the node ended, in a sentence where we know one. The runner's main swallows its exceptions; the log has them."""
    log = log_file(data_dir)
    text = tail(log, 60)
    known = {
        "failed to obtain node locks": f"another node still uses {data_folder(data_dir)}; end that process first.",
        "OutOfMemoryError": "its memory ran out. Set OPENSEARCH_HEAP to more, such as 2g.",
        "Could not reserve enough space": "there is not enough memory. Set OPENSEARCH_HEAP to less, such as 512m.",
        "insufficient memory": "there is not enough memory. Set OPENSEARCH_HEAP to less, such as 512m.",
        "No space left on device": "the disk is full. Free some space, or set DATA_DIR to another disk.",
    }
    for sign, sentence in known.items():
        if sign in text:
            return f"{sentence} Its log: {log}"
    return f"it says no reason that we know. Its log: {log}"
