"""The background jobs of imports, for the worker that `manage.py db_worker` runs."""

from django_tasks import task

from importers import jobs, moves
from importers.resources import jobs as resource_jobs


@task()
def plan_import(record_id: int) -> None:
    jobs.plan_now(record_id)


@task()
def apply_import(record_id: int) -> None:
    jobs.apply_now(record_id)


@task()
def plan_resources(record_id: int) -> None:
    resource_jobs.plan_now(record_id)


@task()
def apply_resources(record_id: int) -> None:
    resource_jobs.apply_now(record_id)


@task()
def undo_resources(record_id: int) -> None:
    resource_jobs.undo_now(record_id)


@task()
def move_resources(record_id: int) -> None:
    moves.move_now(record_id)


@task()
def undo_move(record_id: int) -> None:
    moves.undo_now(record_id)
