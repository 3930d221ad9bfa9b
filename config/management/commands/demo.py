"""`make demo` and `make serve`: everything that a fresh machine needs, then the site, until Ctrl-C."""

import io
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.local_services import ServiceError, control, state
from config.local_services.lease import Lease
from config.management.commands.services import wanted
from config.supervise import Interrupted, Supervisor, interrupt_on_signals
from people.models import Role, User
from search import health, indexes
from search.client import WRITE_TIMEOUT, EngineDown
from search.models import IndexTarget

ACCOUNTS_SHOWN = [Role.TEACHER, Role.REVIEWER, Role.COORDINATOR, Role.DISTRICT_ADMIN, Role.STATE_ADMIN]
PATIENCE = 60  # seconds until the site must answer


class Command(BaseCommand):
    help = "Start the local servers, load the sample content, and serve the site until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        port = os.environ.get("PORT") or "8000"
        parser.add_argument("--port", default=port, help="where the site listens (PORT, otherwise 8000)")
        parser.add_argument(
            "--reload", action="store_true", help="for development: follow changes of the code"
        )

    def handle(self, *args: Any, port: str, reload: bool, **options: Any) -> None:
        if not getattr(settings, "SAMPLE_CONTENT", False):
            raise CommandError(
                "These are production settings: the demo has known passwords and must not run here."
            )
        self.started = time.monotonic()
        interrupt_on_signals()
        lease = None
        try:
            _require_free(port)
            lease = Lease(Path(settings.DATA_DIR))
            self.prepare()
            self.serve(lease, int(port), reload=reload)
        except ServiceError as error:
            raise CommandError(str(error)) from error
        except Interrupted:
            self.say("\nStopping what was started")
        finally:
            if lease:
                lease.release()
                self.say("Stopped.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def prepare(self) -> None:
        """Servers up, tables and sample content there, index fit for this program. Each step is quick when done before."""
        call_command("check", stdout=io.StringIO())
        Path(settings.STATIC_ROOT).mkdir(
            parents=True, exist_ok=True
        )  # the file server warns where it is missing
        control.start(wanted(), self.say)
        if "opensearch" in settings.LOCAL_SERVICES:
            settings.OPENSEARCH_URL = state.opensearch_url(Path(settings.DATA_DIR))
        self.say("Bringing the database tables up to date")
        call_command("migrate", interactive=False, verbosity=0)
        self.say("Loading the sample content, where it is missing")
        call_command("load_sample", stdout=self.stdout)
        self.index()

    def index(self) -> None:
        """Build the search index unless there is one that belongs to this database and this program."""
        try:
            name = indexes.current()
            known = name is not None and IndexTarget.objects.filter(name=name).exists()
            if not known or health.problem_of_the_index(timeout=WRITE_TIMEOUT):
                self.say("Building the search index")
                indexes.rebuild(self.say)
        except (EngineDown, indexes.RebuildFailed) as error:
            raise ServiceError(str(error)) from error

    def serve(self, lease: Lease, port: int, *, reload: bool) -> None:
        url = f"http://127.0.0.1:{port}"
        environment = {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE, "SITE_URL": url}
        supervisor = Supervisor(lease, self.say, environment | ({"DEBUG": "1"} if reload else {}))
        self.say("Starting the site")
        if reload:
            supervisor.manage("site", "runserver", f"127.0.0.1:{port}", vital=True)
        else:
            supervisor.start("site", *_gunicorn(port), vital=True)
        supervisor.manage("search worker", "search_worker")
        supervisor.manage("job worker", "db_worker", "--verbosity", "0", *([] if reload else ["--no-reload"]))
        self.wait_for_site(supervisor, url)
        self.welcome(url)
        supervisor.wait()

    def wait_for_site(self, supervisor: Supervisor, url: str) -> None:
        end = time.monotonic() + PATIENCE
        while not _answers(f"{url}/healthz"):
            supervisor.check()
            if time.monotonic() > end:
                raise ServiceError(f"The site did not answer at {url} within {PATIENCE} s.")
            time.sleep(0.2)

    def welcome(self, url: str) -> None:
        """All at once, so that no Ctrl-C comes in between."""
        accounts = []
        for role in ACCOUNTS_SHOWN:
            users = User.objects.filter(memberships__role=role, is_active=True).order_by("pk")
            accounts += [f"  {user.email:32} {role.label}" for user in users[:1]]
        seconds = time.monotonic() - self.started
        lines = [
            f"\nThe site runs at {url} (ready after {seconds:.0f} s). Ctrl-C ends it.\n",
            "Sample accounts, all with the password meridian-demo:",
            *accounts,
        ]
        self.say("\n".join(lines) + "\n\n")


def _require_free(port: str) -> None:
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ServiceError(f'PORT is "{port}"; it must be a number from 1 to 65535.')
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            raise ServiceError(
                f"Port {port} cannot be used ({error.strerror}). Choose another one: make demo PORT=8001"
            ) from error


def _gunicorn(port: int) -> list[str]:
    """The server that production has too, with one process whose threads wait for database and engine."""
    return [
        *(sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--workers", "1", "--threads", "8", "--log-level", "warning", "--no-control-socket"),
        *("--worker-tmp-dir", "/dev/shm") * Path("/dev/shm").is_dir(),  # noqa: S108 - a disk may stall the heartbeat
    ]


def _answers(url: str) -> bool:
    """Whether the site serves; ServiceError if it answers with an error, which waiting does not mend."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        raise ServiceError(f"The site answers with {error.code}; the lines above may say why.") from error
    except OSError:
        return False
