"""An import of resources from the admin: kept, planned in the background, looked at by a person, applied, undone.

Each step leaves its state in the `ResourceImport`, so that its page shows where it stands, whoever asks.
"""

import json
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from importers.models import ResourceImport
from importers.problems import ImportRefused
from importers.progress import hold, note_broken, note_progress
from importers.records import (
    begin_planning,
    end_broken,
    end_planning,
    is_stalled,
    note_bad_end,
    payload_of,
    unforeseen,
)
from importers.resources.plan import full
from importers.resources.services import carry_out, check_allowed, fill, plan_for, read
from importers.resources.undo import undo_import
from importers.turns import refusing_database_errors, wait_for_turn
from people.models import Organisation, User

State = ResourceImport.State


def start(
    *,
    user: User,
    district: Organisation,
    data: bytes = b"",
    name: str = "",
    url: str = "",
    audience: str = "",
    defaults: Mapping[str, str] | None = None,
) -> ResourceImport:
    """Keeps the source and has it read and planned in the background."""
    record = ResourceImport(
        user=user,
        district=district,
        source=name or url,
        source_url=url,
        audience=audience,
        defaults=dict(defaults or {}),
        state=State.WAITING,
    )
    if data:
        record.keep_payload(data)
    record.save()
    _enqueue_plan(record)
    return record


def request_apply(record: ResourceImport, *, user: User) -> None:
    """Has a planned import applied in the background, in the name of `user`."""
    from importers.tasks import apply_resources

    if _move(record, State.PLANNED, State.QUEUED, user=user, message=""):
        transaction.on_commit(lambda: apply_resources.enqueue(record.pk))


def request_undo(record: ResourceImport, *, user: User) -> None:
    """Has an applied import undone in the background, in the name of `user`."""
    from importers.tasks import undo_resources

    if _move(record, State.APPLIED, State.QUEUED, undone_by=user, message=""):
        transaction.on_commit(lambda: undo_resources.enqueue(record.pk))


def plan_again(record: ResourceImport, *, replace_reviewed: bool) -> None:
    """Plans a planned import once more, with what reviewers approved here replaced, or kept."""
    if _move(record, State.PLANNED, State.WAITING, replace_reviewed=replace_reviewed, message=""):
        _enqueue_plan(record)


def repeat(record: ResourceImport, *, user: User) -> ResourceImport:
    """Plans the source of an import that was undone anew, as it came then."""
    return start(
        user=user,
        district=record.district,
        data=record.read_payload(),
        name=record.source,
        url=record.source_url,
        audience=record.audience,
        defaults=record.defaults,
    )


def discard(record: ResourceImport) -> None:
    """Ends a planned import without applying it."""
    _move(record, State.PLANNED, State.DISCARDED, finished_at=timezone.now(), payload=b"")


def start_again(record: ResourceImport) -> None:
    """Takes up a step whose worker died, or reads a source once more that was refused or broke off."""
    if not is_stalled(record) and record.state not in (State.REFUSED, State.BROKEN):
        return
    if record.changes.exists():
        _move(record, record.state, State.APPLIED)
        request_undo(record, user=record.undone_by or record.user)  # type: ignore[arg-type] # one of them asked
        return
    if _move(record, record.state, State.WAITING, message=""):
        _enqueue_plan(record)


def plan_now(record_id: int) -> None:
    """Reads the source and writes the plan into the record; refused sources say why there."""
    record = _record(record_id)
    with begin_planning(record) as begun:
        if not begun:
            return
        note_broken(ResourceImport)
        with note_bad_end(record):
            check_allowed(record.district, record.user, record.audience)
            payload = payload_of(record)
            collection = read(payload)
            with note_progress(record) as tell:
                plan, _ = plan_for(record, payload, collection, tell)
            fill(record, payload, plan)
            end_planning(record, nothing=plan.is_empty and not plan.reviewed)


def apply_now(record_id: int) -> None:
    """Applies a planned import if the plan still holds; otherwise shows the new one to be looked at again.

    While it writes it holds a lock of the record, by which `note_broken` tells whether its process is still there.
    """
    note_broken(ResourceImport)
    record = _record(record_id)
    if record.state != State.QUEUED or record.user is None or record.changes.exists():
        return
    with note_bad_end(record):
        check_allowed(record.district, record.user, record.audience)
        payload = payload_of(record)
        collection = read(payload)
        with note_progress(record) as tell, refusing_database_errors(), transaction.atomic():
            if not hold(record):
                return
            tell.applying()
            wait_for_turn(tell)
            plan, resolved = plan_for(record, payload, collection, tell)
            if json.loads(json.dumps(full(plan))) != record.plan:
                fill(record, payload, plan)
                record.state = State.PLANNED
                record.message = (
                    "What is stored has changed since this was planned. Look at the new plan first."
                )
                record.save()
                return
            carry_out(record, payload, plan, resolved, tell)


def undo_now(record_id: int) -> None:
    """Undoes an import; what stood in the way is in its message. It stays applied then."""
    note_broken(ResourceImport)
    record = _record(record_id)
    if record.state != State.QUEUED:
        return
    try:
        with note_progress(record) as tell, transaction.atomic():
            if not hold(record):
                return
            tell.applying()
            undo_import(record, user=record.undone_by, progress=tell)
    except ImportRefused as refusal:
        ResourceImport.objects.filter(pk=record_id).update(
            state=State.APPLIED, message=str(refusal), stage=""
        )
    except Exception as error:
        end_broken(record, State.APPLIED, f"Not undone. {unforeseen(error)}")
        raise


def _record(record_id: int) -> ResourceImport:
    return ResourceImport.objects.select_related("user", "undone_by", "district").get(pk=record_id)


def _move(record: ResourceImport, before: str, after: str, **fields: object) -> bool:
    """Changes the state, unless somebody else did in the meantime."""
    rows = ResourceImport.objects.filter(pk=record.pk, state=before)
    return bool(rows.update(state=after, updated_at=timezone.now(), **fields))


def _enqueue_plan(record: ResourceImport) -> None:
    from importers.tasks import plan_resources

    transaction.on_commit(lambda: plan_resources.enqueue(record.pk))
