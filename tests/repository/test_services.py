"""From draft to published: who may do what, when a draft is overwritten, and that what is published was reviewed."""

import pytest
from django.core.exceptions import PermissionDenied
from wagtail.models import Revision, TaskState, WorkflowPage

from people.models import Role, User
from repository.models import Alignment, ResourcePage
from repository.selectors import State, state_of
from repository.services import drafts, review
from repository.services.errors import (
    ChangedSinceSeen,
    Incomplete,
    InReview,
    NoReviewers,
    NotInState,
    OwnContribution,
    StaleDraft,
)
from tests.factories import (
    DistrictFactory,
    ItemFactory,
    KindFactory,
    LevelFactory,
    member,
)
from tests.repository.conftest import complete, save, seen

pytestmark = pytest.mark.django_db


def published(draft, people):
    review.submit(identifier=draft.identifier, user=people.teacher)
    return review.approve(identifier=draft.identifier, user=people.reviewer, revision_id=seen(draft))


def revisions(page):
    return Revision.objects.for_instance(page).count()


# -- drafts


def test_a_draft_belongs_to_its_author_and_district_and_is_not_published(draft, people):
    page = ResourcePage.objects.get(pk=draft.pk)
    assert (page.owner, page.district.slug, page.live) == (people.teacher, "juniper-valley", False)
    assert page.get_parent().slug == "juniper-valley"


@pytest.mark.parametrize("who", ["outsider", "other_reviewer"])
def test_nobody_from_elsewhere_adds_a_draft(people, who):
    with pytest.raises(PermissionDenied):
        drafts.create_draft(
            user=getattr(people, who), district=people.district, kind=KindFactory(), title="Cereal boxes"
        )


def test_saving_again_and_again_leaves_one_revision(draft, people):
    for number in range(5):
        save(draft, people.teacher, f"Cereal {number}")
    assert revisions(draft) == 1
    assert ResourcePage.objects.get(pk=draft.pk).get_latest_revision_as_object().title == "Cereal 4"


def test_the_address_follows_the_title_until_the_first_publication(draft, people):
    assert save(draft, people.teacher, "Unit prices").slug == "unit-prices"
    page = published(draft, people)
    save(page, people.teacher, "Something else")
    assert ResourcePage.objects.get(pk=page.pk).get_latest_revision_as_object().slug == "unit-prices"


def test_two_titles_that_are_the_same_get_two_addresses(draft, people):
    other = drafts.create_draft(
        user=people.colleague, district=people.district, kind=KindFactory(), title="Cereal boxes"
    )
    assert other.slug != draft.slug


def test_a_draft_saved_in_another_window_is_not_overwritten(draft, people):
    stamp = drafts.draft_stamp(ResourcePage.objects.get(pk=draft.pk))
    save(draft, people.teacher, "First window")
    with pytest.raises(StaleDraft):
        save(draft, people.teacher, "Second window", stamp=stamp)
    assert ResourcePage.objects.get(pk=draft.pk).draft_title == "First window"
    save(draft, people.teacher, "Second window", stamp=None)
    titles = {revision.content["title"] for revision in Revision.objects.for_instance(draft)}
    assert titles == {"First window", "Second window"}


def test_somebody_elses_draft_goes_on_in_a_new_revision(draft, people):
    save(draft, people.coordinator, "Coordinated")
    assert revisions(draft) == 2


def test_a_live_revision_is_never_overwritten(draft, people):
    page = published(draft, people)
    save(page, people.teacher, "New version")
    page.refresh_from_db()
    assert page.title == "Cereal boxes"
    assert page.live_revision.content["title"] == "Cereal boxes"
    assert page.has_unpublished_changes


def test_what_was_published_without_a_review_is_not_overwritten_either(draft, people):
    draft.get_latest_revision().publish()
    save(draft, people.teacher, "A worse title")
    drafts.discard_changes(identifier=draft.identifier, user=people.teacher)
    draft.refresh_from_db()
    assert draft.draft_title == "Cereal boxes"


def test_a_submitted_revision_is_never_overwritten_even_after_it_is_taken_back(draft, people):
    review.submit(identifier=draft.identifier, user=people.teacher)
    submitted = seen(draft)
    review.withdraw(identifier=draft.identifier, user=people.teacher)
    save(draft, people.teacher, "Afterwards")
    assert Revision.objects.get(pk=submitted).content["title"] == "Cereal boxes"
    assert seen(draft) != submitted


# -- review: exactly what was reviewed


@pytest.mark.parametrize("who", ["teacher", "reviewer", "coordinator", "state_admin"])
def test_nobody_changes_what_is_in_review(draft, people, who):
    stamp = drafts.draft_stamp(ResourcePage.objects.get(pk=draft.pk))
    review.submit(identifier=draft.identifier, user=people.teacher)
    with pytest.raises(InReview):
        save(draft, getattr(people, who), "Quick change", stamp=stamp)
    with pytest.raises(InReview):
        drafts.delete_draft(identifier=draft.identifier, user=people.teacher)


