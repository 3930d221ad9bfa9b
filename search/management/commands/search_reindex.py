from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.client import EngineDown
from search.indexes import RebuildFailed, rebuild


class Command(BaseCommand):
    help = (
        "Build the search index anew from the database, while edits and searches go on, and put it into use."
    )
    requires_migrations_checks = True

    def handle(self, *args: Any, **options: Any) -> None:
        def say(text: str) -> None:
            if options["verbosity"]:
                self.stdout.write(text)

        try:
            rebuild(say)
        except (EngineDown, RebuildFailed) as error:
            raise CommandError(str(error)) from error
