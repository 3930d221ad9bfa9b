"""A framework of 5,000 statements opens at once: what is shown is what was opened, whatever stands below it."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from standards.models import Item, ItemAncestor
from tests.factories import FrameworkFactory

pytestmark = pytest.mark.django_db
STRANDS, CLUSTERS, STANDARDS = 10, 25, 19


@pytest.fixture(scope="module")
def large(django_db_setup, django_db_blocker):
    """Made once, inside a transaction that is rolled back after the last test."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_large()
        transaction.set_rollback(True)


def make_large():
    """10 strands of 25 clusters of 19 standards: 5,010 statements, with their closure."""
    framework = FrameworkFactory(short_name="LARGE", title="Everything", grades=["06", "07"])
    rows: list[Item] = []
    above: list[list[Item]] = []

    def add(code, depth, ways):
        item = Item(
            framework=framework,
            identifier=f"large-{code}",
            full_statement=f"Statement {code}",
            human_coding_scheme=code,
            position=len(rows),
            depth=depth,
            grades=["06" if len(rows) % 2 else "07"],
        )
        rows.append(item)
        above.append([item, *ways])
        return [item, *ways]

    for strand in range(STRANDS):
        top = add(f"S{strand}", 0, [])
        for cluster in range(CLUSTERS):
            middle = add(f"S{strand}.{cluster}", 1, top)
            for standard in range(STANDARDS):
                add(f"S{strand}.{cluster}.{standard}", 2, middle)
    Item.objects.bulk_create(rows)
    ItemAncestor.objects.bulk_create(
        ItemAncestor(descendant=way[0], ancestor=ancestor, depth=depth)
        for way in above
        for depth, ancestor in enumerate(way)
    )
    # As an import of this size does. The database's own look may fall between two tests, when the tables are empty; then it
    # plans for a handful of rows and takes minutes.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE standards_item, standards_itemancestor")
    assert len(rows) >= 5000
    return framework


def opened(client, url, **headers):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode(), len(captured)


def shown(page):
    return re.findall(r"Statement (S[\d.]+)<", page)


def test_the_page_shows_the_strands_alone(client, large):
    page, _queries = opened(client, "/standards/LARGE/")
    assert shown(page) == [f"S{strand}" for strand in range(STRANDS)]
    assert len(page) < 60_000


def test_each_level_comes_by_itself(client, large):
    level, _queries = opened(client, "/standards/level/large-S3/", **{"HX-Request": "true"})
    assert shown(level) == [f"S3.{cluster}" for cluster in range(CLUSTERS)]
    page, _queries = opened(client, "/standards/LARGE/?open=large-S3.4")
    assert set(shown(page)) == {
        *(f"S{strand}" for strand in range(STRANDS)),
        *(f"S3.{cluster}" for cluster in range(CLUSTERS)),
        *(f"S3.4.{standard}" for standard in range(STANDARDS)),
    }


def test_it_asks_no_more_than_a_framework_of_ten(client, large):
    small = FrameworkFactory(short_name="SMALL", grades=["06", "07"])
    for number in range(10):
        item = Item.objects.create(
            framework=small,
            identifier=f"small-{number}",
            full_statement="Words",
            position=number,
            grades=["06"],
        )
        ItemAncestor.objects.create(ancestor=item, descendant=item, depth=0)
    addresses = (
        "/standards/SMALL/?open=small-1&grade=06",
        "/standards/LARGE/?open=large-S3.4&open=large-S7&grade=06",
    )
    for address in addresses:  # what each process keeps in memory is read once
        opened(client, address)
    few, many = (opened(client, address)[1] for address in addresses)
    assert many == few
