"""Moves off retired standards beside what others do meanwhile, and who may make and undo them."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from importers import moves
from importers.models import AlignmentMove
from people.models import User
from standards.models import Item
from tests.factories import (
    FrameworkFactory,
    ItemFactory,
)
from tests.importers.moving import address, codes, lesson, list_of, move, replaced, text, undo
from tests.repository.pages import signed_in

pytestmark = pytest.mark.django_db
State = AlignmentMove.State


# -- what happens meanwhile


def waiting_move(here: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, client: Client) -> AlignmentMove:
    """A move that waits for a worker."""
    monkeypatch.setattr(moves, "AT_ONCE", 0)
    move(client, here, "M.4", "M.2")
    return AlignmentMove.objects.latest("pk")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda items: items["M.2"].delete(), "M.2 is not here any more"),
        (lambda items: retire(items["M.2"]), "M.2 has been retired itself"),
        (lambda items: retire(items["M.4"], back=True), "M.4 is in force again"),
    ],
)
def test_an_import_in_between_stops_it_with_a_reason_and_nothing_is_written(
    here: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, change: Any, said: str
) -> None:
    page = lesson(here, "M.4")
    client = signed_in(here.coordinator)
    record = waiting_move(here, monkeypatch, client)
    change(here.items)
    moves.move_now(record.pk)
    answer = text(client.get(f"/admin/standards/moves/{record.pk}/"))
    assert f"Not moved. Nothing was changed. {said}: something was imported or undone meanwhile." in answer
    assert codes(page) == ["M.4"]


def retire(item: Item, *, back: bool = False) -> None:
    Item.objects.filter(pk=item.pk).update(retired_at=None if back else timezone.now())


def test_of_two_coordinators_at_once_the_second_is_told(
    here: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = lesson(here, "M.4")
    first = waiting_move(here, monkeypatch, signed_in(here.coordinator))
    second = waiting_move(here, monkeypatch, signed_in(here.state_admin))
    moves.move_now(first.pk)
    moves.move_now(second.pk)
    said = text(signed_in(here.state_admin).get(f"/admin/standards/moves/{second.pk}/"))
    assert "Nothing was left to move: somebody else had done it." in said
    assert codes(page) == ["M.2"]
    answer = move(signed_in(here.coordinator), here, "M.4", "M.2")
    assert "Nothing is left to move" in text(answer)


@pytest.mark.parametrize("change", [lambda item: item.delete(), lambda item: retire(item, back=True)])
def test_the_page_of_a_standard_that_is_gone_or_back_says_so(here: SimpleNamespace, change: Any) -> None:
    page = address(here.items["M.9"])
    change(here.items["M.9"])
    answer = signed_in(here.coordinator).get(page, follow=True)
    assert "That standard is not here any more, or is in force again." in text(answer)


# -- who may


def test_others_see_nothing_of_it_and_may_do_nothing(here: SimpleNamespace) -> None:
    page = lesson(here, "M.4")
    standard = here.items["M.4"].get_absolute_url()
    for client in (Client(), signed_in(here.teacher), signed_in(here.reviewer)):
        assert "tied to it" not in text(client.get(standard))
        for url in (address(here.items["M.4"]), list_of(here.framework), f"{list_of(here.framework)}move/"):
            assert client.get(url).status_code in (302, 403)
        client.post(address(here.items["M.4"]), {"to": [here.items["M.2"].pk]})
    assert codes(page) == ["M.4"]
    assert not AlignmentMove.objects.exists()


def test_a_visitor_costs_no_query_for_it(here: SimpleNamespace) -> None:
    client = Client()
    client.get(here.items["M.4"].get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        client.get(here.items["M.4"].get_absolute_url())
    assert not any("people_membership" in query["sql"] for query in queries)


def test_a_move_is_undone_only_by_who_looks_after_all_of_its_districts(here: SimpleNamespace) -> None:
    mine, theirs = lesson(here, "M.4"), lesson(here, "M.4", district=here.other)
    move(signed_in(here.state_admin), here, "M.4", "M.2")
    assert (codes(mine), codes(theirs)) == (["M.2"], ["M.2"])
    client = signed_in(here.coordinator)
    record = AlignmentMove.objects.get()
    assert "Undo this move" not in text(client.get(f"/admin/standards/moves/{record.pk}/"))
    undo(client)
    assert codes(mine) == ["M.2"]
    undo(signed_in(here.state_admin))
    assert (codes(mine), codes(theirs)) == (["M.4"], ["M.4"])


def test_nobody_moves_to_a_private_draft_that_they_may_not_see(here: SimpleNamespace) -> None:
    hidden = ItemFactory(framework=FrameworkFactory(adoption_status="Private Draft", owner=here.other))
    replaced(here.items["M.9"], hidden)
    page = lesson(here, "M.9")
    client = signed_in(here.coordinator)
    assert hidden.full_statement not in text(client.get(address(here.items["M.9"])))
    answer = client.post(address(here.items["M.9"]), {"to": [hidden.pk]})
    assert answer.status_code == 422
    assert codes(page) == ["M.9"]


def test_who_lost_the_role_before_a_worker_came_moves_nothing(
    here: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = lesson(here, "M.4")
    record = waiting_move(here, monkeypatch, signed_in(here.coordinator))
    User.objects.get(pk=here.coordinator.pk).memberships.all().delete()
    moves.move_now(record.pk)
    assert codes(page) == ["M.4"]
