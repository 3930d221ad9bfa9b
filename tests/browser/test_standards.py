"""A framework's tree and the look-up of standards, in a real browser: with and without JavaScript, by keyboard."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from people.models import Role
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, StateFactory, member

pytestmark = pytest.mark.browser


@pytest.fixture
def framework(db):
    """Two domains; the first goes down two levels."""
    StateFactory()
    maths = FrameworkFactory(short_name="MER-MATH", title="Meridian Mathematics", grades=["06"])
    ratios = ItemFactory(framework=maths, human_coding_scheme="RP", full_statement="Ratios")
    ItemFactory(framework=maths, human_coding_scheme="GM", full_statement="Shapes")
    rates = ItemFactory(framework=maths, human_coding_scheme="RP.A", full_statement="Rates", under=ratios)
    ItemFactory(
        framework=maths,
        human_coding_scheme="6.RP.1",
        full_statement="Unit prices",
        grades=["06"],
        under=rates,
    )
    return maths


def test_the_tree_opens_level_by_level_with_the_keyboard_alone(page: Page, live_server, framework):
    page.goto(f"{live_server.url}/standards/MER-MATH/")
    expect(page.get_by_text("Rates")).to_have_count(0)
    page.locator("summary", has_text="Ratios").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Rates")).to_be_visible()
    page.locator("summary", has_text="Rates").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Unit prices")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_text("Unit prices")).to_be_hidden()
    page.keyboard.press("Space")
    expect(page.get_by_text("Unit prices")).to_be_visible()


def test_a_level_is_fetched_once(page: Page, live_server, framework):
    fetched = []
    page.on("request", lambda request: fetched.append(request.url) if "/level/" in request.url else None)
    page.goto(f"{live_server.url}/standards/MER-MATH/")
    summary, inside = page.locator("summary", has_text="Ratios"), page.get_by_text("Rates")
    for _twice in range(2):
        summary.click()
        expect(inside).to_be_visible()
        summary.click()
        expect(inside).to_be_hidden()
    summary.click()
    inside.click()
    # What was asked for before this has been asked for by now.
    expect(page.get_by_text("Unit prices")).to_be_visible()
    assert len(fetched) == len(set(fetched)) == 2


def test_the_tree_opens_without_javascript(browser: Browser, live_server, framework):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/standards/MER-MATH/")
    for opened, inside in (("Ratios", "Rates"), ("Rates", "Unit prices")):
        page.locator("summary", has_text=opened).click()
        page.get_by_role("link", name="Show what is below").locator("visible=true").click()
        expect(page.get_by_text(inside)).to_be_visible()
    context.close()


def test_the_look_up_follows_while_one_types(page: Page, live_server, framework):
    page.goto(f"{live_server.url}/standards/lookup/")
    page.get_by_label("Find a standard by code or words").press_sequentially("unit pri")
    expect(page.locator("#found").get_by_text(re.compile("1 standard for"))).to_be_visible()
    expect(page.get_by_role("link", name="6.RP.1")).to_be_visible()


def test_a_list_of_choices_is_walked_through_by_keyboard_and_sent_when_one_is_done(
    page: Page, live_server, framework
):
    FrameworkFactory(short_name="MER-SCI", title="Meridian Science", grades=["KG"])
    page.goto(f"{live_server.url}/standards/")
    page.get_by_label("Grade").focus()
    for _step in range(7):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Grade")).to_be_focused()
    expect(page.get_by_label("Grade")).to_have_value("06")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("grade=06"))
    expect(page.get_by_role("link", name="Meridian Mathematics")).to_be_visible()
    expect(page.get_by_role("link", name="Meridian Science")).to_have_count(0)


def test_an_administrator_adds_a_person_on_a_phone(browser: Browser, live_server, framework):
    member(Role.DISTRICT_ADMIN, DistrictFactory(name="Juniper Valley"), email="admin@juniper.example")
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{live_server.url}/district/")
    page.get_by_label(re.compile("mail", re.I)).fill("admin@juniper.example")
    page.get_by_label("Password", exact=True).fill("correct-horse-battery")
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Add a person").click()
    page.get_by_role("button", name="Add this person").click()
    expect(page.get_by_role("alert")).to_contain_text("E-mail address")
    page.get_by_label("E-mail address").fill("nia@juniper.example")
    page.get_by_label(re.compile("^Name")).fill("Nia New")
    page.get_by_role("button", name="Add this person").click()
    expect(page.get_by_text("Nia New is added.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    context.close()
