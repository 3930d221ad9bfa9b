"""Search as a teacher uses it who types what comes to mind: understood, corrected, rescued; by keyboard and on a phone."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from repository.models import WantedSearch
from standards.models import Item
from tests.factories import (
    AssociationFactory,
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    KindFactory,
    LevelFactory,
    ModalityFactory,
    ScaleFactory,
    SubjectFactory,
    resource,
    topic,
)

pytestmark = [pytest.mark.browser, pytest.mark.engine]
BOX = "Search for lessons, topics or standards"


@pytest.fixture
def library(follow: Callable[[], None]) -> dict[str, Item]:
    """A few lessons of several subjects, two frameworks and the crosswalk between them."""
    district = DistrictFactory(name="Juniper Valley", slug="juniper")
    maths = SubjectFactory(slug="mathematics")
    mine, common = (
        FrameworkFactory(short_name="MER", title="Meridian Mathematics"),
        FrameworkFactory(short_name="CCSS", title="Common Core"),
    )
    cluster = ItemFactory(framework=mine, human_coding_scheme="M.6.RP", full_statement="Ratios and rates")
    unit_rate = ItemFactory(
        framework=mine, human_coding_scheme="M.6.RP.3", full_statement="Solve ratio problems", under=cluster
    )
    other = ItemFactory(framework=common, human_coding_scheme="6.RP.A.9", full_statement="Ratio reasoning")
    AssociationFactory(framework=mine, origin=unit_rate, association_type="exactMatchOf", destination=other)
    level = LevelFactory(
        scale=ScaleFactory(slug="state", name="State scale"), name="Proficient", slug="proficient"
    )
    # More columns than a phone is wide.
    badges = ScaleFactory(slug="badges", name="Badges of the district")
    levels = [level, *(LevelFactory(scale=badges, name=f"Practitioner {n}") for n in range(6))]
    topic("Ratios and rates")
    lesson, task = KindFactory(slug="lesson"), KindFactory(slug="task")

    def add(title: str, **fields: object) -> None:
        resource(title, district=district, **{"subjects": [maths], "kind": lesson, **fields})

    add(
        "Ratio word problems with paint",
        grades=["06"],
        alignments=[{"item": unit_rate, "level": one} for one in levels],
    )
    add("Ratio word problems with maps", grades=["08"], kind=task)
    add("Fraction game with dice", grades=["04"])
    add("The same elsewhere", grades=["06"], alignments=[{"item": other}])
    add("Welding internship", subjects=[], modalities=[ModalityFactory(slug="internship")], grades=["11"])
    follow()
    return {"cluster": cluster, "unit_rate": unit_rate}


@pytest.fixture(params=[1280, 390], ids=["wide", "phone"])
def screen(request: pytest.FixtureRequest, browser: Browser, live_server, library) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param, "height": 800}, base_url=live_server.url)
    page = context.new_page()
    yield page
    context.close()


def sound(page: Page) -> None:
    """Nothing wrong for axe, nothing wider than the screen."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}).response
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def ask(page: Page, words: str) -> None:
    page.goto("/search/")
    box = page.get_by_role("combobox", name=BOX)
    box.fill(words)
    box.press("Enter")


def cards(page: Page) -> Locator:
    return page.locator(".search__results > .cards .card__title")


def test_grade_and_words_then_the_words_instead(screen: Page) -> None:
    ask(screen, "6th grade ratios word problems")
    # Those with only some of the words come after it.
    expect(cards(screen).first).to_have_text("Ratio word problems with paint")
    chip = screen.locator(".chip", has_text="from “6th grade”")
    expect(chip).to_contain_text("Grade 6")
    sound(screen)
    screen.get_by_role("link", name="Look for the words “6th grade” instead").click()
    expect(screen).to_have_url(re.compile("as_typed=grade"))
    screen.get_by_role("link", name=re.compile("Use “6th grade” as a filter")).click()
    expect(screen.locator(".chip", has_text="Grade 6")).to_be_visible()
    screen.locator(".chip", has_text="Grade 6").click()
    # Of every grade now: both problems, then what has one of the words.
    expect(cards(screen)).to_have_text(
        [re.compile("^Ratio word problems"), re.compile("^Ratio word problems"), "The same elsewhere"]
    )
    expect(screen.get_by_role("combobox", name=BOX)).to_have_value("ratios word problems")


