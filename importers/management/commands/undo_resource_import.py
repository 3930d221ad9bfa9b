"""`manage.py undo_resource_import ID`: takes an import of resources back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from importers.models import ResourceImport
from importers.problems import ImportRefused
from importers.resources.undo import undo_import

SHOWN = 20


class Command(BaseCommand):
    help = "Undo an import of resources: remove what it added, restore what it changed, say what stands in the way."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, metavar="ID", help="The number that import_resources printed.")
        parser.add_argument("--dry-run", action="store_true", help="Show what it would do and write nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        record = ResourceImport.objects.filter(pk=options["id"]).first()
        if record is None:
            raise CommandError(f"There is no import of resources {options['id']}.", returncode=2)
        try:
            undone = undo_import(record, dry_run=options["dry_run"])
        except ImportRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from None
        self.stdout.write(
            f"{undone.removed:,} removed, {undone.restored:,} restored, {len(undone.kept):,} kept."
        )
        for one in undone.kept[:SHOWN]:
            self.stdout.write(f"  kept: {one.title} {one.why}")
        if len(undone.kept) > SHOWN:
            self.stdout.write(f"  … and {len(undone.kept) - SHOWN:,} more kept")
        if options["dry_run"]:
            self.stdout.write("Nothing was written: this was a dry run.")
