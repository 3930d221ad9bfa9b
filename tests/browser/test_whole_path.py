"""The path that everything else serves, in one browser: a framework is loaded, a lesson contributed, reviewed and found."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from people.models import Role
from standards.models import Framework
from tests import factories
from tests.browser.test_contribute import page, scheme
from tests.browser.test_looks import PASSWORD, sign_in
from tests.importers.packages import as_bytes, package

__all__ = ["page", "scheme"]
pytestmark = [pytest.mark.browser, pytest.mark.engine]


@pytest.fixture(autouse=True)
def _jobs_run_at_once(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


def change_person(page: Page, user: Any) -> None:
    page.context.clear_cookies()
    sign_in(page, user)


def test_from_a_framework_to_a_lesson_found_in_another_district(
    page: Page, transactional_db: None, follow: Callable[[], None]
) -> None:
    harbor = factories.DistrictFactory(name="Harbor Point Public Schools", slug="harbor-point")
    juniper = factories.DistrictFactory(name="Juniper Valley School District", slug="juniper-valley")
    administrator = factories.member(Role.DISTRICT_ADMIN, harbor, name="Luis Ortega", password=PASSWORD)
    author = factories.member(Role.TEACHER, harbor, name="Mei Lin", password=PASSWORD)
    reviewer = factories.member(Role.REVIEWER, harbor, name="Andre Baptiste", password=PASSWORD)
    reader = factories.member(Role.TEACHER, juniper, name="Rosa Delgado", password=PASSWORD)
    scale = factories.ScaleFactory(owner=harbor.parent, slug="meridian", name="Meridian Competency Scale")
    factories.LevelFactory(scale=scale, name="Proficient")
    factories.KindFactory(slug="lesson", blocks=["objectives", "step"])

    # The administrator of the district reads a framework's file, looks at the plan and applies it.
    sign_in(page, administrator)
    page.goto("/admin/standards/import/")
    file = as_bytes(package({"6.RP": None, "6.RP.1": "6.RP", "6.RP.2": "6.RP"}, title="Harbor Mathematics"))
    page.locator("input[type=file]").set_input_files(
        {"name": "standards.json", "mimeType": "application/json", "buffer": file}
    )
    page.get_by_role("button", name="Read the file and show the plan").click()
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_role("button", name="Apply", exact=True)).to_have_count(0)
    page.goto("/standards/")
    expect(page.get_by_role("link", name="Harbor Mathematics")).to_be_visible()

    # A teacher writes a lesson for one of its statements, at a level, and sends it.
    change_person(page, author)
    page.goto("/contribute/")
    page.get_by_label("Title", exact=True).fill("Cereal boxes")
    page.get_by_label("What will students do?").fill("Compare unit prices")
    page.get_by_role("button", name="Start the draft").click()
    page.get_by_label("In a sentence or two").fill("Which cereal is cheaper by the ounce?")
    page.get_by_label("Find a standard to add").fill("6rp2")
    page.get_by_role("button", name="Add 6.RP.2").click()
    page.get_by_label("What it does for the standard").select_option("assesses")
    page.get_by_label("Level", exact=False).first.select_option(label="Proficient")
    page.get_by_role("button", name="Send to reviewers").first.click()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Sent to the reviewers.")).to_be_visible()

    # A reviewer publishes it.
    change_person(page, reviewer)
    page.goto("/review/")
    page.get_by_role("link", name="Cereal boxes", exact=True).click()
    page.get_by_label("Approve and publish it").check()
    page.get_by_role("button", name="Send my decision").click()
    expect(page.get_by_text("“Cereal boxes” is published.")).to_be_visible()
    follow()

    # A teacher of the other district finds it by the standard above and the level, and prints it.
    change_person(page, reader)
    [short_name] = Framework.objects.values_list("short_name", flat=True)
    page.goto(f"/search/?q=cereal&standard={short_name}:6.RP&relation=assesses&level=meridian:proficient")
    expect(page.get_by_role("heading", name="1 resource")).to_be_visible()
    expect(page.get_by_text("Assesses 6.RP.2 at Proficient")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Cereal boxes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cereal boxes")
    expect(page.get_by_text("Reviewed by Andre Baptiste")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
