"""A coordinator picks results in the admin by keyboard alone: the focus stays where it was, and a dialog has a name."""

import pytest
from playwright.sync_api import Page, expect

from people.models import Role
from repository.permissions import sync_all
from search.kept import Promotion
from tests.browser.test_contribute import page, scheme
from tests.browser.test_looks import PASSWORD, complaints, sign_in, too_wide
from tests.factories import DistrictFactory, district_page, member, resource

__all__ = ["page", "scheme"]
pytestmark = pytest.mark.browser


def tab_until(page: Page, name: str) -> None:
    """Press Tab a few times, as somebody who is there already, and not at the top of the page."""
    for _press in range(9):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement.title + document.activeElement.innerText"):
            return
    raise AssertionError(f"{name} is not reached")


def choose(page: Page, title: str) -> None:
    tab_until(page, "Choose a resource")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Choose a resource")
    expect(dialog).to_be_visible()
    dialog.get_by_role("link", name=title).focus()
    page.keyboard.press("Enter")
    expect(page.locator("body > .modal")).to_have_count(0)
    expect(page.locator(".chosen").get_by_text(title)).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_picks_are_chosen_ordered_and_taken_out_by_keyboard(
    page: Page, transactional_db: None, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    district = DistrictFactory(slug="juniper")
    district_page(district)
    for title in ("Bread", "Paint", "Soil"):
        resource(title, district=district)
    coordinator = member(Role.COORDINATOR, district, password=PASSWORD)
    sync_all()
    sign_in(page, coordinator)
    page.goto("/admin/picked_results/new/")
    page.get_by_role("textbox", name="Searches").fill("ratios")
    for place, title in enumerate(("Bread", "Paint", "Soil")):
        if place:
            tab_until(page, "Add resource")
            page.keyboard.press("Enter")
            expect(page.locator(":focus").get_by_text("Choose a resource")).to_be_visible()
        choose(page, title)
    tab_until(page, "Add resource")
    # The last one goes up twice, and then no further: the button beside it has the focus.
    page.locator("[data-inline-panel-child-move-up]").last.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("[data-inline-panel-child-move-down]").first).to_be_focused()
    tab_until(page, "Delete")
    page.keyboard.press("Enter")
    expect(page.locator("[data-inline-panel-child]:not(.deleted)")).to_have_count(2)
    tab_until(page, "Delete")
    assert complaints(page) == []
    assert too_wide(page) == ""
    page.get_by_role("button", name="Create").press("Enter")
    expect(page.get_by_text("'ratios' created")).to_be_visible()
    picked = (
        Promotion.objects.get().resources.order_by("sort_order").values_list("resource__title", flat=True)
    )
    assert list(picked) == ["Bread", "Paint"]
