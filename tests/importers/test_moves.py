"""Resources of retired standards move to those that take their place: what coordinators see, do and undo."""

from types import SimpleNamespace
from typing import Any

import lxml.html
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageLogEntry

from importers import moves
from importers.models import AlignmentMove
from people.models import Role, User
from repository.models import ResourcePage
from repository.permissions import sync_all
from repository.services.drafts import save_draft
from search.models import OutboxEntry
from standards.models import Framework, Item
from tests.factories import (
    AssociationFactory,
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    LevelFactory,
    member,
    resource,
)
from tests.importers.asking import signed_in

pytestmark = pytest.mark.django_db
State = AlignmentMove.State


@pytest.fixture
def here() -> SimpleNamespace:
    """Two districts and a framework of which M.4 was retired for M.2, and M.5 split into M.6 and M.7."""
    district, other = DistrictFactory(name="Juniper Valley"), DistrictFactory(name="Harbor Point")
    framework = FrameworkFactory(short_name="MATH", title="Meridian mathematics")
    items = {
        code: ItemFactory(framework=framework, human_coding_scheme=code, full_statement=f"What {code} says.")
        for code in ("M.2", "M.4", "M.5", "M.6", "M.7", "M.9")
    }
    for code in ("M.4", "M.5", "M.9"):
        Item.objects.filter(pk=items[code].pk).update(retired_at=timezone.now())
    for old, new in (("M.4", "M.2"), ("M.5", "M.6"), ("M.5", "M.7")):
        replaced(items[old], items[new])
    found = SimpleNamespace(
        district=district,
        other=other,
        framework=framework,
        items=items,
        teacher=member(Role.TEACHER, district),
        reviewer=member(Role.REVIEWER, district),
        coordinator=member(Role.COORDINATOR, district, name="Helen Brandt"),
        other_coordinator=member(Role.COORDINATOR, other),
        state_admin=member(Role.STATE_ADMIN, district.parent),
    )
    sync_all()
    return found


def replaced(old: Item, new: Item) -> None:
    AssociationFactory(framework=old.framework, association_type="replacedBy", origin=old, destination=new)


def lesson(here: SimpleNamespace, code: str, title: str = "Paint by ratio", **fields: Any) -> ResourcePage:
    fields.setdefault("district", here.district)
    return resource(title, alignments=[{"item": here.items[code]}], **fields)


def codes(page: ResourcePage) -> list[str]:
    """What a page is tied to: live, and in its draft."""
    page = ResourcePage.objects.get(pk=page.pk)
    live = sorted(row.item.human_coding_scheme for row in page.alignments.all())
    draft = sorted(
        row.item.human_coding_scheme for row in page.get_latest_revision_as_object().alignments.all()
    )
    assert live == draft
    return live


def text(answer: Any) -> str:
    html: Any = lxml.html.fromstring(answer.content)
    return " ".join(html.text_content().split())


def address(item: Item) -> str:
    return f"/admin/standards/retired/{item.pk}/"


def move(client: Client, here: SimpleNamespace, old: str, *new: str) -> Any:
    return client.post(address(here.items[old]), {"to": [here.items[code].pk for code in new]}, follow=True)


def undo(client: Client) -> Any:
    return client.post(f"/admin/standards/moves/{AlignmentMove.objects.latest('pk').pk}/undo/", follow=True)


def seen_in(answer: Any) -> str:
    """The hidden field that says which list was seen."""
    html: Any = lxml.html.fromstring(answer.content)
    return str(html.xpath("//input[@name='seen']")[0].get("value"))


def list_of(framework: Framework) -> str:
    return f"/admin/standards/{framework.pk}/retired/"


# -- one standard


def test_a_coordinator_moves_the_resources_of_a_retired_standard_from_its_page(here: SimpleNamespace) -> None:
    mine, draft = lesson(here, "M.4"), lesson(here, "M.4", "Not yet published", live=False)
    theirs = lesson(here, "M.4", "Of another district", district=here.other)
    client = signed_in(here.coordinator)
    page = client.get(here.items["M.4"].get_absolute_url())
    assert "2 resources that you look after are still tied to it. 1 of another district is, too." in text(
        page
    )
    assert f'href="{address(here.items["M.4"])}"' in page.content.decode()
    assert "Move these 2 resources to M.2" in text(page)
    asked = text(client.get(address(here.items["M.4"])))
    assert "What M.4 says." in asked
    assert "What M.2 says." in asked
    assert "Paint by ratio" in asked
    assert "Not yet published (draft)" in asked
    assert "Of another district" not in asked
    assert "1 resource of another district stays as it is" in asked
    assert codes(mine) == ["M.4"]
    OutboxEntry.objects.all().delete()
    done = text(move(client, here, "M.4", "M.2"))
    assert "Moved. 2 resources are now tied to M.2" in done
    assert (codes(mine), codes(draft), codes(theirs)) == (["M.2"], ["M.2"], ["M.4"])
    assert set(OutboxEntry.objects.values_list("page_id", flat=True)) == {mine.pk, draft.pk}
    assert "tied to it" not in text(client.get(here.items["M.4"].get_absolute_url()))


