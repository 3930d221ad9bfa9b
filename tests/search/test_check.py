"""What the check and whoever starts on an index say of it."""

import json
import signal
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from repository.models import ResourcePage
from search import check, health, mapping, reading
from search.client import client
from search.models import OutboxEntry
from search.sources import ResourceSource
from standards.models import ItemAncestor
from tests.factories import DistrictFactory, ItemFactory, resource

pytestmark = [pytest.mark.engine]


@pytest.mark.django_db
def test_the_check_finds_every_kind_of_difference(index: str, follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    names = ("Missing", "Stale", "Fine", "Ghost", "Taken back")
    pages = {title: resource(title, district=district) for title in names}
    follow()
    pages["Taken back"].unpublish()
    follow()
    out = StringIO()
    call_command("search_check", stdout=out)
    assert "No differences" in out.getvalue()

    client().delete(index=index, id=str(pages["Missing"].pk))
    changed = {"doc": {"title": "Other words", "checksum": "x"}}
    client().update(index=index, id=str(pages["Stale"].pk), body=changed, params={"refresh": "true"})
    ResourcePage.objects.filter(pk=pages["Ghost"].pk).update(live=False)
    resource("Waiting", district=district)
    # What was refused once is not mended by what came later for the same page.
    OutboxEntry.objects.bulk_create(
        OutboxEntry(page_id=pages["Stale"].pk, attempts=number) for number in (1, 0)
    )
    out = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("search_check", "--json", "--wait", "0.1", stdout=out)
    assert exit_.value.code == 1
    report = json.loads(out.getvalue())
    assert {(one["kind"], one["page_id"], one["waiting"]) for one in report["differences"]} == {
        ("missing", pages["Missing"].pk, False),
        ("stale", pages["Stale"].pk, False),
        ("ghost", pages["Ghost"].pk, False),
        ("missing", ResourcePage.objects.get(title="Waiting").pk, True),
    }
    assert (report["database"], report["index"]) == (4, 3)
    assert report["outbox"] == OutboxEntry.objects.count() > 2


@pytest.mark.django_db
def test_documents_of_a_former_version_are_compared_by_their_names(
    index: str, follow: Callable[[], None]
) -> None:
    page = resource("Rivers")
    follow()
    former = client().get(index=index, id=str(page.pk))["_source"]
    del former["page"]
    for key in (page.pk, 999_999):
        client().index(index=index, id=str(key), body=former, params={"refresh": "true"})
    found = check.compare(index)
    assert (found.database, found.index) == (1, 2)
    assert [(one.kind, one.page_id) for one in found.differences] == [("ghost", 999_999)]


@pytest.mark.django_db
def test_what_the_worker_brings_while_the_check_looks_is_no_difference(
    index: str, follow: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    resource("Rivers")
    monkeypatch.setattr(check, "time", SimpleNamespace(sleep=lambda seconds: follow()))
    out = StringIO()
    call_command("search_check", "--wait", "0", stdout=out)
    assert "No differences" in out.getvalue()


@pytest.mark.django_db
def test_while_many_wait_for_the_worker_no_document_is_made_of_what_is_plainly_missing(
    index: str, follow: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    district = DistrictFactory()
    changed = resource("Rivers", district=district)
    follow()
    changed.title = "Rivers and lakes"
    changed.save_revision().publish()
    for number in range(3):
        resource(f"Lesson {number}", district=district)
    made: list[int] = []

    def build_each(sources: Iterable[ResourceSource]) -> Any:
        listed = list(sources)
        made.extend(source.pk for source in listed)
        return reading.build_each(listed)

    monkeypatch.setattr(check, "build_each", build_each)
    monkeypatch.setattr(check, "PAUSE", 0)
    monkeypatch.setattr(check, "MANY", 2)
    report = check.compare(index)
    assert [(one.kind, one.title, one.waiting) for one in report.differences] == [
        ("stale", "Rivers and lakes", True),
        *(("missing", f"Lesson {number}", True) for number in range(3)),
    ]
    assert (report.database, report.index) == (4, 1)
    assert made == [changed.pk] * 2  # to compare it, and to be sure
    follow()
    assert check.compare(index).differences == ()


@pytest.mark.django_db
def test_the_check_says_when_the_mapping_is_an_older_one(index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "DOCUMENT_VERSION", 999)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("search_check", stdout=out)
    assert "search_reindex" in out.getvalue()
    assert "search_reindex" in health.status().problem
    stop = threading.Event()
    stop.set()
    monkeypatch.setattr(signal, "signal", lambda *handler: None)
    monkeypatch.setattr("search.management.commands.search_worker.Event", lambda: stop)
    errors = StringIO()
    call_command("search_worker", stdout=StringIO(), stderr=errors)
    assert "another mapping: run `manage.py search_reindex`" in errors.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_web_process_that_starts_says_in_its_log_what_to_run(
    index: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    health.log_problem()
    assert "Search:" not in caplog.text
    monkeypatch.setattr(mapping, "DOCUMENT_VERSION", 999)
    health.log_problem()
    assert "another mapping: run `manage.py search_reindex`" in caplog.text


@pytest.mark.django_db
def test_changes_that_nobody_brings_to_the_index_are_told_of(index: str) -> None:
    resource("Rivers")
    assert health.status().ok
    OutboxEntry.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    problem = health.status().problem
    assert "the oldest for 12" in problem
    assert "is `manage.py search_worker` running?" in problem


@pytest.mark.django_db
def test_without_an_index_commands_say_what_to_run(engine: str) -> None:
    with pytest.raises(CommandError, match="search_reindex"):
        call_command("search_check")
    assert not health.status().engine


@pytest.mark.django_db
def test_a_standard_below_two_others_makes_the_same_document_however_the_database_gives_them(
    index: str, follow: Callable[[], None]
) -> None:
    """Their order was whatever the database happened to read first: another one among other pages, or after a restore."""
    with connection.cursor() as cursor:  # so that it reads rows as they lie
        cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
    welding, safety = ItemFactory(full_statement="Welding"), ItemFactory(full_statement="Safety")
    joints = ItemFactory(under=welding)
    ItemAncestor.objects.create(ancestor=safety, descendant=joints, depth=1)
    resource("Weld safely", alignments=[{"item": joints, "relation": "teaches"}])
    follow()
    for first in (welding, safety):
        row = ItemAncestor.objects.get(descendant=joints, ancestor=first)
        row.delete()
        ItemAncestor.objects.create(ancestor=first, descendant=joints, depth=1)
        out = StringIO()
        call_command("search_check", stdout=out)
        assert "No differences" in out.getvalue()
