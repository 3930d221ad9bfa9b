"""Forms of a session that has ended, or become another one in a second tab; and buttons that are pressed twice."""

import pytest
from playwright.sync_api import Page, Route, expect

from people.models import Role
from repository.models import ResourcePage
from search.saved_search import SavedSearch
from tests.browser.test_contribute import District, district, page, scheme
from tests.browser.test_looks import PASSWORD, complaints, sign_in
from tests.factories import member

__all__ = ["district", "page", "scheme"]
pytestmark = pytest.mark.browser


def sign_in_anew(page: Page, user: object) -> None:
    """In another tab of the same browser."""
    other = page.context.new_page()
    page.context.clear_cookies()
    sign_in(other, user)  # type: ignore[arg-type] # of a person
    other.close()


def test_what_was_typed_in_a_form_of_another_session_is_put_back(district: District, page: Page) -> None:
    """The page said to load the form again, and what was typed went with that."""
    sign_in(page, district.teacher)
    page.goto("/contribute/")
    page.get_by_role("textbox", name="Title").fill("Cereal boxes")
    page.get_by_label("What will students do").fill("Compare unit rates")
    sign_in_anew(page, district.teacher)
    page.get_by_role("button", name="Start the draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please send it again")
    expect(page.get_by_text("What you typed is kept.")).to_be_visible()
    expect(page.get_by_text("Copy it, since it goes")).to_be_hidden()
    assert complaints(page) == []
    page.get_by_role("link", name="Back to the form").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Cereal boxes")
    page.get_by_role("button", name="Start the draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cereal boxes")
    assert ResourcePage.objects.count() == 1


def test_where_nothing_is_kept_one_is_told_to_copy_what_was_typed(district: District, page: Page) -> None:
    sign_in(page, district.teacher)
    page.goto(f"/my-resources/{district.draft().identifier}/delete/")
    sign_in_anew(page, district.teacher)
    page.get_by_role("button", name="Delete the draft").click()
    expect(page.get_by_text("Copy it, since it goes")).to_be_visible()
    expect(page.get_by_role("link", name="Back to the form")).to_be_hidden()


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/account/", "Name"),
        ("/district/harbor-point/members/add/", "Name"),
        ("/district/harbor-point/schools/", "Name"),
        ("/search/saved/new/?q=pizza", "Name"),
    ],
)
def test_what_was_typed_when_the_session_had_ended_is_there_after_signing_in(
    district: District, page: Page, address: str, field: str
) -> None:
    admin = member(Role.DISTRICT_ADMIN, district.district, password=PASSWORD)
    sign_in(page, admin)
    page.goto(address)
    form = page.locator("form[data-keep]")
    form.get_by_label(field).first.fill("Rosa Overnight")
    page.context.clear_cookies(name="sessionid")
    form.locator("button[type=submit]").click()
    page.get_by_label("Email").fill(admin.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.locator("form[data-keep]").get_by_label(field).first).to_have_value("Rosa Overnight")
    assert not SavedSearch.objects.exists()


def test_a_button_that_is_pressed_twice_says_what_came_of_it_once(district: District, page: Page) -> None:
    """The second of two said that there is a school of that name already: the one that the first had added."""
    sign_in(page, member(Role.DISTRICT_ADMIN, district.district, password=PASSWORD))
    page.goto("/district/harbor-point/schools/")
    form = page.locator("form[data-keep]")
    form.get_by_label("Name").fill("Double School")
    sent = []

    def slowly(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
            page.wait_for_timeout(500)
        route.continue_()

    page.route("**/schools/", slowly)
    form.get_by_role("button", name="Add the school").dblclick()
    expect(page.get_by_text("Double School is added.")).to_be_visible()
    assert len(sent) == 1
