"""What a form names is deleted after the form was checked: whoever sent it is told, and what was typed stays."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from repository.admin import KindDeleteView
from repository.meanwhile import ResourcePageForm
from repository.models import ResourceKind, ResourcePage, Topic
from repository.permissions import sync_all
from repository.services import drafts
from tests.factories import KindFactory, UserFactory, district_page, topic
from tests.repository.pages import Page, edit_url, editor_form, latest, save_in_editor, signed_in
from tests.waiting import elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


def once(what: Callable[[], object]) -> Callable[[], None]:
    left = [what]
    return lambda: elsewhere(*(left.pop() for _one in left[:]))


def test_a_topic_that_a_draft_was_just_given(
    draft: ResourcePage, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rivers = topic("Rivers")
    form = Page.open(signed_in(people.teacher), edit_url(draft))
    save, deletes = drafts.save_draft, once(rivers.delete)

    def is_deleted_first(**given: Any) -> Any:
        deletes()
        return save(**given)

    monkeypatch.setattr(drafts, "save_draft", is_deleted_first)
    told = form.press("Save draft", topics=[rivers.slug], summary="Typed meanwhile.")
    assert "something that this resource names, as a topic, its kind" in told.text
    assert told.value("summary") == "Typed meanwhile."
    assert latest(draft).summary != "Typed meanwhile."
    assert "Your draft is saved." in told.press("Save draft").notices
    assert latest(draft).summary == "Typed meanwhile."


def test_the_kind_of_a_draft_that_is_started(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = KindFactory(slug="lesson")
    form = Page.open(signed_in(people.teacher), "/contribute/")
    create, deletes = drafts.create_draft, once(lambda: ResourceKind.objects.filter(pk=kind.pk).delete())

    def is_deleted_first(**given: Any) -> Any:
        deletes()
        return create(**given)

    monkeypatch.setattr(drafts, "create_draft", is_deleted_first)
    told = form.press("Start the draft", title="Cereal boxes", students_will="Compare unit prices")
    assert "has just been deleted" in told.text
    assert told.value("title") == "Cereal boxes"
    assert not ResourcePage.objects.exists()


def test_a_topic_that_a_draft_was_just_given_in_the_admin(
    draft: ResourcePage, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_all()
    rivers = topic("Rivers")
    client = signed_in(people.coordinator)
    form = editor_form(client.get(f"/admin/pages/{draft.pk}/edit/"))
    is_valid, deletes = ResourcePageForm.is_valid, once(lambda: Topic.objects.get(pk=rivers.pk).delete())

    def is_deleted_then(self: Any) -> bool:
        found: bool = is_valid(self)
        deletes()
        return found

    monkeypatch.setattr(ResourcePageForm, "is_valid", is_deleted_then)
    answer = save_in_editor(client, draft, form, title="Lakes", topics=[str(rivers.pk)])
    assert f"{rivers.pk} is not one of the available choices" in answer.text
    assert "has been saved" not in answer.text
    assert editor_form(answer)["title"] == "Lakes"
    assert ResourcePage.objects.get(pk=draft.pk).title == latest(draft).title == "Cereal boxes"


def test_a_kind_that_a_draft_is_made_of_while_it_is_deleted(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_all()
    kind = KindFactory(label="Field trip")
    page = Page.open(signed_in(people.state_admin), reverse("resource_kinds:delete", args=[kind.pk]))
    refusal = KindDeleteView.refusal
    starts = once(
        lambda: drafts.create_draft(
            user=people.teacher, district=people.district, kind=kind, title="To the sea"
        )
    )

    def is_used_then(self: KindDeleteView) -> str:
        found = refusal(self)
        starts()
        return found

    monkeypatch.setattr(KindDeleteView, "refusal", is_used_then)
    told = page.press("Yes, delete")
    assert "“Field trip” cannot be deleted: it is used by 1 resource" in told.html.text_content()
    assert ResourceKind.objects.filter(pk=kind.pk).exists()


def test_a_draft_that_its_author_is_typing_in_may_be_a_new_one(
    draft: ResourcePage, people: SimpleNamespace
) -> None:
    form = Page.open(signed_in(people.teacher), edit_url(draft))
    drafts.delete_draft(identifier=draft.identifier, user=people.coordinator)
    told = form.press("Save draft", title="Cereal aisle", summary="Typed meanwhile.")
    assert (
        "it has been deleted, or moved to another district. What you typed is still on this page."
        in told.text
    )
    assert told.value("summary") == "Typed meanwhile."
    assert not ResourcePage.objects.exists()
    # What a new draft needs is asked for first.
    told = told.press("Keep it as a new draft", title="")
    assert "This field is required" in told.text
    kept = told.press("Keep it as a new draft", title="Cereal aisle")
    assert "What you typed is a new draft now, for Juniper Valley." in kept.notices
    made = ResourcePage.objects.get()
    assert (made.identifier, made.owner) != (draft.identifier, None)
    assert (latest(made).title, latest(made).summary, made.live) == (
        "Cereal aisle",
        "Typed meanwhile.",
        False,
    )
    assert "Compare unit rates" in str(latest(made).body)
    assert "Your draft is saved." in kept.press("Save draft").notices


def test_a_save_that_the_page_makes_itself_says_that_the_draft_is_gone(
    draft: ResourcePage, people: SimpleNamespace
) -> None:
    client = signed_in(people.teacher)
    form = Page.open(client, edit_url(draft))
    drafts.delete_draft(identifier=draft.identifier, user=people.teacher)
    answer = client.post(edit_url(draft), {**form._values(form._form_with("summary")), "action": "autosave"})
    assert "it has been deleted" in answer.text
    assert "Keep it as a new draft" in answer.text
    # Who keeps no resources has nothing to make it of.
    visitor = signed_in(UserFactory())
    assert visitor.post(edit_url(draft), {"title": "x", "action": "save"}).status_code == 404


@pytest.mark.parametrize("becomes", ["deleted", "another district’s"])
def test_a_page_that_is_edited_in_the_admin(
    draft: ResourcePage, people: SimpleNamespace, becomes: str
) -> None:
    sync_all()
    client = signed_in(people.coordinator)
    form = editor_form(client.get(f"/admin/pages/{draft.pk}/edit/"))
    if becomes == "deleted":
        drafts.delete_draft(identifier=draft.identifier, user=people.teacher)
    else:
        draft.move(district_page(people.outsider.memberships.get().organisation), pos="last-child")
    answer = save_in_editor(client, draft, form, title="Typed meanwhile.")
    assert answer.status_code == 404
    shown = Page(client, answer).text
    assert "It has been deleted, or moved to another district, since you opened it." in shown
    assert "Typed meanwhile." in shown
    assert "Which cereal is cheaper by the ounce?" in shown
    assert "csrf" not in shown
    itself = client.post(f"/admin/pages/{draft.pk}/edit/", form, headers={"accept": "application/json"})
    assert "has been deleted, or moved" in itself.json()["error_message"]
    assert "It has been deleted" in client.post(f"/admin/pages/{draft.pk}/unpublish/").text
