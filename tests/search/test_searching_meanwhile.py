"""Readers search while the index is rebuilt and people edit, and notice none of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from people.models import District
from repository.models import ResourcePage
from repository.services.bulk import ResourceData, create_resources
from search import check, filling, indexes, outbox
from search.client import client as engine_client
from search.models import OutboxEntry
from tests.factories import DistrictFactory, KindFactory, district_page, resource
from tests.search.asking import titles
from tests.waiting import until

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]
LESSONS = 300
BATCHES = 6


@dataclass
class Reader:
    """Searches again and again; the totals, and whatever was no answer."""

    totals: list[int] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        browser = Client()
        try:
            while not self.stop.is_set():
                answer = browser.get("/api/v1/resources?q=rivers&limit=5")
                if answer.status_code == 200 and len(answer.json()["results"]) == 5:
                    self.totals.append(answer.json()["total"])
                else:
                    self.failed.append(answer.content.decode())
        except Exception as error:  # noqa: BLE001  told by the test
            self.failed.append(repr(error))
        finally:
            connection.close()

    def until_it_has_read(self) -> None:
        """Returns when a search that began after the call has ended."""
        before = len(self.totals)
        until(lambda: len(self.totals) > before + 1 or bool(self.failed))


@contextmanager
def reading() -> Iterator[Reader]:
    reader = Reader()
    thread = threading.Thread(target=reader.read)
    thread.start()
    try:
        yield reader
    finally:
        reader.stop.set()
        thread.join(90)


@pytest.fixture
def district(index: str, worker: None) -> District:
    """With lessons that are in the index."""
    district: District = DistrictFactory()
    district_page(district)
    kind = KindFactory().pk
    lessons = [
        ResourceData(title=f"Lesson {number}", kind_id=kind, summary="Rivers and lakes")
        for number in range(LESSONS)
    ]
    create_resources(district=district, resources=lessons)
    until(lambda: not OutboxEntry.objects.exists())
    engine_client().indices.refresh(index=index)
    return district


def test_every_search_during_a_rebuild_answers_from_a_whole_index_and_edits_are_in_it_at_the_end(
    index: str, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "BATCH", LESSONS // BATCHES)
    documents = outbox.documents
    half_built: list[int] = []

    def read_and_let_others_search(page_ids: Any, shared: Any) -> Any:
        found = documents(page_ids, shared)
        if len(half_built) == BATCHES // 2:  # the page is read by now, and not as it will be
            page = ResourcePage.objects.get(title="Lesson 0")
            page.title = "Oceans"
            page.save_revision().publish()
            resource("Tides", district=district, summary="Rivers meet the sea")
        reader.until_it_has_read()
        half_built.append(len(reader.totals))
        return found

    with reading() as reader:
        reader.until_it_has_read()
        monkeypatch.setattr(filling, "documents", read_and_let_others_search)
        name = indexes.rebuild()
        reader.until_it_has_read()
    assert reader.failed == []
    assert len(half_built) >= BATCHES
    assert LESSONS <= min(reader.totals) <= max(reader.totals) <= LESSONS + 1
    assert indexes.current() == name != index
    until(lambda: not OutboxEntry.objects.exists())
    engine_client().indices.refresh(index=name)
    assert (titles("q=oceans"), titles("q=tides")) == (["Oceans"], ["Tides"])
    assert check.compare(name).differences == ()
