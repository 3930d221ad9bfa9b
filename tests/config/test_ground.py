"""The ground itself holds: database, engine, browser and the closed door to the outside."""

import socket

import pytest
from django.conf import settings
from django.db import connection
from opensearchpy import OpenSearch
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer
from pytest_socket import SocketConnectBlockedError
from wagtail.models import Page as WagtailPage


@pytest.mark.django_db
def test_the_database_is_postgresql_and_folds_letters_of_any_language():
    with connection.cursor() as cursor:
        cursor.execute("SELECT upper('straße über'), current_setting('server_version_num')::int")
        folded, version = cursor.fetchone()
    assert folded == "STRASSE ÜBER" or folded == "STRAßE ÜBER"
    assert version >= 180000


@pytest.mark.engine
def test_the_engine_answers_and_takes_an_index_of_ours():
    with OpenSearch(settings.OPENSEARCH_URL) as client:
        name = f"{settings.OPENSEARCH_PREFIX}-ground"
        client.indices.create(index=name)
        client.index(index=name, body={"title": "Fraction strips"}, refresh=True)
        hits = client.search(index=name, body={"query": {"match": {"title": "fraction"}}})["hits"]
    assert hits["total"]["value"] == 1


@pytest.mark.browser
def test_the_browser_reads_the_site(page: Page, live_server: LiveServer):
    page.goto(f"{live_server.url}/healthz")
    assert page.get_by_text("alive").is_visible()


@pytest.mark.browser
def test_a_test_that_empties_the_tables_finds_the_rows_of_migrations_again(live_server: LiveServer):
    assert WagtailPage.objects.filter(depth=1).exists()


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_the_outside_cannot_be_reached():
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
