"""Whatever became of the index: the site goes on, says so, and says what to run."""

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from opensearchpy.exceptions import RequestError

from search import health, indexes, mapping
from search.bulk import write_alias
from search.client import EngineDown, alias, ask, ask_several, client
from search.client import client as engine_client
from search.outbox import process
from tests.factories import resource
from tests.search.asking import titles

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _no_index_by_the_name_of_the_alias(engine: str) -> Iterator[None]:
    yield
    client().indices.delete(index=alias(), params={"ignore_unavailable": "true"})


def becomes_closed(index: str) -> None:
    client().indices.close(index=index)


def becomes_one_by_the_name_of_the_alias(index: str) -> None:
    client().indices.delete(index=index)
    client().indices.create(index=alias())


def becomes_anothers(index: str) -> None:
    """Without a field that every search asks for."""
    client().indices.delete(index=index)
    client().indices.create(index=index, body={"aliases": {alias(): {}}})


def becomes_one_on_a_lost_disk(index: str) -> None:
    """The engine knows of it, and no node has its data."""
    client().indices.delete(index=index)
    body = {**mapping.body(), "aliases": {alias(): {}, write_alias(index): {}}}
    body["settings"]["index"]["routing.allocation.require._name"] = "a node that is gone"
    client().indices.create(index=index, body=body, params={"wait_for_active_shards": "0"})


FATES = [
    becomes_closed,
    becomes_one_by_the_name_of_the_alias,
    becomes_anothers,
    becomes_one_on_a_lost_disk,
]


@pytest.mark.parametrize("fate", FATES)
def test_the_search_page_rests_and_everybody_is_told(
    index: str, follow: Callable[[], None], client: Client, fate: Callable[[str], None]
) -> None:
    resource("Rivers")
    follow()
    fate(index)
    assert "Search is resting" in client.get("/search/?q=rivers").content.decode()
    assert client.get("/api/v1/resources?q=rivers").status_code == 503
    assert client.get("/").status_code == 200
    said = client.get("/readyz").json()
    assert said["status"] == "degraded"
    assert "search_reindex" in said["problem"]
    with pytest.raises((CommandError, SystemExit)):
        call_command("search_check", stdout=StringIO())
    assert not health.status().ok


def test_a_closed_index_is_replaced_and_no_edit_is_lost(index: str, follow: Callable[[], None]) -> None:
    resource("Rivers")
    follow()
    becomes_closed(index)
    resource("Lakes")
    with pytest.raises(EngineDown):
        process()
    call_command("search_reindex", verbosity=0)
    follow()
    assert titles() == ["Lakes", "Rivers"]


def test_an_index_without_the_name_that_changes_go_to_is_told_of_and_replaced(
    index: str, follow: Callable[[], None], client: Client
) -> None:
    resource("Rivers")
    follow()
    engine_client().indices.delete_alias(index=index, name=write_alias(index))
    resource("Lakes")
    with pytest.raises(EngineDown, match="search_reindex"):
        process()
    assert "search_reindex" in client.get("/readyz").json()["problem"]
    with pytest.raises(SystemExit):
        call_command("search_check", "--wait", "0", stdout=StringIO())
    assert titles() == ["Rivers"]
    call_command("search_reindex", verbosity=0)
    follow()
    assert titles() == ["Lakes", "Rivers"]
    assert client.get("/readyz").json()["problem"] == ""


def test_an_index_by_the_name_of_the_alias_is_named_and_left_alone(index: str) -> None:
    becomes_one_by_the_name_of_the_alias(index)
    with pytest.raises(CommandError, match="remove or rename it by hand"):
        call_command("search_reindex", verbosity=0)
    assert client().indices.exists(index=alias())
    assert list(client().indices.get(index=f"{alias()}*")) == [alias()]
    client().indices.delete(index=alias())
    assert indexes.rebuild()


def test_a_search_that_is_wrong_is_our_mistake_where_the_index_is_right(index: str) -> None:
    wrong: dict[str, Any] = {"sort": ["nothing"]}
    with pytest.raises(RequestError):
        ask(wrong)
    with pytest.raises(RequestError):
        ask_several([wrong])


# -- a snapshot that was restored beside the index in use, with its aliases


def comes_back_beside(index: str) -> str:
    """The index of yesterday, which the engine puts behind the alias, as it was when the snapshot was taken."""
    yesterday = f"{alias()}-20200101000000-aaaaaa"
    client().indices.put_settings(index=index, body={"index.blocks.write": "true"})
    client().indices.clone(index=index, target=yesterday, body={"settings": {"index.blocks.write": None}})
    client().indices.put_settings(index=index, body={"index.blocks.write": None})
    client().indices.put_alias(index=yesterday, name=alias())
    client().indices.refresh(index=yesterday)
    return yesterday


def test_two_indexes_behind_the_alias_are_told_of_and_a_rebuild_leaves_one(
    index: str, follow: Callable[[], None], client: Client
) -> None:
    page = resource("Rivers")
    follow()
    yesterday = comes_back_beside(index)
    assert titles() == ["Rivers", "Rivers"]
    assert client.get(page.get_url()).status_code == 200
    assert not health.status().ok
    assert "search_reindex" in health.status().problem
    with pytest.raises(SystemExit):
        call_command("search_check", stdout=StringIO())
    call_command("search_reindex", verbosity=0)
    follow()
    assert titles() == ["Rivers"]
    assert health.status().ok
    assert yesterday not in engine_client().indices.get(index=f"{alias()}-*")
