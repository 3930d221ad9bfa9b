"""A coordinator keeps synonyms, topics and tags in the admin by keyboard alone, on a laptop and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from people.models import Role
from repository.permissions import sync_all
from tests.browser.test_contribute import page, scheme
from tests.browser.test_looks import PASSWORD, complaints, sign_in, too_wide
from tests.factories import DistrictFactory, KindFactory, StateFactory, district_page, member, resource, topic

__all__ = ["page", "scheme"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_synonyms_topics_and_tags_are_kept_by_keyboard(
    page: Page, transactional_db: None, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    district = DistrictFactory(slug="juniper")
    district_page(district)
    topic("Agriculture, food and natural resources", under=topic("Career and technical education"))
    lesson = resource("Seeds", district=district)
    lesson.tags.add("farming", "rural")
    lesson.save_revision().publish()
    coordinator = member(Role.COORDINATOR, district, password=PASSWORD)
    sync_all()
    sign_in(page, coordinator)

    page.goto("/admin/synonyms/new/")
    page.get_by_role("button", name="Create").press("Enter")
    page.get_by_text("Go to the first error").press("Enter")
    expect(page.get_by_role("textbox", name="Word or acronym")).to_be_in_viewport()
    assert complaints(page) == []
    page.get_by_role("textbox", name="Word or acronym").fill("ag")
    page.get_by_role("textbox", name="Means the same as").fill("agriculture")
    page.get_by_role("button", name="Create").press("Enter")
    expect(page.get_by_text("'ag' created")).to_be_visible()

    page.goto("/admin/topics/new/")
    place = page.get_by_role("combobox", name="Part of")
    box = place.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    assert complaints(page) == []

    page.goto("/admin/tags/")
    page.get_by_role("combobox", name="Topic in place of “farming”").select_option(index=2)
    page.get_by_role("button", name="Merge farming").press("Enter")
    expect(page.get_by_role("heading", name="Make “farming” the topic")).to_be_visible()
    assert complaints(page) == []
    assert too_wide(page) == ""
    page.get_by_role("button", name="Merge").press("Enter")
    expect(page.get_by_role("button", name="Merge rural")).to_be_visible()
    expect(page.get_by_role("button", name="Merge farming")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_sections_of_a_kind_are_ticked_by_keyboard(
    page: Page, transactional_db: None, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    kind = KindFactory(slug="lesson", blocks=["objectives", "step"])
    admin = member(Role.STATE_ADMIN, StateFactory(), password=PASSWORD)
    sync_all()
    sign_in(page, admin)
    page.goto(f"/admin/resource_kinds/edit/{kind.pk}/")
    sections = page.get_by_role("region", name="Sections offered")
    expect(sections.get_by_role("checkbox", name="Steps")).to_be_checked()
    sections.get_by_role("checkbox", name="Handouts").press("Space")
    assert too_wide(page) == ""
    page.get_by_role("button", name="Save").first.press("Enter")
    expect(page.get_by_text("updated")).to_be_visible()
    kind.refresh_from_db()
    assert kind.blocks == ["objectives", "step", "handout"]
