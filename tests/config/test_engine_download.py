"""The engine's jars: fetched once, pinned, and mended."""

import http.server
import pwd
import tempfile
import threading
from pathlib import Path

import pytest

from config.local_services import jars
from tests.config.conftest import services

PROJECT = Path(__file__).resolve().parents[2]


# Nothing listens there, so every way to the outside ends at once.
NO_NETWORK = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}


@pytest.fixture
def cache(engine: str, tmp_path: Path) -> Path:
    """A full cache of jars, as links to the real ones."""
    for jar in jars.read_lock():
        (tmp_path / jar.filename).symlink_to(jars.cache_folder() / jar.filename)
    return tmp_path


def test_a_first_start_without_network_is_told_that_later_ones_need_none(tmp_path):
    done = services("fetch", LOCAL_SERVICES_CACHE=str(tmp_path), **NO_NETWORK)
    assert done.returncode == 1
    assert "Only the first start needs the network" in done.stderr
    assert "Traceback" not in done.stderr


def test_later_starts_need_no_network(cache):
    done = services("fetch", LOCAL_SERVICES_CACHE=str(cache), **NO_NETWORK)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_damaged_jar_is_fetched_again(cache):
    damaged = cache / jars.read_lock()[0].filename
    damaged.unlink()
    damaged.write_bytes(b"half a jar")
    done = services("fetch", LOCAL_SERVICES_CACHE=str(cache))
    assert done.returncode == 0, done.stderr
    assert "1 of 1 jars" in done.stdout
    assert jars.read_lock()[0].is_intact(damaged)


def test_a_download_that_is_not_the_pinned_file_is_refused(cache, tmp_path_factory):
    class Liar(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "8")
            self.end_headers()
            self.wfile.write(b"no jar..")

        def log_message(self, *args: object) -> None:
            pass

    missing = cache / jars.read_lock()[0].filename
    missing.unlink()
    config = tmp_path_factory.mktemp("config")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (config / "jgo.conf").write_text(f"[repositories]\nmirror = http://127.0.0.1:{server.server_port}\n")
        done = services(
            "fetch", LOCAL_SERVICES_CACHE=str(cache), XDG_CONFIG_HOME=str(config), NO_PROXY="127.0.0.1"
        )
        server.shutdown()
    assert done.returncode == 1
    assert "is not the file pinned in opensearch.lock" in done.stderr
    assert not missing.exists()


def test_a_user_without_a_home_has_a_place_for_jars_too(monkeypatch):
    """As in containers. Settings ask for the place of the language model, so else nothing would start."""

    def nobody(number: int) -> None:
        raise KeyError(number)

    for name in ("HOME", "XDG_CACHE_HOME", "LOCAL_SERVICES_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    [model] = jars.files(jars.MODEL)
    assert model.is_relative_to(tempfile.gettempdir())
