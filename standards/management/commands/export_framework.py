"""`manage.py export_framework IDENTIFIER --format case-1.0`: a framework as it is stored, nothing lost."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from standards.case import writer
from standards.models import Framework


class Command(BaseCommand):
    help = "Write a framework as a CASE package."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "identifier", metavar="IDENTIFIER", help="The framework's identifier, URI or short name."
        )
        parser.add_argument("--format", choices=writer.VERSIONS, required=True, help="The version of CASE.")
        parser.add_argument("--output", metavar="FILE", default="-", help="Where to; - is standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["identifier"]
        framework = Framework.objects.filter(
            Q(identifier=name) | Q(short_name__iexact=name) | Q(uri=name) | Q(aliases__value=name)
        ).first()
        if framework is None:
            raise CommandError(f"There is no framework {name}.", returncode=2)
        text = json.dumps(writer.package(framework, options["format"]), ensure_ascii=False, indent=2)
        if options["output"] == "-":
            self.stdout.write(text)
            return
        try:
            Path(options["output"]).write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(
                f"{options['output']} cannot be written: {error.strerror}.", returncode=2
            ) from None
