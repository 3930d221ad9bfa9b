"""A form that was open while a move went on: its author is told, and what was moved does not come back unseen."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from repository.models import ResourcePage
from repository.services.review import submit
from tests.factories import topic
from tests.importers.moving import codes, lesson, move, text, undo
from tests.repository.conftest import OBJECTIVES
from tests.repository.pages import Page, edit_url, editor_form, save_in_editor, signed_in

pytestmark = pytest.mark.django_db


def moved(here: SimpleNamespace) -> None:
    move(signed_in(here.coordinator), here, "M.4", "M.2")


# -- the contribution page


def own_draft(here: SimpleNamespace) -> ResourcePage:
    return lesson(here, "M.4", live=False, owner=here.teacher, body=OBJECTIVES)


def test_an_author_whose_form_was_open_is_told_and_chooses(here: SimpleNamespace) -> None:
    page = own_draft(here)
    form = Page.open(signed_in(here.teacher), edit_url(page))
    moved(here)
    told = form.press("Save", summary="Typed meanwhile.")
    assert "Not saved" in told.text
    assert "Standards that differ – in the other version: M.2; in yours: M.4 (retired)." in told.text
    assert told.value("summary") == "Typed meanwhile."
    assert codes(page) == ["M.2"]
    told.press("Keep this version")
    assert codes(page) == ["M.4"]


def test_what_saves_itself_brings_nothing_back(here: SimpleNamespace) -> None:
    page = own_draft(here)
    client = signed_in(here.teacher)
    form = Page.open(client, edit_url(page))
    moved(here)
    data = form._values(form._form_with("stamp")) | {"action": "autosave", "summary": "Typed meanwhile."}
    answer = client.post(edit_url(page), data).content.decode()
    assert "in yours: M.4 (retired)" in answer
    assert codes(page) == ["M.2"]


def test_an_undo_of_the_move_is_told_as_well(here: SimpleNamespace) -> None:
    page = own_draft(here)
    moved(here)
    form = Page.open(signed_in(here.teacher), edit_url(page))
    undo(signed_in(here.coordinator))
    assert "in the other version: M.4 (retired); in yours: M.2." in form.press("Save").text
    assert codes(page) == ["M.4"]


def test_a_form_that_was_opened_after_the_move_is_simply_saved(here: SimpleNamespace) -> None:
    page = own_draft(here)
    moved(here)
    saved = Page.open(signed_in(here.teacher), edit_url(page)).press("Save", summary="Typed later.")
    assert "Your draft is saved." in saved.notices
    assert codes(page) == ["M.2"]


# -- a review


def in_review(here: SimpleNamespace) -> ResourcePage:
    """A draft with M.4 and M.6 that its reviewers have."""
    page = own_draft(here)
    page.alignments.add(page.alignments.model(item=here.items["M.6"], sort_order=1))
    page.summary = "Which mix is darker?"
    page.save_revision(user=here.teacher)
    page.save()
    submit(identifier=page.identifier, user=here.teacher)
    return page


def review_form(here: SimpleNamespace, page: ResourcePage) -> Page:
    return Page.open(signed_in(here.reviewer), f"/review/{page.identifier}/")


def said_of(here: SimpleNamespace, code: str, status: str) -> dict[str, Any]:
    return {f"standard-{here.items[code].pk}.teaches.": status}


def statuses(page: ResourcePage) -> dict[str, str]:
    rows = ResourcePage.objects.get(pk=page.pk).alignments.all()
    return {one.item.human_coding_scheme: one.status for one in rows}


def test_a_reviewer_is_told_of_a_move_and_what_was_said_is_not_put_on_another_standard(
    here: SimpleNamespace,
) -> None:
    page = in_review(here)
    form = review_form(here, page)
    move(signed_in(here.coordinator), here, "M.4", "M.6")
    words = said_of(here, "M.4", "disputed") | said_of(here, "M.6", "confirmed")
    told = form.press("Send my decision", decision="approve", comment="Good work.", **words)
    assert "moved to other standards after you opened it" in told.text
    assert "You had said – M.4: Disputed." in told.text
    assert not ResourcePage.objects.get(pk=page.pk).live
    assert told.value("comment") == "Good work."
    assert told.value("decision") == ["approve"]
    done = told.press("Send my decision")
    assert "is published" in done.notices
    assert statuses(page) == {"M.6": "confirmed"}


def test_a_reviewer_who_was_told_finds_what_is_on_record_of_the_new_standard(here: SimpleNamespace) -> None:
    page = in_review(here)
    form = review_form(here, page)
    move(signed_in(here.coordinator), here, "M.4", "M.2", "M.7")
    told = form.press("Send my decision", decision="approve", **said_of(here, "M.6", "disputed"))
    assert "You had said – M.4: Claimed by the author." in told.text
    told.press("Send my decision", **said_of(here, "M.7", "confirmed"))
    assert statuses(page) == {"M.2": "claimed", "M.6": "disputed", "M.7": "confirmed"}


def test_who_returns_it_is_told_as_well(here: SimpleNamespace) -> None:
    page = in_review(here)
    form = review_form(here, page)
    moved(here)
    words = said_of(here, "M.4", "disputed")
    told = form.press("Send my decision", decision="return", comment="More steps, please.", **words)
    assert "You had said – M.4: Disputed." in told.text
    assert "is back with its author" in told.press("Send my decision").notices


def test_a_reviewers_comment_outlives_another_version(here: SimpleNamespace) -> None:
    page = in_review(here)
    form = review_form(here, page)
    page.save_revision(user=here.coordinator)
    told = form.press("Send my decision", decision="approve", comment="Good work.")
    assert "was changed after you opened it" in told.text
    assert told.value("comment") == "Good work."


# -- Wagtail's editor


def editor(client: Client, page: ResourcePage) -> dict[str, Any]:
    """What its form holds."""
    return editor_form(client.get(f"/admin/pages/{page.pk}/edit/"))


def saved_by_itself(client: Client, page: ResourcePage, form: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(f"/admin/pages/{page.pk}/edit/", form, headers={"accept": "application/json"})
    said: dict[str, Any] = json.loads(answer.content)
    return said


@pytest.mark.parametrize("button", [{}, {"action-publish": "action-publish"}])
def test_in_the_admin_a_coordinator_is_told_and_chooses(
    here: SimpleNamespace, button: dict[str, str]
) -> None:
    page = lesson(here, "M.4")
    client = signed_in(here.coordinator)
    form = editor(client, page)
    moved(here)
    answer = save_in_editor(client, page, form, title="Typed meanwhile", **button)
    assert "Standards: M.2" in text(answer)
    assert "Save again to have it as in your form" in text(answer)
    assert codes(page) == ["M.2"]
    again = editor_form(answer)
    assert again["title"] == "Typed meanwhile"
    # The page that tells saves itself, too, before anybody has read it.
    assert not saved_by_itself(client, page, again)["success"]
    assert codes(page) == ["M.2"]
    save_in_editor(client, page, again, **button)
    draft = ResourcePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert [one.item.human_coding_scheme for one in draft.alignments.all()] == ["M.4"]


def test_in_the_admin_what_saves_itself_brings_nothing_back(here: SimpleNamespace) -> None:
    page = lesson(here, "M.4")
    client = signed_in(here.coordinator)
    form = editor(client, page)

    def save(**more: Any) -> dict[str, Any]:
        answer = saved_by_itself(client, page, form | more)
        form.update(answer.get("field_updates", {}))
        if answer["success"]:
            form["overwrite_revision_id"] = str(answer["revision_id"])
        return answer

    assert save(title="Typed before")["success"]
    assert save(**{"alignments-0-note": "A note of mine"})["success"]
    assert save(title="Typed before, once more")["success"]
    moved(here)
    assert not save(title="Typed meanwhile")["success"]
    draft = ResourcePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert draft.title == "Typed before, once more"
    assert [one.item.human_coding_scheme for one in draft.alignments.all()] == ["M.2"]


def test_in_the_admin_nothing_is_said_of_what_the_form_does_not_undo(here: SimpleNamespace) -> None:
    page = lesson(here, "M.4")
    client = signed_in(here.coordinator)
    form = editor(client, page)
    moved(here)
    answer = save_in_editor(
        client, page, form | {"alignments-0-item": str(here.items["M.2"].pk)}, title="By hand"
    )
    assert "Save again to have it" not in text(answer)
    draft = ResourcePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert draft.title == "By hand"
    assert [one.item.human_coding_scheme for one in draft.alignments.all()] == ["M.2"]


def test_in_the_admin_one_saves_again_and_again(here: SimpleNamespace) -> None:
    page = lesson(here, "M.2", topics=[topic("Ratios")])
    client = signed_in(here.coordinator)
    assert "Save again to have it" not in text(
        save_in_editor(client, page, editor(client, page), title="Once")
    )
    assert "Save again to have it" not in text(
        save_in_editor(client, page, editor(client, page), title="Twice")
    )
    assert ResourcePage.objects.get(pk=page.pk).get_latest_revision_as_object().title == "Twice"