def test_an_autosave_that_arrives_after_the_submission_is_refused_and_the_reviewed_text_is_published(
    draft, people
):
    stamp = drafts.draft_stamp(ResourcePage.objects.get(pk=draft.pk))
    review.submit(identifier=draft.identifier, user=people.teacher)
    revision = seen(draft)
    with pytest.raises(InReview, match="take it back from review"):
        save(draft, people.teacher, "Typed in the other tab", stamp=stamp)
    page = review.approve(identifier=draft.identifier, user=people.reviewer, revision_id=revision)
    assert (page.live, page.title, page.live_revision_id) == (True, "Cereal boxes", revision)


def test_a_decision_about_an_older_version_is_refused(draft, people):
    review.submit(identifier=draft.identifier, user=people.teacher)
    revision = seen(draft)
    # A coordinator changes it in Wagtail's admin, where reviewers may.
    page = ResourcePage.objects.get(pk=draft.pk).get_latest_revision_as_object()
    page.title = "Changed in the admin"
    page.save_revision(user=people.coordinator)
    with pytest.raises(ChangedSinceSeen):
        review.approve(identifier=draft.identifier, user=people.reviewer, revision_id=revision)
    assert not ResourcePage.objects.get(pk=draft.pk).live


def test_a_reviewer_without_wagtails_publish_permission_publishes_by_approving(draft, people):
    page = published(draft, people)
    assert page.live
    state = TaskState.objects.get(revision=page.live_revision)
    assert (state.finished_by, state.status) == (people.reviewer, "approved")


def test_a_return_needs_a_comment_and_the_author_goes_on_from_there(draft, people):
    review.submit(identifier=draft.identifier, user=people.teacher)
    with pytest.raises(ValueError, match="comment"):
        review.return_to_author(
            identifier=draft.identifier, user=people.reviewer, revision_id=seen(draft), comment=" "
        )
    review.return_to_author(
        identifier=draft.identifier, user=people.reviewer, revision_id=seen(draft), comment="Add times."
    )
    save(draft, people.teacher, "With times")
    review.submit(identifier=draft.identifier, user=people.teacher)
    page = review.approve(identifier=draft.identifier, user=people.reviewer, revision_id=seen(draft))
    assert page.title == "With times"


def test_a_draft_that_lacks_what_it_needs_is_not_sent(people):
    draft = drafts.create_draft(
        user=people.teacher, district=people.district, kind=KindFactory(), title="Cereal boxes"
    )
    with pytest.raises(Incomplete) as caught:
        review.submit(identifier=draft.identifier, user=people.teacher)
    assert "Say what students will do." in caught.value.problems


def test_what_is_published_and_unchanged_is_not_sent_again(draft, people):
    page = published(draft, people)
    with pytest.raises(NotInState):
        review.submit(identifier=page.identifier, user=people.teacher)


def test_nothing_is_sent_where_nobody_reviews(draft, people):
    WorkflowPage.objects.all().delete()
    with pytest.raises(NoReviewers):
        review.submit(identifier=draft.identifier, user=people.teacher)


@pytest.mark.parametrize("who", ["teacher", "coordinator"])
def test_what_a_coordinator_sent_is_taken_back_by_its_author_and_by_its_sender(draft, people, who):
    review.submit(identifier=draft.identifier, user=people.coordinator)
    review.withdraw(identifier=draft.identifier, user=getattr(people, who))
    save(draft, people.teacher, "A better title")


def test_reviewers_leave_their_own_resource_to_others(people):
    own = drafts.create_draft(
        user=people.reviewer, district=people.district, kind=KindFactory(), title="Mine", fill=complete
    )
    review.submit(identifier=own.identifier, user=people.reviewer)
    with pytest.raises(OwnContribution):
        review.approve(identifier=own.identifier, user=people.reviewer, revision_id=seen(own))
    assert review.approve(identifier=own.identifier, user=people.coordinator, revision_id=seen(own)).live


def test_the_only_reviewer_of_a_district_may_approve_an_own_resource():
    district = DistrictFactory()
    alone = member(Role.COORDINATOR, district)
    member(Role.REVIEWER, district, is_active=False)
    own = drafts.create_draft(user=alone, district=district, kind=KindFactory(), title="Mine", fill=complete)
    review.submit(identifier=own.identifier, user=alone)
    assert review.approve(identifier=own.identifier, user=alone, revision_id=seen(own)).live


def test_of_two_reviewers_the_one_who_sent_it_for_the_other_decides():
    district = DistrictFactory()
    author, sender = member(Role.REVIEWER, district), member(Role.COORDINATOR, district)
    own = drafts.create_draft(user=author, district=district, kind=KindFactory(), title="Mine", fill=complete)
    review.submit(identifier=own.identifier, user=sender)
    assert review.approve(identifier=own.identifier, user=sender, revision_id=seen(own)).live


