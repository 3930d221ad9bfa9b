"""Contributing and reviewing in a browser: by keyboard alone, while the page saves itself, and without JavaScript."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from people.models import Role
from repository.models import ResourcePage
from repository.services import drafts, review
from tests import factories
from tests.browser.test_looks import BODY, PASSWORD, complaints, in_both_schemes, sign_in, too_wide

pytestmark = pytest.mark.browser


class District:
    """A district with a teacher, a reviewer, and what the contribution page offers."""

    def __init__(self) -> None:
        self.district = factories.DistrictFactory(name="Harbor Point Public Schools", slug="harbor-point")
        school = factories.SchoolFactory(parent=self.district, name="Harbor Point K-8")
        self.teacher = factories.member(Role.TEACHER, school, name="Mei Lin", password=PASSWORD)
        self.reviewer = factories.member(
            Role.REVIEWER, self.district, name="Andre Baptiste", password=PASSWORD
        )
        factories.KindFactory(
            slug="lesson", blocks=["objectives", "materials", "step", "rubric", "differentiation"]
        )
        factories.KindFactory(slug="opportunity", blocks=["objectives", "opportunity"])
        factories.SubjectFactory()
        factories.ModalityFactory()
        scale = factories.ScaleFactory(owner=self.district.parent, slug="meridian")
        factories.LevelFactory(scale=scale, name="Proficient")
        factories.topic("Unit rates", under=factories.topic("Mathematics"))
        factories.ItemFactory(
            human_coding_scheme="M.6.RP.2", full_statement="Find a unit rate.", code_forms=["m6rp2", "6rp2"]
        )

    def draft(self, **fields: Any) -> ResourcePage:
        def fill(page: ResourcePage) -> None:
            page.summary, page.body = "Which cereal is cheaper?", BODY
            for name, value in fields.items():
                setattr(page, name, value)

        kind = factories.KindFactory(slug="lesson")
        return drafts.create_draft(
            user=self.teacher, district=self.district, kind=kind, title="Cereal boxes", fill=fill
        )


@pytest.fixture
def district(transactional_db: None) -> District:
    return District()


@pytest.fixture
def scheme() -> str:
    return "light"


@pytest.fixture
def page(browser: Browser, live_server: Any, scheme: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, color_scheme=scheme)
    context.set_default_timeout(60_000)
    expect.set_options(timeout=20_000)
    yield context.new_page()
    context.close()


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the control has the focus, as somebody without a mouse does."""
    expect(target).to_be_visible()
    for _ in range(250):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not reach {target}.")


def type_into(page: Page, label: str, words: str, number: int = 0) -> None:
    main = page.get_by_role("main")
    field = main.get_by_role("textbox", name=label, exact=True).or_(main.get_by_role("searchbox", name=label))
    tab_to(page, field.nth(number))
    page.keyboard.type(words)


def press(page: Page, words: str) -> None:
    tab_to(page, page.get_by_role("main").get_by_role("button", name=words).first)
    page.keyboard.press("Enter")


