"""The readers of resources, and how the one for a file is found: from its content, never from its name."""

from dataclasses import replace
from typing import Protocol

from importers.payload import Payload, is_visible, too_deep
from importers.problems import ImportRefused
from importers.readers.base import Format, choose_reader
from importers.resources.draft import Collection
from importers.resources.readers.lrmi import LrmiReader
from importers.resources.readers.nsdl import NsdlReader
from importers.resources.readers.records import RecordsReader
from importers.resources.readers.table import TableReader
from importers.unpack import members


class Reader(Format, Protocol):
    """Turns one format into drafts, leniently; tells what it met in `Collection.problems`; touches no database.

    Raises ImportRefused for what cannot be read. `tests/importers/resources/contract.py` holds every reader to it.
    """

    def read(self, payload: Payload) -> Collection: ...


_BLANK = b" \t\r\n\xef\xbb\xbf"
_WHY_NONE = {"no-resource", "no-name", "type"}

# To add a format: a module with a Reader, and its line here.
READERS: tuple[Reader, ...] = (TableReader(), NsdlReader(), RecordsReader(), LrmiReader())


def read(payload: Payload, format: str | None = None) -> Collection:
    """The resources in `payload`, read by the reader named `format`, or by the first that knows the content.

    Raises ImportRefused with one line that says what is wrong and what to do.
    """
    if not payload.data.strip(_BLANK):
        raise ImportRefused("The file is empty.", rule="empty")
    payload = _unpacked(payload)
    try:
        collection = choose_reader(READERS, payload, format).read(payload)
    except RecursionError:
        raise too_deep() from None
    finally:
        payload.forget()
    seen = []
    for one in collection.resources:
        if is_visible(one.title):
            seen.append(one)
        else:
            collection.problems.add(
                "warning",
                one.path,
                "no-name",
                "has a title that nobody can see, so it is passed over.",
                alike="blank",
            )
    if not seen:
        told = next((f" Its first record: {one}" for one in collection.problems if one.rule in _WHY_NONE), "")
        raise ImportRefused(
            "There is no resource in this file. A resource needs a name: in a table a column “title”, in JSON a key “title” "
            "in each record of a list, in JSON-LD the type LearningResource." + told,
            rule="empty",
        )
    return replace(collection, resources=seen)


def _unpacked(payload: Payload) -> Payload:
    """The one file in a gzip or zip that is no workbook. Raises ImportRefused for others, and for what is no data."""
    if what := payload.no_data:
        raise ImportRefused(
            f"This is {what}, which cannot be imported. Import the table or the JSON that it was made of.", rule="format"
        )  # fmt: skip
    found = members(payload)
    if len(found) == 1:
        return found[0]
    if any(one.name == "[Content_Types].xml" for one in found):
        raise ImportRefused(
            "This is a text document or slides. Save its table as CSV or XLSX.", rule="format"
        )
    if any(one.name == "content.xml" or one.name.endswith(".iwa") for one in found):
        raise ImportRefused(
            "This is a table or text of LibreOffice or of Apple’s Numbers. Save its table as XLSX or CSV.", rule="format"
        )  # fmt: skip
    names = ", ".join(one.name for one in found[:5]) + (", …" if len(found) > 5 else "")
    raise ImportRefused(f"The zip holds {len(found):,} files ({names}). Import them one by one.", rule="zip")
