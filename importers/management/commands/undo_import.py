"""`manage.py undo_import ID`: takes an applied import of a framework back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime

from importers import plan_json, plan_text
from importers.models import FrameworkImport
from importers.problems import ImportRefused
from importers.progress import progress_lines
from importers.services import undo_import


class Command(BaseCommand):
    help = "Undo an import of a framework: every row as it was before, unless something later builds on it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "import_id", metavar="ID", type=int, nargs="?", help="The import's number; without it, the last ones are listed."
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="Show the plan and write nothing.")
        parser.add_argument("--json", action="store_true", help="Print the plan as JSON.")
        parser.add_argument(
            "--all", action="store_true", help="Show every statement, not the first ten of a kind."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        key = options["import_id"]
        if key is None:
            self._list()
            return
        record = FrameworkImport.objects.select_related("framework", "undoes").filter(pk=key).first()
        if record is None:
            raise CommandError(
                f"There is no import {key}. Without a number, the last ones are listed.", returncode=2
            )
        try:
            report = undo_import(
                record,
                dry_run=options["dry_run"],
                progress=progress_lines(self.stderr.write) if options["verbosity"] else None,
            )
        except ImportRefused as refusal:
            raise CommandError(" ".join(str(refusal).split()), returncode=2) from None
        if options["json"]:
            said = plan_json.summary(report.plan, framework_short_name=report.short_name)
            self.stdout.write(plan_text.as_json({**said, "undoes": record.pk, "import": report.number}))
            return
        for line in plan_text.lines(
            f"Undoing the import {record.pk} of “{report.plan.title}”",
            plan_json.full(report.plan),
            plan_json.warnings(report.plan.warnings),
            everything=options["all"],
        ):
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("Nothing was written: this was a dry run.")
        else:
            self.stdout.write(f"Undone. The undo is import {report.number}.")

    def _list(self) -> None:
        applied = FrameworkImport.objects.filter(state=FrameworkImport.State.APPLIED)
        if not applied.exists():
            self.stdout.write("There is no import that can be undone.")
        for record in applied.only("pk", "finished_at", "title", "source", "undoes")[:20]:
            what = f"undoes {record.undoes_id}" if record.undoes_id else record.source
            self.stdout.write(
                f"{record.pk}  {localtime(record.finished_at):%Y-%m-%d %H:%M}  {record.title} ({what})"
            )
