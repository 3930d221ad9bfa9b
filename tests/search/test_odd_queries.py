"""No query, however odd, costs much or breaks anything: it is answered, or refused in words."""

import random
import re
from collections.abc import Callable
from string import ascii_lowercase
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import Role, User
from repository.models import ResourcePage, Synonym
from repository.models.synonym import MAX_MEANINGS
from search.facets import FACETS
from search.request import PARAMETERS, SearchRequest, Sort
from standards.models import Item
from tests.factories import (
    FrameworkFactory,
    ItemFactory,
    SchoolFactory,
    SubjectFactory,
    member,
    resource,
    topic,
)
from tests.repository.pages import Page

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PAIRS = [a + b for a in LETTERS for b in LETTERS]

ODD = {
    "many short words": " ".join(PAIRS)[:300],
    "one long word": "a" * 300,
    "words of one letter": " ".join(LETTERS * 6)[:300],
    "signs of their own writing": "".join(chr(0x4E00 + n) for n in range(300)),
    "phrases": " ".join(f'"{pair} {pair[::-1]}"' for pair in PAIRS)[:300],
    "exclusions": " ".join(f"-{pair}" for pair in PAIRS)[:300],
    "codes": " ".join(f"{n}.RP.{n % 7}" for n in range(60))[:300],
    "a code of many parts": ".".join(f"{n}A" for n in range(100))[:300],
    "wildcards": "a* *b ?c* ** * ??? " * 15,
    "a storm of near spellings": " ".join(f"fractoin{pair}" for pair in PAIRS)[:300],
    "another engine's syntax": 'title:(a OR b) AND NOT [1 TO *] {x TO y} ^5 ~0.8 /.*.*.*/ "\\" && || + - !',
    "regular expression": "/(a+)+$/ (.*a){20}",
    "script": "<script>alert(1)</script> {{7*7}} ${jndi:x} %n %s ' OR 1=1 --",
    "unclosed": '"""\'\'\' ((( [[[ {{{ <<< -" "- "',
    "bytes that mean nothing": "\x00\x01\ufffe\uffff\u200b\u202e\ue000\ue001 a\u0301\u0301\u0301",
    "faces and flags": "👩‍👩‍👧‍👦" * 20 + "🏴" * 10,
    "too long": "b" * 301,
    "a page of text": "word " * 2000,
}


@pytest.fixture
def some(follow: Callable[[], None]) -> None:
    item = ItemFactory(framework=FrameworkFactory(short_name="MER-MATH"), human_coding_scheme="6.RP.1")
    resource(
        "Rivers and ratios",
        subjects=[SubjectFactory()],
        topics=[topic("Rivers")],
        alignments=[{"item": item}],
    )
    follow()


def test_many_misspelled_words_among_many_that_are_near_to_each_are_corrected(
    follow: Callable[[], None], client: Client
) -> None:
    """As on a large site: each of the words that were typed has two dozen near it."""
    begun = random.Random(0).sample(
        [a + b + c + d for a in "bcdf" for b in "aeiou" for c in "lmn" for d in "aeiou"], 42
    )
    near = [f"{word}{letter}" for word in begun for letter in ascii_lowercase[:24]]
    resource("All of them", body=[("objectives", {"objectives": [" ".join(near)], "evidence": ""})])
    follow()
    typed = [f"{word}z" for word in begun]
    assert len(" ".join(typed)) < 300
    ask(client, urlencode({"q": " ".join(typed)}))
    assert "All of them" in client.get("/search/", {"q": " ".join(typed)}).content.decode()


