"""`manage.py undo_resource_import ID`: takes an import of resources back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime

from importers.models import ResourceImport
from importers.problems import ImportRefused
from importers.progress import progress_lines
from importers.resources.services import in_words
from importers.resources.undo import undo_import

SHOWN = 20


class Command(BaseCommand):
    help = "Undo an import of resources: remove what it added, restore what it changed, say what stands in the way."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "id", type=int, metavar="ID", nargs="?",
            help="The number that import_resources printed; without it, the last imports are listed.",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="Show what it would do and write nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        key = options["id"]
        if key is None:
            self._list()
            return
        record = ResourceImport.objects.filter(pk=key).first()
        if record is None:
            raise CommandError(
                f"There is no import of resources {key}. Without a number, the last ones are listed.",
                returncode=2,
            )
        try:
            undone = undo_import(
                record,
                dry_run=options["dry_run"],
                progress=progress_lines(self.stderr.write) if options["verbosity"] else None,
            )
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

    def _list(self) -> None:
        applied = ResourceImport.objects.filter(state=ResourceImport.State.APPLIED).select_related("district")
        if not applied.exists():
            self.stdout.write("There is no import of resources that can be undone.")
        for record in applied.only("finished_at", "source", "district", "counts")[:SHOWN]:
            when, changes = localtime(record.finished_at), in_words(record.counts)
            self.stdout.write(
                f"{record.pk}  {when:%Y-%m-%d %H:%M}  {record.district}: {record.source} ({changes})"
            )
