"""A move of many resources whose worker is killed: nothing of it is left, it is done again from its record, and search
agrees. With real processes."""

import signal
from collections import Counter
from collections.abc import Callable
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from wagtail.models import PageLogEntry, Revision

from importers import moves
from importers.models import AlignmentMove
from people.models import District
from repository.models import Alignment, ResourcePage
from repository.services.bulk import AlignmentData, ResourceData, create_resources
from repository.services.drafts import save_draft
from tests.factories import KindFactory, district_page
from tests.importers.moving import move, text, undo
from tests.importers.workers import go_on, until
from tests.repository.pages import signed_in
from tests.search.conftest import follow, index
from tests.waiting import until_let_go

__all__ = ["follow", "index"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
MANY = 1050  # more than are written at once, and than move while the coordinator waits


@pytest.fixture
def many(here: SimpleNamespace, follow: Callable[[], None]) -> SimpleNamespace:
    """Published resources that are tied to M.4, one of them with a later draft; all found by search."""
    district_page(here.district)
    fill(here.district, here.items["M.4"].pk)
    page = ResourcePage.objects.get(title="Lesson 7")
    save_draft(identifier=page.identifier, user=here.coordinator, change=retitle)
    follow()
    return here


def fill(district: District, item: int) -> None:
    kind = KindFactory().pk
    ties = (AlignmentData(item, "teaches"),)
    data = [ResourceData(title=f"Lesson {n}", kind_id=kind, alignments=ties) for n in range(MANY)]
    create_resources(district=district, resources=data)


def retitle(draft: ResourcePage) -> None:
    draft.title = "Lesson 7, second attempt"


def tied(here: SimpleNamespace) -> tuple[dict[str, int], dict[str, int]]:
    """How many are tied to which standard: what is live, and every version."""
    codes = {item.pk: code for code, item in here.items.items()}
    live = Counter(codes[key] for key in Alignment.objects.values_list("item", flat=True))
    contents = Revision.objects.values_list("content__alignments", flat=True)
    versions = Counter(codes[row["item"]] for rows in contents for row in rows or ())
    return dict(live), dict(versions)


def found(here: SimpleNamespace, code: str) -> int:
    """How many search finds at the standard itself."""
    answer = Client().get("/api/v1/resources", {"standard": f"MATH:{code}", "limit": "1"}).json()
    return int(answer["total"])


def check_search() -> str:
    out = StringIO()
    call_command("search_check", stdout=out)  # exits with 1 where anything differs
    return out.getvalue()


def kill(process: Any, stage: str) -> None:
    until(process, stage)
    process.send_signal(signal.SIGKILL)
    process.wait()
    until_let_go()


def record_page(client: Client, record: AlignmentMove) -> str:
    return text(client.get(f"/admin/standards/moves/{record.pk}/"))


def test_a_killed_move_leaves_nothing_and_is_done_again_from_its_record(
    many: SimpleNamespace, start: Any, follow: Callable[[], None]
) -> None:
    client = signed_in(many.coordinator)
    was = tied(many)
    assert was == ({"M.4": MANY}, {"M.4": MANY + 1})
    assert "Waiting" in text(move(client, many, "M.4", "M.2"))
    record = AlignmentMove.objects.get()
    kill(start(record, "Moving resources", "move_resources"), "Moving resources")
    assert tied(many) == was
    assert not PageLogEntry.objects.filter(action=moves.LOG_ACTION).exists()
    follow()
    assert "No differences." in check_search()
    assert found(many, "M.4") == MANY
    said = record_page(client, record)
    assert "Its process ended before it was done." in said
    assert "Undo this move" not in said
    assert f"{MANY:,} resources that you look after are still tied to it" in text(
        client.get(many.items["M.4"].get_absolute_url())
    )
    client.post(f"/admin/standards/moves/{record.pk}/again/")
    go_on(start(record, job="move_resources"))
    assert f"Moved. {MANY:,} resources are now tied to M.2" in record_page(client, record)
    assert tied(many) == ({"M.2": MANY}, {"M.2": MANY + 1})
    assert PageLogEntry.objects.filter(action=moves.LOG_ACTION).count() == MANY
    follow()
    assert "No differences." in check_search()
    assert (found(many, "M.4"), found(many, "M.2")) == (0, MANY)


def test_a_killed_undo_leaves_the_move_and_is_undone_again(
    many: SimpleNamespace, start: Any, follow: Callable[[], None]
) -> None:
    client = signed_in(many.coordinator)
    move(client, many, "M.4", "M.2")
    record = AlignmentMove.objects.get()
    go_on(start(record, job="move_resources"))
    undo(client)
    kill(start(record, "Moving resources back", "undo_move"), "Moving resources back")
    assert "Not undone. Its process ended before it was done." in record_page(client, record)
    assert tied(many) == ({"M.2": MANY}, {"M.2": MANY + 1})
    follow()
    assert "No differences." in check_search()
    undo(client)
    go_on(start(record, job="undo_move"))
    assert "Undone" in record_page(client, record)
    assert tied(many) == ({"M.4": MANY}, {"M.4": MANY + 1})
    follow()
    assert "No differences." in check_search()
    assert (found(many, "M.4"), found(many, "M.2")) == (MANY, 0)
