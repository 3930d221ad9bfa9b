"""Mails about reviews. They link to the site, because authors cannot open Wagtail's admin.

Wagtail has notifiers of its own whose mails link there. Ours take their place: a signal takes one receiver for each
`dispatch_uid`, the first wins, and this app is ready before wagtail.admin is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django_tasks import task
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted

from people.mail import Try, write_to_each
from people.models import User
from repository.models import ResourcePage
from repository.permissions import STATE_GROUP

_muted = ContextVar("review mails are muted", default=False)


@contextmanager
def muted() -> Iterator[None]:
    """Nobody is written to about what happens inside, as when content comes from files and not from people."""
    token = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(token)


def connect() -> None:
    """Called once, when the app is ready."""
    task_submitted.connect(
        on_submitted, sender=TaskState, dispatch_uid="group_approval_task_submitted_email_notification"
    )
    workflow_approved.connect(
        on_approved, sender=WorkflowState, dispatch_uid="workflow_state_approved_email_notification"
    )
    workflow_rejected.connect(
        on_returned, sender=WorkflowState, dispatch_uid="workflow_state_rejected_email_notification"
    )
    # Wagtail's mail about a started workflow goes to superusers, who are technical staff here.
    workflow_submitted.connect(
        _nobody, sender=WorkflowState, dispatch_uid="workflow_state_submitted_email_notification"
    )


def on_submitted(instance: TaskState, **kwargs: Any) -> None:
    _after_commit("submitted", instance)


def on_approved(instance: WorkflowState, **kwargs: Any) -> None:
    if instance.current_task_state is not None:
        _after_commit("published", instance.current_task_state)


def on_returned(instance: WorkflowState, **kwargs: Any) -> None:
    if instance.current_task_state is not None:
        _after_commit("returned", instance.current_task_state)


def _nobody(**kwargs: Any) -> None:
    pass


def _after_commit(event: str, task_state: TaskState) -> None:
    if _muted.get():
        return
    transaction.on_commit(lambda: send_review_mail.enqueue(event, task_state.pk))


@task()
def send_review_mail(
    event: str, task_state_id: int, left: list[int] | None = None, tries_before: int = 0
) -> None:
    """One mail to each person whom `event` (submitted, published, returned) concerns, without the one who caused it.

    left, tries_before: as in people.mail.Try.
    """
    task_state = (
        TaskState.objects.select_related("workflow_state__requested_by", "finished_by", "revision", "task")
        .filter(pk=task_state_id)
        .first()
    )
    if task_state is None:
        return
    if event == "submitted" and task_state.status != TaskState.STATUS_IN_PROGRESS:
        return  # decided or taken back meanwhile: nobody is asked any more
    page = ResourcePage.objects.filter(pk=task_state.workflow_state.object_id).select_related("owner").first()
    if page is None:
        return
    state = task_state.workflow_state
    context = {
        "page": page,
        "title": task_state.revision.object_str,
        "author": state.requested_by,
        "reviewer": task_state.finished_by,
        "comment": task_state.comment,
        "url": settings.WAGTAILADMIN_BASE_URL + _path(event, page),
    }
    write_to_each(
        _recipients(event, page, task_state),
        f"repository/mails/{event}",
        context,
        name=f"review-{task_state.pk}-{event}",
        this=Try(send_review_mail, (event, task_state_id), left, tries_before),
    )


def _path(event: str, page: ResourcePage) -> str:
    if event == "submitted":
        return reverse("repository:review", args=[page.identifier])
    if event == "returned":
        return reverse("repository:edit", args=[page.identifier])
    return page.get_url() or reverse("repository:my_resources")


def _recipients(event: str, page: ResourcePage, task_state: TaskState) -> QuerySet[User]:
    active = User.objects.filter(is_active=True)
    if event == "submitted":
        groups = task_state.task.specific.groups.all()
        others = active.exclude(pk=task_state.workflow_state.requested_by_id).distinct()
        asked = others.filter(groups__in=groups.exclude(name=STATE_GROUP))
        # The state's administrators review for every district: they are asked only where nobody else can.
        return asked if asked.exists() else others.filter(groups__in=groups)
    authors = {page.owner_id, task_state.workflow_state.requested_by_id} - {None, task_state.finished_by_id}
    return active.filter(pk__in=authors)
