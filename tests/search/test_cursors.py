"""Beyond the 10,000th result: a list is read to its end, in one order, whatever happens meanwhile."""

import re
import time
from collections.abc import Callable, Iterator
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from people.models import Role
from repository.models import ResourcePage, Synonym
from search import cursors, indexes, mapping, ranking, request
from search.client import client as engine_client
from search.client import open_point_in_time
from search.kept import Promotion, RankingSettings
from tests.factories import DistrictFactory, member, resource

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
Follow = Callable[[], None]
WORDS = ["river", "river river", "river and lake", "lake river lake", "a river"]


@pytest.fixture
def rivers(follow: Follow) -> list[str]:
    """Twelve lessons on rivers, some alike in all that they are sorted by; their titles."""
    district = DistrictFactory()
    found = [f"Lesson {number:02} {WORDS[number % 5]}" for number in range(12)]
    for number, title in enumerate(found):
        resource(title, district=district, duration_minutes=[None, 30][number % 2])
    follow()
    return found


@pytest.fixture(autouse=True)
def points_in_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Each test opens its own, and closes those alone: other tests run beside it."""
    opened: list[str] = []

    def open_one(keep_alive: str) -> str:
        opened.append(open_point_in_time(keep_alive))
        return opened[-1]

    monkeypatch.setattr(cursors, "open_point_in_time", open_one)
    cursors._open.clear()
    yield opened
    close(opened)


def close(points_in_time: list[str]) -> None:
    for pit in points_in_time:
        engine_client().delete_pit(body={"pit_id": [pit]}, params={"ignore": "404"})


def read(client: Client, query: str, cursor: str = "start") -> list[str]:
    """The titles of the whole list, answer by answer."""
    found = []
    while cursor:
        answer = client.get(f"/api/v1/resources?{query}&cursor={cursor}").json()
        found += [one["title"] for one in answer["results"]]
        cursor = answer["next_cursor"]
    return found


@pytest.mark.parametrize("sort", ["relevance", "newest", "title", "shortest"])
@pytest.mark.parametrize("words", ["", "river", "rivr"])
def test_a_list_read_by_cursor_is_the_list_read_by_pages(
    rivers: list[str], client: Client, sort: str, words: str
) -> None:
    by_pages = [
        one["title"]
        for page in (1, 2, 3)
        for one in client.get(f"/api/v1/resources?q={words}&sort={sort}&limit=5&page={page}").json()[
            "results"
        ]
    ]
    assert sorted(by_pages) == rivers
    assert read(client, f"q={words}&sort={sort}&limit=5") == by_pages
    first = client.get(f"/api/v1/resources?q={words}&sort={sort}&limit=5").json()
    assert read(client, f"q={words}&sort={sort}&limit=3", first["next_cursor"]) == by_pages[5:]


def test_what_changes_meanwhile_moves_nothing_in_the_list(
    rivers: list[str], client: Client, follow: Follow
) -> None:
    answer = client.get("/api/v1/resources?sort=title&limit=4&cursor=start").json()
    found = [one["title"] for one in answer["results"]]
    resource("Lesson 00 and a half")
    moved = ResourcePage.objects.get(title=rivers[10])
    moved.title = "A first lesson"
    moved.save_revision().publish()
    follow()
    assert answer["total"] == 12
    assert found + read(client, "sort=title&limit=4", answer["next_cursor"]) == rivers


@pytest.mark.parametrize("query", ["q=river&limit=4", "q=river+lake&limit=3"])
def test_better_matches_that_appear_meanwhile_change_neither_order_nor_members(
    rivers: list[str], client: Client, follow: Follow, query: str
) -> None:
    """Few have both words, so the second query is asked loosely; ten more that have both would make it a strict one."""
    answer = client.get(f"/api/v1/resources?{query}&cursor=start").json()
    found = [one["title"] for one in answer["results"]]
    whole = read(client, query)
    for number in range(10):
        resource(f"River lake {number}", summary="By a river, to a lake.")
    follow()
    assert found + read(client, query, answer["next_cursor"]) == whole
    assert len(whole) == answer["total"] == 12


@pytest.mark.parametrize("change", ["weights", "synonym", "pick", "midnight"])
def test_another_order_of_the_state_ends_a_list_in_words(
    rivers: list[str], client: Client, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    cursor = client.get("/api/v1/resources?q=river&limit=4&cursor=start").json()["next_cursor"]
    if change == "weights":
        RankingSettings.objects.create(changes={"title": 9})
    elif change == "synonym":
        Synonym.objects.create(term="river", means="stream")
    elif change == "pick":
        Promotion.objects.create(phrases="river")
    else:
        monkeypatch.setattr(ranking, "today", lambda: "2099-01-01")
    answer = client.get(f"/api/v1/resources?q=river&limit=4&cursor={cursor}")
    assert answer.status_code == 410
    renewed = answer.json()["renewed"]
    rest = read(client, "q=river&limit=4", renewed)
    assert len(rest) == 8
    page = client.get(f"/search/?q=river&cursor={cursor}")
    assert page.status_code == 200


def test_what_is_taken_back_or_hidden_meanwhile_is_not_shown(
    rivers: list[str], client: Client, follow: Follow
) -> None:
    cursor = client.get("/api/v1/resources?sort=title&limit=4&cursor=start").json()["next_cursor"]
    ResourcePage.objects.get(title=rivers[5]).unpublish()
    hidden = ResourcePage.objects.get(title=rivers[6])
    hidden.audience = "district"
    hidden.save_revision().publish()
    follow()
    assert read(client, "sort=title&limit=4", cursor) == [rivers[4], *rivers[7:]]


def test_a_cursor_is_of_one_search_and_one_reader(rivers: list[str], client: Client) -> None:
    cursor = client.get("/api/v1/resources?q=river&limit=4").json()["next_cursor"]
    for query in ("q=lake", "q=river&sort=title", "q=river&duration=16-30"):
        answer = client.get(f"/api/v1/resources?{query}&cursor={cursor}")
        assert answer.status_code == 400
        assert "another search" in answer.json()["detail"]
    assert client.get(f"/api/v1/resources?q=river&limit=2&facet_limit=3&cursor={cursor}").status_code == 200
    client.force_login(member(Role.TEACHER, ResourcePage.objects.first().district))
    answer = client.get(f"/api/v1/resources?q=river&cursor={cursor}")
    assert answer.status_code == 400
    assert "another reader" in answer.json()["detail"]


def test_a_colleague_reads_to_its_end_what_others_may_not_see(client: Client, follow: Follow) -> None:
    district = DistrictFactory()
    for title, audience in (("River", "public"), ("River of ours", "district")):
        resource(title, district=district, audience=audience)
    follow()
    assert read(client, "q=river&limit=1") == ["River"]
    client.force_login(member(Role.TEACHER, district))
    assert sorted(read(client, "q=river&limit=1")) == ["River", "River of ours"]


@pytest.mark.parametrize("cursor", ["x", "start2", "{cursor}x", "x{cursor}", "%01", "W10:1:x"])
def test_what_is_no_cursor_is_refused_in_words(rivers: list[str], client: Client, cursor: str) -> None:
    real = client.get("/api/v1/resources?limit=4").json()["next_cursor"]
    answer = client.get(f"/api/v1/resources?cursor={cursor.format(cursor=real)}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "cursor"
    assert "cursor" in answer.json()["detail"]
    assert client.get(f"/api/v1/resources?cursor={real}&page=2").status_code == 400


@pytest.mark.parametrize("how", ["closed", "too old", "index replaced"])
def test_an_expired_cursor_says_so_and_how_to_go_on(
    rivers: list[str],
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    points_in_time: list[str],
    how: str,
) -> None:
    cursor = client.get("/api/v1/resources?sort=title&limit=4&cursor=start").json()["next_cursor"]
    if how == "closed":
        close(points_in_time)
    elif how == "too old":
        monkeypatch.setattr(cursors, "time", SimpleNamespace(time=lambda: time.time() + 3600))
    else:
        indexes.rebuild()
    answer = client.get(f"/api/v1/resources?sort=title&limit=4&cursor={cursor}")
    assert answer.status_code == 410
    assert "cursor=start" in answer.json()["detail"]
    html = client.get(f"/search/?sort=title&limit=4&cursor={cursor}").content.decode()
    assert "goes on from the same place" in html
    assert rivers[4] in html
    assert read(client, "sort=title&limit=4", answer.json()["renewed"]) == rivers[4:]
    assert read(client, "sort=title&limit=4") == rivers


def test_many_readers_share_one_point_in_time(
    rivers: list[str], client: Client, points_in_time: list[str]
) -> None:
    for sort in ("title", "newest"):
        for _reader in range(5):
            read(client, f"sort={sort}&limit=5")
    assert len(points_in_time) == 1


def test_a_clock_that_goes_back_does_not_keep_a_state_of_the_index_alive(
    rivers: list[str], client: Client, points_in_time: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read(client, "sort=title&limit=5")
    monkeypatch.setattr(cursors, "time", SimpleNamespace(time=lambda: time.time() - 3600))
    read(client, "sort=title&limit=5")
    assert len(points_in_time) == 2


def test_page_links_go_on_where_numbers_end(
    rivers: list[str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the engine's window at six results: the same as 10,000, and quicker."""
    for module in (mapping, request, __import__("search.pages.page").pages.page):
        monkeypatch.setattr(module, "MAX_RESULTS", 6)
    address, numbers, found = "/search/?sort=title&limit=3", [], []
    while address:
        html = client.get(address).content.decode()
        numbers += re.findall(r'<ol class="cards" start="(\d+)"', html)
        found += re.findall(r"Lesson \d\d [a-z ]+(?=</a>)", html)
        links: list[Any] = re.findall(r'href="([^"]+)" rel="next"', html)
        address = unescape(links[0]) if links else ""
    assert numbers == ["1", "4", "7", "10"]
    assert list(dict.fromkeys(found)) == rivers
    assert "page=1" not in html
    refused = client.get("/api/v1/resources?limit=3&page=3").json()
    assert "cursor" in refused["detail"]


