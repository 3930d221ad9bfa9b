"""Imports documents of a CASE server one after another, each in a transaction of its own.

Run again after it broke off, it goes on where it was: what is here and has not changed is neither fetched whole nor
parsed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from importers.case_server import ListedDocument
from importers.problems import ImportRefused
from importers.progress import Progress
from importers.services import Choices, Report, import_frameworks


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one document: its reports, or why it was refused."""

    document: ListedDocument
    reports: Sequence[Report] = ()
    refusal: str = ""


def import_documents(
    documents: Sequence[ListedDocument], choices: Choices, *, progress: Progress | None = None
) -> Iterator[Outcome]:
    """One that is refused does not keep the others from being imported."""
    for document in documents:
        try:
            yield Outcome(document, import_frameworks(document.package_url, choices, progress=progress))
        except ImportRefused as refusal:
            yield Outcome(document, refusal=str(refusal))