# -- who may do what

ROLES = [
    "teacher",
    "colleague",
    "reviewer",
    "coordinator",
    "district_admin",
    "state_admin",
    "outsider",
    "other_reviewer",
]
MAY = {
    "edit": {"teacher", "reviewer", "coordinator", "district_admin", "state_admin"},
    "submit": {"teacher", "reviewer", "coordinator", "district_admin", "state_admin"},
    "withdraw": {"teacher"},
    "approve": {"reviewer", "coordinator", "district_admin", "state_admin"},
    "return": {"reviewer", "coordinator", "district_admin", "state_admin"},
    "unpublish": {"teacher", "coordinator", "district_admin", "state_admin"},
    "discard": {"teacher", "reviewer", "coordinator", "district_admin", "state_admin"},
    "delete": {"teacher", "reviewer", "coordinator", "district_admin", "state_admin"},
}


def attempt(action, draft, user, people):
    if action in ("withdraw", "approve", "return"):
        review.submit(identifier=draft.identifier, user=people.teacher)
    if action in ("unpublish", "discard"):
        published(draft, people)
    if action == "discard":
        save(draft, people.teacher, "A worse title")
    fields = {"identifier": draft.identifier, "user": user}
    if action == "edit":
        save(draft, user, "Edited")
    elif action == "submit":
        review.submit(**fields)
    elif action == "withdraw":
        review.withdraw(**fields)
    elif action == "approve":
        review.approve(**fields, revision_id=seen(draft))
    elif action == "return":
        review.return_to_author(**fields, revision_id=seen(draft), comment="Please add times.")
    elif action == "unpublish":
        review.unpublish(**fields)
    elif action == "discard":
        drafts.discard_changes(**fields)
    else:
        drafts.delete_draft(**fields)


@pytest.mark.parametrize("action", MAY)
@pytest.mark.parametrize("role", ROLES)
def test_each_action_is_open_to_its_roles_and_to_no_other(action, role, draft, people):
    user = getattr(people, role)
    if role in MAY[action]:
        attempt(action, draft, user, people)
    else:
        with pytest.raises(PermissionDenied):
            attempt(action, draft, user, people)


def test_unpublishing_keeps_the_resource_as_a_draft(draft, people):
    page = published(draft, people)
    review.unpublish(identifier=page.identifier, user=people.teacher)
    page.refresh_from_db()
    assert not page.live
    review.submit(identifier=page.identifier, user=people.teacher)


def test_who_has_left_the_district_takes_nothing_off_its_pages(draft, people):
    page = published(draft, people)
    people.teacher.memberships.all().delete()
    with pytest.raises(PermissionDenied):
        review.unpublish(identifier=page.identifier, user=User.objects.get(pk=people.teacher.pk))


def test_a_published_resource_is_not_deleted_but_its_changes_can_be_discarded(draft, people):
    page = published(draft, people)
    save(page, people.teacher, "A worse title")
    with pytest.raises(NotInState):
        drafts.delete_draft(identifier=page.identifier, user=people.teacher)
    drafts.discard_changes(identifier=page.identifier, user=people.teacher)
    page.refresh_from_db()
    assert (page.draft_title, page.has_unpublished_changes) == ("Cereal boxes", False)
    with pytest.raises(NotInState):
        drafts.discard_changes(identifier=page.identifier, user=people.teacher)


def test_changes_in_review_stay_there_and_those_returned_can_be_discarded(draft, people):
    page = published(draft, people)
    save(page, people.teacher, "A worse title")
    review.submit(identifier=page.identifier, user=people.teacher)
    for action in (drafts.discard_changes, review.unpublish):
        with pytest.raises(InReview):
            action(identifier=page.identifier, user=people.teacher)
    review.return_to_author(
        identifier=page.identifier, user=people.reviewer, revision_id=seen(page), comment="It was better."
    )
    drafts.discard_changes(identifier=page.identifier, user=people.teacher)
    assert state_of(ResourcePage.objects.get(pk=page.pk)).state == State.PUBLISHED


# -- alignments


def test_a_reviewers_judgement_is_published_with_the_reviewed_text(draft, people):
    item, level = ItemFactory(), LevelFactory()

    def align(page):
        page.alignments.add(Alignment(item=item, relation="teaches", level=level))
        page.alignments.add(Alignment(item=item, relation="assesses"))

    drafts.save_draft(identifier=draft.identifier, user=people.teacher, change=align)
    review.submit(identifier=draft.identifier, user=people.teacher)
    page = review.approve(
        identifier=draft.identifier,
        user=people.reviewer,
        revision_id=seen(draft),
        judgements={f"{item.pk}.teaches.{level.pk}": "confirmed", f"{item.pk}.assesses.": "disputed"},
    )
    assert {(row.relation, row.status) for row in page.alignments.all()} == {
        ("teaches", "confirmed"),
        ("assesses", "disputed"),
    }
