"""Every page for every visitor: readable in light and dark, at 320 pixels, by keyboard, by screen reader, on paper."""

import re
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from people.models import Role, User
from repository.models import Alignment, ResourcePage
from search import indexes
from tests import factories

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
in_both_schemes = pytest.mark.parametrize("scheme", ["light", "dark"])
PASSWORD = "correct-horse-battery"

WIDE = (
    r"The second: $(50.125 - 49.875)(50.125 + 49.875) = 0.25 \times 100 = 25 = 5 \times 5 = (2 + 3)(3 + 2)$."
)
BODY: list[tuple[str, dict[str, Any]]] = [
    ("objectives", {"objectives": ["Find the price of one unit."], "evidence": "An exit ticket."}),
    ("materials", {"items": [{"name": "Station cards", "quantity": "1 set", "note": "Cut apart"}]}),
    (
        "step",
        {
            "title": "Launch",
            "minutes": 10,
            "setting": "whole-class",
            "text": "Show *two* offers.\n\n| Pounds | 1 | 2 |\n|---|---|---|\n| Dollars | 1.55 | 3.10 |",
            "support": "Show real packages.",
            "extend": r"Compare $\frac{1}{2}$ and $\frac{2}{4}$.",
            "language": "Act it out.",
        },
    ),
    ("step", {"title": "Stations", "minutes": 30, "setting": "", "text": "Visit three."}),
    ("task", {"title": "The market", "prompt": "Which one?", "teacher_notes": WIDE}),
    (
        "rubric",
        {
            "title": "Unit rates",
            "levels": ["Emerging", "Proficient"],
            "criteria": [{"name": "Finding the rate", "descriptions": ["Divides.", "Uses units."]}],
        },
    ),
    (
        "handout",
        {"title": "Recording sheet", "text": "Name: ____\n\n| Station | Guess |\n|---|---|\n| A | |"},
    ),
    ("opportunity", {"partner": "A shop", "place": "Harbor", "hours": "80", "safety": "Wear goggles."}),
    ("links", {"items": [{"title": "Prices", "url": "https://prices.example/", "note": "Weekly"}]}),
]


class World:
    """One lesson with everything that a lesson can have, and the people around it."""

    def __init__(self) -> None:
        self.district = factories.DistrictFactory(name="Harbor Point Public Schools", slug="harbor-point")
        school = factories.SchoolFactory(parent=self.district, name="Harbor Point K-8")
        self.teacher = factories.member(Role.TEACHER, school, name="Mei Lin", password=PASSWORD)
        self.reviewer = factories.member(
            Role.REVIEWER, self.district, name="Andre Baptiste", password=PASSWORD
        )
        self.admin = factories.member(
            Role.DISTRICT_ADMIN, self.district, name="Luis Ortega", password=PASSWORD
        )
        framework = factories.FrameworkFactory(
            title="Meridian Standards for Mathematics", short_name="MER-MATH"
        )
        ratios = factories.ItemFactory(
            framework=framework, human_coding_scheme="M.RP", full_statement="Ratios"
        )
        self.standard = factories.ItemFactory(
            framework=framework,
            human_coding_scheme="M.6.RP.2",
            full_statement="Find how much of one quantity goes with exactly one of another.",
            under=ratios,
        )
        level = factories.LevelFactory(name="Proficient")
        factories.topic("Unit rates", under=factories.topic("Mathematics"))
        self.lesson: ResourcePage = factories.resource(
            "Which is the better buy? Unit rates at the market",
            district=self.district,
            owner=self.teacher,
            school=school,
            summary="Teams visit price stations and decide which package they would really buy.",
            grades=["06"],
            duration_minutes=50,
            subjects=[factories.SubjectFactory()],
            modalities=[factories.ModalityFactory()],
            alignments=[{"item": self.standard, "relation": Alignment.Relation.TEACHES, "level": level}],
            body=BODY,
        )

    @property
    def public(self) -> list[str]:
        return [
            "/",
            "/standards/",
            "/standards/MER-MATH/",
            "/standards/lookup/?q=ratios",
            self.standard.get_absolute_url(),
            self.lesson.get_url(),
            "/harbor-point/",
            "/accounts/login/",
            "/accounts/password/reset/",
            "/nowhere/unit-rates/",
            "/styleguide/",
        ]

    @property
    def of_members(self) -> list[tuple[User, list[str]]]:
        draft = f"/contribute/{self.lesson.identifier}/"
        return [
            (
                self.teacher,
                ["/", "/my-resources/", "/contribute/", draft, f"{draft}preview/", f"{draft}submit/"],
            ),
            (self.reviewer, ["/review/", self.lesson.get_url()]),
            (self.admin, ["/account/", "/district/harbor-point/", "/accounts/password/change/"]),
        ]


