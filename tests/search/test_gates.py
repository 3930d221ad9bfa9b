"""What stands between the site and its engine: gates with pages of their own, firewalls, names, and hosts that are off."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from repository.models import ResourcePage
from search import breaker, cursors, health, outbox
from search import client as way
from search.models import OutboxEntry
from tests.factories import resource
from tests.search.asking import search, titles
from tests.search.proxy import Proxy, answer_of, page_of_a_gate

pytestmark = [pytest.mark.engine, pytest.mark.django_db]

EVERYTHING: dict[str, Any] = {"query": {"match_all": {}}}
PAGES = [
    "200 OK",
    "302 Found",
    "400 The plain HTTP request was sent to HTTPS port",
    "401 Unauthorized",
    "403 Forbidden",
    "404 Not Found",
    "405 Method Not Allowed",
    "429 Too Many Requests",
    "502 Bad Gateway",
]


@pytest.mark.parametrize("status", PAGES)
def test_a_page_that_a_gate_answers_with_is_no_answer_and_nobodys_fault(
    proxy: Proxy, client: Client, follow: Callable[[], None], status: str
) -> None:
    proxy.page = page_of_a_gate(status, "<p>odd</p>" * 1000)
    assert "Search is resting" in client.get("/search/?q=rivers").content.decode()
    assert client.get("/api/v1/resources?q=rivers").status_code == 503
    assert client.get("/api/v1/resources?cursor=start").status_code == 503
    assert client.get(ResourcePage.objects.get().url).status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 200
    said = ready.json()
    assert (said["status"], said["engine"]) == ("degraded", "down")
    with pytest.raises(CommandError) as failed:
        call_command("search_check", stdout=StringIO())
    resource("Lakes")
    with pytest.raises(way.EngineDown) as waits:
        outbox.process()
    for problem in (said["problem"], str(failed.value), str(waits.value)):
        assert "reindex" not in problem
        assert ("text/html" if status == "200 OK" else status) in problem
        assert "<" not in problem
        assert len(problem) < 300
    assert set(OutboxEntry.objects.values_list("attempts", flat=True)) == {0}
    proxy.page = b""
    follow()
    assert titles() == ["Lakes", "Rivers of our state"]


def test_a_word_in_plain_text_is_no_answer_either(proxy: Proxy, client: Client) -> None:
    proxy.page = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nOK"
    assert b"Search is resting" in client.get("/search/?q=rivers").content
    assert "something else answers" in client.get("/readyz").json()["problem"]


def test_what_another_program_says_is_no_answer_either(proxy: Proxy, client: Client) -> None:
    """Such as one that listens where the engine was until it moved."""
    proxy.page = answer_of(200, {"status": "ok"})
    assert "Search is resting" in client.get("/search/?q=rivers").content.decode()
    for query in ("q=rivers", "cursor=start"):
        assert client.get(f"/api/v1/resources?{query}").status_code == 503
    assert client.get(ResourcePage.objects.get().url).status_code == 200
    assert "something else answers" in client.get("/readyz").json()["problem"]
    resource("Lakes")
    with pytest.raises(way.EngineDown, match="something else answers"):
        outbox.process()


def test_a_node_whose_gate_has_only_a_page_is_passed_over(proxy: Proxy, settings: Any) -> None:
    port = urlsplit(proxy.url).port or 80
    closed, ready = Proxy(port), Proxy(port)
    settings.OPENSEARCH_URL = f"{closed.url},{ready.url}"
    for status in ("200 OK", "404 Not Found"):
        closed.page, closed.asked = page_of_a_gate(status), 0
        assert [search("q=rivers").total for _ in range(4)] == [1, 1, 1, 1]
        assert closed.asked
    for one in (closed, ready):
        one.close()


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "403 Forbidden", "406 Not Acceptable"])
def test_words_that_a_gate_takes_amiss_hold_up_nobody_elses(
    proxy: Proxy, follow: Callable[[], None], status: str
) -> None:
    """Such as a lesson on how sites are attacked, for a firewall that reads what passes it."""
    attack = resource("Drop the table")
    for number in range(4):
        resource(f"Lesson {number}", district=attack.district)
    proxy.page, proxy.amiss = page_of_a_gate(status), b"Drop the table"
    follow()
    assert titles() == [*(f"Lesson {number}" for number in range(4)), "Rivers of our state"]
    left = list(OutboxEntry.objects.all())
    assert {one.page_id for one in left} == {attack.pk}
    assert "does not reach the engine" in left[0].last_error
    assert "refuses" in health.status().problem
    proxy.page = b""
    OutboxEntry.objects.update(due_at=left[0].created_at)
    follow()
    assert "Drop the table" in titles()


def test_what_the_engine_itself_takes_amiss_of_a_request_is_laid_to_the_document(
    proxy: Proxy, follow: Callable[[], None]
) -> None:
    odd = resource("Odd lesson")
    resource("Lakes", district=odd.district)
    reason = {"type": "illegal_argument_exception", "reason": "It has its reasons."}
    proxy.page = answer_of(400, {"error": {"root_cause": [reason], **reason}, "status": 400})
    proxy.amiss = b"Odd lesson"
    follow()
    assert titles() == ["Lakes", "Rivers of our state"]
    assert {one.page_id for one in OutboxEntry.objects.all()} == {odd.pk}
    assert "It has its reasons" in OutboxEntry.objects.all()[0].last_error


# -- connections that nobody has used for a while


@pytest.fixture
def kept_open(proxy: Proxy) -> int:
    """The number of connections that a busy hour has left."""
    proxy.delay = 0.1
    with ThreadPoolExecutor(4) as pool:
        assert [answer["timed_out"] for answer in pool.map(way.ask, [EVERYTHING] * 4)] == [False] * 4
    proxy.delay = 0.0
    return 4


def test_connections_that_a_gate_has_closed_are_noticed_by_nobody(
    proxy: Proxy, client: Client, kept_open: int
) -> None:
    proxy.forget(silently=False)
    assert b"1 resource" in client.get("/search/?q=rivers").content
    proxy.forget(silently=False)
    cursors._open.clear()
    assert client.get("/api/v1/resources?cursor=start").json()["total"] == 1
    resource("Lakes")
    proxy.forget(silently=False)
    outbox.process()
    assert not OutboxEntry.objects.exists()


def test_of_connections_that_a_firewall_has_forgotten_one_search_finds_out_for_all(
    proxy: Proxy, client: Client, kept_open: int
) -> None:
    proxy.forget(silently=True)
    with pytest.raises(way.EngineDown):
        way.ask(EVERYTHING)
    assert b"1 resource" in client.get("/search/?q=rivers").content


# -- an engine that nobody reaches in time, whatever the library calls it


@pytest.fixture
def assert_that_nobody_waits_after_a_few(waits: list[float]) -> Callable[[], None]:
    def check() -> None:
        for _ in range(breaker.TRIPS):
            with pytest.raises(way.EngineDown):
                way.ask(EVERYTHING)
        way.breaker._open_until += 60
        asked = len(waits)
        with pytest.raises(way.EngineDown, match="left to recover"):
            way.ask(EVERYTHING)
        assert len(waits) == asked >= breaker.TRIPS

    return check


@pytest.fixture
def host_that_is_off() -> Iterator[str]:
    """Nothing comes back from it: its queue of those who want to be let in is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for one in waiting:
            one.close()


