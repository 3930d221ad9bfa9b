"""The rows of the outbox: each done when every index has it, none lost, none holding up another."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from repository.models import ResourcePage
from repository.signals import resources_changed
from search import bulk, check, documents, health, indexes, outbox, reading, sources
from search.bulk import write_alias
from search.client import EngineDown, client
from search.documents import Written
from search.models import IndexTarget, OutboxEntry
from standards.models import Item, ItemAncestor
from standards.text import to_plain
from tests.factories import (
    ItemFactory,
    KindFactory,
    SubjectFactory,
    resource,
    topic,
)
from tests.search.asking import titles
from tests.search.proxy import Proxy

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
Follow = Callable[[], None]


def test_a_page_that_cannot_be_read_does_not_hold_up_those_read_with_it(
    lesson: ResourcePage, follow: Follow, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one whose standard has lost its place in the tree."""
    monkeypatch.setattr(check, "PAUSE", 0)
    ItemAncestor.objects.all().delete()
    lesson.save_revision().publish()
    for number in range(5):
        resource(f"Rivers {number}", district=lesson.district)
    follow()
    assert len(titles("q=rivers")) == 5
    assert {entry.page_id for entry in OutboxEntry.objects.all()} == {lesson.pk}
    assert "KeyError" in OutboxEntry.objects.all()[0].last_error
    (found,) = check.compare(index).differences
    assert str(found).startswith(f"unreadable: Mixing paint (page {lesson.pk}): KeyError")


def test_what_is_published_before_the_first_index_waits_and_the_worker_says_what_to_do(engine: str) -> None:
    resource("Rivers")
    with pytest.raises(EngineDown, match="search_reindex"):
        outbox.process()
    assert OutboxEntry.objects.exists()


