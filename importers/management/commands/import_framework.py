"""`manage.py import_framework SOURCE`: imports a standards framework from a file, an address or standard input."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from importers import plan_json, plan_text
from importers.case_server import ListedDocument, choose, is_server, list_documents
from importers.labels import source_label
from importers.problems import ImportRefused
from importers.progress import Progress, progress_lines
from importers.readers import READERS
from importers.readers.headers import FIELDS
from importers.readers.table import NO_STATEMENTS
from importers.server_import import import_documents
from importers.services import Choices, Report, import_frameworks
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
            "--column", action="append", default=[], metavar="HEADER=FIELD", dest="columns",
            help=f"What a column of a table holds, if the guess is wrong; may be repeated. Fields: {', '.join(FIELDS)}.",
        )  # fmt: skip
        server = parser.add_argument_group("CASE servers", "where SOURCE is a server's base address")
        server.add_argument("--list", action="store_true", help="Print the documents of the server.")
        server.add_argument(
            "--document", action="append", default=[], metavar="ID", dest="documents",
            help="Import this document of the server (identifier or title); may be repeated.",
        )  # fmt: skip
        server.add_argument(
            "--all-documents", action="store_true", help="Import every document of the server."
        )
        parser.add_argument(
            "--again",
            action="store_true",
            help="Read an address even if it has not changed since it was imported.",
        )
        parser.add_argument(
            "--owner", metavar="ORG", help="Short name of the organisation that keeps a new framework."
        )
        parser.add_argument(
            "--short-name", metavar="N", help="Names the framework in addresses, as MER-MATH."
        )
        parser.add_argument(
            "--lead", action="store_true",
            help="From now on this source says what the framework has, whichever did: as where a state goes over to CASE.",
        )  # fmt: skip
        parser.add_argument(
            "--allow-retire", action="store_true", help="Let more than a tenth of the framework be retired."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            choices = Choices(
                owner=_owner(options["owner"]),
                short_name=options["short_name"],
                dry_run=options["dry_run"],
                allow_retire=options["allow_retire"],
                format=options["format"],
                mapping=_mapping(options["columns"]),
                again=options["again"],
                leads=options["lead"],
            )
            progress = progress_lines(self.stderr.write) if options["verbosity"] else None
            if is_server(options["source"]):
                self._from_server(options, choices, progress)
                return
            reports = import_frameworks(options["source"], choices, progress=progress)
        except ImportRefused as refusal:
            hint = ' Say it by --column "Header=statement".' if refusal.rule == NO_STATEMENTS else ""
            raise CommandError(f"{' '.join(str(refusal).split())}{hint}", returncode=2) from None
        self._show(reports, options)

    def _from_server(self, options: dict[str, Any], choices: Choices, progress: Progress | None) -> None:
        documents = list_documents(options["source"])
        if options["list"]:
            self._list(documents, as_json=options["json"])
            return
        chosen = documents if options["all_documents"] else choose(documents, options["documents"])
        if not chosen:
            raise ImportRefused(
                f"{options['source']} is a CASE server with {len(documents)} documents. See them with --list, and import "
                "some with --document ID (may be repeated) or all with --all-documents.",
                rule="server",
            )  # fmt: skip
        if options["short_name"] and len(chosen) > 1:
            raise ImportRefused("A short name fits only one document.", rule="short-name")
        refused: list[str] = []
        reports: list[Report] = []
        for outcome in import_documents(chosen, choices, progress=progress):
            reports += outcome.reports
            if outcome.refusal:
                refused.append(f"{outcome.document.title}: {' '.join(outcome.refusal.split())}")
                self.stderr.write(f"Refused: {refused[-1]}")
            elif not options["json"]:
                self._show(list(outcome.reports), options)
        if options["json"]:
            self._show(reports, options, as_list=True)
        if refused:
            raise CommandError(
                f"{len(refused)} of {len(chosen)} documents were refused; the others are imported. Run it again to go on: "
                f"what has not changed is passed over. The first: {refused[0]}",
                returncode=2,
            )  # fmt: skip

    def _list(self, documents: list[ListedDocument], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(plan_text.as_json([asdict(one) for one in documents]))
            return
        for one in documents:
            facts = ", ".join(filter(None, (one.creator, one.status, one.changed[:10])))
            self.stdout.write(f"{one.identifier}  {one.title}" + (f" ({facts})" if facts else ""))

    def _show(self, reports: list[Report], options: dict[str, Any], *, as_list: bool = False) -> None:
        if options["json"]:
            found = [
                {
                    **plan_json.summary(report.plan, framework_short_name=report.short_name),
                    "import": report.number,
                    "not_modified": report.not_modified,
                }
                for report in reports
            ]
            self.stdout.write(plan_text.as_json(found[0] if len(found) == 1 and not as_list else found))
            return
        for report in reports:
            self._print(report, dry_run=options["dry_run"], everything=options["all"])

    def _print(self, report: Report, *, dry_run: bool, everything: bool) -> None:
        plan = report.plan
        if report.not_modified:
            self.stdout.write(
                f"{plan.title} [{plan.identifier}] has not changed since it was imported: not read. (--again reads it.)"
            )  # fmt: skip
            return
        name = f" Short name: {report.short_name}." if report.short_name else ""
        for line in plan_text.lines(
            f"{plan.title} [{plan.identifier}], {plan.format}.{name}",
            plan_json.full(plan),
            plan_json.warnings(plan.warnings),
            everything=everything,
        ):
            self.stdout.write(line)
        if aligned := report.record.counts.get("aligned") if report.record else 0:
            self.stdout.write(
                f"Alignments of imported resources that waited for these standards, and are made: {aligned:,}."
            )
        if plan.led_by:
            self.stdout.write(
                f"The framework follows another source ({source_label(plan.led_by)}): this one only adds names and fills in "
                "what was empty. Where the framework is to follow this one from now on, import it with --lead."
            )  # fmt: skip
        if dry_run:
            self.stdout.write("Nothing was written: this was a dry run.")
        elif plan.is_empty:
            self.stdout.write("Nothing to change.")
        elif report.number:
            self.stdout.write(
                f"Applied. This is import {report.number}: undo_import {report.number} takes it back."
            )


def _mapping(said: list[str]) -> dict[str, str]:
    """--column "Header=field" as a mapping; a header may hold "=", a field may not."""
    found = {}
    for text in said:
        header, mark, name = text.rpartition("=")
        if not mark or not header:
            raise ImportRefused(f"--column takes HEADER=FIELD, not {text!r}.", rule="mapping")
        found[header.strip()] = name.strip()
    return found


def _owner(slug: str | None) -> Organisation | None:
    if not slug:
        return None
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Organisation.objects.exclude(kind="school").values_list("slug", flat=True)[:20])
        raise ImportRefused(f"There is no organisation {slug!r}. Known: {known or 'none'}.", rule="owner")
    return found
