"""Look-up on real codes: 21 ways to write each, its names, and one wrong character."""

import json
import random
import uuid
from pathlib import Path

import pytest

from importers.services import import_framework
from standards.codes import code_forms
from standards.models import Item
from standards.selectors import find_items, search_items
from tests.factories import FrameworkFactory
from tests.standards.spellings import CODE_SPELLINGS, NAME_SPELLINGS, with_one_wrong_character

pytestmark = pytest.mark.django_db
SAMPLE = 40


@pytest.fixture
def codes(standards_data_dir: Path) -> list[Item]:
    """The label space of a published coherence map: every grade, domain, cluster and standard of mathematics."""
    framework = FrameworkFactory(short_name="ATC")
    lines = (standards_data_dir / "judgements" / "atc_standards.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    items = [
        Item(
            framework=framework,
            identifier=str(uuid.uuid5(uuid.NAMESPACE_URL, row["id"])),
            code_forms=code_forms(row["id"]),
            human_coding_scheme=row["id"],
            full_statement=row["description"],
            uri=f"https://standards.example/math/{number}",
            position=number,
        )
        for number, row in enumerate(rows)
    ]
    return Item.objects.bulk_create(items)


def test_21_ways_to_write_a_code_find_it_first(codes: list[Item]) -> None:
    assert len(CODE_SPELLINGS) == 21
    # A grade by itself ("K", "HS") is no code that somebody looks up.
    coded = [item for item in codes if "." in item.human_coding_scheme]
    chosen = random.Random(4).sample(coded, SAMPLE)
    missed = [
        (item.human_coding_scheme, kind)
        for item in chosen
        for kind, write in CODE_SPELLINGS.items()
        if search_items(write(item.human_coding_scheme), limit=1) != [item]
    ]
    assert missed == []


def test_every_way_to_write_a_name_finds_it(codes: list[Item]) -> None:
    for item in random.Random(4).sample(codes, 10):
        for kind, write in NAME_SPELLINGS.items():
            assert search_items(write(item)) == [item], kind


def test_one_wrong_character_is_mended_as_well_as_the_codes_allow(codes: list[Item]) -> None:
    """Many codes differ in one character alone, so that nobody can tell which was meant: the floors leave room for it."""
    chance = random.Random(4)
    coded = [item for item in codes if item.human_coding_scheme.count(".") >= 2]
    first = five = asked = 0
    while asked < 100:
        item = chance.choice(coded)
        found = find_items(with_one_wrong_character(item.human_coding_scheme, chance), limit=5)
        if found.items and not found.is_near:
            continue  # it is the code of another statement
        asked += 1
        first += found.items[:1] == [item]
        five += item in found.items
    assert first >= 66, first
    assert five >= 94, five


def test_codes_with_a_prefix_of_their_own_are_found_without_it(standards_data_dir: Path) -> None:
    import_framework((standards_data_dir / "asn" / "wpas_CCSS_Math.xml").read_bytes(), short_name="CCSS")
    for typed in ("6.RP.A.3", "6rp3", "ccss.math.content.6.rp.a.3", "CCSS.Math.6.RP.3"):
        assert search_items(typed)[0].human_coding_scheme.endswith("6.RP.A.3"), typed
