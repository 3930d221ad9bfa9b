"""An import from the admin: kept, read and planned in the background, looked at by a person, then applied.

Each step leaves its state in the `FrameworkImport`, so that the page shows where it stands, whoever asks.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace

from django.db import transaction
from django.utils import timezone

from importers import plan_json
from importers.apply import Options
from importers.case_server import ListedDocument, is_server, list_documents
from importers.checks import make_checked_plan
from importers.draft import FrameworkDraft
from importers.freshness import Unchanged, fetch_if_changed
from importers.models import FrameworkImport
from importers.naming import by_framework
from importers.payload import Payload, Validators
from importers.permissions import may_import, owners_for
from importers.plan import Plan, guard
from importers.problems import ImportRefused
from importers.progress import Progress, hold, note_broken, note_progress
from importers.reconcile import prepare
from importers.records import begin_planning, end_planning, note_bad_end
from importers.services import (
    fill_record,
    finish_undo,
    keep_record,
    known_mappings,
    make_checked_undo,
    read,
    write,
)
from importers.sources import fetch
from importers.table_columns import mapping_of
from importers.turns import refusing_database_errors, wait_for_turn
from people.models import Organisation, User
from standards.models import Framework

State = FrameworkImport.State


def start(
    *,
    user: User,
    data: bytes = b"",
    name: str = "",
    url: str = "",
    owner: Organisation | None = None,
    short_name: str = "",
    title: str = "",
    part: str = "",
) -> FrameworkImport:
    """Keeps the source and has it read and planned in the background.

    title: what it is called until it says so itself. part: which framework of a file that holds several.
    """
    record = FrameworkImport(
        user=user,
        source=name or url,
        source_url=url,
        owner=owner,
        short_name=short_name,
        title=title,
        part=part,
        state=State.WAITING,
    )
    if data:
        record.keep_payload(data)
    record.save()
    _enqueue_plan(record)
    return record


def request_apply(record: FrameworkImport, *, user: User, allow_retire: bool = False) -> None:
    """Has a planned import applied in the background, in the name of `user`."""
    changed = FrameworkImport.objects.filter(pk=record.pk, state=State.PLANNED).update(
        state=State.QUEUED, user=user, allow_retire=allow_retire, message="", updated_at=timezone.now()
    )
    if changed:
        from importers.tasks import apply_import

        transaction.on_commit(lambda: apply_import.enqueue(record.pk))


def discard(record: FrameworkImport) -> None:
    """Ends an import that waits for a person, without applying it."""
    waiting = FrameworkImport.objects.filter(pk=record.pk, state__in=[State.PLANNED, State.CHOOSING])
    waiting.update(state=State.DISCARDED, finished_at=timezone.now(), payload=b"")


def start_undo(record: FrameworkImport, *, user: User) -> FrameworkImport:
    """Has the undoing of an import planned in the background; a person reads and applies it like any import."""
    undo = FrameworkImport(
        user=user, source=record.source, framework=record.framework, title=record.title, format=record.format,
        owner=record.owner, undoes=record, state=State.WAITING,
    )  # fmt: skip
    undo.save()
    _enqueue_plan(undo)
    return undo


def repeat(record: FrameworkImport, *, user: User, leads: bool = False) -> FrameworkImport:
    """Has the file of a former import read and planned once more. leads: what it says is to hold from now on."""
    again = FrameworkImport(
        user=user, source=record.source, source_url=record.source_url, owner=record.owner,
        short_name=record.short_name, payload=record.payload, size=record.size, state=State.WAITING,
        leads=leads or record.leads, columns=record.columns, part=record.part,
    )  # fmt: skip
    again.save()
    _enqueue_plan(again)
    return again


def start_again(record: FrameworkImport) -> None:
    """Reads and plans once more: after a worker died, or what is stored changed."""
    found = FrameworkImport.objects.filter(pk=record.pk, state=record.state)
    if found.update(state=State.WAITING, message="", updated_at=timezone.now()):
        _enqueue_plan(record)


def correct_columns(record: FrameworkImport, mapping: Mapping[str, str]) -> None:
    """Has a table read and planned once more, with its columns as a person says."""
    may_be = [State.PLANNED, State.REFUSED]
    changed = FrameworkImport.objects.filter(pk=record.pk, state__in=may_be).update(
        state=State.WAITING, columns=dict(mapping), message="", updated_at=timezone.now()
    )
    if changed:
        _enqueue_plan(record)


def let_lead(record: FrameworkImport, *, leads: bool) -> None:
    """Has a source planned once more: as the one that its framework follows from now on, or not."""
    may_be = [State.PLANNED, State.UNCHANGED]
    meant = FrameworkImport.objects.filter(pk=record.pk, state__in=may_be, undoes=None)
    if (meant.exclude(led_by="") if leads else meant.filter(leads=True)).update(
        state=State.WAITING, leads=leads, message="", finished_at=None, updated_at=timezone.now()
    ):
        _enqueue_plan(record)


def start_chosen(
    record: FrameworkImport, identifiers: Collection[str], *, user: User
) -> list[FrameworkImport]:
    """Starts an import of each chosen document that the record lists; each is then read, planned and applied by itself."""
    chosen = [ListedDocument(**one) for one in record.documents if one["identifier"] in identifiers]
    if not record.payload:
        return [start(user=user, url=one.package_url, owner=record.owner, title=one.title) for one in chosen]
    data = record.read_payload()
    return [
        start(
            user=user, data=data, name=record.source, owner=record.owner, title=one.title, part=one.identifier
        )
        for one in chosen
    ]


def may_act(user: User, record: FrameworkImport) -> bool:
    """Whether a person may apply or discard an import."""
    if record.framework is not None:
        return may_import(user, record.framework)
    return (
        record.owner in owners_for(user) if record.owner else bool(owners_for(user)) and record.user == user
    )


def plan_now(record_id: int) -> None:
    """Reads the source and writes the plan into the record; refused sources say why there."""
    record = FrameworkImport.objects.select_related(
        "user", "owner", "undoes__undoes", "undoes__framework__owner"
    ).get(pk=record_id)
    with begin_planning(record) as begun:
        if not begun:
            return
        note_broken(FrameworkImport)
        with note_bad_end(record):
            try:
                _plan(record)
            except Unchanged as same:
                _tell_unchanged(record, same.record)


def _plan(record: FrameworkImport) -> None:
    if record.undoes:
        undo = make_checked_undo(record.undoes, record.user)
        plan = undo.plan
        framework: Framework | None = undo.framework
    else:
        if not record.payload and is_server(record.source_url):
            _offer(record, list_documents(record.source_url))
            return
        payload = _payload(record)
        record.checksum = payload.checksum
        drafts = _read(record, payload)
        if len(drafts) > 1:
            _offer(record, _listed(drafts))
            return
        draft = drafts[0]
        record.columns = dict(draft.columns)
        is_part = draft.partial
        draft, stored = prepare(draft, record.short_name)
        plan, framework = make_checked_plan(draft, stored, record.user), stored.framework
        if plan.is_empty and framework is not None and not plan.led_by and not is_part:
            _keep_address(record, framework)
    fill_record(record, plan, framework)
    end_planning(record, nothing=plan.is_empty, keep=bool(plan.led_by))


def apply_now(record_id: int) -> None:
    """Applies a planned import if the plan still holds; otherwise shows the new one to be looked at again.

    Whatever breaks it off leaves the former state: all is written in one transaction. While that lasts, it holds a
    lock of the record's number, by which `note_broken` tells a run that works from one whose process is gone.
    """
    note_broken(FrameworkImport)
    record = FrameworkImport.objects.select_related(
        "user", "owner", "undoes__undoes", "undoes__framework__owner"
    ).get(pk=record_id)
    if record.state != State.QUEUED:
        return
    with note_bad_end(record):
        payload = None if record.undoes else _payload(record)
        with note_progress(record) as tell, refusing_database_errors(), transaction.atomic():
            if not hold(record):
                return
            tell.applying()
            if payload is not None:
                _apply(record, payload, tell)
            elif record.undoes is not None:
                _undo(record, record.undoes, tell)


def _apply(record: FrameworkImport, payload: Payload, tell: Progress) -> None:
    (draft,) = _read(record, payload)
    wait_for_turn(tell)
    draft, stored = prepare(draft, record.short_name)
    plan = make_checked_plan(draft, stored, record.user)
    if _as_json(plan) != record.plan:
        _plan_again(record, plan, stored.framework)
        return
    guard(plan, allow_retire=record.allow_retire)
    owner = record.owner if record.owner and record.owner.kind != Organisation.Kind.STATE else None
    options = Options(record.short_name or None, owner, record.source_url)
    written = write(draft, stored, plan, options, tell)
    keep_record(record, payload, plan, written.framework, written, draft.columns)


def _undo(record: FrameworkImport, undone: FrameworkImport, tell: Progress) -> None:
    wait_for_turn(tell)
    undo = make_checked_undo(undone, record.user)
    if _as_json(undo.plan) != record.plan:
        _plan_again(record, undo.plan, undo.framework)
        return
    finish_undo(undo, record, tell)


def _enqueue_plan(record: FrameworkImport) -> None:
    from importers.tasks import plan_import

    transaction.on_commit(lambda: plan_import.enqueue(record.pk))


def _payload(record: FrameworkImport) -> Payload:
    """The kept bytes; an address is fetched the first time, and kept."""
    if record.payload:
        payload = Payload(record.read_payload(), record.source, url=record.source_url)
        payload.validators = Validators(record.etag, record.last_modified)
        return payload
    payload = fetch(record.source_url) if record.leads else fetch_if_changed(record.source_url)
    record.keep_payload(payload.data)
    record.etag, record.last_modified = payload.validators.etag, payload.validators.last_modified
    record.save(update_fields=["payload", "size", "etag", "last_modified", "updated_at"])
    return payload


def _read(record: FrameworkImport, payload: Payload) -> list[FrameworkDraft]:
    """The draft, with the columns of a table as the record has them: as they were planned, or corrected since.

    Several, if the file holds several frameworks and nobody has said which of them it is.
    """
    payload.mapping = record.columns
    payload.known_mappings = known_mappings(record.owner)
    try:
        return _meant(record, by_framework([replace(draft, leads=record.leads) for draft in read(payload)]))
    except ImportRefused:
        record.columns = record.columns or mapping_of(payload)  # so that they can be corrected
        raise


def _offer(record: FrameworkImport, documents: list[ListedDocument]) -> None:
    record.documents = [asdict(document) for document in documents]
    record.state = State.CHOOSING
    record.stage = ""
    record.save()


def _tell_unchanged(record: FrameworkImport, last: FrameworkImport) -> None:
    record.framework, record.title, record.format = last.framework, last.title, last.format
    record.columns, record.checksum = last.columns, last.checksum
    record.etag, record.last_modified = last.etag, last.last_modified
    record.led_by = last.led_by
    record.state = State.UNCHANGED
    record.message = "The source has not changed since it was imported, so it was not read again."
    record.stage = ""
    record.finished_at = timezone.now()
    record.save()


def _meant(record: FrameworkImport, drafts: list[FrameworkDraft]) -> list[FrameworkDraft]:
    if record.part:
        drafts = [draft for draft in drafts if draft.document.identifier == record.part]
        if not drafts:
            raise ImportRefused(
                "The file does not hold the framework that was chosen of it any more.", rule="part"
            )
    if len({draft.document.identifier for draft in drafts}) < len(drafts):
        raise ImportRefused(
            f"The file holds “{drafts[0].document.title}” more than once. Import a file that holds each framework once.",
            rule="several",
        )
    return drafts


def _keep_address(record: FrameworkImport, framework: Framework) -> None:
    """An address that has nothing new is kept where there is none: it can then be looked at for what comes."""
    if record.source_url and Framework.objects.filter(pk=framework.pk, source_url="").update(
        source_url=record.source_url
    ):
        record.message = "The source says what is stored. Its address is kept: changes can be looked for there from now on."


def _listed(drafts: list[FrameworkDraft]) -> list[ListedDocument]:
    found = [draft.document for draft in drafts]
    return [
        ListedDocument(one.identifier, one.title, one.creator, one.adoption_status, one.last_change_date_time)
        for one in found
    ]


def _plan_again(record: FrameworkImport, plan: Plan, framework: Framework | None) -> None:
    fill_record(record, plan, framework)
    record.state = State.PLANNED
    record.message = (
        "What is stored has changed since this was planned. Look at the new plan before you apply it."
    )
    record.save()


def _as_json(plan: Plan) -> object:
    """As the database gives it back, so that two can be compared."""
    return json.loads(json.dumps(plan_json.full(plan)))