def test_a_box_that_words_ticked_is_unticked_by_hand(page: Page, live_server, library) -> None:
    page.goto(f"{live_server.url}/search/?q=6th+grade+ratios")
    box = page.get_by_label("Grade 6", exact=False).first
    expect(box).to_be_checked()
    box.uncheck()
    expect(page.locator(".chip", has_text="“ratios”")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/search/\?q=ratios$"))
    expect(page.get_by_role("combobox", name=BOX)).to_have_value("ratios")


def test_a_code_its_equivalents_and_the_table_by_level(screen: Page, library: dict[str, Item]) -> None:
    ask(screen, "6rp3")
    expect(cards(screen)).to_have_text(["Ratio word problems with paint"])
    screen.get_by_role("link", name="Also for equivalents (1 resource)").click()
    related = screen.get_by_role("region", name="1 resource for equivalent standards")
    expect(related).to_contain_text("M.6.RP.3 is an exact match of 6.RP.A.9 (Common Core)")
    expect(related.locator(".card__title")).to_have_text(["The same elsewhere"])
    expect(cards(screen)).to_have_count(1)
    sound(screen)
    screen.goto(f"/search/levels/?standard={library['cluster'].identifier}")
    expect(screen.get_by_role("columnheader", name="State scale")).to_be_visible()
    sound(screen)
    screen.get_by_role("row", name=re.compile("M.6.RP.3")).get_by_role(
        "link", name=re.compile("^1")
    ).last.click()
    expect(screen.get_by_role("heading", name="1 resource", exact=True)).to_be_visible()


def test_a_typing_slip_is_corrected_and_said(screen: Page) -> None:
    ask(screen, "fracton game")
    expect(
        screen.locator("#results").get_by_text(
            "No resource has “fracton game”. Showing results for “fraction game”."
        )
    ).to_be_visible()
    expect(cards(screen)).to_have_text(["Fraction game with dice"])
    sound(screen)
    screen.get_by_role("link", name="Search for “fracton game” anyway").click()
    expect(screen.get_by_text("Nothing fits all of this")).to_be_visible()
    screen.get_by_role("link", name="fraction game").click()
    expect(cards(screen)).to_have_text(["Fraction game with dice"])


def test_a_setting_is_offered_and_taken(screen: Page) -> None:
    ask(screen, "internship welding")
    expect(cards(screen)).to_have_text(["Welding internship"])
    sound(screen)
    screen.get_by_role("link", name="Use “internship” as a filter: Setting Internship").focus()
    screen.keyboard.press("Enter")
    expect(screen.locator(".chip", has_text="Setting")).to_contain_text("Internship")
    expect(screen.locator(".chip", has_text="“welding”")).to_be_visible()


def test_a_filter_that_leaves_nothing_is_named_and_left_out_by_keyboard(screen: Page) -> None:
    screen.goto("/search/?q=welding&grade=06")
    expect(screen.get_by_text("Nothing fits all of this")).to_be_visible()
    sound(screen)
    way = screen.get_by_role("link", name="without Grade")
    expect(screen.get_by_role("listitem").filter(has=way)).to_contain_text("1 resource")
    way.focus()
    screen.keyboard.press("Enter")
    expect(cards(screen)).to_have_text(["Welding internship"])
    expect(screen.locator(".chip", has_text="Grade 6")).to_have_count(0)


def test_nothing_found_is_rescued_or_told(screen: Page) -> None:
    ask(screen, "5th grade volcano opera")
    expect(screen.get_by_text("Nothing fits all of this")).to_be_visible()
    expect(screen.get_by_text("Standards that come near")).to_have_count(0)
    sound(screen)
    screen.get_by_role("link", name="Tell us what is missing").click()
    expect(screen.get_by_label("What were you looking for?")).to_have_value("5th grade volcano opera")
    sound(screen)
    screen.get_by_role("button", name="Tell coordinators").click()
    expect(screen.get_by_text("Thank you. It is on the list")).to_be_visible()
    assert WantedSearch.objects.get().words == "5th grade volcano opera"


def test_the_box_offers_standards_topics_and_titles_by_keyboard(screen: Page) -> None:
    screen.goto("/search/")
    box = screen.get_by_role("combobox", name=BOX)
    box.press_sequentially("ratio")
    options = screen.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_contain_text("M.6.RP")
    expect(options.filter(has_text="Topic")).to_have_count(1)
    expect(options.filter(has_text="Ratio word problems with paint")).to_have_count(1)
    sound(screen)
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    box.press("Escape")
    expect(options.first).to_be_hidden()
    expect(box).to_have_value("ratio")
    box.press("s")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(screen).to_have_url(re.compile(r"/search/\?standard="))


def test_enter_opens_nothing_that_was_offered_for_other_words(screen: Page) -> None:
    screen.goto("/search/")
    box = screen.get_by_role("combobox", name=BOX)
    box.press_sequentially("ratio")
    first = screen.get_by_role("option").first
    expect(first).to_be_visible()
    box.press("ArrowDown")
    screen.route("**/search/suggest/**", lambda route: None)  # the next answer is long in coming
    box.press("n")
    expect(first).to_have_attribute("aria-selected", "false")
    box.press("Enter")
    expect(screen).to_have_url(re.compile(r"/search/\?q=ration"))


def test_on_the_home_page_what_the_box_offers_is_not_cut_off(screen: Page) -> None:
    screen.goto("/")
    box = screen.get_by_role("main").get_by_role("combobox", name=BOX)
    box.press_sequentially("ratio")
    last = screen.get_by_role("listbox", name="Suggestions").get_by_role("option").last
    expect(last).to_be_visible()
    # Only the window is scrolled: scrolling to the option itself would move what a box cuts off, as no person can.
    box.evaluate("box => window.scrollTo(0, box.getBoundingClientRect().top + window.scrollY - 20)")
    on_top = """option => {
        const {left, top, width, height} = option.getBoundingClientRect();
        return option.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    }"""
    assert last.evaluate(on_top)
