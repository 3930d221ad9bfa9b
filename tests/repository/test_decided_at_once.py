"""Two act on one resource at the same moment, on the site or in the admin: one is done, whole, and the other is told."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.admin.views.generic.workflow import BaseWorkflowFormView
from wagtail.models import TaskState, WorkflowState

from repository.meanwhile import ResourcePageForm
from repository.models import ResourcePage
from repository.permissions import sync_all
from repository.services import drafts, review
from repository.views import my_resources
from tests.factories import resource
from tests.repository.pages import Page, edit_url, editor_form, latest, save_in_editor, signed_in
from tests.waiting import elsewhere, waits_after

pytestmark = pytest.mark.django_db(transaction=True)


def pressed(told: list[str], page: Page, button: str, **typed: Any) -> Callable[[], None]:
    return lambda: told.append(page.press(button, None, **typed).notices)


# -- a draft that is deleted


def test_a_draft_is_deleted_once(
    draft: ResourcePage, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [
        Page.open(signed_in(people.teacher), f"/my-resources/{draft.identifier}/delete/")
        for _twice in range(2)
    ]
    waits_after(monkeypatch, (my_resources, "editor_of"))
    told: list[str] = []
    elsewhere(*(pressed(told, page, "Delete the draft") for page in pages))
    assert sorted(told) == [
        "The draft is deleted.",
        "This resource is not there any more: it has been deleted.",
    ]
    late = pages[0].press("Delete the draft")
    assert "This resource is not there any more" in late.notices


@pytest.mark.parametrize("button", ["Save draft", "Send to reviewers"])
def test_who_saves_what_is_just_deleted_is_told_and_keeps_what_was_typed(
    draft: ResourcePage, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, button: str
) -> None:
    form = Page.open(signed_in(people.teacher), edit_url(draft))
    save = drafts.save_draft

    def is_deleted_first(**given: Any) -> Any:
        elsewhere(lambda: drafts.delete_draft(identifier=draft.identifier, user=people.teacher))
        return save(**given)

    monkeypatch.setattr(drafts, "save_draft", is_deleted_first)
    told = form.press(button, title="Cereal aisle")
    assert "it has been deleted" in told.text
    assert told.value("title") == "Cereal aisle"


# -- a decision on the site, and one in the admin


def in_the_admin(user: Any, page: ResourcePage, action: str) -> Callable[[], None]:
    state = TaskState.objects.for_instance(page).latest("pk")
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk])
    client = signed_in(user)

    def act() -> None:
        client.post(url, {"comment": "Add the answers."})

    return act


@pytest.mark.parametrize("first", ["approve", "return"])
@pytest.mark.parametrize("second", ["approve", "reject"])
def test_one_of_two_decisions_is_taken_and_the_other_not_even_in_part(
    draft: ResourcePage, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> None:
    sync_all()
    review.submit(identifier=draft.identifier, user=people.teacher)
    page = Page.open(signed_in(people.reviewer), f"/review/{draft.identifier}/")
    there = in_the_admin(people.coordinator, draft, second)
    waits_after(monkeypatch, (review, "_to_decide"), (BaseWorkflowFormView, "check_action"))
    sent = {"decision": first, "comment": "Good, but the answers are missing."}
    told: list[Page] = []
    elsewhere(lambda: told.append(page.press("Send my decision", None, **sent)), there)
    (state,) = WorkflowState.objects.for_instance(draft)
    (step,) = state.task_states.all()
    now = ResourcePage.objects.get(pk=draft.pk)
    published = (True, "approved", "approved")
    back = (False, "needs_changes", "rejected")
    assert (now.live, state.status, step.status) in (published, back)
    if step.finished_by == people.coordinator:
        assert "Your decision was not taken" in told[0].text
        assert sent["comment"] in told[0].text
    else:
        assert ("is published" if now.live else "is back with its author") in told[0].notices


# -- two in Wagtail's editor


@pytest.fixture
def editors(people: SimpleNamespace) -> list[Client]:
    sync_all()
    return [signed_in(people.coordinator), signed_in(people.district_admin)]


@pytest.mark.parametrize("button", [{}, {"action-publish": "action-publish"}])
def test_an_editor_is_told_of_the_other_ones_version(
    people: SimpleNamespace, editors: list[Client], button: dict[str, str]
) -> None:
    page = resource("Rivers", district=people.district)
    forms = [editor_form(client.get(f"/admin/pages/{page.pk}/edit/")) for client in editors]
    save_in_editor(editors[0], page, forms[0], title="Rivers and lakes", **button)
    answer = save_in_editor(editors[1], page, forms[1], title="Rivers and seas", **button)
    assert f"{people.coordinator} has changed this resource since you opened it" in answer.text
    assert latest(page).title == "Rivers and lakes"
    again = editor_form(answer)
    assert again["title"] == "Rivers and seas"
    # The page that tells saves itself, too, before anybody has read it.
    itself = (
        editors[1].post(f"/admin/pages/{page.pk}/edit/", again, headers={"accept": "application/json"}).json()
    )
    assert not itself["success"]
    assert latest(page).title == "Rivers and lakes"
    save_in_editor(editors[1], page, again, **button)  # knowingly
    assert latest(page).title == "Rivers and seas"


def test_of_two_who_publish_at_once_the_second_is_told(
    people: SimpleNamespace, editors: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = resource("Rivers", district=people.district)
    forms = [editor_form(client.get(f"/admin/pages/{page.pk}/edit/")) for client in editors]
    waits_after(monkeypatch, (ResourcePageForm, "is_valid"))
    told: list[str] = []

    def publishes(number: int, title: str) -> Callable[[], None]:
        return lambda: told.append(
            save_in_editor(editors[number], page, forms[number], title=title, **{"action-publish": "1"}).text
        )

    elsewhere(publishes(0, "Rivers and lakes"), publishes(1, "Rivers and seas"))
    assert sorted("has changed this resource since you opened it" in one for one in told) == [False, True]
    now = ResourcePage.objects.get(pk=page.pk)
    assert now.title == latest(page).title
    assert now.live_revision_id == now.latest_revision_id
