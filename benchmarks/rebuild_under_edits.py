"""A rebuild while people search and edit: `python -m benchmarks.rebuild_under_edits [RESOURCES]`, 3,000 unless told.

Measures, in one run, how fast a rebuild is beside a bulk load of the same documents ready-made, and then rebuilds once more
while a worker follows, people edit and others search: whether a search failed, saw a half-built index, or an edit was lost.
"""

import random
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from benchmarks._ground import ground

WORDS = (
    "ratio fraction river poem bridge circuit census budget volcano market garden story graph engine map clinic debate"
    " measure compare explain design argue model evidence pattern data claim shape rate scale system energy water motion"
).split()


def main(arguments: Sequence[str]) -> None:
    number = int(arguments[0]) if arguments else 3_000
    with ground():
        from search.models import OutboxEntry

        began = time.perf_counter()
        make_resources(number)
        print(f"{number:,} resources made in {time.perf_counter() - began:.0f} s")
        # The worker would bring them one batch after the other; a rebuild is what such a load is for.
        OutboxEntry.objects.all().delete()
        compare_speed(number)
        report = under_edits()
        print(
            f"Rebuilt in {report.seconds:.1f} s under {report.edits} edits and {report.searches} searches: "
            f"{len(report.failed)} failed, {len(report.half)} saw a half-built index, "
            f"{report.differences} differences afterwards."
        )
        if report.failed or report.half or report.differences:
            sys.exit(f"{report.failed[:3]} {report.half[:3]}")


def make_resources(number: int) -> None:
    """Published resources of about 190 words, each with two standards of 192, in 4 districts."""
    from repository.services.bulk import AlignmentData, ResourceData, create_resources
    from tests.factories import (
        DistrictFactory,
        FrameworkFactory,
        ItemFactory,
        KindFactory,
        ModalityFactory,
        SubjectFactory,
        district_page,
        topic,
    )

    rng = random.Random(0)
    kinds = [KindFactory(slug=f"kind-{n}").pk for n in range(6)]
    subjects = [SubjectFactory(slug=f"subject-{n}").pk for n in range(8)]
    modalities = [ModalityFactory(slug=f"setting-{n}").pk for n in range(8)]
    topics = [topic(f"Topic {n}").pk for n in range(20)]
    framework = FrameworkFactory()
    items = []
    for _d in range(8):
        domain = ItemFactory(framework=framework, full_statement=words(rng, 18))
        for _c in range(4):
            cluster = ItemFactory(framework=framework, under=domain, full_statement=words(rng, 18))
            items += [
                ItemFactory(framework=framework, under=cluster, full_statement=words(rng, 18)).pk
                for _s in range(6)
            ]
    districts = [DistrictFactory() for _ in range(4)]
    for district, share in zip(districts, range(4), strict=True):
        district_page(district)
        data = (
            ResourceData(
                title=words(rng, 5).capitalize(),
                kind_id=rng.choice(kinds),
                summary=words(rng, 25),
                grades=(f"{rng.randint(1, 12):02}",),
                duration_minutes=rng.choice([None, 20, 45, 90]),
                subjects=(rng.choice(subjects),),
                topics=(rng.choice(topics),),
                modalities=(rng.choice(modalities),),
                tags=(f"tag-{rng.randint(1, 60)}",),
                body=({"type": "text", "id": f"{n}", "value": words(rng, 160)},),
                alignments=tuple(AlignmentData(item) for item in rng.sample(items, 2)),
            )
            for n in range(share, number, 4)
        )
        create_resources(district=district, resources=list(data))


def words(rng: random.Random, number: int) -> str:
    return " ".join(rng.choices(WORDS, k=number))


# -- speed


def compare_speed(number: int) -> None:
    from search import filling, indexes
    from search.outbox import documents

    def quiet(text: str) -> None:
        pass

    with tempfile.TemporaryFile("w+") as file:
        for page_ids in filling.batches():
            for page_id, document in documents(page_ids)[0].items():
                file.write(f"{page_id}\t{document.json}\n")
        loads, rebuilds = [], []
        for _round in range(2):
            file.seek(0)
            loads.append(timed_load(file))
            began = time.perf_counter()
            indexes.rebuild(quiet)
            rebuilds.append(time.perf_counter() - began)
    load, rebuilt = min(loads), min(rebuilds)
    print(
        f"Bulk load of ready-made documents: {number / load:,.0f} a second; rebuild, from the database to promotion: "
        f"{number / rebuilt:,.0f} a second, {rebuilt / load:.2f} times the load."
    )


