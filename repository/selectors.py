"""Reading resources for the pages of contributors and reviewers: a constant number of queries a list."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Case, CharField, Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.models import GroupApprovalTask, Page, Revision, TaskState, WorkflowState

from people.models import DISTRICT_STAFF, Membership, Organisation, Role, User
from repository.audience import kept_by
from repository.models import Alignment, ResourceKind, ResourcePage, Subject
from standards.grades import grade_range_label


class State(Enum):
    """Where a resource is on its way, as its author sees it: what there is to do for them comes first."""

    RETURNED = "returned"
    DRAFT = "draft"
    IN_REVIEW = "in-review"
    PUBLISHED = "published"

    @property
    def label(self) -> str | Promise:
        return _STATE_LABELS[self]


_STATE_LABELS: dict[State, str | Promise] = {
    State.DRAFT: _("Draft"),
    State.IN_REVIEW: _("With the reviewers"),
    State.RETURNED: _("Returned to you"),
    State.PUBLISHED: _("Published"),
}
# Of a resource that reviewers have, or had: by the status of its workflow.
_REVIEWED = {
    WorkflowState.STATUS_NEEDS_CHANGES: State.RETURNED,
    WorkflowState.STATUS_IN_PROGRESS: State.IN_REVIEW,
}


@dataclass(frozen=True)
class Mine:
    """A resource in the list of its author, with what can be done with it."""

    page: ResourcePage
    state: State
    comment: str = ""
    comment_by: str = ""
    since: datetime | None = None
    actions: frozenset[str] = field(default_factory=frozenset)
    url: str = ""


@dataclass(frozen=True)
class Waiting:
    """A resource in the queue of reviewers, as it was sent: what is published may be of another kind, for other grades."""

    page: ResourcePage
    title: str
    what: tuple[str, ...]
    author: str
    submitted_at: datetime
    is_own: bool

    @property
    def waiting(self) -> timedelta:
        return timezone.now() - self.submitted_at


@dataclass(frozen=True)
class ReviewEvent:
    """One step in the history of reviews, newest first."""

    what: str
    who: str
    when: datetime
    comment: str

    @property
    def words(self) -> str | Promise:
        return _EVENTS.get(self.what, self.what)


_EVENTS: dict[str, str | Promise] = {
    "submitted": _("Sent to the reviewers"),
    TaskState.STATUS_APPROVED: _("Approved"),
    TaskState.STATUS_REJECTED: _("Returned to the author"),
    TaskState.STATUS_CANCELLED: _("Taken back"),
    TaskState.STATUS_SKIPPED: _("Passed on"),
}


def contribution_districts(user: User) -> QuerySet[Organisation]:
    """The districts that the person is a member of, directly or through a school, and that have a page."""
    organisations = Membership.objects.filter(user=user).select_related("organisation")
    keys = {
        key
        for membership in organisations
        for key in (membership.organisation_id, membership.organisation.parent_id)
        if key is not None
    }
    return Organisation.objects.filter(pk__in=keys, kind=Organisation.Kind.DISTRICT, page__isnull=False)


def own_school(user: User, district: Organisation) -> Organisation | None:
    """The one school of the district that the person works at; None for several or none."""
    schools = list(
        Organisation.objects.filter(
            memberships__user=user, parent=district, kind=Organisation.Kind.SCHOOL
        ).distinct()[:2]
    )
    return schools[0] if len(schools) == 1 else None


def editable(user: User, identifier: UUID) -> ResourcePage | None:
    """The resource, if the person may open its drafts; None otherwise, and when there is none."""
    return (
        kept_by(user)
        .select_related("kind", "district", "school", "owner", "latest_revision", "live_revision")
        .filter(identifier=identifier)
        .first()
    )


def _active_states(keys: Iterable[int]) -> dict[int, WorkflowState]:
    states = (
        WorkflowState.objects.active()
        .filter(
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id__in=[str(key) for key in keys],
        )
        .select_related("current_task_state__finished_by", "requested_by")
    )
    return {int(state.object_id): state for state in states}


def pages_in_review(page_ids: Iterable[int]) -> set[int]:
    """Those of the pages that wait for a reviewer's decision. One query."""
    waiting = WorkflowState.STATUS_IN_PROGRESS
    return {key for key, state in _active_states(page_ids).items() if state.status == waiting}


def approved_revisions(revision_ids: Iterable[int]) -> set[int]:
    """Those of the revisions that a reviewer approved. One query."""
    approved = TaskState.objects.filter(
        status=TaskState.STATUS_APPROVED, revision__in=[key for key in revision_ids if key]
    )
    return set(approved.values_list("revision", flat=True))


