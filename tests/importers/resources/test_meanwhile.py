"""What a teacher saves over another connection while an import is applied or undone is never lost."""

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from importers.problems import ImportRefused
from importers.resources import jobs
from importers.resources.services import Report, import_resources
from importers.resources.undo import undo_import
from importers.turns import wait_for_turn
from people.models import District, Role, User
from repository.models import ResourcePage
from repository.permissions import sync_all
from repository.services.bulk import Written, update_resources
from repository.services.drafts import save_draft
from tests.factories import member
from tests.waiting import PATIENCE, impatience, until_somebody_waits

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


def publish(title: str) -> None:
    """As a coordinator does in the admin: the latest revision is live again."""
    one = ResourcePage.objects.get(title=title)
    one.summary = "Ours"
    one.save_revision().publish()


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
    assert saved.wait(PATIENCE)
    undone = undo_import(record)
    thread.join()
    assert [(one.title, one.why) for one in undone.kept] == [("Paint", "was edited here")]
    kept = ResourcePage.objects.get()
    assert kept.get_latest_revision_as_object().summary == "Ours"


def test_a_page_that_is_being_deleted_in_the_admin_ends_the_import_with_one_line(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who deletes holds the district's page, and waits for the page that the import holds, which waits for the first."""
    threads: list[threading.Thread] = []
    left: list[str] = []

    def delete() -> None:
        with (
            connection.cursor() as cursor
        ):  # of the two it is the import that looks for a deadlock, and gives way
            cursor.execute("SET deadlock_timeout = '10min'")
        ResourcePage.objects.get(title="Paint").delete()
        left.extend(ResourcePage.objects.values_list("title", flat=True))

    def update_and_have_it_deleted(**given: Any) -> list[Written]:
        written = update_resources(**given)
        threads.append(elsewhere(delete))
        until_somebody_waits()
        return written

    load(district, {"name": "Paint"}, {"name": "Ink"})
    monkeypatch.setattr("importers.resources.apply.update_resources", update_and_have_it_deleted)
    with pytest.raises(ImportRefused, match=r"at the same moment.* Start it again"):
        load(district, {"name": "Paint", "description": "Mix."}, {"name": "Glue"}, {"name": "Ink"})
    threads[0].join()
    assert left == ["Ink"]


def test_what_an_undo_would_do_is_shown_while_another_import_runs(client: Client, district: District) -> None:
    record = load(district, {"name": "Paint"}, {"name": "Glue"}).record
    assert record is not None
    admin = member(Role.DISTRICT_ADMIN, district)
    sync_all()
    client.force_login(admin)
    running, shown = threading.Event(), threading.Event()

    def import_something() -> None:
        with transaction.atomic():
            wait_for_turn(lambda stage, done, total: None)
            running.set()
            shown.wait(PATIENCE)

    thread = elsewhere(import_something)
    assert running.wait(PATIENCE)
    try:
        with impatience(5), CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/admin/resource-imports/{record.pk}/undo/")
    finally:
        shown.set()
        thread.join()
    assert "<strong>2</strong> would be removed for good" in answer.content.decode()
    # Records as they came may be hundreds of megabytes, and none is shown.
    sent = [one["sql"] for one in queries]
    whole = re.compile(r'"before"(?! ->)')
    assert not [sql for sql in sent if '"raw"' in sql or whole.search(sql.split("FROM")[0])]


@pytest.mark.parametrize("work", ["import", "undo"])
def test_who_imports_or_undoes_waits_for_the_import_that_runs_and_reads_so(
    district: District, work: str
) -> None:
    record = load(district, {"name": "Paint"}).record
    assert record is not None
    running, told = threading.Event(), threading.Event()
    stages: list[str] = []

    def import_something() -> None:
        with transaction.atomic():
            wait_for_turn(lambda stage, done, total: None)
            running.set()
            told.wait(PATIENCE)

    def tell(stage: str, done: int, total: int) -> None:
        stages.append(stage)
        if stage.startswith("Waiting"):
            told.set()

    thread = elsewhere(import_something)
    assert running.wait(PATIENCE)
    try:
        if work == "undo":
            undo_import(record, progress=tell)
        else:
            import_resources(as_file({"name": "Glue"}), district=district, progress=tell)
    finally:
        told.set()
        thread.join()
    assert "Waiting for another import to end" in stages


@pytest.fixture
def saves_in_between(teacher: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A teacher saves “Paint” when the plan is made and new resources are written, but not yet the changed ones."""

    def update_after_a_save(**given: Any) -> list[Written]:
        if given["changes"]:
            elsewhere(lambda: save("Paint", teacher)).join()
        return update_resources(**given)

    monkeypatch.setattr("importers.resources.apply.update_resources", update_after_a_save)


def test_what_a_coordinator_publishes_meanwhile_is_not_replaced(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    def update_after_a_publish(**given: Any) -> list[Written]:
        elsewhere(lambda: publish("Paint")).join()
        return update_resources(**given)

    load(district, {"name": "Paint"})
    monkeypatch.setattr("importers.resources.apply.update_resources", update_after_a_publish)
    with pytest.raises(ImportRefused, match="“Paint” was changed here while this ran"):
        load(district, {"name": "Paint", "description": "Mix."})
    page = ResourcePage.objects.get()
    assert (page.summary, page.latest_revision_id) == ("Ours", page.live_revision_id)
    monkeypatch.undo()
    again = load(district, {"name": "Paint", "description": "Mix."})
    assert [one.title for one in again.plan.conflicts] == ["Paint"]


def assert_only_the_teacher_wrote() -> None:
    assert ResourcePage.objects.get().get_latest_revision_as_object().summary == "Ours"


def test_the_command_says_in_one_line_that_somebody_saved_meanwhile(
    district: District, tmp_path: Path, saves_in_between: None
) -> None:
    load(district, {"name": "Paint"})
    file = tmp_path / "lessons.json"
    file.write_bytes(as_file({"name": "Paint", "description": "Mix."}, {"name": "Glue"}))
    with pytest.raises(CommandError, match=r"“Paint” was changed here .* nothing was written") as error:
        call_command("import_resources", str(file), verbosity=0)
    assert error.value.returncode == 2
    assert "\n" not in str(error.value)
    assert_only_the_teacher_wrote()


def test_the_record_in_the_admin_says_that_somebody_saved_meanwhile_and_is_run_again(
    district: District, saves_in_between: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(district, {"name": "Paint"})
    admin = member(Role.DISTRICT_ADMIN, district)
    sync_all()
    file = as_file({"name": "Paint", "description": "Mix."}, {"name": "Glue"})
    record = jobs.start(user=admin, district=district, data=file, name="lessons.json")
    jobs.plan_now(record.pk)
    jobs.request_apply(record, user=admin)
    jobs.apply_now(record.pk)
    record.refresh_from_db()
    assert record.state == "refused"
    assert "“Paint” was changed here while this ran, so nothing was written" in record.message
    assert_only_the_teacher_wrote()
    monkeypatch.undo()
    jobs.start_again(record)
    jobs.plan_now(record.pk)
    jobs.request_apply(record, user=admin)
    jobs.apply_now(record.pk)
    record.refresh_from_db()
    assert (record.state, record.counts["added"], record.counts["conflicts"]) == ("applied", 1, 1)
