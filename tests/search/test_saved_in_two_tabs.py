"""A saved search that is changed, ended or deleted while its form is open elsewhere."""

import pytest

from tests.repository.pages import Page
from tests.search.keeping import keep

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_of_two_tabs_each_changes_what_was_changed_in_it(browser, teacher, index):
    known = keep(teacher)
    first, second = (Page.open(browser, f"/search/saved/{known.key}/") for _ in range(2))
    first.press("Save", name="Lunch")
    assert "Saved: Lunch" in second.press("Save", mail="weekly").notices
    known.refresh_from_db()
    assert (known.name, known.mail) == ("Lunch", "weekly")


def test_who_saves_without_a_change_is_told_that_it_is_saved(browser, teacher, index):
    known = keep(teacher)
    assert "Saved: Pizza" in Page.open(browser, f"/search/saved/{known.key}/").press("Save").notices


def test_mails_that_were_ended_by_their_link_stay_ended_when_the_open_form_is_saved(browser, teacher, index):
    known = keep(teacher)
    form = Page.open(browser, f"/search/saved/{known.key}/")
    browser.post(f"/search/saved/{known.key}/stop/")
    form.press("Save", name="Lunch")
    known.refresh_from_db()
    assert (known.name, known.mail) == ("Lunch", "never")


def test_a_search_that_was_deleted_in_another_tab_is_no_dead_end(browser, teacher, index):
    known = keep(teacher)
    form = Page.open(browser, f"/search/saved/{known.key}/")
    known.delete()
    page = form.press("Save", name="Lunch")
    assert page.url == "/search/saved/"
    assert "That search is no longer saved." in page.notices
