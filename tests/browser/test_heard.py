"""What a screen reader says by itself while a page changes: once, and no more than what has changed."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Locator, Page, expect

from tests import factories
from tests.browser.test_contribute import District, district, page, press, scheme, type_into
from tests.browser.test_looks import sign_in

__all__ = ["district", "page", "scheme"]
pytestmark = pytest.mark.browser

# Live regions that are in the page already, and alerts that come, are read where something in them changes.
LISTEN = """() => {
  window.heard = [];
  const live = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
  new MutationObserver((changes) => {
    const regions = new Set();
    for (const { target, addedNodes } of changes) {
      regions.add((target.closest ? target : target.parentElement)?.closest(live));
      for (const node of addedNodes) node.querySelectorAll?.("[role=alert]").forEach((one) => regions.add(one));
    }
    const said = [...regions].map((one) => one?.innerText.trim().replace(/\\s+/g, " "));
    window.heard.push(...said.filter(Boolean));
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


@pytest.fixture
def heard(page: Page) -> Callable[[], list[str]]:
    """What was read aloud since the last time that it was asked for."""
    return lambda: page.evaluate("window.heard.splice(0)")


def saved(page: Page) -> None:
    with page.expect_response(lambda response: response.request.method == "POST"):
        pass
    expect(page.locator("#status")).to_contain_text("Saved now")


def test_saving_is_heard_where_one_pressed_the_button_and_not_while_one_types_or_time_goes_by(
    district: District, page: Page, heard: Callable[[], list[str]]
) -> None:
    sign_in(page, district.teacher)
    page.clock.install()
    page.goto(f"/contribute/{district.draft().identifier}/")
    page.evaluate(LISTEN)
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_label("In a sentence or two").fill("Which one is cheaper?")
        page.clock.run_for(3000)
    page.clock.run_for(60_000)
    expect(page.locator("#status")).to_contain_text("Saved 1 minute ago")
    assert heard() == []
    press(page, "Save draft")
    page.wait_for_function("() => window.heard.length > 0")
    (said,) = heard()
    assert said.startswith("Saved")


def test_what_is_wrong_is_heard_once_and_so_is_that_it_is_mended(
    district: District, page: Page, heard: Callable[[], list[str]]
) -> None:
    sign_in(page, district.teacher)
    page.goto(f"/contribute/{district.draft().identifier}/")
    page.evaluate(LISTEN)
    page.get_by_label("Title").first.fill("")
    expect(page.get_by_role("alert")).to_contain_text("One thing needs your attention")
    title = page.get_by_label("Title").first
    expect(title).to_have_attribute("aria-invalid", "true")
    expect(title).to_have_accessible_description(re.compile("As a teacher.* Title: This field is required"))
    page.get_by_label("In a sentence or two").fill("Which one is cheaper?")
    with page.expect_response(lambda response: response.request.method == "POST"):
        pass
    title.fill("Rice boxes")
    saved(page)
    expect(title).not_to_have_attribute("aria-invalid", "true")
    expect(title).to_have_accessible_description("As a teacher would look for it.")
    first, last = heard()
    assert first.startswith("One thing needs your attention")
    assert last == "Saved now"


def test_of_standards_that_are_looked_for_the_number_is_heard_and_not_the_list(
    district: District, page: Page, heard: Callable[[], list[str]]
) -> None:
    sign_in(page, district.teacher)
    page.goto(f"/contribute/{district.draft().identifier}/")
    page.evaluate(LISTEN)
    type_into(page, "Find a standard to add", "6rp2")
    expect(page.locator("#found")).to_contain_text("Find a unit rate.")
    assert heard() == ["1 standard for “6rp2”"]
    press(page, "Suggest standards")
    expect(page.locator("#found")).to_contain_text("Speaks for it")
    assert heard() == ["1 standard that this may be about, with what speaks for it."]
    press(page, "Add M.6.RP.2")
    expect(page.get_by_label("What it does for the standard")).to_be_focused()
    assert not any("Find a unit rate." in words for words in heard())


def test_who_takes_the_last_of_its_kind_away_goes_on_at_the_heading_of_its_part(
    district: District, page: Page
) -> None:
    sign_in(page, district.teacher)
    page.goto(f"/contribute/{district.draft().identifier}/")
    press(page, "Leave this out (Materials)")
    expect(page.get_by_role("heading", name="Materials")).to_be_focused()
    type_into(page, "Find a standard to add", "6rp2")
    press(page, "Add M.6.RP.2")
    expect(page.get_by_label("What it does for the standard")).to_be_focused()
    press(page, "Remove M.6.RP.2")
    expect(page.get_by_role("heading", name="Standards", exact=True)).to_be_focused()


def test_what_was_done_is_heard_on_the_page_that_comes_next(
    district: District, page: Page, heard: Callable[[], list[str]]
) -> None:
    page.add_init_script(f"addEventListener('DOMContentLoaded', {LISTEN})")
    sign_in(page, district.teacher)
    page.wait_for_function("() => window.heard.length > 0")
    assert heard() == ["Successfully signed in as Mei Lin."]


def test_the_look_up_of_standards_says_how_many_there_are(
    district: District, page: Page, heard: Callable[[], list[str]]
) -> None:
    page.goto("/standards/lookup/")
    page.evaluate(LISTEN)
    page.get_by_label("Find a standard by code or words").fill("unit rate")
    expect(page.get_by_role("link", name="M.6.RP.2")).to_be_visible()
    assert heard() == ["1 standard for “unit rate”"]
    factories.ItemFactory(human_coding_scheme="M.7.RP.1", full_statement="Use unit rates.")
    page.get_by_label("Find a standard by code or words").fill("unit rates")
    expect(page.get_by_role("link", name="M.7.RP.1")).to_be_visible()
    assert heard() == ["2 standards for “unit rates”"]


def test_the_code_that_matches_can_be_read_in_colors_that_one_has_chosen(
    district: District, browser: Browser, live_server: Any
) -> None:
    with browser.new_context(
        base_url=live_server.url, forced_colors="active", color_scheme="dark"
    ) as context:
        page = context.new_page()
        page.goto("/styleguide/")
        code = page.locator(".code--matched summary").first
        before = picture(code)
        code.evaluate("one => one.childNodes.forEach((node) => node.data && node.replaceWith('XX.X.X.X '))")
        changed = ImageChops.difference(before, picture(code)).convert("L").histogram()
        assert sum(changed[64:]) > 50, "whatever is written there, one sees the same plate"


def picture(part: Locator) -> Image.Image:
    return Image.open(BytesIO(part.screenshot())).convert("RGB")


def called(page: Page, role: str) -> list[str]:
    """What the browser tells a screen reader that things of this role are called, in the order of the page."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [one["name"]["value"] for one in nodes if one.get("role", {}).get("value") == role]


@pytest.mark.engine
def test_a_search_says_how_many_there_are_for_which_words_and_on_which_page(
    district: District, page: Page, follow: Callable[[], None], heard: Callable[[], list[str]]
) -> None:
    for number in range(24):
        factories.resource(f"Fractions {number:02}", district=district.district)
    follow()
    page.goto("/search/")
    page.evaluate(LISTEN)
    page.get_by_role("combobox", name="Search for lessons").fill("fractoins")
    page.keyboard.press("Enter")
    expect(page.locator(".search__fuzzy")).to_contain_text("Showing results for")
    (said,) = [words for words in heard() if "resources" in words]
    assert said.startswith("24 resources. No resource has “fractoins”. Showing results for “fractions”.")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("heading", name=re.compile("24 resources ?, page 2"))).to_be_focused()
    assert heard() == [], "the heading has the focus, and is read with it"


@pytest.mark.engine
def test_a_formula_is_heard_where_it_is_in_the_name_of_what_one_presses(
    district: District, page: Page, follow: Callable[[], None]
) -> None:
    item = factories.ItemFactory(
        framework=factories.FrameworkFactory(short_name="MER"),
        human_coding_scheme="M.3.NO.3",
        full_statement=r"Name parts such as $\frac{1}{4}$ of a whole.",
    )
    factories.resource("Cut the cake", district=district.district, alignments=[{"item": item}])
    follow()
    page.goto("/search/")
    words = "Name parts such as 1/4 of a whole."
    assert f"M.3.NO.3 {words}" in called(page, "DisclosureTriangle")
    page.get_by_role("combobox", name="Search for lessons").press_sequentially("M.3.NO")
    expect(page.get_by_role("option").first).to_be_visible()
    assert any(words in one for one in called(page, "option"))


def test_the_number_and_the_link_of_a_statement_come_before_what_is_below_it(
    district: District, page: Page
) -> None:
    framework = factories.FrameworkFactory(short_name="MER")
    ratios = factories.ItemFactory(
        framework=framework, human_coding_scheme="RP", full_statement="Ratios", code_forms=[]
    )
    factories.ItemFactory(framework=framework, human_coding_scheme="GM", full_statement="Shapes")
    for code in ("RP.1", "RP.2"):
        factories.ItemFactory(
            framework=framework, human_coding_scheme=code, full_statement=f"Part {code}", under=ratios
        )
    page.goto("/standards/MER/")
    page.locator("summary", has_text="Ratios").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Part RP.2")).to_be_visible()
    stops = []
    for _ in range(3):
        page.keyboard.press("Tab")
        stops.append(" ".join(page.evaluate("document.activeElement.textContent").split()))
    assert stops == ["Open RP", "RP.1", "RP.2"]
    expect(page.get_by_role("list").filter(has_text="Part RP.1").last.get_by_role("listitem")).to_have_count(
        2
    )
