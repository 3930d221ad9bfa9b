"""Our own CASE 1.1 export, read back.

To pass the schema, an export of 1.1 has records in another form than they are stored in: an identifier made into a UUID, a
day for one that has none, what has no field in `extensions` (`standards.case.strict`). When such a file comes back, what
it has as we would write it today is what is stored, and no news.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from django.utils.dateparse import parse_datetime

from importers.draft import AssociationDraft, DefinitionDraft, DocumentDraft, FrameworkDraft, ItemDraft
from importers.readers.case import draft_of
from importers.stored import Stored
from standards.case import writer
from standards.case.strict import as_uuid, strict

FORMAT = "case-1.1"
Record = TypeVar("Record", DocumentDraft, ItemDraft, AssociationDraft, DefinitionDraft)


def read_back(
    draft: FrameworkDraft, stored: Stored, translate: Callable[[FrameworkDraft], FrameworkDraft]
) -> FrameworkDraft:
    """`draft` with the stored records in place of those that are as an export would have them.

    `translate` puts the stored identifiers in place of other names of the same things, as it has in `draft`.
    """
    if draft.format != FORMAT or stored.framework is None:
        return draft
    moment = _moment(draft.document.last_change_date_time) or stored.framework.updated_at
    written, _ = strict(writer.package(stored.framework, FORMAT), changed_at=moment)
    ours, own = translate(draft_of(written)), stored.draft
    return replace(
        draft,
        document=_restored(draft.document, ours.document, own.document),
        items=_all_restored(draft.items, ours.items, own.items),
        associations=[
            *_all_restored(draft.associations, ours.associations, own.associations),
            *_left_out(ours, stored),
        ],
        definitions=_all_restored(draft.definitions, ours.definitions, own.definitions),
        rubrics=own.rubrics if draft.rubrics == ours.rubrics else draft.rubrics,
        package_extra=own.package_extra if draft.package_extra == ours.package_extra else draft.package_extra,
    )


def _all_restored(given: Sequence[Record], ours: Sequence[Record], own: Sequence[Record]) -> Sequence[Record]:
    written, stored = ({_key(record): record for record in records} for records in (ours, own))
    return [
        _restored(record, written[key], stored[key])
        if (key := _key(record)) in written and key in stored
        else record
        for record in given
    ]


def _left_out(ours: FrameworkDraft, stored: Stored) -> list[AssociationDraft]:
    """Links that 1.1 cannot hold, as one without an end: that the file lacks them says nothing."""
    written = {_key(link) for link in ours.associations}
    return [
        link
        for link in stored.draft.associations
        if _key(link) not in written and link.identifier not in stored.withdrawn_associations
    ]


def _key(record: Record) -> tuple[str, str]:
    return getattr(record, "kind", ""), as_uuid(record.identifier)


def _restored(given: Record, ours: Record, own: Record) -> Record:
    """Field by field; but where a key without a field differs, only its name: the fields may have come from there."""
    if given.extra != ours.extra:
        return replace(given, identifier=own.identifier)
    same = [
        field.name
        for field in fields(given)
        if field.compare and getattr(given, field.name) == getattr(ours, field.name)
    ]
    values: dict[str, Any] = {name: getattr(own, name) for name in same}
    if given == ours and not isinstance(given, AssociationDraft | DefinitionDraft):
        values["aliases"] = ()  # names that were made for it alone
    return replace(given, **values)


def _moment(text: str) -> Any:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
