"""One small framework in every dialect (`dialects.py`): all yield the same statements, order and tree.

Every file is given a wrong extension: what it is, its content says.
"""

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused
from importers.services import import_framework, read
from standards.models import Framework, Item
from standards.models import ItemAncestor as Above
from tests.importers.dialects import (
    ASN,
    ASN_FILES,
    EDGES,
    FILES,
    NODES,
    NUMBER,
    ROOT,
    SMALL,
    case,
    csp,
    graph,
    lines,
    zipped,
)  # fmt: skip
from tests.importers.packages import as_bytes

pytestmark = pytest.mark.django_db


def draft_of(data: bytes) -> FrameworkDraft:
    (draft,) = read(Payload(data, "framework.docx"))
    return draft


@pytest.mark.parametrize("name", FILES)
def test_every_dialect_yields_the_same_framework(name: str) -> None:
    import_framework(FILES[name])
    items = list(Item.objects.order_by("position"))
    assert [item.human_coding_scheme for item in items] == list(SMALL)
    assert [item.full_statement for item in items] == [words for words, _, _ in SMALL.values()]
    links = Above.objects.filter(depth=1).values_list(
        "descendant__human_coding_scheme", "ancestor__human_coding_scheme"
    )
    assert dict(links) == {code: parent for code, (_, parent, _) in SMALL.items() if parent}
    if name.startswith("CSP"):
        assert {tuple(item.grades) for item in items} == {("06", "07")}
    else:
        assert [item.grades for item in items] == [["06"], ["06"], ["06"], ["07"]]
    if "manifest" not in name or "document" in name:
        assert Framework.objects.get().title == "Small ratios"
    assert import_framework(FILES[name]).plan.is_empty


@pytest.mark.parametrize("name", FILES)
def test_the_format_is_told_by_the_content_whatever_the_file_is_called(name: str) -> None:
    expected = {"CASE": "case", "ASN": "asn", "CSP": "csp", "graph": "knowledge-graph"}[
        name.partition(":")[0]
    ]
    assert draft_of(FILES[name]).format.startswith(expected)


def test_words_in_other_languages_are_kept() -> None:
    for name in ("RDF/XML", "JSON-LD graph"):
        said = draft_of(ASN_FILES[name]).items[0].extra["dcterms_description"]
        assert {one["lang"] for one in said} == {"es", "en-US"}


def test_ancestors_from_the_root_down_are_understood() -> None:
    one = csp()
    deep = {"id": "X9", "position": 9000, "depth": 2, "description": "Deeper", "ancestorIds": ["X0", "X1"]}
    one["standards"]["X9"] = deep
    links = {
        link.origin_identifier: link.destination_identifier for link in draft_of(as_bytes(one)).associations
    }
    assert links["X9"] == NUMBER["R.1"]


def test_other_nodes_of_a_graph_are_kept_beside_its_statements() -> None:
    component = {
        "type": "node",
        "identifier": "lc",
        "labels": ["LearningComponent"],
        "properties": {"description": "Skill"},
    }
    supports = {
        "type": "relationship",
        "label": "supports",
        "source_identifier": "n-R.1",
        "target_identifier": "lc",
    }
    draft = draft_of(lines([*NODES, component, *EDGES, supports]))
    assert draft.package_extra["nodes"] == [component]
    assert [link.association_type for link in draft.associations if link.destination_identifier == "lc"] == [
        "ext:supports"
    ]


def test_a_line_separator_inside_a_text_ends_no_record() -> None:
    nodes, edges = graph()
    nodes[1]["properties"]["description"] = "One\u2028two\x85three"
    assert draft_of(lines(nodes + edges)).items[0].full_statement == "One\u2028two\x85three"


def test_what_is_no_address_where_one_belongs_is_kept_as_it_is() -> None:
    data = FILES["ASN: RDF/XML"].replace(b"<r:RDF", b'<r:RDF xml:base="http://asn.example/"')
    found = draft_of(data.replace(f"{ASN}{NUMBER['R']}".encode(), b"http://[")).items
    assert "http://[" in {item.uri for item in found}
    assert len(found) == len(SMALL)


@pytest.mark.parametrize("key", ["identifier", "source_identifier"])
def test_an_identifier_that_no_column_holds_is_refused_by_its_line(key: str) -> None:
    nodes, edges = graph()
    (nodes if key == "identifier" else edges)[1][key] = "x" * 300
    nodes[1]["properties"].pop("caseIdentifierUUID")
    with pytest.raises(ImportRefused, match=r"line \d.*longer than 255 characters"):
        import_framework(lines(nodes + edges))
    assert not Framework.objects.exists()


def test_a_list_of_sets_without_statements_says_what_to_import_instead() -> None:
    listed = {
        "id": "SET_6",
        "title": "Grade 6",
        "subject": "Mathematics",
        "document": {"title": "Small ratios"},
    }
    with pytest.raises(ImportRefused, match="/standard_sets/SET_6"):
        read(Payload(as_bytes({"data": {"id": "J", "standardSets": [listed]}})))


def test_a_zip_of_several_packages_holds_several_frameworks() -> None:
    other = case()
    other["CFDocument"] |= {"identifier": "other", "uri": "https://case.example/other"}
    other["CFItems"], other["CFAssociations"] = [], []
    drafts = read(
        Payload(zipped(("a.json", as_bytes(case())), ("b/c.json", as_bytes(other)), ("README.md", b"# a, b")))
    )
    assert [draft.document.identifier for draft in drafts] == [ROOT, "other"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (zipped(("a.txt", b"Only words"), ("b.txt", b"More")), "holds no framework"),
        (zipped(("a.json", as_bytes(case())[:500]), ("b.txt", b"x")), r"a\.json: .*cut off"),
        (zipped(("a.json", as_bytes(case())))[:300], "zip file is damaged"),
        (gzip.compress(as_bytes(case()))[:200], "gzip file is damaged or was cut off"),
        (lines(EDGES), "only relationships: give nodes and relationships in one file"),
    ],
)
def test_what_is_wrong_with_an_archive_is_said(data: bytes, says: str) -> None:
    with pytest.raises(ImportRefused, match=says):
        read(Payload(data))


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped(("a.json", data), ("b.json", data))])
def test_what_unpacks_to_more_than_is_read_is_refused(pack: Callable[[bytes], bytes], settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 100_000
    with pytest.raises(ImportRefused, match="unpacks to more than"):
        read(Payload(pack(b'{"CFDocument": "' + b" " * 99_000 + b'"}' + b" " * 2000)))
