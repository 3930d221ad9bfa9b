"""JSON of a site's own: a list of records with keys like a table's headers, or of rows."""

import json
from typing import Any

import pytest

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.resources import readers
from importers.resources.draft import Collection
from importers.resources.services import import_resources
from people.models import District
from tests.importers.resources.contract import ReaderContract
from tests.importers.resources.loading import lesson, numbers


class TestRecords(ReaderContract):
    reader = "records"

    def write(self) -> bytes:
        names = {
            "identifier": "id", "title": "Resource Title", "description": "summary", "url": "link", "grades": "grade",
            "kind": "type", "subject": "subject", "author": "author", "standards": "standards",
        }  # fmt: skip
        found = [{names[key]: value for key, value in one.items()} for one in self.small.resources]
        return json.dumps(found).encode()


def read(value: Any) -> Collection:
    return readers.read(Payload(json.dumps(value).encode()))


MIX = {"title": "Mix paint", "url": "https://a.example/1", "grade": 6}


@pytest.mark.parametrize(
    "value",
    [
        [MIX],
        [{"title": "Mix paint", "url": "https://a.example/1"}],
        {"lessons": [MIX], "count": 1, "tags": ["a", "b"]},
        {"Sheet1": [MIX], "Sheet2": []},
        {"range": "A1:C2", "values": [["Our lessons"], [*MIX], [*MIX.values()]]},
        [[*MIX], [*MIX.values()]],
        [{**MIX, "type": "Worksheet", "tags": None, "featured": True}],
        [{**MIX, "title": {"en": "Mix paint"}}],
    ],
    ids=["list", "title and url", "wrapped", "sheets", "values", "rows", "typed", "language map"],
)
def test_a_list_of_records_is_read_like_a_table(value: Any) -> None:
    collection = read(value)
    (draft,) = collection.resources
    assert (collection.format, draft.title, draft.url) == ("records", "Mix paint", "https://a.example/1")


def test_records_line_by_line_are_read_too_and_the_place_of_each_is_its_number() -> None:
    lines = "\n".join(json.dumps({**MIX, "title": name}) for name in ("Mix", "Race", ""))
    collection = readers.read(Payload(lines.encode()))
    assert [(one.title, one.path) for one in collection.resources] == [("Mix", "row 1"), ("Race", "row 2")]
    assert any("row 3: has no title, so it is passed over." in str(one) for one in collection.problems)


def test_the_record_is_kept_as_it_came(district: District) -> None:
    record = {
        **MIX,
        "grade": [6, 7.0],
        "stars": {"average": 4.5},
        "materials": ["paint", "paper"],
        "gone": None,
    }
    data = json.dumps([record, {"title": "Race", "note": "Only here"}]).encode()
    mix, race = readers.read(Payload(data)).resources
    assert (mix.raw, mix.levels) == (record, ("6", "7"))
    assert race.raw == {"title": "Race", "note": "Only here"}
    assert numbers(import_resources(data, district=district)) == {"added": 2}
    assert numbers(import_resources(data, district=district)) == {"unchanged": 2}


@pytest.mark.parametrize(
    "value",
    [
        [lesson("Mix paint")],
        [
            {
                "name": "Mix paint",
                "educationalLevel": "6",
                "educationalAlignment": [{"targetName": "M.6.RP.1"}],
            }
        ],
        {
            "name": "Mix paint",
            "description": "One of its own",
            "author": [{"name": "Ada", "url": "https://a.example"}],
        },
        {"@context": "https://schema.org", "@graph": [{"@type": "Quiz", "name": "Mix paint", "grade": "6"}]},
        [{"type": "LearningResource", "title": "Mix paint", "grade": "6", "duration": "PT1H"}],
    ],
)
def test_json_ld_is_read_as_such(value: Any) -> None:
    assert read(value).format == "lrmi"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([{"code": "6.RP", "words": "Ratios"}], "in JSON a key “title” in each record of a list"),
        ([{"title": "", "url": "https://a.example"}], "no resource"),
        ([["a", "b"], ["c"]], "no resource"),
        (
            [{**{f"k{number}": 1 for number in range(600)}, "title": "Mix", "url": "u"}],
            "more than 500 columns",
        ),
    ],
)
def test_what_is_no_list_of_resources_is_refused_in_one_line(value: Any, says: str) -> None:
    with pytest.raises(ImportRefused) as refusal:
        read(value)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_standards_by_framework_are_read_and_what_cannot_be_read_is_told() -> None:
    codes = {"cc-math": ["6.RP.A.1", "6.RP.A.2"], "k12cs": ["9-12.Safety, Law, and Ethics"]}
    collection = read([MIX | {"alignments": codes, "author": {"a": {}}}])
    (draft,) = collection.resources
    assert [(one.framework, one.target_name) for one in draft.alignments] == [
        ("cc-math", "6.RP.A.1"),
        ("cc-math", "6.RP.A.2"),
        ("k12cs", "9-12.Safety, Law, and Ethics"),
    ]
    assert [str(one).partition(";")[0] for one in collection.problems] == [
        "row 1: has something in “author” that is neither text nor a list of texts"
    ]
