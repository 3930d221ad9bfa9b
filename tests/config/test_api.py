"""What holds for every address below /api/v1/: methods, errors, and what the description for programs says of them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.factories import DistrictFactory, ItemFactory, resource

pytestmark = pytest.mark.django_db
SUGGEST = "/api/v1/standards/suggest"


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(answer.content)
    assert document["status"] == status
    assert {"type", "title", "detail"} <= document.keys()
    return document


def suggest(client: Client, body: Any, status: int = 400) -> dict[str, Any]:
    return problem(client.post(SUGGEST, body, content_type="application/json"), status)


def test_who_asks_for_the_head_alone_is_answered_as_with_get(client: Client) -> None:
    item = ItemFactory()
    for address in ("/api/v1/frameworks", f"/api/v1/standards/{item.identifier}", "/api/v1/openapi.json"):
        whole, head = client.get(address), client.head(address)
        assert (head.status_code, head["Content-Type"]) == (200, whole["Content-Type"])
        assert head.content == b""
    assert client.head("/api/v1/standards/nothing").status_code == 404


@pytest.mark.parametrize(
    ("method", "address", "takes"),
    [
        ("post", "/api/v1/standards", "GET, HEAD"),
        ("delete", "/api/v1/resources", "GET, HEAD"),
        ("options", "/api/v1/suggest", "GET, HEAD"),
        ("get", SUGGEST, "POST"),
        ("put", SUGGEST, "POST"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(client: Client, method: str, address: str, takes: str) -> None:
    answer = getattr(client, method)(address)
    assert takes in problem(answer, 405)["detail"]
    assert answer["Allow"] == takes


def test_a_wrong_method_of_the_head_alone_too(client: Client) -> None:
    answer = client.head(SUGGEST)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/resource",
        "/api/v1/resources/",
        "/api/v1/standards/",
        "/api/v1/",
        "/api/v1",
        "/api/",
        "/api/v10/",
        "/api/v2/resources/",
        "/api/v1/standards/%00",
        "/api/v1/standards/a%0Ab",
        "/api/v1/%0A",
    ],
)
def test_an_address_that_there_is_not_says_where_those_are_that_there_are(
    client: Client, method: str, address: str
) -> None:
    assert "/api/v1/docs" in problem(getattr(client, method)(address), 404)["detail"]


def test_a_page_may_still_be_called_api(client: Client) -> None:
    page = resource("Rivers", slug="v10", district=DistrictFactory(slug="api"))
    assert page.url == "/api/v10/"
    assert "Rivers" in client.get(page.url).text


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"title": "Prices", "grades": [5]}, "grades[0]"),
        ({"title": "Prices", "frameworks": ["MER-MATH", None]}, "frameworks[1]"),
        ({"title": "Prices", "grades": ["06", "99"]}, "grades[1]"),
        ({"title": "Prices", "frameworks": ["NOPE"]}, "frameworks[0]"),
        ({"text": "Compare prices"}, "title"),
        ({"title": "Prices", "colour": "red"}, "colour"),
        ({"title": "Prices", "limit": 0}, "limit"),
        ([], "body"),
        ("", "body"),
    ],
)
def test_what_is_wrong_in_a_body_is_named_as_its_sender_knows_it(
    client: Client, body: Any, parameter: str
) -> None:
    document = suggest(client, body)
    assert [one["parameter"] for one in document["errors"]] == [parameter]
    assert document["detail"].startswith(f"{parameter}: ")


def test_a_body_that_is_no_json_is_refused(client: Client) -> None:
    assert "The body is no JSON." in suggest(client, "{")["detail"]


def test_a_body_that_is_too_large_is_told_so(client: Client) -> None:
    detail = suggest(client, {"title": "x" * 3_000_000}, 413)["detail"]
    assert "2.5" in detail
    assert "parameters" not in detail


def test_more_parameters_than_anybody_means_are_told_so(client: Client) -> None:
    query = "&".join(f"a{number}=1" for number in range(10_001))
    assert "10000 parameters" in problem(client.get(f"/api/v1/standards?{query}"), 400)["detail"]


@pytest.mark.parametrize(
    "address",
    [
        "standards?q=ratio&q=rates",
        "standards?q=ratio&limit=5&limit=5",
        "suggest?q=ra&q=ri",
        "resources?q=a&q=b",
    ],
)
def test_of_a_single_value_that_is_given_twice_none_is_taken(client: Client, address: str) -> None:
    name = "limit" if "limit" in address else "q"
    document = problem(client.get(f"/api/v1/{address}"), 400)
    assert document["errors"] == [{"parameter": name, "message": f"Give “{name}” once."}]
    assert document["detail"] == f"{name}: Give “{name}” once."


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("standards", "q"),
        ("standards?q=ratio&framework=NOPE", "framework"),
        ("standards?q=ratio&limit=0", "limit"),
        ("resources?cursor=x", "cursor"),
        ("resources?kind=nope", "kind"),
    ],
)
def test_a_value_that_is_not_taken_is_named(client: Client, address: str, parameter: str) -> None:
    document = problem(client.get(f"/api/v1/{address}"), 400)
    assert [one["parameter"] for one in document["errors"]] == [parameter]
    assert document["detail"].startswith(f"{parameter}: ")


def test_the_description_for_programs_tells_every_error_that_the_documentation_tells(client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    told: dict[str, set[str]] = {}
    for address, methods in described["paths"].items():
        for operation in methods.values():
            errors = {status: one for status, one in operation["responses"].items() if status != "200"}
            told[address] = set(errors)
            for one in errors.values():
                assert one["description"]
                assert list(one["content"]) == ["application/problem+json"]
                assert one["content"]["application/problem+json"]["schema"] == {
                    "$ref": "#/components/schemas/Problem"
                }
    always = {"400", "500", "503"}
    assert told == {
        "/api/v1/resources": {*always, "410"},
        "/api/v1/resources/{identifier}": {*always, "404"},
        "/api/v1/frameworks": always,
        "/api/v1/suggest": always,
        "/api/v1/standards": always,
        "/api/v1/standards/{identifier}": {*always, "404"},
        SUGGEST: {*always, "413", "429"},
    }
    required = set(described["components"]["schemas"]["Problem"]["required"])
    assert required == {"type", "title", "status", "detail"}
    page = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text().split("## Errors")[1]
    of_no_operation = {"405", "414"}
    assert set(re.findall(r"^\| (\d{3}) \|", page, re.M)) == of_no_operation.union(*told.values())
