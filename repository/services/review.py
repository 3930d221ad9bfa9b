"""From draft to published, and back: Wagtail's own workflow, with the rules of this house around it.

While a resource is in review nobody edits it on the site, and a decision names the revision that the reviewer saw:
if that is no longer the latest, it is refused. So what is published is exactly what was reviewed.
"""

from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.locks import BasicLock
from wagtail.models import TaskState, WorkflowState

from people.models import User
from repository.checklist import submission_problems
from repository.models import ResourcePage
from repository.services.alignments import judge_alignments
from repository.services.drafts import check_lock, is_in_review, locked
from repository.services.errors import (
    ChangedSinceSeen,
    Incomplete,
    InReview,
    Locked,
    NoReviewers,
    NotInState,
    OwnContribution,
)
from repository.services.whole import whole


@whole
def submit(*, identifier: UUID, user: User) -> WorkflowState:
    """Send the latest draft to the reviewers of its district.

    Raises InReview, Locked, Incomplete, NoReviewers, NotInState (nothing to review) and PermissionDenied.
    """
    page = locked(identifier)
    if is_in_review(page):
        raise InReview
    if not page.permissions_for_user(user).can_edit():
        raise PermissionDenied
    if page.live and not page.has_unpublished_changes:
        raise NotInState
    check_lock(page, user, typed=False)
    if problems := submission_problems(page.get_latest_revision_as_object()):
        raise Incomplete(problems)
    state = page.current_workflow_state
    if state is not None:  # returned before: the same review goes on
        state.resume(user=user)
        return state
    workflow = page.get_workflow()
    if workflow is None:
        raise NoReviewers
    started: WorkflowState = workflow.start(page, user)
    return started


@whole
def withdraw(*, identifier: UUID, user: User) -> None:
    """Take the resource back from review; it is a draft again. Raises NotInState and PermissionDenied."""
    page = locked(identifier)
    if not is_in_review(page):  # returned meanwhile, perhaps: what the reviewer wrote stays
        raise NotInState
    if not may_withdraw(page, user):
        raise PermissionDenied
    page.current_workflow_state.cancel(user=user)


def may_withdraw(page: ResourcePage, user: User) -> bool:
    state = page.current_workflow_state
    return state is not None and user.pk in (page.owner_id, state.requested_by_id)


@whole
def approve(
    *,
    identifier: UUID,
    user: User,
    revision_id: int,
    comment: str = "",
    judgements: Mapping[str, str] | None = None,
) -> ResourcePage:
    """Approve the revision that the reviewer saw; at the last step this publishes it.

    judgements: an alignment's key (services.alignments.alignment_key): its status, confirmed or disputed.
    Raises NotInState, ChangedSinceSeen, Locked, OwnContribution and PermissionDenied.
    """
    page, task_state = _to_decide(identifier, user, revision_id)
    judge_alignments(page=page, judgements=judgements or {})
    task_state.task.specific.on_action(task_state, user, "approve", comment=comment)
    page.refresh_from_db()
    return page


@whole
def return_to_author(
    *,
    identifier: UUID,
    user: User,
    revision_id: int,
    comment: str,
    judgements: Mapping[str, str] | None = None,
) -> ResourcePage:
    """Ask the author for changes. The comment is required: "no" without a why helps nobody. What is said of standards, as in
    `approve`, is there for the author, and for the next review."""
    if not comment.strip():
        raise ValueError("a comment is required")
    page, task_state = _to_decide(identifier, user, revision_id)
    judge_alignments(page=page, judgements=judgements or {})
    task_state.task.specific.on_action(task_state, user, "reject", comment=comment)
    page.refresh_from_db()
    return page


def _to_decide(identifier: UUID, user: User, revision_id: int) -> tuple[ResourcePage, TaskState]:
    page = locked(identifier)
    task_state = page.current_workflow_task_state
    if task_state is None:
        raise NotInState
    if not may_review(page, user):
        raise PermissionDenied
    if page.latest_revision_id != revision_id:
        raise ChangedSinceSeen
    check_lock(page, user, typed=True)
    if must_leave_to_others(page, user):
        raise OwnContribution
    return page, task_state


def may_review(page: ResourcePage, user: User) -> bool:
    """Whether Wagtail's workflow lets the person decide about the page at its current step."""
    task = page.current_workflow_task
    return task is not None and any(action[0] == "approve" for action in task.get_actions(page, user))


def must_leave_to_others(page: ResourcePage, user: User) -> bool:
    """Nobody approves an own resource, as long as somebody else may decide: in the district, or for the state."""
    state = page.current_workflow_state
    return state is not None and _leaves_to_others(state, page, user)


def check_before_publishing(*, state: WorkflowState, user: User | None) -> None:
    """The rules of a decision where a review ends, whichever page it was made on (Wagtail's admin has several).

    Raises PermissionDenied: for the own resource, for one that somebody has locked for the user, and where the latest
    revision is not the one that was reviewed.
    """
    page = ResourcePage.objects.select_for_update().get(pk=state.object_id)
    reviewed = state.current_task_state
    if reviewed is None or reviewed.revision_id != page.latest_revision_id:
        raise PermissionDenied(str(ChangedSinceSeen()))
    lock = page.get_lock()
    if user is not None and isinstance(lock, BasicLock) and lock.for_user(user):
        raise PermissionDenied(str(Locked(str(page.locked_by or ""), typed=False)))
    if user is not None and _leaves_to_others(state, page, user):
        raise PermissionDenied(str(OwnContribution()))


def _leaves_to_others(state: WorkflowState, page: ResourcePage, user: User) -> bool:
    made_it = user.pk in (page.owner_id, state.requested_by_id)
    return made_it and _other_reviewers(state, page, user).exists()


def _other_reviewers(state: WorkflowState, page: ResourcePage, user: User) -> QuerySet[User]:
    if state.current_task_state is None:
        return User.objects.none()
    task = state.current_task_state.task.specific
    made_by = [pk for pk in (user.pk, page.owner_id) if pk is not None]
    return (
        User.objects.filter(is_active=True, groups__in=task.groups.all()).exclude(pk__in=made_by).distinct()
    )


@whole
def unpublish(*, identifier: UUID, user: User) -> ResourcePage:
    """Take a published resource off the site; it stays as a draft.

    Its owner may do so without Wagtail's publish permission: what is given can be taken back.
    Raises InReview, NotInState, Locked and PermissionDenied.
    """
    page = locked(identifier)
    if is_in_review(page):
        raise InReview
    if not page.live:
        raise NotInState
    check_lock(page, user, typed=False)
    own = page.owner_id == user.pk and page.permissions_for_user(user).can_edit()
    UnpublishPageAction(page, user=user).execute(skip_permission_checks=own)
    return page
