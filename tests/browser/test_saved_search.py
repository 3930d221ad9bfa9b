"""A teacher keeps a search, is told of what is new, and ends the mails; and is offered standards."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from playwright.sync_api import Page, expect

from people.models import Role
from repository.services import drafts
from search.saved.alerts import send_due
from search.saved_search import SavedSearch
from standards.models import Adoption
from tests.browser.test_contribute import page, scheme
from tests.browser.test_looks import PASSWORD, complaints, sign_in
from tests.browser.test_understanding import sound
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, KindFactory, member, resource
from tests.repository.conftest import complete

__all__ = ["page", "scheme"]
pytestmark = [pytest.mark.browser, pytest.mark.engine]


@pytest.mark.parametrize("width", [1280, 390])
def test_by_keyboard_a_search_is_saved_told_of_and_ended(
    page: Page, transactional_db: None, follow: Callable[[], None], width: int
) -> None:
    def press(role: Literal["link", "button"], name: str) -> None:
        page.get_by_role(role, name=name).focus()
        page.keyboard.press("Enter")

    page.set_viewport_size({"width": width, "height": 800})
    district = DistrictFactory(slug="juniper")
    teacher = member(Role.TEACHER, district, password=PASSWORD)
    sign_in(page, teacher)
    page.goto("/search/?q=welding")
    press("link", "Save this search")
    expect(page.get_by_label("Name")).to_have_value("“welding”")
    sound(page)
    page.get_by_label("At most once a day").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("At most once a week")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved: “welding”")).to_be_visible()
    expect(page.get_by_text("at most once a week")).to_be_visible()
    sound(page)

    last_week = timezone.now() - timedelta(days=7)
    SavedSearch.objects.update(looked_at=last_week)
    resource("A mural for the hallway", district=district)
    follow()
    assert send_due() == 0
    resource(f"Welding in a fabrication shop {'_' * 80}", district=district)
    follow()
    SavedSearch.objects.update(looked_at=last_week)
    assert send_due() == 1
    (letter,) = mail.outbox
    assert isinstance(letter, EmailMultiAlternatives)
    page.goto("about:blank")  # the site's own pages allow no styles of a mail
    page.set_content(str(letter.alternatives[0][0]))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    (link,) = re.findall(r"/search/saved/\S+/stop/", str(mail.outbox[0].body))
    page.context.clear_cookies()
    # A program that guards a school's mail opens the link and runs its scripts: that ends nothing.
    page.goto(link, wait_until="networkidle")
    sound(page)
    assert SavedSearch.objects.get().mail == SavedSearch.Mail.WEEKLY
    press("button", "No more mail about “welding”")
    expect(page.get_by_role("heading", name="You get no more mail about this")).to_be_visible()
    sound(page)
    assert SavedSearch.objects.get().mail == SavedSearch.Mail.NEVER


def test_standards_are_suggested_and_one_is_added_by_keyboard(
    page: Page, transactional_db: None, follow: Callable[[], None]
) -> None:
    district = DistrictFactory(slug="juniper")
    framework = FrameworkFactory(short_name="MER-MATH", title="Meridian Mathematics")
    Adoption.objects.create(organisation=district, framework=framework)
    for code, words in [
        ("6.RP.2", "Find the unit rate of two quantities"),
        ("6.G.1", "Find the area of triangles"),
    ]:
        ItemFactory(framework=framework, human_coding_scheme=code, full_statement=words, grades=["06"])
    teacher = member(Role.TEACHER, district, password=PASSWORD)
    draft = drafts.create_draft(
        user=teacher, district=district, kind=KindFactory(), title="Unit prices of triangles", fill=complete
    )
    sign_in(page, teacher)
    page.goto(f"/contribute/{draft.identifier}/")
    suggest = page.get_by_role("button", name="Suggest standards from what I wrote")
    suggest.focus()
    page.keyboard.press("Enter")
    found = page.locator("#found")
    expect(found).to_contain_text("Find the unit rate of two quantities")
    expect(found).to_contain_text("Speaks for it:")
    assert complaints(page) == []
    found.get_by_role("button", name="Add 6.RP.2").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#section-standards legend")).to_contain_text("6.RP.2")
    expect(page.locator("#found")).to_contain_text("Find the area of triangles")
    expect(page.locator("#found")).not_to_contain_text("Find the unit rate")
