"""A coordinator moves the resources of a retired standard in a real browser: by keyboard, on a phone, past axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from people.models import Role
from repository.permissions import sync_all
from tests.factories import (
    AssociationFactory,
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    district_page,
    member,
    resource,
)

pytestmark = pytest.mark.browser


def fine(page: Page) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


def test_a_coordinator_moves_resources_and_takes_it_back(page: Page, live_server, db):
    district = DistrictFactory()
    district_page(district)
    framework = FrameworkFactory(title="Meridian Mathematics")
    words = "Find unit rates in prices, speeds and recipes, and say what they mean"
    old = ItemFactory(
        framework=framework, human_coding_scheme="M.4", full_statement=words, retired_at=timezone.now()
    )
    new = ItemFactory(
        framework=framework, human_coding_scheme="M.2", full_statement=f"{words} with $\\frac{{a}}{{b}}$"
    )
    AssociationFactory(framework=framework, association_type="replacedBy", origin=old, destination=new)
    for title in ("Cereal boxes", "Paint by ratio"):
        resource(title, district=district, alignments=[{"item": old}])
    user = member(Role.COORDINATOR, district)
    sync_all()
    page.goto(f"{live_server.url}/accounts/login/?next={old.get_absolute_url()}")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill("correct-horse-battery")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Move these 2 resources to M.2").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="M.2")).to_be_checked()
    fine(page)
    page.goto(f"{live_server.url}/admin/standards/{framework.pk}/retired/")
    fine(page)
    page.get_by_role("link", name="Move what is tied to the 1 standard").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing has moved yet.")).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Move 2 resources").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 resources are now tied to M.2")).to_be_visible()
    fine(page)
    assert new.alignments.count() == 2
    page.get_by_role("button", name="Undo this move").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 resources are tied to their old standards again.")).to_be_visible()
    assert old.alignments.count() == 2
