"""The sample frameworks as files: what an administrator of another state could download and import."""

import json
from collections import Counter

import pytest

from importers.sample.files import framework_files
from standards.grades import GRADE_ORDER

PACKAGES = {path.stem.upper(): json.loads(path.read_bytes()) for path in framework_files()}
ITEMS = {
    item["identifier"]: (short_name, item)
    for short_name, package in PACKAGES.items()
    for item in package["CFItems"]
}
EACH = pytest.mark.parametrize("short_name", PACKAGES)


def statements(short_name: str) -> list[dict]:
    headings = {
        "Domain",
        "Strand",
        "Core Idea",
        "Career Area",
        "Cluster",
        "Grade Focus",
        "Grade Band",
        "Pathway",
    }
    return [item for item in PACKAGES[short_name]["CFItems"] if item["CFItemType"] not in headings]


def associations(short_name: str, *types: str) -> list[dict]:
    return [each for each in PACKAGES[short_name]["CFAssociations"] if each["associationType"] in types]


def test_about_250_statements_reach_from_kindergarten_to_grade_12():
    assert 240 <= sum(len(statements(short_name)) for short_name in PACKAGES) <= 270
    for short_name in PACKAGES:
        grades = {grade for item in statements(short_name) for grade in item["educationLevel"]}
        assert grades == {"KG", *(f"{number:02}" for number in range(1, 13))}


def test_no_identifier_is_used_twice():
    identifiers = Counter(
        record["identifier"]
        for package in PACKAGES.values()
        for record in [package["CFDocument"], *package["CFItems"], *package["CFAssociations"]]
    )
    assert [identifier for identifier, count in identifiers.items() if count > 1] == []


@EACH
def test_every_code_is_used_once_and_every_grade_is_a_ceds_code(short_name):
    items = PACKAGES[short_name]["CFItems"]
    assert len({item["humanCodingScheme"] for item in items}) == len(items)
    assert {grade for item in items for grade in item["educationLevel"]} <= set(GRADE_ORDER)


@EACH
def test_every_item_hangs_below_the_document(short_name):
    document = PACKAGES[short_name]["CFDocument"]["identifier"]
    parents: dict[str, list[str]] = {}
    for each in associations(short_name, "isChildOf"):
        parents.setdefault(each["originNodeURI"]["identifier"], []).append(
            each["destinationNodeURI"]["identifier"]
        )
    for item in PACKAGES[short_name]["CFItems"]:
        above, todo = set(), [item["identifier"]]
        while todo:
            found = [parent for parent in parents.get(todo.pop(), []) if parent not in above]
            above.update(found)
            todo.extend(found)
        assert document in above, item["humanCodingScheme"]
        assert item["identifier"] not in above, f"{item['humanCodingScheme']} is its own ancestor"


@EACH
def test_every_link_leads_to_a_record_of_the_sample(short_name):
    package = PACKAGES[short_name]
    known = {*ITEMS, *(each["CFDocument"]["identifier"] for each in PACKAGES.values())}
    for each in package["CFAssociations"]:
        for end in ("originNodeURI", "destinationNodeURI"):
            assert each[end]["identifier"] in known, each[end]["title"]
    defined = {record["identifier"] for records in package["CFDefinitions"].values() for record in records}
    for item in package["CFItems"]:
        for key in ("CFItemTypeURI", "licenseURI", "conceptKeywordsURI"):
            if key in item:
                assert item[key]["identifier"] in defined, f"{item['humanCodingScheme']}: {key}"


@EACH
def test_progressions_never_go_back_in_grade(short_name):
    order = {grade: place for place, grade in enumerate(GRADE_ORDER)}
    for each in associations(short_name, "precedes"):
        before, after = (ITEMS[each[end]["identifier"]][1] for end in ("originNodeURI", "destinationNodeURI"))
        first, last = order[before["educationLevel"][0]], order[after["educationLevel"][-1]]
        assert first <= last, f"{before['humanCodingScheme']} before {after['humanCodingScheme']}"


def test_careers_and_science_are_joined_to_mathematics_by_crosswalks():
    def crosswalks(origin: str, destination: str) -> Counter:
        return Counter(
            each["associationType"]
            for each in associations(origin, "exactMatchOf", "isPeerOf", "isRelatedTo")
            if ITEMS[each["destinationNodeURI"]["identifier"]][0] == destination
        )

    assert set(crosswalks("MER-CTE", "MER-MATH")) == {"exactMatchOf", "isPeerOf", "isRelatedTo"}
    assert set(crosswalks("MER-SCI", "MER-MATH")) == {"isPeerOf", "isRelatedTo"}


def test_an_exact_match_says_the_same_words_on_both_sides():
    pairs = [each for name in PACKAGES for each in associations(name, "exactMatchOf")]
    assert pairs
    for each in pairs:
        origin, destination = (
            ITEMS[each[end]["identifier"]][1] for end in ("originNodeURI", "destinationNodeURI")
        )
        assert origin["fullStatement"] == destination["fullStatement"]


def test_the_statement_that_ended_names_its_successor():
    ended = [item for _, item in ITEMS.values() if item.get("statusEndDate")]
    successors = {
        each["originNodeURI"]["identifier"]: each["destinationNodeURI"]["identifier"]
        for each in associations("MER-MATH", "replacedBy")
    }
    assert [item["humanCodingScheme"] for item in ended] == ["M.6.RP.4"]
    assert ITEMS[successors[ended[0]["identifier"]]][1]["humanCodingScheme"] == "M.6.RP.2"
