"""An engine that is slow or hangs: what readers see meanwhile, and that all is well again afterwards."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Role
from repository.models import ResourcePage
from search import breaker, cursors
from search import client as way
from search.models import OutboxEntry
from standards.models import Item
from tests.factories import (
    AssociationFactory,
    ItemFactory,
    member,
)
from tests.search.asking import find_if_awake, search
from tests.search.proxy import Proxy, page_of_a_gate
from tests.waiting import until

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_an_engine_that_hangs_is_waited_for_three_times_and_asked_again_by_itself(
    proxy: Proxy, client: Client
) -> None:
    assert b"1 resource" in client.get("/search/?q=rivers").content
    proxy.hangs = True
    for _ in range(breaker.TRIPS):
        answer = client.get("/search/?q=rivers")
        assert answer.status_code == 200
        assert b"Search is resting" in answer.content
        assert b"Rivers of our state" in answer.content
    way.breaker._open_until += 60
    asked = proxy.asked
    assert b"Search is resting" in client.get("/search/?q=rivers").content
    refused = client.get("/api/v1/resources?q=rivers")
    assert (refused.status_code, refused["Content-Type"]) == (503, "application/problem+json")
    assert proxy.asked == asked
    proxy.hangs = False
    way.breaker._open_until = 0.0
    # Connections that hung are dead; one search finds out, and the next goes through.
    until(lambda: b"1 resource" in client.get("/search/?q=rivers").content)


def test_all_searches_of_a_page_share_one_time_limit(
    proxy: Proxy, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing found means further searches, for near spellings and for what to drop."""
    proxy.delay = 0.3
    monkeypatch.setattr(way, "SEARCH_TIMEOUT", 5.0)
    with way.time_limit(0.7):
        asked = proxy.asked
        found = [find_if_awake("q=nothingatall&kind=lesson") for _ in range(6)]
    assert found[-1] is None
    assert proxy.asked - asked <= 4


def test_every_page_that_asks_the_engine_has_a_time_limit(
    proxy: Proxy, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked, in vain, from a view: no longer than the page may take."""
    limits: list[float | None] = []
    reading = way._reading

    @contextmanager
    def noting(longest: float | None = None) -> Iterator[float]:
        time = way._time.get()
        limits.append(time.deadline if time else None)
        with reading(longest) as seconds:
            yield seconds

    monkeypatch.setattr(way, "_reading", noting)
    identifier = Item.objects.get().identifier
    for address in (
        "/search/?q=rivers",
        "/search/facet/subject/",
        "/search/facet/standard/?find=a",
        f"/search/levels/?standard={identifier}",
        "/search/suggest/?q=riv",
        "/search/feed/?q=rivers",
        "/api/v1/resources?q=rivers",
        "/api/v1/suggest?q=riv",
    ):
        limits.clear()
        assert client.get(address).status_code == 200, address
        assert limits, address
        assert None not in limits, address
    limits.clear()
    described = {"title": "Rivers of our state"}
    assert client.post("/api/v1/standards/suggest", described, "application/json").status_code == 200
    assert limits
    assert None not in limits


def test_readers_by_cursor_wait_no_longer_than_others_and_count_for_all(proxy: Proxy, client: Client) -> None:
    cursors._open.clear()
    proxy.hangs = True
    for _ in range(breaker.TRIPS):
        assert client.get("/api/v1/resources?cursor=start").status_code == 503
    way.breaker._open_until += 60
    asked = proxy.asked
    assert client.get("/api/v1/resources?cursor=start").status_code == 503
    assert b"Search is resting" in client.get("/search/?q=rivers").content
    assert proxy.asked == asked
    way.breaker.answered()
    with way.time_limit(0.01), pytest.raises(way.EngineDown, match="all the time that a page may take"):
        cursors._shared(cursors.Place())


def test_readers_by_cursor_do_not_wait_for_one_another(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the engine hangs, all of them find out at once, not one after the other."""
    cursors._open.clear()
    monkeypatch.setattr(way, "SEARCH_TIMEOUT", 3.0)
    proxy.hangs = True
    asked = proxy.asked
    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(cursors._shared, cursors.Place()) for _ in range(4)]
        for reader in readers:
            with pytest.raises(way.EngineDown):
                reader.result()
    # One after the other, the fourth would have been told by the breaker.
    assert proxy.asked - asked == 4


