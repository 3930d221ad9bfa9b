"""How fast resources are loaded: `python -m benchmarks.import_resources [--pages N] [--single N]`.

Measures, in one run and in a database of its own that is dropped in the end: pages made one by one (add_child, then
publish), the same pages written in bulk, and the whole way of a file: parse, plan, apply, indexed. A machine that does
other work at the same time slows both rates; their quotient is what counts.
"""

import argparse
import json
import random
import time
from collections.abc import Callable
from typing import Any

from benchmarks._ground import ground

WORDS = (
    "describe compare ratio quantity model argue measure evidence pattern system cause data text claim students groups "
    "table graph discuss partner explain record notice wonder water motion energy story character theme number line"
).split()


def lessons(count: int, codes: list[str], seed: int = 0) -> list[dict[str, Any]]:
    """LRMI records of about 190 words, each with three standards."""
    rng = random.Random(seed)
    return [
        {
            "@context": "https://schema.org/",
            "@type": "LearningResource",
            "@id": f"https://lessons.example/{number}",
            "name": " ".join(rng.choices(WORDS, k=5)).capitalize(),
            "description": " ".join(rng.choices(WORDS, k=185)).capitalize() + ".",
            "learningResourceType": "lesson",
            "educationalLevel": f"Grade {number % 12 + 1}",
            "timeRequired": "PT45M",
            "about": "Mathematics",
            "keywords": rng.sample(WORDS, k=3),
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "author": {"@type": "Person", "name": f"Author {number % 50}"},
            "educationalAlignment": [
                {"alignmentType": "teaches", "targetName": code} for code in rng.sample(codes, k=3)
            ],
        }
        for number in range(count)
    ]


def timed(what: str, work: Callable[[], Any], rows: int) -> tuple[float, Any]:
    start, used = time.perf_counter(), time.process_time()
    result = work()
    seconds, used = time.perf_counter() - start, time.process_time() - used
    # On a busy machine the first figure grows with what else runs, the second hardly.
    print(
        f"{what}: {rows:,} in {seconds:.1f} s ({used:.1f} s of processor time), {rows / seconds:,.0f} a second"
    )
    return seconds, result


def one_by_one(page: Any, data: list[Any]) -> None:
    """As a script would do it with Wagtail's own calls."""
    from repository.models import Alignment, ResourcePage

    for one in data:
        fields = one.own() | {"body": json.dumps(list(one.body)), "grades": list(one.grades)}
        new = ResourcePage(district=page.district, **fields)
        page.add_child(instance=new)
        new.subjects = list(one.subjects)
        new.tags.add(*one.tags)
        new.alignments = [
            Alignment(item_id=alignment.item_id, relation=alignment.relation) for alignment in one.alignments
        ]
        new.save_revision().publish()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--single", type=int, default=150, help="pages made one by one")
    options = parser.parse_args()
    with ground():
        _measure(options)


def _measure(options: argparse.Namespace) -> None:
    from repository.services.bulk import AlignmentData, ResourceData, create_resources
    from tests.factories import (
        DistrictFactory,
        FrameworkFactory,
        ItemFactory,
        KindFactory,
        SubjectFactory,
        district_page,
    )

    framework = FrameworkFactory()
    items = [ItemFactory(framework=framework, human_coding_scheme=f"6.RP.{number}") for number in range(200)]
    kind, subject = KindFactory(), SubjectFactory()
    rng = random.Random(1)
    text = {"heading": "", "text": " ".join(rng.choices(WORDS, k=185))}
    data = [
        ResourceData(
            title=" ".join(rng.choices(WORDS, k=5)),
            kind_id=kind.pk,
            summary=" ".join(rng.choices(WORDS, k=30)),
            grades=("06",),
            subjects=(subject.pk,),
            tags=tuple(rng.sample(WORDS, k=3)),
            body=({"type": "text", "value": text, "id": f"00000000-0000-4000-8000-{number:012}"},),
            alignments=tuple(AlignmentData(item.pk) for item in rng.sample(items, k=3)),
        )
        for number in range(options.pages)
    ]
    single, bulk = district_page(DistrictFactory()), district_page(DistrictFactory())
    slow, _ = timed("One by one", lambda: one_by_one(single, data[: options.single]), options.single)
    fast, _ = timed(
        "In bulk", lambda: create_resources(district=bulk.district, resources=data), options.pages
    )
    ratio = (options.pages / fast) / (options.single / slow)
    print(f"In bulk is {ratio:.0f} times as fast.")
    _whole_way([item.human_coding_scheme for item in items], options)


def _whole_way(codes: list[str], options: argparse.Namespace) -> None:
    """A file, as a district sends it: parse, plan, apply; then again without a change; then into the index."""
    from importers.models import ResourceImport
    from importers.payload import Payload
    from importers.resources import readers
    from importers.resources.services import import_resources
    from importers.resources.undo import undo_import
    from tests.factories import DistrictFactory, district_page

    data = json.dumps(lessons(options.pages, codes)).encode()
    district = DistrictFactory()
    district_page(district)
    drain()
    print(f"A file of {len(data) / 1e6:.1f} MB:")
    timed("  Parse", lambda: readers.read(Payload(data)), options.pages)
    timed("  Parse, plan and apply", lambda: import_resources(data, district=district), options.pages)
    timed("  Indexed by the worker", drain, options.pages)
    timed("  The same file again", lambda: import_resources(data, district=district), options.pages)
    first = ResourceImport.objects.filter(district=district).earliest("pk")
    timed("  Undone", lambda: undo_import(first), options.pages)
    timed("  Gone from the index", drain, options.pages)


def drain() -> None:
    """What the search worker does, until nothing waits."""
    from search import outbox

    while outbox.process():
        pass


if __name__ == "__main__":
    main()
