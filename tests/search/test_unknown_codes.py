"""A code that no standard has: the page and the API say so, and show what comes near."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.test import Client

from standards.models import Item
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, resource

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


@pytest.fixture
def standard(follow: Callable[[], None]) -> Item:
    """M.6.RP.2 with a lesson, and a lesson with the numbers of another code in it."""
    district, framework = DistrictFactory(), FrameworkFactory()
    cluster = ItemFactory(
        framework=framework, human_coding_scheme="M.6.RP", full_statement="Ratios and rates"
    )
    item = ItemFactory(
        framework=framework, human_coding_scheme="M.6.RP.2", full_statement="Use a rate", under=cluster
    )
    resource("Unit prices", district=district, alignments=[{"item": item}])
    resource("Dice", district=district, summary="Roll a 6 and a 9, and write RP beside m")
    follow()
    return item


def page(client: Client, q: str) -> str:
    """The words of the page."""
    html = client.get(f"/search/?q={quote_plus(q)}").content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1])).split())


def answer(client: Client, q: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/resources", {"q": q}).json()
    return found


@pytest.mark.parametrize("q", ["M.6.RP.9", "6.RP.9", "6rp9", "MER:M.6.RP.9", "m-6-rp-9"])
def test_a_code_that_no_standard_has_is_said_with_what_comes_near(
    q: str, standard: Item, client: Client
) -> None:
    code = q.removeprefix("MER:")
    words = page(client, q)
    assert f"No standard has the code “{code}”" in words
    assert "Use a rate 1 resource" in words
    assert "Dice" not in words
    found = answer(client, q)
    assert found["total"] == 0
    (unknown,) = found["unknown_codes"]
    assert unknown["code"] == code
    assert standard.identifier in [one["identifier"] for one in unknown["near"]]


def test_what_has_the_code_in_its_text_is_shown_and_said_to(
    standard: Item, follow: Callable[[], None], client: Client
) -> None:
    resource("Old exit tickets", body=[("text", {"text": "For last year’s standard 6.RP.9 and its parts"})])
    follow()
    words = page(client, "6.RP.9")
    assert "No standard has the code “6.RP.9” The resources below have it in their text." in words
    assert "Old exit tickets" in words
    assert "Dice" not in words
    assert [one["title"] for one in answer(client, "6.RP.9")["results"]] == ["Old exit tickets"]
    assert "Old exit tickets" in page(client, "6.RP.9 tickets")
    assert "Old exit tickets" not in page(client, "6.RP.9 zebra")
    for words, either in (
        ("6.RP.8", "No resource has it"),
        ('6.RP.8 "zebra"', "No resource that fits the rest has it"),
    ):
        assert f"{either} in its text, either." in page(client, words)


def test_beside_a_code_that_a_standard_has_another_is_said_to_be_unknown(
    standard: Item, client: Client
) -> None:
    words = page(client, "M.6.RP.2 M.6.RP.9")
    assert "No standard has the code “M.6.RP.9”" in words
    assert "in their text" not in words
    assert "No standard has any of the codes “6.RP.8”, “6.RP.9”" in page(client, "6.RP.8 6.RP.9")


@pytest.mark.parametrize(
    "q",
    [
        *(
            "M.6.RP.2",
            "6rp2",
            "M.6.RP",
            "covid-19",
            "H2O",
            "5e model",
            "K-2",
            "2-D-shapes",
            "4x4 grids",
            "5 x 5",
            "a^2 + b^2 = c^2",
            "y=mx+b",
            "web 2.0",
            "4th of july",
        ),
        *("unit prices", "", "“6.RP.9”", 'unit -"6.RP.9"'),
    ],
)
def test_nothing_is_said_of_a_code_that_there_is_or_of_what_is_none(
    q: str, standard: Item, client: Client
) -> None:
    assert "No standard has" not in page(client, q)
    assert answer(client, q)["unknown_codes"] == []


def test_a_few_words_with_a_number_are_no_code(standard: Item, client: Client) -> None:
    ItemFactory(
        framework=standard.framework, human_coding_scheme="M.6.RP.3", full_statement="Find ways to make 5"
    )
    assert "No standard has" not in page(client, "ways to make 5")


def test_a_code_typed_in_one_is_near_to_those_of_its_domain(standard: Item, client: Client) -> None:
    words = page(client, "6rp99")
    assert "No standard has the code “6rp99”" in words
    assert "M.6.RP.2" in words.partition("Standards that come near")[2]


def test_a_standard_that_the_reader_may_not_see_is_not_near(
    follow: Callable[[], None], client: Client
) -> None:
    secret = FrameworkFactory(adoption_status="Private Draft")
    ItemFactory(framework=secret, human_coding_scheme="S.7.ES.4", full_statement="Secret rivers")
    follow()
    for q in ("S.7.ES.4", "S.7.ES.5"):
        words = page(client, q)
        assert f"No standard has the code “{q}”" in words
        assert "Secret rivers" not in words
        assert answer(client, q)["unknown_codes"] == [{"code": q, "near": []}]


def test_words_that_nothing_for_a_standard_has_are_named_and_its_resources_shown(
    standard: Item, client: Client
) -> None:
    words = page(client, "6rp2 zebra")
    assert "No resource for M.6.RP.2 has “zebra” in its text. These are the ones without it." in words
    assert "1 resource" in words
    assert "Unit prices" in words
    words = page(client, "6rp2 zebra opera")
    assert "No resource for M.6.RP.2 has all of “zebra opera”." in words


@pytest.mark.parametrize(
    ("q", "said"),
    [
        ("6.RP.8", "No resource has it in its text, either."),
        ("6.RP.8 and 6.RP.9", "No resource has them in its text, either."),
        ("6.RP.8, 6.RP.9 zebras", "No resource that fits the rest has them in its text, either."),
    ],
)
def test_what_is_said_of_texts_is_said_of_as_many_codes_as_were_typed(
    q: str, said: str, standard: Item, client: Client
) -> None:
    assert said in page(client, q)
