"""Whatever is killed, at whatever moment: in the end the index is what the database says. With real processes."""

import os
import random
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from config.local_services import opensearch as node
from config.local_services import state
from people.models import District
from repository.models import DistrictPage, ResourcePage
from repository.services.bulk import ResourceData, create_resources
from search import health, indexes
from search.client import client
from search.models import IndexTarget, OutboxEntry
from tests.factories import DistrictFactory, KindFactory, district_page, resource
from tests.search.processes import process, told
from tests.waiting import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
KILLS, ROUNDS = 50, 5


@pytest.fixture(scope="module")
def own_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A node of this module's own, to be killed."""
    folder = tmp_path_factory.mktemp("node")
    node.start(folder, print, heap="256m", short_lived=True)
    yield folder
    node.stop(folder)


@pytest.fixture
def index(own_node: Path, settings: Any) -> str:
    settings.OPENSEARCH_URL = state.opensearch_url(own_node)
    return indexes.rebuild()


@pytest.fixture
def districts() -> list[District]:
    found: list[District] = [DistrictFactory(), DistrictFactory()]
    for district in found:
        district_page(district)
    return found


def fill(district: District, number: int) -> None:
    kind = KindFactory().pk
    data = [
        ResourceData(title=f"Lesson {n}", kind_id=kind, summary="Rivers and lakes") for n in range(number)
    ]
    create_resources(district=district, resources=data)


def kill_engine(own_node: Path) -> None:
    process = state.read(own_node).opensearch
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)


def start_engine(own_node: Path) -> None:
    port = state.read(own_node).opensearch_port
    node.start(own_node, print, heap="256m", port=port, short_lived=True)


def edit(rng: random.Random) -> None:
    """One change such as people make all day."""
    page = rng.choice(list(ResourcePage.objects.all()))
    what = rng.choice(["rename", "rename", "take back", "publish", "delete", "move", "add"])
    if what == "rename":
        page.title = f"Renamed {rng.random()}"
        page.save_revision().publish()
    elif what == "take back":
        page.unpublish()
    elif what == "publish":
        page.save_revision().publish()
    elif what == "delete":
        page.delete()
    elif what == "move":
        others = DistrictPage.objects.exclude(pk=page.get_parent().pk)
        page.move(rng.choice(list(others)), pos="last-child")
    else:
        resource(f"Added {rng.random()}", district=rng.choice(list(District.objects.all())))


def assert_no_differences() -> None:
    until(lambda: not OutboxEntry.objects.exists())
    out = StringIO()
    call_command("search_check", stdout=out)
    assert "No differences" in out.getvalue()


def our_indexes() -> list[str]:
    return list(client().indices.get(index=f"{indexes.alias()}-*"))


def test_a_worker_killed_fifty_times_while_people_edit_loses_nothing(
    index: str, districts: list[District]
) -> None:
    fill(districts[0], 60)
    for number in range(ROUNDS):
        rng = random.Random(number)
        with (
            process("workers", str(KILLS // ROUNDS), str(number)) as workers,
            ThreadPoolExecutor(1) as listener,
        ):
            killed = listener.submit(told, workers, "last")
            while not killed.done():
                edit(rng)
            killed.result()
            assert_no_differences()


def test_an_engine_killed_during_indexing_loses_nothing(
    index: str, own_node: Path, districts: list[District]
) -> None:
    rng = random.Random(0)
    with process("workers", "0", "0") as worker:
        told(worker, "last")
        fill(districts[0], 500)
        until(lambda: OutboxEntry.objects.count() < 500)
        kill_engine(own_node)
        for _ in range(5):
            edit(rng)
        assert not health.status().engine
        start_engine(own_node)
        assert_no_differences()
        assert health.status().ok


def test_an_engine_killed_during_a_rebuild_only_holds_it_up(
    index: str, own_node: Path, districts: list[District]
) -> None:
    rng = random.Random(1)
    fill(districts[0], 300)
    with process("workers", "0", "0"), process("rebuild") as rebuild:
        told(rebuild, "120 resources read")
        kill_engine(own_node)
        for _ in range(5):
            edit(rng)
        start_engine(own_node)
        name = told(rebuild, "done").split()[1]
        assert indexes.current() == name != index
        assert_no_differences()
    assert our_indexes() == [name]


def test_an_engine_killed_at_promotion_leaves_an_index_that_is_followed(
    index: str, own_node: Path, districts: list[District]
) -> None:
    rng = random.Random(2)
    fill(districts[0], 100)
    with process("workers", "0", "0"), process("rebuild", "wait") as rebuild:
        told(rebuild, "promoting")
        kill_engine(own_node)
        assert rebuild.stdin
        rebuild.stdin.write("go on\n")
        rebuild.stdin.flush()
        assert "was put into use" in told(rebuild, "failed")
        edit(rng)
        start_engine(own_node)
        edit(rng)
        assert_no_differences()
        # The worker had trouble, so it looks whether something is left over.
        until(lambda: our_indexes() == [indexes.current()])
        assert [target.name for target in IndexTarget.objects.all()] == [indexes.current()]
        edit(rng)
        assert_no_differences()


def test_a_killed_rebuild_leaves_nothing_to_later_ones_and_live_writes_go_on(
    index: str, districts: list[District]
) -> None:
    rng = random.Random(3)
    fill(districts[0], 300)
    with process("workers", "0", "0"):
        for beginning in ("20 resources", "160 resources", "promoting"):
            with process("rebuild", "wait") as rebuild:
                told(rebuild, beginning)
                rebuild.kill()
            edit(rng)
            assert indexes.current() == index
            assert_no_differences()
        name = indexes.rebuild()
        assert our_indexes() == [name]
        assert_no_differences()
