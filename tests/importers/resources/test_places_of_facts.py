"""One fact may stand in several places of a record or a table, and is read from each of them."""

import json
from typing import Any

import pytest

from importers.payload import Payload
from importers.resources import readers
from importers.resources.draft import AlignmentDraft, Collection, Part
from tests.importers.resources.test_readers import graph, read_one
from tests.importers.test_tables import workbook

BY = "https://creativecommons.org/licenses/by/4.0/"
UNIT = "https://lessons.example/unit"


@pytest.mark.parametrize(
    ("given", "name", "read"),
    [
        ({"name": None, "headline": "Paint"}, "title", "Paint"),
        ({"name": "", "title": "Paint"}, "title", "Paint"),
        ({"abstract": "Mix colors"}, "description", "Mix colors"),
        ({"@id": UNIT}, "url", UNIT),
        ({"@id": "urn:lesson:7"}, "url", ""),
        ({"url": "lessons/7"}, "url", "lessons/7"),
        ({"@id": "urn:lesson:7", "identifier": "L-7"}, "names", ("L-7", "urn:lesson:7")),
        ({"@id": "_:b0", "identifier": "L-7"}, "names", ("L-7",)),
        ({"typicalLearningTime": "PT45M"}, "duration", "PT45M"),
        ({"creator": "Ada"}, "authors", ("Ada",)),
        ({"author": "Ada", "creator": "Press"}, "authors", ("Ada",)),
        ({"provider": "Press"}, "publishers", ("Press",)),
        ({"useRightsUrl": BY}, "licence", BY),
        ({"rights": "All rights reserved"}, "licence", "All rights reserved"),
        ({"license": {"name": "Attribution", "url": BY}}, "licence", BY),
        ({"about": "Science", "subject": "Art"}, "subjects", ("Science", "Art")),
        ({"keywords": {"@set": ["ratio", "paint"]}}, "topics", ("ratio", "paint")),
        ({"keywords": "ratio", "schema:keywords": "paint"}, "topics", ("ratio", "paint")),
        ({"about": {"es": "Ciencias", "en": "Science"}}, "subjects", ("Science",)),
        ({"publisher": {"url": "https://press.example"}}, "publishers", ("https://press.example",)),
        ({"audience": "teacher"}, "roles", ("teacher",)),
        ({"audience": {"audienceType": "parent"}}, "roles", ("parent",)),
        ({"audience": {"educationalRole": "student", "audienceType": "all"}}, "roles", ("student",)),
        ({"isBasedOn": {"name": "Unit", "url": UNIT}}, "based_on", (Part("Unit", UNIT),)),
        ({"isBasedOnUrl": UNIT}, "based_on", (Part(UNIT, UNIT),)),
        ({"isPartOf": {"name": "Unit", "url": UNIT, "@id": "https://x.example/1"}}, "part_of", (Part("Unit", UNIT),)),
        ({"educationalLevel": "Grade 5", "educationalAlignment":
          {"alignmentType": "educationalLevel", "targetName": "Grade 6"}}, "levels", ("Grade 5", "Grade 6")),
        ({"educationalAlignment": {"alignmentType": "educationalLevel", "targetUrl": "Grade 6"}}, "levels", ("Grade 6",)),
        ({"educationalAlignment": {"alignmentType": "complexityLevel", "targetName": "Hard"}}, "topics", ("Hard",)),
    ],
)  # fmt: skip
def test_a_fact_is_read_from_each_place_that_it_may_have(given: dict[str, Any], name: str, read: Any) -> None:
    assert getattr(read_one(**given), name) == read


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"educationalAlignment": {"targetUrl": "6.RP.1"}}, AlignmentDraft("teaches", "6.RP.1")),
        ({"educationalAlignment": {"targetUrl": "6.RP.1", "targetName": "6.RP.1"}}, AlignmentDraft("teaches", "", "6.RP.1")),
        ({"educationalAlignment": {"name": "6.RP.1"}}, AlignmentDraft("teaches", "", "6.RP.1")),
        ({"educationalAlignment": "6.RP.1"}, AlignmentDraft("teaches", "", "6.RP.1")),
        ({"educationalAlignment": {"alignmentType": "Complexity Level 2", "targetName": "6.RP.1"}},
         AlignmentDraft("teaches", "", "6.RP.1")),
        ({"educationalAlignment": {"alignmentType": "Pre requisite", "targetName": "6.RP.1"}},
         AlignmentDraft("requires", "", "6.RP.1")),
        ({"assesses": {"targetUrl": "https://x.example/1"}}, AlignmentDraft("assesses", "https://x.example/1")),
        ({"assesses": {"targetName": "6.RP.1"}}, AlignmentDraft("assesses", "", "6.RP.1")),
        ({"assesses": {"name": "6.RP.1"}}, AlignmentDraft("assesses", "", "6.RP.1")),
        ({"assesses": "Explain what it is"}, AlignmentDraft("assesses", "", "Explain what it is")),
        ({"teaches": {"name": "Explain what it is", "url": "https://x.example/1"}},
         AlignmentDraft("teaches", "https://x.example/1", "Explain what it is")),
        ({"teaches": "CCSS Math 6.RP.A.1"}, AlignmentDraft("teaches", "", "CCSS Math 6.RP.A.1")),
        ({"teaches": "Unit rates"}, AlignmentDraft("teaches", "", "Unit rates")),
    ],
)  # fmt: skip
def test_a_standard_is_read_from_each_place_that_it_may_have(
    given: dict[str, Any], read: AlignmentDraft
) -> None:
    draft = read_one(**given)
    assert (draft.alignments, draft.objectives) == ((read,), ())


