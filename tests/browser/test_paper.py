"""Pages that people print beside lessons: a list of results, and a framework as it is unfolded."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.test_looks import too_wide
from tests.factories import AssociationFactory, DistrictFactory, FrameworkFactory, ItemFactory, resource

pytestmark = [pytest.mark.browser, pytest.mark.engine]


def this_year() -> re.Pattern[str]:
    """Or that of a minute ago, when the page was made."""
    now = timezone.localtime()
    return re.compile(f"{(now - timedelta(minutes=1)).year}|{now.year}")


def print_it(page: Page) -> None:
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")


def test_a_list_of_results_says_where_it_and_each_resource_is_found(
    page: Page, live_server, follow: Callable[[], None]
) -> None:
    lesson = resource("Ratio lesson", district=DistrictFactory(slug="juniper"), grades=["06"])
    follow()
    page.goto(f"{live_server.url}/search/?q=ratio")
    page.get_by_label("Grade 6").check()
    address = page.get_by_text("/search/?q=ratio&grade=06", exact=False)
    expect(address).to_be_hidden()
    print_it(page)
    expect(address).to_be_visible()
    expect(address).to_contain_text(live_server.url)
    expect(address).to_contain_text(this_year())
    shown = page.get_by_role("link", name="Ratio lesson").evaluate(
        "link => getComputedStyle(link, '::after').content"
    )
    assert shown == f'"{lesson.get_url()}"'


def test_a_framework_on_paper_shows_what_is_unfolded_and_nothing_to_press(
    page: Page, live_server, transactional_db: None
) -> None:
    framework = FrameworkFactory(short_name="MER", title="Mathematics")
    for strand in ("Ratios", "Shapes"):
        above = ItemFactory(framework=framework, full_statement=strand)
        ItemFactory(framework=framework, full_statement=f"What {strand} are", under=above)
    page.goto(f"{live_server.url}/standards/MER/")
    page.locator("summary", has_text="Ratios").click()
    expect(page.get_by_text("What Ratios are")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    print_it(page)
    expect(page.get_by_text("What Ratios are")).to_be_visible()
    shapes = page.locator("summary", has_text="Shapes")
    expect(shapes).to_be_visible()
    assert shapes.evaluate("line => line.getBoundingClientRect().height") < 40, "in one line"
    for gone in ("Show what is below", "Open"):
        assert not any(one.is_visible() for one in page.get_by_text(gone, exact=True).all()), gone
    assert asked == []


def printed_pages(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="Letter")))


def test_results_leave_little_paper_empty(page: Page, live_server, follow: Callable[[], None]) -> None:
    district = DistrictFactory(slug="juniper")
    standards = [ItemFactory(full_statement=f"Find and compare ratios, {n}") for n in range(3)]
    for number in range(9):
        resource(
            f"Ratio lesson {number}",
            district=district,
            grades=["06"],
            summary="Compare. " * 12,
            alignments=[{"item": one, "relation": "teaches"} for one in standards],
        )
    follow()
    page.goto(f"{live_server.url}/search/?q=ratio")
    assert printed_pages(page) <= 3


def test_a_part_of_a_list_says_which_part(page: Page, live_server, follow: Callable[[], None]) -> None:
    district = DistrictFactory(slug="juniper")
    for number in range(3):
        resource(f"Ratio lesson {number}", district=district)
    follow()
    page.goto(f"{live_server.url}/search/?q=ratio&limit=2&page=2")
    print_it(page)
    expect(page.get_by_text("Numbers 3 to 3 of the list")).to_be_visible()
    page.goto(f"{live_server.url}/search/?q=ratio")
    print_it(page)
    expect(page.get_by_text("of the list")).to_have_count(0)


def test_paper_says_where_links_in_a_text_lead(page: Page, live_server, transactional_db: None) -> None:
    text = "Print [the price list](https://prices.example/list) or take <https://bare.example/> or https://naked.example/."
    lesson = resource(
        "Unit rates",
        district=DistrictFactory(slug="juniper"),
        body=[("step", {"title": "Launch", "minutes": 5, "setting": "", "text": text})],
    )
    page.goto(f"{live_server.url}{lesson.get_url()}")
    print_it(page)
    shown = [
        page.get_by_role("link", name=name).evaluate("link => getComputedStyle(link, '::after').content")
        for name in ("the price list", "https://bare.example/", "https://naked.example/")
    ]
    assert shown == ['" (https://prices.example/list)"', "none", "none"]


def test_nothing_that_one_scrolls_on_a_screen_is_cut_off_on_paper(
    page: Page, live_server, transactional_db: None
) -> None:
    """Of a wide table or a long line of a program what lies beyond the edge; or all of the lesson was printed smaller."""
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    days = ["Time", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    rows = [days, ["---"] * 8, [word[:25], *(["10,000,000"] * 7)]]
    text = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    text += f"\n\n```\n{' + '.join(['price_of_a_box(number)'] * 9)}\n```"
    step = {"title": "Launch", "minutes": 5, "setting": "", "text": text, "support": word}
    body = [("step", step), ("handout", {"title": "My week", "text": text})]
    lesson = resource("Unit rates", district=DistrictFactory(slug="juniper"), body=body)
    page.set_viewport_size({"width": 695, "height": 950})  # a sheet of letter paper within its margins
    page.goto(f"{live_server.url}{lesson.get_url()}")
    print_it(page)
    assert too_wide(page) == ""
    cut_off = page.evaluate("""() => [...document.querySelectorAll("main table, main pre, main .aside-note *")]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline")
        .map((one) => `${one.localName}: ${one.scrollWidth} of ${one.clientWidth}`)""")
    assert cut_off == []


def test_the_notes_of_a_step_are_on_the_sheet_of_the_step(
    page: Page, live_server, transactional_db: None
) -> None:
    step = {"title": "Launch", "minutes": 5, "setting": "", "text": "Show two.", "support": "Show real ones."}
    lesson = resource("Unit rates", district=DistrictFactory(slug="juniper"), body=[("step", step)])
    page.goto(f"{live_server.url}{lesson.get_url()}")
    print_it(page)
    body = page.locator(".timeline__step > *").filter(has_text="Show two.").filter(has_text="Show real ones.")
    assert body.evaluate("body => getComputedStyle(body).breakInside") == "avoid"


def test_no_statement_of_a_look_up_goes_over_two_sheets(
    page: Page, live_server, transactional_db: None
) -> None:
    ItemFactory(framework=FrameworkFactory(short_name="MER"), full_statement="Ratios")
    page.goto(f"{live_server.url}/standards/lookup/?q=ratios")
    print_it(page)
    row = page.get_by_role("listitem").filter(has_text="Ratios")
    assert row.evaluate("row => getComputedStyle(row).breakInside") == "avoid"


@pytest.mark.parametrize(
    "where",
    ["the standard", "its framework", "its table", "its look-up", "its grades", "a list of frameworks"],
)
def test_paper_of_standards_says_where_they_are_found(
    page: Page, live_server, follow: Callable[[], None], where: str
) -> None:
    framework = FrameworkFactory(short_name="MER", title="Mathematics", grades=["06", "07"])
    ratios = ItemFactory(framework=framework, human_coding_scheme="RP", full_statement="Ratios")
    follow()
    address = {
        "the standard": ratios.get_absolute_url(),
        "its framework": framework.get_absolute_url(),
        "its table": f"/search/levels/?standard={ratios.identifier}",
        "its look-up": "/standards/lookup/?q=ratios",
        "its grades": f"{framework.get_absolute_url()}compare/?left=06&right=07",
        "a list of frameworks": "/standards/?grade=06",
    }[where]
    page.goto(f"{live_server.url}{address}")
    said = page.get_by_text(f"{live_server.url}{address}", exact=False)
    expect(said).to_be_hidden()
    print_it(page)
    expect(said).to_be_visible()
    expect(said).to_contain_text(this_year())
    expect(page.locator("button:visible, input:visible, select:visible")).to_have_count(0)


def test_what_comes_before_and_next_stands_side_by_side(
    page: Page, live_server, transactional_db: None
) -> None:
    framework = FrameworkFactory(short_name="MER", title="Mathematics")
    before, here, after = (ItemFactory(framework=framework, human_coding_scheme=f"M.{n}") for n in (5, 6, 7))
    for origin, destination in ((before, here), (here, after)):
        AssociationFactory(
            framework=framework, association_type="precedes", origin=origin, destination=destination
        )
    page.set_viewport_size({"width": 695, "height": 930})  # of a Letter sheet between its margins
    page.goto(f"{live_server.url}{here.get_absolute_url()}")
    print_it(page)
    columns = page.locator(".progression__column").all()
    assert len(columns) == 3
    tops = {box["y"] for column in columns if (box := column.bounding_box())}
    assert len(tops) == 1
