"""Resources of retired standards move to those that take their place: what coordinators see, do and undo."""

from types import SimpleNamespace
from typing import Any

import lxml.html
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageLogEntry

from importers import moves
from importers.models import AlignmentMove
from repository.models import ResourcePage
from repository.services.drafts import save_draft
from search.models import OutboxEntry
from standards.models import Item
from tests.factories import (
    ItemFactory,
    LevelFactory,
    resource,
)
from tests.importers.moving import address, codes, lesson, list_of, move, replaced, seen_in, text, undo
from tests.repository.pages import signed_in

pytestmark = pytest.mark.django_db
State = AlignmentMove.State


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


def test_one_in_force_that_has_the_same_words_is_offered_and_not_ticked(here: SimpleNamespace) -> None:
    """A table without identifiers that gives a statement another code retires one and adds one."""
    lesson(here, "M.9")
    new = ItemFactory(framework=here.framework, human_coding_scheme="M.10", full_statement="What M.9 says.")
    asked = signed_in(here.coordinator).get(address(here.items["M.9"]))
    assert "Has the same words" in text(asked)
    html: Any = lxml.html.fromstring(asked.content)
    assert html.xpath(f"//input[@name='to'][@value='{new.pk}'][not(@checked)]")


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


def test_all_whose_words_one_other_has_now_move_together(here: SimpleNamespace) -> None:
    """As where a revision gives new codes and says nothing of the old ones."""

    def again(words: str, code: str, **fields: Any) -> Item:
        made = {"framework": here.framework, "full_statement": words, "human_coding_scheme": code, **fields}
        return ItemFactory(**made)

    tied = []
    for code in ("OLD.1", "OLD.2", "OLD.3"):
        old = again(f"Words of {code}", code, retired_at=timezone.now(), grades=["06"])
        tied.append(resource(f"Lesson {code}", district=here.district, alignments=[{"item": old}]))
    again("Words of OLD.1", "NEW.1", grades=["06"])
    again("Words of OLD.2", "NEW.2", grades=["07"])
    for code in ("NEW.3", "NEW.4"):
        again("Words of OLD.3", code, grades=["06"])
    client = signed_in(here.coordinator)
    listed = text(client.get(list_of(here.framework)))
    assert "Move what is tied to the 1 standard whose words another has now" in listed
    assert "Has the same words: NEW.1 Words of OLD.1" in listed
    assert listed.count("Has the same words") == 1
    url = f"{list_of(here.framework)}move-same/"
    asked = client.get(url)
    assert "Move to what has the same words" in text(asked)
    done = text(client.post(url, {"seen": seen_in(asked)}, follow=True))
    assert "Moved. 1 resource is now tied to NEW.1" in done
    assert [codes(page) for page in tied] == [["NEW.1"], ["OLD.2"], ["OLD.3"]]
    assert "Nothing is left to move" in text(client.get(url))
    undo(client)
    assert codes(tied[0]) == ["OLD.1"]


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
