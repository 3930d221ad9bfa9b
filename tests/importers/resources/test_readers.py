"""Every reader, held to the contract; and the shapes in which each format is met."""

import csv
import io
import json
from typing import Any

import pytest

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.resources import readers
from importers.resources.draft import AlignmentDraft, ResourceDraft
from tests.importers.resources.contract import ReaderContract, Small


def record(one: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "@context": "https://schema.org/",
        "@type": "LearningResource",
        "identifier": one["identifier"],
        "name": one["title"],
        "description": one["description"],
        "url": one["url"],
        "educationalLevel": one["grades"],
        "learningResourceType": one["kind"],
        "about": one["subject"],
        "author": {"@type": "Person", "name": one["author"]},
        "educationalAlignment": [
            {"@type": "AlignmentObject", "alignmentType": "teaches", "targetName": code}
            for code in one["standards"]
        ],
        **more,
    }


class TestArray(ReaderContract):
    reader = "lrmi"

    def write(self) -> bytes:
        return json.dumps([record(one) for one in self.small.resources]).encode()


class TestLines(ReaderContract):
    reader = "lrmi"

    def write(self) -> bytes:
        return "\n".join(json.dumps(record(one)) for one in self.small.resources).encode()


class TestGraph(ReaderContract):
    """Prefixed terms, an author by reference, alignments by reference, and nodes that are no resources."""

    reader = "lrmi"

    def write(self) -> bytes:
        nodes: list[dict[str, Any]] = [
            {"@id": "#site", "@type": "schema:Organization", "schema:name": "A site"}
        ]
        for number, one in enumerate(self.small.resources):
            plain = record(one, author={"@id": f"_:author{number}"})
            del plain["@context"]
            nodes.append({key if key[0] == "@" else f"schema:{key}": value for key, value in plain.items()})
            nodes.append({"@id": f"_:author{number}", "@type": "schema:Person", "schema:name": one["author"]})
        return json.dumps({"@context": {"schema": "http://schema.org/"}, "@graph": nodes}).encode()


class TestPage(ReaderContract):
    reader = "lrmi"
    end_may_be_lost = True

    def write(self) -> bytes:
        scripts = "".join(
            f'<script type="application/ld+json">{json.dumps(record(one))}</script>'
            for one in self.small.resources
        )
        return f"<!doctype html><html><head>{scripts}<script>let x = 1 < 2</script></head></html>".encode()


class TestTable(ReaderContract):
    reader = "table"
    end_may_be_lost = True

    def write(self) -> bytes:
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(["Our lessons"])
        writer.writerow(
            [
                "Resource ID",
                "TITLE",
                "Description",
                "Link",
                "Grade Level",
                "Type",
                "Subject",
                "Author",
                "Standards",
                "Shelf",
            ]
        )
        for one in self.small.resources:
            writer.writerow(
                [
                    *(
                        one["identifier"],
                        one["title"],
                        one["description"],
                        one["url"],
                        ", ".join(one["grades"]),
                    ),
                    *(one["kind"], one["subject"], one["author"], "; ".join(one["standards"]), "B3"),
                ]
            )
        return b"\xef\xbb\xbf" + file.getvalue().encode()


class TestNsdl(ReaderContract):
    reader = "nsdl-dc"

    def write(self) -> bytes:
        return json.dumps({"documents": [self.envelope(one) for one in self.small.resources]}).encode()

    @staticmethod
    def envelope(one: dict[str, Any]) -> dict[str, Any]:
        from xml.sax.saxutils import escape

        fields = {
            "dc:identifier": [one["identifier"], one["url"]], "dc:title": [one["title"]],
            "dc:description": [one["description"]], "dc:subject": [one["subject"]], "dc:creator": [one["author"]],
            "dc:type": [one["kind"]], "dct:educationLevel": one["grades"], "dct:conformsTo": one["standards"],
        }  # fmt: skip
        inner = "".join(f"<{k}>{escape(v)}</{k}>" for k, values in fields.items() for v in values)
        spaces = 'xmlns:n="http://ns.nsdl.org/nsdl_dc_v1.02/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        data = f'<n:nsdl_dc {spaces} xmlns:dct="http://purl.org/dc/terms/">{inner}</n:nsdl_dc>'
        return {
            "doc_type": "resource_data",
            "payload_schema": ["nsdl_dc"],
            "resource_locator": one["url"],
            "resource_data": data,
        }


def read_one(**fields: Any) -> ResourceDraft:
    (draft,) = readers.read(
        Payload(json.dumps({"@type": "LearningResource", "name": "Lesson", **fields}).encode())
    ).resources
    return draft


