"""A decision made with the buttons of Wagtail's admin follows the rules of the site; the state reviews everywhere."""

import pytest
from django.urls import reverse
from wagtail.models import TaskState

from people.models import Role
from repository.models import ResourcePage
from repository.services import drafts, review
from repository.services.errors import OwnContribution
from tests.factories import DistrictFactory, KindFactory, StateFactory, member
from tests.repository.conftest import complete, seen
from tests.repository.pages import Page, signed_in

pytestmark = pytest.mark.django_db


def submitted(user, district, title="Cereal boxes"):
    draft = drafts.create_draft(user=user, district=district, kind=KindFactory(), title=title, fill=complete)
    review.submit(identifier=draft.identifier, user=user)
    return draft


def approve_in_admin(user, page):
    state = TaskState.objects.for_instance(page).latest("pk")
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    return signed_in(user).post(url, {"comment": ""})


def is_live(page):
    return ResourcePage.objects.get(pk=page.pk).live


def test_a_reviewer_approves_from_the_dashboard(people):
    page = submitted(people.teacher, people.district)
    approve_in_admin(people.reviewer, page)
    assert is_live(page)


def test_nobody_approves_an_own_resource_there(people):
    page = submitted(people.reviewer, people.district)
    approve_in_admin(people.reviewer, page)
    assert not is_live(page)
    assert ResourcePage.objects.get(pk=page.pk).current_workflow_state is not None
    approve_in_admin(people.coordinator, page)
    assert is_live(page)


def test_what_changed_since_it_was_sent_is_not_published_there(people):
    page = submitted(people.teacher, people.district)
    draft = ResourcePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    draft.title = "Something else"
    draft.save_revision(user=people.coordinator)  # as a program may do, past our services
    approve_in_admin(people.reviewer, page)
    assert not is_live(page)


@pytest.mark.parametrize("who", ["reviewer", "coordinator", "district_admin", "state_admin"])
def test_the_admins_editor_leads_to_the_review_on_the_site(people, who):
    page = submitted(people.teacher, people.district)
    client = signed_in(getattr(people, who))
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    for answer in (client.get(url), client.post(url, {"title": "Changed", "action-publish": "1"})):
        assert (answer.status_code, answer["Location"]) == (
            302,
            reverse("repository:review", args=[page.identifier]),
        )
    assert ResourcePage.objects.get(pk=page.pk).latest_revision_id == seen(page)


def test_the_state_has_a_queue_of_all_districts_and_decides_there(people):
    harbor = DistrictFactory(name="Harbor Point")
    ours = submitted(people.teacher, people.district, "Cereal boxes")
    submitted(member(Role.TEACHER, harbor), harbor, "Tide tables")
    queue = Page.open(signed_in(people.state_admin), "/review/")
    for words in ("Cereal boxes", "Juniper Valley", "Tide tables", "Harbor Point"):
        assert words in queue.text
    reviewer = Page.open(signed_in(people.reviewer), "/review/")
    assert "Cereal boxes" in reviewer.text
    assert "Tide tables" not in reviewer.text
    form = Page.open(signed_in(people.state_admin), reverse("repository:review", args=[ours.identifier]))
    form.press("Send my decision", decision="approve")
    assert is_live(ours)


def test_a_lone_reviewers_own_resource_is_for_the_state():
    state = member(Role.STATE_ADMIN, StateFactory())
    district = DistrictFactory()
    alone = member(Role.COORDINATOR, district)
    own = submitted(alone, district)
    with pytest.raises(OwnContribution):
        review.approve(identifier=own.identifier, user=alone, revision_id=seen(own))
    assert review.approve(identifier=own.identifier, user=state, revision_id=seen(own)).live


def test_the_state_hears_of_a_submission_only_where_nobody_else_can_decide(
    people, mailoutbox, settings, django_capture_on_commit_callbacks
):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    with django_capture_on_commit_callbacks(execute=True):
        submitted(people.teacher, people.district)
    told = {to for mail in mailoutbox for to in mail.to}
    assert people.coordinator.email in told
    assert people.state_admin.email not in told
    mailoutbox.clear()
    district = DistrictFactory()
    with django_capture_on_commit_callbacks(execute=True):
        submitted(member(Role.COORDINATOR, district), district)
    assert {to for mail in mailoutbox for to in mail.to} == {people.state_admin.email}
