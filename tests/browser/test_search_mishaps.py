"""What goes wrong, or back, while a teacher searches: an answer that does not come, the Back button, a lost focus."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.test_understanding import BOX, sound
from tests.factories import DistrictFactory, KindFactory, SubjectFactory, resource

pytestmark = [pytest.mark.browser, pytest.mark.engine]


@pytest.fixture
def lessons(follow: Callable[[], None]) -> None:
    """Three about ratios, in grades 5 to 7, and one about rivers."""
    district, kind = DistrictFactory(slug="juniper"), KindFactory(slug="lesson")
    for grade in ("05", "06", "07"):
        resource(
            f"Ratio lesson {grade}",
            district=district,
            kind=kind,
            grades=[grade],
            subjects=[SubjectFactory(slug="mathematics", label="Mathematics")],
        )
    resource("Rivers of our state", district=district, kind=kind)
    follow()


@pytest.fixture
def wide(page: Page, live_server, lessons) -> Page:
    page.goto(f"{live_server.url}/search/?q=ratio&limit=2")
    return page


@pytest.fixture
def phone(browser: Browser, live_server, lessons) -> Iterator[Page]:
    """The sheet of filters is open."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, base_url=live_server.url)
    page = context.new_page()
    page.goto("/search/?q=ratio")
    page.get_by_role("link", name="Filters").click()
    yield page
    context.close()


@pytest.mark.parametrize("where", ["/", "/search/?q=ratio", "/standards/", "/standards/lookup/"])
def test_a_page_of_text_in_the_box_makes_no_address_that_a_server_refuses(
    page: Page, live_server, lessons: None, where: str
) -> None:
    """gunicorn, as it comes, answers with a bare error page to an address of more than 4094 characters."""
    page.goto(f"{live_server.url}{where}")
    page.locator("input[type=search]:visible").last.focus()
    page.keyboard.insert_text("نسبة وتناسب " * 500)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=%D9"))
    assert len(page.url) < 4000
    if "lookup" not in page.url:
        expect(page.get_by_text("That is too long: only its beginning was looked for")).to_be_visible()


def test_back_shows_the_search_of_then_and_its_box_still_suggests(wide: Page) -> None:
    box = wide.get_by_role("combobox", name=BOX)
    asked: list[str] = []
    wide.on("request", lambda request: asked.append(request.url) if "/search/?" in request.url else None)
    for words in ("rivers", "lesson"):
        box.fill(words)
        box.press("Enter")
        expect(wide).to_have_url(re.compile(f"q={words}"))
    assert len(asked) == 2, asked
    wide.go_back()
    expect(wide.get_by_role("heading", name="1 resource", exact=True)).to_be_visible()
    expect(wide.locator("#search-status")).to_have_text("1 resource")
    expect(box).to_have_value("rivers")
    box.fill("")
    box.press_sequentially("ratio")
    expect(wide.get_by_role("listbox", name="Suggestions")).to_have_count(1)
    expect(wide.get_by_role("option").first).to_be_visible()


def test_back_after_choices_in_the_sheet_leaves_a_page_that_can_be_used(phone: Page) -> None:
    phone.get_by_label("Grade 5").check()
    expect(phone.get_by_role("button", name="Show 1 resource")).to_be_visible()
    phone.get_by_label("Grade 6").check()
    phone.get_by_role("button", name="Show 2 resources").click()
    phone.go_back()
    expect(phone.get_by_role("heading", name="1 resource", exact=True)).to_be_visible()
    phone.get_by_role("link", name="Ratio lesson 05").click(trial=True)
    phone.get_by_role("link", name="Filters").click()
    expect(phone.get_by_label("Grade 5")).to_be_checked()
    expect(phone.get_by_label("Grade 6")).not_to_be_checked()
    phone.get_by_role("button", name="Show 1 resource").click()
    expect(phone.get_by_role("link", name="Filters")).to_be_visible()


def test_a_choice_whose_answer_does_not_come_says_so_where_it_was_made(phone: Page) -> None:
    phone.route("**/search/?*", lambda route: route.abort("internetdisconnected"))
    phone.get_by_label("Grade 5").check()
    told = phone.get_by_role("alert")
    expect(told).to_contain_text("The results could not be loaded")
    expect(told).to_be_in_viewport()
    sound(phone)
    phone.unroute("**/search/?*")
    told.get_by_role("link", name="Try again").click()
    expect(phone.get_by_role("heading", name="1 resource", exact=True)).to_be_visible()
    expect(phone).to_have_url(re.compile(r"/search/\?q=ratio&grade=05$"))


