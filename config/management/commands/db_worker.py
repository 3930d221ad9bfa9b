"""`manage.py db_worker`: background jobs, as the library does them, by a worker that waits for a database that went away,
and does what a worker was doing that was killed."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, connections
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from config.away import database_is_away

PAUSE = 2.0  # seconds until the database is asked again
# A job that takes the database or its worker down each time must not do so for ever.
TRIES = 3
# Nobody wants a mail of last month.
TOO_OLD = timedelta(days=1)
_LOCK = 0x0CA5E0DB  # names the locks of workers, among those of the database

logger = logging.getLogger(__name__)


class Command(db_worker.Command):
    help = "Do background jobs, such as imports and mails, until it is told to end."
    requires_migrations_checks = (
        True  # so that one that starts without a database says so and ends, as other commands do
    )

    def handle(self, **options: Any) -> None:
        worker_id, trouble = options["worker_id"], ""
        while True:
            try:
                with at_work(worker_id):
                    take_up_again(worker_id)
                    if trouble:
                        logger.warning("The database is back, and jobs are done again.")
                        trouble = ""
                    super().handle(**options)
                    return
            except (OperationalError, InterfaceError) as error:
                said = database_is_away(error)
                if not said:
                    raise
                if not trouble:
                    logger.error("Jobs wait. %s", said)
                trouble = said
                connections.close_all()
                time.sleep(PAUSE)


@contextmanager
def at_work(worker_id: str) -> Iterator[None]:
    """Hold a lock by which others see that this worker is there: of a connection of its own, that ends with the process."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            # Not waited for: of a name that an operator gave, a host that went off may seem to have it still.
            cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_LOCK, worker_id])
        yield
    finally:
        own.close()


def _is_at_work(worker_id: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, worker_id])
        return not cursor.fetchone()[0]


def take_up_again(worker_id: str) -> None:
    """Have those jobs done once more that this worker, or one that is gone, was doing: nobody could say that they failed.

    Nothing is done twice: an import is one transaction, and its record says whether it was begun; letters have names.
    """
    for job in DBTaskResult.objects.running().filter(started_at__gt=timezone.now() - TOO_OLD):
        if not job.worker_ids or (job.worker_ids[-1] != worker_id and _is_at_work(job.worker_ids[-1])):
            continue
        # Unless another worker has taken it up meanwhile.
        same = DBTaskResult.objects.running().filter(pk=job.pk, worker_ids=job.worker_ids)
        if len(job.worker_ids) < TRIES:
            same.update(status=TaskResultStatus.READY)
        elif same.update(status=TaskResultStatus.FAILED, finished_at=timezone.now()):
            logger.error("Given up: %s %s, which ended its worker each time.", job.task_path, job.pk)
