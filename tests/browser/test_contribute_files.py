"""Files of a draft in a browser: chosen, sent, and still there after the page has saved itself."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from repository.models import ResourcePage
from tests.browser.test_contribute import District, district, page, scheme
from tests.browser.test_looks import sign_in
from tests.waiting import until

__all__ = ["district", "page", "scheme"]
pytestmark = pytest.mark.browser

PLAN = re.compile("^plan")  # its name has an addition where there is another

# What each request of the page says: its button, and whether it has a file with it.
NOTE = """
  window.sent = [];
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) {
    const files = body instanceof FormData ? body.getAll("files").filter((one) => one.size) : [];
    if (body instanceof FormData) window.sent.push([body.get("action"), files.length]);
    return send.call(this, body);
  };
"""


@pytest.fixture
def draft(district: District, page: Page) -> ResourcePage:
    page.add_init_script(NOTE)
    draft = district.draft()
    sign_in(page, district.teacher)
    page.goto(f"/contribute/{draft.identifier}/")
    return draft


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.pdf"
    path.write_bytes(b"%PDF-1.7 plan")
    return path


def save_itself(page: Page, draft: ResourcePage) -> None:
    def title() -> Any:
        return ResourcePage.objects.get(pk=draft.pk).get_latest_revision_as_object().title

    page.get_by_role("textbox", name="Title", exact=True).first.fill("Cereal shelf")
    until(lambda: title() == "Cereal shelf")


def test_a_file_is_kept_as_soon_as_it_is_chosen_and_sent_once(
    draft: ResourcePage, page: Page, plan: Path
) -> None:
    page.get_by_label("Add files").set_input_files(plan)
    expect(page.get_by_role("link", name=PLAN)).to_be_visible()
    save_itself(page, draft)
    sent = page.evaluate("sent")
    assert [action for action, files in sent if files] == ["upload"]
    page.reload()
    expect(page.get_by_role("link", name=PLAN)).to_have_count(1)


def test_a_file_that_could_not_be_sent_goes_with_the_next_save_and_stays(
    draft: ResourcePage, page: Page, plan: Path
) -> None:
    """“Save draft” took it and showed no row for it; the page's own next save, without that row, lost it again."""
    page.context.set_offline(True)
    page.get_by_label("Add files").set_input_files(plan)
    expect(page.locator("#status")).to_contain_text("Not saved: no connection.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("link", name=PLAN)).to_be_visible()
    save_itself(page, draft)
    page.reload()
    expect(page.get_by_role("link", name=PLAN)).to_have_count(1)
