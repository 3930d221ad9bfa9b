"""Mails about frameworks that are looked for at their source, to those who keep them."""

import logging

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django_tasks import task

from importers import plan_text
from importers.models import FrameworkImport, RefreshSchedule
from people.mail import Try, write_to_each
from people.models import Membership, Role, User
from standards.models import Framework

State = FrameworkImport.State
logger = logging.getLogger(__name__)

# Where somebody has acted meanwhile in the admin, nobody is asked to look there any more.
_OVER: dict[str, set[str]] = {
    "plan": {State.QUEUED, State.APPLYING, State.APPLIED, State.UNDONE, State.DISCARDED},
    "applied": {State.UNDONE},
    "failed": set(),
}


@task()
def send_refresh_mail(
    event: str,
    schedule_id: int,
    record_id: int,
    why: str,
    left: list[int] | None = None,
    tries_before: int = 0,
) -> None:
    """One mail to each person who keeps the framework. event: plan (why it was not applied by itself, if it was to be),
    applied, or failed (why).

    left, tries_before: as in people.mail.Try.
    """
    schedule = RefreshSchedule.objects.select_related("framework").filter(pk=schedule_id).first()
    record = FrameworkImport.objects.filter(pk=record_id).first()
    if schedule is None or record is None or record.state in _OVER[event]:
        return
    if event == "failed" and not schedule.failure:
        return  # it was read again meanwhile
    framework = schedule.framework
    recipients = keepers(framework)
    if not recipients.exists():
        logger.warning("Nobody keeps %s: no administrator has an e-mail address", framework)
    context = {
        "framework": framework,
        "why": why,
        "lines": list(plan_text.lines(record.title, record.plan, record.warnings, in_labels=True))
        if record.plan
        else [],
        "url": settings.WAGTAILADMIN_BASE_URL + reverse("standards_admin:record", args=[record.pk]),
    }
    write_to_each(
        recipients,
        f"importers/mails/{event}",
        context,
        name=f"framework-{record.pk}-{event}",
        this=Try(send_refresh_mail, (event, schedule_id, record_id, why), left, tries_before),
    )


def keepers(framework: Framework) -> QuerySet[User]:
    """Whom a plan is sent to: the administrators of the district that keeps it, else the state's."""
    admins = Membership.objects.filter(role=Role.DISTRICT_ADMIN, organisation=framework.owner_id)
    if framework.owner_id is None or not admins.filter(user__is_active=True).exists():
        admins = Membership.objects.filter(role=Role.STATE_ADMIN)
    return User.objects.filter(is_active=True, pk__in=admins.values("user")).exclude(email="")
