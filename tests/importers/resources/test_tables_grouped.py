"""Tables in which a resource takes several rows, its title in the first of them; and rows that are nobody's."""

import json

import pytest

from importers.payload import Payload
from importers.resources import readers
from tests.importers.resources.test_tables import read_table

GROUPED = [
    "Mix paint,https://a.example/1,6.RP.1,assess",
    ",,6.RP.2,",
    ",,,6.RP.3",
    "Race,,3.MD.1,",
    ",,3.MD.2,",
]


def test_rows_with_standards_alone_below_a_title_are_that_ones() -> None:
    collection = read_table("Title,URL,Standards,Assesses", *GROUPED)
    mix, race = collection.resources
    assert [(one.relation, one.target_name) for one in mix.alignments] == [
        ("teaches", "6.RP.1"),
        ("assesses", "assess"),
        ("teaches", "6.RP.2"),
        ("assesses", "6.RP.3"),
    ]
    assert [one.target_name for one in race.alignments] == ["3.MD.1", "3.MD.2"]
    (told,) = [str(one) for one in collection.problems if one.rule == "goes-on"]
    assert told.startswith(
        "row 3: has standards and nothing else, right below “Mix paint”: taken for that one’s"
    )
    assert told.endswith("write its title into it. (and 2 more like it)")


def test_each_row_of_a_resource_may_have_its_framework() -> None:
    rows = ["Mix paint,CCSS,6.RP.1", ",TEKS,6.4.B", ",,6.RP.3"]
    (mix,) = read_table("Title,Framework,Standards", *rows).resources
    assert [(one.framework, one.target_name) for one in mix.alignments] == [
        ("CCSS", "6.RP.1"),
        ("TEKS", "6.4.B"),
        ("CCSS", "6.RP.3"),
    ]


@pytest.mark.parametrize(
    ("head", "rows", "passed_over"),
    [
        ("Title,Standards,Minutes", ["Mix,6.RP.1,5", ",6.RP.2,9"], "row 3: has no title"),  # another lesson?
        ("Title,Standards,Notes", ["Mix,6.RP.1,", ",6.RP.2,later"], "row 3: has no title"),
        ("Title,Standards", ["Mix,6.RP.1", "", ",6.RP.2"], "row 4: has no title"),  # below a gap
        (
            "Standards,Title",
            ["6.RP.1,Mix", "6.RP.2,"],
            "row 3: has no title",
        ),  # one that has no lesson so far
        ("Title,Standards", ["#REF!,6.RP.1", ",6.RP.2", "Mix,6.RP.3"], "row 2: has no title"),
    ],
)
def test_a_row_that_may_be_anothers_is_passed_over_and_told(
    head: str, rows: list[str], passed_over: str
) -> None:
    collection = read_table(head, *rows)
    (mix,) = collection.resources
    assert len(mix.alignments) == 1
    (told,) = [str(one) for one in collection.problems if one.rule == "no-name"]
    assert told.startswith(passed_over)
    assert "if it goes on with the resource above, put what it says into that row" in told


def test_all_rows_without_a_title_are_named_by_their_numbers() -> None:
    rows = ["Mix,6", ",7", "Race,3", ",4", ",5", ",6", "Sum,1", ",2"]
    collection = read_table("Title,Grade", *rows)
    (told,) = [str(one) for one in collection.problems if one.rule == "no-name"]
    assert "row 3: has no title, so it is passed over. So are rows 5–7, 9. Write a title into it" in told


def test_a_record_is_never_part_of_the_one_before_it() -> None:
    records = [{"title": "Mix", "standards": "6.RP.1", "minutes": 5}, {"standards": "6.RP.2"}]
    (mix,) = readers.read(Payload(json.dumps(records).encode())).resources
    assert len(mix.alignments) == 1
