"""What standards pages say about resources: true counts, for the reader only, and never a broken page."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.models import Role
from repository.models import Alignment, Audience
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, LevelFactory, member, resource

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture
def ratios():
    """A domain with two statements."""
    framework = FrameworkFactory(short_name="MER-MATH")
    domain = ItemFactory(framework=framework, human_coding_scheme="RP", full_statement="Ratios")
    first = ItemFactory(
        framework=framework, human_coding_scheme="RP.1", full_statement="Unit rates", under=domain
    )
    second = ItemFactory(
        framework=framework, human_coding_scheme="RP.2", full_statement="Percents", under=domain
    )
    return domain, first, second


def teaches(item, **fields):
    return {"item": item, "relation": Alignment.Relation.TEACHES, **fields}


def shown_counts(client: Client, url: str) -> dict[str, str]:
    """The number beside each code of the tree."""
    page = client.get(url).content.decode()
    found = {}
    for code in ("RP", "RP.1", "RP.2"):
        after = page.split(f">{code}</", 1)[1]
        found[code] = re.search(r'class="tree__count"[^>]*>([\d,–]+)<', after)[1]  # type: ignore[index]
    return found


URL = "/standards/MER-MATH/"


def test_the_tree_counts_each_resource_once_at_every_statement_above_it(
    client: Client, follow: Callable[[], None], ratios
) -> None:
    _domain, first, second = ratios
    resource("Better buy", alignments=[teaches(first), teaches(second)])
    resource("Market day", alignments=[teaches(first)])
    follow()
    assert shown_counts(client, URL) == {"RP": "2", "RP.1": "2", "RP.2": "1"}
    assert client.get("/api/v1/standards/MER-MATH:RP").json()["counts"]["resources"] == 2


def test_no_count_gives_a_hidden_resource_away(client: Client, follow: Callable[[], None], ratios) -> None:
    district = DistrictFactory()
    resource("For us only", district=district, audience=Audience.DISTRICT, alignments=[teaches(ratios[1])])
    resource("Not ready", live=False, alignments=[teaches(ratios[1])])
    follow()
    assert shown_counts(client, URL) == {"RP": "0", "RP.1": "0", "RP.2": "0"}
    assert "For us only" not in client.get(ratios[1].get_absolute_url()).content.decode()
    client.force_login(member(Role.TEACHER, district))
    assert shown_counts(client, URL) == {"RP": "1", "RP.1": "1", "RP.2": "0"}
    assert "For us only" in client.get(ratios[1].get_absolute_url()).content.decode()


def test_a_statement_shows_its_resources_by_relation_and_level(
    client: Client, follow: Callable[[], None], ratios
) -> None:
    level = LevelFactory(name="Proficient")
    resource("Better buy", alignments=[teaches(ratios[1], level=level)])
    resource("Exit ticket", alignments=[{"item": ratios[1], "relation": Alignment.Relation.ASSESSES}])
    follow()
    page = client.get(ratios[1].get_absolute_url()).content.decode()
    assert "All 2 resources" in page
    for words in ("Better buy", "Exit ticket"):
        assert words in page
    links = dict(re.findall(r'class="chip" href="([^"]+)"[^>]*>(\w+) <span', page))
    by_label = {label: href.replace("&amp;", "&") for href, label in links.items()}
    assert set(by_label) == {"Teaches", "Assesses", "Proficient"}
    for label, title in {
        "Teaches": "Better buy",
        "Assesses": "Exit ticket",
        "Proficient": "Better buy",
    }.items():
        found = client.get(by_label[label]).content.decode()
        assert title in found, label
        assert (("Exit ticket" in found) + ("Better buy" in found)) == 1, label


def test_a_level_of_the_tree_is_counted_with_one_request_and_no_more_queries(
    client: Client, follow: Callable[[], None], ratios
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(URL).status_code == 200
        return len(captured)

    follow()
    few = queries()
    for _ in range(57):
        ItemFactory(framework=ratios[0].framework, under=ratios[0])
    assert queries() == few


def test_pages_stay_whole_while_the_engine_is_away(client: Client, ratios, settings) -> None:
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    assert shown_counts(client, URL) == {"RP": "–", "RP.1": "–", "RP.2": "–"}
    page = client.get(ratios[1].get_absolute_url()).content.decode()
    assert "Search is resting" in page
    assert "Unit rates" in page
