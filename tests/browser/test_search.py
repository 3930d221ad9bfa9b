"""The search page as a teacher uses it: with and without JavaScript, by keyboard, on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    KindFactory,
    SubjectFactory,
    resource,
)

pytestmark = [pytest.mark.browser, pytest.mark.engine]


@pytest.fixture
def library(follow: Callable[[], None]) -> None:
    """Thirty lessons about ratios in two subjects and three grades, and one about rivers."""
    district = DistrictFactory(name="Juniper Valley", slug="juniper")
    maths, science = SubjectFactory(slug="mathematics"), SubjectFactory(slug="science")
    framework = FrameworkFactory(short_name="MER-MATH", title="Meridian Mathematics")
    ratios = ItemFactory(framework=framework, human_coding_scheme="6.RP", full_statement="Ratios and rates")
    item = ItemFactory(
        framework=framework, human_coding_scheme="6.RP.1", full_statement="Unit prices", under=ratios, depth=1
    )
    for number in range(24):
        resource(
            f"Ratio lesson {number:02}",
            district=district,
            kind=KindFactory(slug="lesson" if number % 2 else "task"),
            grades=[["05", "06", "07"][number % 3]],
            subjects=[maths if number % 4 else science],
            alignments=[{"item": item}] if number < 3 else [],
        )
    resource("Rivers of our state", district=district, subjects=[science], kind=KindFactory(slug="lesson"))
    follow()


def test_filters_are_ticked_and_results_follow_with_the_address(page: Page, live_server, library) -> None:
    page.goto(f"{live_server.url}/search/?q=ratio")
    expect(page.get_by_role("heading", name="24 resources")).to_be_visible()
    page.get_by_label("Grade 5").check()
    expect(page.get_by_role("heading", name="8 resources")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/search/\?q=ratio&grade=05$"))
    # The siblings of what is ticked are still there, with what they would give.
    expect(page.locator(".facet__value", has_text="Grade 6")).to_contain_text("8")
    page.get_by_label("Grade 6").check()
    expect(page.get_by_role("heading", name="16 resources")).to_be_visible()
    page.locator(".chips").get_by_role("link", name="Grade 5").click()
    expect(page.get_by_role("heading", name="8 resources")).to_be_visible()
    expect(page.get_by_label("Grade 5")).not_to_be_checked()
    page.go_back()
    expect(page.get_by_role("heading", name="16 resources")).to_be_visible()
    expect(page).to_have_title(re.compile("“ratio”"))


def test_the_whole_search_works_without_javascript(browser: Browser, live_server, library) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/search/")
    page.get_by_role("searchbox").fill("ratio")
    page.get_by_role("button", name="Search").click()
    page.get_by_label("Grade 5").check()
    page.get_by_role("button", name="Show results").first.click()
    expect(page.get_by_role("heading", name="8 resources")).to_be_visible()
    page.get_by_role("link", name="Below Meridian Mathematics").click()
    page.get_by_role("link", name=re.compile("^6.RP Ratios and rates")).click()
    expect(page.get_by_role("heading", name="1 resource", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^6.RP.1"))).to_be_visible()
    page.get_by_role("link", name="Clear all").click()
    expect(page.get_by_role("heading", name="25 resources")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".cards > li")).to_have_count(5)
    # On a phone the results come first, and a link leads down to the filters.
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.get_by_role("heading", name=re.compile(r"^\d+ resources"))).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Narrow down")).not_to_be_in_viewport()
    page.get_by_role("link", name="Filters").click()
    expect(page.get_by_role("heading", name="Narrow down")).to_be_in_viewport()
    context.close()


def test_the_keyboard_alone_is_enough_and_the_place_is_kept(page: Page, live_server, library) -> None:
    page.goto(f"{live_server.url}/search/")
    page.get_by_role("combobox", name="Search for lessons").focus()
    page.keyboard.type("ratio")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="24 resources")).to_be_visible()
    page.get_by_role("checkbox", name="Lesson").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="12 resources")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Lesson")).to_be_focused()
    expect(page.locator("#search-status")).to_have_text("12 resources")
    page.get_by_role("link", name="Below Meridian Mathematics").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=re.compile("^6.RP Ratios"))).to_be_visible()
    expect(page.get_by_role("link", name="Below Meridian Mathematics")).to_be_focused()


def test_a_filter_that_was_unfolded_stays_so(page: Page, live_server, library) -> None:
    page.goto(f"{live_server.url}/search/")
    page.locator("#facet-district > summary").click()
    page.get_by_label("Grade 5").check()
    expect(page.get_by_role("heading", name="8 resources")).to_be_visible()
    expect(page.locator("#facet-district")).to_have_attribute("open", "")


def test_nothing_found_names_the_way_on(page: Page, live_server, library) -> None:
    page.goto(f"{live_server.url}/search/?q=rivers&grade=05")
    expect(page.get_by_text("Nothing fits all of this")).to_be_visible()
    page.get_by_role("link", name="without Grade").click()
    expect(page.get_by_role("link", name="Rivers of our state")).to_be_visible()


def test_on_a_phone_filters_are_in_a_sheet_and_nothing_is_too_wide(
    browser: Browser, live_server, library
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{live_server.url}/search/?q=ratio")
    expect(page.get_by_label("Grade 5")).to_be_hidden()
    page.get_by_role("link", name="Filters").click()
    page.get_by_label("Grade 5").check()
    page.get_by_role("button", name="Show 8 resources").click()
    expect(page.get_by_role("heading", name="8 resources")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_long_codes_and_addresses_widen_nothing_on_a_phone(
    browser: Browser, live_server, follow: Callable[[], None]
) -> None:
    framework = FrameworkFactory(short_name="CCSS")
    cluster = ItemFactory(framework=framework, human_coding_scheme="CCSS.Math.Content.4.NF.B")
    item = ItemFactory(framework=framework, human_coding_scheme="CCSS.Math.Content.4.NF.B.3", under=cluster)
    resource(
        "Share the pie",
        alignments=[{"item": item}],
        attribution="Public Films. License: https://films.example/terms/of/use/for/schools/and/libraries.html",
    )
    follow()
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    for path in ("/search/?q=pie", f"/search/levels/?standard={cluster.identifier}"):
        page.goto(f"{live_server.url}{path}")
        expect(page.get_by_text("CCSS.Math.Content.4.NF.B").first).to_be_attached()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    context.close()


def test_paper_shows_the_results_and_nothing_to_press(page: Page, live_server, library) -> None:
    page.goto(f"{live_server.url}/search/?q=ratio+grade+5&kind=lesson")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="4 resources")).to_be_visible()
    expect(page.locator(".chips")).to_contain_text("Grade 5")
    for gone in ("Clear all", "Save this search", "Feed", "Newest", "Look for the words", "Show results"):
        expect(page.get_by_text(gone).first).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.goto(f"{live_server.url}/search/levels/?standard=MER-MATH:6.RP")
    expect(page.get_by_role("row", name="6.RP.1 Unit prices")).to_be_visible()
    for gone in ("Back to the results", "and opens them"):
        expect(page.get_by_text(gone)).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.querySelector('.scroll-x')).overflowX") == "visible"


def test_a_resting_engine_leaves_a_plain_look_up(page: Page, live_server, library, settings) -> None:
    page.goto(f"{live_server.url}/search/?q=rivers")
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    page.get_by_role("checkbox", name="Lesson , 1 resource", exact=True).check()
    expect(page.locator("#search-status")).to_have_text("Search is resting")
    expect(page.get_by_role("combobox", name="Search for")).to_have_value("rivers")
    page.reload()
    expect(page.get_by_text("Search is resting").first).to_be_visible()
    expect(page.get_by_role("link", name="Rivers of our state")).to_be_visible()