def test_values_may_be_text_object_or_list_everywhere() -> None:
    for language in ("en", {"@value": "en"}, [{"@type": "Language", "name": "en"}], {"@list": ["en"]}):
        assert read_one(inLanguage=language).language == "en"
    assert read_one(description={"en": "Words", "es": "Palabras"}).description == "Words"
    assert read_one(keywords="ratio, paint; color").topics == ("ratio", "paint", "color")
    assert read_one(identifier={"@type": "PropertyValue", "propertyID": "doi", "value": "10.1/x"}).names == (
        "10.1/x",
    )
    assert read_one(license={"@id": "https://creativecommons.org/licenses/by/4.0/"}).licence.endswith(
        "/by/4.0/"
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1234567", "1234567"), ("1234568.0", "1234568"), ("12345678901234567890", "12345678901234567890"),
        ("1e6", "1000000"), ("6.125", "6.125"), ("-3", "-3"), ("0", "0"), ("9" * 401, "9" * 401),
    ],
)  # fmt: skip
def test_a_number_is_read_with_all_its_digits(number: str, text: str) -> None:
    term = f'{{"termCode": {number}, "name": "Words"}}'
    target = f'{{"targetName": {number}}}'
    data = (
        f'{{"@type": "LearningResource", "name": {number}, "identifier": {{"value": {number}}}, '
        f'"assesses": {term}, "educationalAlignment": {target}}}'
    )
    (draft,) = readers.read(Payload(data.encode())).resources
    assert (draft.title, draft.names) == (text, (text,))
    assert [one.target_name for one in draft.alignments] == [text, text]


def graph(*nodes: dict[str, Any]) -> bytes:
    return json.dumps({"@graph": nodes}).encode()


@pytest.mark.parametrize("wide", [1, 3])
def test_names_that_lead_in_a_circle_come_to_an_end(wide: int) -> None:
    """Three ways on at each of twenty steps would be three and a half billion."""
    circle = graph(
        {"@id": "a", "@type": "LearningResource", "name": [{"@id": "b"}] * wide},
        {"@id": "b", "@type": "Thing", "name": [{"@id": "a"}] * wide + ["Paint"]},
    )
    (draft,) = readers.read(Payload(circle)).resources
    assert draft.title == "Paint"
    with pytest.raises(ImportRefused, match="no resource"):
        readers.read(Payload(graph({"@id": "a", "@type": "LearningResource", "name": [{"@id": "a"}] * wide})))


def test_names_that_lead_to_the_same_place_by_many_ways_are_read_once() -> None:
    steps = [
        {"@id": f"n{step}", "@type": "Thing", "name": [{"@id": f"n{step + 1}"}] * 4} for step in range(19)
    ]
    last = {"@id": "n19", "@type": "Thing", "name": "Ada"}
    lesson = {"@type": "LearningResource", "name": "Paint", "author": {"@id": "n0"}}
    (draft,) = readers.read(Payload(graph(lesson, last, *steps))).resources
    assert draft.authors == ("Ada",)


def test_of_a_value_with_thousands_of_parts_the_first_are_read_and_that_is_told() -> None:
    words = [f"word {number}" for number in range(3000)]
    lessons = [{"@type": "LearningResource", "name": name, "keywords": {"@id": "k"}} for name in ("A", "B")]
    collection = readers.read(Payload(graph(*lessons, {"@id": "k", "@type": "Thing", "name": words})))
    assert [draft.topics for draft in collection.resources] == [tuple(words[:1999])] * 2
    (told,) = [problem for problem in collection.problems if problem.rule == "many"]
    assert str(told) == (
        "@graph[0]: has a value of more than 2,000 parts: the first are read, all are kept. "
        "(and 1 more like it)"
    )


def test_an_alignment_goes_where_its_type_says() -> None:
    draft = read_one(
        educationalAlignment=[
            {"alignmentType": "assesses", "targetName": "A.1", "educationalFramework": "F"},
            {
                "alignmentType": "http://purl.org/dcx/lrmi-terms/prerequisite",
                "targetUrl": "https://x.example/B.2",
            },
            {"alignmentType": "educationalLevel", "targetName": "Grade 6"},
            {"alignmentType": "educationalSubject", "targetName": "Science"},
            {"alignmentType": "readingLevel", "targetName": "820L", "educationalFramework": "Lexile"},
            {"alignmentType": "educationalLevel", "targetName": "Course 2"},
        ]
    )
    assert draft.alignments == (
        AlignmentDraft("assesses", "", "A.1", "F"),
        AlignmentDraft("requires", "https://x.example/B.2"),
        AlignmentDraft("educationalLevel", "", "Course 2"),
    )
    assert (draft.levels, draft.subjects, draft.topics) == (("Grade 6",), ("Science",), ("Lexile 820L",))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"targetName": ["A.1", "B.2"], "targetUrl": ["https://x.example/1", "https://x.example/2"]},
         [("A.1", "https://x.example/1"), ("B.2", "https://x.example/2")]),
        ({"targetName": ["A.1", "B.2"]}, [("A.1", ""), ("B.2", "")]),
        ({"targetName": ["Ratios", "Razones"], "targetUrl": "https://x.example/1"}, [("Ratios", "https://x.example/1")]),
        ("A.1, B.2; C.3", [("A.1", ""), ("B.2", ""), ("C.3", "")]),
        ("Ratios, rates and percent", [("Ratios, rates and percent", "")]),
    ],
)  # fmt: skip
def test_an_alignment_may_name_several_standards(given: Any, named: list[tuple[str, str]]) -> None:
    found = read_one(educationalAlignment=given).alignments
    assert [(one.target_name, one.target_url) for one in found] == named


