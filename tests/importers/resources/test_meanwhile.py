"""What a teacher saves over another connection while an import is applied or undone is never lost."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from importers.resources.services import Report, import_resources
from importers.resources.undo import undo_import
from people.models import District, Role, User
from repository.models import ResourcePage
from repository.services.drafts import save_draft
from tests.factories import member

pytestmark = pytest.mark.django_db(transaction=True)


def load(district: District, *lessons: dict[str, Any]) -> Report:
    return import_resources(as_file(*lessons), district=district)


def as_file(*lessons: dict[str, Any]) -> bytes:
    return json.dumps(
        [{"@type": "LearningResource", "identifier": one["name"], **one} for one in lessons]
    ).encode()


@pytest.fixture
def teacher(district: District) -> User:
    return member(Role.COORDINATOR, district)


def save(title: str, teacher: User) -> None:
    one = ResourcePage.objects.get(title=title)
    save_draft(identifier=one.identifier, user=teacher, change=lambda page: setattr(page, "summary", "Ours"))


def elsewhere(work: Callable[[], None]) -> threading.Thread:
    """Begins to do it over a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until_somebody_waits() -> None:
    """Returns when a connection waits for a lock; after seconds, at the latest."""
    end = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)


@pytest.mark.parametrize("change", ["added", "changed"])
def test_an_undo_keeps_what_is_being_saved_when_it_begins(
    district: District, teacher: User, change: str
) -> None:
    if change == "changed":
        load(district, {"name": "Paint"})
    record = load(district, {"name": "Paint", "description": "Mix."}, {"name": "Glue"}).record
    assert record is not None
    saved = threading.Event()

    def saving() -> None:
        with transaction.atomic():
            save("Paint", teacher)
            saved.set()
            until_somebody_waits()

    thread = elsewhere(saving)
    assert saved.wait(20)
    undone = undo_import(record)
    thread.join()
    assert [(one.title, one.why) for one in undone.kept] == [("Paint", "was edited here")]
    kept = ResourcePage.objects.get()
    assert kept.get_latest_revision_as_object().summary == "Ours"