def my_resources(user: User) -> QuerySet[ResourcePage]:
    """The person's resources, by state, and of each state the latest work first; `mine` has them in words."""
    order = list(State)
    reviewed = WorkflowState.objects.active().filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id=Cast(OuterRef("pk"), CharField()),
    )
    found: QuerySet[ResourcePage] = (
        ResourcePage.objects.filter(owner=user)
        .select_related("kind", "district")
        .defer("body")
        .annotate(reviewed=Subquery(reviewed.values("status")[:1]))
        .annotate(
            place=Case(
                *(When(reviewed=status, then=order.index(state)) for status, state in _REVIEWED.items()),
                When(live=True, then=order.index(State.PUBLISHED)),
                default=order.index(State.DRAFT),
            )
        )
        .order_by("place", "-latest_revision_created_at", "pk")
    )
    return found


def numbers_by_state(pages: QuerySet[ResourcePage]) -> dict[State, int]:
    """How many of `my_resources` are where, in their order. One query."""
    counted = pages.order_by("place").values_list("place").annotate(Count("pk"))
    return {list(State)[place]: number for place, number in counted}


def mine(pages: Iterable[ResourcePage], user: User) -> list[Mine]:
    """These of `my_resources`, in their order. Two queries beside theirs. Of a district that the person has left nothing can
    be changed."""
    found = list(pages)
    states = _active_states(page.pk for page in found)
    shown = [_mine(page, states.get(page.pk)) for page in found]
    return [
        one if _adds_there(one.page, user) else replace(one, actions=_OF_LEAVERS & one.actions)
        for one in shown
    ]


_OF_LEAVERS = frozenset({"withdraw"})


def _adds_there(page: ResourcePage, user: User) -> bool:
    """What Wagtail asks for before an owner edits, without its queries for each page."""
    return user.is_superuser or not {"add", "change"}.isdisjoint(page.permissions_for_user(user).permissions)


def _mine(page: ResourcePage, workflow: WorkflowState | None) -> Mine:
    url = page.get_url() or ""
    state = _REVIEWED[workflow.status] if workflow else State.PUBLISHED if page.live else State.DRAFT
    if workflow is not None and state == State.IN_REVIEW:
        sent = workflow.current_task_state.started_at
        return Mine(page, state, since=sent, actions=frozenset({"withdraw"}), url=url)
    actions = {"edit"}
    if page.live:
        actions |= {"unpublish"}
        actions |= {"submit", "discard"} if page.has_unpublished_changes else set()
    else:
        actions |= {"submit", "delete"}
    if workflow is not None:  # needs changes
        task = workflow.current_task_state
        return Mine(
            page,
            state,
            comment=task.comment,
            comment_by=str(task.finished_by or ""),
            since=task.finished_at,
            actions=frozenset(actions),
            url=url,
        )
    return Mine(page, state, since=page.latest_revision_created_at, actions=frozenset(actions), url=url)


def state_of(page: ResourcePage) -> Mine:
    """The state of one resource, as in the list of its author."""
    return _mine(page, _active_states([page.pk]).get(page.pk))


def is_reviewer(user: User) -> bool:
    """Whether the person has a queue at all."""
    roles = [*DISTRICT_STAFF, Role.STATE_ADMIN]
    return Membership.objects.filter(user=user, role__in=roles).exists()


def review_queue(user: User) -> QuerySet[TaskState]:
    """What waits for the person's decision, longest first; `waiting` has it in words."""
    resources = kept_by(user).annotate(key=Cast("pk", CharField()))
    found: QuerySet[TaskState] = (
        TaskState.objects.filter(
            status=TaskState.STATUS_IN_PROGRESS,
            workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
            workflow_state__base_content_type=ContentType.objects.get_for_model(Page),
            workflow_state__object_id__in=resources.values("key"),
            task__in=GroupApprovalTask.objects.filter(groups__in=user.groups.all()),
        )
        .select_related("workflow_state__requested_by")
        .annotate(
            sent=JSONObject(
                **{name: F(f"revision__content__{name}") for name in ("kind", "subjects", "grades")}
            )
        )
        .order_by("started_at", "pk")
    )
    return found


def waiting(states: Iterable[TaskState], user: User) -> list[Waiting]:
    """These of the review queue, in their order. Three queries beside theirs."""
    by_page = {int(state.workflow_state.object_id): state for state in states}
    pages = ResourcePage.objects.filter(pk__in=by_page).select_related("district", "owner").defer("body")
    found = {page.pk: page for page in pages}
    kinds = dict(ResourceKind.objects.values_list("pk", "label"))
    subjects = dict(Subject.objects.values_list("pk", "label"))
    return [
        Waiting(
            page=found[key],
            title=found[key].draft_title or found[key].title,
            what=tuple(_what(state.sent, kinds, subjects)),
            author=str(state.workflow_state.requested_by or found[key].owner or ""),
            submitted_at=state.started_at,
            is_own=user.pk in (found[key].owner_id, state.workflow_state.requested_by_id),
        )
        for key, state in by_page.items()
        if key in found
    ]