def test_grades_and_complexity_are_no_standards_whatever_the_type_is_called() -> None:
    types = {"gradeLevel": "Grade 6", "educationLevel": "7", "textComplexity": "820L"}
    draft = read_one(
        educationalAlignment=[{"alignmentType": one, "targetName": name} for one, name in types.items()]
    )
    assert (draft.alignments, draft.levels, draft.topics) == ((), ("Grade 6", "7"), ("820L",))


def test_a_duration_may_have_its_unit_beside_it() -> None:
    hours = {"@type": "QuantitativeValue", "value": 2, "unitText": "hours"}
    minutes = {"@type": "QuantitativeValue", "value": 45, "unitCode": "MIN"}
    assert [read_one(timeRequired=one).duration for one in (hours, minutes)] == ["2 hours", "45 minutes"]


def test_a_graph_may_be_one_object() -> None:
    graph_of_one = {"@graph": {"@type": "LearningResource", "name": "Mix paint"}}
    (draft,) = readers.read(Payload(json.dumps(graph_of_one).encode())).resources
    assert draft.title == "Mix paint"


def test_competencies_are_codes_addresses_defined_terms_or_outcomes_in_words() -> None:
    draft = read_one(
        teaches=[
            "6.RP.A.1",
            "Students can explain what a ratio is",
            {
                "@type": "DefinedTerm",
                "termCode": "6.RP.A.2",
                "name": "Unit rates",
                "inDefinedTermSet": {"name": "CCSS"},
            },
        ],
        assesses="https://standards.example/6.RP.A.3",
        competencyRequired={"@type": "DefinedTerm", "url": "https://standards.example/5.NF.1"},
    )
    assert draft.objectives == ("Students can explain what a ratio is",)
    assert draft.alignments == (
        AlignmentDraft("teaches", "", "6.RP.A.1"),
        AlignmentDraft("teaches", "", "6.RP.A.2", "CCSS", "Unit rates"),
        AlignmentDraft("assesses", "https://standards.example/6.RP.A.3"),
        AlignmentDraft("requires", "https://standards.example/5.NF.1"),
    )


def test_a_context_may_rename_terms() -> None:
    data = {
        "@context": [
            "https://schema.org/",
            {"heading": "schema:name", "made": {"@id": "http://schema.org/author"}},
        ],
        "@type": "http://schema.org/LearningResource",
        "heading": "Lesson",
        "made": "Ada",
    }
    (draft,) = readers.read(Payload(json.dumps(data).encode())).resources
    assert (draft.title, draft.authors) == ("Lesson", ("Ada",))


def test_what_we_have_no_field_for_is_kept_and_told_once() -> None:
    data = [record(one, **{"accessMode": "visual", "x:shelf": {"row": 3}}) for one in Small.resources]
    collection = readers.read(Payload(json.dumps(data).encode()))
    assert [draft.raw["x:shelf"] for draft in collection.resources] == [{"row": 3}] * 2
    told = {problem.rule: problem.count for problem in collection.problems if "accessMode" in problem.path}
    assert told == {"unknown-key": 2}


def test_a_page_about_a_lesson_is_not_a_resource_beside_it() -> None:
    graph = [
        {"@type": "WebPage", "name": "Page"},
        {"@type": "BreadcrumbList", "name": "x"},
        record(Small.resources[0]),
    ]
    collection = readers.read(Payload(json.dumps({"@graph": graph}).encode()))
    assert [draft.title for draft in collection.resources] == [Small.resources[0]["title"]]
    assert {problem.rule for problem in collection.problems} >= {"no-resource"}


def test_an_item_list_is_unpacked() -> None:
    members = [
        {"@type": "ListItem", "position": n, "item": record(one)} for n, one in enumerate(Small.resources)
    ]
    data = {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "name": "Lessons",
        "itemListElement": members,
    }
    assert len(readers.read(Payload(json.dumps(data).encode())).resources) == 2
