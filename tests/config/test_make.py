"""What make calls: the environment, the checks of files, the demo."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config import environment
from tests import check
from tests.requirements import EXTRAS

PROJECT = Path(__file__).resolve().parents[2]


def test_an_old_python_is_told_which_one_is_needed(monkeypatch):
    monkeypatch.setattr(environment, "OLDEST", (4, 0))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed; this is .* PYTHON=python3\.12"):
        environment.main("run")


def test_an_environment_that_is_in_step_is_left_alone(tmp_path, monkeypatch, capsys):
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("something==1\n")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(environment, "PROJECT", tmp_path)
    (tmp_path / ".venv" / ".installed-dev").write_text(environment._fingerprint("dev"))
    environment.main("dev")
    environment.main("run")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("pins", "problem"),
    [
        ("django==5.2.1 \\\n    --hash=sha256:0\n", ""),
        ("Django==5.2.1 \\\n    --hash=sha256:0\n", ""),
        ("django==6.0 \\\n    --hash=sha256:0\n", "pins django 6.0"),
        ("wagtail==8.0 \\\n    --hash=sha256:0\n", "does not pin django"),
        ("django==5.2.1\n", "pins without hashes"),
    ],
)
def test_requirements_that_are_out_of_step_are_found(tmp_path, pins, problem):
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["django>=5.2,<5.3"]\n[project.optional-dependencies]\ndev = []\nembeddings = []\n'
    )
    for name in EXTRAS:
        (tmp_path / name).write_text(pins)
    found = list(check.unpinned(tmp_path))
    assert bool(found) == bool(problem)
    assert all(problem in line for line in found)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("see docs/home/page.md", False),
        ("cp /home/" + "rosa/lesson.json .", True),
        ("open /Users/" + "sam/plan.txt", True),
        ("fetch " + "pypi" + ".org/simple", True),
        ("https://example.org/home/samples", False),
    ],
)
def test_lines_that_name_a_registry_or_somebodys_folder_are_found(tmp_path, line, found):
    (tmp_path / "notes.md").write_text(line)
    subprocess.run(["git", "init", "--quiet", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "notes.md"], cwd=tmp_path, check=True)
    assert bool(list(check.revealing_lines(tmp_path))) == found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


Start = Callable[[int], subprocess.Popen[str]]


@pytest.fixture
def demo(data_dir: Path) -> Iterator[Start]:
    """Start the demo on a port. One that a failing test leaves is ended."""
    started: list[subprocess.Popen[str]] = []
    environment = {
        k: v for k, v in os.environ.items() if k not in ("MAKELEVEL", "OPENSEARCH_URL", "DATABASE_URL")
    }
    environment |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.demo",
        "DATA_DIR": str(data_dir),
        "OPENSEARCH_HEAP": "512m",
    }

    def start(port: int) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port)],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def until_ready(process: subprocess.Popen[str]) -> str:
    """What the demo said until it was ready, to the empty line behind the accounts: what is read of a line is lost to who
    reads the pipe afterwards."""
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if "Sample accounts" in said and not line.strip():
            return said
    raise AssertionError(said)


def total_found(url: str) -> int:
    """The total of a search. A busy machine may take a while for the first one: the API says 503 until then."""
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url) as answer:
                total: int = json.load(answer)["total"]
                return total
        except urllib.error.HTTPError as error:
            if error.code != 503 or time.monotonic() > end:
                raise
            time.sleep(1)


def of_the_demo(data_dir: Path) -> list[str]:
    """Command lines of processes that work in this DATA_DIR."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(data_dir) in " ".join(process.cmdline()) or process.environ().get("DATA_DIR") == str(
                data_dir
            ):
                found.append(" ".join(process.cmdline())[:80])
        except psutil.Error:
            continue
    return found


@pytest.mark.engine
@pytest.mark.timeout(900)
def test_the_demo_serves_the_sample_and_leaves_nothing_behind_and_the_next_one_does_nothing_twice(
    demo, data_dir
):
    port = free_port()
    process = demo(port)
    said = until_ready(process)
    assert "Building the search index" in said
    assert total_found(f"http://127.0.0.1:{port}/api/v1/resources?q=ratio") > 0
    os.killpg(process.pid, signal.SIGINT)  # Ctrl-C reaches the whole group
    rest, _ = process.communicate(timeout=120)
    assert "teacher@juniper.example" in said
    assert "Stopped." in rest
    assert "Traceback" not in said + rest
    assert of_the_demo(data_dir) == []

    process = demo(port)
    said = until_ready(process)
    assert "Building the search index" not in said
    assert " new." not in said
    process.kill()  # even so
    end = time.monotonic() + 60
    while of_the_demo(data_dir) and time.monotonic() < end:
        time.sleep(0.2)
    assert of_the_demo(data_dir) == []


def test_a_busy_port_of_the_site_is_told_with_the_way_out(demo):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        process = demo(busy.getsockname()[1])
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "make demo PORT=8001" in said
    assert "Traceback" not in said
