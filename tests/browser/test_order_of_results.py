"""The state's administrator weighs results on a phone: what was typed can be read, and so can what is said on top."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from people.models import Role
from search.kept import RankingSettings
from tests.browser.test_contribute import page, scheme
from tests.browser.test_looks import PASSWORD, complaints, sign_in, too_wide
from tests.factories import StateFactory, member

__all__ = ["page", "scheme"]
pytestmark = [pytest.mark.browser, pytest.mark.engine]


def test_weights_are_tried_and_kept_on_a_phone(
    page: Page, transactional_db: None, follow: Callable[[], None]
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, member(Role.STATE_ADMIN, StateFactory(), password=PASSWORD))
    page.goto("/admin/order_of_results/")
    fields = page.locator(".weights input")
    assert fields.evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth).length") == 0
    lately = page.get_by_role("textbox", name="Changed lately")
    for pressed in ("Show what moves", "Keep these weights"):
        lately.fill("a lot")
        page.get_by_role("button", name=pressed).press("Enter")
        expect(page.get_by_text("Some weights cannot be taken")).to_be_in_viewport()
        expect(lately).to_have_value("a lot")
    assert complaints(page) == []
    lately.fill("0,07")
    page.get_by_role("button", name="Show what moves").press("Enter")
    expect(page.get_by_role("heading", name="Try them on these searches")).to_be_in_viewport()
    RankingSettings.objects.create(changes={"title": 8.0})
    page.get_by_role("button", name="Keep these weights").press("Enter")
    expect(page.get_by_text("has changed the weights since you opened this page")).to_be_in_viewport()
    assert complaints(page) == []
    assert too_wide(page) == ""
    page.get_by_role("button", name="Keep these weights").press("Enter")
    expect(page.get_by_text("The weights are kept")).to_be_in_viewport()
    assert RankingSettings.objects.get().changes == {"freshness": 0.07}
