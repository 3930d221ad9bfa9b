"""Production settings start only when the environment is complete and safe."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.check import PRODUCTION

PROJECT = Path(__file__).resolve().parents[2]


SHOWN = "settings.DEBUG, settings.STORAGES['default'], settings.DEFAULT_FROM_EMAIL"


def load(shown: str = SHOWN, **changes: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process that has nothing but this environment."""
    environment = {**PRODUCTION, **changes, "PATH": os.environ["PATH"]}
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


@pytest.mark.parametrize(
    "address",
    ["resources.example.org", "http://resources.example.org", "https://example.org/resources", "https://"],
)
def test_an_address_that_is_not_the_site_s_whole_address_stops_the_start(address: str) -> None:
    """Links in mails begin with it: by http they would tell everybody on the way, and a folder would be lost."""
    assert "must start with https:// and name a host, and nothing behind it" in load(SITE_URL=address).stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECURE_SSL_REDIRECT", "true"), ("EMAIL_USE_TLS", "False"), ("IMPORT_ALLOW_PRIVATE_ADDRESSES", "yes")],
)
def test_a_switch_that_says_neither_1_nor_0_stops_the_start(name: str, value: str) -> None:
    """It was taken for off: who wrote SECURE_SSL_REDIRECT=true had none."""
    done = load(**{name: value})
    assert done.returncode == 1
    assert f'{name} is "{value}". Set it to 1 or 0.' in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [("EMAIL_PORT", "smtp"), ("IMPORT_MAX_BYTES", "100 MB"), ("SECURE_HSTS_SECONDS", "-1")],
)
def test_a_number_that_is_none_stops_the_start_with_its_name(name: str, value: str) -> None:
    assert f'{name} is "{value}". Set it to a whole number.' in load(**{name: value}).stderr.splitlines()[-1]


def test_what_is_set_to_nothing_is_as_if_it_were_not_set() -> None:
    shown = "settings.SECURE_SSL_REDIRECT, settings.EMAIL_PORT, settings.IMPORT_TIMEOUT"
    done = load(shown, SECURE_SSL_REDIRECT="", EMAIL_PORT="", IMPORT_TIMEOUT="")
    assert done.stdout.split() == ["True", "587", "60"], done.stderr


def test_further_names_of_the_site_may_be_divided_by_commas_and_spaces() -> None:
    done = load("settings.ALLOWED_HOSTS", ALLOWED_HOSTS="www.example.org, lessons.example.org")
    assert done.stdout.strip() == "['resources.example.org', 'www.example.org', 'lessons.example.org']"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, "resources.example.org America/Denver"),
        ({"SITE_NAME": "Ohio Lessons", "TIME_ZONE": "America/New_York"}, "Ohio Lessons America/New_York"),
    ],
)
def test_the_site_has_the_name_and_the_clock_of_whoever_runs_it(given: dict[str, str], shown: str) -> None:
    """All sites were called Meridian Learning Commons, and lived in Denver."""
    done = load("settings.WAGTAIL_SITE_NAME, settings.TIME_ZONE", **given)
    assert done.stdout.strip() == shown, done.stderr


@pytest.mark.parametrize(("given", "proxies"), [({}, "1"), ({"TRUSTED_PROXIES": "2"}, "2")])
def test_visitors_are_told_apart_by_what_the_proxy_in_front_notes(
    given: dict[str, str], proxies: str
) -> None:
    assert load("settings.ALLAUTH_TRUSTED_PROXY_COUNT", **given).stdout.strip() == proxies


def test_files_go_to_s3_where_a_bucket_is_named():
    done = load(S3_BUCKET="lessons", S3_ENDPOINT_URL="https://s3.example.org")
    assert "storages.backends.s3.S3Storage" in done.stdout
    assert "'bucket_name': 'lessons'" in done.stdout


@pytest.mark.parametrize(("given", "seconds"), [("", "5"), ("?connect_timeout=2", "2")])
def test_nobody_waits_long_for_a_database_whose_host_is_off(given: str, seconds: str):
    address = f"postgresql://site:secret@db.example.org/site{given}"
    done = load("settings.DATABASES['default']['OPTIONS']['connect_timeout']", DATABASE_URL=address)
    assert done.stdout.strip() == seconds, done.stderr


@pytest.mark.parametrize(
    ("given", "seconds"), [("", "20"), ("?keepalives_idle=60&keepalives_interval=9", "60")]
)
def test_nobody_waits_long_for_an_answer_of_a_host_that_went_off(given: str, seconds: str):
    """As the driver tells the system: of a connection that is open, nothing else would tell."""
    options = "settings.DATABASES['default']['OPTIONS']"
    waits = f"{options}['keepalives_idle'], {options}['tcp_user_timeout'], {options}['connect_timeout']"
    done = load(waits, DATABASE_URL=f"postgresql://site:secret@db.example.org/site{given}")
    assert done.stdout.split() == [seconds, "20000", "5"], done.stderr


def test_nobody_waits_long_for_a_bucket_that_hangs():
    waits = "settings.STORAGES['default']['OPTIONS']['client_config']"
    done = load(f"{waits}.connect_timeout, {waits}.read_timeout, {waits}.retries", S3_BUCKET="lessons")
    assert done.stdout.startswith("5 20 "), done.stderr


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, "Ohio Lessons <no-reply@resources.example.org>"),
        ({"DEFAULT_FROM_EMAIL": "library@example.org"}, "Ohio Lessons <library@example.org>"),
        ({"DEFAULT_FROM_EMAIL": "The library <library@example.org>"}, "The library <library@example.org>"),
    ],
)
def test_mails_name_the_site_they_are_from(given: dict[str, str], shown: str) -> None:
    done = load(SITE_URL="https://resources.example.org", SITE_NAME="Ohio Lessons", **given)
    assert done.stdout.strip().endswith(f"}} {shown}"), done.stderr


@pytest.mark.parametrize("named", [True, False])
def test_the_demo_refuses_production_settings(named: bool) -> None:
    environment = {**PRODUCTION, "PATH": os.environ["PATH"]}
    if not named:
        del environment["DJANGO_SETTINGS_MODULE"]
    done = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "must not run here" in done.stderr


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "DATABASE_URL leads to it"),
        ({}, "`manage.py services start`"),
    ],
)
def test_a_command_without_a_database_says_so_in_one_line(
    given: dict[str, str], advice: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "undo_import"],
        cwd=PROJECT,
        env={
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "DATA_DIR": str(tmp_path),
            "PATH": os.environ["PATH"],
            **given,
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("The database does not answer. ")
    assert advice in done.stderr
