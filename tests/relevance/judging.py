"""Ask search the judged queries, as someone who may see everything, and hold the answers against the judgements."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from people.models import User
from repository.audience import user_tokens
from repository.models import ResourcePage
from search.find import find
from search.request import SearchRequest
from tests.relevance.measures import DEPTH, mean, ndcg

JUDGEMENTS = Path(__file__).with_name("judgements.toml")
BASELINE = Path(__file__).with_name("baseline.json")
# One who sees every published resource of the sample.
JUDGE = "state@meridian.example"
# Figures are kept to four places; less than that is no fall.
ROUNDING = 0.0001


@dataclass(frozen=True)
class Query:
    kind: str
    q: str
    judged: Mapping[str, int]


@dataclass(frozen=True)
class Answer:
    """The slugs of the first ten, best first."""

    query: Query
    slugs: tuple[str, ...]

    @property
    def ndcg(self) -> float:
        return ndcg(self.slugs, self.query.judged)

    @property
    def first_is_right(self) -> bool:
        best = max(self.query.judged.values())
        return bool(self.slugs) and self.query.judged.get(self.slugs[0]) == best

    def __str__(self) -> str:
        got = ", ".join(f"{slug} ({self.query.judged.get(slug, 0)})" for slug in self.slugs[:5])
        wanted = ", ".join(f"{slug} ({grade})" for slug, grade in self.query.judged.items())
        return f"{self.ndcg:.3f} {self.query.kind} “{self.query.q}”\n    got    {got}\n    wanted {wanted}"


def read_queries() -> list[Query]:
    tables = tomllib.loads(JUDGEMENTS.read_text())
    return [Query(kind, q, judged) for kind, table in tables.items() for q, judged in table.items()]


def ask_all(kind: str = "") -> list[Answer]:
    """Search every query, or every one of a kind, in the index that is in use."""
    tokens = user_tokens(User.objects.get(email=JUDGE))
    slugs = {
        str(identifier): slug for identifier, slug in ResourcePage.objects.values_list("identifier", "slug")
    }
    answers = []
    for query in (one for one in read_queries() if kind in ("", one.kind)):
        hits = find(SearchRequest(q=query.q, limit=DEPTH), tokens).hits
        answers.append(Answer(query, tuple(slugs[hit.identifier] for hit in hits)))
    return answers


def figures(answers: list[Answer]) -> dict[str, float]:
    """Mean nDCG@10 by kind of query, and of all."""
    kinds = dict.fromkeys(answer.query.kind for answer in answers)
    by_kind = {kind: mean([one.ndcg for one in answers if one.query.kind == kind]) for kind in kinds}
    return {**by_kind, "all": mean([answer.ndcg for answer in answers])}


def read_baseline() -> dict[str, float]:
    baseline: dict[str, float] = json.loads(BASELINE.read_text())
    return baseline


def write_baseline(found: Mapping[str, float]) -> None:
    BASELINE.write_text(json.dumps({kind: round(value, 4) for kind, value in found.items()}, indent=2) + "\n")


def fallen(found: Mapping[str, float], baseline: Mapping[str, float]) -> list[str]:
    """The kinds of query for which search has become worse, in words: the gate is shut while there is one."""
    return [
        f"{kind}: nDCG@10 is {found.get(kind, 0):.4f} and was {before:.4f}"
        for kind, before in baseline.items()
        if found.get(kind, 0) < before - ROUNDING
    ]


def wrong_codes(answers: list[Answer]) -> list[Answer]:
    """The code look-ups whose first hit is not one of the best."""
    return [one for one in answers if one.query.kind == "code" and not one.first_is_right]
