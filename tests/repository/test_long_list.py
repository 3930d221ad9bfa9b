"""The list of a person who has made hundreds of resources."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from repository.services import drafts, review
from tests.factories import KindFactory
from tests.repository.conftest import complete, seen, submit_another
from tests.repository.pages import Page, edit_url, latest, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(people, monkeypatch):
    """Two to a page: one was returned, three are drafts, two are with the reviewers and one is published."""
    monkeypatch.setattr("repository.views.my_resources.RESOURCES_A_PAGE", 2)
    for number in range(2):
        submit_another(people, f"Sent {number}")
    made = [
        drafts.create_draft(
            user=people.teacher, district=people.district, kind=KindFactory(), title=title, fill=complete
        )
        for title in ("Returned", "Published", "Draft 0", "Draft 1", "Draft 2")
    ]
    for one in made[:2]:
        review.submit(identifier=one.identifier, user=people.teacher)
    decision = {"user": people.reviewer, "comment": "Add times."}
    review.return_to_author(identifier=made[0].identifier, revision_id=seen(made[0]), **decision)
    review.approve(identifier=made[1].identifier, revision_id=seen(made[1]), **decision)
    return made


def titles(page: Page) -> list[str]:
    return [str(one.text_content()) for one in page.html.xpath("//main//h2 | //main//h3")]


def test_it_has_pages_of_which_each_takes_as_many_queries_and_says_how_many_there_are_of_all(
    many, people, django_assert_num_queries
):
    """With hundreds, all stood on one page."""
    teacher = signed_in(people.teacher)
    first = Page.open(teacher, "/my-resources/")
    with CaptureQueriesContext(connection) as queries:
        first = Page.open(teacher, "/my-resources/")
    found = [titles(first)]
    for number in (2, 3, 4):
        [address] = first.html.xpath(
            f"//nav[@aria-label='Pages']//a[normalize-space()='Page {number}']/@href"
        )
        with django_assert_num_queries(len(queries)):
            found.append(titles(Page.open(teacher, f"/my-resources/{address}")))
    assert found == [
        ["Returned to you 1", "Returned", "Draft 3", "Draft 2"],
        ["Draft 3", "Draft 1", "Draft 0"],
        ["With the reviewers 2", "Sent 1", "Sent 0"],
        ["Published 1", "Published"],
    ]


def test_whoever_deletes_on_a_later_page_is_back_there(many, people):
    teacher = signed_in(people.teacher)
    page = Page.open(teacher, "/my-resources/?page=2")
    [delete] = page.html.xpath("//a[normalize-space()='Delete Draft 1']/@href")
    [keep] = Page.open(teacher, delete).html.xpath("//main//a[.='Leave it as it is']/@href")
    assert keep == "/my-resources/?page=2"
    assert teacher.post(delete)["Location"] == keep
    assert titles(Page.open(teacher, keep)) == ["Draft 2", "Draft 0", "With the reviewers 2", "Sent 1"]


def test_a_long_unit_is_saved(draft, people):
    """Its form has more fields than Django takes by itself."""
    form = Page.open(signed_in(people.teacher), edit_url(draft))
    more: dict[str, Any] = {f"field{number}": "1" for number in range(2000)}
    assert "Your draft is saved." in form.press("Save draft", summary="A unit of a year", **more).notices
    assert latest(draft).summary == "A unit of a year"
