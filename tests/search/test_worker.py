"""The worker: it follows by itself, through lost connections, errors that nobody thought of, and a lost index."""

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from search import indexes, outbox
from search.client import EngineDown, alias, client
from search.models import IndexTarget, OutboxEntry
from search.worker import Worker
from tests.factories import DistrictFactory, resource
from tests.search.asking import other_name, titles
from tests.waiting import until

pytestmark = [pytest.mark.engine]


@pytest.mark.django_db(transaction=True)
def test_what_is_published_is_searchable_without_anybody_doing_anything(index: str, worker: None) -> None:
    """How soon is measured in benchmarks/search."""
    district = DistrictFactory()
    resource("Warm-up", district=district)
    until(lambda: titles() == ["Warm-up"])
    resource("The lesson after it", district=district)
    until(lambda: "The lesson after it" in titles())


@pytest.mark.django_db(transaction=True)
def test_what_one_worker_is_held_up_with_does_not_hold_up_another(
    index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, held, go_on = outbox.write, threading.Event(), threading.Event()

    def held_up(*args: Any) -> dict[int, str]:
        held.set()
        go_on.wait(90)
        return write(*args)

    def work() -> None:
        outbox.process()
        connection.close()

    district = DistrictFactory()
    resource("Rivers of our state", district=district)
    monkeypatch.setattr(outbox, "write", held_up)
    first = threading.Thread(target=work)
    first.start()
    assert held.wait(90)
    monkeypatch.setattr(outbox, "write", write)
    resource("Warm-up", district=district)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        outbox.process()
    until(lambda: titles() == ["Warm-up"])
    go_on.set()
    first.join()
    until(lambda: titles() == ["Rivers of our state", "Warm-up"])


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_suspended_holds_up_nobody_for_long_and_overwrites_nothing_newer(
    index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that is stopped, or whose host is gone: it has read the page, and is heard of no more."""
    send, held, go_on, lost = outbox.send, threading.Event(), threading.Event(), []
    page = resource("Rivers of old")
    while outbox.process():
        pass

    def suspended(actions: Any) -> dict[int, str]:
        read = list(actions)
        held.set()
        go_on.wait(90)
        return send(read)

    def work() -> None:
        try:
            outbox.process()
        except DatabaseError as error:
            lost.append(error)
        finally:
            connection.close()

    def brought() -> bool:
        outbox.process()
        return not OutboxEntry.objects.exists()

    monkeypatch.setattr(outbox, "LONGEST_HOLD", 1.0)
    page.title = "Rivers of yesterday"
    page.save_revision().publish()
    monkeypatch.setattr(outbox, "send", suspended)
    first = threading.Thread(target=work)
    first.start()
    assert held.wait(90)
    monkeypatch.setattr(outbox, "send", send)
    monkeypatch.setattr(outbox, "LONGEST_HOLD", 60.0)
    page.title = "Rivers of today"
    page.save_revision().publish()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '30s'")
        until(brought)
    until(lambda: titles() == ["Rivers of today"])
    go_on.set()
    first.join()
    assert lost
    client().indices.refresh(index=index)
    assert titles() == ["Rivers of today"]


@pytest.mark.django_db(transaction=True)
def test_the_worker_outlives_a_lost_database_connection(index: str, worker: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    resource("After the storm")
    until(lambda: "After the storm" in titles())


@pytest.mark.django_db(transaction=True)
def test_the_worker_outlives_an_error_that_nobody_thought_of(
    index: str, worker: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And says where in the program it was."""
    process = outbox.process
    odd = iter([ValueError("odd")])

    def fails_once(**options: Any) -> int:
        if error := next(odd, None):
            raise error
        return process(**options)

    monkeypatch.setattr(outbox, "process", fails_once)
    resource("After the storm")
    until(lambda: "After the storm" in titles())
    assert "ValueError: odd" in caplog.text
    assert "in fails_once" in caplog.text


@pytest.mark.django_db
def test_a_worker_says_once_what_is_wrong_and_once_that_all_is_well_again(
    index: str, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker()
    for _ in range(2):
        worker._back_off("It hangs.")
    for _ in range(2):
        worker._step()
    assert caplog.text.count("It hangs.") == 1
    assert caplog.text.count("is being written again") == 1


@pytest.mark.django_db
def test_a_worker_looks_again_within_seconds_however_long_the_engine_was_away(index: str) -> None:
    worker = Worker()
    for _ in range(1000):
        worker._back_off("It does not answer.")
    assert 1 < worker.pause <= 5
    worker._step()
    assert worker.pause < 1


@pytest.mark.django_db
def test_a_worker_that_runs_through_a_release_says_that_it_is_the_older_one(
    index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker()
    worker._step()
    newer = IndexTarget.objects.create(name=other_name(index, "aaaaaa"), fingerprint="newer")
    indexes._create(newer.name)
    resource("Rivers")
    for _ in range(2):
        with pytest.raises(EngineDown, match="restart this worker"):
            worker._step()
    assert OutboxEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_lost_index_is_not_made_up_without_its_mapping(index: str) -> None:
    client().indices.delete(index=index)
    resource("Rivers")
    with pytest.raises(EngineDown, match="search_reindex"):
        outbox.process()
    assert OutboxEntry.objects.exists()
    assert not client().indices.exists(index=alias())
    indexes.rebuild()
    while outbox.process():
        pass
    assert titles() == ["Rivers"]
