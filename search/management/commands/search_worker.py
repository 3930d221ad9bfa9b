import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand

from search import health
from search.worker import Worker


class Command(BaseCommand):
    help = "Bring changes from the database into the search index as they happen, until it is told to end."
    requires_migrations_checks = True

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("The search worker follows the database.")
        if problem := health.status().problem:
            self.stderr.write(problem)
        Worker().work(stop)
