"""A made-up state library: words as rare as words are, vocabularies of the usual size, resources of about 190 words."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from people.models import District
from repository.models import Alignment, Audience, Licence, ResourcePage
from repository.services.bulk import AlignmentData, ResourceData, create_resources
from standards.codes import code_forms
from standards.models import Item
from tests import factories

VOCABULARY = 20_000
DISTRICTS, SCHOOLS = 20, 4  # schools of each district
GRADES = ("KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
DOMAINS, CLUSTERS, STATEMENTS = 8, 5, 8  # 8 domains of 5 clusters of 8 statements
TITLE_WORDS, SUMMARY_WORDS, BODY_WORDS = 5, 20, 165


class Words:
    """Words drawn by Zipf's law: the r-th most common one is drawn in proportion to 1 / (r + 2.7)."""

    def __init__(self, rng: random.Random) -> None:
        syllables = [
            consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in ("a", "e", "i", "o", "u", "ai")
        ]
        made: dict[str, None] = {}
        while len(made) < VOCABULARY:
            # No English ending, so that stemming leaves the words apart.
            made["".join(rng.choices(syllables, k=rng.choice([2, 3, 3, 4]))) + "k"] = None
        self.by_rank = list(made)
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(1, VOCABULARY + 1)))

    def some(self, rng: random.Random, number: int) -> str:
        return " ".join(rng.choices(self.by_rank, cum_weights=self._weights, k=number))


@dataclass
class Library:
    """Who and what resources name."""

    words: Words
    districts: list[District] = field(default_factory=list)
    subjects: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    modalities: list[int] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    topics: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)


def library(rng: random.Random) -> Library:
    """Ten subjects, eight kinds, twelve settings, twenty districts with four schools each, 54 topics, 368 standards."""
    made = Library(Words(rng))
    made.subjects = [
        factories.SubjectFactory(slug=f"subject-{n}", label=f"Subject {n}").pk for n in range(10)
    ]
    made.kinds = [factories.KindFactory(slug=f"kind-{n}", label=f"Kind {n}").pk for n in range(8)]
    made.modalities = [
        factories.ModalityFactory(slug=f"setting-{n}", label=f"Setting {n}").pk for n in range(12)
    ]
    scale = factories.ScaleFactory(slug="bench")
    made.levels = [factories.LevelFactory(scale=scale, name=f"Level {n}").pk for n in range(4)]
    for n in range(6):
        root = factories.topic(f"Topic {n}")
        made.topics += [factories.topic(f"Topic {n} part {part}", under=root).pk for part in range(8)]
    for _ in range(DISTRICTS):
        district = factories.DistrictFactory()
        factories.district_page(district)
        for _ in range(SCHOOLS):
            factories.SchoolFactory(parent=district)
        made.districts.append(district)
    _add_standards(made, rng)
    return made


def _add_standards(made: Library, rng: random.Random) -> None:
    framework = factories.FrameworkFactory(short_name="BENCH")

    def add(code: str, above: Item | None, depth: int) -> Item:
        item: Item = factories.ItemFactory(
            framework=framework,
            human_coding_scheme=code,
            code_forms=code_forms(code),
            full_statement=made.words.some(rng, 18),
            under=above,
            depth=depth,
        )
        return item

    for d in range(DOMAINS):
        domain = add(f"D{d}", None, 0)
        for c in range(CLUSTERS):
            cluster = add(f"D{d}.C{c}", domain, 1)
            made.items += [add(f"D{d}.C{c}.{s}", cluster, 2).pk for s in range(STATEMENTS)]


def texts(made: Library, rng: random.Random) -> tuple[str, str, str]:
    """A title, a summary and a body."""
    some = made.words.some
    return some(rng, TITLE_WORDS).capitalize(), some(rng, SUMMARY_WORDS)[:300], some(rng, BODY_WORDS)


def resources(made: Library, rng: random.Random, number: int) -> Iterator[ResourceData]:
    for n in range(number):
        title, summary, body = texts(made, rng)
        yield ResourceData(
            title=title,
            summary=summary,
            kind_id=rng.choice(made.kinds),
            grades=tuple(sorted(rng.sample(GRADES, 2))),
            duration_minutes=rng.choice([None, 10, 20, 45, 50, 90, 180]),
            language=rng.choice(["en", "en", "en", "es"]),
            licence=rng.choice([Licence.CC_BY, Licence.CC_BY_SA, Licence.CC0]).value,
            # One in five is for somebody else, so that the audience has something to hide.
            audience=(Audience.PUBLIC if rng.random() < 0.8 else Audience.STATE).value,
            body=(_block(body, n),),
            subjects=tuple(rng.sample(made.subjects, rng.choice([1, 1, 2]))),
            topics=(rng.choice(made.topics),),
            modalities=tuple(rng.sample(made.modalities, 2)),
            alignments=tuple(
                AlignmentData(
                    item_id=rng.choice(made.items),
                    relation=rng.choice([Alignment.Relation.TEACHES, Alignment.Relation.ASSESSES]).value,
                    level_id=rng.choice([*made.levels, None]),
                )
                for _ in range(rng.choice([1, 2, 3]))
            ),
        )


def _block(text: str, number: int) -> dict[str, Any]:
    return {
        "type": "text",
        "value": {"heading": "", "text": text},
        "id": f"00000000-0000-4000-8000-{number:012}",
    }


def store(made: Library, rng: random.Random, number: int) -> None:
    """That many resources into the database, in equal parts to each district, half of them in one of its schools."""
    from django.db.models import F

    share = -(-number // len(made.districts))
    for district in made.districts:
        number, now = number - share, min(share, number)
        if now <= 0:
            break
        create_resources(district=district, resources=list(resources(made, rng, now)))
        theirs = ResourcePage.objects.filter(district=district, school=None).annotate(turn=F("pk") % 8)
        for turn, school in enumerate(district.children.order_by("pk")):
            theirs.filter(turn=turn).update(school=school)


def variants(made: Library, rng: random.Random) -> dict[str, Sequence[str]]:
    """The shapes of search, each with many requests of its kind: asking one again and again would only time the caches.

    Common words are those that one resource in four to in twenty holds. A sentence has words of all kinds, as texts have: a
    teacher's question some seven, a standard's statement 25.
    """
    common = made.words.by_rank[12:72]
    pairs = [_typed(" ".join(rng.sample(common, 2))) for _ in range(400)]
    facets = [f"grade={rng.choice(GRADES)}&subject=subject-{rng.randrange(10)}" for _ in pairs]
    parents = [f"standard=BENCH:D{d}" for d in range(DOMAINS)]
    parents += [f"standard=BENCH:D{d}.C{c}" for d in range(DOMAINS) for c in range(CLUSTERS)]
    rng.shuffle(parents)
    return {
        "browse all": [""],
        "one common word": [f"q={word}" for word in rng.sample(common, len(common))],
        "two words": [f"q={pair}" for pair in pairs],
        "two words, two facets": [f"q={pair}&{chosen}" for pair, chosen in zip(pairs, facets, strict=True)],
        "a parent standard": parents,
        "a question of 7 words": [f"q={_typed(made.words.some(rng, 7))}" for _ in range(100)],
        "a sentence of 25 words": [f"q={_typed(made.words.some(rng, 25))}" for _ in range(100)],
        "standard and level": [f"{parent}&level=bench:level-{rng.randrange(4)}" for parent in parents],
    }


def _typed(text: str) -> str:
    return text.replace(" ", "+")
