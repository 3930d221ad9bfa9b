"""How good search is on real lessons: `python -m benchmarks.relevance [CODES] [--tune]`, 200 codes unless told.

Needs STANDARDS_DATA_DIR. Prints plain OpenSearch (standard analyzer, `multi_match`) beside ours, from one run, with what is
asked. --tune: the other half of every set, the one that is tuned on (tests/relevance/tasks.py says how they are split).
"""

import argparse
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from search.sources import ResourceSource
    from tests.relevance.tasks import Task

PLAIN = "plain-relevance"
PLAIN_FIELDS = ("title", "summary", "keywords", "statements")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("codes", nargs="?", type=int, default=200, help="how many codes to look up")
    parser.add_argument("--tune", action="store_true", help="the half to tune on")
    options = parser.parse_args()
    data = os.environ.get("STANDARDS_DATA_DIR", "")
    if not Path(data).is_dir() or not data:
        print("relevance: left out, because STANDARDS_DATA_DIR names no folder with outside files")
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from tests.ground import ground

    with ground() as index:
        try:
            measure(Path(data), index, options.codes, reported=not options.tune)
        finally:
            from search.client import client

            client().indices.delete(index=PLAIN, ignore_unavailable=True)


def measure(data: Path, index: Callable[[], str], number: int, *, reported: bool) -> None:
    from repository.vocabularies import load_vocabularies
    from tests.relevance import lessons, tasks

    load_vocabularies()  # a site has them: what they tell of words is part of what is measured
    lessons.load_frameworks(data)
    corpus = lessons.read(data)
    print(f"{len(corpus.sources)} lessons; the half that is {'reported' if reported else 'tuned on'}")
    print(f"{'task':58}{'queries':>8}{'plain':>15}{'ours':>15}{'asked':>13}")
    measure_codes(number, reported=reported)
    fill(index(), corpus.sources)
    phrases = tasks.phrases(corpus, reported=reported)
    sets = {"phrases": (phrases, ".78"), "phrases with one typo": (misspelled(phrases), ".75")}
    if not reported:
        tried = tasks.tried(corpus)
        sets |= {"other phrases": (tried, ""), "other phrases with one typo": (misspelled(tried), "")}
    for name, (some, asked) in sets.items():
        plain, ours = [ask_plain(one) for one in some], [ask_ours(one) for one in some]
        line(f"teacher's {name}, nDCG@10", some, [ndcgs(some, plain)], [ndcgs(some, ours)], asked)
        strict = [ask_plain(one, operator="and") for one in some]
        row(f"teacher's {name}, nothing found (plain: AND)", len(some), zeros(strict), zeros(ours), "0")
    fill(index(), corpus.text_only().sources)
    for name, framework, asked in (
        ("mathematics", "CCSS-MATH", ".68 / .80"),
        ("language arts 3 to 5", "CCSS-ELA", ".33 (6 to 12)"),
    ):
        some = tasks.statements(corpus, framework, reported=reported)
        plain, ours = [ask_plain(one, 20) for one in some], [ask_ours(one, 20) for one in some]
        label = f"statement to lessons, {name}, nDCG@10 / recall@20"
        line(
            label,
            some,
            [ndcgs(some, plain), recalls(some, plain)],
            [ndcgs(some, ours), recalls(some, ours)],
            asked,
        )


# -- figures


def ndcgs(some: Sequence["Task"], found: Sequence[Sequence[str]]) -> float:
    from tests.relevance.measures import mean, ndcg

    return mean([ndcg(ids, dict.fromkeys(one.relevant, 1)) for one, ids in zip(some, found, strict=True)])


def recalls(some: Sequence["Task"], found: Sequence[Sequence[str]]) -> float:
    from tests.relevance.measures import mean, recall

    return mean(
        [recall(ids, dict.fromkeys(one.relevant, 1), 20) for one, ids in zip(some, found, strict=True)]
    )


def zeros(found: Sequence[Sequence[str]]) -> str:
    return str(sum(1 for ids in found if not ids))


def line(name: str, some: Sequence[Any], plain: Sequence[float], ours: Sequence[float], asked: str) -> None:
    row(name, len(some), shown(plain), shown(ours), asked)


def shown(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.3f}" for value in values)


def row(name: str, number: int, plain: str, ours: str, asked: str) -> None:
    print(f"{name:58}{number:>8}{plain:>15}{ours:>15}{asked:>13}", flush=True)


# -- lessons


def misspelled(some: Iterable["Task"]) -> list["Task"]:
    from tests.relevance.tasks import Task, with_typo

    return [Task(with_typo(one.q), one.relevant) for one in some]


