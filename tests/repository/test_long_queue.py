"""A review queue of many resources."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from repository.models import ResourceKind
from repository.permissions import sync_all
from repository.services import drafts, review
from tests.factories import KindFactory, SubjectFactory
from tests.repository.conftest import seen, submit_another
from tests.repository.pages import Page, signed_in

pytestmark = pytest.mark.django_db


def titles(page: Page) -> list[str]:
    return [str(row.text_content()) for row in page.html.find_class("row__title")]


def test_a_long_queue_has_pages_of_which_each_takes_as_many_queries(
    people, monkeypatch, django_assert_num_queries
):
    """With thousands waiting all stood on one page."""
    monkeypatch.setattr("repository.views.review.WAITING_A_PAGE", 2)
    for number in range(5):
        submit_another(people, f"Draft {number}")
    reviewer = signed_in(people.reviewer)
    first = Page.open(reviewer, "/review/")
    assert "5 resources wait." in first.text
    with CaptureQueriesContext(connection) as queries:
        first = Page.open(reviewer, "/review/")
    found = [titles(first)]
    for number in (2, 3):
        [address] = first.html.xpath(
            f"//nav[@aria-label='Pages']//a[normalize-space()='Page {number}']/@href"
        )
        with django_assert_num_queries(len(queries)):
            page = Page.open(reviewer, f"/review/{address}")
        assert "5 resources wait." in page.text
        found.append(titles(page))
    assert found == [["Draft 0", "Draft 1"], ["Draft 2", "Draft 3"], ["Draft 4"]]


def test_the_dashboard_has_the_beginning_of_it_in_as_many_queries_and_leads_to_the_rest(
    people, django_assert_num_queries
):
    """It listed all that waited, the newest first, with a query for each."""
    sync_all()
    reviewer = signed_in(people.reviewer)
    for number in range(6):
        submit_another(people, f"Draft {number}")
    Page.open(reviewer, "/admin/")
    with CaptureQueriesContext(connection) as queries:
        Page.open(reviewer, "/admin/")
    for number in range(6, 9):
        submit_another(people, f"Draft {number}")
    with django_assert_num_queries(len(queries)):
        dashboard = Page.open(reviewer, "/admin/")
    waiting = dashboard.html.xpath("//*[@id='awaiting-review-content']//li/a")
    assert [one.text for one in waiting] == [f"Draft {number}" for number in range(5)]
    assert Page.open(reviewer, waiting[0].get("href")).press("Send my decision", decision="approve").notices
    (link,) = dashboard.html.xpath("//a[text()='The review queue: all 9 resources']/@href")
    assert "8 resources wait." in Page.open(reviewer, link).text


def test_a_row_says_what_was_sent_by_kind_subject_and_grade(people, draft):
    """A reviewer of mathematics opened one after the other to find those; and the kind was that of what is published."""
    review.submit(identifier=draft.identifier, user=people.teacher)
    review.approve(identifier=draft.identifier, user=people.reviewer, revision_id=seen(draft))

    def change(page):
        page.kind, page.grades = KindFactory(slug="task", label="Task"), ["06", "07"]
        page.subjects = [SubjectFactory(slug="mathematics", label="Mathematics")]

    drafts.save_draft(identifier=draft.identifier, user=people.teacher, change=change)
    review.submit(identifier=draft.identifier, user=people.teacher)
    assert ResourceKind.objects.count() == 2
    queue = Page.open(signed_in(people.reviewer), "/review/").text
    assert "Cereal boxes Task Mathematics Grades 6–7 Rosa Delgado" in queue