def test_a_query_that_takes_too_long_is_tried_with_fewer_pages(
    lesson: ResourcePage, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database may cut queries off (`statement_timeout`)."""
    load = sources.load

    def slow(page_ids: list[int], shared: object) -> object:
        if len(page_ids) > 2:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 20")
                cursor.execute("SELECT pg_sleep(10)")
        return load(page_ids)

    monkeypatch.setattr(reading, "load", slow)
    for number in range(5):
        resource(f"Rivers {number}", district=lesson.district)
    follow()
    assert len(titles("q=rivers")) == 5
    assert not OutboxEntry.objects.exists()


def test_a_query_that_the_database_gives_up_is_no_fault_of_the_page(
    lesson: ResourcePage, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gives_up(page_ids: list[int], shared: object) -> object:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(reading, "load", gives_up)
    lesson.save_revision().publish()
    with pytest.raises(OperationalError, match="deadlock"):
        outbox.process()
    assert set(OutboxEntry.objects.values_list("page_id", "attempts")) == {(lesson.pk, 0)}


def test_bulk_services_tell_which_pages_they_changed(lesson: ResourcePage, follow: Follow) -> None:
    ResourcePage.objects.filter(pk=lesson.pk).update(summary="Turquoise")
    resources_changed.send(sender=None, page_ids=[lesson.pk])
    follow()
    assert titles("q=turquoise") == ["Mixing paint"]


def test_a_change_that_is_rolled_back_leaves_nothing_to_do(lesson: ResourcePage) -> None:
    class Stop(Exception):
        pass

    def change() -> None:
        with transaction.atomic():
            lesson.unpublish()
            assert OutboxEntry.objects.exists()
            raise Stop

    with pytest.raises(Stop):
        change()
    assert not OutboxEntry.objects.exists()


def test_an_older_document_never_overwrites_a_newer_one(
    lesson: ResourcePage, follow: Follow, index: str
) -> None:
    """A worker that was held up after it had read writes last, and is refused."""
    held_up = client().get(index=index, id=str(lesson.pk))["_source"]
    lesson.title = "Mixing colors"
    lesson.save_revision().publish()
    follow()
    late = {
        "_index": write_alias(index),
        "_id": str(lesson.pk),
        "version": 1,
        "version_type": "external_gte",
    }
    client().bulk(body=[{"index": late}, held_up], params={"refresh": "true"})
    assert titles() == ["Mixing colors"]
    lesson.delete()
    follow()
    client().bulk(body=[{"index": late}, held_up], params={"refresh": "true"})
    assert titles() == []


def test_a_worker_held_up_between_reading_and_writing_overwrites_nothing_newer(
    lesson: ResourcePage, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = outbox.documents

    def another_reads_and_writes_meanwhile(page_ids: list[int]) -> object:
        found = read(page_ids)
        monkeypatch.setattr(outbox, "documents", read)
        lesson.title = "Mixing colors"
        lesson.save_revision().publish()
        outbox.write([lesson.pk], [index])
        return found

    monkeypatch.setattr(outbox, "documents", another_reads_and_writes_meanwhile)
    outbox.write([lesson.pk], [index])
    client().indices.refresh(index=index)
    assert titles() == ["Mixing colors"]


def test_one_document_that_cannot_be_made_does_not_hold_up_others(
    lesson: ResourcePage, follow: Follow, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = documents.build

    def fails(source):
        if source.title == "Mixing paint":
            raise ValueError("odd")
        return build(source)

    monkeypatch.setattr(reading, "build", fails)
    monkeypatch.setattr(check, "PAUSE", 0)
    lesson.summary = "Cyan"
    lesson.save_revision().publish()
    resource("Rivers", district=lesson.district)
    follow()
    assert titles("q=rivers") == ["Rivers"]
    (entry, *_others) = OutboxEntry.objects.all()
    assert entry.page_id == lesson.pk
    assert "odd" in entry.last_error
    assert entry.due_at > timezone.now()
    # What was refused is a difference that the worker does not promise to mend.
    (unreadable,) = check.compare(index).differences
    assert not unreadable.waiting
    assert str(unreadable) == f"unreadable: Mixing paint (page {lesson.pk}): ValueError: odd"
    monkeypatch.setattr(reading, "build", build)
    assert [(one.kind, one.waiting) for one in check.compare(index).differences] == [("stale", False)]


def test_one_page_whose_words_cannot_be_read_does_not_hold_up_others(
    lesson: ResourcePage, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(text: str) -> str:
        if text == "Cyan":
            raise RecursionError("odd")
        return to_plain(text)

    monkeypatch.setattr(documents, "to_plain", fails)
    lesson.body = [("text", {"heading": "", "text": "Cyan"})]
    lesson.save_revision().publish()
    resource("Rivers", district=lesson.district)
    follow()
    assert titles("q=rivers") == ["Rivers"]
    assert {entry.page_id: entry.last_error for entry in OutboxEntry.objects.all()} == {
        lesson.pk: "RecursionError: odd"
    }


def test_a_number_too_large_for_json_does_not_hold_up_others(lesson: ResourcePage, follow: Follow) -> None:
    """No form takes it; a program that writes past them may."""
    steps = [{"type": "step", "value": {"text": "Cyan", "minutes": 10**20}, "id": "1"}]
    lesson.body = steps
    lesson.save()
    resource("Rivers", district=lesson.district)
    follow()
    assert titles() == ["Mixing paint", "Rivers"]
    assert titles("q=cyan") == ["Mixing paint"]


def test_the_check_tells_of_a_resource_that_was_never_readable(index: str, monkeypatch) -> None:
    page = resource("Rivers")

    def odd(source: Any) -> None:
        raise ValueError("odd")

    monkeypatch.setattr(reading, "build", odd)
    report = check.compare(index)
    assert [str(one) for one in report.differences] == [
        f"unreadable: Rivers (page {page.pk}): ValueError: odd"
    ]
    assert (report.database, report.index) == (1, 0)


def test_what_the_engine_refuses_is_kept_with_its_reason(
    lesson: ResourcePage, index: str, monkeypatch
) -> None:
    build = documents.build
    monkeypatch.setattr(reading, "build", lambda source: {**build(source), "unheard_of": 1})
    lesson.save_revision().publish()
    outbox.process()
    entries = list(OutboxEntry.objects.all())
    assert entries
    assert all("unheard_of" in entry.last_error for entry in entries)
    OutboxEntry.objects.update(attempts=1000, due_at=timezone.now())
    outbox.process()
    wait = max(entry.due_at for entry in OutboxEntry.objects.all()) - timezone.now()
    assert wait <= timedelta(minutes=10), "docs/operating.md says so"


def test_what_a_busy_engine_does_not_take_is_no_fault_of_the_document(
    lesson: ResourcePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson.save_revision().publish()
    busy = {"type": "rejected_execution_exception", "reason": "the queue is full"}

    def refused(*arguments: Any, **options: Any) -> list[Any]:
        return [(False, {"index": {"_index": "x", "_id": str(lesson.pk), "status": 429, "error": busy}})]

    monkeypatch.setattr(bulk, "streaming_bulk", refused)
    with pytest.raises(EngineDown, match="the queue is full"):
        outbox.process()
    assert {row.attempts for row in OutboxEntry.objects.all()} == {0}


def test_a_document_over_which_the_engine_stumbles_holds_up_nobody_elses(
    proxy: Proxy, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it does where one makes a mistake in its program tell (500): until now all changes waited for it."""
    build, odd = documents.build, {"Poison": {"unheard_of": 1}}
    monkeypatch.setattr(reading, "build", lambda source: build(source) | odd.get(source.title, {}))
    proxy.rewrites = {b'"status":400': b'"status":500'}
    poison = resource("Poison")
    with pytest.raises(EngineDown, match="unheard_of"):
        outbox.process()  # alone it tells nobody whose fault it is
    resource("Lakes of our state", district=poison.district)
    outbox.process()
    client().indices.refresh(index=indexes.alias())
    assert titles("q=lakes") == ["Lakes of our state"]
    [left] = OutboxEntry.objects.values("page_id", "attempts").distinct()
    assert left == {"page_id": poison.pk, "attempts": 1}
    assert "unheard_of" in OutboxEntry.objects.all()[0].last_error


def test_an_engine_that_is_away_is_no_fault_of_the_document(
    lesson: ResourcePage, follow: Follow, settings: Any
) -> None:
    """What waited for it is tried as soon as it is back, and not ever more rarely."""
    direct = settings.OPENSEARCH_URL
    lesson.title = "Mixing colors"
    lesson.save_revision().publish()
    settings.OPENSEARCH_URL = "http://127.0.0.1:1"
    with pytest.raises(EngineDown, match="does not answer"):
        outbox.process()
    assert not health.status().refused
    settings.OPENSEARCH_URL = direct
    follow()
    assert titles() == ["Mixing colors"]


def test_what_a_gate_before_the_engine_does_not_let_through_is_kept_with_its_reason(
    lesson: ResourcePage, follow: Follow, settings: Any
) -> None:
    """It answers with a page of its own, such as one that says that the request is too large."""
    lesson.save_revision().publish()
    direct = settings.OPENSEARCH_URL
    gate = Proxy(urlsplit(direct).port or 80)
    gate.rewrites = {b"HTTP/1.1 200 OK": b"HTTP/1.1 413 NO", b"application/json": b"text/html; odd=1"}
    settings.OPENSEARCH_URL = gate.url
    assert outbox.process() > 0
    gate.close()
    settings.OPENSEARCH_URL = direct
    assert "refuses" in health.status().problem
    assert {entry.last_error[:4] for entry in OutboxEntry.objects.all()} == {"413:"}


@pytest.mark.parametrize(("manner", "said"), [("largest", "is too large"), ("cuts_off", "does not reach")])
def test_what_is_too_large_for_one_request_goes_in_several(
    lesson: ResourcePage, follow: Follow, settings: Any, manner: str, said: str
) -> None:
    """And one resource that is too large by itself is named, and stops nobody else's. A gate says so, or hangs up."""

    def page(title: str, words: int) -> ResourcePage:
        text = "<p>" + "banks " * words + "</p>"
        return resource(title, district=lesson.district, body=[("text", {"heading": "", "text": text})])

    pages = [page(f"Rivers {number}", 4000) for number in range(6)]
    pages.insert(4, page("The longest river", 40000))
    *others, longest = sorted(len(document_of(page).json.encode()) for page in pages)
    limit = 2 * max(others) + 1000
    assert limit < sum(others)
    assert limit < longest
    direct = settings.OPENSEARCH_URL
    gate = Proxy(urlsplit(direct).port or 80)
    setattr(gate, manner, limit)
    settings.OPENSEARCH_URL = gate.url
    assert outbox.process() > 0
    with pytest.raises(indexes.RebuildFailed, match=rf"“The longest river”.* {said}"):
        indexes.rebuild()
    gate.close()
    settings.OPENSEARCH_URL = direct
    client().indices.refresh(index=settings.OPENSEARCH_PREFIX)
    assert titles() == ["Mixing paint", *(f"Rivers {number}" for number in range(6))]
    left = OutboxEntry.objects.filter(attempts__gt=0)
    assert {one.page_id for one in left} == {pages[4].pk}
    assert f"{longest:,} bytes {said}" in left[0].last_error


def document_of(page: ResourcePage) -> Written:
    built, _ = outbox.documents([page.pk])
    return built[page.pk]


def test_a_row_is_done_only_when_every_target_took_it(lesson: ResourcePage, index: str) -> None:
    target = IndexTarget.objects.create(name=f"{index[:-6]}ffffff")
    lesson.save_revision().publish()
    with pytest.raises(EngineDown, match="ffffff"):
        outbox.process()
    assert OutboxEntry.objects.exists()
    target.delete()
    while outbox.process():
        pass
    assert not OutboxEntry.objects.exists()


def test_what_a_teacher_publishes_does_not_wait_behind_an_import(lesson: ResourcePage, index: str) -> None:
    imported = [resource(f"Rivers {number}", district=lesson.district).pk for number in range(3)]
    outbox.enqueue(range(10**9, 10**9 + 2500))
    outbox.enqueue(imported)
    outbox.enqueue(range(2 * 10**9, 2 * 10**9 + 2500))
    lesson.title = "Mixing colors"
    lesson.save_revision().publish()
    outbox.process()
    client().indices.refresh(index=index)
    assert titles("q=mixing") == ["Mixing colors"]
    rounds = 0
    while outbox.process():
        rounds += 1
    assert not OutboxEntry.objects.exists()
    assert rounds <= 5200 // outbox.BATCH  # as many in all as without the newest
    client().indices.refresh(index=index)
    assert len(titles("q=rivers")) == 3


def test_a_batch_is_read_in_the_same_number_of_queries_whatever_its_size(
    lesson: ResourcePage, index: str, django_assert_num_queries
) -> None:
    from search.sources import load

    with django_assert_num_queries(11):
        load([lesson.pk])
    pages = [lesson.pk] + [
        resource(
            f"Lesson {n}",
            district=lesson.district,
            kind=KindFactory(),
            subjects=[SubjectFactory(slug=f"s{n}")],
            tags=[f"t{n}"],
            topics=[topic(f"Topic {n}")],
            alignments=[{"item": ItemFactory(under=Item.objects.get(human_coding_scheme="6.RP"))}],
        ).pk
        for n in range(3)
    ]
    with django_assert_num_queries(11):
        assert len(load(pages)) == 4