def _what(sent: dict[str, Any], kinds: dict[int, str], subjects: dict[int, str]) -> Iterator[str]:
    """What a reviewer chooses by: kind, subjects and grades of a revision."""
    grades = json.loads(sent["grades"] or "[]")
    said = [kinds.get(sent["kind"]), ", ".join(filter(None, map(subjects.get, sent["subjects"] or ())))]
    yield from filter(None, [*said, grade_range_label(grades) if grades else ""])


def review_history(page: ResourcePage) -> list[ReviewEvent]:
    """Every submission and decision about the resource, newest first. Two queries."""
    workflows = (
        WorkflowState.objects.for_instance(page)
        .select_related("requested_by")
        .prefetch_related(
            Prefetch(
                "task_states", queryset=TaskState.objects.select_related("finished_by").order_by("started_at")
            )
        )
    )
    events = []
    for workflow in workflows:
        for task in workflow.task_states.all():
            events.append(ReviewEvent("submitted", str(workflow.requested_by or ""), task.started_at, ""))
            if task.finished_at is not None:
                events.append(
                    ReviewEvent(task.status, str(task.finished_by or ""), task.finished_at, task.comment)
                )
    return sorted(events, key=lambda event: event.when, reverse=True)


def open_revisions() -> QuerySet[Revision]:
    """The revisions that can still become the live one: the latest of each resource, scheduled ones, and the published
    one, which the draft becomes again where changes are discarded."""
    resources = ResourcePage.objects.all()
    found: QuerySet[Revision] = Revision.page_revisions.filter(
        Q(pk__in=resources.values("latest_revision"))
        | Q(pk__in=resources.values("live_revision"))
        | Q(approved_go_live_at__isnull=False)
    )
    return found


def pages_naming_items(items: Collection[int]) -> dict[int, set[int]]:
    """For each of these standards (by key) that any resource names, the keys of those pages.

    By live rows, and by every stored revision: drafts, versions that are scheduled, and former ones, which may be
    brought back. All revisions are read, so this is for what happens now and then.
    """
    found: dict[int, set[int]] = defaultdict(set)
    wanted = list(items)
    if not wanted:
        return found
    for item, page in Alignment.objects.filter(item__in=wanted).values_list("item", "page"):
        found[item].add(page)
    with connection.cursor() as cursor:
        cursor.execute(_NAMED_IN_REVISIONS, [ContentType.objects.get_for_model(ResourcePage).pk, wanted])
        for item, page in cursor.fetchall():
            found[item].add(int(page))
    return found


_NAMED_IN_REVISIONS = """
SELECT DISTINCT (named ->> 'item')::bigint, revision.object_id
FROM wagtailcore_revision revision,
     jsonb_array_elements(CASE jsonb_typeof(content -> 'alignments') WHEN 'array' THEN content -> 'alignments' END) named
WHERE revision.content_type_id = %s AND (named ->> 'item')::bigint = ANY(%s)
"""


@dataclass(frozen=True)
class Tie:
    """A resource that names a standard, by keys."""

    item_id: int
    page_id: int
    district_id: int


def ties_to(items: Collection[int]) -> list[Tie]:
    """Who names these standards (by key) now: in what is live, in a draft, or in a version that is scheduled.

    One query. Former versions are left out, and a draft is only read where it is not what is live: see also
    `pages_naming_items`.
    """
    resource = ContentType.objects.get_for_model(ResourcePage).pk
    with connection.cursor() as cursor:
        cursor.execute(_TIES, {"items": list(items), "type": resource})
        return [Tie(*row) for row in cursor.fetchall()]


_TIES = """
WITH open AS (
    SELECT latest_revision_id AS id FROM wagtailcore_page
    WHERE content_type_id = %(type)s AND latest_revision_id IS DISTINCT FROM live_revision_id
    UNION SELECT id FROM wagtailcore_revision WHERE content_type_id = %(type)s AND approved_go_live_at IS NOT NULL
), tie AS (
    SELECT item_id, page_id FROM repository_alignment WHERE item_id = ANY(%(items)s)
    UNION
    SELECT (named ->> 'item')::bigint, revision.object_id::bigint
    FROM wagtailcore_revision revision JOIN open USING (id),
         jsonb_array_elements(CASE jsonb_typeof(content -> 'alignments') WHEN 'array' THEN content -> 'alignments' END) named
    WHERE (named ->> 'item')::bigint = ANY(%(items)s)
)
SELECT tie.item_id, tie.page_id, resource.district_id
FROM tie JOIN repository_resourcepage resource ON resource.page_ptr_id = tie.page_id
ORDER BY 1, 2
"""
