"""Mails about reviews: to whom, with which link, and no others."""

import pytest
from django.conf import settings

from repository import mails
from repository.services import drafts, review
from tests.factories import KindFactory
from tests.repository.conftest import complete, seen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _jobs_run_at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def draft(people):
    return drafts.create_draft(
        user=people.teacher, district=people.district, kind=KindFactory(), title="Cereal boxes", fill=complete
    )


def submit(draft, people):
    review.submit(identifier=draft.identifier, user=people.teacher)


def test_the_reviewers_of_the_district_are_told_and_led_to_the_site(
    draft, people, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        submit(draft, people)
    told = {mail.to[0] for mail in mailoutbox}
    assert told == {people.reviewer.email, people.coordinator.email, people.district_admin.email}
    for mail in mailoutbox:
        assert mail.subject == "To review: Cereal boxes"
        assert f"{settings.WAGTAILADMIN_BASE_URL}/review/{draft.identifier}/" in mail.body
        # By name: where a district has no reviewers, the state's administrators get it.
        assert "Rosa Delgado sent “Cereal boxes” to the reviewers of Juniper Valley." in mail.body
        assert "/admin/" not in mail.body


def test_the_author_is_told_that_it_is_published(
    draft, people, mailoutbox, django_capture_on_commit_callbacks
):
    submit(draft, people)
    with django_capture_on_commit_callbacks(execute=True):
        page = review.approve(
            identifier=draft.identifier, user=people.reviewer, revision_id=seen(draft), comment="Lovely."
        )
    (mail,) = mailoutbox
    assert mail.to == [people.teacher.email]
    assert mail.subject == "Published: Cereal boxes"
    assert "Priya Nair wrote:" in mail.body
    assert "Lovely." in mail.body
    assert page.get_url() in mail.body


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Rosa Delgado", "Rosa"),
        ("Dr. Mei Chen", "Dr. Mei Chen"),
        ("Ms Rivera", "Ms Rivera"),
        ("Delgado, Rosa", "Delgado, Rosa"),
        ("J. Smith", "J. Smith"),
        ("J Smith", "J Smith"),
        ("Núria", "Núria"),
    ],
)
def test_one_is_greeted_by_a_name_and_not_by_a_title(
    draft, people, mailoutbox, django_capture_on_commit_callbacks, name, greeted
):
    people.teacher.name = name
    people.teacher.save()
    submit(draft, people)
    with django_capture_on_commit_callbacks(execute=True):
        review.approve(identifier=draft.identifier, user=people.reviewer, revision_id=seen(draft))
    assert mailoutbox[0].body.startswith(f"Hello {greeted},\n")


def test_the_author_is_told_what_to_change_and_where(
    draft, people, mailoutbox, django_capture_on_commit_callbacks
):
    submit(draft, people)
    with django_capture_on_commit_callbacks(execute=True):
        review.return_to_author(
            identifier=draft.identifier,
            user=people.reviewer,
            revision_id=seen(draft),
            comment="Add times & <b>.",
        )
    (mail,) = mailoutbox
    assert mail.to == [people.teacher.email]
    assert "Add times & <b>." in mail.body
    assert f"/contribute/{draft.identifier}/" in mail.body
    assert "/admin/" not in mail.body


def test_nobody_gets_a_mail_for_a_change_that_was_rolled_back(draft, people, mailoutbox):
    submit(draft, people)  # its transaction is the test's, which never commits
    assert mailoutbox == []


def test_sample_content_is_reviewed_without_mails(
    draft, people, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), mails.muted():
        submit(draft, people)
    assert mailoutbox == []
