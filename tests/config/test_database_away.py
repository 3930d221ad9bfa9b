"""While the database is away: what visitors, programs and operators are told."""

import io
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client


@pytest.fixture
def visitor(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        yield Client(raise_request_exception=False)
    connection.close()


@pytest.mark.parametrize("address", ["/", "/search/?q=ratio", "/standards/", "/nothing/here/"])
def test_a_visitor_is_asked_to_wait_and_programs_to_come_back(
    visitor: Client, address: str, log: io.StringIO
) -> None:
    answer = visitor.get(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Wait a minute, then try again." in answer.text
    assert address.partition("?")[0] in log.getvalue()
    assert "The database does not answer. " in log.getvalue()
    assert "Traceback" not in log.getvalue()


def test_the_api_says_so(visitor: Client) -> None:
    for address in ("/api/v1/frameworks", "/api/v1/standards?q=ratio", "/api/v1/resources"):
        answer = visitor.get(address)
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"] == "The database does not answer. Please try again in a minute."


@pytest.mark.django_db
def test_a_mistake_of_ours_is_one_still(monkeypatch: pytest.MonkeyPatch, log: io.StringIO) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr("search.pages.views.find", broken)
    answer = Client(raise_request_exception=False).get("/search/?q=ratio")
    assert answer.status_code == 500
    assert not answer.has_header("Retry-After")
    assert "It was recorded" in answer.text
    assert "ValueError: broken" in log.getvalue()
