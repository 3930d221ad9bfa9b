"""Suggestions are dear: who asks for them all the time is told to wait, and nobody else is kept from them."""

import pytest
from django.test import Client

from config.settings import base
from tests.config.test_api import problem
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_in_production(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS


def ask(client: Client, address: str = "198.51.100.1"):
    return client.post(
        "/api/v1/standards/suggest",
        {"title": "Which cereal is cheaper?"},
        content_type="application/json",
        headers={"x-forwarded-for": f"203.0.113.9, {address}"},
    )


def test_after_thirty_in_a_minute_a_program_is_told_when_to_ask_again(client):
    assert [ask(client).status_code for _ in range(30)] == [200] * 30
    answer = ask(client)
    document = problem(answer, 429)
    assert document["title"] == "Too many requests"
    assert "Ask again in 60 seconds." in document["detail"]
    assert answer["Retry-After"] == "60"
    assert ask(client, "198.51.100.2").status_code == 200


def test_a_school_that_comes_from_one_address_is_counted_by_its_people(client):
    for _ in range(31):
        ask(client)
    teachers = [Client(), Client()]
    for one in teachers:
        one.force_login(UserFactory())
    assert ask(client).status_code == 429
    assert [ask(teachers[0]).status_code for _ in range(30)] == [200] * 30
    assert ask(teachers[0], "198.51.100.3").status_code == 429
    assert ask(teachers[1]).status_code == 200


def test_what_cannot_be_read_is_told_so_and_does_not_count(client):
    for _ in range(40):
        answer = client.post("/api/v1/standards/suggest", {}, content_type="application/json")
        assert answer.status_code == 400
    assert ask(client).status_code == 200


def test_the_description_for_programs_says_so(client):
    told = client.get("/api/v1/openapi.json").json()
    assert "429" in told["paths"]["/api/v1/standards/suggest"]["post"]["responses"]
