"""From publishing an edit to finding it."""

import random
import time
import uuid

from benchmarks.search.corpus import Library
from repository.models import ResourcePage
from search.client import alias, client

EDITS = 60
TRIES = 1000
LOOK = 0.01  # seconds between looks


def publish_to_searchable(made: Library, rng: random.Random) -> list[float]:
    """Milliseconds for each of some edits, one every quarter of a second or so, with the worker at work."""
    keys = rng.sample(list(ResourcePage.objects.values_list("pk", flat=True)[:2000]), EDITS)
    found = []
    for number, key in enumerate(keys):
        page = ResourcePage.objects.get(pk=key)
        word = f"edit{uuid.uuid4().hex[:12]}"  # not by rng: a word of an earlier size would be found at once
        page.title = f"{made.words.some(rng, 3)} {word}"
        page.save_revision().publish()
        found.append(_until_found(word))
        time.sleep(
            0.1 + 0.3 * number / EDITS
        )  # so that edits meet the worker's and the index's rounds anywhere
    return found


def _until_found(word: str) -> float:
    began = time.perf_counter()
    body = {"query": {"match": {"title": word}}, "size": 0}
    for _ in range(TRIES):
        if client().search(index=alias(), body=body)["hits"]["total"]["value"]:
            return (time.perf_counter() - began) * 1000
        time.sleep(LOOK)
    raise AssertionError(f"{word} was not found within {TRIES * LOOK:.0f} s")