def test_for_a_host_that_is_off_nobody_waits_after_a_few(
    proxy: Proxy,
    settings: Any,
    host_that_is_off: str,
    assert_that_nobody_waits_after_a_few: Callable[[], None],
) -> None:
    settings.OPENSEARCH_URL = host_that_is_off
    assert_that_nobody_waits_after_a_few()


def test_for_a_name_that_nobody_resolves_nobody_waits_after_a_few(
    proxy: Proxy,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    assert_that_nobody_waits_after_a_few: Callable[[], None],
) -> None:
    def asks_servers_in_vain(*arguments: Any, **options: Any) -> Any:
        time.sleep(way.SEARCH_TIMEOUT)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    settings.OPENSEARCH_URL = "http://search.example:9200"
    with monkeypatch.context() as names:
        names.setattr(socket, "getaddrinfo", asks_servers_in_vain)
        assert_that_nobody_waits_after_a_few()
        assert "name resolution" in health.status().problem


def test_behind_a_gate_that_waits_for_the_engine_nobody_waits_after_a_few(
    proxy: Proxy, assert_that_nobody_waits_after_a_few: Callable[[], None]
) -> None:
    proxy.page, proxy.delay = page_of_a_gate("504 Gateway Timeout"), 0.8 * way.SEARCH_TIMEOUT
    assert_that_nobody_waits_after_a_few()


def test_who_asks_an_engine_without_tls_for_it_is_told(proxy: Proxy, settings: Any, client: Client) -> None:
    settings.OPENSEARCH_URL = proxy.url.replace("http:", "https:")
    assert b"Search is resting" in client.get("/search/?q=rivers").content
    assert "SSL" in health.status().problem
