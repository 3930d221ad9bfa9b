"""The description of the API for programs: a client that is generated from it reads every answer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # has no types

from standards.codes import code_forms
from tests.factories import FrameworkFactory, ItemFactory, resource, topic

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
SUGGEST = "/api/v1/standards/suggest"


@pytest.fixture
def described(client: Client) -> dict[str, Any]:
    answer: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return answer


@pytest.fixture
def library(follow: Callable[[], None]) -> None:
    framework = FrameworkFactory(short_name="MER-MATH")
    item = ItemFactory(
        framework=framework,
        human_coding_scheme="6.RP.A.3",
        full_statement="Reason with ratios",
        code_forms=code_forms("6.RP.A.3"),
    )
    topic("Ratios")
    resource("Ratios of paint", alignments=[{"item": item, "relation": "teaches"}])
    follow()


def test_every_answer_is_as_it_is_described(library: None, described: dict[str, Any], client: Client) -> None:
    found = client.get("/api/v1/resources?q=ratios&related=1&standard=MER-MATH:6rpa3").json()["results"][0]
    asked: dict[str, list[Any]] = {
        "/api/v1/resources": [client.get("/api/v1/resources?q=ratios&related=1&standard=MER-MATH:6rpa3")],
        "/api/v1/resources/{identifier}": [client.get(f"/api/v1/resources/{found['id']}")],
        "/api/v1/suggest": [client.get("/api/v1/suggest?q=rat"), client.get("/api/v1/suggest?q=6.RP")],
        "/api/v1/standards": [client.get("/api/v1/standards?q=ratios")],
        "/api/v1/standards/{identifier}": [client.get("/api/v1/standards/MER-MATH:6rpa3")],
        "/api/v1/frameworks": [client.get("/api/v1/frameworks")],
        SUGGEST: [client.post(SUGGEST, {"title": "Ratios of paint"}, content_type="application/json")],
    }
    assert asked.keys() == described["paths"].keys()
    for address, answers in asked.items():
        (operation,) = described["paths"][address].values()
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        for answer in answers:
            assert answer.status_code == 200, answer.content
            body = answer.json()
            assert any(body.values()), address
            Draft202012Validator({**schema, "components": described["components"]}).validate(body)


def test_what_has_to_be_given_is_described_so(described: dict[str, Any]) -> None:
    parameters = described["paths"]["/api/v1/standards"]["get"]["parameters"]
    assert {one["name"]: one["required"] for one in parameters} == {
        "q": True,
        "framework": False,
        "limit": False,
    }
    assert "default" not in parameters[0]["schema"]


def test_operations_are_named_for_what_they_do(described: dict[str, Any]) -> None:
    names = {one["operationId"] for operations in described["paths"].values() for one in operations.values()}
    assert names == {
        "find_resources",
        "show_resource",
        "suggest_while_typing",
        "suggest_standards",
        "find_standards",
        "show_standard",
        "list_frameworks",
    }
