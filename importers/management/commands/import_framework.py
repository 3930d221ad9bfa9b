"""`manage.py import_framework SOURCE`: imports a standards framework from a file, an address or standard input."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from importers import plan_json, plan_text
from importers.problems import ImportRefused
from importers.readers import READERS
from importers.services import Report, import_frameworks
from people.models import Organisation


class Command(BaseCommand):
    help = "Import a standards framework from a file, an http(s) address, or - for standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source", metavar="SOURCE", help="A file, an http(s) address, or - for standard input."
        )
        formats = ", ".join(reader.name for reader in READERS)
        parser.add_argument("--format", help=f"Do not guess the format: {formats}.")
        parser.add_argument("--dry-run", action="store_true", help="Show the plan and write nothing.")
        parser.add_argument("--json", action="store_true", help="Print the plan as JSON.")
        parser.add_argument(
            "--all", action="store_true", help="Show every statement, not the first ten of a kind."
        )
        parser.add_argument(
            "--owner", metavar="ORG", help="Short name of the organisation that keeps a new framework."
        )
        parser.add_argument(
            "--short-name", metavar="N", help="Names the framework in addresses, as MER-MATH."
        )
        parser.add_argument(
            "--allow-retire", action="store_true", help="Let more than a tenth of the framework be retired."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reports = import_frameworks(
                options["source"],
                owner=_owner(options["owner"]),
                short_name=options["short_name"],
                dry_run=options["dry_run"],
                allow_retire=options["allow_retire"],
                format=options["format"],
                progress=self._progress if options["verbosity"] else None,
            )
        except ImportRefused as refusal:
            raise CommandError(" ".join(str(refusal).split()), returncode=2) from None
        if options["json"]:
            found = [
                {
                    **plan_json.summary(report.plan, framework_short_name=report.short_name),
                    "import": report.number,
                }
                for report in reports
            ]
            self.stdout.write(plan_text.as_json(found[0] if len(found) == 1 else found))
            return
        for report in reports:
            self._print(report, dry_run=options["dry_run"], everything=options["all"])

    def _progress(self, stage: str, done: int, total: int) -> None:
        share = f" ({done * 100 // total} %)" if total else ""
        self.stderr.write(f"{time.strftime('%H:%M:%S')} {stage}{share}")

    def _print(self, report: Report, *, dry_run: bool, everything: bool) -> None:
        plan = report.plan
        name = f" Short name: {report.short_name}." if report.short_name else ""
        for line in plan_text.lines(
            f"{plan.title} [{plan.identifier}], {plan.format}.{name}",
            plan_json.full(plan),
            plan_json.warnings(plan.warnings),
            everything=everything,
        ):
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Nothing was written: this was a dry run.")
        elif plan.is_empty:
            self.stdout.write("Nothing to change.")
        elif report.number:
            self.stdout.write(
                f"Applied. This is import {report.number}: undo_import {report.number} takes it back."
            )


def _owner(slug: str | None) -> Organisation | None:
    if not slug:
        return None
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Organisation.objects.exclude(kind="school").values_list("slug", flat=True)[:20])
        raise ImportRefused(f"There is no organisation {slug!r}. Known: {known or 'none'}.", rule="owner")
    return found
