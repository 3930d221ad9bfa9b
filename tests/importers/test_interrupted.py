"""An import broken off at any point leaves what was there, and a record that says so and can be run again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from importers import jobs
from importers.models import FrameworkImport
from importers.progress import note_broken
from importers.services import import_framework
from people.models import Role, User
from standards.models import Item
from tests.factories import StateFactory
from tests.importers.asking import person
from tests.importers.packages import as_bytes, identifier_of, package
from tests.importers.test_undo import everything, revised

pytestmark = pytest.mark.django_db(transaction=True)
TREE = {"A": None, "A.1": "A", "A.1.a": "A.1", "A.2": "A"} | {f"B.{n}": None for n in range(20)}
STAGES = ["Writing the framework", "Writing statements", "Writing associations", "Linking statements"]


@pytest.fixture
def admin() -> User:
    return person(Role.STATE_ADMIN, StateFactory())


@pytest.fixture
def start() -> Iterator[Any]:
    """Starts a worker on a record; all of them are ended with the test."""
    running: list[subprocess.Popen[str]] = []

    def begin(record: FrameworkImport, pause_at: str = "") -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.importers.worker", connection.settings_dict["NAME"], str(record.pk), pause_at],
            cwd=Path(__file__).parents[2], env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def until(process: "subprocess.Popen[str]", stage: str) -> list[str]:
    """What the worker says up to a stage."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line.strip())
        if line.startswith(f"stage {stage}"):
            return said
    raise AssertionError(f"It never came to {stage}: {said}")


def go_on(process: "subprocess.Popen[str]") -> None:
    process.communicate("\n")


def queued(raw: Any, admin: User) -> FrameworkImport:
    record = jobs.start(user=admin, data=as_bytes(raw), name="revised.json")
    jobs.plan_now(record.pk)
    jobs.request_apply(record, user=admin, allow_retire=True)
    record.refresh_from_db()
    assert record.state == FrameworkImport.State.QUEUED, record.message
    return record


def assert_broken_off_and_fit_to_run_again(record: FrameworkImport, was: Any, admin: User, says: str) -> None:
    assert everything() == was
    note_broken()
    record.refresh_from_db()
    assert record.state == FrameworkImport.State.BROKEN
    assert says in record.message
    jobs.start_again(record)
    jobs.plan_now(record.pk)
    jobs.request_apply(record, user=admin, allow_retire=True)
    jobs.apply_now(record.pk)
    record.refresh_from_db()
    assert record.state == FrameworkImport.State.APPLIED
    assert Item.objects.filter(identifier=identifier_of("C")).exists()


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_worker_leaves_what_was_there(stage: str, admin: User, start: Any) -> None:
    import_framework(as_bytes(package(TREE)))
    was = everything()
    record = queued(revised(), admin)
    process = start(record, stage)
    until(process, stage)
    record.refresh_from_db()
    assert record.state == FrameworkImport.State.APPLYING
    assert record.stage.startswith(stage)
    note_broken()
    record.refresh_from_db()
    assert record.state == FrameworkImport.State.APPLYING  # it works still
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert_broken_off_and_fit_to_run_again(record, was, admin, "Its process ended before it was done.")


@pytest.mark.parametrize("stage", ["Writing statements", "Linking statements"])
def test_a_lost_database_connection_leaves_what_was_there(stage: str, admin: User, start: Any) -> None:
    import_framework(as_bytes(package(TREE)))
    was = everything()
    record = queued(revised(), admin)
    process = start(record, stage)
    until(process, stage)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        # The import's, that of its progress, and perhaps one that an earlier test has not let go yet.
        assert len(cursor.fetchall()) >= 2
    go_on(process)
    record.refresh_from_db()
    assert record.state == FrameworkImport.State.BROKEN  # by the worker itself
    assert_broken_off_and_fit_to_run_again(record, was, admin, "terminating connection")


def test_a_full_disk_leaves_what_was_there(admin: User) -> None:
    """As the database reports it: a trigger raises its error for a full disk in the middle of the writing."""
    import_framework(as_bytes(package(TREE)))
    was = everything()
    record = queued(revised(), admin)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fill_disk() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left"
            " on device' USING ERRCODE = 'disk_full'; END $$ LANGUAGE plpgsql;"
            "CREATE TRIGGER fill_disk AFTER INSERT ON standards_itemancestor"
            " FOR EACH STATEMENT EXECUTE FUNCTION fill_disk();"
        )
    try:
        with pytest.raises(Exception, match="No space left"):
            jobs.apply_now(record.pk)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION fill_disk() CASCADE")
    assert_broken_off_and_fit_to_run_again(record, was, admin, "No space left on device")


def test_of_two_imports_at_once_the_second_waits_says_so_and_plans_again(admin: User, start: Any) -> None:
    import_framework(as_bytes(package(TREE)))
    first, second = queued(revised(), admin), queued(package({**TREE, "D": None}), admin)
    one = start(first, "Writing statements")
    until(one, "Writing statements")
    two = start(second)
    until(two, "Waiting for another import to end")
    second.refresh_from_db()
    assert (second.state, second.stage) == (
        FrameworkImport.State.APPLYING,
        "Waiting for another import to end",
    )
    go_on(one)
    go_on(two)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state == FrameworkImport.State.APPLIED
    assert second.state == FrameworkImport.State.PLANNED
    assert "has changed since this was planned" in second.message
    assert Item.objects.filter(identifier=identifier_of("C")).exists()
    assert not Item.objects.filter(identifier=identifier_of("D")).exists()