def test_all_nodes_of_a_cluster_share_the_time_of_one_search(
    proxy: Proxy, waits: list[float], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three ways to the same node: all hang, or two of them."""
    monkeypatch.setattr(way, "SEARCH_TIMEOUT", 4.0)
    port = urlsplit(proxy.url).port or 80
    proxies = [Proxy(port) for _ in range(3)]
    for one in proxies:
        one.hangs = True
    settings.OPENSEARCH_URL = ",".join(one.url for one in proxies)
    with pytest.raises(way.EngineDown):
        way.ask({"query": {"match_all": {}}})
    assert [one.asked for one in proxies] == [1, 1, 1]
    assert len(waits) == 3
    assert sum(waits) <= way.SEARCH_TIMEOUT
    way._forget_client(setting="OPENSEARCH_URL")
    proxies[2].close()
    proxies[2] = Proxy(port)
    settings.OPENSEARCH_URL = ",".join(one.url for one in proxies)
    waits.clear()
    assert way.ask({"query": {"match_all": {}}})["hits"]["total"]["value"] == 1
    for one in proxies:
        one.close()


def test_where_the_copy_that_a_list_is_read_from_does_not_answer_another_does(
    proxy: Proxy, settings: Any
) -> None:
    """Every node sends such a search on to that copy, and would wait for it."""
    nodes = [Proxy(urlsplit(proxy.url).port or 80) for _ in range(2)]
    for one in nodes:
        one.page, one.amiss = page_of_a_gate("504 Gateway Timeout"), b"preference="
    settings.OPENSEARCH_URL = ",".join(one.url for one in nodes)
    assert [hit.title for hit in search("q=rivers").hits] == ["Rivers of our state"]
    for one in nodes:
        one.close()


def test_a_node_that_is_starting_is_passed_over(proxy: Proxy, settings: Any) -> None:
    port = urlsplit(proxy.url).port or 80
    starting, ready = Proxy(port), Proxy(port)
    starting.rewrites = {b"HTTP/1.1 200 OK": b"HTTP/1.1 503 NO"}
    settings.OPENSEARCH_URL = f"{starting.url},{ready.url}"
    assert [search("q=rivers").total for _ in range(4)] == [1, 1, 1, 1]
    assert starting.asked
    for one in (starting, ready):
        one.close()


def test_an_engine_that_will_not_have_us_is_as_good_as_none(proxy: Proxy, client: Client) -> None:
    """As after a change of its password."""
    for status in (b"401", b"403"):
        proxy.rewrites = {b"HTTP/1.1 200 OK": b"HTTP/1.1 " + status + b" NO"}
        assert b"Search is resting" in client.get("/search/?q=rivers").content


def test_results_that_a_time_limit_cut_short_are_said_to_be(proxy: Proxy, client: Client) -> None:
    proxy.rewrites = {b'"timed_out":false': b'"timed_out":true '}
    assert b"there may be more results than these" in client.get("/search/?q=rivers").content
    assert client.get("/api/v1/resources?q=rivers").json()["total_is_exact"] is False
    item = Item.objects.get()
    counts = ["/search/facet/subject/", f"/search/facet/standard/?find={item.full_statement}"]
    counts.append(f"/search/levels/?standard={item.identifier}")
    for address in counts:
        assert b"there may be more than the numbers say" in client.get(address).content, address
    other = ItemFactory(framework=item.framework)
    AssociationFactory(
        framework=item.framework, origin=item, association_type="exactMatchOf", destination=other
    )
    with_related = f"/api/v1/resources?standard={item.identifier}&related=1"
    assert client.get(with_related).json()["related"]["total_is_exact"] is False
    proxy.rewrites = {b'"failed":0': b'"failed":1'}  # a part of the index did not answer
    assert client.get("/api/v1/resources?q=rivers").json()["total_is_exact"] is False
    proxy.rewrites = {}
    assert client.get(with_related).json()["related"]["total_is_exact"] is True
    for address in counts:
        assert b"there may be more than the numbers say" not in client.get(address).content, address
    assert client.get("/api/v1/resources?q=rivers").json()["total_is_exact"] is True


def test_the_engine_is_told_with_every_search_how_long_it_may_take(proxy: Proxy, client: Client) -> None:
    """An engine that is told gives up by itself; this one, not told, goes on for ever."""
    item = Item.objects.get()
    page = ResourcePage.objects.get()
    proxy.only_with = b'"timeout":'
    for address in [
        "/search/",
        "/search/?q=rivers",
        "/search/?q=rivrs+of+states",
        "/search/?q=how+do+all+the+rivers+of+our+state+shape+its+land",
        f"/search/?q=rivers&standard={item.identifier}&related=1",
        "/search/?q=rivers&kind=lesson&grade=12",
        "/search/facet/subject/",
        f"/search/levels/?standard={item.identifier}",
    ]:
        assert b"Search is resting" not in client.get(address).content, address
    assert b"of our state" in client.get("/search/?q=rivers").content
    assert b"of our state" in client.get("/search/suggest/?q=riv").content
    assert b"of our state" in client.get("/search/feed/?q=rivers").content
    assert b"of our state" in client.get(page.url).content
    assert not way.breaker._timeouts


@pytest.mark.parametrize("fault", ["hangs", "refuses"])
def test_every_other_page_is_there_while_the_engine_is_not(proxy: Proxy, client: Client, fault: str) -> None:
    page = ResourcePage.objects.get()
    item = page.alignments.get().item
    if fault == "hangs":
        proxy.hangs = True
    else:
        proxy.close()
    pages = ["/", page.url, page.get_parent().url, reverse("standards:item", args=[item.identifier])]
    pages += ["/standards/", f"/standards/{item.framework.short_name}/", "/search/", "/search/?q=rivers"]
    pages += ["/search/facet/subject/", "/accounts/login/", "/healthz", "/readyz"]
    pages += [f"/api/v1/standards/{item.identifier}", "/api/v1/standards?q=statement", "/api/v1/openapi.json"]
    for address in pages:
        assert client.get(address, follow=True).status_code == 200, address
    client.force_login(member(Role.TEACHER, page.district))
    for address in ["/", "/search/", reverse("repository:contribute")]:
        assert client.get(address, follow=True).status_code == 200, address
    before = OutboxEntry.objects.count()
    page.title = "Rivers and lakes"
    page.save_revision().publish()
    assert OutboxEntry.objects.count() > before


# -- a cluster
