"""How a review ends. Wagtail imports this while it loads its models, so no model is imported here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wagtail.models import WorkflowState

    from people.models import User


def publish_reviewed(workflow_state: WorkflowState, user: User | None = None) -> None:
    """Publish the latest revision, if it is the one reviewed and the reviewer may decide (services.review).

    The rules are checked once more: Wagtail's admin has buttons of its own, which do not ask that service.
    Takes the place of Wagtail's own action (WAGTAIL_FINISH_WORKFLOW_ACTION), which asks for the permission to publish
    besides: here the approval is the permission, and reviewers need no other.
    """
    from repository.services.review import check_before_publishing

    check_before_publishing(state=workflow_state, user=user)
    revision = workflow_state.content_object.get_latest_revision()
    revision.publish(user=user, skip_permission_checks=True)
