"""What a reader promises. `tests/importers/contract.py` holds every reader to it."""

from typing import Protocol

from importers.draft import FrameworkDraft
from importers.payload import Payload


class Reader(Protocol):
    """Turns one format into drafts.

    A reader keeps identifiers, URIs and unknown keys exactly as given, reads leniently, and tells what it
    met in `FrameworkDraft.problems`. It raises ImportRefused for what cannot be read, and touches no database.
    """

    name: str
    """The format's short name, as `--format` takes it."""
    label: str
    """What people call the format."""

    def recognises(self, payload: Payload) -> bool:
        """Whether the content looks like this format. May raise ImportRefused: a JSON file that is cut off."""
        ...

    def read(self, payload: Payload) -> list[FrameworkDraft]: ...
