"""The site as production runs it: gunicorn and the search worker as processes of their own, asked over HTTP."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle, islice
from urllib.parse import quote

import psutil


@dataclass(frozen=True)
class Answered:
    """One answer in milliseconds: all of it, and what of it the engine says it took itself."""

    all: float
    took: float

    @property
    def over(self) -> float:
        return self.all - self.took


@dataclass
class Site:
    port: int
    web: psutil.Process
    worker: psutil.Process

    def ask(self, path: str, variants: list[str], number: int, clients: int) -> list[Answered]:
        """`number` requests of the variants in turn, by so many clients at once, each on a connection that is kept."""
        turns = list(islice(cycle(variants), number))
        with ThreadPoolExecutor(clients) as pool:
            parts = pool.map(lambda part: self._ask(path, part), [turns[n::clients] for n in range(clients)])
            return [one for part in parts for one in part]

    def _ask(self, path: str, turns: list[str]) -> list[Answered]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        answers = []
        for query in turns:
            began = time.perf_counter()
            connection.request("GET", f"{path}?{query}")
            response = connection.getresponse()
            response.read()
            spent = (time.perf_counter() - began) * 1000
            assert response.status == 200, (path, query, response.status)
            timing = response.headers["Server-Timing"]  # engine;dur=12
            answers.append(Answered(spent, float(timing.partition("dur=")[2])))
        connection.close()
        return answers

    def cpu(self) -> float:
        """Seconds that the web processes have computed so far."""
        times = [process.cpu_times() for process in (self.web, *self.web.children(recursive=True))]
        return sum(one.user + one.system for one in times)

    def memory(self) -> dict[str, float]:
        """Megabytes of each web process and of the search worker, shared pages counted in parts."""
        found = {"search worker": megabytes(self.worker)}
        for number, process in enumerate(self.web.children(recursive=True), start=1):
            found[f"web process {number}"] = megabytes(process)
        return found


def megabytes(process: psutil.Process) -> float:
    """What it takes, shared pages counted in parts."""
    return float(process.memory_full_info().pss) / 2**20


@contextmanager
def site() -> Iterator[Site]:
    """Running against this process's database and index."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = _environment()
    command = ["gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "8"]
    with tempfile.TemporaryFile("w+") as log:
        started = [
            subprocess.Popen([sys.executable, *rest], env=environment, stdout=log, stderr=log)
            for rest in (["-m", *command], ["manage.py", "search_worker"])
        ]
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            web, worker = (psutil.Process(process.pid) for process in started)
            yield Site(port, web, worker)
        except (AssertionError, OSError):
            log.seek(0)
            print(log.read()[-3000:])
            raise
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(30)


def _environment() -> dict[str, str]:
    from django.conf import settings
    from django.db import connection

    row = connection.settings_dict
    host = quote(row["HOST"] or row["OPTIONS"].get("host", ""))
    who = quote(row["USER"]) + (f":{quote(row['PASSWORD'])}" if row["PASSWORD"] else "")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.demo",
        "DATABASE_URL": f"postgresql://{who}@/{row['NAME']}?host={host}"
        + (f"&port={row['PORT']}" if row["PORT"] else ""),
        "OPENSEARCH_URL": settings.OPENSEARCH_URL,
        "OPENSEARCH_PREFIX": settings.OPENSEARCH_PREFIX,
    }


def _wait_for(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _attempt in range(600):
        try:
            opener.open(url, timeout=5).close()
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{url} did not answer")
