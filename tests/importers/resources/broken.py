"""Broken collections of resources without end, each the same whenever it is asked for."""

import io
import json
import random
from typing import Any

from openpyxl import Workbook

from tests.importers.broken import damaged
from tests.importers.dialects import zipped
from tests.importers.odd_tables import odd_resources
from tests.importers.resources import test_readers as readers
from tests.importers.resources.contract import Small

ODD = "odd table"


def _workbook() -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["Title", "Link", "Grade", "Standards"])
    for one in Small.resources:
        sheet.append([one["title"], one["url"], one["grades"][0], ", ".join(one["standards"])])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


SEEDS = {
    "array": readers.TestArray().write(),
    "lines": readers.TestLines().write(),
    "graph": readers.TestGraph().write(),
    "page": readers.TestPage().write(),
    "table": readers.TestTable().write(),
    "nsdl": readers.TestNsdl().write(),
    "object": json.dumps(readers.record(Small.resources[0])).encode(),
    "records": json.dumps({"lessons": Small.resources}).encode(),
    "workbook": _workbook(),
    "archive": zipped(("lessons.csv", readers.TestTable().write())),
}


def broken(number: int) -> tuple[str, bytes]:
    """(what was done, the file) of a number."""
    chance = random.Random(number)
    kind = chance.choice([*sorted(SEEDS), ODD, ODD])
    if kind == ODD:
        return ODD, odd_resources(chance)
    done, data = damaged(SEEDS[kind], chance)
    return f"{kind}: {done}", data
