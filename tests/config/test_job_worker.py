"""The job worker outlives its database, and what it, or one that was killed, was doing is done once more."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks import task
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from config.management.commands import db_worker

pytestmark = pytest.mark.django_db(transaction=True)
done: list[str] = []


@task()
def note(what: str) -> None:
    done.append(what)


@task()
def lose_the_database(times: int) -> None:
    """Has the database end this connection, as it ends all when it is restarted."""
    done.append("begun")
    if done.count("begun") <= times:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    done.append("ended")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    DBTaskResult.objects.all().delete()
    done.clear()
    monkeypatch.setattr(db_worker, "PAUSE", 0.0)


def work() -> None:
    """Until nothing is left to do."""
    call_command("db_worker", "--batch", "--no-startup-delay", "--verbosity", "0")


def test_a_job_during_which_the_database_was_restarted_is_done_once_more(log: io.StringIO) -> None:
    lose_the_database.enqueue(1)
    note.enqueue("the next")
    work()
    assert done == ["begun", "begun", "ended", "the next"]
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}
    assert log.getvalue().count("Jobs wait. The database does not answer.") == 1
    assert "The database is back" in log.getvalue()


def test_the_job_of_a_worker_that_was_killed_is_done_by_the_next() -> None:
    note.enqueue("a mail")
    DBTaskResult.objects.get().claim("killed since")
    work()
    assert done == ["a mail"]


def test_the_jobs_of_others_that_are_at_work_and_of_long_ago_are_left_alone() -> None:
    for worker in ("at work", "killed last week"):
        note.enqueue(worker)
        DBTaskResult.objects.ready().get().claim(worker)
    killed = DBTaskResult.objects.filter(worker_ids=["killed last week"])
    killed.update(started_at=timezone.now() - timedelta(days=7))
    with db_worker.at_work("at work"):
        work()
    assert done == []
    work()
    assert done == ["at work"]


def test_a_job_that_takes_the_database_down_each_time_is_given_up_and_others_are_done(
    log: io.StringIO,
) -> None:
    lose_the_database.enqueue(99)
    note.enqueue("the next")
    work()
    assert done == ["begun"] * db_worker.TRIES + ["the next"]
    assert "Given up" in log.getvalue()
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"FAILED", "SUCCESSFUL"}


def test_a_worker_with_nothing_to_do_waits_for_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    monkeypatch.setattr(db_worker.Command, "requires_migrations_checks", False)  # as long after its start
    note.enqueue("waited")
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            away.undo()

    connection.close()
    with pytest.MonkeyPatch.context() as away:
        away.setitem(connection.settings_dict, "HOST", "/nowhere")
        monkeypatch.setattr("config.management.commands.db_worker.time.sleep", pause)
        work()
    assert len(pauses) == 3
    assert done == ["waited"]
    assert log.getvalue().count("Jobs wait.") == 1


def test_what_is_wrong_with_a_job_itself_is_not_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 1; SELECT pg_sleep(1)")

    monkeypatch.setattr(Worker, "run", refused)
    with pytest.raises(OperationalError, match="statement timeout"):
        work()
    connection.close()
