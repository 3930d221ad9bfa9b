"""A letter about a review that cannot leave is tried again, by itself and by no other."""

import datetime
import logging

import pytest
from django_tasks_db.models import DBTaskResult

from people.mail import PAUSES
from repository.services import drafts, review
from tests.factories import KindFactory
from tests.jobs import wait, work
from tests.post import AWAY, post_office
from tests.repository.conftest import complete, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(people):
    DBTaskResult.objects.all().delete()
    return drafts.create_draft(
        user=people.teacher, district=people.district, kind=KindFactory(), title="Cereal boxes", fill=complete
    )


@pytest.fixture
def submitted(draft, people, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        review.submit(identifier=draft.identifier, user=people.teacher)
    return draft


def reviewers(people):
    return sorted([people.reviewer.email, people.coordinator.email, people.district_admin.email])


def test_a_mail_that_found_no_server_leaves_when_there_is_one_again(submitted, people):
    with AWAY:
        work()
        wait()
        work()
    with post_office() as office:
        work()
        assert office.delivered == []
        assert wait() > datetime.timedelta(minutes=4)
        work()
        assert sorted(office.delivered) == reviewers(people)
    assert not DBTaskResult.objects.filter(status="READY").exists()


def test_the_authors_mail_is_tried_again_too_with_what_the_reviewer_wrote(
    submitted, people, mailoutbox, django_capture_on_commit_callbacks
):
    with AWAY:
        with django_capture_on_commit_callbacks(execute=True):
            review.return_to_author(
                identifier=submitted.identifier,
                user=people.reviewer,
                revision_id=seen(submitted),
                comment="Add times.",
            )
        work()
    wait()
    work()
    [mail] = mailoutbox
    assert mail.to == [people.teacher.email]
    assert "Add times." in mail.body


def test_whom_the_mail_server_does_not_know_keeps_no_other_from_hearing_of_it_once(submitted, people):
    for_all = reviewers(people)
    with post_office(unknown=for_all[1:2]) as office:
        work()
        wait()
        work()
        assert sorted(office.delivered) == [for_all[0], for_all[2]]
    with post_office() as office:
        wait()
        work()
        assert office.delivered == for_all[1:2]


def test_nobody_is_asked_to_review_what_was_taken_back_meanwhile(submitted, people, mailoutbox):
    with AWAY:
        work()
    review.withdraw(identifier=submitted.identifier, user=people.teacher)
    wait()
    work()
    assert mailoutbox == []


def test_a_letter_whose_answer_was_lost_keeps_its_name_so_that_programs_show_it_once(submitted, people):
    with post_office(silent=True) as office:
        work()
        wait()
        work()
        assert sorted(office.delivered) == sorted(2 * reviewers(people))
        assert len(set(office.names)) == 3


def test_it_is_given_up_after_some_days_and_the_log_says_so(submitted, caplog):
    waited = datetime.timedelta()
    with AWAY, caplog.at_level(logging.ERROR, logger="people.mail"):
        work()
        for _pause in PAUSES:
            assert "Given up" not in caplog.text
            waited += wait()
            work()
    assert "Given up" in caplog.text
    assert waited > datetime.timedelta(days=2)
    assert not DBTaskResult.objects.filter(status="READY").exists()
