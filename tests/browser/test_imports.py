"""The page of an import while the work goes on in the background."""

import pytest
from playwright.sync_api import Page, expect

from importers import jobs
from importers.models import FrameworkImport
from importers.progress import planning
from importers.services import import_framework
from people.models import Role
from repository.permissions import sync_all
from tests.browser.test_contribute import page, scheme
from tests.browser.test_looks import PASSWORD, complaints, sign_in
from tests.factories import DistrictFactory, StateFactory, member

__all__ = ["page", "scheme"]
pytestmark = pytest.mark.browser


def test_what_comes_of_it_is_read_aloud_and_the_focus_stays(page: Page, transactional_db: None) -> None:
    admin = member(Role.STATE_ADMIN, StateFactory(), password=PASSWORD)
    sync_all()
    record = FrameworkImport.objects.create(
        user=admin, source="ratios.csv", state=FrameworkImport.State.READING, stage="Reading the source"
    )
    sign_in(page, admin)
    with planning(record):
        page.goto(f"/admin/standards/imports/{record.pk}/")
        page.get_by_role("link", name="See how far it is").focus()
        live = page.locator("#import-state")
        live.evaluate("node => { node.isTheSame = true }")
        record.state, record.stage, record.message = FrameworkImport.State.REFUSED, "", "The file is empty."
        record.save()
    expect(live).to_contain_text("Not imported. Nothing was changed. The file is empty.")
    assert live.evaluate("node => node.isTheSame && node.getAttribute('aria-live')") == "polite"
    expect(live.get_by_role("heading", name="ratios.csv")).to_be_focused()
    assert complaints(page) == []


def test_an_error_of_the_form_stands_by_itself(page: Page, transactional_db: None) -> None:
    admin = member(Role.DISTRICT_ADMIN, DistrictFactory(), password=PASSWORD)
    sync_all()
    sign_in(page, admin)
    page.goto("/admin/resource-imports/import/")
    page.get_by_role("button", name="Read the file").click()
    intro = page.get_by_text("The file is read in the background").bounding_box()
    error = page.get_by_text("Choose a file, or give an address").bounding_box()
    assert intro
    assert error
    assert intro["y"] + intro["height"] <= error["y"]
    assert complaints(page) == []


def test_other_buttons_stand_below_what_is_to_be_agreed_to(page: Page, transactional_db: None) -> None:
    state = StateFactory()
    admin = member(Role.STATE_ADMIN, state, password=PASSWORD)
    sync_all()
    rows = [f"R.{number},Describe ratio {number}" for number in range(4)]
    table = "\n".join(["Code,Statement", *rows])
    import_framework(table.encode(), short_name="RATIO")
    record = FrameworkImport.objects.create(user=admin, owner=state, source="ratios.csv", short_name="RATIO")
    record.keep_payload(table.rpartition("\n")[0].encode())
    record.save()
    jobs.plan_now(record.pk)
    sign_in(page, admin)
    page.goto(f"/admin/standards/imports/{record.pk}/")
    expect(page.get_by_text("1 of 4 statements is not in this file and would be retired.")).to_be_visible()
    agreed = page.get_by_role("button", name="Apply").bounding_box()
    other = page.get_by_role("button", name="Discard").bounding_box()
    assert agreed
    assert other
    assert other["y"] >= agreed["y"] + agreed["height"]
    assert other["x"] == agreed["x"]
