"""What readers make where a source has none: identifiers, the same on each import, and isChildOf associations."""

import uuid

from importers.draft import IS_CHILD_OF, AssociationDraft


def child_of(
    child: str, parent: str, number: int | None, *, uris: tuple[str, str] = ("", ""), path: str = ""
) -> AssociationDraft:
    """The isChildOf of a source that has no associations of its own: the same for every serialisation."""
    return AssociationDraft(
        identifier=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{child} {IS_CHILD_OF} {parent}")),
        association_type=IS_CHILD_OF,
        origin_identifier=child,
        origin_uri=uris[0],
        destination_identifier=parent,
        destination_uri=uris[1],
        sequence_number=number,
        path=path,
    )
