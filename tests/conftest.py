"""What every test may ask for: the database, the search engine, a browser, outside files. Each starts when first needed.

Servers are shared by all workers of a run and end with the last of them; `make test-services` keeps them up between
runs. TEST_DATABASE_URL and TEST_OPENSEARCH_URL name servers of your own instead.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection, connections
from playwright.sync_api import Playwright
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key

from config.local_services.lease import Lease
from tests.clean_tables import quick_clean_up

__all__ = ["quick_clean_up"]

EMPTIES_TABLES = pytest.StashKey[bool]()
PROJECT = Path(__file__).resolve().parents[1]
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have tests that empty all tables find the rows that migrations made (Wagtail's root page, its locale), and run last.

    pytest-django sorts so too, but pytest then gathers the tests that share a browser.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        kwargs = dict(marker.kwargs) if marker else {}
        fixtures = getattr(item, "fixturenames", ())
        if item.get_closest_marker("browser") or "live_server" in fixtures or "transactional_db" in fixtures:
            kwargs["transaction"] = True
        if kwargs.get("transaction"):
            item.add_marker(pytest.mark.django_db(**{**kwargs, "serialized_rollback": True}), append=False)
            item.stash[EMPTIES_TABLES] = True
    # Those that ask for more time than others go first: at the end one would keep a worker busy, and the others wait.
    items.sort(
        key=lambda item: (item.stash.get(EMPTIES_TABLES, False), not item.get_closest_marker("timeout"))
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """Bring back what migrations made, after a test that emptied all tables: a worker may be given any other test next."""
    emptied = item.config.stash[EMPTIES_TABLES] = item.stash.get(EMPTIES_TABLES, False)
    yield
    if emptied and nextitem is not None and not nextitem.stash.get(EMPTIES_TABLES, False):
        bring_back_what_migrations_made(item.config)
        item.config.stash[EMPTIES_TABLES] = False


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """pytest-django's own; the state, which every district is in, stands beside what migrations made: made for each test
    anew, it with its home page took a third of the time of many. And a run with --reuse-db finds all that, however the
    one before has ended.
    """
    from tests.factories import StateFactory

    with django_db_blocker.unblock():
        StateFactory()
        connection._test_serialized_contents = connection.creation.serialize_db_to_string()  # type: ignore[attr-defined]
    yield
    if request.config.getvalue("reuse_db") and request.config.stash.get(EMPTIES_TABLES, False):
        bring_back_what_migrations_made(request.config)


def bring_back_what_migrations_made(config: pytest.Config) -> None:
    if contents := getattr(connection, "_test_serialized_contents", None):
        with config.stash[blocking_manager_key].unblock():
            connection.creation.deserialize_db_from_string(contents)


# -- servers


@pytest.fixture(scope="session")
def _lease() -> Iterator[Lease]:
    lease = Lease(Path(django_settings.DATA_DIR), discard=True)
    yield lease
    lease.release()


def _start(server: str) -> None:
    """In a process of its own: in this one, sockets to the outside are closed, and the first start downloads jars."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.start_server", server], cwd=PROJECT, capture_output=True, text=True
    )
    if done.returncode:
        pytest.exit(f"{done.stdout}{done.stderr}", returncode=3)


@pytest.fixture(scope="session")
def local_postgres(request: pytest.FixtureRequest) -> None:
    """A running database server."""
    if "postgres" in django_settings.LOCAL_SERVICES:
        request.getfixturevalue("_lease")
        _start("postgres")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    local_postgres: None, quick_clean_up: None, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """pytest-django's own hook before it makes the test database: by then the server must run."""


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a running search engine, which settings.OPENSEARCH_URL names too. Tests marked `engine` have it.

    All indices of this worker start with settings.OPENSEARCH_PREFIX, which is random, and are deleted in the end.
    """
    if "opensearch" in django_settings.LOCAL_SERVICES:
        request.getfixturevalue("_lease")
        _start("opensearch")
        from config.local_services import state

        django_settings.OPENSEARCH_URL = state.opensearch_url(Path(django_settings.DATA_DIR))
    yield django_settings.OPENSEARCH_URL
    from opensearchpy import OpenSearch

    with OpenSearch(django_settings.OPENSEARCH_URL) as client:
        client.indices.delete(index=f"{django_settings.OPENSEARCH_PREFIX}-*", ignore_unavailable=True)


@pytest.fixture(autouse=True)
def _engine_where_marked(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("engine"):
        request.getfixturevalue("engine")


@pytest.fixture(autouse=True)
def _site_as_in_the_database() -> None:
    """Wagtail remembers where the site begins, also what a test before has taken back."""
    from wagtail.models import Site

    Site.clear_site_root_paths_cache()


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    """Tries to sign in, and much else that is counted by the minute, are in the cache: those of the test before, too."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _media_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Uploads of tests go where pytest clears up."""
    django_settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")


# -- outside files


@pytest.fixture(scope="session")
def standards_data_dir() -> Path:
    """Real frameworks and resources, which are not part of this project and need not be there."""
    named = os.environ.get("STANDARDS_DATA_DIR")
    if not named or not Path(named).is_dir():
        pytest.skip("STANDARDS_DATA_DIR does not name a folder with outside files")
    return Path(named)


# -- browser


@pytest.fixture(scope="session")
def _django_beside_playwright(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let Django work in the thread in which Playwright keeps an event loop running, from now to the session's end.

    Seeing that loop, Django refuses every query, though nothing here is asynchronous; and it hands out a second
    connection, which does not know the rows that tests want put back.
    """
    rows = getattr(connections["default"], "_test_serialized_contents", None)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    request.getfixturevalue("playwright")
    if rows is not None:
        connections["default"]._test_serialized_contents = rows  # type: ignore[attr-defined]
    yield
    connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], _django_beside_playwright: None, playwright: Playwright
) -> dict[str, Any]:
    """Playwright's own Chromium where it is installed, otherwise the system's."""
    arguments = {**browser_type_launch_args, "args": CHROMIUM_FLAGS}
    if not Path(playwright.chromium.executable_path).exists():
        system = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if not system:
            _no_browser()
        arguments["executable_path"] = system
    return arguments


def _no_browser() -> None:
    sentence = (
        "There is no Chromium: run `playwright install chromium`, or install your system's chromium package."
    )
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
