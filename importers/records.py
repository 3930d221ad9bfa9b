"""What background work on an import's record needs, whatever is imported: its bytes, and a bad end."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from importers.models import WAITING, ImportRecord
from importers.payload import Payload, clean
from importers.problems import ImportRefused
from importers.progress import planning
from importers.sources import fetch

State = ImportRecord.State
STALLED_AFTER = timedelta(minutes=3)
logger = logging.getLogger(__name__)


def is_stalled(record: ImportRecord) -> bool:
    """Whether an import has waited for minutes: no worker is running, or all are busy. Of one that a worker has taken up
    a lock tells (`importers.progress.note_broken`)."""
    return record.state in WAITING and timezone.now() - record.updated_at > STALLED_AFTER


def payload_of(record: ImportRecord) -> Payload:
    """The kept bytes; an address is fetched the first time, and kept."""
    if record.payload:
        return Payload(record.read_payload(), record.source, url=record.source_url)
    payload = fetch(record.source_url)
    record.keep_payload(payload.data)
    record.save(update_fields=["payload", "size", "updated_at"])
    return payload


@contextmanager
def begin_planning(record: ImportRecord) -> Iterator[bool]:
    """Takes up a record that waits to be planned; False where another worker has, whose plan may be applied by now."""
    if record.state != State.WAITING:
        yield False
        return
    with planning(record):
        record.state, record.stage = State.READING, "Reading the source"
        rows = type(record)._default_manager.filter(pk=record.pk, state=State.WAITING)
        yield bool(rows.update(state=record.state, stage=record.stage, updated_at=timezone.now()))


def end_planning(record: ImportRecord, *, nothing: bool, keep: bool = False) -> None:
    """The plan is there for a person to look at; with nothing in it, that was all.

    keep: the bytes all the same, so that they can be planned otherwise.
    """
    record.state = State.PLANNED
    if nothing:
        record.state = State.UNCHANGED
        record.finished_at = timezone.now()
        record.payload = record.payload if keep else b""
    record.save()


@contextmanager
def note_bad_end(record: ImportRecord) -> Iterator[None]:
    """Ends the record with a sentence where the work is refused or breaks off. What broke it off is raised again."""
    try:
        yield
    except ImportRefused as refusal:
        record.state = State.REFUSED
        record.message = str(refusal)
        record.stage = ""
        record.finished_at = timezone.now()
        record.save()
    except Exception as error:
        end_broken(record, State.BROKEN, unforeseen(error), finished_at=timezone.now())
        raise


def unforeseen(error: Exception) -> str:
    """The sentence for an error that we have no words for."""
    said, _ = clean(" ".join(str(error).split())[:300].rstrip("."))
    what = ", ".join(part for part in (type(error).__name__, said) if part)
    return f"Something unforeseen stopped it: {what}. Try again. If it stops again, the site’s log says more."


def end_broken(record: ImportRecord, state: str, message: str, **fields: object) -> None:
    """Says in the record that its work broke off, and in the log why: of the error that is being handled.

    Where the database is away, nothing is said until it is back and somebody looks (`importers.progress.note_broken`).
    """
    logger.exception("The import “%s” (%s %s) broke off", record.source, type(record).__name__, record.pk)
    try:
        if not connection.in_atomic_block:
            connection.close()  # it may be what broke
        rows = type(record)._default_manager.filter(pk=record.pk)
        rows.update(state=state, stage="", message=message, updated_at=timezone.now(), **fields)
    except (OperationalError, InterfaceError):
        logger.warning("The database is away, so the record of import %s does not say so", record.pk)
