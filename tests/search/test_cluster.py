"""Three nodes: one is lost under load, and a list that is read page by page has every resource once."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict

from config.local_services import opensearch as node
from config.local_services import state
from repository.audience import user_tokens
from search import bulk, check, indexes, outbox
from search import client as way
from search.client import client as engine_client
from search.find import find
from search.models import OutboxEntry
from search.request import parse
from search.worker import Worker
from tests.factories import (
    DistrictFactory,
    resource,
)
from tests.search.asking import search
from tests.search.proxy import Proxy
from tests.waiting import until

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[int]]:
    """Three nodes; their ports."""
    folder: Path = tmp_path_factory.mktemp("cluster")
    node.start(folder, print, heap="600m", short_lived=True, nodes=3)
    first = state.read(folder).opensearch_port
    assert first
    yield [first, first + 1, first + 2]
    node.stop(folder)


def test_search_goes_on_when_a_cluster_loses_a_node(
    cluster: list[int], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under load, and whether the node is gone or no longer answers; edits reach the index meanwhile."""
    proxies = [Proxy(port) for port in cluster]
    settings.OPENSEARCH_URL = ", ".join(proxy.url for proxy in proxies)
    until(lambda: engine_client().cluster.health()["number_of_nodes"] == 3)
    name = indexes.rebuild()
    until(lambda: engine_client().cluster.health(index=name)["status"] == "green")
    assert engine_client().count(index=name)
    shards = engine_client().cat.shards(index=name, params={"format": "json"})
    assert sorted(shard["prirep"] for shard in shards) == ["p", "r"]
    for module in (way, bulk):
        monkeypatch.setattr(module, "WRITE_TIMEOUT", 4.0)
    monkeypatch.setattr(way, "SEARCH_TIMEOUT", 4.0)
    district = DistrictFactory()
    resource("Rivers 0", district=district)
    stop, failed, answered = threading.Event(), [], [0]

    def read() -> None:
        request, _complaints = parse(QueryDict("q=rivers"))
        tokens = user_tokens(AnonymousUser())
        try:
            while not stop.is_set():
                try:
                    answered[0] += find(request, tokens).total > 0
                    time.sleep(0.05)  # load, but not all that two cores have
                except way.EngineDown as error:
                    failed.append(str(error))
        finally:
            connection.close()

    def write() -> None:
        try:
            Worker().work(stop)
        finally:
            connection.close()

    def searchable(number: int) -> None:
        resource(f"Rivers {number}", district=district)
        until(lambda: not OutboxEntry.objects.exists())
        engine_client().indices.refresh(index=name)
        until(lambda: search("q=rivers").total == number + 1)

    with ThreadPoolExecutor(3) as pool:
        try:
            for job in (write, read, read):
                pool.submit(job)
            searchable(1)
            proxies[0].hangs = True
            searchable(2)
            proxies[1].close()
            searchable(3)
            proxies[0].hangs = False
            before = answered[0]
            until(lambda: answered[0] > before + 20)
        finally:
            stop.set()
            for proxy in proxies[:2]:
                proxy.hangs = False
    for proxy in proxies:
        proxy.close()
    assert failed == []
    settings.OPENSEARCH_URL = f"http://127.0.0.1:{cluster[2]}"
    assert check.compare(name).differences == ()


def test_a_list_that_is_read_page_by_page_has_every_resource_once(cluster: list[int], settings: Any) -> None:
    """Each copy of an index merges by itself, and weighs words by what it has not yet thrown away."""
    settings.OPENSEARCH_URL = ", ".join(f"http://127.0.0.1:{port}" for port in cluster)
    until(lambda: engine_client().cluster.health()["number_of_nodes"] == 3)
    district = DistrictFactory()
    made = [
        resource(
            f"Rivers and lakes {number}",
            district=district,
            summary=" ".join([("mountain", "desert")[number % 2], *(f"word{number}x{n}" for n in range(8))]),
        )
        for number in range(40)
    ]
    name = indexes.rebuild()
    until(lambda: engine_client().cluster.health(index=name)["status"] == "green")
    until(lambda: outbox.process() == 0)
    for _ in range(4):
        for page in made[::2]:
            page.save_revision().publish()
        until(lambda: outbox.process() == 0 and not OutboxEntry.objects.exists())
        engine_client().indices.refresh(index=name)
    engine_client().indices.flush(index=name)

    def thrown_away_in_one_copy() -> bool:
        """It keeps for half a minute what the other copy may ask for."""
        engine_client().indices.forcemerge(index=name, params={"primary_only": "true", "max_num_segments": 1})
        engine_client().indices.refresh(index=name)
        stats = engine_client().indices.stats(index=name, metric="docs")["_all"]
        return bool(stats["primaries"]["docs"]["deleted"] < stats["total"]["docs"]["deleted"] / 2)

    until(thrown_away_in_one_copy)
    # Else it asks whichever copy was quicker of late, and here that is the same for some time.
    in_turn = {"cluster.routing.use_adaptive_replica_selection": False}
    engine_client().cluster.put_settings(body={"transient": in_turn})
    for _ in range(10):
        pages = [
            search(f"q=rivers+lakes+mountain+desert&limit=10&page={number}").hits for number in range(1, 5)
        ]
        assert len({hit.title for hits in pages for hit in hits}) == len(made)
