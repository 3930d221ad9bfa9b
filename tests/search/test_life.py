"""The index's life: rebuilt while edits go on, checked, and followed by a worker through failures of the engine."""

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import QueryDict
from opensearchpy.exceptions import ConnectionError as EngineConnectionError

from repository.audience import user_tokens
from repository.models import ResourcePage
from search import bulk, check, documents, filling, indexes, outbox, reading
from search.client import EngineDown, client
from search.find import find
from search.models import IndexTarget, OutboxEntry
from search.request import parse
from tests.factories import DistrictFactory, resource, topic
from tests.search.asking import other_name
from tests.search.proxy import Proxy
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.engine]


def titles(query: str = "") -> list[str]:
    request, _complaints = parse(QueryDict(query + "&limit=100"))
    return sorted(hit.title for hit in find(request, user_tokens(AnonymousUser())).hits)


@pytest.mark.django_db
def test_a_rebuild_replaces_the_index_and_leaves_no_other(index: str, follow: Callable[[], None]) -> None:
    resource("Rivers")
    follow()
    call_command("search_reindex", verbosity=0)
    after = indexes.current()
    assert after != index
    assert titles() == ["Rivers"]
    assert not client().indices.exists(index=index)
    assert list(IndexTarget.objects.values_list("name", flat=True)) == [after]


@pytest.mark.django_db
def test_the_first_index_of_a_site_is_built_without_an_alarm(
    engine: str, caplog: pytest.LogCaptureFixture
) -> None:
    indexes.rebuild()
    indexes.remove_leftovers(None)
    assert [record.getMessage() for record in caplog.records if record.levelname != "INFO"] == []


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_meets_versions_of_one_lesson_that_no_worker_has_seen(engine: str) -> None:
    """As after an import, before the first index: outside of any transaction."""
    district = DistrictFactory()
    words = "Compare rivers and lakes of our state, and explain where the water goes and why it matters"
    for _ in range(3):
        resource("Rivers and lakes", district=district, summary=words)
    assert check.compare(indexes.rebuild()).differences == ()


