"""The readers, and how the one for a file is found: from its content, never from its name."""

from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused
from importers.readers.asn_json import AsnManifestReader, AsnRdfJsonReader
from importers.readers.asn_xml import AsnRdfXmlReader
from importers.readers.base import Reader
from importers.readers.case import CaseReader
from importers.readers.csp import CspReader
from importers.readers.knowledge_graph import KnowledgeGraphReader
from importers.readers.opensalt import OpenSaltReader
from importers.readers.table import TableReader

# To add a format: a module with a Reader, and its line here.
READERS: tuple[Reader, ...] = (
    # Before all that read text: a workbook is none.
    OpenSaltReader(),
    TableReader(),
    # Before those that parse the whole file as one JSON value.
    KnowledgeGraphReader(),
    CaseReader(),
    CspReader(),
    AsnRdfXmlReader(),
    AsnRdfJsonReader(),
    AsnManifestReader(),
)


def read(payload: Payload, format: str | None = None) -> list[FrameworkDraft]:
    """The frameworks in `payload`, read by the reader named `format`, or by the first that knows the content.

    Raises ImportRefused with one line that says what is wrong and what to do.
    """
    return _reader_for(payload, format).read(payload)


def _reader_for(payload: Payload, format: str | None) -> Reader:
    if not payload.data.strip():
        raise ImportRefused("The file is empty.", rule="empty")
    if payload.is_html:
        raise ImportRefused(
            "This is a web page (HTML), not a framework. Import the package itself: on a CASE server its address "
            "contains /ims/case/v1p0/CFPackages/ or /ims/case/v1p1/CFPackages/.",
            rule="html",
        )
    if format:
        for reader in READERS:
            if format == reader.name or format.startswith(f"{reader.name}-"):
                return reader
        known = ", ".join(reader.name for reader in READERS)
        raise ImportRefused(f"There is no format {format!r}. Known formats: {known}.", rule="format")
    for reader in READERS:
        if reader.recognises(payload):
            return reader
    known = "; ".join(reader.label for reader in READERS)
    raise ImportRefused(
        f"The format of this file is not known. Formats that can be read: {known}.", rule="format"
    )
