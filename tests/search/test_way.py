"""What a search costs its reader where the engine is in trouble: its own time, and no more; and what it says."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from repository.models import ResourcePage
from search import bulk, cursors, outbox
from search import client as way
from search.models import OutboxEntry
from tests.factories import resource
from tests.search.proxy import Proxy, answer_of, page_of_a_gate

pytestmark = [pytest.mark.engine, pytest.mark.django_db]

EVERYTHING: dict[str, Any] = {"query": {"match_all": {}}}
WAYS: list[Callable[[], object]] = [
    lambda: way.ask(EVERYTHING),
    lambda: way.ask_meanwhile(EVERYTHING)()["took"],
    lambda: way.ask_several([EVERYTHING]),
    lambda: way.open_point_in_time("1m"),
]


@pytest.mark.parametrize("ask", WAYS, ids=["alone", "meanwhile", "several", "point in time"])
def test_whatever_is_asked_takes_no_more_than_is_left_of_the_time_of_a_page(
    proxy: Proxy, waits: list[float], monkeypatch: pytest.MonkeyPatch, ask: Callable[[], object]
) -> None:
    monkeypatch.setattr(way, "SEARCH_TIMEOUT", 5.0)
    proxy.hangs = True
    with way.time_limit(0.5), pytest.raises(way.EngineDown):
        ask()
    assert 0 < sum(waits) <= 0.5
    way.breaker.answered()


def test_a_page_that_merely_shows_what_is_like_it_does_not_wait_as_long_as_a_search(
    proxy: Proxy, client: Client, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(way, "SEARCH_TIMEOUT", 15.0)
    proxy.hangs = True
    assert client.get(ResourcePage.objects.get().url).status_code == 200
    assert 0 < sum(waits) <= way.COUNT_TIMEOUT
    way.breaker.answered()


def test_a_second_try_has_no_more_time_than_the_first_has_left(
    proxy: Proxy, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def rest(seconds: float) -> None:
        proxy.page, proxy.delay = b"", 0.0

    monkeypatch.setattr(way, "SEARCH_TIMEOUT", 60.0)
    monkeypatch.setattr(way, "sleep", rest)
    proxy.page, proxy.delay = page_of_a_gate("429 Too Many Requests"), 1.2
    proxy.amiss = b"_search"
    way.ask(EVERYTHING)
    first, second = waits
    assert second <= first - 1.2


def test_a_node_that_hangs_is_left_alone_by_the_searches_that_follow(
    proxy: Proxy, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = urlsplit(proxy.url).port or 80
    hanging, ready = Proxy(port), Proxy(port)
    hanging.hangs = True
    settings.OPENSEARCH_URL = f"{hanging.url},{ready.url}"
    monkeypatch.setattr(way, "SEARCH_TIMEOUT", 4.0)
    assert [way.ask(EVERYTHING)["timed_out"] for _ in range(6)] == [False] * 6
    assert hanging.asked == 1
    hanging.hangs = False
    for one in (hanging, ready):
        one.close()


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_of_what_the_engine_takes_amiss_of_all_searches_its_own_words_are_said(
    proxy: Proxy, client: Client, status: int
) -> None:
    reason = {"type": "odd_exception", "reason": "It has its reasons."}
    proxy.page = answer_of(status, {"error": {"root_cause": [reason], **reason}, "status": status})
    assert b"Search is resting" in client.get("/search/?q=rivers").content
    for ask in WAYS:
        with pytest.raises(way.EngineDown, match="It has its reasons"):
            ask()
    said = client.get("/readyz").json()
    assert said["engine"] == "down"
    assert "It has its reasons" in said["problem"]


def test_several_searches_at_once_are_timed_as_one(proxy: Proxy) -> None:
    one = {"took": 20, "timed_out": False, "_shards": {"failed": 0}, "hits": {}, "status": 200}
    proxy.page = answer_of(200, {"took": 30, "responses": [one, one]})
    with way.time_limit(5):
        assert len(way.ask_several([EVERYTHING, EVERYTHING])) == 2
        assert way.server_timing() == "engine;dur=30"
        assert way.ask_several([]) == []


def test_when_a_page_has_been_made_its_time_is_over_for_nobody_else(proxy: Proxy) -> None:
    with way.time_limit(0.1):
        time.sleep(0.1)
        with pytest.raises(way.EngineDown, match="all the time"):
            way.ask(EVERYTHING)
    assert way.ask(EVERYTHING)["hits"]["total"]["value"] == 1


def test_a_write_that_runs_out_of_time_is_not_made_smaller_but_waits(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "WRITE_TIMEOUT", 0.5)
    resource("Lakes")
    proxy.page, proxy.delay, proxy.amiss = page_of_a_gate("504 Gateway Timeout"), 1.0, b"_bulk"
    proxy.asked = 0
    with pytest.raises(way.EngineDown, match="timed out"):
        outbox.process()
    assert proxy.asked == 1
    assert set(OutboxEntry.objects.values_list("attempts", flat=True)) == {0}


def test_a_list_that_is_read_on_is_kept_from_each_reading_on(
    proxy: Proxy, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an operator sees it in the engine's list of points in time."""

    def kept_for() -> set[int]:
        return {one["keep_alive"] for one in way.client().get_all_pits()["pits"]}

    cursors._open.clear()
    monkeypatch.setattr(cursors, "KEEP_ALIVE", "211s")
    assert client.get("/api/v1/resources?cursor=start").status_code == 200
    assert 211_000 in kept_for()
    monkeypatch.setattr(cursors, "KEEP_ALIVE", "223s")
    assert client.get("/api/v1/resources?cursor=start").status_code == 200
    assert 223_000 in kept_for()


def test_a_load_balancer_that_asks_about_a_hanging_engine_does_not_wait_long(
    proxy: Proxy, client: Client, waits: list[float]
) -> None:
    proxy.hangs = True
    assert client.get("/readyz").json()["engine"] == "down"
    assert 0 < sum(waits) < 8.0
