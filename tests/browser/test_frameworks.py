"""Progressions, printable pages and two grades side by side, in a real browser: axe, narrow screens, keyboard, paper."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from standards.models import License
from tests.factories import AssociationFactory, FrameworkFactory, ItemFactory, StateFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def framework(db):
    StateFactory()
    maths = FrameworkFactory(short_name="MATH", title="Meridian Mathematics", grades=["06", "07"])
    maths.license = License.objects.create(
        framework=maths, identifier="l", title="CC BY 4.0", description="Credit the department."
    )
    maths.save()
    items = {}
    for grade in "67":
        top = ItemFactory(
            framework=maths, human_coding_scheme=grade, full_statement=f"Grade {grade}", grades=[f"0{grade}"]
        )
        strand = ItemFactory(
            framework=maths,
            human_coding_scheme=f"{grade}.RP",
            full_statement="Ratios",
            under=top,
            grades=[f"0{grade}"],
        )
        for number in (1, 2, 3):
            code = f"{grade}.RP.{number}"
            items[code] = ItemFactory(
                framework=maths,
                human_coding_scheme=code,
                full_statement=f"Find $\\frac{{a}}{{b}}$ for {code} in prices, speeds and recipes, and say what it means",
                under=strand,
                grades=[f"0{grade}"],
            )
    for one, other in [("6.RP.1", "6.RP.2"), ("6.RP.2", "6.RP.3"), ("6.RP.3", "7.RP.1"), ("6.RP.3", "7.RP.2"),
                       ("7.RP.1", "7.RP.3"), ("7.RP.2", "7.RP.3")]:  # fmt: skip
        AssociationFactory(
            framework=maths, association_type="precedes", origin=items[one], destination=items[other]
        )
    return items


ADDRESSES = [
    "/standards/MATH/",
    "/standards/MATH/print/",
    "/standards/MATH/compare/",
    "/standards/item/MATH:6.RP.3/",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_page_satisfies_axe_and_fits_a_narrow_screen(page: Page, live_server, framework, scheme):
    page.emulate_media(color_scheme=scheme)
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for address in ADDRESSES:
            page.goto(f"{live_server.url}{address}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            if width != 320:
                results = Axe().run(page)
                assert results.violations_count == 0, results.generate_report()


def test_the_lines_of_a_progression_end_at_its_statements(page: Page, live_server, framework):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_server.url}/standards/item/MATH:6.RP.3/")
    expect(page.get_by_role("heading", name="What comes before and next")).to_be_visible()
    ends = page.evaluate(
        """() => [...document.querySelectorAll('.progression__lines path')].map(path => {
            const at = length => {
                const point = path.getPointAtLength(length).matrixTransform(path.getScreenCTM());
                return [point.x, point.y];
            };
            return [at(0), at(path.getTotalLength())];
        })"""
    )
    boxes = page.evaluate(
        """() => [...document.querySelectorAll('.progression__link')].map(link => {
            const box = link.getBoundingClientRect();
            return [box.left, box.top, box.right, box.bottom];
        })"""
    )
    assert len(ends) == 6
    for x, y in [point for line in ends for point in line]:
        near = [box for box in boxes if box[0] - 4 <= x <= box[2] + 4 and box[1] <= y <= box[3]]
        assert near, (x, y, boxes)


def test_a_progression_is_walked_with_the_keyboard(page: Page, live_server, framework):
    page.goto(f"{live_server.url}/standards/item/MATH:6.RP.3/")
    link = page.locator(".progression").get_by_role("link", name="7.RP.1")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("7.RP.1")


def test_on_paper_there_is_no_navigation_and_all_is_said(page: Page, live_server, framework):
    for address in ("/standards/MATH/print/", "/standards/MATH/compare/"):
        page.goto(f"{live_server.url}{address}")
        page.emulate_media(media="print")
        for gone in (".site-header", ".site-footer", ".path", "select", "button"):
            assert page.locator(gone).locator("visible=true").count() == 0, (address, gone)
        expect(page.get_by_text("6.RP.3").first).to_be_visible()
        page.emulate_media(media="screen")
    page.goto(f"{live_server.url}/standards/MATH/print/")
    page.emulate_media(media="print")
    expect(page.get_by_text("CC BY 4.0")).to_be_visible()
    expect(page.get_by_text("Credit the department.")).to_be_visible()


def test_a_file_is_taken_along(page: Page, live_server, framework):
    page.goto(f"{live_server.url}/standards/MATH/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Table (CSV)").click()
    assert download.value.suggested_filename == "MATH.csv"


def test_on_a_phone_the_standards_are_near_however_much_is_said_of_the_framework(
    page: Page, live_server, framework
):
    maths = framework["6.RP.1"].framework
    maths.description = "These standards say what learners come to understand. " * 40
    maths.save()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/standards/MATH/")
    expect(page.get_by_role("button", name="Find")).to_be_in_viewport()
    said = page.get_by_text("These standards say what learners come to understand.")
    expect(said).to_be_hidden()
    page.get_by_role("link", name="To the standards").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Standards", exact=True)).to_be_in_viewport()
    page.get_by_text("What it is about").click()
    expect(said).to_be_visible()
