"""How soon the box offers something: `python -m benchmarks.as_you_type [RESOURCES]`, 100,000 unless told.

Every beginning of titles, codes and statements' words, from the second letter on, is asked of the view as one who types them
would, in this process: without a network and without another's load. Asked are 50 ms at 100,000 resources. Beside the
resources stand STANDARDS statements, so that look-ups by code and words have something to look through.
"""

import random
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from benchmarks._ground import ground
from benchmarks._servers import let_it_settle
from benchmarks.search.report import Report, figures, p95

if TYPE_CHECKING:
    from django.test import Client

    from benchmarks.search.corpus import Library

PAGES = 300  # stored as pages; the others are documents like theirs
STANDARDS = 25_000
ASKED_MS = 50.0
TITLES = 15


def main(arguments: Sequence[str]) -> None:
    number = int(arguments[0]) if arguments else 100_000
    with ground() as index:
        from django.test import Client

        from benchmarks.search import corpus, stock
        from repository.models import ResourcePage
        from search import outbox

        rng = random.Random(0)
        made = corpus.library(rng)
        corpus.store(made, rng, PAGES)
        while outbox.process():
            pass
        _standards(rng, made)
        pages = list(ResourcePage.objects.values_list("pk", flat=True))
        stock.add_documents(index, made, pages, max(0, number - PAGES))
        let_it_settle(index)
        warm_up, titles = (
            list(ResourcePage.objects.order_by("pk").values_list("title", flat=True)[some])
            for some in (slice(TITLES), slice(TITLES, 2 * TITLES))
        )
        report = Report()
        report.head(f"as you type, {number} resources, {STANDARDS} standards")
        report.row("typed", "p50 / p95 ms", "answers")
        client = Client()
        for text in (
            warm_up
        ):  # others than those that are measured: an engine that has just started compiles its code
            for end in range(2, len(text) + 1):
                _ask(client, text[:end])
        for name, texts in {
            "titles": titles,
            "codes": [f"{n % 12 + 1}.RP.{chr(65 + n % 5)}.{n % 9}" for n in range(TITLES)],
            "strands": ["RP", "NS.", "ee", "k.sp", "rl"] * 3,
            "words of statements": [" ".join(made.words.some(rng, 2).split()) for _ in range(TITLES)],
            "a grade and words": [f"grade 4 {made.words.some(rng, 1)}" for _ in range(TITLES)],
        }.items():
            took = [_ask(client, text[:end]) for text in texts for end in range(2, len(text) + 1)]
            report.row(name, figures(took), str(len(took)))
            report.asked(f"{name}, p95", p95(took), "ms", at_most=ASKED_MS)
        for line in report.lines:
            report.say(line)


def _ask(client: "Client", typed: str) -> float:
    began = time.perf_counter()
    answer = client.get("/search/suggest/", {"q": typed})
    took = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200
    return took


def _standards(rng: random.Random, made: "Library") -> None:
    """Statements of a flat framework: the look-up while typing never looks at what is above."""
    from standards.codes import code_forms
    from standards.models import Item
    from tests.factories import FrameworkFactory

    framework = FrameworkFactory(short_name="MANY")
    codes = [
        f"{n % 12 + 1}.{rng.choice(['RP', 'NS', 'EE', 'SP', 'RL'])}.{chr(65 + n % 5)}.{n // 60}"
        for n in range(STANDARDS)
    ]
    Item.objects.bulk_create(
        Item(
            framework=framework,
            identifier=f"many-{n}",
            human_coding_scheme=code,
            code_forms=code_forms(code),
            full_statement=made.words.some(rng, 18),
            position=n,
        )
        for n, code in enumerate(codes)
    )


if __name__ == "__main__":
    main(sys.argv[1:])