def test_the_history_of_each_resource_says_who_moved_it(here: SimpleNamespace) -> None:
    page = lesson(here, "M.4")
    client = signed_in(here.coordinator)
    move(client, here, "M.4", "M.2")
    undo(client)
    history = text(client.get(f"/admin/pages/{page.pk}/history/"))
    assert "Tied to M.2, no longer to M.4, which was retired" in history
    assert "Tied to M.4 again, no longer to M.2: the move was undone" in history
    assert {entry.user for entry in PageLogEntry.objects.filter(action=moves.LOG_ACTION)} == {
        here.coordinator
    }


def test_of_a_standard_that_was_split_the_coordinator_ticks_which_parts(here: SimpleNamespace) -> None:
    page = lesson(here, "M.5")
    client = signed_in(here.coordinator)
    asked = client.get(address(here.items["M.5"]))
    assert "It was split" in text(asked)
    assert not lxml.html.fromstring(asked.content).xpath("//input[@name='to'][@checked]")
    refused = move(client, here, "M.5")
    assert refused.status_code == 422
    assert "Tick the standard that takes its place." in text(refused)
    assert codes(page) == ["M.5"]
    move(client, here, "M.5", "M.6", "M.7")
    assert codes(page) == ["M.6", "M.7"]


def test_without_a_successor_another_standard_is_found_by_its_code(here: SimpleNamespace) -> None:
    page = lesson(here, "M.9")
    client = signed_in(here.coordinator)
    asked = text(client.get(address(here.items["M.9"])))
    assert "The source does not say what takes its place" in asked
    found = client.get(address(here.items["M.9"]), {"q": "M.6"})
    assert "What M.6 says." in text(found)
    assert lxml.html.fromstring(found.content).xpath(f"//input[@name='to'][@value='{here.items['M.6'].pk}']")
    move(client, here, "M.9", "M.6")
    assert codes(page) == ["M.6"]


def test_a_successor_that_was_itself_retired_leads_on_and_a_circle_ends(here: SimpleNamespace) -> None:
    replaced(here.items["M.9"], here.items["M.4"])
    replaced(here.items["M.4"], here.items["M.9"])
    for code in ("M.4", "M.9"):
        found = moves.retired_standard(here.items[code], here.coordinator)
        assert [item.human_coding_scheme for item in found.successors] == ["M.2"]


def test_level_relation_note_and_review_stay(here: SimpleNamespace) -> None:
    level = LevelFactory()
    tie = {
        "item": here.items["M.4"],
        "relation": "assesses",
        "level": level,
        "note": "Step 2",
        "status": "confirmed",
    }
    page = resource(district=here.district, alignments=[tie])
    move(signed_in(here.coordinator), here, "M.4", "M.2")
    (row,) = ResourcePage.objects.get(pk=page.pk).alignments.all()
    assert (row.item, row.relation, row.level, row.note, row.status) == (
        here.items["M.2"], "assesses", level, "Step 2", "confirmed",
    )  # fmt: skip


def test_a_draft_that_names_the_standard_counts_though_what_is_published_does_not(
    here: SimpleNamespace,
) -> None:
    page = lesson(here, "M.2", owner=here.teacher)

    def to_the_old(draft: ResourcePage) -> None:
        draft.title = "With a new beginning"
        draft.alignments.set([draft.alignments.model(item=here.items["M.4"])])

    save_draft(identifier=page.identifier, user=here.teacher, change=to_the_old)
    client = signed_in(here.coordinator)
    asked = text(client.get(address(here.items["M.4"])))
    assert "With a new beginning" in asked
    assert "In its draft only" in asked
    move(client, here, "M.4", "M.2")
    page.refresh_from_db()
    assert (page.title, page.draft_title) == ("Paint by ratio", "With a new beginning")
    assert codes(page) == ["M.2"]


# -- the way back


