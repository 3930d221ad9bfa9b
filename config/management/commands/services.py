"""`manage.py services start|stop|status|fetch|lock`: the local PostgreSQL and OpenSearch."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.local_services import ServiceError, control, jars


def wanted() -> control.Wanted:
    """The servers that these settings ask for: those that no URL in the environment names."""
    port = os.environ.get("OPENSEARCH_PORT")
    return control.Wanted(
        data_dir=Path(settings.DATA_DIR),
        servers=settings.LOCAL_SERVICES,
        heap=settings.OPENSEARCH_HEAP,
        opensearch_port=int(port) if port and port.isdigit() else None,
        throwaway=settings.SETTINGS_MODULE == "config.settings.test",
    )


class Command(BaseCommand):
    help = "Start, stop or describe the local PostgreSQL and OpenSearch, which are for one machine only."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "action",
            choices=["start", "stop", "status", "fetch", "lock"],
            help="fetch: only download the engine; lock: pin the engine's jars anew, after a change of version",
        )

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if not hasattr(settings, "LOCAL_SERVICES"):
            raise CommandError(
                "The local servers are for one machine only, without passwords or backups, and these are production "
                "settings. Name real servers in DATABASE_URL and OPENSEARCH_URL."
            )
        try:
            getattr(self, action)()
        except ServiceError as error:
            raise CommandError(str(error)) from error

    def start(self) -> None:
        control.start(wanted(), self.stdout.write, keep=True)
        self.status()

    def stop(self) -> None:
        stopped = control.stop(Path(settings.DATA_DIR))
        self.stdout.write(f"Stopped {' and '.join(stopped)}." if stopped else "Nothing was running.")

    def status(self) -> None:
        for server in control.status(Path(settings.DATA_DIR)):
            self.stdout.write(f"{server.name} {server.text}")

    def fetch(self) -> None:
        jars.fetch(jars.ENGINE, self.stdout.write)

    def lock(self) -> None:
        self.stdout.write(f"Pinned {jars.write_lock()} jars in {jars.LOCK_FILE}.")
