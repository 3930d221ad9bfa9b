import json
import sys
import time
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search import check, health
from search.client import EngineDown

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Compare the search index with the database. Exit 1 when they differ or the index has a fault, 2 when they cannot "
        "be compared."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--wait",
            type=float,
            default=3.0,
            metavar="SECONDS",
            help="how long the worker may take to catch up (3)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            behind = health.answering()
            index = behind[-1]
            report = self._compare(index, options["wait"])
            fault = health.fault_of(behind)
        except EngineDown as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps({"index_name": index, "fault": fault, **asdict(report)}))
        else:
            self._print(index, report, fault)
        if report.differences or fault:
            sys.exit(1)

    def _compare(self, index: str, patience: float) -> check.Report:
        until = time.monotonic() + patience
        while True:
            report = check.compare(index)
            if not any(one.waiting for one in report.differences) or time.monotonic() > until:
                return report
            time.sleep(0.2)

    def _print(self, index: str, report: check.Report, fault: str) -> None:
        self.stdout.write(f"Index {index}: {report.index} resources; database: {report.database} published.")
        self.stdout.write(f"Waiting in the outbox: {report.outbox}.")
        if fault:
            self.stdout.write(fault)
        if not report.differences:
            self.stdout.write("No differences.")
            return
        self.stdout.write(f"{len(report.differences)} differences:")
        for difference in report.differences[:SHOWN]:
            self.stdout.write(f"  {difference}{' (the worker has it to do)' if difference.waiting else ''}")
        if len(report.differences) > SHOWN:
            self.stdout.write(f"  and {len(report.differences) - SHOWN} more")
        if not fault:
            self.stdout.write("If the worker runs and they stay: `manage.py search_reindex`.")
