"""The CASE reader: the contract, and the dialects that are met."""

import json
from typing import Any

import pytest

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.readers.case import CaseReader
from importers.services import read
from tests.importers.contract import ReaderContract
from tests.importers.packages import DOCUMENT, as_bytes, below, identifier_of, link, package, statement


class TestCaseReader(ReaderContract):
    reader = "case"

    def write(self) -> bytes:
        statements = self.small.statements
        raw = package({code: parent for code, (_, parent, _) in statements.items()})
        raw["CFItems"] = [
            statement(code, words, educationLevel=grades, districtKey={"kept": True})
            for code, (words, _, grades) in statements.items()
        ]
        return as_bytes(raw)

    def identifier(self, code: str) -> str:
        return identifier_of(code)

    def test_unknown_keys_are_kept_and_told_once(self) -> None:
        draft = self.draft()
        assert all(item.extra["districtKey"] == {"kept": True} for item in draft.items)
        told = [problem for problem in draft.problems if problem.rule == "unknown-key"]
        assert [(problem.path, problem.count) for problem in told] == [("CFItems[0].districtKey", 4)]


def _read(raw: Any) -> Any:
    return read(Payload(as_bytes(raw)))


@pytest.mark.parametrize(
    "wrap",
    [
        lambda raw: raw,
        lambda raw: {"CFPackage": raw},
        lambda raw: [raw],
        lambda raw: [{"CFPackage": raw}],
        lambda raw: {"CFPackage": [raw]},
    ],
)
def test_a_package_is_read_bare_wrapped_and_in_a_list(wrap: Any) -> None:
    (draft,) = _read(wrap(package({"A": None, "A.1": "A"})))
    assert [item.human_coding_scheme for item in draft.items] == ["A", "A.1"]


def test_a_list_of_packages_holds_several_frameworks() -> None:
    drafts = _read([package({"A": None}), package({"B": None}, identifier="other")])
    assert [draft.document.identifier for draft in drafts] == [DOCUMENT, "other"]


def test_a_package_may_lack_items_associations_and_definitions() -> None:
    (draft,) = _read({"CFDocument": package({})["CFDocument"]})
    assert not draft.items
    assert draft.document.title == "Ratios and more"


@pytest.mark.parametrize(
    ("keys", "format"),
    [({}, "case-1.0"), ({"caseVersion": "1.1"}, "case-1.1"), ({"frameworkType": "State"}, "case-1.1")],
)
def test_the_version_shows_in_the_document(keys: dict[str, str], format: str) -> None:
    raw = package({"A": None})
    raw["CFDocument"] |= keys
    assert _read(raw)[0].format == format


def test_the_older_dialect_is_read_and_reported() -> None:
    raw = package({"A": None, "A.1": "A"})
    raw["CFItems"][0]["educationalLevel"] = "06"
    raw["CFItems"][1]["CFDocumentURI"] = "https://case.example/uri/" + DOCUMENT
    raw["CFAssociations"][1] |= {"sequenceNumber": "3", "originNodeURI": raw["CFItems"][1]["uri"]}
    (draft,) = _read(raw)
    edge = draft.associations[1]
    assert (edge.sequence_number, edge.extra["sequenceNumber"]) == (3, "3")
    assert edge.origin_identifier == identifier_of("A.1")
    assert {problem.rule for problem in draft.problems} == {"unknown-key", "type"}


def test_association_types_are_known_in_other_spellings() -> None:
    raw = package({"A": None, "A.1": "A"})
    raw["CFAssociations"][1]["associationType"] = "Is Child Of"
    (draft,) = _read(raw)
    assert draft.associations[1].association_type == "isChildOf"
    assert draft.associations[1].extra["associationType"] == "Is Child Of"


def test_what_no_database_holds_is_replaced_and_told() -> None:
    data = json.dumps(package({"A": None})).replace(
        "What A says.", "Half \\ud800 and nothing \\u0000, whole \\ud83d\\ude00"
    )
    (draft,) = read(Payload(data.encode()))
    assert draft.items[0].full_statement == "Half \ufffd and nothing \ufffd, whole 😀"
    assert "2 characters" in next(iter(draft.problems)).message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_tell_the_encoding(encoding: str) -> None:
    raw = package({"A": None}, title="Éléments")
    (draft,) = read(Payload(json.dumps(raw, ensure_ascii=False).encode(encoding)))
    assert draft.document.title == "Éléments"


