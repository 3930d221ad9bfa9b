"""The index filled: from the database, or beyond 100,000 by documents that go straight into it."""

import json
import random
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from benchmarks.search.corpus import Library, texts
from search.batches import batched
from search.bulk import write_alias
from search.client import client
from search.documents import build
from search.sources import load

TEMPLATES = 2000
PROCESSES = 2
BATCH = 1000
FIRST_ID = 10**9  # beyond any page's key

_templates: list[dict[str, Any]] = []


def add_documents(index: str, made: Library, page_ids: list[int], number: int) -> float:
    """Documents like those of these pages, each with words of its own. Answers documents a second."""
    _templates[:] = [build(source) for source in load(page_ids[:TEMPLATES])]
    began = time.perf_counter()
    tasks = [(index, made, numbers[0], len(numbers)) for numbers in batched(range(number), 20 * BATCH)]
    # Forked, so that templates and words are there already.
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork"), initializer=_own_client) as pool:
        for done in pool.map(_add, *zip(*tasks, strict=True)):
            assert done
    client().indices.refresh(index=index, params={"request_timeout": 300})
    return number / (time.perf_counter() - began)


def _own_client() -> None:
    """A connection must not be shared with the process that this one was forked from."""
    from search.client import _client

    _client.cache_clear()


def _add(index: str, made: Library, first: int, number: int) -> int:
    rng = random.Random(first)
    for numbers in batched(range(first, first + number), BATCH):
        lines = []
        for n in numbers:
            lines.append(json.dumps({"index": {"_index": write_alias(index), "_id": str(FIRST_ID + n)}}))
            lines.append(json.dumps(_document(made, rng, n)))
        answer = client().bulk(body="\n".join(lines) + "\n", params={"request_timeout": 120})
        assert not answer["errors"]
    return number


def _document(made: Library, rng: random.Random, number: int) -> dict[str, Any]:
    document = _templates[number % len(_templates)]
    title, summary, body = texts(made, rng)
    own = {
        "page": FIRST_ID + number,
        "identifier": f"bench-{number:08}",
        "title": title,
        "summary": summary,
        "body": body,
    }
    return document | own | {"card": document["card"] | {"title": title, "summary": summary}}
