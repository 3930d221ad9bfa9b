"""`manage.py import_framework SOURCE`: imports a standards framework from a file, an address or standard input."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from importers import plan_json
from importers.plan import Entry, Plan, counts
from importers.problems import ImportRefused
from importers.readers import READERS
from importers.services import Report, import_frameworks
from people.models import Organisation

SHOWN = 10


class Command(BaseCommand):
    help = "Import a standards framework from a file, an http(s) address, or - for standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source", metavar="SOURCE", help="A file, an http(s) address, or - for standard input."
        )
        formats = ", ".join(reader.name for reader in READERS)
        parser.add_argument("--format", help=f"Do not guess the format: {formats}.")
        parser.add_argument("--dry-run", action="store_true", help="Show the plan and write nothing.")
        parser.add_argument("--json", action="store_true", help="Print the plan's numbers as JSON.")
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
                plan_json.summary(report.plan, framework_short_name=report.short_name) for report in reports
            ]
            self.stdout.write(
                json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=2)
            )
            return
        for report in reports:
            self._print(report, dry_run=options["dry_run"])

    def _progress(self, stage: str, done: int, total: int) -> None:
        share = f" ({done * 100 // total} %)" if total else ""
        self.stderr.write(f"{time.strftime('%H:%M:%S')} {stage}{share}")

    def _print(self, report: Report, *, dry_run: bool) -> None:
        plan = report.plan
        self.stdout.write(f"{plan.title} [{plan.identifier}], {plan.format}")
        if report.short_name:
            self.stdout.write(f"Short name: {report.short_name}")
        self.stdout.write(", ".join(f"{number:,} {name}" for name, number in counts(plan).items()))
        for change in plan.document:
            self.stdout.write(
                f"  framework: {change.field}: {_short(change.before)} → {_short(change.after)}"
            )
        for kind in ("changed", "moved", "retired", "restored"):
            self._entries(kind, plan, getattr(plan, kind))
        for problem in plan.warnings:
            self.stdout.write(f"  {problem.severity}: {problem}")
        if plan.retires_too_many:
            self.stdout.write("  More than a tenth would be retired: this needs --allow-retire.")
        if dry_run:
            self.stdout.write("Nothing was written: this was a dry run.")
        elif plan.is_empty:
            self.stdout.write("Nothing to change.")

    def _entries(self, kind: str, plan: Plan, entries: tuple[Entry, ...]) -> None:
        for entry in entries[:SHOWN]:
            touched = f" ({entry.resources} resources)" if entry.resources else ""
            self.stdout.write(f"  {kind}: {entry.code or entry.identifier} {entry.statement[:70]}{touched}")
            for change in entry.fields:
                self.stdout.write(f"      {change.field}: {_short(change.before)} → {_short(change.after)}")
            if kind == "moved":
                self.stdout.write(
                    f"      {', '.join(entry.parents_before)} → {', '.join(entry.parents_after)}"
                )
        if len(entries) > SHOWN:
            self.stdout.write(f"  … and {len(entries) - SHOWN:,} more {kind}")


def _owner(slug: str | None) -> Organisation | None:
    if not slug:
        return None
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Organisation.objects.exclude(kind="school").values_list("slug", flat=True)[:20])
        raise ImportRefused(f"There is no organisation {slug!r}. Known: {known or 'none'}.", rule="owner")
    return found


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
    return text if len(text) <= 80 else f"{text[:77]}…"