@pytest.mark.parametrize("number", [6, 60])
def test_acronyms_with_as_many_meanings_as_there_may_be_leave_search_and_its_feed_standing(
    follow: Callable[[], None], client: Client, number: int
) -> None:
    """Each meaning would be a clause for every field, and the engine takes 1,024 in all."""
    acronyms = [f"Q{pair.upper()}" for pair in PAIRS[:number]]
    for acronym in acronyms:
        meanings = [f"{acronym.lower()} meant {n}" for n in range(MAX_MEANINGS)]
        Synonym.objects.create(term=acronym, means=", ".join(meanings))
    resource("Rivers", summary=" ".join(acronyms)[:300])
    follow()
    query = urlencode({"q": " ".join(acronyms)})
    ask(client, query)
    assert "Rivers" in client.get(f"/search/?{query}").text
    feed = client.get(f"/search/feed/?{query}")
    assert (feed.status_code, feed.text.count("<entry>")) == (200, 1)


@pytest.fixture
def teacher(some: None, follow: Callable[[], None]) -> User:
    """A teacher of a school. Beside `some` there are resources that only its members, or only their authors, may see.

    They have the words of every odd query in title and text, and all that the public one has.
    """
    known = ResourcePage.objects.get()
    school = SchoolFactory(parent=known.district)
    shared: dict[str, Any] = {
        "district": known.district,
        "school": school,
        "owner": member(Role.TEACHER, known.district),
        "summary": f"Rivers and ratios. {_SAYABLE}"[:300],
        "subjects": list(known.subjects.all()),
        "topics": list(known.topics.all()),
        "alignments": [{"item": one.item} for one in known.alignments.all()],
        "body": [("objectives", {"objectives": [_SAYABLE], "evidence": ""})],
    }
    resource(f"Rivers of the quagga {_SAYABLE}"[:255], live=False, **shared)
    resource(f"Rivers of the okapi {_SAYABLE}"[:255], audience="school", **shared)
    resource(f"Rivers of the numbat {_SAYABLE}"[:255], **shared).unpublish()
    follow()
    return member(Role.TEACHER, school)


HIDDEN = ("quagga", "okapi", "numbat")
# Without what no database takes.
_SAYABLE = " ".join("".join(sign for sign in q[:200] if sign.isprintable()) for q in ODD.values())
PAGES = (
    "/search/",
    "/search/feed/",
    "/search/suggest/",
    "/api/v1/suggest",
    "/search/levels/",
    "/search/facet/standard/",
    "/search/facet/subject/",
)


def ask(client: Client, query: str) -> None:
    client.raise_request_exception = False
    page = client.get(f"/search/?{query}")
    assert page.status_code == 200, query
    assert b"Search is resting" not in page.content, query
    api = client.get(f"/api/v1/resources?{query}")
    assert api.status_code in (200, 400), query
    assert told(page.content) == told(api.content) == [], query
    if api.status_code == 400:
        assert api["Content-Type"] == "application/problem+json"
        assert api.json()["detail"]


def told(content: bytes) -> list[str]:
    """The resources that an answer names though a visitor may not see them."""
    plain = re.sub(r"</?mark>", "", content.decode())
    return [name for name in HIDDEN if f"Rivers of the {name}" in plain]


@pytest.mark.parametrize("name", ODD)
def test_odd_words_are_answered_or_refused(some: None, client: Client, name: str) -> None:
    ask(client, urlencode({"q": ODD[name]}))


def test_no_query_however_odd_shows_what_others_may_see(teacher: User, client: Client) -> None:
    """Drafts, what is for a school, and what was taken back: their words are those of the queries."""
    client.raise_request_exception = False
    for odd in ODD.values():
        query = urlencode({"q": odd[:300]}, errors="replace")
        for address in ("/search/", "/api/v1/resources", "/search/suggest/"):
            assert told(client.get(f"{address}?{query}").content) == [], (address, odd)
    item = Item.objects.get(human_coding_scheme="6.RP.1")
    for q in ("rivers of", "okapi", ""):
        query = urlencode({"q": q, "standard": item.identifier, "related": 1})
        for address in PAGES:
            assert told(client.get(f"{address}?{query}").content) == [], (address, q)
    client.force_login(teacher)
    for q in ("rivers of", ODD["many short words"]):
        for address in ("/search/", "/api/v1/resources"):
            # These words do find what may be shown, so that the rest of this test could fail.
            assert told(client.get(f"{address}?{urlencode({'q': q})}").content) == ["okapi"], (address, q)
    assert told(client.get("/search/suggest/?q=rivers+of").content) == ["okapi"]


VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["standard:MER-MATH", "6.RP.1", "MER-MATH:6.RP.1", "rivers", "start", "06", "-1", "1e9", "9" * 30]
    ),
)
WORDS = st.text(st.one_of(st.characters(), st.sampled_from('"-*?:()[]~^/\\ab. ')), max_size=60)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(st.tuples(st.sampled_from([*PARAMETERS, "odd"]), VALUES), max_size=12),
    words=WORDS,
)
def test_no_address_breaks_the_search(
    teacher: User, client: Client, pairs: list[tuple[str, str]], words: str
) -> None:
    ask(client, urlencode([("q", words), *pairs], errors="replace"))


def test_hundreds_of_values_are_refused_at_little_cost(some: None, client: Client) -> None:
    client.raise_request_exception = False
    for spec in FACETS:
        query = urlencode([(spec.name, f"value-{n}") for n in range(100)])
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"/api/v1/resources?{query}")
        assert answer.status_code == 400
        assert len(answer.json()["errors"]) <= 6
        assert len(captured) < 40
        answer = client.get(f"/api/v1/resources?{query}&{query}")
        assert "At most 100 values" in answer.json()["detail"]
    answer = client.get("/api/v1/resources?" + urlencode([("open", "standard:MER-MATH")] * 400))
    assert answer.status_code == 400
    for address in ("/search/", "/api/v1/resources"):
        many = client.get(f"{address}?" + urlencode([("grade", "06")] * 10_500))
        assert many.status_code == 400
    assert "more than 10000 parameters" in many.json()["detail"]


def test_the_deepest_and_widest_pages_are_answered(some: None, client: Client) -> None:
    for sort in Sort:
        for query in (
            "page=500",
            "limit=100&page=100&facet_limit=1000",
            "cursor=start&limit=100&facet_limit=1000",
        ):
            assert client.get(f"/api/v1/resources?{query}&sort={sort}").status_code == 200
    assert SearchRequest().query_string() == ""
    assert client.get("/api/v1/resources?page=501").status_code == 400
    assert client.get("/search/facet/subject/?page=501&find=" + "x" * 5000).status_code == 200


def test_the_character_that_no_database_takes_is_left_out_of_every_address(
    some: None, client: Client
) -> None:
    for address, status in {
        "/search/?q=ri%00vers&kind=%00": 200,
        "/search/facet/standard/?find=9%00zz": 200,
        "/api/v1/standards?q=9%00zz": 200,
        "/api/v1/standards?q=ratio&framework=%00MER-MATH": 200,
        "/api/v1/standards?q=ratio&framework=%00none": 400,
        "/standards/lookup/?q=9%00zz&framework=%00": 200,
        "/standards/lookup/?q=ratio&framework=%00none": 404,
        "/standards/lookup/?q=ratio&framework=%%0000none": 404,
        "/standards/MER%00MATH/": 404,
        "/api/v1/standards/%00": 404,
        "/%00": 404,
    }.items():
        assert client.get(address).status_code == status, address
    assert "1 resource" in client.get("/search/?q=ri%00vers").content.decode()


def test_a_query_of_signs_alone_says_that_there_is_nothing_to_look_for(
    client: Client, index: str, follow: Callable[[], None]
) -> None:
    resource("Halves on a number line", summary="Where is ½? 🎉")
    follow()
    for q in ["???", "½", "“ ”", "+"]:
        page = Page.open(client, "/search/?" + urlencode({"q": q}))
        assert f"There are no words in “{q}” to look for" in page.text
        assert "Halves on a number line" in page.text
    for q in ["🎉", "number", "5", "数"]:
        assert "There are no words" not in Page.open(client, "/search/?" + urlencode({"q": q})).text
