"""What was left undone when this version was installed: told by /readyz, and in the log of a web process that starts."""

import logging

from django.apps import apps
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

logger = logging.getLogger(__name__)

MIGRATE = "The database is of an older version: run `manage.py migrate`."
COLLECT = "Static files are not those of this version: run `manage.py collectstatic --noinput` and restart."
_OTHER_TABLES = ("42P01", "42703")  # PostgreSQL's: no such table, no such column

_found_done: list[bool] = []  # what is done stays done


def left_undone() -> str:
    """What has to be run before pages work, in a sentence; "" where nothing has. Raises DatabaseError where the database is
    away."""
    if _found_done:
        return ""
    if _some_not_collected():
        return COLLECT
    if _some_not_migrated():
        return MIGRATE
    _found_done.append(True)
    return ""


def why_other_tables(error: ProgrammingError) -> str:
    """`MIGRATE`, where a command failed for that; "" where the fault is ours."""
    state = getattr(error.__cause__, "sqlstate", None)
    return MIGRATE if state in _OTHER_TABLES and _some_not_migrated() else ""


def log_left_undone() -> None:
    try:
        if undone := left_undone():
            logger.error("%s", undone)
    except DatabaseError:
        pass  # `search.health` says so
    finally:
        connection.close()


def _some_not_collected() -> bool:
    """Whether a page may name a file that has no place yet: then it fails."""
    collected = getattr(staticfiles_storage, "hashed_files", None)
    if collected is None:  # the demo takes files from where they are
        return False
    ignored = apps.get_app_config("staticfiles").ignore_patterns  # type: ignore[attr-defined]  # as collectstatic does
    return any(path not in collected for finder in get_finders() for path, _storage in finder.list(ignored))


def _some_not_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