def test_a_duplicate_association_that_says_the_same_is_left_out() -> None:
    raw = package({"A": None})
    raw["CFAssociations"] *= 2
    (draft,) = _read(raw)
    assert len(draft.associations) == 1
    assert [problem.rule for problem in draft.problems] == ["duplicate"]


def test_orphans_are_told_once_with_their_number() -> None:
    raw = package({"A": None, "B": None, "C": None})
    raw["CFAssociations"] = [below("A", None)]
    (draft,) = _read(raw)
    assert [str(problem) for problem in draft.problems] == [
        "CFItems[1]: “B” has no parent; it stands at the root. (and 1 more like it)"
    ]


def test_long_and_odd_values_are_kept_whole_beside_what_the_column_shows() -> None:
    raw = package({"A": None})
    raw["CFItems"][0] |= {"humanCodingScheme": "A" * 300, "listEnumeration": 4, "conceptKeywords": "one"}
    item = _read(raw)[0].items[0]
    assert (len(item.human_coding_scheme), item.list_enumeration, item.concept_keywords) == (
        255,
        "4",
        ["one"],
    )
    assert item.extra["humanCodingScheme"] == "A" * 300
    assert (item.extra["listEnumeration"], item.extra["conceptKeywords"]) == (4, "one")


def test_only_json_that_speaks_case_is_taken() -> None:
    reader = CaseReader()
    assert not reader.recognises(Payload(b'{"data": {"standards": {}}}'))
    assert not reader.recognises(Payload(b"identifier,statement\n1,two\n"))
    with pytest.raises(ImportRefused, match="format of this file is not known"):
        read(Payload(b'{"data": {"standards": {}}}'))


def test_links_are_rebuilt_or_kept_whole() -> None:
    raw = package({"A": None})
    raw["CFAssociations"][0]["destinationNodeURI"] = {**link(DOCUMENT), "targetType": "CASE"}
    edge = _read(raw)[0].associations[0]
    assert "originNodeURI" not in edge.extra
    assert edge.extra["destinationNodeURI"]["targetType"] == "CASE"


def test_a_dialect_may_spell_keys_and_lists_in_its_own_way() -> None:
    raw = package({"A": None, "A.1": "A"})
    raw["CFAssociations"] = {"one": {**raw["CFAssociations"][1]}}
    del raw["CFAssociations"]["one"]["identifier"]
    ends = {"uri": "https://case.example/uri/" + identifier_of("A.1")}
    del raw["CFAssociations"]["one"]["originNodeURI"]
    raw["CFAssociations"]["one"] |= {
        "originNodeIdentifier": identifier_of("A.1"),
        "originNodeUri": ends["uri"],
    }
    raw["CFItems"] = raw["CFItems"][0]
    spelled = {"CF_Document": raw.pop("CFDocument"), "cf_items": raw.pop("CFItems"), **raw}
    (draft,) = _read(spelled)
    assert [item.human_coding_scheme for item in draft.items] == ["A"]
    (edge,) = draft.associations
    assert (edge.identifier, edge.origin_identifier) == ("one", identifier_of("A.1"))
    assert edge.origin_uri == ends["uri"]


def test_links_without_identifiers_are_told_apart_by_their_type_too() -> None:
    raw = package({"A": None, "A.1": "A"})
    edge = {key: value for key, value in raw["CFAssociations"][1].items() if key not in ("identifier", "uri")}
    raw["CFAssociations"] = [edge, {**edge, "associationType": "isRelatedTo"}]
    raw["CFAssociations"][1]["destinationNodeURI"] = {"uri": "https://case.example/uri/elsewhere"}
    raw["CFAssociations"].append({**edge, "associationType": "isPeerOf"})
    (draft,) = _read(raw)
    assert len({one.identifier for one in draft.associations}) == 3
    assert draft.associations[1].destination_identifier == "elsewhere"


def test_a_document_without_a_title_goes_by_its_identifier_and_says_so() -> None:
    raw = package({"A": None})
    del raw["CFDocument"]["title"]
    (draft,) = _read(raw)
    assert draft.document.title == DOCUMENT
    assert "CFDocument.title: is missing; the identifier stands in for it." in map(str, draft.problems)


def test_of_a_list_of_packages_what_is_wrong_is_said_with_its_number() -> None:
    with pytest.raises(ImportRefused, match=r"^\[1\]\.CFItems: is not a list of records"):
        _read([package({"A": None}), {**package({"B": None}), "CFItems": "none"}])


def test_what_php_writes_for_no_definitions_is_none() -> None:
    (draft,) = _read({**package({"A": None}), "CFDefinitions": []})
    assert not draft.definitions
