"""Frameworks that are asked for at their source from time to time, and what comes of it.

A changed source is planned, and the plan mailed to those who keep the framework; it is applied without them only where
they chose so, and nothing speaks against it.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.utils import timezone

from importers import jobs
from importers.mails import send_refresh_mail
from importers.models import FrameworkImport, RefreshSchedule
from standards.models import Framework

State = FrameworkImport.State
Outcome = Literal["unchanged", "planned", "applied", "failed", "known"]
_SLACK = timedelta(hours=1)  # a job that runs at one time each day must not skip every second day


@dataclass(frozen=True, slots=True)
class Refreshed:
    """`known`: the plan, or the failure, is the one that was mailed before."""

    framework: Framework
    outcome: Outcome
    message: str = ""
    record: FrameworkImport | None = None


def refresh_due(*, everything: bool = False) -> Iterator[Refreshed]:
    """Refreshes the frameworks whose time has come, or all that have a schedule. Two at once share the work."""
    for schedule in RefreshSchedule.objects.select_related("framework__owner").order_by("pk"):
        if everything or is_due(schedule):
            claimed = RefreshSchedule.objects.filter(pk=schedule.pk, checked_at=schedule.checked_at)
            if claimed.update(checked_at=timezone.now()):
                yield refresh(schedule)


def is_due(schedule: RefreshSchedule) -> bool:
    if schedule.every == RefreshSchedule.Every.OFF or not schedule.framework.source_url:
        return False
    last = schedule.checked_at
    return last is None or timezone.now() - last >= schedule.period - _SLACK


def refresh(schedule: RefreshSchedule) -> Refreshed:
    """Asks the source; plans, and perhaps applies, what has changed; tells whom it concerns."""
    framework = schedule.framework
    record = FrameworkImport(
        source=framework.source_url,
        source_url=framework.source_url,
        owner=framework.owner,
        state=State.WAITING,
    )
    record.save()
    _do(jobs.plan_now, record)
    if record.state == State.UNCHANGED and record.framework_id == framework.pk:
        record.delete()
        _note_failure(schedule, "")
        return Refreshed(framework, "unchanged")
    if record.state != State.PLANNED or record.framework_id != framework.pk:
        return _failed(schedule, record)
    _note_failure(schedule, "")
    if _seen_before(record):
        record.delete()
        return Refreshed(
            framework, "known", "It was planned before, and waits in the admin or was discarded there."
        )
    if schedule.by_itself and not (why := what_speaks_against(record)):
        FrameworkImport.objects.filter(pk=record.pk).update(state=State.QUEUED)
        _do(jobs.apply_now, record)
        if record.state == State.APPLIED:
            _tell("applied", schedule, record)
            return Refreshed(framework, "applied", record=record)
        why = record.message
    elif not schedule.by_itself:
        why = ""
    _tell("plan", schedule, record, why)
    return Refreshed(framework, "planned", why, record)


def _do(step: Callable[[int], None], record: FrameworkImport) -> None:
    """A step of the import. What nobody foresaw ends it alone: the other frameworks have their turn."""
    with suppress(Exception):  # the record says so, and the log
        step(record.pk)
    record.refresh_from_db()


def what_speaks_against(record: FrameworkImport) -> str:
    """Why a plan is not applied without a person, though they chose so; "" if nothing speaks against it."""
    if record.plan.get("retires_too_many"):
        return "More than a tenth of the framework would be retired: the file may have been cut off."
    errors = [warning for warning in record.warnings if warning["severity"] == "error"]
    if errors:
        return f"The file has an error: {errors[0]['path']} {errors[0]['message']}".replace("  ", " ")
    return ""


def _seen_before(record: FrameworkImport) -> bool:
    """Whether this very file was planned before, and waits to be applied or was discarded."""
    alike = FrameworkImport.objects.filter(
        source_url=record.source_url, checksum=record.checksum, state__in=[State.PLANNED, State.DISCARDED]
    )
    return alike.filter(framework=record.framework_id, pk__lt=record.pk).exists()


def _failed(schedule: RefreshSchedule, record: FrameworkImport) -> Refreshed:
    """A failure is mailed once, until the source was read again; its first record is kept."""
    why = (record.state != State.UNCHANGED and record.message) or (
        f"The address does not answer with “{schedule.framework.title}” any more, but with "
        f"“{record.title or 'a list of frameworks'}”."
    )
    if schedule.failure:
        record.delete()
        _note_failure(schedule, why)
        return Refreshed(schedule.framework, "failed", why)
    if record.state != State.REFUSED:
        FrameworkImport.objects.filter(pk=record.pk).update(
            state=State.REFUSED, message=why, finished_at=timezone.now()
        )
    _note_failure(schedule, why)
    _tell("failed", schedule, record, why)
    return Refreshed(schedule.framework, "failed", why, record)


def _note_failure(schedule: RefreshSchedule, why: str) -> None:
    RefreshSchedule.objects.filter(pk=schedule.pk).update(failure=why)


def _tell(event: str, schedule: RefreshSchedule, record: FrameworkImport, why: str = "") -> None:
    send_refresh_mail.enqueue(event, schedule.pk, record.pk, why)