def test_a_list_of_more_than_ten_thousand_is_read_to_its_end(
    index: str, follow: Follow, client: Client
) -> None:
    made = resource("River 00000")
    follow()
    document = engine_client().get(index=index, id=str(made.pk))["_source"]
    lines: list[dict[str, Any]] = []
    for number in range(1, 10_051):
        title = f"River {number:05}"
        lines.append({"index": {"_index": index, "_id": str(10**9 + number)}})
        lines.append(
            {
                **document,
                "identifier": f"many-{number:05}",
                "group": f"many-{number:05}",
                "title": title,
                "card": {**document["card"], "title": title},
            }
        )
    assert not engine_client().bulk(body=lines, params={"refresh": "true", "request_timeout": 60})["errors"]
    expected = [f"River {number:05}" for number in range(10_051)]
    assert read(client, "q=river&sort=title&limit=100") == expected
    last = client.get("/api/v1/resources?q=river&sort=title&limit=100&page=100").json()
    assert (last["total"], last["results"][-1]["title"]) == (10_051, "River 09999")
    assert read(client, "q=river&sort=title&limit=100", last["next_cursor"]) == expected[10_000:]
    refused = client.get("/api/v1/resources?q=river&sort=title&limit=100&page=101")
    assert refused.status_code == 400
    assert "cursor" in refused.json()["detail"]
