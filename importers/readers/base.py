"""What a reader promises. `tests/importers/contract.py` holds every reader to it."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused


class Format(Protocol):
    """What frameworks and resources are read from alike."""

    name: str
    """The format's short name, as `--format` takes it."""
    label: str
    """What people call the format."""

    def recognises(self, payload: Payload) -> bool:
        """Whether the content looks like this format. May raise ImportRefused: a JSON file that is cut off."""
        ...


class Reader(Format, Protocol):
    """Turns one format into drafts.

    A reader keeps identifiers, URIs and unknown keys exactly as given, reads leniently, and tells what it
    met in `FrameworkDraft.problems`. It raises ImportRefused for what cannot be read, and touches no database.
    """

    def read(self, payload: Payload) -> list[FrameworkDraft]: ...


F = TypeVar("F", bound=Format)


def choose_reader(readers: Sequence[F], payload: Payload, format: str | None) -> F:
    """The reader named `format`, or the first that knows the content. Raises ImportRefused where there is none."""
    if format:
        for reader in readers:
            if format == reader.name or format.startswith(f"{reader.name}-"):
                return reader
        known = ", ".join(reader.name for reader in readers)
        raise ImportRefused(f"There is no format {format!r}. Known formats: {known}.", rule="format")
    for reader in readers:
        if reader.recognises(payload):
            return reader
    known = "; ".join(reader.label for reader in readers)
    raise ImportRefused(
        f"The format of this file is not known. Formats that can be read: {known}.", rule="format"
    )
