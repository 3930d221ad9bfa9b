"""The readers, and how the one for a file is found: from its content, never from its name."""

from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused
from importers.readers.asn_json import AsnManifestReader, AsnRdfJsonReader
from importers.readers.asn_jsonld import AsnJsonLdReader
from importers.readers.asn_xml import AsnRdfXmlReader
from importers.readers.base import Reader, choose_reader
from importers.readers.case import CaseReader
from importers.readers.csp import CspReader
from importers.readers.knowledge_graph import KnowledgeGraphReader
from importers.readers.names import NamesReader
from importers.readers.opensalt import OpenSaltReader
from importers.readers.table import TableReader
from importers.unpack import members

# To add a format: a module with a Reader, and its line here.
READERS: tuple[Reader, ...] = (
    # Before all that read text: a workbook is none.
    OpenSaltReader(),
    NamesReader(),
    TableReader(),
    # Before those that parse the whole file as one JSON value.
    KnowledgeGraphReader(),
    CaseReader(),
    CspReader(),
    AsnRdfXmlReader(),
    AsnJsonLdReader(),
    AsnRdfJsonReader(),
    AsnManifestReader(),
)


def read(payload: Payload, format: str | None = None) -> list[FrameworkDraft]:
    """The frameworks in `payload`, read by the reader named `format`, or by the first that knows the content.

    Raises ImportRefused with one line that says what is wrong and what to do.
    """
    found = members(payload)
    if len(found) == 1:
        return _reader_for(found[0], format).read(found[0])
    return _read_archive(found, format)


def _read_archive(files: list[Payload], format: str | None) -> list[FrameworkDraft]:
    """The frameworks in several files: one each, but nodes and relationships of a graph are one.

    What no reader knows (a licence, a note) is passed over; a table counts only where nothing else is found.
    """
    if any(one.name == "[Content_Types].xml" for one in files):
        raise ImportRefused(
            "This is a text document or slides. Save its table as CSV or XLSX.", rule="format"
        )
    known = [(file, reader) for file in files if (reader := _reader_in_archive(file, format))]
    graphs = [file for file, reader in known if isinstance(reader, KnowledgeGraphReader)]
    drafts: list[FrameworkDraft] = []
    for file, reader in known:
        if file in graphs[1:] or isinstance(reader, TableReader):
            continue
        if file in graphs:
            file = Payload(b"\n".join(graph.data for graph in graphs), file.name, url=file.url)
        drafts += _named(file, reader)
    if drafts:
        return drafts
    refusal = ImportRefused(
        f"The zip holds no framework that can be read, but {len(files)} other files.", rule="format"
    )
    for file, reader in known:
        try:
            drafts += _named(file, reader)
        except ImportRefused as reason:
            refusal = reason
    if not drafts:
        raise refusal
    return drafts


def _reader_in_archive(file: Payload, format: str | None) -> Reader | None:
    try:
        return _reader_for(file, format)
    except ImportRefused as refusal:
        if refusal.rule in ("empty", "html", "format", "encoding"):
            return None
        raise _in_file(file, refusal) from None


def _named(file: Payload, reader: Reader) -> list[FrameworkDraft]:
    try:
        return reader.read(file)
    except ImportRefused as refusal:
        raise _in_file(file, refusal) from None


def _in_file(file: Payload, refusal: ImportRefused) -> ImportRefused:
    return ImportRefused(str(refusal), path=file.name, rule=refusal.rule)


def _reader_for(payload: Payload, format: str | None) -> Reader:
    if not payload.data.strip():
        raise ImportRefused("The file is empty.", rule="empty")
    if what := payload.no_data:
        raise ImportRefused(
            f"This is {what}, in which no statement can be told from another. Ask its publisher for a CASE package or a "
            "table, or save a table of its statements as CSV or XLSX.",
            rule="format",
        )
    if payload.is_html:
        raise ImportRefused(
            "This is a web page (HTML), not a framework. Import the package itself: on a CASE server its address "
            "contains /ims/case/v1p0/CFPackages/ or /ims/case/v1p1/CFPackages/.",
            rule="html",
        )
    return choose_reader(READERS, payload, format)
