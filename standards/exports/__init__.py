"""A stored framework as a file, in the formats in which districts exchange them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from standards.case import strict, writer
from standards.exports import table, workbook
from standards.models import Framework


@dataclass(frozen=True, slots=True)
class Export:
    """A file to save or send. `remarks` say what its format could not hold, a line each."""

    filename: str
    content_type: str
    data: bytes
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Format:
    """One way out: `label` is what a person chooses by."""

    name: str
    label: str
    extension: str
    content_type: str
    write: Callable[[Framework], tuple[bytes, list[str]]]


def export(framework: Framework, format: str) -> Export:
    """The framework in one of FORMATS. What was withdrawn from its source is left out.

    Raises KeyError for a format that is not there.
    """
    chosen = FORMATS[format]
    data, remarks = chosen.write(framework)
    return Export(f"{framework.short_name}{chosen.extension}", chosen.content_type, data, remarks)


def _case_1_0(framework: Framework) -> tuple[bytes, list[str]]:
    """As it came in, whatever that was."""
    return _json(writer.package(framework, "case-1.0")), []


def _case_1_1(framework: Framework) -> tuple[bytes, list[str]]:
    """To the letter of the published schema."""
    package, remarks = strict.strict(writer.package(framework, "case-1.1"), changed_at=framework.updated_at)
    return _json(package), remarks


def _json(package: object) -> bytes:
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


FORMATS = {
    format.name: format
    for format in (
        Format("case-1.0", "CASE 1.0 (JSON)", "-case-1.0.json", "application/json", _case_1_0),
        Format("case-1.1", "CASE 1.1 (JSON)", "-case-1.1.json", "application/json", _case_1_1),
        Format("csv", "Table (CSV)", ".csv", "text/csv; charset=utf-8", table.write),
        Format(
            "opensalt-xlsx", "OpenSALT workbook (XLSX)", ".xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook.write,
        ),
    )
}  # fmt: skip
