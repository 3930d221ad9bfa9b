"""Our own CASE 1.1 export, read back.

To pass the schema, an export of 1.1 has records in another form than they are stored in: an identifier made into a UUID, a
day for one that has none, what has no field in `extensions` (`standards.case.strict`). When such a file comes back, what
it has as we would write it today is what is stored, and no news.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, TypeVar

from django.utils.dateparse import parse_datetime

from importers.draft import AssociationDraft, DefinitionDraft, DocumentDraft, FrameworkDraft, ItemDraft
from importers.readers.case import draft_of
from importers.stored import Stored
from standards.case import writer
from standards.case.strict import as_uuid, strict

FORMAT = "case-1.1"
Record = TypeVar("Record", DocumentDraft, ItemDraft, AssociationDraft, DefinitionDraft)


def read_back(draft: FrameworkDraft, stored: Stored) -> FrameworkDraft:
    """`draft` with the stored records in place of those that are as an export would have them.

    The draft has the stored identifiers of statements already. Only what differs is written out to be compared.
    """
    if draft.format != FORMAT or stored.framework is None:
        return draft
    own = stored.draft
    live = [link for link in own.associations if link.identifier not in stored.withdrawn_associations]
    # A link that the file lacks is written, too: perhaps 1.1 cannot hold it.
    items, links = _differing(draft.items, own.items), _differing(draft.associations, live, lacking=True)
    names = [own.document.identifier, *(item.identifier for item in own.items)]
    moment = _moment(draft.document.last_change_date_time) or stored.framework.updated_at
    package = writer.package(stored.framework, FORMAT, items=items, associations=links)
    ours = draft_of(strict(package, changed_at=moment, own=names)[0])
    written = _under_stored_names(ours.associations, names)
    kept = {_key(link) for link in written}
    return replace(
        draft,
        document=_restored(draft.document, ours.document, own.document),
        items=_all_restored(draft.items, ours.items, items),
        associations=[
            *_all_restored(draft.associations, written, links),
            *(link for link in links if _key(link) not in kept),
        ],
        definitions=_all_restored(draft.definitions, ours.definitions, own.definitions),
        rubrics=own.rubrics if draft.rubrics == ours.rubrics else draft.rubrics,
        package_extra=own.package_extra if draft.package_extra == ours.package_extra else draft.package_extra,
    )


def _differing(given: Sequence[Record], own: Iterable[Record], *, lacking: bool = False) -> list[Record]:
    """Those of the stored records that are given in another form; `lacking`: or not at all."""
    plain = {record.identifier: record for record in given}
    rest = [record for record in own if plain.get(record.identifier) != record]
    if lacking or not rest:
        return rest
    keys = {_key(record) for record in given}
    return [record for record in rest if _key(record) in keys]


def _under_stored_names(
    links: Sequence[AssociationDraft], identifiers: Iterable[str]
) -> list[AssociationDraft]:
    names = {as_uuid(name): name for name in identifiers} if links else {}
    return [
        replace(
            link,
            origin_identifier=names.get(link.origin_identifier, link.origin_identifier),
            destination_identifier=names.get(link.destination_identifier, link.destination_identifier),
        )
        for link in links
    ]


def _all_restored(given: Sequence[Record], ours: Iterable[Record], own: Iterable[Record]) -> Sequence[Record]:
    written = {_key(record): record for record in ours}
    stored = {key: record for record in own if (key := _key(record)) in written}
    if not stored:
        return given
    return [
        _restored(record, written[key], stored[key]) if (key := _key(record)) in stored else record
        for record in given
    ]


def _key(record: Record) -> tuple[str, str]:
    return getattr(record, "kind", ""), as_uuid(record.identifier)


def _restored(given: Record, ours: Record, own: Record) -> Record:
    """Field by field; but where a key without a field differs, only its name: the fields may have come from there."""
    ours = replace(ours, identifier=given.identifier)
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


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