def timed_load(file: IO[str]) -> float:
    """Seconds from an index's creation to its being searchable, fed as a rebuild feeds it."""
    from search import filling, indexes
    from search.batches import batched
    from search.bulk import action, send
    from search.models import IndexTarget

    target = IndexTarget.objects.create(name=indexes._new_name(), takes_writes=False)
    began = time.perf_counter()
    indexes._create(target.name)
    sent: deque[Future[dict[int, str]]] = deque()
    with ThreadPoolExecutor(filling.SENDERS) as pool:
        for lines in batched(file, filling.BATCH):
            rows = (line.rstrip("\n").split("\t", 1) for line in lines)
            actions = [action(target.name, int(page_id), 1, text) for page_id, text in rows]
            sent.append(pool.submit(send, actions, fresh=True))
            if len(sent) > filling.AHEAD:
                assert not sent.popleft().result()
    assert not any(one.result() for one in sent)
    indexes._open_for_use(target.name)
    seconds = time.perf_counter() - began
    indexes._retire(target)
    return seconds


# -- under edits


@dataclass(frozen=True)
class Report:
    """failed: errors of searches; half: totals that no state of the whole index can have; differences: afterwards."""

    seconds: float
    edits: int
    searches: int
    failed: tuple[str, ...]
    half: tuple[str, ...]
    differences: int


def under_edits() -> Report:
    """Rebuild in a process of its own, a worker in another, editors and searchers in this one."""
    from tests.search.processes import process, told

    people = People()
    began = time.perf_counter()
    with process("workers", "0", "0") as worker:
        told(worker, "last")
        with people.at_work(), process("rebuild", "whole") as rebuild:
            name = told(rebuild, "done").split()[1]
        seconds = time.perf_counter() - began
        differences = people.differences(name)
    return Report(
        seconds, people.edits, people.searches, tuple(people.failed), tuple(people.half), differences
    )


class People:
    """Two who search and one who edits, until told to stop, and what they met."""

    def __init__(self) -> None:
        from repository.models import ResourcePage

        self.edits = self.searches = self.gone = 0
        self.failed: list[str] = []
        self.half: list[str] = []
        self.total = ResourcePage.objects.filter(live=True).count()
        self.stop = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with ThreadPoolExecutor(3) as pool:
            jobs = [pool.submit(job) for job in (self.search, self.search, self.edit)]
            try:
                yield
            finally:
                self.stop.set()
        for job in jobs:
            job.result()

    def search(self) -> None:
        from repository.audience import PUBLIC
        from search.client import EngineDown
        from search.find import find
        from search.request import SearchRequest

        with own_connection():
            while not self.stop.wait(0.01):
                try:
                    total = find(SearchRequest(), {PUBLIC}).total
                except EngineDown as error:
                    self.failed.append(str(error))
                    continue
                self.searches += 1
                # One that is being taken back at this moment may be counted or not.
                if not self.total - self.gone - 1 <= total <= self.total:
                    self.half.append(f"{total} of {self.total}, {self.gone} taken back")

    def edit(self) -> None:
        from repository.models import ResourcePage

        rng = random.Random(1)
        with own_connection():
            keys = list(ResourcePage.objects.filter(live=True).values_list("pk", flat=True))
            rng.shuffle(keys)
            while not self.stop.wait(0.02) and keys:
                page = ResourcePage.objects.get(pk=keys.pop())
                if rng.random() < 0.3:
                    page.delete() if rng.random() < 0.5 else page.unpublish()
                    self.gone += 1
                else:
                    page.title = f"Edited {self.edits}"
                    page.save_revision().publish()
                self.edits += 1

    def differences(self, name: str) -> int:
        """After the worker has had its time."""
        from search import check
        from search.models import OutboxEntry

        until = time.monotonic() + 120
        while OutboxEntry.objects.exists() and time.monotonic() < until:
            time.sleep(0.2)
        return len(check.compare(name).differences)


@contextmanager
def own_connection() -> Iterator[None]:
    """A thread has a connection of its own, which nobody else closes."""
    from django.db import connection

    try:
        yield
    finally:
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1:])
