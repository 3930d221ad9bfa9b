"""Files that came to the other import: resources to that of standards, standards to that of resources.

Both have tables and JSON, and who loads something twice a year mixes them up.
"""

from importers import readers
from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused
from importers.readers.names import NamesReader
from importers.readers.table import TableReader
from importers.resources.readers.table import field_of

RESOURCES_HERE = "These are teaching resources, no standards: they are imported under “Import resources” (import_resources)."
STANDARDS_HERE = (
    "These are standards, no teaching resources: they are imported under “Standards” (import_framework)."
)
_SIGNS = ("learningresource", "nsdl_dc")
_OF_RDF = ("rdf:rdf", "purl.org/asn")
_TELLING = {"license", "author", "publisher", "url", "timeRequired", "learningResourceType", "isBasedOn"}
"""Columns that tables of resources have; one of them may stand beside standards, two and a title do not."""


def holds_resources(payload: Payload) -> bool:
    return any(sign in payload.head for sign in _SIGNS)


def holds_standards(payload: Payload) -> bool:
    """Whether a reader of frameworks knows it, tables aside, which may be of anything, as may XML that is no RDF."""
    if payload.head.startswith("<") and not any(sign in payload.head for sign in _OF_RDF):
        return False
    try:
        return any(
            reader.recognises(payload)
            for reader in readers.READERS
            if not isinstance(reader, NamesReader | TableReader)
        )
    except ImportRefused:
        return False


def warn_of_resources(draft: FrameworkDraft) -> None:
    """Tells in the plan of a table whose columns without a field here are those of resources."""
    found = {field_of(header): header for header, field in draft.columns.items() if not field}
    if "name" in found and len(found.keys() & _TELLING) >= 2:
        headers = ", ".join(f"“{header}”" for name, header in found.items() if name in {"name", *_TELLING})
        draft.problems.add(
            "warning", "", "resources", f"This may be a table of teaching resources ({headers}): those are imported under "
            "“Import resources” (import_resources).",
        )  # fmt: skip
