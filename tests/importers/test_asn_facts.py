"""What the Achievement Standards Network says of statements beside their words: where they stand, what they lead to."""

import json
from typing import Any

import pytest

from importers.draft import FrameworkDraft, ItemDraft
from importers.payload import Payload
from importers.services import read
from tests.importers.dialects import ASN, CORE, GEM, KIND, LEVEL, TERMS

SKOS = "http://www.w3.org/2004/02/skos/core#"
DOC = f"{ASN}D100"
A, B, C = (f"{ASN}S{number}" for number in (101, 102, 103))


def said(value: Any) -> list[dict[str, Any]]:
    values = value if isinstance(value, list) else [value]
    return [
        one if isinstance(one, dict) else {"value": one, "type": "uri" if "://" in one else "literal"}
        for one in values
    ]


def frameworks(nodes: dict[str, dict[str, Any]]) -> list[FrameworkDraft]:
    """Of nodes, by address; those whose address has a D are documents."""
    raw = {
        uri: {
            KIND: said(f"{CORE}{'StandardDocument' if '/D' in uri else 'Statement'}"),
            **{predicate: said(value) for predicate, value in node.items()},
        }
        for uri, node in nodes.items()
    }
    return read(Payload(json.dumps(raw).encode()))


def framework(*, document: dict[str, Any] | None = None, **statements: dict[str, Any]) -> FrameworkDraft:
    nodes = {DOC: {f"{TERMS}title": "Ratios", **(document or {})}}
    nodes |= {f"{ASN}S10{'ABC'.index(name) + 1}": node for name, node in statements.items()}
    (draft,) = frameworks(nodes)
    return draft


def item(**node: Any) -> ItemDraft:
    (found,) = framework(
        A={f"{TERMS}description": "Ratios", **{_long(key): one for key, one in node.items()}}
    ).items
    return found


def _long(key: str) -> str:
    prefix, _, name = key.partition("_")
    return {"asn": CORE, "dcterms": TERMS, "skos": SKOS}[prefix] + name


def places_of(draft: FrameworkDraft) -> dict[tuple[str, str], int | None]:
    return {
        (link.origin_identifier, link.destination_identifier): link.sequence_number
        for link in draft.associations
        if link.association_type == "isChildOf"
    }


def links_of(draft: FrameworkDraft) -> list[tuple[str, str, str]]:
    return [
        (link.origin_identifier, link.association_type, link.destination_identifier)
        for link in draft.associations
        if link.association_type != "isChildOf"
    ]


def test_a_statement_stands_where_either_end_says_and_else_at_the_root() -> None:
    child, up = f"{GEM}hasChild", f"{GEM}isChildOf"
    assert places_of(framework(document={child: [B, A]}, A={child: C}, B={}, C={})) == {
        ("S102", "D100"): 1,
        ("S101", "D100"): 2,
        ("S103", "S101"): 1,
    }
    assert places_of(framework(A={}, B={up: A}, C={up: [A, B]})) == {
        ("S101", "D100"): 1,
        ("S102", "S101"): 1,
        ("S103", "S101"): 2,
        ("S103", "S102"): 1,
    }
    # One that no list of children has comes after those that one has.
    assert places_of(framework(A={child: B}, B={}, C={up: A})) == {
        ("S101", "D100"): 1,
        ("S102", "S101"): 1,
        ("S103", "S101"): 2,
    }


def test_links_lead_the_way_that_their_names_say() -> None:
    names = ("alignTo", "alignFrom", "comprisedOf", "derivedFrom")
    other = f"{ASN}S1143900"
    assert links_of(framework(A={f"{CORE}{name}": other for name in names})) == [
        ("S101", "isRelatedTo", "S1143900"),
        ("S1143900", "isRelatedTo", "S101"),
        ("S1143900", "isPartOf", "S101"),
        ("S101", "ext:derivedFrom", "S1143900"),
    ]
    assert links_of(framework(A={f"{TERMS}isReplacedBy": other, f"{TERMS}replaces": f"{ASN}S1143901"})) == [
        ("S101", "replacedBy", "S1143900"),
        ("S1143901", "replacedBy", "S101"),
    ]


def test_an_exact_match_is_another_statement_or_another_name_of_this_one() -> None:
    match, name = f"{SKOS}exactMatch", "https://state.example/ratios"
    draft = framework(A={match: [f"{ASN}S1143900", B, A, name]}, B={})
    assert links_of(draft) == [("S101", "exactMatchOf", "S1143900"), ("S101", "exactMatchOf", "S102")]
    assert set(draft.items[0].aliases) == {name}
    # A name that two statements have is nobody's.
    draft = framework(A={match: name}, B={match: name})
    assert [name in one.aliases for one in draft.items] == [False, False]
    assert [kind for _, kind, _ in links_of(draft)] == ["exactMatchOf"] * 2


@pytest.mark.parametrize(
    ("levels", "known", "kept"),
    [
        ([f"{LEVEL}6", f"{LEVEL}7"], ["06", "07"], None),
        ([f"{LEVEL}6", f"{LEVEL}Adult"], ["06", "Adult"], [f"{LEVEL}6", f"{LEVEL}Adult"]),
        (["https://state.example/grades/6"], ["06"], ["https://state.example/grades/6"]),
    ],
)
def test_grades_are_read_and_those_of_another_list_kept(
    levels: list[str], known: list[str], kept: Any
) -> None:
    found = item(dcterms_educationLevel=levels)
    assert (found.education_level, found.extra.get("dcterms_educationLevel")) == (known, kept)


def test_every_code_comment_and_value_of_a_statement_is_kept() -> None:
    found = item(
        asn_statementNotation=["6.RP.1", "MA.6.1"],
        asn_altStatementNotation="R1",
        asn_comment=["Look here.", "And there."],
        asn_odd=["one", "two"],
        dcterms_language="eng",
    )
    assert (found.human_coding_scheme, found.language) == ("6.RP.1", "en")
    assert ["MA.6.1", "R1"] in found.extra.values()
    assert found.notes == "Look here.\n\nAnd there."
    assert found.extra["asn_odd"] == ["one", "two"]


@pytest.mark.parametrize("english", ["en", "en-GB"])
def test_of_several_languages_english_is_read_and_all_are_kept(english: str) -> None:
    words = [
        {"value": "Razones", "type": "literal", "lang": "es"},
        {"value": "Ratios", "type": "literal", "lang": english},
    ]
    found = item(dcterms_description=words)
    assert found.full_statement == "Ratios"
    assert [one["value"] for one in found.extra["dcterms_description"]] == ["Razones", "Ratios"]


def test_statements_belong_to_the_document_that_they_name_or_to_the_only_one() -> None:
    part, title = f"{TERMS}isPartOf", f"{TERMS}title"
    other = f"{ASN}D200"
    drafts = frameworks({DOC: {title: "Ratios"}, other: {title: "Rivers"}, A: {part: other}, B: {part: DOC}})
    assert {draft.document.title: [one.identifier for one in draft.items] for draft in drafts} == {
        "Ratios": ["S102"],
        "Rivers": ["S101"],
    }
    assert [one.identifier for one in framework(A={}, B={part: DOC}).items] == ["S101", "S102"]
    assert [len(draft.items) for draft in frameworks({DOC: {title: "Ratios"}, A: {part: other}})] == [0, 1]


def test_a_document_without_a_creator_is_its_publisher_s() -> None:
    assert framework(document={f"{TERMS}publisher": "Meridian"}, A={}).document.creator == "Meridian"
