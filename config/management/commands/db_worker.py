"""`manage.py db_worker`: background jobs, as the library does them, by a worker that waits for a database that went away."""

import logging
import time
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from config.away import database_is_away

PAUSE = 2.0  # seconds until the database is asked again
# A job that takes the database down each time must not do so for ever.
TRIES = 3

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
                if trouble:
                    take_up_again(worker_id)
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


def take_up_again(worker_id: str) -> None:
    """Have the job that this worker was doing done once more: it could not say that the job had failed.

    Nothing is done twice: an import is one transaction, and its record says whether it was begun; letters have names.
    """
    for job in DBTaskResult.objects.running().filter(worker_ids__contains=[worker_id]):
        if len(job.worker_ids) < TRIES:
            job.status = TaskResultStatus.READY
            job.save(update_fields=["status"])
        else:
            logger.error(
                "Given up: %s %s, during which the database went away each time.", job.task_path, job.pk
            )
