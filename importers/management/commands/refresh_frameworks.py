"""`manage.py refresh_frameworks`: looks at their sources for changes of the frameworks whose time has come."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

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
        asked, failed = 0, []
        for done in refresh_due(everything=options["all"]):
            asked += 1
            if done.outcome == "failed":
                failed.append(done.framework.short_name)
            number = f" (import {done.record.pk})" if done.record else ""
            why = f": {done.message}" if done.message else ""
            self.stdout.write(f"{done.framework.short_name} {done.outcome}{number}{why}")
        if failed:
            raise CommandError(
                f"{len(failed)} of {asked} sources failed, for the reasons above: {', '.join(failed)}.",
                returncode=2,
            )
