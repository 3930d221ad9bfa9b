"""The real lessons of STANDARDS_DATA_DIR as search sources, with the standards that they name in the database.

They go straight into search documents: 3,000 pages made by Wagtail would take ten minutes and change no figure.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from importers.services import import_framework
from repository.audience import PUBLIC
from search.bulk import write_alias
from search.client import client
from search.documents import build
from search.sources import AlignmentSource, ItemSource, Named, ResourceSource, _items
from standards.codes import query_forms
from standards.grades import normalise_grades
from standards.models import Item
from standards.selectors import resolve_standard
from tests.factories import StateFactory
from tests.real_data.lessons import Lesson, lessons

FRAMEWORKS = {"CCSS-MATH": "asn/wpas_CCSS_Math.xml", "CCSS-ELA": "spreadsheets/opensalt_ccsso_ela.xlsx"}


@dataclass(frozen=True)
class Corpus:
    """sources: the lessons. aligned: for each standard, by its key, the lessons aligned to it or to what is below it."""

    sources: tuple[ResourceSource, ...]
    aligned: dict[int, frozenset[str]]

    def text_only(self) -> "Corpus":
        """The lessons without their standards and their unit's codes: what is left is title, summary and unit."""
        return replace(self, sources=tuple(replace(source, alignments=()) for source in self.sources))


def load_frameworks(data: Path) -> None:
    state = StateFactory()
    for short_name, file in FRAMEWORKS.items():
        import_framework(data / file, owner=state, short_name=short_name)


def read(data: Path) -> Corpus:
    """The lessons with a standard of the two frameworks. `load_frameworks` comes first."""
    records = lessons(data)
    items = _resolve({one["targetName"] for record in records for one in record["educationalAlignment"]})
    standards = _items({item.pk for item in items.values()})
    above = _above({item.pk for item in items.values()})
    aligned: dict[int, set[str]] = defaultdict(set)
    sources = []
    for number, record in enumerate(records, start=1):
        own = list(dict.fromkeys(
            items[code].pk for one in record["educationalAlignment"] if (code := one["targetName"]) in items
        ))  # fmt: skip
        for pk in own:
            for one in above[pk]:
                aligned[one].add(record["@id"])
        if own:
            sources.append(_source(number, record, [standards[pk] for pk in own]))
    return Corpus(tuple(sources), {pk: frozenset(found) for pk, found in aligned.items()})


def index(name: str, sources: Iterable[ResourceSource]) -> None:
    """Write the lessons into an index."""
    lines: list[dict[str, Any]] = []
    for source in sources:
        lines += [{"index": {"_index": write_alias(name), "_id": str(source.pk)}}, build(source)]
    answer = client().bulk(body=lines, params={"request_timeout": 120, "refresh": "true"})
    assert not answer["errors"], next(one for one in answer["items"] if "error" in one["index"])


def _resolve(codes: Collection[str]) -> dict[str, Item]:
    """Each code's item, by the longest of its spellings that names just one ("ccss.ela-literacy.rl.4.1" is RL.4.1)."""
    resolved = {}
    for code in sorted(codes):
        for form in query_forms(code):
            if isinstance(item := resolve_standard(form), Item):
                resolved[code] = item
                break
    return resolved


def _above(items: Collection[int]) -> dict[int, list[int]]:
    links = Item.objects.filter(pk__in=items).values_list("pk", "ancestor_links__ancestor")
    above: dict[int, list[int]] = defaultdict(list)
    for pk, ancestor in links:
        above[pk].append(ancestor)
    return above


def _source(number: int, record: Lesson, standards: list[ItemSource]) -> ResourceSource:
    grades = tuple(
        dict.fromkeys(code for level in record["educationalLevel"] for code in normalise_grades(level))
    )
    return ResourceSource(
        pk=number,
        identifier=record["@id"],
        title=record["name"],
        url=f"/{number}/",
        summary=record["description"],
        kind=Named("lesson", "Lesson"),
        grades=grades,
        subjects=tuple(Named(one.lower().replace(" ", "-"), one) for one in record["about"]),
        modalities=(),
        topics=(),
        topic_names=(),
        # Module and unit: where the product has no field of its own for them yet, they are words to be found by.
        tags=tuple(one["name"] for one in record["isPartOf"]),
        alignments=tuple(
            AlignmentSource(item, "teaches", "claimed", level="", level_label="", levels=())
            for item in standards
        ),
        body=[],
        minutes=None,
        language="en",
        licence="CC-BY-NC-SA-4.0",
        attribution="",
        audience="public",
        tokens=frozenset({PUBLIC}),
        link_url="",
        district=Named("district", "District"),
        school=None,
        author="",
        reviewed_by="",
        reviewed_at=None,
        first_published_at=None,
        last_published_at=None,
    )