def test_a_lesson_goes_from_idea_to_published_by_keyboard_alone(district: District, page: Page) -> None:
    sign_in(page, district.teacher)
    page.goto("/contribute/")
    type_into(page, "Title", "Cereal boxes")
    type_into(page, "What will students do?", "Compare unit prices")
    press(page, "Start the draft")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cereal boxes")
    type_into(page, "In a sentence or two", "Which cereal is cheaper by the ounce?")
    type_into(page, "Find a standard to add", "6rp2")
    expect(page.locator("#found")).to_contain_text("Find a unit rate.")
    press(page, "Add M.6.RP.2")
    expect(page.get_by_label("What it does for the standard")).to_be_focused()
    press(page, "Add a step")
    expect(page.get_by_role("textbox", name="Title", exact=True).nth(2)).to_be_focused()
    page.keyboard.type("Weigh and compare")
    press(page, "Send to reviewers")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Send “Cereal boxes” to the reviewers?")
    press(page, "Send it")
    expect(page.get_by_text("Sent to the reviewers.")).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, district.reviewer)
    page.goto("/review/")
    tab_to(page, page.get_by_role("link", name="Cereal boxes", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Weigh and compare")).to_be_visible()
    tab_to(page, page.get_by_label("Approve and publish it"))
    page.keyboard.press("Space")
    press(page, "Send my decision")
    expect(page.get_by_text("“Cereal boxes” is published.")).to_be_visible()

    page.context.clear_cookies()
    page.goto(ResourcePage.objects.get(title="Cereal boxes").get_url())
    expect(page.get_by_text("Reviewed by Andre Baptiste")).to_be_visible()


def test_the_page_saves_itself_and_what_was_typed_is_there_after_a_reload(
    district: District, page: Page
) -> None:
    draft = district.draft()
    sign_in(page, district.teacher)
    page.goto(f"/contribute/{draft.identifier}/")
    page.get_by_role("textbox", name="Title", exact=True).first.fill("Cereal shelf")
    with page.expect_response(lambda response: response.request.method == "POST"):
        pass
    expect(page.locator("#status")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_role("textbox", name="Title", exact=True).first).to_have_value("Cereal shelf")
    assert draft.revisions.count() == 1


def test_a_lost_connection_is_said_and_nothing_typed_is_lost(district: District, page: Page) -> None:
    draft = district.draft()
    sign_in(page, district.teacher)
    page.goto(f"/contribute/{draft.identifier}/")
    page.context.set_offline(True)
    page.get_by_role("textbox", name="Title", exact=True).first.fill("Cereal shelf")
    expect(page.locator("#status")).to_contain_text("Not saved: no connection.")
    page.context.set_offline(False)
    page.get_by_label("In a sentence or two").fill("Which one is cheaper?")
    expect(page.locator("#status")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_role("textbox", name="Title", exact=True).first).to_have_value("Cereal shelf")


def test_who_is_signed_out_meanwhile_is_told_and_goes_on_after_signing_in_in_another_tab(
    district: District, page: Page
) -> None:
    sign_in(page, district.teacher)
    page.goto(f"/contribute/{district.draft().identifier}/")
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Title").first.fill("Oat boxes")
    expect(page.locator("#status")).to_contain_text("Not saved: you are signed out")
    other = page.context.new_page()
    sign_in(other, district.teacher)
    other.close()
    page.get_by_label("Title").first.fill("Rice boxes")
    expect(page.locator("#status")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_label("Title").first).to_have_value("Rice boxes")


def test_a_review_that_was_sent_when_the_session_had_ended_is_there_after_signing_in(
    district: District, page: Page
) -> None:
    draft = district.draft()
    review.submit(identifier=draft.identifier, user=district.teacher)
    sign_in(page, district.reviewer)
    page.goto(f"/review/{draft.identifier}/")
    page.get_by_label("Return it with a comment").check()
    page.get_by_role("textbox", name="Comment").fill("Say which cereal.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Send my decision").click()
    page.get_by_label("Email").fill(district.reviewer.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Say which cereal.")
    expect(page.get_by_label("Return it with a comment")).to_be_checked()
    page.get_by_role("button", name="Send my decision").click()
    expect(page.get_by_text("is back with its author, with your comment")).to_be_visible()
    page.goto(f"/review/{draft.identifier}/")
    expect(page.get_by_text("Say which cereal.").first).to_be_visible()


def test_a_resource_that_was_begun_when_the_session_had_ended_is_there_after_signing_in(
    district: District, page: Page
) -> None:
    sign_in(page, district.teacher)
    page.goto("/contribute/")
    page.get_by_role("textbox", name="Title").fill("Cereal boxes")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("main").locator("button[type=submit]").last.click()
    page.get_by_label("Email").fill(district.teacher.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Cereal boxes")


def test_rows_come_and_go_in_place_and_other_sections_keep_what_is_typed(
    district: District, page: Page
) -> None:
    draft = district.draft()
    sign_in(page, district.teacher)
    page.goto(f"/contribute/{draft.identifier}/")
    marked = page.evaluate("document.body.dataset.same = 'yes'")
    page.get_by_role("button", name="Move Step 2 up").click()
    titles = page.locator("#section-steps").get_by_role("textbox", name="Title", exact=True)
    expect(titles.nth(0)).to_have_value("Stations")
    page.get_by_role("button", name="Remove Step 2").click()
    expect(titles).to_have_count(1)
    assert page.evaluate("document.body.dataset.same") == marked, "the page was not loaded again"
    latest = ResourcePage.objects.get(pk=draft.pk).get_latest_revision_as_object()
    assert [block.value["title"] for block in latest.body if block.block_type == "step"] == ["Stations"]


def test_another_kind_brings_its_own_parts_in_place(district: District, page: Page) -> None:
    draft = district.draft(body=BODY[:1])
    sign_in(page, district.teacher)
    page.goto(f"/contribute/{draft.identifier}/")
    expect(page.get_by_role("textbox", name="Partner")).to_have_count(0)
    page.get_by_role("radio", name="Opportunity").check()
    expect(page.get_by_role("textbox", name="Partner")).to_be_visible()
    expect(page.get_by_role("radio", name="Opportunity")).to_be_focused()
    expect(page.locator("#status")).to_contain_text("Saved")


def test_two_open_tabs_do_not_overwrite_each_other(district: District, page: Page) -> None:
    draft = district.draft()
    sign_in(page, district.teacher)
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"/contribute/{draft.identifier}/")
    page.get_by_role("textbox", name="Title", exact=True).first.fill("From the first tab")
    expect(page.locator("#status")).to_contain_text("Saved now")
    other.get_by_role("textbox", name="Title", exact=True).first.fill("From the second tab")
    expect(other.get_by_role("alert")).to_contain_text("changed in another window")
    other.get_by_role("button", name="Keep this version").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("From the second tab")
    assert draft.revisions.count() == 2


def test_without_javascript_a_lesson_is_written_and_sent(
    district: District, browser: Browser, live_server: Any
) -> None:
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        context.set_default_timeout(60_000)
        page = context.new_page()
        sign_in(page, district.teacher)
        page.goto("/contribute/")
        page.get_by_role("textbox", name="Title", exact=True).fill("Cereal boxes")
        page.get_by_label("What will students do?").fill("Compare unit prices")
        page.get_by_role("button", name="Start the draft").click()
        page.get_by_label("In a sentence or two").fill("Which cereal is cheaper?")
        page.locator("#section-steps").get_by_role("textbox", name="Title", exact=True).fill("Warm up")
        page.get_by_role("button", name="Add a step").click()
        expect(page.locator("#section-steps").get_by_role("textbox", name="Title", exact=True)).to_have_count(
            2
        )
        page.get_by_label("Find a standard to add").fill("6rp2")
        page.get_by_role("button", name="Find", exact=True).click()
        expect(page.get_by_role("button", name="Add M.6.RP.2")).to_be_in_viewport()
        page.get_by_role("button", name="Suggest standards from what I wrote").click()
        expect(page.get_by_role("button", name="Suggest standards from what I wrote")).to_be_focused()
        page.get_by_role("button", name="Add M.6.RP.2").click()
        expect(page.get_by_label("What it does for the standard")).to_be_visible()
        page.get_by_role("button", name="Send to reviewers").click()
        page.get_by_role("button", name="Send it").click()
        expect(page.get_by_text("Sent to the reviewers.")).to_be_visible()
    draft = ResourcePage.objects.get(title="Cereal boxes")
    assert drafts.is_in_review(draft)


def test_standards_are_suggested_with_their_reasons_and_added_on_a_narrow_screen_by_keyboard(
    district: District, page: Page
) -> None:
    """Without an engine: the words alone decide then."""
    draft = district.draft(summary="Which unit is cheaper? Mix 3/4 of a cup.")
    factories.ItemFactory(human_coding_scheme="M.6.NO.1", full_statement="Divide a fraction by a fraction.")
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, district.teacher)
    page.goto(f"/contribute/{draft.identifier}/")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    # As an extension of the browser does that fills in fields: what it leaves must not offend the page's policy.
    page.locator("#section-standards input").evaluate_all(
        "fields => fields.forEach(field => { field.style.color = 'red'; field.style.color = ''; })"
    )
    press(page, "Suggest standards from what I wrote")
    found = page.locator("#found")
    expect(found.get_by_role("listitem")).to_have_count(2)
    ratio = found.get_by_role("listitem").filter(has_text="Find a unit rate.")
    expect(ratio.locator("mark").filter(has_text="unit")).to_be_visible()
    fraction = found.get_by_role("listitem").filter(has_text="Divide a fraction")
    expect(fraction.locator("mark").filter(has_text="3/4")).to_be_visible()
    assert said == []
    assert not complaints(page)
    assert not too_wide(page)
    press(page, "Add M.6.RP.2")
    expect(page.get_by_label("What it does for the standard")).to_be_visible()
    expect(found.get_by_role("listitem")).to_have_count(1)
    latest = ResourcePage.objects.get(pk=draft.pk).get_latest_revision_as_object()
    assert [one.item.human_coding_scheme for one in latest.alignments.all()] == ["M.6.RP.2"]


@in_both_schemes
def test_the_pages_of_contributors_and_reviewers_satisfy_axe(district: District, page: Page) -> None:
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if "Content Security" in message.text else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    sign_in(page, district.teacher)
    draft, waiting = district.draft(), district.draft()
    review.submit(identifier=waiting.identifier, user=district.teacher)
    paths = ["/contribute/", "/my-resources/", f"/my-resources/{draft.identifier}/delete/"]
    paths += [f"/contribute/{draft.identifier}/{rest}" for rest in ("", "submit/", "preview/")]
    paths += [f"/contribute/{waiting.identifier}/", f"/review/{waiting.identifier}/"]
    found = look_at(page, paths)
    page.goto(f"/contribute/{draft.identifier}/")
    page.get_by_role("textbox", name="Title", exact=True).first.fill("")
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += complaints(page)
    page.context.clear_cookies()
    sign_in(page, district.reviewer)
    found += look_at(page, ["/review/", f"/review/{waiting.identifier}/"])
    assert not found, "\n".join(found)
    assert not said


def look_at(page: Page, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        found += complaints(page)
        page.set_viewport_size({"width": 320, "height": 800})
        found += filter(None, [too_wide(page)])
    return found


# The bar covered what one was typing into, and at 400 % zoom most of the screen.
UNCOVERED = """() => {
  const one = document.activeElement, {left, top, width, height} = one.getBoundingClientRect();
  const there = document.elementFromPoint(left + Math.min(width, 40) / 2, top + Math.min(height, 40) / 2);
  return Boolean(there && !there.closest(".form-foot")) || Boolean(one.closest(".form-foot"));
}"""


@pytest.mark.parametrize(("width", "height"), [(320, 256), (390, 700), (1280, 640)])
def test_the_bar_at_the_foot_covers_nothing_that_has_the_focus(
    district: District, page: Page, width: int, height: int
) -> None:
    draft = district.draft()
    sign_in(page, district.teacher)
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"/contribute/{draft.identifier}/")
    page.get_by_role("textbox", name="Title", exact=True).first.focus()
    covered, end = [], page.get_by_role("button", name="Save draft").last
    for _ in range(150):
        if end.evaluate("element => element === document.activeElement"):
            break
        if not page.evaluate(UNCOVERED):
            covered.append(page.evaluate("document.activeElement.outerHTML"))
        page.keyboard.press("Tab")
    else:
        raise AssertionError("The keyboard does not reach the foot.")
    assert covered == []