def of_page(*scripts: str) -> Collection:
    return readers.read(Payload(f"<!doctype html><html><head>{''.join(scripts)}</head></html>".encode()))


def test_a_page_keeps_its_data_in_scripts_of_one_kind_whose_encoding_may_be_named() -> None:
    lesson = json.dumps({"@type": "LearningResource", "name": "Paint", "about": "Art"})
    collection = of_page(
        f'<script type="application/LD+JSON; charset=utf-8">{lesson}</script>',
        '<script type="application/ld+json"> \n</script>',
        '<script type="application/json">{"page": 1}</script>',
    )
    assert [one.title for one in collection.resources] == ["Paint"]
    assert not list(collection.problems)


def test_a_page_is_a_resource_where_nothing_else_is() -> None:
    (page,) = of_page(
        '<script type="application/ld+json">{"@type": "WebPage", "name": "Paint"}</script>'
    ).resources
    assert page.title == "Paint"


def test_lines_may_be_lists() -> None:
    lesson = {"@type": "LearningResource", "name": "Paint"}
    lines = "\n".join(json.dumps([{**lesson, "url": f"{UNIT}/{number}"}]) for number in range(2))
    assert [one.path for one in readers.read(Payload(lines.encode())).resources] == ["line 1[0]", "line 2[0]"]


def test_a_record_of_a_graph_may_rename_terms_for_itself() -> None:
    own = {
        "@context": {"heading": "schema:name"},
        "@type": "LearningResource",
        "heading": "Paint",
        "about": "Art",
    }
    other = {"@type": "LearningResource", "name": "Glue", "heading": "Not a name", "about": "Art"}
    assert [one.title for one in readers.read(Payload(graph(own, other))).resources] == ["Paint", "Glue"]


# -- tables


def of_table(*rows: str) -> Collection:
    return readers.read(Payload("\n".join(rows).encode()))


@pytest.mark.parametrize(
    ("header", "cell", "name", "read"),
    [
        ("grade", "\"5, 6;7\"", "levels", ("5", "6", "7")),
        ("tags", "\"ratio, paint; color\"", "topics", ("ratio", "paint", "color")),
        ("audience", "\"teacher, parent\"", "roles", ("teacher", "parent")),
        ("subject", "\"Reading, Writing; Art\"", "subjects", ("Reading, Writing", "Art")),
        ("link", "lessons/7", "names", ()),
        ("link", "lessons/7", "url", "lessons/7"),
        ("based on", f"Unit; {UNIT}", "based_on", (Part("Unit"), Part(UNIT, UNIT))),
        ("standards", "\"6.RP.1, 6.RP.2\"", "alignments", (AlignmentDraft("teaches", "", "6.RP.1"),
                                                            AlignmentDraft("teaches", "", "6.RP.2"))),
        ("standards", "https://x.example/1", "alignments", (AlignmentDraft("teaches", "https://x.example/1"),)),
        ("prerequisites", "6.RP.1", "alignments", (AlignmentDraft("requires", "", "6.RP.1"),)),
    ],
)  # fmt: skip
def test_a_comma_divides_codes_and_grades_and_never_words(
    header: str, cell: str, name: str, read: Any
) -> None:
    (draft,) = of_table(f"title,{header}", f"Paint,{cell}").resources
    assert getattr(draft, name) == read


def test_a_row_says_which_framework_its_standards_are_of() -> None:
    (draft,) = of_table("title,standards,framework", "Paint,6.RP.1,Meridian").resources
    assert draft.alignments == (AlignmentDraft("teaches", "", "6.RP.1", "Meridian"),)


def test_the_header_is_the_row_with_the_most_known_names_however_much_stands_above_it() -> None:
    notes = [f"note {number},," for number in range(6)]
    collection = of_table(
        *notes, "title,ours,", "Title,Description,Summary", "Paint,Mix,Twice", "title,kind,x"
    )
    drafts = collection.resources
    assert [(one.title, one.description) for one in drafts] == [
        ("Paint", "Mix\n\nTwice"),
        ("title", "kind\n\nx"),
    ]


def test_cells_beyond_the_headers_are_told_and_those_without_a_header_are_kept() -> None:
    collection = of_table("title,,grade", "Paint,B3,6,more", "Glue,,7")
    assert [one.raw for one in collection.resources] == [
        {"title": "Paint", "column 2": "B3", "grade": "6", "column 4": "more"},
        {"title": "Glue", "grade": "7"},
    ]
    assert [(one.rule, one.path) for one in collection.problems] == [("ragged", "row 2")]


def test_every_sheet_with_titles_is_read() -> None:
    sheets = {"Fall": [["Title", "Grade"], ["Paint", "6"]], "Spring": [["Title", "Grade"], ["Glue", "7"]]}
    assert [one.title for one in readers.read(Payload(workbook(sheets))).resources] == ["Paint", "Glue"]
