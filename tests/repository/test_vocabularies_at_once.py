"""Two who keep a vocabulary press their buttons at the same moment: one after the other, and each hears what came of it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse
from taggit.models import Tag

from people.meanwhile import MeanwhileEditView
from people.models import Role, User
from people.short_names import ShortNameForm
from repository.admin import MergeForm, TopicDeleteView
from repository.models import ResourcePage, Subject, Topic
from repository.permissions import sync_all
from tests.factories import DistrictFactory, SubjectFactory, member, resource, topic
from tests.repository.pages import Page, signed_in
from tests.waiting import PATIENCE, elsewhere, somebody_waits, until, waits_after

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def keepers() -> list[User]:
    state = DistrictFactory().parent
    users = [member(Role.STATE_ADMIN, state), member(Role.STATE_ADMIN, state)]
    sync_all()
    return users


def said(page: Page) -> str:
    return " ".join(page.html.text_content().split())


def pressed_by_both(keepers: list[User], address: str, button: str, *typed: dict[str, str]) -> list[str]:
    """What each is told."""
    seen = []

    def press(user: User, fields: dict[str, str]) -> Callable[[], None]:
        page = Page.open(signed_in(user), address)
        return lambda: seen.append(said(page.press(button, None, **fields)))

    elsewhere(*(press(user, fields) for user, fields in zip(keepers, typed, strict=True)))
    return seen


def test_two_of_like_names_get_a_short_name_each(
    keepers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits_after(monkeypatch, (ShortNameForm, "clean_slug"))
    seen = pressed_by_both(
        keepers, reverse("subjects:add"), "Create", {"label": "Robotics!"}, {"label": "Robotics?"}
    )
    assert all("' created." in one for one in seen)
    assert set(Subject.objects.values_list("slug", flat=True)) == {"robotics", "robotics-2"}


def test_of_two_of_one_name_the_second_is_told(keepers: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    waits_after(monkeypatch, (ShortNameForm, "clean_slug"))
    seen = pressed_by_both(keepers, reverse("subjects:add"), "Create", *[{"label": "Robotics"}] * 2)
    assert sorted("There is one with this name already." in one for one in seen) == [False, True]
    assert Subject.objects.count() == 1


def test_of_two_changes_of_one_the_second_is_told(
    keepers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits_after(monkeypatch, (MeanwhileEditView, "is_valid"))
    subject = SubjectFactory(label="Arts")
    address = reverse("subjects:edit", args=[subject.pk])
    seen = pressed_by_both(keepers, address, "Save", {"label": "Fine arts"}, {"label": "The arts"})
    assert sorted("Somebody else has changed this" in one for one in seen) == [False, True]


def test_what_is_deleted_while_it_is_saved_is_gone(
    keepers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = SubjectFactory(label="Arts")
    is_valid = MeanwhileEditView.is_valid
    edits, deletes = map(signed_in, keepers)

    def delete() -> None:
        try:
            deletes.post(reverse("subjects:delete", args=[subject.pk]))
        finally:
            connections.close_all()

    deletion = threading.Thread(target=delete)

    def deleted_meanwhile(*arguments: Any) -> bool:
        deletion.start()
        until(lambda: not deletion.is_alive() or somebody_waits())
        return is_valid(*arguments)

    page = Page.open(edits, reverse("subjects:edit", args=[subject.pk]))
    monkeypatch.setattr(MeanwhileEditView, "is_valid", deleted_meanwhile)
    page.press("Save", None, label="Fine arts")
    deletion.join(timeout=PATIENCE)
    assert not deletion.is_alive()
    assert not Subject.objects.filter(pk=subject.pk).exists()


@pytest.mark.parametrize("then", ["edit", "delete"])
def test_who_comes_after_a_deletion_is_told(keepers: list[User], then: str) -> None:
    subject = SubjectFactory(label="Arts")
    page = Page.open(signed_in(keepers[0]), reverse(f"subjects:{then}", args=[subject.pk]))
    signed_in(keepers[1]).post(reverse("subjects:delete", args=[subject.pk]))
    answer = page.press("Save", label="Fine arts") if then == "edit" else page.press("Yes, delete")
    assert "Nothing was saved: somebody else has deleted this meanwhile." in said(answer)
    assert ("What was in your form – Fine arts; " in said(answer)) == (then == "edit")


@pytest.fixture
def tagged(keepers: list[User]) -> tuple[ResourcePage, Tag]:
    page = resource("Water", district=DistrictFactory(), tags=["streams"])
    return page, Tag.objects.get()


def merges(told: list[str], user: User, tag: Tag, into: Topic) -> Callable[[], None]:
    client = signed_in(user)
    said = {"tag": tag.pk, "topic": into.pk, "sure": "1"}
    return lambda: told.append(client.post(reverse("tags:index"), said, follow=True).text)


def test_a_tag_is_merged_into_one_topic(
    keepers: list[User], tagged: tuple[ResourcePage, Tag], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second was told that it was now the topic of its choice, on 0 resources."""
    page, tag = tagged
    waits_after(monkeypatch, (MergeForm, "is_valid"))
    told: list[str] = []
    topics = [topic("Rivers"), topic("Lakes")]
    elsewhere(*(merges(told, user, tag, into) for user, into in zip(keepers, topics, strict=True)))
    assert sum("on 1 resource." in one for one in told) == 1
    assert sum("the tag is not there any more" in one for one in told) == 1
    assert Topic.objects.filter(resources=page).count() == 1


def test_a_topic_that_is_deleted_while_a_tag_is_merged_into_it(
    keepers: list[User], tagged: tuple[ResourcePage, Tag], monkeypatch: pytest.MonkeyPatch
) -> None:
    _page, tag = tagged
    rivers = topic("Rivers")
    deletes = signed_in(keepers[1])
    address = reverse("topics:delete", args=[rivers.pk])
    waits_after(monkeypatch, (MergeForm, "is_valid"), (TopicDeleteView, "get_success_url"))
    told: list[str] = []
    elsewhere(merges(told, keepers[0], tag, rivers), lambda: deletes.post(address))
    merged = "on 1 resource." in told[0]
    assert merged or "Choose the topic that takes the place of the tag." in told[0]
    assert not Topic.objects.exists()
    assert Tag.objects.filter(pk=tag.pk).exists() is not merged
