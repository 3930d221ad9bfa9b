"""An import broken off at any point leaves what was there, and a record that says so and can be run again."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from importers import jobs
from importers.models import FrameworkImport, ResourceImport
from importers.progress import note_broken
from importers.records import STALLED_AFTER
from importers.resources import jobs as resource_jobs
from importers.services import import_framework
from people.models import District, Role, User
from repository.models import ResourcePage
from repository.permissions import sync_all
from repository.vocabularies import load_vocabularies
from standards.models import Item
from tests.factories import DistrictFactory, district_page, member
from tests.importers.packages import as_bytes, identifier_of, package
from tests.importers.resources.loading import lesson
from tests.importers.test_undo import everything, revised
from tests.importers.workers import go_on, until
from tests.repository.pages import signed_in
from tests.waiting import until_let_go

pytestmark = pytest.mark.django_db(transaction=True)
TREE = {"A": None, "A.1": "A", "A.1.a": "A.1", "A.2": "A"} | {f"B.{n}": None for n in range(20)}
STAGES = ["Writing the framework", "Writing statements", "Writing associations", "Linking statements"]


def queued(raw: Any, state_admin: User) -> FrameworkImport:
    record = jobs.start(user=state_admin, data=as_bytes(raw), name="revised.json")
    jobs.plan_now(record.pk)
    jobs.request_apply(record, user=state_admin, allow_retire=True)
    record.refresh_from_db()
    assert record.state == FrameworkImport.State.QUEUED, record.message
    return record


def assert_broken_off_and_fit_to_run_again(
    record: FrameworkImport, was: Any, state_admin: User, says: str
) -> None:
    assert everything() == was
    note_broken(FrameworkImport)
    record.refresh_from_db()
    assert record.state == FrameworkImport.State.BROKEN
    assert says in record.message
    jobs.start_again(record)
    jobs.plan_now(record.pk)
    jobs.request_apply(record, user=state_admin, allow_retire=True)
    jobs.apply_now(record.pk)
    record.refresh_from_db()
    assert record.state == FrameworkImport.State.APPLIED
    assert Item.objects.filter(identifier=identifier_of("C")).exists()


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_worker_leaves_what_was_there(stage: str, state_admin: User, start: Any) -> None:
    import_framework(as_bytes(package(TREE)))
    was = everything()
    record = queued(revised(), state_admin)
    process = start(record, stage)
    until(process, stage)
    record.refresh_from_db()
    assert record.state == FrameworkImport.State.APPLYING
    assert record.stage.startswith(stage)
    note_broken(FrameworkImport)
    record.refresh_from_db()
    assert record.state == FrameworkImport.State.APPLYING  # it works still
    process.send_signal(signal.SIGKILL)
    process.wait()
    until_let_go()
    assert_broken_off_and_fit_to_run_again(record, was, state_admin, "Its process ended before it was done.")


@pytest.mark.parametrize("stage", ["Writing statements", "Linking statements"])
def test_a_lost_database_connection_leaves_what_was_there(stage: str, state_admin: User, start: Any) -> None:
    import_framework(as_bytes(package(TREE)))
    was = everything()
    record = queued(revised(), state_admin)
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
    assert_broken_off_and_fit_to_run_again(record, was, state_admin, "terminating connection")


def test_a_full_disk_leaves_what_was_there(state_admin: User) -> None:
    """As the database reports it: a trigger raises its error for a full disk in the middle of the writing."""
    import_framework(as_bytes(package(TREE)))
    was = everything()
    record = queued(revised(), state_admin)
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
    assert_broken_off_and_fit_to_run_again(record, was, state_admin, "No space left on device")


def test_of_two_imports_at_once_the_second_waits_says_so_and_plans_again(
    state_admin: User, start: Any
) -> None:
    import_framework(as_bytes(package(TREE)))
    first, second = queued(revised(), state_admin), queued(package({**TREE, "D": None}), state_admin)
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


# -- of resources

PLANNED = [lesson(f"Lesson {n}") for n in range(3)]


@pytest.fixture
def district() -> District:
    load_vocabularies()
    district: District = DistrictFactory()
    district_page(district)
    return district


def queued_resources(district: District) -> tuple[ResourceImport, User]:
    user = member(Role.DISTRICT_ADMIN, district)
    sync_all()
    record = resource_jobs.start(
        user=user, district=district, data=json.dumps(PLANNED).encode(), name="lessons.json"
    )
    resource_jobs.plan_now(record.pk)
    resource_jobs.request_apply(record, user=user)
    return record, user


def killed(process: "subprocess.Popen[str]", stage: str, record: ResourceImport) -> None:
    until(process, stage)
    record.refresh_from_db()
    note_broken(ResourceImport)
    record.refresh_from_db()
    assert record.state == "applying"  # it works still
    process.send_signal(signal.SIGKILL)
    process.wait()
    until_let_go()
    note_broken(ResourceImport)
    record.refresh_from_db()


def test_a_killed_import_of_resources_says_so_at_once_and_is_run_again(
    district: District, start: Any
) -> None:
    record, user = queued_resources(district)
    killed(start(record, "Adding resources", "apply_resources"), "Adding resources", record)
    assert (record.state, record.message) == ("broken", "Its process ended before it was done.")
    assert not ResourcePage.objects.exists()
    resource_jobs.start_again(record)
    resource_jobs.plan_now(record.pk)
    resource_jobs.request_apply(record, user=user)
    resource_jobs.apply_now(record.pk)
    record.refresh_from_db()
    assert (record.state, ResourcePage.objects.count()) == ("applied", 3)


def test_a_killed_reader_is_told_from_one_that_takes_long(district: District, start: Any) -> None:
    """Two planned one import where the first took long, and the slower plan stood over what was applied."""
    user = member(Role.DISTRICT_ADMIN, district)
    sync_all()
    data = json.dumps(PLANNED).encode()
    record = resource_jobs.start(user=user, district=district, data=data, name="lessons.json")
    process = start(record, "Looking up standards", "plan_resources")
    until(process, "Looking up standards")
    ResourceImport.objects.update(updated_at=timezone.now() - STALLED_AFTER * 2)
    client, address = signed_in(user), f"/admin/resource-imports/{record.pk}/"
    shown = client.get(address).text
    assert "the work goes on" in shown
    assert "Start again" not in shown
    client.post(f"{address}again/")
    record.refresh_from_db()
    assert record.state == "reading"
    process.send_signal(signal.SIGKILL)
    process.wait()
    until_let_go()
    assert "It broke off. Nothing was changed." in client.get(address).text
    client.post(f"{address}again/")
    resource_jobs.plan_now(record.pk)
    record.refresh_from_db()
    assert record.state == "planned"


def test_a_killed_undo_of_resources_leaves_the_import_applied_and_says_so_at_once(
    district: District, start: Any
) -> None:
    record, user = queued_resources(district)
    resource_jobs.apply_now(record.pk)
    record.refresh_from_db()
    resource_jobs.request_undo(record, user=user)
    killed(start(record, "Removing resources", "undo_resources"), "Removing resources", record)
    assert (record.state, record.message) == ("applied", "Not undone. Its process ended before it was done.")
    assert ResourcePage.objects.count() == 3
    resource_jobs.request_undo(record, user=user)
    resource_jobs.undo_now(record.pk)
    record.refresh_from_db()
    assert (record.state, ResourcePage.objects.count()) == ("undone", 0)


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C is heard by processes that a test starts, also where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_ctrl_c_ends_a_command_in_words(settings: Any) -> None:
    with subprocess.Popen(
        [sys.executable, "manage.py", "import_framework", "-"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        assert "Reading the source" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said = process.communicate()[1]
    assert process.returncode == 130
    assert said.split("\n")[1:] == [
        "Stopped before it was done. An import, or its undo, is then not written.",
        "",
    ]
