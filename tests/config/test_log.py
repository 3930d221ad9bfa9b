"""What an operator reads in the log of a web process: a line for each thing, and where in the program only of our faults."""

import http.client
import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from tests.check import PRODUCTION
from tests.factories import UserFactory

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_who_may_not_is_a_line_of_the_log(client: Client, log: io.StringIO) -> None:
    client.force_login(UserFactory())
    assert client.get("/district/").status_code == 403
    assert "/district/" in log.getvalue()
    assert log.getvalue().count("\n") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/district/", "/nothing/", "/api/v1/nothing", "/api/v1/standards"])
def test_a_line_has_the_number_of_its_answer(client: Client, log: io.StringIO, address: str) -> None:
    client.force_login(UserFactory())
    answer = client.get(address)
    assert answer.status_code in (400, 403, 404)
    (line,) = log.getvalue().splitlines()
    assert answer["X-Request-ID"] in line


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The site as it is run for real, without a database: the port and the log."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    with log.open("wb") as stderr:
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
        environment = {**PRODUCTION, "PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=stderr)
        try:
            for _attempt in range(300):
                try:
                    ask(port, "GET", "localhost")
                    break
                except OSError:
                    time.sleep(0.1)
            yield port, log
        finally:
            process.terminate()
            process.wait()


def ask(port: int, method: str, host: str, path: str = "/healthz") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, headers={"Host": host, "X-Forwarded-Proto": "https"})
    return connection.getresponse().status


def test_a_load_balancer_that_asks_for_the_head_alone_leaves_no_line(served: tuple[int, Path]) -> None:
    port, log = served
    assert ask(port, "HEAD", "localhost") == 200
    assert ask(port, "GET", "localhost") == 200
    assert "body" not in log.read_text()


def test_a_name_that_is_not_ours_is_a_line_of_the_log(served: tuple[int, Path]) -> None:
    port, log = served
    assert ask(port, "GET", "elsewhere.example", "/") == 400
    assert "elsewhere.example" in log.read_text()
    assert "Traceback" not in log.read_text()