@pytest.mark.django_db
def test_a_rebuild_that_fails_changes_nothing(
    index: str, follow: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = resource("Rivers")
    follow()
    build = documents.build
    monkeypatch.setattr(reading, "build", lambda source: {**build(source), "unheard_of": 1})
    with pytest.raises(CommandError, match="unheard_of"):
        call_command("search_reindex", verbosity=0)
    monkeypatch.undo()
    assert indexes.current() == index
    assert titles() == ["Rivers"]
    assert list(IndexTarget.objects.values_list("name", flat=True)) == [index]
    page.title = "Lakes"
    page.save_revision().publish()
    follow()
    assert titles() == ["Lakes"]


@pytest.mark.django_db
def test_a_rebuild_says_of_which_resource_no_document_can_be_made_and_what_to_do(
    index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource("Rivers")

    def odd(source: Any) -> None:
        raise ValueError("odd")

    monkeypatch.setattr(reading, "build", odd)
    with pytest.raises(
        CommandError, match=r"such as that of “Rivers” \(page \d+\): ValueError: odd What to do: docs/"
    ):
        call_command("search_reindex", verbosity=0)


@pytest.mark.django_db
def test_a_rebuild_that_somebody_ends_no_longer_waits_for_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    resource("Rivers")
    tried: list[object] = []

    def away(actions: Any, **options: Any) -> None:
        tried.append(actions)
        raise EngineDown("away")

    def ended(line: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(filling, "send", away)
    monkeypatch.setattr(filling, "PATIENCE", 5.0)
    with pytest.raises(KeyboardInterrupt):
        filling.fill("nowhere", ended)
    assert len(tried) <= 2


@pytest.mark.django_db
def test_an_index_that_differs_from_the_database_is_not_promoted(
    index: str, follow: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    resource("Rivers")
    resource("Lakes")
    follow()
    monkeypatch.setattr(check, "PAUSE", 0)
    send = bulk.send
    monkeypatch.setattr(filling, "send", lambda actions, **options: send(actions[1:], **options))
    with pytest.raises(CommandError, match="differs from the database in 1 resources"):
        call_command("search_reindex", verbosity=0)
    assert indexes.current() == index


@pytest.mark.django_db
def test_what_was_published_during_a_rebuild_and_nobody_told_of_is_a_difference(
    index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = resource("Rivers", live=False)
    OutboxEntry.objects.all().delete()

    def fill_and_publish(name: str, say: Callable[[str], None]) -> dict[int, str]:
        checksums = filling.fill(name, say)
        ResourcePage.objects.filter(pk=page.pk).update(live=True)
        return checksums

    monkeypatch.setattr(indexes, "fill", fill_and_publish)
    monkeypatch.setattr(check, "PAUSE", 0)
    with pytest.raises(CommandError, match="in 1 resources, such as missing: Rivers"):
        call_command("search_reindex", verbosity=0)


@pytest.mark.django_db
def test_the_next_rebuild_clears_up_after_one_that_was_killed(index: str) -> None:
    """Whenever it was killed. And touches no index that this deployment has not registered, whatever its name."""
    stranger = f"{settings.OPENSEARCH_PREFIX}-20200101000000-abcdef"
    client().indices.create(index=stranger)
    filled, planned, retired = (other_name(index, word) for word in ("aaaaaa", "bbbbbb", "cccccc"))
    for name in (filled, retired):
        indexes._create(name)
    IndexTarget.objects.create(name=filled)
    for name in (planned, retired):
        IndexTarget.objects.create(name=name, takes_writes=False)
    call_command("search_reindex", verbosity=0)
    left = client().indices.get(index=f"{settings.OPENSEARCH_PREFIX}-*")
    assert set(left) == {indexes.current(), stranger}
    assert [target.name for target in IndexTarget.objects.all()] == [indexes.current()]


@pytest.mark.django_db(transaction=True)
def test_a_worker_removes_what_a_killed_rebuild_left(index: str, worker: None) -> None:
    """Even where someone removed the index by hand: else every change would wait for it. And is in no rebuild's way."""
    IndexTarget.objects.create(name=other_name(index, "aaaaaa"))
    resource("Rivers")
    until(lambda: titles() == ["Rivers"])
    assert [target.name for target in IndexTarget.objects.all()] == [index]
    call_command("search_reindex", verbosity=0)
    assert titles() == ["Rivers"]


@pytest.mark.django_db
def test_an_index_whose_removal_was_not_heard_of_is_not_waited_for(
    index: str, follow: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = client().indices.delete

    def goes_away(**arguments: Any) -> None:
        delete(**arguments)
        raise EngineConnectionError("N/A", "reset", OSError("reset"))

    monkeypatch.setattr(client().indices, "delete", goes_away)
    call_command("search_reindex", verbosity=0)
    monkeypatch.undo()
    resource("Rivers")
    follow()
    assert titles() == ["Rivers"]


@pytest.mark.django_db
def test_an_index_that_is_only_planned_is_not_waited_for(index: str, follow: Callable[[], None]) -> None:
    IndexTarget.objects.create(name=other_name(index, "aaaaaa"), takes_writes=False)
    resource("Rivers")
    follow()
    assert titles() == ["Rivers"]


@pytest.mark.django_db
@pytest.mark.parametrize("swapped", [False, True])
def test_an_engine_that_goes_away_at_promotion_leaves_both_indexes_followed(
    index: str, follow: Callable[[], None], monkeypatch: pytest.MonkeyPatch, swapped: bool
) -> None:
    """Whether it swapped the alias before it went, nobody can know."""
    update_aliases = client().indices.update_aliases

    def goes_away(**arguments: Any) -> None:
        if swapped:
            update_aliases(**arguments)
        raise EngineConnectionError("N/A", "reset", OSError("reset"))

    monkeypatch.setattr(client().indices, "update_aliases", goes_away)
    with pytest.raises(CommandError, match="while test-"):
        call_command("search_reindex", verbosity=0)
    monkeypatch.undo()
    assert (indexes.current() == index) is not swapped
    resource("Rivers")
    follow()
    assert titles() == ["Rivers"]
    indexes.tidy()
    assert [target.name for target in IndexTarget.objects.all()] == [indexes.current()]
    assert titles() == ["Rivers"]


@pytest.mark.django_db
@pytest.mark.parametrize("then", [indexes.tidy, indexes.rebuild])
def test_a_promotion_that_comes_in_late_leaves_an_index_in_use(
    index: str,
    follow: Callable[[], None],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    then: Callable[[], Any],
) -> None:
    """The engine swaps the alias when nobody waits for it any more: between a look at it and a removal."""
    resource("Rivers")
    follow()
    direct = settings.OPENSEARCH_URL
    way = Proxy(urlsplit(direct).port or 80)
    way.late = b"POST /_aliases"
    settings.OPENSEARCH_URL = way.url
    monkeypatch.setattr(indexes, "WRITE_TIMEOUT", 3)
    with pytest.raises(indexes.RebuildFailed, match="went away"):
        indexes.rebuild()
    assert indexes.current() == index
    then()
    way.close()
    settings.OPENSEARCH_URL = direct
    assert titles() == ["Rivers"]
    resource("Lakes")
    follow()
    indexes.tidy()
    assert titles() == ["Lakes", "Rivers"]
    assert [target.name for target in IndexTarget.objects.all()] == [indexes.current()]
    assert list(client().indices.get(index=f"{settings.OPENSEARCH_PREFIX}-*")) == [indexes.current()]


@pytest.mark.django_db(transaction=True)
def test_only_one_rebuild_runs_at_a_time_and_a_worker_leaves_its_index_alone(index: str) -> None:
    being_filled = other_name(index, "aaaaaa")
    indexes._create(being_filled)
    IndexTarget.objects.create(name=being_filled)
    said: list[str] = []

    def second() -> None:
        try:
            indexes.tidy()
            indexes.rebuild(said.append)
        except indexes.RebuildFailed as error:
            said.append(str(error))
        finally:
            connection.close()

    with indexes._alone():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(PATIENCE)
    assert said == ["Another rebuild is running. Wait for it to end."]
    assert client().indices.exists(index=being_filled)
    indexes.tidy()
    assert not client().indices.exists(index=being_filled)


@pytest.mark.django_db
def test_a_rebuild_that_somebody_ends_takes_its_index_along(
    index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(*arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(indexes, "fill", ended)
    with pytest.raises(KeyboardInterrupt):
        indexes.rebuild()
    assert list(client().indices.get(index=f"{settings.OPENSEARCH_PREFIX}-*")) == [index]
    assert [target.name for target in IndexTarget.objects.all()] == [index]


@pytest.mark.django_db(transaction=True)
def test_edits_made_during_a_rebuild_are_in_the_new_index(
    index: str, worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each batch that the rebuild reads, and after it, something is published, renamed, unpublished or deleted."""
    district = DistrictFactory()
    pages = [resource(f"Lesson {n:02}", district=district) for n in range(12)]
    monkeypatch.setattr(filling, "BATCH", 2)
    read = outbox.documents
    turn = iter(range(100))

    def edit() -> None:
        number = next(turn)
        page = ResourcePage.objects.get(pk=pages[number % 12].pk) if number < 12 else None
        if page is None:
            return
        if number % 3 == 0:
            page.delete()
        elif number % 3 == 1:
            page.title = f"Renamed {number:02}"
            page.save_revision().publish()
        else:
            page.unpublish()
        resource(f"New {number:02}", district=district)

    def read_between_edits(page_ids: Any, shared: Any) -> Any:
        edit()
        found = read(page_ids, shared)
        edit()
        return found

    monkeypatch.setattr(filling, "documents", read_between_edits)
    name = indexes.rebuild()
    monkeypatch.undo()
    until(lambda: not OutboxEntry.objects.exists())
    report = check.compare(name)
    assert report.differences == ()
    assert report.database == ResourcePage.objects.filter(live=True).count() > 12
    client().indices.refresh(index=name)
    assert titles() == sorted(ResourcePage.objects.filter(live=True).values_list("title", flat=True))


@pytest.mark.django_db
def test_a_topic_added_during_a_rebuild_leaves_every_resource_with_its_own_topics(
    index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It moves the topics after it to other places in the tree, between one batch and the next."""
    names = ("Biology", "Chemistry", "Physics")
    topics = {name: topic(name) for name in names}
    for number in range(4):
        for name in names:
            resource(f"{name} {number}", topics=[topics[name]])
    OutboxEntry.objects.all().delete()  # only the rebuild writes
    monkeypatch.setattr(filling, "BATCH", 3)
    read = outbox.documents
    added = iter(["Algebra", "Botany"])

    def read_and_add(page_ids: Any, shared: Any) -> Any:
        found = read(page_ids, shared)
        if name := next(added, ""):
            new = topic(name)
            resource(f"{name} 0", topics=[new])
        return found

    monkeypatch.setattr(filling, "documents", read_and_add)
    indexes.rebuild()
    for name in names:
        assert titles(f"topic={name.lower()}") == [f"{name} {number}" for number in range(4)]
