"""What a page tells of the engine's time, and searches that go on beside others."""

from typing import Any

import pytest

from search import breaker, client
from search.client import EngineDown, ask, ask_meanwhile, server_timing, time_limit
from tests.search.processes import process, told

EVERYTHING = {"query": {"match_all": {}}, "size": 0}


def test_what_the_engine_does_at_once_is_timed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_ask", lambda body, params: dict(body))
    with time_limit(5):
        counts = ask_meanwhile({"took": 30})
        ask({"took": 10})
        ask({"took": 15})
        assert server_timing() == "engine;dur=25"
        assert counts() == {"took": 30}
        assert server_timing() == "engine;dur=30"
        ask({"took": 5})
        quick = ask_meanwhile({"took": 1})
        ask({"took": 7})
        quick()
        assert server_timing() == "engine;dur=42"


def test_who_begins_a_search_in_vain_is_told_when_asking_for_its_answer(settings: Any) -> None:
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"  # nothing listens there
    answer = ask_meanwhile(EVERYTHING)
    with pytest.raises(EngineDown):
        answer()


def test_a_request_in_vain_is_one_line_of_the_log(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    with pytest.raises(EngineDown):
        ask(EVERYTHING)
    assert [one.levelname for one in caplog.records if one.name == "opensearch"] == ["WARNING"]
    assert "Traceback" not in caplog.text


def test_at_the_end_of_a_rest_one_search_looks_and_the_others_are_told_at_once() -> None:
    one = breaker.Breaker()
    for _ in range(breaker.TRIPS):
        assert one.may_ask()
        one.timed_out()
    assert not one.may_ask()
    one._open_until = 0.0
    assert [one.may_ask() for _ in range(3)] == [True, False, False]
    one.answered()
    assert one.may_ask()


@pytest.mark.engine
def test_a_search_begun_has_no_more_time_than_its_page(engine: str) -> None:
    with time_limit(0.01):
        answer = ask_meanwhile(EVERYTHING)
        with pytest.raises(EngineDown, match="all the time that a page may take"):
            answer()


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_processes_of_a_server_that_loads_the_site_first_get_no_answers_of_each_other(index: str) -> None:
    """Those of uWSGI, and of gunicorn with `--preload`: what a process has open at its fork, both have."""
    with process("readers") as started:
        assert told(started, "wrong") == "wrong 0"
