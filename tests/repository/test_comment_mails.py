"""Mails about comments that reviewers and coordinators make in the admin's editor."""

import pytest
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from wagtail.models import Comment, PageSubscription

from people.models import Membership
from tests.jobs import wait, work
from tests.post import AWAY
from tests.repository.pages import Page, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_jobs_of_others():
    DBTaskResult.objects.all().delete()


@pytest.fixture
def save(draft, people, django_capture_on_commit_callbacks):
    """Save a page in the admin with what is typed in the comments, which scripts put into the form."""

    def save(user, *, page=draft, reply_to=None, text="Which grade is it for?"):
        client = signed_in(user)
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        form = Page.open(client, url).html.get_element_by_id("page-edit-form")
        known = [] if reply_to is None else [reply_to]
        data = Page._values(form) | {
            "body-count": "0",
            "comments-TOTAL_FORMS": "1",
            "comments-INITIAL_FORMS": str(len(known)),
            "comments-0-id": str(known[0].pk) if known else "",
            "comments-0-text": known[0].text if known else text,
            "comments-0-contentpath": "title",
            "comments-0-position": "",
            "comments-0-DELETE": "",
            "comments-0-resolved": "",
            "comments-0-replies-TOTAL_FORMS": str(len(known)),
            "comments-0-replies-INITIAL_FORMS": "0",
            "comments-0-replies-0-id": "",
            "comments-0-replies-0-text": text,
        }
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(url, data).status_code == 302

    return save


def follow(page, *users):
    for user in users:
        PageSubscription.objects.create(user=user, page=page, comment_notifications=True)


def test_who_follows_a_page_and_may_see_it_is_told_what_was_said_and_where(draft, people, save, mailoutbox):
    follow(draft, people.reviewer, people.other_reviewer, people.coordinator)
    save(people.coordinator)
    work()
    [letter] = mailoutbox
    assert letter.to == [people.reviewer.email]
    assert letter.subject == "Comments: Cereal boxes"
    assert f"new from {people.coordinator} in the comments on “Cereal boxes”." in letter.body
    assert "\nWhich grade is it for?\n" in letter.body
    assert f"/admin/pages/{draft.pk}/edit/" in letter.body


def test_who_has_left_the_district_hears_no_more_of_its_drafts(draft, people, save, mailoutbox):
    follow(draft, people.reviewer)
    Membership.objects.filter(user=people.reviewer).delete()
    save(people.coordinator)
    work()
    assert mailoutbox == []


def test_who_began_a_thread_hears_of_the_answer(draft, people, save, mailoutbox):
    save(people.coordinator)
    PageSubscription.objects.all().delete()
    save(people.reviewer, reply_to=Comment.objects.get(), text="The sixth.")
    work()
    [letter] = mailoutbox
    assert letter.to == [people.coordinator.email]
    assert "In answer to “Which grade is it for?”:\nThe sixth.\n" in letter.body


def test_a_comment_is_saved_while_the_mail_server_is_away_and_the_mail_leaves_later(
    draft, people, save, mailoutbox
):
    """The page was an error page, and nothing of it was saved."""
    follow(draft, people.reviewer)
    with AWAY:
        save(people.coordinator)
        work()
    assert Comment.objects.get().text == "Which grade is it for?"
    wait()
    work()
    assert [letter.to for letter in mailoutbox] == [[people.reviewer.email]]


def test_comments_on_the_page_of_a_district_are_told_in_the_same_way(people, save, mailoutbox):
    page = people.district.page
    follow(page, people.coordinator, people.other_reviewer)
    with AWAY:
        save(people.district_admin, page=page)
    work()
    [letter] = mailoutbox
    assert letter.to == [people.coordinator.email]
    assert letter.subject == "Comments: Juniper Valley"
