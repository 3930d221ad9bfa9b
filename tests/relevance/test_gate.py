"""The gate: search of the sample content may not become worse than baseline.json says.

When it falls: `python -m tests.relevance --worst 20` shows which queries, with what was got and what was wanted.
"""

from dataclasses import replace

import pytest

from importers.sample.files import read_resources
from search import ranking
from search.ranking import DEFAULTS
from tests.relevance import judging
from tests.relevance.judging import Answer
from tests.relevance.measures import ndcg, recall

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
KINDS = {"code", "topic", "phrase", "typo", "acronym", "question"}


@pytest.fixture(scope="module")
def answers(sample_index: str, django_db_blocker) -> list[Answer]:
    with django_db_blocker.unblock():
        return judging.ask_all()


def test_search_is_no_worse_than_it_was(answers: list[Answer]) -> None:
    worst = "\n".join(str(one) for one in sorted(answers, key=lambda one: one.ndcg)[:10])
    assert judging.fallen(judging.figures(answers), judging.read_baseline()) == [], worst


def test_the_first_hit_of_every_code_is_right(answers: list[Answer]) -> None:
    assert [str(one) for one in judging.wrong_codes(answers)] == []


def test_no_judged_query_finds_nothing(answers: list[Answer]) -> None:
    assert [one.query.q for one in answers if not one.slugs] == []


@pytest.mark.parametrize(
    "broken",
    [{"context": 20.0, "title": 1.0, "keywords": 1.0, "objectives": 1.0}, {"completeness": 500.0}],
    ids=["the words above standards count most", "a signal drowns the words"],
)
def test_the_gate_shuts_when_a_weight_is_broken_on_purpose(
    sample_index: str, broken: dict[str, float]
) -> None:
    held = {"phrase": judging.read_baseline()["phrase"]}
    with ranking.using(replace(DEFAULTS, **broken)):
        found = judging.figures(judging.ask_all("phrase"))
    assert judging.fallen(found, held)


def test_the_gate_shuts_when_codes_no_longer_come_first(
    sample_index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from search import text

    # What is aligned below a code goes before what is aligned to it.
    turned = dict(zip(text.CODE_TIERS, reversed(text.CODE_TIERS.values()), strict=True))
    monkeypatch.setattr(text, "CODE_TIERS", turned)
    assert judging.wrong_codes(judging.ask_all("code"))


def test_there_are_enough_queries_of_every_kind_and_what_they_name_is_published() -> None:
    queries = judging.read_queries()
    published = {record.slug for record in read_resources() if record.state == "published"}
    assert len(queries) >= 120
    assert {query.kind for query in queries} == KINDS
    assert {slug for query in queries for slug in query.judged} <= published
    assert {grade for query in queries for grade in query.judged.values()} <= {1, 2, 3}


def test_measures_are_those_of_the_literature() -> None:
    judged = {"a": 3, "b": 2, "c": 1}
    assert ndcg(["a", "b", "c"], judged) == 1
    assert ndcg(["x", "y"], judged) == 0
    # 7/log2(3) + 3/log2(2) + 1/log2(4) over 7 + 3/log2(3) + 1/log2(4)
    assert ndcg(["b", "a", "c"], judged) == pytest.approx(
        (3 + 7 / 1.58496 + 0.5) / (7 + 3 / 1.58496 + 0.5), abs=1e-4
    )
    assert recall(["a", "x", "b"], judged, depth=2) == pytest.approx(1 / 3)
