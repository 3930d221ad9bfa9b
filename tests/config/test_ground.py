"""The ground itself holds: database, engine, browser and the closed door to the outside."""

import socket
from time import sleep
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from opensearchpy import OpenSearch
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer
from pytest_socket import SocketConnectBlockedError
from wagtail.models import Page as WagtailPage

from repository.models import ResourcePage
from tests import clean_tables
from tests.factories import resource
from tests.waiting import elsewhere, waits_after


@pytest.mark.django_db
def test_the_database_is_postgresql_and_folds_letters_of_any_language():
    with connection.cursor() as cursor:
        cursor.execute("SELECT upper('straße über'), current_setting('server_version_num')::int")
        folded, version = cursor.fetchone()
    assert folded == "STRASSE ÜBER" or folded == "STRAßE ÜBER"
    assert version >= 180000


@pytest.mark.engine
def test_the_engine_answers_and_takes_an_index_of_ours():
    with OpenSearch(settings.OPENSEARCH_URL) as client:
        name = f"{settings.OPENSEARCH_PREFIX}-ground"
        client.indices.create(index=name)
        client.index(index=name, body={"title": "Fraction strips"}, refresh=True)
        hits = client.search(index=name, body={"query": {"match": {"title": "fraction"}}})["hits"]
    assert hits["total"]["value"] == 1


@pytest.mark.browser
def test_the_browser_reads_the_site(page: Page, live_server: LiveServer):
    page.goto(f"{live_server.url}/healthz")
    assert page.get_by_text("alive").is_visible()


@pytest.mark.browser
def test_a_test_that_empties_the_tables_finds_the_rows_of_migrations_again(live_server: LiveServer):
    assert WagtailPage.objects.filter(depth=1).exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_test_and_a_thread_of_it_left_behind_hinders_no_later_test(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As when the cleaning up after it failed: what refers to them stood in the way of the rows of migrations."""
    monkeypatch.setattr(clean_tables, "LONGEST_WRITE", 1)
    resource("Left behind")
    left_behind = connection.copy()
    left_behind.set_autocommit(False)
    with left_behind.cursor() as cursor:
        cursor.execute("UPDATE wagtailcore_page SET title = 'Written by a thread that goes on'")
    rows = connection._test_serialized_contents  # type: ignore[attr-defined]
    connection.creation.deserialize_db_from_string(rows)
    assert not ResourcePage.objects.exists()
    assert WagtailPage.objects.get(depth=1).title == "Root"
    with pytest.raises(OperationalError):
        left_behind.commit()
    left_behind.close()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_meet_at_each_pass_of_a_check_and_nobody_waits_for_who_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    came: list[str] = []
    door = SimpleNamespace(check=came.append)
    waits_after(monkeypatch, (door, "check"))

    def comes(who: str, times: int, pause: float) -> None:
        for _ in range(times):
            sleep(pause)
            door.check(who)

    elsewhere(lambda: comes("quick", 4, 0.0), lambda: comes("slow", 3, 0.2))
    assert [sorted(came[n : n + 2]) for n in (0, 2, 4)] == [["quick", "slow"]] * 3
    assert came[6:] == ["quick"]


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_the_outside_cannot_be_reached():
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
