"""Production settings start only when the environment is complete and safe."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.check import PRODUCTION

PROJECT = Path(__file__).resolve().parents[2]


def load(**changes: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process that has nothing but this environment."""
    environment = {**PRODUCTION, **changes, "PATH": os.environ["PATH"]}
    shown = "settings.DEBUG, settings.STORAGES['default'], settings.DEFAULT_FROM_EMAIL"
    program = f"from django.conf import settings; print({shown})"
    return subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, env=environment, capture_output=True, text=True
    )


def test_a_complete_environment_starts_without_debug():
    done = load()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("False")


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "SITE_URL", "DATABASE_URL", "OPENSEARCH_URL", "OPENSEARCH_PREFIX", "EMAIL_HOST"],
)
def test_what_is_missing_stops_the_start_with_its_name_and_what_to_do(name):
    done = load(**{name: " "})
    assert done.returncode == 1
    last_line = done.stderr.strip().splitlines()[-1]
    assert f"{name} is not set. Set it to " in last_line
    assert "docs/operating.md" in last_line


@pytest.mark.parametrize(
    "key", ["demo-only-" + "0" * 50, "test-only-" + "0" * 50, "django-insecure-" + "x" * 50, "short"]
)
def test_a_default_or_short_secret_stops_the_start(key):
    done = load(SECRET_KEY=key)
    assert done.returncode == 1
    assert "SECRET_KEY is a default or too short" in done.stderr


def test_an_address_without_a_host_stops_the_start():
    assert "must start with https://" in load(SITE_URL="resources.example.org").stderr


def test_files_go_to_s3_where_a_bucket_is_named():
    done = load(S3_BUCKET="lessons", S3_ENDPOINT_URL="https://s3.example.org")
    assert "storages.backends.s3.S3Storage" in done.stdout
    assert "'bucket_name': 'lessons'" in done.stdout


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, "Meridian Learning Commons <no-reply@resources.example.org>"),
        ({"DEFAULT_FROM_EMAIL": "library@example.org"}, "Meridian Learning Commons <library@example.org>"),
        ({"DEFAULT_FROM_EMAIL": "The library <library@example.org>"}, "The library <library@example.org>"),
    ],
)
def test_mails_name_the_site_they_are_from(given: dict[str, str], shown: str) -> None:
    done = load(SITE_URL="https://resources.example.org", **given)
    assert done.stdout.strip().endswith(f"}} {shown}"), done.stderr


def test_the_demo_refuses_production_settings():
    done = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=PROJECT,
        env={**PRODUCTION, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "must not run here" in done.stderr
