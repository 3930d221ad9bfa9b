"""`manage.py export_framework IDENTIFIER --format case-1.0`: a framework as a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from standards.exports import FORMATS, export
from standards.models import Framework


class Command(BaseCommand):
    help = "Write a framework as a CASE package, a table, or an OpenSALT workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "identifier", metavar="IDENTIFIER", help="The framework's identifier, URI or short name."
        )
        labels = ", ".join(f"{name}: {format.label}" for name, format in FORMATS.items())
        parser.add_argument("--format", choices=FORMATS, required=True, help=f"{labels}.")
        parser.add_argument("--output", metavar="FILE", default="-", help="Where to; - is standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["identifier"]
        framework = Framework.objects.filter(
            Q(identifier=name) | Q(short_name__iexact=name) | Q(uri=name) | Q(aliases__value=name)
        ).first()
        if framework is None:
            known = ", ".join(Framework.objects.values_list("short_name", flat=True)[:20])
            raise CommandError(f"There is no framework {name}. Known: {known or 'none'}.", returncode=2)
        file = export(framework, options["format"])
        if options["output"] == "-":
            self._print(file.data)
        else:
            try:
                Path(options["output"]).write_bytes(file.data)
            except OSError as error:
                raise CommandError(
                    f"{options['output']} cannot be written: {error.strerror}.", returncode=2
                ) from None
        for remark in file.remarks:
            self.stderr.write(remark)

    def _print(self, data: bytes) -> None:
        """A workbook is no text: it goes out by the bytes, where the stream has them."""
        binary = getattr(self.stdout._out, "buffer", None)
        if binary is None:
            self.stdout.write(data.decode(), ending="")
            return
        self.stdout.flush()
        binary.write(data)
        binary.flush()