def test_a_move_is_undone_but_for_what_was_changed_since(here: SimpleNamespace) -> None:
    pages = [lesson(here, "M.4", title) for title in ("Paint", "Pizza", "Gone")]
    client = signed_in(here.coordinator)
    move(client, here, "M.4", "M.2")
    changed = ResourcePage.objects.get(pk=pages[1].pk)
    changed.alignments.set([changed.alignments.model(item=here.items["M.6"])])
    changed.save_revision().publish()
    pages[2].delete()
    done = text(undo(client))
    assert "Undone. 1 resource is tied to its old standards again. 2 stay as they are" in done
    assert (codes(pages[0]), codes(pages[1])) == (["M.4"], ["M.6"])
    record = AlignmentMove.objects.get()
    assert (record.user, record.undone_by, record.state) == (here.coordinator, here.coordinator, State.UNDONE)
    assert "Undo this move" not in done
    assert "M.4 → M.2" in text(client.get("/admin/standards/moves/"))


def test_an_undo_twice_at_once_is_done_once(here: SimpleNamespace) -> None:
    page = lesson(here, "M.4")
    client = signed_in(here.coordinator)
    move(client, here, "M.4", "M.2")
    undo(client)
    move(client, here, "M.4", "M.6")
    first = AlignmentMove.objects.earliest("pk")
    client.post(f"/admin/standards/moves/{first.pk}/undo/")
    assert codes(page) == ["M.6"]


def test_an_undo_says_that_the_old_standard_is_gone(here: SimpleNamespace) -> None:
    page = lesson(here, "M.4")
    client = signed_in(here.coordinator)
    move(client, here, "M.4", "M.2")
    here.items["M.4"].delete()
    assert "Not undone. M.4 is not here any more" in text(undo(client))
    assert codes(page) == ["M.2"]


# -- a whole framework


def test_all_with_exactly_one_successor_move_together(here: SimpleNamespace) -> None:
    replaced(here.items["M.9"], here.items["M.6"])
    one, two, split = lesson(here, "M.4"), lesson(here, "M.9"), lesson(here, "M.5")
    theirs = lesson(here, "M.4", district=here.other)
    client = signed_in(here.coordinator)
    framework = text(client.get(f"/admin/standards/{here.framework.pk}/"))
    assert "3 resources are still tied to retired standards." in framework
    listed = text(client.get(list_of(here.framework)))
    assert "3 resources that you look after are tied to standards of this list (3)" in listed
    assert "Move what is tied to the 2 standards with exactly one successor" in listed
    asked = client.get(f"{list_of(here.framework)}move/")
    assert "Nothing has moved yet. 2 resources would be tied" in text(asked)
    assert "M.5" not in text(asked)
    seen = seen_in(asked)
    done = text(client.post(f"{list_of(here.framework)}move/", {"seen": seen}, follow=True))
    assert "Moved. 2 resources are now tied to what takes the place of their old standards." in done
    assert [codes(page) for page in (one, two, split, theirs)] == [["M.2"], ["M.6"], ["M.5"], ["M.4"]]
    again = client.post(f"{list_of(here.framework)}move/", {"seen": seen}, follow=True)
    assert "Nothing is left to move" in text(again)


def test_a_list_that_has_changed_since_it_was_seen_is_shown_again(here: SimpleNamespace) -> None:
    page = lesson(here, "M.4")
    client = signed_in(here.coordinator)
    asked = client.get(f"{list_of(here.framework)}move/")
    seen = seen_in(asked)
    replaced(here.items["M.9"], here.items["M.6"])
    lesson(here, "M.9")
    answer = client.post(f"{list_of(here.framework)}move/", {"seen": seen}, follow=True)
    assert "Something has changed since you opened this page" in text(answer)
    assert codes(page) == ["M.4"]


def test_a_list_asks_as_often_however_many_standards_and_resources_it_has(here: SimpleNamespace) -> None:
    client = signed_in(here.state_admin)
    numbers = []
    for count in (1, 5):
        for number in range(count):
            old = ItemFactory(framework=here.framework, retired_at=timezone.now())
            replaced(old, here.items["M.2"])
            resource(f"Lesson {count}.{number}", district=here.district, alignments=[{"item": old}])
        for url in (list_of(here.framework), f"{list_of(here.framework)}move/", address(here.items["M.4"])):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            numbers.append(len(queries))
    assert numbers[:3] == numbers[3:]


def test_many_move_in_the_background(
    here: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(moves, "AT_ONCE", 1)
    pages = [lesson(here, "M.4", title) for title in ("Paint", "Pizza")]
    client = signed_in(here.coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        waiting = text(move(client, here, "M.4", "M.2"))
    assert "You can leave this page: the work goes on." in waiting
    assert codes(pages[0]) == ["M.4"]
    record = AlignmentMove.objects.get()
    moves.move_now(record.pk)
    assert "Moved. 2 resources" in text(client.get(f"/admin/standards/moves/{record.pk}/"))
    with django_capture_on_commit_callbacks(execute=True):
        assert "Moving back" in text(undo(client))
    moves.undo_now(record.pk)
    assert [codes(page) for page in pages] == [["M.4"], ["M.4"]]


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