@pytest.fixture
def world(transactional_db: None) -> World:
    return World()


@pytest.fixture
def scheme() -> str:
    return "light"


@pytest.fixture
def page(browser: Browser, live_server: Any, scheme: Literal["light", "dark"]) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, color_scheme=scheme)
    yield context.new_page()
    context.close()


def sign_in(page: Page, user: User) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="My resources").first).to_be_attached()


# Colours and sizes are judged when they are there: of a notice that is still sliding in, or a box that Wagtail lets jQuery
# fold up, they are half. What beats several times (the badge of Wagtail's news: 25 seconds) is brought to its end at once.
STILL = """() => {
    const moving = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
    moving.filter((one) => one.effect.getComputedTiming().iterations > 1).forEach((one) => one.finish());
    return !window.jQuery?.timers?.length && !moving.some((one) => one.playState !== "finished");
}"""


def complaints(page: Page) -> list[str]:
    """What axe has to say, one line a finding, with the place."""
    page.wait_for_function(STILL)
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url}: {one['help']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def too_wide(page: Page) -> str:
    """Empty where nothing has to be scrolled sideways."""
    width = page.evaluate("document.documentElement.scrollWidth")
    seen = page.evaluate("document.documentElement.clientWidth")
    return "" if width <= seen else f"{page.url} is {width} pixels wide on a screen of {seen}"


@in_both_schemes
def test_public_pages_satisfy_axe(world: World, page: Page) -> None:
    found = []
    for path in world.public:
        page.goto(path)
        found += complaints(page)
    assert not found, "\n".join(found)


@in_both_schemes
def test_pages_of_members_satisfy_axe_and_fit_a_narrow_screen(world: World, page: Page) -> None:
    found = []
    for user, paths in world.of_members:
        page.context.clear_cookies()
        page.set_viewport_size({"width": 1280, "height": 800})
        sign_in(page, user)
        for path in paths:
            page.goto(path)
            found += complaints(page)
            page.set_viewport_size({"width": 320, "height": 800})
            found += filter(None, [too_wide(page)])
            page.set_viewport_size({"width": 1280, "height": 800})
    assert not found, "\n".join(found)


@pytest.mark.engine
@in_both_schemes
def test_search_satisfies_axe_fits_a_narrow_screen_and_opens_its_filters_there(
    world: World, engine: str, page: Page
) -> None:
    indexes.rebuild()
    paths = [
        "/search/",
        "/search/?q=unit+rates",
        "/search/?standard=MER-MATH:M.RP&grade=06",
        "/search/?q=qqqq",
    ]
    found = []
    for path in paths:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(path)
        found += complaints(page)
        page.set_viewport_size({"width": 320, "height": 800})
        found += filter(None, [too_wide(page)])
    assert not found, "\n".join(found)
    page.goto("/search/?q=unit+rates")
    page.get_by_role("link", name="Filters").click()
    expect(page.get_by_role("heading", name="Narrow down")).to_be_focused()
    assert not complaints(page)
    page.get_by_role("checkbox", name="Mathematics").check()
    expect(page).to_have_url(re.compile("subject=mathematics"))
    page.get_by_role("button", name="Show 1 resource").click()
    expect(page.get_by_role("link", name="Filters")).to_be_focused()
    expect(page.get_by_role("heading", name="Which is the better buy?")).to_be_visible()


@in_both_schemes
def test_a_form_with_errors_satisfies_axe_and_says_where_they_are(world: World, page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill("nobody@district.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert not complaints(page)


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_has_to_be_scrolled_sideways(world: World, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    found = []
    for path in world.public:
        page.goto(path)
        found.append(too_wide(page))
    assert not any(found), "\n".join(filter(None, found))


def test_the_grades_of_a_subject_stand_in_one_line_however_long_its_name_is(world: World, page: Page) -> None:
    """Those of “English language arts” took two, and began elsewhere than the ones below."""
    for slug, label in (("ela", "English language arts"), ("pe", "Health and physical education")):
        factories.SubjectFactory(slug=slug, label=label)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/")
    rows = [row.locator(".bands__grade").all() for row in page.locator(".bands__row").all()]
    tops = [{grade.evaluate("one => one.getBoundingClientRect().top") for grade in row} for row in rows]
    assert [len(some) for some in tops] == [1, 1, 1]


def test_every_page_has_one_first_heading_and_a_title_of_its_own(world: World, page: Page) -> None:
    titles = []
    for path in world.public:
        page.goto(path)
        assert page.get_by_role("heading", level=1).count() == 1, path
        titles.append(page.title())
    assert len(set(titles)) == len(titles)


def test_no_page_breaks_the_content_security_policy(world: World, page: Page) -> None:
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if "Content Security" in message.text else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in world.public:
        page.goto(path)
    assert not said


def test_the_skip_link_leads_to_the_page(world: World, page: Page) -> None:
    page.goto("/standards/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the page")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_keyboard_reaches_everything_that_can_be_pressed(world: World, page: Page) -> None:
    page.goto(world.lesson.get_url())
    controls = "a[href], button, input:not([type=hidden]), select, textarea, summary"
    wanted = page.evaluate(
        f"[...document.querySelectorAll('{controls}')].filter(e => e.checkVisibility({{visibilityProperty: true}})).length"
    )
    reached = set()
    for _ in range(wanted * 2):
        page.keyboard.press("Tab")
        place = page.evaluate(f"[...document.querySelectorAll('{controls}')].indexOf(document.activeElement)")
        if place >= 0:
            reached.add(place)
    assert len(reached) == wanted


def test_whatever_has_the_focus_shows_it(world: World, page: Page) -> None:
    page.goto("/standards/")
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")


def test_the_words_of_a_code_are_one_hover_focus_or_press_away(world: World, page: Page) -> None:
    page.goto("/styleguide/")
    code = page.locator("#code .code").first
    words = code.locator(".code__words")
    assert words.bounding_box()["width"] < 5  # type: ignore[index]
    code.locator("summary").hover()
    assert words.bounding_box()["width"] > 100  # type: ignore[index]
    page.keyboard.press("Escape")
    assert words.bounding_box()["width"] < 5  # type: ignore[index]
    code.locator("summary").click()
    expect(code.get_by_role("link", name="Open MA.5.D.2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(code.get_by_role("link", name="Open MA.5.D.2")).to_be_hidden()


def test_a_missing_page_offers_to_search_for_what_was_asked(world: World, page: Page) -> None:
    page.goto("/nowhere/unit-rates/")
    expect(page.get_by_role("main").get_by_role("combobox")).to_have_value("unit rates")


def test_the_account_menu_opens_closes_and_gives_the_focus_back(world: World, page: Page) -> None:
    sign_in(page, world.teacher)
    menu = page.locator(".account summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(menu).to_be_focused()


@in_both_schemes
def test_paper_shows_the_lesson_and_no_navigation(world: World, page: Page) -> None:
    page.goto(world.lesson.get_url())
    page.emulate_media(media="print")
    for gone in [page.get_by_role("navigation"), page.get_by_role("search"), page.get_by_role("contentinfo")]:
        assert not any(one.is_visible() for one in gone.all())
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(
        page.get_by_text("Find how much of one quantity goes with exactly one of another.")
    ).to_be_visible()
    expect(page.locator(".resource__qr svg")).to_be_visible()
    expect(page.locator(".resource__qr")).to_contain_text("/r/")
    before = page.evaluate("getComputedStyle(document.querySelector('.handout')).breakBefore")
    assert before == "page"
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(0, 0, 0)", "dark screens print black on white too"


def test_the_short_link_on_paper_leads_back_to_the_lesson(world: World, page: Page) -> None:
    page.goto(world.lesson.get_url())
    page.get_by_role("link", name="/r/").click()
    expect(page).to_have_url(f"{page.url.split('/harbor')[0]}{world.lesson.get_url()}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Which is the better buy?")


def test_without_javascript_nothing_that_matters_is_lost(
    world: World, browser: Browser, live_server: Any
) -> None:
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("main").get_by_role("searchbox").fill("rates")
        page.goto(world.lesson.get_url())
        expect(page.get_by_role("heading", name="Steps")).to_be_visible()
        expect(page.get_by_role("button", name="Print")).to_be_hidden()
