"""Files that came to the other import: resources to that of standards, standards to that of resources.

Both have tables and JSON, and who loads something twice a year mixes them up.
"""

from importers import readers
from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused
from importers.readers.columns import find_header
from importers.readers.names import NamesReader
from importers.readers.opensalt import OpenSaltReader
from importers.readers.sheets import is_workbook, may_be_text_table, sheets
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


def refuse_standards(payload: Payload) -> None:
    """Raises ImportRefused for what has titles, and is no resources: a framework's workbook, a list of frameworks."""
    try:
        is_framework = OpenSaltReader().recognises(payload)
    except ImportRefused:  # a zip, or no workbook that can be read: its reader says so
        is_framework = False
    if is_framework:
        raise ImportRefused(STANDARDS_HERE, rule="standards")
    if payload.data.count(b"/CFDocuments/") > 1 and may_be_text_table(payload):
        try:
            TableReader().read(payload)
        except ImportRefused as refusal:
            if refusal.rule == "list":
                raise


def holds_standards(payload: Payload) -> bool:
    """Whether a reader of frameworks knows it, or it is a table of codes and statements. Other tables may be
    of anything, as may XML that is no RDF."""
    if payload.head.startswith("<") and not any(sign in payload.head for sign in _OF_RDF):
        return False
    try:
        return _is_table_of_standards(payload) or any(
            reader.recognises(payload)
            for reader in readers.READERS
            if not isinstance(reader, NamesReader | TableReader)
        )
    except (ImportRefused, RecursionError):
        return False


def _is_table_of_standards(payload: Payload) -> bool:
    if not (is_workbook(payload) or may_be_text_table(payload)):
        return False
    headers = filter(None, (find_header(sheet, payload) for sheet in sheets(payload)))
    return any(
        {"statement", "code"} <= {*header.fields} and not _TELLING & {field_of(name) for name in header.names}
        for header in headers
    )


def warn_of_resources(draft: FrameworkDraft) -> None:
    """Tells in the plan of a table whose columns without a field here are those of resources."""
    found = {field_of(header): header for header, field in draft.columns.items() if not field}
    if "name" in found and len(found.keys() & _TELLING) >= 2:
        headers = ", ".join(f"“{header}”" for name, header in found.items() if name in {"name", *_TELLING})
        draft.problems.add(
            "warning", "", "resources", f"This may be a table of teaching resources ({headers}): those are imported under "
            "“Import resources” (import_resources).",
        )  # fmt: skip
