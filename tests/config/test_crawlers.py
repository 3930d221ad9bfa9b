"""What search engines of the web are told."""

from typing import Any
from urllib.robotparser import RobotFileParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from repository.models import Audience
from tests.factories import DistrictFactory, FrameworkFactory, resource

pytestmark = pytest.mark.django_db


def addresses(client: Client, path: str) -> list[str]:
    answer: Any = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    return [one.text or "" for one in etree.fromstring(answer.content).iterfind(".//{*}loc")]


def test_pages_may_be_read_and_not_every_search_that_can_be_put_together(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    for path in ("/", "/juniper/rivers/", "/standards/MER-MATH/", "/static/css/base.css"):
        assert rules.can_fetch("somebot", path)
    for path in ("/search/?grade=06&page=3", "/api/v1/resources", "/admin/", "/accounts/login/?next=/"):
        assert not rules.can_fetch("somebot", path)
    assert rules.site_maps() == ["http://testserver/sitemap.xml"]


def test_the_map_leads_to_what_anybody_may_see_and_to_nothing_else(client: Client) -> None:
    district = DistrictFactory(slug="juniper")
    shown = resource("Rivers", district=district)
    resource("Lakes", district=district, audience=Audience.DISTRICT)
    resource("Seas", district=district, live=False)
    framework = FrameworkFactory(short_name="MER-MATH")
    maps = addresses(client, "/sitemap.xml")
    assert maps == ["http://testserver/sitemap-resources.xml", "http://testserver/sitemap-frameworks.xml"]
    found = [found for one in maps for found in addresses(client, one.removeprefix("http://testserver"))]
    assert found == [f"http://testserver{shown.url}", f"http://testserver{framework.get_absolute_url()}"]
    assert all(client.get(one.removeprefix("http://testserver")).status_code == 200 for one in found)


def test_it_asks_as_often_for_many_resources_as_for_one(client: Client) -> None:
    district = DistrictFactory()
    counts = []
    for titles in (["Rivers"], ["Lakes", "Seas", "Ponds"]):
        for title in titles:
            resource(title, district=district)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            addresses(client, "/sitemap-resources.xml")
        counts.append(len(queries))
    assert counts[0] >= counts[1]