def test_who_hears_the_page_is_told_that_an_answer_takes_long(wide: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    status = wide.locator("#search-status")
    wide.route("**/search/?*grade=05*", hold)
    wide.get_by_label("Grade 5").check()
    expect(status).to_have_text("Still looking…")
    held.pop().continue_()
    expect(status).to_have_text("1 resource")
    wide.get_by_label("Grade 6").check()
    expect(status).to_have_text("Still looking…")
    held.pop().abort("internetdisconnected")
    expect(wide.get_by_role("alert")).to_contain_text("could not be loaded")
    expect(status).to_be_empty()


def test_an_error_of_the_server_leaves_the_list_and_a_way_to_ask_again(wide: Page) -> None:
    wide.route("**/search/?*page=2", lambda route: route.fulfill(status=502, body="Bad gateway"))
    wide.get_by_role("link", name="Next").click()
    told = wide.get_by_role("alert")
    expect(told).to_be_in_viewport()
    expect(told.get_by_role("link", name="Try again")).to_have_attribute("href", re.compile("page=2$"))
    sound(wide)
    # The next that works takes the notice away.
    wide.get_by_label("Grade 5").check()
    expect(wide.get_by_role("heading", name="1 resource", exact=True)).to_be_visible()
    expect(told).to_have_count(0)


def test_an_answer_of_somebody_else_leaves_the_list_and_says_so(wide: Page) -> None:
    """As of a school's network that wants a password first: 200, and a page that is not ours."""
    page = "<html><title>Guest network</title><p>Sign in to go on</p></html>"
    wide.route(
        "**/search/?*page=2", lambda route: route.fulfill(status=200, content_type="text/html", body=page)
    )
    wide.get_by_role("link", name="Next").click()
    told = wide.get_by_role("alert")
    expect(told).to_contain_text(
        re.compile("The results could not be loaded.*You still see the search from before")
    )
    expect(told.get_by_role("link", name="Try again")).to_have_attribute("href", re.compile("page=2$"))
    expect(wide.get_by_role("heading", name="3 resources")).to_be_visible()
    expect(wide).to_have_url(re.compile("limit=2$"))
    expect(wide).not_to_have_title("Guest network")


def test_by_keyboard_the_focus_stays_near_to_what_was_pressed(wide: Page, live_server) -> None:
    def press(name: str) -> None:
        wide.get_by_role("link", name=re.compile(f"^{name}")).focus()
        wide.keyboard.press("Enter")

    focused = wide.locator(":focus")
    press("Next")
    expect(wide).to_have_url(re.compile("page=2"))
    expect(wide.get_by_role("heading", name="3 resources")).to_be_focused()
    wide.goto(f"{live_server.url}/search/?q=ratio+grade+5&kind=lesson&subject=mathematics")
    press("Look for the words")
    expect(focused).to_contain_text("Use “grade 5” as a filter")
    press("Subject")
    expect(focused).to_contain_text("Kind")
    wide.keyboard.press("Enter")
    expect(wide).to_have_url(re.compile(r"/search/\?q=ratio\+grade\+5&as_typed=grade$"))
    expect(focused).to_have_id("results-title")


def test_an_address_that_is_not_here_stays_as_it_is_and_back_leads_to_the_search(
    wide: Page, live_server
) -> None:
    """As of a lesson that was taken back while its card was on the page."""
    lost = f"{live_server.url}/juniper/ratio-lesson-05/lost-ratio/"
    wide.goto(lost)
    expect(wide.get_by_role("link", name="Ratio lesson 05")).to_be_visible()
    expect(wide).to_have_url(lost)
    expect(wide).to_have_title(re.compile("^Page not found"))
    wide.go_back()
    expect(wide.get_by_role("heading", name="3 resources")).to_be_visible()


def test_back_closes_the_sheet_and_leaves_the_choices_that_were_made_in_it(phone: Page) -> None:
    filters = phone.get_by_role("link", name="Filters")
    phone.go_back()
    expect(filters).to_be_focused()
    expect(phone).to_have_url(re.compile(r"q=ratio$"))
    filters.click()
    phone.get_by_label("Grade 5").check()
    expect(phone.get_by_role("button", name="Show 1 resource")).to_be_visible()
    phone.go_back()
    expect(filters).to_be_focused()
    expect(phone.get_by_role("heading", name="1 resource", exact=True)).to_be_visible()
    expect(phone).to_have_url(re.compile(r"grade=05"))
    phone.go_back()
    expect(phone.get_by_role("heading", name="3 resources", exact=True)).to_be_visible()
    expect(phone).to_have_url(re.compile(r"q=ratio$"))


def test_a_sheet_closed_by_its_button_or_escape_costs_no_press_of_back(phone: Page, live_server) -> None:
    filters = phone.get_by_role("link", name="Filters")
    phone.keyboard.press("Escape")
    expect(filters).to_be_focused()
    filters.click()
    phone.get_by_label("Grade 5").check()
    phone.get_by_role("button", name="Show 1 resource").click()
    expect(filters).to_be_focused()
    phone.go_back()
    expect(phone.get_by_role("heading", name="3 resources", exact=True)).to_be_visible()
    phone.go_back()
    expect(phone).to_have_url("about:blank")


def test_a_page_that_is_not_there_keeps_its_link_to_the_search_where_nothing_is_found(
    page: Page, live_server, lessons: None
) -> None:
    """Without results, as while search rests, there was a heading with nothing below it."""
    with page.expect_response(lambda answer: "/search/?q=" in answer.url):
        page.goto(f"{live_server.url}/nowhere/zzyzx-basketweaving/")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("link", name="Search for “zzyzx basketweaving”")).to_be_visible()
    page.goto(f"{live_server.url}/nowhere/rivers/")
    expect(page.get_by_role("link", name="Rivers of our state")).to_be_visible()
    expect(page.get_by_role("link", name="Search for “rivers”")).to_have_count(0)
