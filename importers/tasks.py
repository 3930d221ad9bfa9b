"""The background jobs of imports, for the worker that `manage.py db_worker` runs."""

from django_tasks import task

from importers import jobs


@task()
def plan_import(record_id: int) -> None:
    jobs.plan_now(record_id)


@task()
def apply_import(record_id: int) -> None:
    jobs.apply_now(record_id)
