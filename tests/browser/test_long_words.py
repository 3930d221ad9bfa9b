"""Words, codes and formulas as real collections have them, on a telephone; and the way past the filters by keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from people.models import Role
from repository.permissions import sync_all
from search.saved_search import SavedSearch
from tests.browser.test_contribute import page, scheme
from tests.browser.test_looks import PASSWORD, complaints, sign_in, too_wide
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, member, resource

__all__ = ["page", "scheme"]
pytestmark = [pytest.mark.browser, pytest.mark.engine]
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def test_long_words_codes_and_formulas_fit_a_narrow_screen(
    page: Page, transactional_db: None, follow: Callable[[], None]
) -> None:
    framework = FrameworkFactory(short_name="CC", title="Common Core State Standards for Mathematics")
    item = ItemFactory(
        framework=framework,
        human_coding_scheme="CCSS.Math.Content.6.NS.C.7c",
        full_statement=r"Read $a^2 + b^2 = c^2$ on maps of rivers and " + LONG.lower(),
    )
    resource(f"Rivers and {LONG}", alignments=[{"item": item}])
    follow()
    teacher = member(Role.TEACHER, DistrictFactory(), password=PASSWORD)
    SavedSearch.objects.create(user=teacher, name=f"“{LONG}”", query="q=rivers")
    page.set_viewport_size({"width": 320, "height": 800})
    sign_in(page, teacher)
    found = []
    paths = ["/nowhere/rivers/", "/standards/lookup/?q=rivers", "/search/?q=rivers", "/search/saved/"]
    for path in paths:
        page.goto(path, wait_until="networkidle")
        expect(page.get_by_text(LONG).first).to_be_attached()
        found += [*filter(None, [too_wide(page)]), *complaints(page)]
    assert not found, "\n".join(found)


def test_what_is_said_of_a_standard_stays_in_its_panel_where_codes_are_long(
    page: Page, transactional_db: None
) -> None:
    framework = FrameworkFactory(title="Common Core State Standards for Mathematics")
    above = ItemFactory(
        framework=framework,
        human_coding_scheme="TEKS.Mathematics.111.28.Grade8.b.4",
        full_statement="Understand ratio concepts and use ratio reasoning to solve problems.",
    )
    item = ItemFactory(framework=framework, under=above, human_coding_scheme="CCSS.Math.Content.6.RP.A.3")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(item.get_absolute_url())
    panel = page.get_by_role("complementary", name="About this standard").locator("dl")
    # The code and the words are two, for whoever copies or hears them as well.
    expect(panel).to_contain_text("TEKS.Mathematics.111.28.Grade8.b.4 Understand")
    reach = panel.evaluate(
        "dl => Math.max(...[...dl.querySelectorAll('*')].map(one => one.getBoundingClientRect().right))"
        " - dl.getBoundingClientRect().right"
    )
    assert reach < 0


def test_the_results_are_two_keys_from_the_box(
    page: Page, transactional_db: None, follow: Callable[[], None]
) -> None:
    resource("Rivers of our state", grades=["06"])
    follow()
    page.goto("/search/?q=rivers")
    skip = page.get_by_role("link", name="Skip to the results")
    hidden = skip.bounding_box()
    assert hidden is not None
    assert hidden["width"] < 2
    page.get_by_role("button", name="Search", exact=True).focus()
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    shown = skip.bounding_box()
    assert shown is not None
    assert shown["width"] > 100
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="“rivers” remove")).to_be_focused()


def test_in_colors_of_the_readers_own_the_chosen_suggestion_is_seen(
    browser: Browser, live_server: Any, transactional_db: None, follow: Callable[[], None]
) -> None:
    resource("Rivers of our state")
    follow()
    context = browser.new_context(base_url=live_server.url, forced_colors="active")
    page = context.new_page()
    page.goto("/search/")
    page.get_by_role("combobox").press_sequentially("riv")
    option = page.get_by_role("option").first
    expect(option).to_be_visible()
    expect(option).not_to_have_css("outline-style", "solid")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_css("outline-style", "solid")
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_head_of_a_page_in_the_admin_has_its_whole_title(
    page: Page, transactional_db: None, width: int
) -> None:
    """It was cut after four words, and not shown at all beside two buttons."""
    district = DistrictFactory()
    lesson = resource(
        "Comparing unit rates in the markets of our county, with pictures " * 2, district=district
    )
    admin = member(Role.DISTRICT_ADMIN, district, password=PASSWORD)
    sync_all()
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, admin)
    for path in (
        f"/admin/pages/{lesson.pk}/edit/",
        f"/admin/pages/{lesson.pk}/history/",
        "/admin/standards/",
    ):
        page.goto(path)
        head = page.locator(".w-breadcrumbs")
        shown, crumb = head.bounding_box(), head.locator("li").last.bounding_box()
        assert shown
        assert crumb
        assert shown["x"] <= crumb["x"]
        assert crumb["x"] + crumb["width"] <= shown["x"] + shown["width"]
        assert shown["y"] <= crumb["y"]
        assert crumb["y"] + crumb["height"] <= shown["y"] + shown["height"]