def fill(name: str, sources: Iterable["ResourceSource"]) -> None:
    """Our index, and a plain one of the same texts beside it."""
    from search.client import client
    from tests.relevance import lessons

    sources = list(sources)
    lessons.index(name, sources)
    text = {
        "properties": {field: {"type": "text"} for field in PLAIN_FIELDS} | {"grade": {"type": "keyword"}}
    }
    client().indices.delete(index=PLAIN, ignore_unavailable=True)
    client().indices.create(index=PLAIN, body={"mappings": text})
    lines: list[dict[str, Any]] = []
    for source in sources:
        document = {
            "title": source.title,
            "summary": source.summary,
            "keywords": list(source.tags),
            "statements": [one.item.statement for one in source.alignments],
            "grade": list(source.grades),
        }
        lines += [{"index": {"_index": PLAIN, "_id": source.identifier}}, document]
    client().bulk(body=lines, params={"request_timeout": 120, "refresh": "true"})


def ask_plain(task: "Task", size: int = 10, operator: str = "or") -> list[str]:
    from search.client import client

    words = {"multi_match": {"query": task.q, "fields": list(PLAIN_FIELDS), "operator": operator}}
    filters = [{"terms": {"grade": list(task.grades)}}] if task.grades else []
    body = {"query": {"bool": {"must": [words], "filter": filters}}, "size": size, "_source": False}
    return [hit["_id"] for hit in client().search(index=PLAIN, body=body)["hits"]["hits"]]


def ask_ours(task: "Task", size: int = 10) -> list[str]:
    """As the page does, for a visitor; what is longer than a query may be is cut between words."""
    from repository.audience import PUBLIC
    from search.find import find
    from search.request import MAX_QUERY, SearchRequest

    q = task.q if len(task.q) <= MAX_QUERY else task.q[:MAX_QUERY].rsplit(" ", 1)[0]
    request = SearchRequest(q=q, limit=size).choosing("grade", task.grades)
    return [hit.identifier for hit in find(request, {PUBLIC}).hits]


# -- codes


def measure_codes(number: int, *, reported: bool) -> None:
    from search.client import client
    from standards.models import Item
    from standards.selectors import search_items
    from tests.relevance import tasks
    from tests.relevance.lessons import FRAMEWORKS

    items = Item.objects.filter(framework__short_name__in=FRAMEWORKS).exclude(human_coding_scheme="")
    client().indices.delete(index=PLAIN, ignore_unavailable=True)
    lines: list[dict[str, Any]] = []
    for item in items:
        document = {"code": item.human_coding_scheme, "statement": item.full_statement}
        lines += [{"index": {"_index": PLAIN, "_id": str(item.pk)}}, document]
    client().bulk(body=lines, params={"request_timeout": 120, "refresh": "true"})

    def plain(q: str) -> list[str]:
        body = {"query": {"multi_match": {"query": q, "fields": ["code", "statement"]}}, "size": 5}
        return [hit["_source"]["code"] for hit in client().search(index=PLAIN, body=body)["hits"]["hits"]]

    def ours(q: str) -> list[str]:
        return [item.human_coding_scheme for item in search_items(q, limit=5)]

    chosen = [item.human_coding_scheme for item in tasks.codes(number, reported=reported)]
    spelled = [
        (code, spelling)
        for code in chosen
        for spelling in dict.fromkeys(way(code) for way in tasks.SPELLINGS)
    ]
    answers = [[look(q) for _code, q in spelled] for look in (plain, ours)]
    shares = [found_at(spelled, got, (1,)) for got in answers]
    line("code in 21 kinds of spelling, first hit right", spelled, shares[0], shares[1], "1.000")
    for (code, q), found in zip(spelled, answers[1], strict=True):
        if found[:1] != [code]:
            print(f"    wrong: “{q}” gives {found[:2]}, not {code}")
    measure_wrong_codes(chosen, items, plain, ours)


def measure_wrong_codes(
    chosen: Sequence[str],
    items: Iterable[Any],
    plain: Callable[[str], list[str]],
    ours: Callable[[str], list[str]],
) -> None:
    from standards.codes import code_forms, fold_code
    from tests.relevance import tasks

    depths = (1, 5)
    codes = {item.human_coding_scheme for item in items}
    every = [(code, mistake) for code in chosen for mistake in tasks.with_wrong_character(code)]
    forms = {form for code in codes for form in code_forms(code)}
    nobodys = [(code, q) for code, q in every if fold_code(q) not in forms]
    for name, pairs in (
        ("code with one wrong character, first / first five", every),
        ("those of them that are the code of nothing", nobodys),
    ):
        shares = [found_at(pairs, [look(q) for _code, q in pairs], depths) for look in (plain, ours)]
        line(name, pairs, shares[0], shares[1], ".74 / .94")
    bare = {tasks.bare(code).upper() for code in codes}
    best = [tasks.at_best(q, bare, depths) for _code, q in nobodys]
    reached = [sum(values) / len(best) for values in zip(*best, strict=True)]
    row("    the most that can be known from codes alone", len(best), "", shown(reached), "")


def found_at(
    pairs: Sequence[tuple[str, str]], answers: Sequence[Sequence[str]], depths: Sequence[int]
) -> list[float]:
    """The share of codes among the first 1, 5 … of what was found for their spelling."""
    return [
        sum(code in found[:depth] for (code, _q), found in zip(pairs, answers, strict=True)) / len(pairs)
        for depth in depths
    ]


if __name__ == "__main__":
    main()
