"""A form that was filled in while the session ended: what was typed is there again after signing in."""

import pytest

from search.saved_search import SavedSearch
from tests.repository.pages import Page
from tests.search.keeping import keep

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def sign_in_again(page: Page, teacher) -> Page:
    """From the page of signing in that a sent form has ended at."""
    assert page.url == "/accounts/login/"
    (goes_on,) = page.html.xpath("//main//input[@name='next']/@value")
    page.client.force_login(teacher)
    return Page.open(page.client, goes_on)


def test_a_search_that_was_being_saved(browser, teacher, index):
    page = Page.open(browser, "/search/saved/new/?q=pizza&grade=06")
    browser.logout()
    page = page.press("Save", name="Pizza & friends", mail="weekly")
    page = sign_in_again(page, teacher)
    assert (page.value("name"), page.value("mail")) == ("Pizza & friends", ["weekly"])
    assert not SavedSearch.objects.exists()
    page.press("Save")
    saved = SavedSearch.objects.get()
    assert (saved.name, saved.mail, saved.query) == ("Pizza & friends", "weekly", "q=pizza&grade=06")


def test_a_saved_search_that_was_being_changed(browser, teacher, index):
    saved = keep(teacher)
    page = Page.open(browser, f"/search/saved/{saved.key}/")
    browser.logout()
    page = sign_in_again(page.press("Save", name="Lunch", mail="never"), teacher)
    assert (page.value("name"), page.value("mail")) == ("Lunch", ["never"])
    saved.refresh_from_db()
    assert saved.name != "Lunch"
    page.press("Save")
    saved.refresh_from_db()
    assert (saved.name, saved.mail, saved.query) == ("Lunch", "never", "q=pizza")
