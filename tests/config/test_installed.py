"""A new version whose installation was left half done: what says so, and what to run."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from whitenoise.storage import CompressedManifestStaticFilesStorage

from config import installed

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _nothing_known_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "_found_done", [])


def ready(client: Client, status: int) -> dict[str, Any]:
    answer = client.get("/readyz")
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.fixture
def _older_database(transactional_db: None) -> Any:
    """As the version before left it: without what the last migration of people brought."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'search' RETURNING name, applied")
        rows = cursor.fetchall()
        cursor.execute("ALTER TABLE search_outboxentry RENAME TO search_outboxentry_later")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE search_outboxentry_later RENAME TO search_outboxentry")
        cursor.executemany(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('search', %s, %s)", rows
        )


@pytest.mark.usefixtures("_older_database")
def test_a_server_on_an_older_database_is_not_ready_and_says_what_to_run(client: Client) -> None:
    told = ready(client, 503)
    assert (told["status"], told["database"]) == ("not ready", "ok")
    assert "`manage.py migrate`" in told["problem"]


@pytest.mark.usefixtures("_older_database")
def test_a_worker_on_an_older_database_says_so_in_one_line() -> None:
    settings = connection.settings_dict
    address = (
        f"postgresql://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}&port={settings['PORT']}"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "search_worker"],
        cwd=PROJECT,
        env={
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "PATH": os.environ["PATH"],
            "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or address,
            "OPENSEARCH_URL": "http://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr == "The database is of an older version: run `manage.py migrate`.\n"


@pytest.mark.django_db
def test_a_server_without_its_static_files_is_not_ready_and_says_what_to_run(
    client: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    assert isinstance(staticfiles_storage, CompressedManifestStaticFilesStorage)
    assert "`manage.py collectstatic --noinput`" in ready(client, 503)["problem"]
    call_command("collectstatic", interactive=False, verbosity=0)
    assert ready(client, 200)["database"] == "ok"
