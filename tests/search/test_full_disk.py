"""An engine whose disk is full takes no changes: everybody is told so, nothing is lost, and all goes on by itself."""

from collections.abc import Callable
from io import StringIO
from typing import TypeVar

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from search import outbox
from search.client import EngineDown, client
from search.models import OutboxEntry
from tests.factories import resource
from tests.search.asking import titles
from tests.search.proxy import Proxy, answer_of

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
T = TypeVar("T")
FULL = "index.blocks.read_only_allow_delete"


def put(index: str, block: str, value: bool | None) -> None:
    client().indices.put_settings(index=index, body={block: value})


def with_a_full_disk(index: str, look: Callable[[], T]) -> T:
    """What is seen while the engine has closed the index. Every half minute it looks at its disk, and opens it again."""
    while True:
        put(index, FULL, True)
        seen = look()
        settings = client().indices.get_settings(index=index, params={"flat_settings": "true"})
        if FULL in settings[index]["settings"]:
            return seen


def checked() -> str:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("search_check", "--wait", "0", stdout=out)
    return out.getvalue()


def test_it_is_said_to_everybody_and_all_goes_on_by_itself(
    index: str, follow: Callable[[], None], client: Client
) -> None:
    made = resource("Rivers")
    follow()
    resource("Lakes", district=made.district)

    def worker_says() -> str:
        with pytest.raises(EngineDown) as waits:
            outbox.process()
        return str(waits.value)

    assert "its disk is full: make room there" in with_a_full_disk(index, worker_says)
    said = with_a_full_disk(index, lambda: client.get("/readyz").json())
    assert (said["status"], said["engine"]) == ("degraded", "ok")
    assert "disk is full: make room there" in said["problem"]
    assert "disk is full: make room there" in (told := with_a_full_disk(index, checked))
    assert "missing: Lakes" in told
    assert "search_reindex" not in told
    assert with_a_full_disk(index, titles) == ["Rivers"]
    assert client.get("/api/v1/resources?cursor=start").json()["total"] == 1
    assert set(OutboxEntry.objects.values_list("attempts", flat=True)) == {0}
    put(index, FULL, None)
    follow()
    assert titles() == ["Lakes", "Rivers"]
    assert client.get("/readyz").json()["problem"] == ""


def test_a_rebuild_for_which_there_is_no_room_says_so(proxy: Proxy) -> None:
    """In the words of an engine whose disk was full."""
    reason = {
        "type": "index_create_block_exception",
        "reason": "blocked by: [FORBIDDEN/10/cluster create-index blocked (api)];",
    }
    proxy.page = answer_of(403, {"error": {"root_cause": [reason], **reason}, "status": 403})
    proxy.amiss = b"PUT /"
    with pytest.raises(CommandError, match="disk is full: make room there"):
        call_command("search_reindex", verbosity=0)
    assert titles() == ["Rivers of our state"]


def test_an_index_that_somebody_has_closed_to_changes_is_said_to_be(
    index: str, follow: Callable[[], None], client: Client
) -> None:
    put(index, "index.blocks.write", True)
    resource("Lakes")
    with pytest.raises(EngineDown, match="closed the index"):
        outbox.process()
    problem = client.get("/readyz").json()["problem"]
    assert "index.blocks.write" in problem
    assert "take it off" in problem
    assert "index.blocks.write" in checked()
    put(index, "index.blocks.write", None)
    follow()
    assert titles() == ["Lakes"]
