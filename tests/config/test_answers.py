"""What every answer carries, and what a load balancer is told."""

from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.urls import reverse
from django.urls.converters import IntConverter, UUIDConverter
from playwright.sync_api import ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

import people.urls
import repository.urls
import search.urls
import standards.urls
from people.models import User
from search import indexes
from search.client import client as search_client
from search.outbox import enqueue
from tests import factories


def test_alive_asks_neither_database_nor_engine(client):
    answer = client.get("/healthz")
    assert answer.json() == {"status": "alive"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_load_balancer_may_ask_a_server_by_its_number(client, settings):
    settings.ALLOWED_HOSTS = ["resources.example.org"]
    by_number = {"host": "10.0.3.7:8000"}
    assert client.get("/healthz", headers=by_number).status_code == 200
    assert client.get("/readyz", headers=by_number).status_code == 200
    assert client.get("/", headers=by_number).status_code == 400


@pytest.fixture
def _no_index_left(engine):
    """Tests that come later count on an engine without an index."""
    yield
    search_client().indices.delete(index=f"{settings.OPENSEARCH_PREFIX}-*", ignore_unavailable=True)


@pytest.mark.engine
@pytest.mark.django_db
@pytest.mark.usefixtures("_no_index_left")
def test_ready_tells_of_database_engine_and_what_the_index_has_yet_to_hear_of(client):
    enqueue([1, 2])
    told = client.get("/readyz").json()
    assert (told["status"], told["database"], told["engine"]) == ("degraded", "ok", "no index")
    assert "`manage.py search_reindex`" in told["problem"]
    assert told["outbox"]["waiting"] == 2
    assert 0 <= told["outbox"]["oldest_seconds"] < 60
    indexes.rebuild()
    told = client.get("/readyz").json()
    assert (told["status"], told["engine"], told["problem"]) == ("ready", "ok", "")


@pytest.mark.django_db
def test_the_site_stays_in_service_while_the_engine_is_down(client, settings):
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["engine"]) == ("degraded", "down")


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", ["es", "ar", "fr-CA, es;q=0.8", "en-GB"])
def test_pages_are_in_one_language_and_say_which_whatever_the_browser_wants(client, wanted):
    text = client.get(reverse("account_login"), headers={"accept-language": wanted}).text
    assert '<html lang="en">' in text
    assert "Password" in text
    assert "dir=" not in text.partition("<body")[0]


@pytest.mark.django_db(transaction=True)
def test_a_process_without_its_database_is_not_ready(client, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    answer = client.get("/readyz")
    monkeypatch.undo()
    connection.close()
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "database": "down"}


def test_the_icon_is_where_programs_look_that_read_no_page(client):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    icon = finders.find(answer["Location"].removeprefix(settings.STATIC_URL))
    assert icon
    assert Path(icon).read_text().startswith("<svg")


def test_pages_may_run_no_script_but_our_own(client):
    policy = client.get("/healthz")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_only_the_admin_has_the_looser_policy_that_wagtail_needs(client):
    assert "script-src 'self' 'unsafe-inline'" in client.get("/admin/")["Content-Security-Policy"]


def test_an_answer_carries_the_number_of_its_request(client):
    number = client.get("/healthz")["X-Request-ID"]
    assert len(number) == 16
    assert client.get("/healthz", headers={"X-Request-ID": "proxy-1234"})["X-Request-ID"] == "proxy-1234"


def test_a_number_that_could_forge_a_line_of_the_log_is_replaced(client):
    assert client.get("/healthz", headers={"X-Request-ID": "x\nroot: all is well"})["X-Request-ID"].isalnum()


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/standards/", "/admin/"])
def test_no_page_breaks_its_own_policy(page: Page, live_server: LiveServer, path: str, client):
    factories.StateFactory()
    user = factories.UserFactory(is_superuser=True)
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    if path != "/accounts/login/":
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
    broken: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            broken.append(message.text)

    page.on("console", listen)
    page.goto(live_server.url + path)
    page.wait_for_load_state("networkidle")
    assert page.title()
    assert broken == []


def test_the_admin_is_where_the_policy_looks_for_it():
    assert reverse("wagtailadmin_home") == "/admin/"


# A value for each kind of part that an address may have.
PARTS = {UUIDConverter: UUID(int=1), IntConverter: 1}
PAGES = [
    pytest.param(
        page.callback,
        {name: PARTS.get(type(kind), "x") for name, kind in page.pattern.converters.items()},
        id=page.name,
    )
    for urls in (people.urls, repository.urls, search.urls, standards.urls)
    for page in urls.urlpatterns
]


@pytest.mark.parametrize(("page", "parts"), PAGES)
def test_a_page_refuses_a_method_that_it_does_not_know_before_it_does_anything(rf, page, parts):
    request = rf.generic("BREW", "/")
    request.user = User(email="teacher@example.org")
    assert page(request, **parts).status_code == 405
