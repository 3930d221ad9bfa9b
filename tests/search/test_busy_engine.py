"""An engine with too much to do (429), or whose index was just replaced, is asked once more, where there is time."""

from collections.abc import Callable
from typing import Any

import pytest

from search import breaker
from search import client as way
from tests.search.proxy import Proxy

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


EVERYTHING: dict[str, Any] = {"query": {"match_all": {}}}
NOTHING: dict[str, Any] = {"query": {"match_none": {}}}
BUSY = {b"HTTP/1.1 200 OK": b"HTTP/1.1 429 NO"}


def ask_alone() -> int:
    return way.ask(EVERYTHING)["hits"]["total"]["value"]


def ask_among_several() -> int:
    return way.ask_several([NOTHING, EVERYTHING])[1]["hits"]["total"]["value"]


@pytest.mark.parametrize("ask", [ask_alone, ask_among_several])
def test_a_busy_engine_is_asked_once_more(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, ask: Callable[[], int]
) -> None:
    pauses: list[float] = []

    def rest(seconds: float) -> None:
        pauses.append(seconds)
        proxy.rewrites = {}

    monkeypatch.setattr(way, "sleep", rest)
    proxy.rewrites = BUSY
    assert ask() == 1
    assert (proxy.asked, len(pauses)) == (2, 1)
    monkeypatch.setattr(way, "sleep", pauses.append)
    proxy.rewrites = BUSY
    with pytest.raises(way.EngineDown, match="overloaded"):
        ask()
    assert proxy.asked == 4
    for _ in range(breaker.TRIPS):
        with pytest.raises(way.EngineDown):
            ask()
    proxy.rewrites = {}
    assert ask() == 1  # who answers is given no rest


def test_a_search_that_began_in_an_index_that_was_replaced_is_made_in_its_successor(proxy: Proxy) -> None:
    """So the engine answers where the index that an alias named is removed before it is read: in a rebuild of fifteen."""
    error = b'{"error":{"root_cause":[],"type":"search_phase_execution_exception","failed_shards":[]},"status":503}'
    answer = b"HTTP/1.1 503 NO\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(error)
    proxy.page, proxy.amiss, proxy.times = answer + error, b"_search", 1
    assert ask_alone() == 1
    assert proxy.asked == 2
    proxy.page, proxy.times = answer + error, 2
    with pytest.raises(way.EngineDown, match="cannot read the index"):
        ask_alone()
    assert ask_alone() == 1


@pytest.mark.parametrize("ask", [ask_alone, ask_among_several])
def test_a_busy_engine_is_not_asked_again_where_a_page_has_no_time_for_it(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, ask: Callable[[], int]
) -> None:
    monkeypatch.setattr(way, "PAUSE", 10.0)  # longer than any search may take
    proxy.rewrites = BUSY
    with pytest.raises(way.EngineDown, match="overloaded"):
        ask()
    assert proxy.asked == 1


def test_of_several_searches_those_that_were_refused_are_asked_once_more(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = b'"hits":{"total":{"value":0,"relation":"eq"},"max_score":null,"hits":[]},"status":200'
    refused = b'"error":{"type":"%s"},"status":429'
    refused %= b"rejected".ljust(len(empty) - len(refused % b""))

    def rest(seconds: float) -> None:
        proxy.rewrites = {}
        proxy.only_with = b"match_none"  # the other was answered, and is not asked for again

    monkeypatch.setattr(way, "PAUSE", 0.0)  # a first answer that takes long leaves no time for a longer one
    monkeypatch.setattr(way, "sleep", rest)
    proxy.rewrites = {empty: refused}
    answers = way.ask_several([EVERYTHING, NOTHING, EVERYTHING])
    assert [answer["hits"]["total"]["value"] for answer in answers] == [1, 0, 1]
    assert proxy.asked == 2
    proxy.only_with = b""
    proxy.rewrites = {empty: refused}
    monkeypatch.setattr(way, "sleep", lambda seconds: None)
    with pytest.raises(way.EngineDown, match="overloaded"):
        way.ask_several([EVERYTHING, NOTHING])
    assert proxy.asked == 4
