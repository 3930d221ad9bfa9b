"""`manage.py import_resources SOURCE`: imports teaching resources into a district."""

import json
from argparse import ArgumentParser
from itertools import takewhile
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from importers.models import WaitingAlignment
from importers.problems import ImportRefused
from importers.progress import progress_lines
from importers.resources.plan import Item, Plan, counts, summary
from importers.resources.readers import READERS
from importers.resources.said import change_in_words
from importers.resources.services import AUDIENCES, Report, import_resources
from people.models import Organisation

SHOWN = 10
DEFAULTS = ("kind", "subject", "language")
WIDTH = 80
"""Characters of a text."""
BESIDE = 30
"""Characters of what two texts share, before what differs."""


class Command(BaseCommand):
    help = "Import teaching resources (LRMI, CSV, nsdl_dc) from a file, an http(s) address, or - for standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source", metavar="SOURCE", help="A file, an http(s) address, or - for standard input."
        )
        formats = ", ".join(reader.name for reader in READERS)
        parser.add_argument("--format", help=f"Do not guess the format: {formats}.")
        parser.add_argument(
            "--district",
            metavar="D",
            help="Short name of the district that they go into. May be left out if there is one only.",
        )
        parser.add_argument(
            "--audience", choices=[str(one) for one in AUDIENCES],
            help="Who may see them. Without it, everyone sees new ones, and known ones stay as they are.",
        )  # fmt: skip
        parser.add_argument(
            "--replace-reviewed",
            action="store_true",
            help="Replace also what reviewers approved here. Without it, that stays as it is, and is listed.",
        )
        for name in DEFAULTS:
            parser.add_argument(
                f"--{name}",
                metavar=name[0].upper(),
                help=f"The {name} of those that say none. Without it, as when they were last imported.",
            )
        parser.add_argument("--dry-run", action="store_true", help="Show the plan and write nothing.")
        parser.add_argument("--json", action="store_true", help="Print the plan's numbers as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_resources(
                options["source"],
                district=find_district(options["district"]),
                audience=options["audience"] or "",
                replace_reviewed=options["replace_reviewed"],
                defaults={name: options[name] or "" for name in DEFAULTS},
                dry_run=options["dry_run"],
                format=options["format"],
                progress=progress_lines(self.stderr.write) if options["verbosity"] else None,
            )
        except ImportRefused as refusal:
            raise CommandError(" ".join(str(refusal).split()), returncode=2) from None
        if options["json"]:
            found = summary(report.plan, district=report.district.slug)
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self._print(report, dry_run=options["dry_run"])

    def _print(self, report: Report, *, dry_run: bool) -> None:
        plan = report.plan
        self.stdout.write(f"Resources for {report.district.name}, {plan.format}")
        numbers = {name: number for name, number in counts(plan).items() if name != "reviewed"}
        self.stdout.write(", ".join(f"{number:,} {name}" for name, number in numbers.items()))
        self._items("changed", "though", plan.changed)
        self._items("kept", "because", plan.conflicts)
        if plan.reviewed:
            self.stdout.write("  What reviewers approved here is replaced only by --replace-reviewed.")
        for one in plan.gone[:SHOWN]:
            self.stdout.write(f"  no longer in the source, and kept: {one.title}")
        self._more(len(plan.gone), "no longer in the source")
        self._unresolved(plan)
        for problem in plan.warnings:
            self.stdout.write(f"  {problem.severity}: {problem}")
        if dry_run:
            self.stdout.write("Nothing was written: this was a dry run.")
        elif plan.is_empty:
            self.stdout.write("Nothing to change.")
        elif report.record:
            self.stdout.write(f"To undo it: manage.py undo_resource_import {report.record.pk}")

    def _items(self, what: str, joined: str, items: tuple[Item, ...]) -> None:
        """`joined` leads from what becomes of an item to what stands, or stood, in the way."""
        for item in items[:SHOWN]:
            why = item.known.stands_in_the_way if item.known else ""
            self.stdout.write(f"  {what}{f', {joined} it {why}' if why else ''}: {item.title}")
            for change in item.changes:
                self.stdout.write(f"      {change.field}: {_step(*change_in_words(change))}")
        self._more(len(items), what)

    def _unresolved(self, plan: Plan) -> None:
        for one in plan.unresolved[:SHOWN]:
            framework = f" ({one.framework})" if one.framework else ""
            self.stdout.write(
                f"  waits for its standard: {one.name}{framework}, {WaitingAlignment.Reason(one.reason).label}; "
                f"named by {one.resources:,} resource{'s' * (one.resources != 1)}"
            )
        self._more(len(plan.unresolved), "standards are waited for")

    def _more(self, number: int, what: str) -> None:
        if number > SHOWN:
            self.stdout.write(f"  … and {number - SHOWN:,} more {what}")


def find_district(slug: str | None) -> Organisation:
    """The district of that short name; without one, the only one there is. Raises ImportRefused."""
    districts = Organisation.objects.filter(kind=Organisation.Kind.DISTRICT)
    known = ", ".join(districts.values_list("slug", flat=True)[:20]) or "none"
    if slug:
        found = districts.filter(slug=slug).first()
        if found is None:
            raise ImportRefused(f"There is no district {slug!r}. Known: {known}.", rule="district")
        return found
    if districts.count() != 1:
        raise ImportRefused(f"Say which district they go into: --district. Known: {known}.", rule="district")
    return districts.get()


def _step(*texts: str) -> str:
    """From the one to the other; of long texts, from where they differ."""
    before, after = (" ".join(text.split()) for text in texts)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    if max(len(before), len(after)) > WIDTH and same > BESIDE:
        before, after = (f"…{text[same - BESIDE :]}" for text in (before, after))
    return f"{_short(before)} → {_short(after)}"


def _short(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
