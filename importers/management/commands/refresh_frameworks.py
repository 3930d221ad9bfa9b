"""`manage.py refresh_frameworks`: looks at their sources for changes of the frameworks whose time has come."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from importers.refresh import refresh_due


class Command(BaseCommand):
    help = "Ask the sources of frameworks for changes, as each one's schedule says; mail plans to who keeps them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            help="All frameworks with a schedule, though their time has not come.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for done in refresh_due(everything=options["all"]):
            number = f" (import {done.record.pk})" if done.record else ""
            why = f": {done.message}" if done.message else ""
            self.stdout.write(f"{done.framework.short_name} {done.outcome}{number}{why}")
