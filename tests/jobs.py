"""What the job worker does, and what waits for it."""

import datetime

from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult


def work() -> None:
    """What a worker does until it has nothing to do, without its closing of connections."""
    worker = Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="test",
        excluded_queue_names=[],
    )
    while job := DBTaskResult.objects.ready().first():
        job.claim("test")
        worker.run_task(job)
        assert job.status == "SUCCESSFUL", job.traceback


def wait() -> datetime.timedelta:
    """Until what waits is due; how long that took."""
    [later] = DBTaskResult.objects.filter(status="READY")
    paused = later.run_after - timezone.now()
    DBTaskResult.objects.filter(pk=later.pk).update(run_after=timezone.now())
    return paused
