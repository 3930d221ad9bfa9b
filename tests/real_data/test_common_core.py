"""One framework in four serialisations: Common Core mathematics as ASN RDF/XML, RDF/JSON, manifest, and as grade sets."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from importers.payload import Payload
from importers.services import import_framework, read
from standards.models import Association, Framework, Item, ItemAncestor
from standards.selectors import resolve_standard

XML = "asn/wpas_CCSS_Math.xml"
RDF_JSON = "asn/csp_D10003FB_ccss_math_rdfjson.json"
MANIFEST = "asn/easypub_ccss_math_D10003FB_manifest.json"
SETS = "csp/derived_ccss_math_sets.json"
OLDER = "asn/sirfizx_full_CC-Math.json"
CHILD = "http://purl.org/gem/qualifiers/hasChild"
SOURCES = (XML, RDF_JSON, MANIFEST, SETS)


@pytest.fixture
def data(standards_data_dir: Path) -> Path:
    return standards_data_dir


def tree_of(path: Path) -> list[tuple[int, str]]:
    """(depth, number) of every statement in the order of the tree: an independent reading of an RDF file."""
    if path.suffix == ".xml":
        nodes = re.split(r"<asn:(?:Statement|StandardDocument) rdf:about=", path.read_text())[1:]
        children = {
            node.split('"')[1]: re.findall(r'hasChild rdf:resource="([^"]+)"', node) for node in nodes
        }
    else:
        raw = json.loads(path.read_text())
        children = {uri: [child["value"] for child in raw[uri].get(CHILD, [])] for uri in raw}
    found: list[tuple[int, str]] = []

    def down(uri: str, depth: int) -> None:
        for child in children[uri]:
            if child in children:
                found.append((depth, child.rpartition("/")[2]))
                down(child, depth + 1)

    down(next(uri for uri in children if uri.endswith("/D10003FB")), 0)
    return found


def tree_of_manifest(path: Path) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []

    def down(members: list[dict[str, Any]], depth: int) -> None:
        for member in members:
            found.append((depth, member["id"].rpartition("/")[2]))
            down(member.get("children", []), depth + 1)

    down(json.loads(path.read_text()), 0)
    return found


def stored_tree() -> list[tuple[int, str]]:
    return list(Item.objects.order_by("position").values_list("depth", "identifier"))


@pytest.mark.django_db
@pytest.mark.parametrize("name", [XML, RDF_JSON, OLDER])
def test_every_statement_stands_where_the_file_has_it(data: Path, name: str) -> None:
    import_framework(data / name)
    expected = tree_of(data / name)
    assert len(expected) == (692 if name == OLDER else 703)
    assert stored_tree() == expected
    assert max(depth for depth, _ in expected) == 4


@pytest.mark.django_db
def test_the_nested_manifest_is_read_in_its_order(data: Path) -> None:
    import_framework(data / MANIFEST)
    expected = tree_of_manifest(data / MANIFEST)
    assert len(expected) == 703
    assert stored_tree() == expected


@pytest.mark.django_db
def test_grade_sets_join_into_one_framework_below_the_parents_that_they_name(data: Path) -> None:
    import_framework(data / SETS)
    parents: dict[str, str | None] = {}
    for one in json.loads((data / SETS).read_text()):
        standards = one["data"]["standards"]
        for standard in standards.values():
            parent = standards.get(standard["parentId"])
            parents.setdefault(standard["asnIdentifier"], parent and parent["asnIdentifier"])
    assert Item.objects.count() == len(parents) == 703
    found = dict.fromkeys(Item.objects.values_list("identifier", flat=True))
    links = ItemAncestor.objects.filter(depth=1)
    found |= dict(links.values_list("descendant__identifier", "ancestor__identifier"))
    assert found == parents
    assert Item.objects.get(identifier="S2366906").grades == [
        "KG",
        *(f"{grade:02}" for grade in range(1, 13)),
    ]


def test_the_two_rdf_serialisations_say_the_same(data: Path) -> None:
    one, other = (read(Payload((data / name).read_bytes()))[0] for name in (XML, RDF_JSON))
    theirs = {item.identifier: item for item in other.items}
    differing = [
        item.identifier
        for item in one.items
        if item.human_coding_scheme != theirs[item.identifier].human_coding_scheme
    ]
    assert differing == ["S2390253"]  # the one code that the source corrected between the two
    assert {item.identifier: item.education_level for item in one.items} == {
        item.identifier: item.education_level for item in other.items
    }


def names_in(data: Path) -> dict[str, set[str]]:
    """Every name that the files give a statement, by its number: an independent reading. Names of two are left out."""
    found: dict[str, set[str]] = {}
    for one in json.loads((data / SETS).read_text()):
        for standard in one["data"]["standards"].values():
            own = {standard["id"], *standard.get("exactMatch", [])}
            found.setdefault(standard["asnIdentifier"], set()).update(own)
    for node in re.split(r"<asn:Statement rdf:about=", (data / XML).read_text())[1:]:
        about = node.split('"')[1]
        names = {about, *re.findall(r'asn:identifier rdf:resource="([^"]+)"', node)}
        found[about.rpartition("/")[2]].update(names)
    owners = Counter(name for names in found.values() for name in names)
    return {number: {name for name in names if owners[name] == 1} for number, names in found.items()}


def spelled(name: str) -> set[str]:
    """Other ways to write a name."""
    if "://" in name:
        rest = name.partition("://")[2]
        return {
            f"https://{rest}",
            f"http://{rest}/",
            f"HTTP://{rest.upper()}",
            f"https://www.{rest.removeprefix('www.')}",
        }
    return {name.upper(), name.lower()}


@pytest.mark.timeout(900)  # 64 imports: half a minute of work
@pytest.mark.django_db
def test_after_all_four_in_any_order_there_is_one_framework(data: Path) -> None:
    """All 24 orders: each way through them is taken once, and taken back to try the next source."""
    files = {name: (data / name).read_bytes() for name in SOURCES}
    trees = {
        XML: tree_of(data / XML),
        RDF_JSON: tree_of(data / RDF_JSON),
        MANIFEST: tree_of_manifest(data / MANIFEST),
    }
    names = names_in(data)
    numbers = sorted(names)
    orders: list[tuple[str, ...]] = []

    def follow(order: tuple[str, ...]) -> None:
        for name in SOURCES:
            if name in order:
                continue
            with transaction.atomic():
                import_framework(files[name])
                if len(order) == 3:
                    orders.append((*order, name))
                    check_all_four((*order, name))
                else:
                    follow((*order, name))
                transaction.set_rollback(True)

    def check_all_four(order: tuple[str, ...]) -> None:
        framework = Framework.objects.get()
        assert (framework.identifier, framework.title) == (
            "D10003FB",
            "Common Core State Standards for Mathematics",
        ), order
        assert Item.objects.count() == Item.objects.filter(retired_at=None).count() == 703, order
        assert Association.objects.filter(association_type="isChildOf", withdrawn=False).count() == 703, order
        assert stored_tree() == trees[next(name for name in order if name != SETS)], order
        number = numbers[len(orders) * 29 % len(numbers)]
        for name in names[number]:
            for spelling in (name, *spelled(name)):
                found = resolve_standard(spelling)
                assert isinstance(found, Item), (order, spelling)
                assert found.identifier == number, (order, spelling)

    follow(())
    assert len(set(orders)) == 24


@pytest.mark.django_db
@pytest.mark.parametrize("order", [(XML, RDF_JSON, MANIFEST, SETS), (SETS, MANIFEST, RDF_JSON, XML)])
def test_each_of_the_four_changes_nothing_when_it_comes_again(data: Path, order: tuple[str, ...]) -> None:
    for name in order:
        import_framework(data / name)
    for name in order:
        assert import_framework(data / name).plan.is_empty, name
    for spelling in (
        "S114347D",
        "http://asn.jesandco.org/resources/S114347D",
        "http://asn.desire2learn.com/resources/S114347D",
        "http://purl.org/ASN/resources/S114347D",
        "http://corestandards.org/Math/Content/3/OA/C/7",
        "https://www.corestandards.org/Math/Content/3/OA/C/7/",
        "urn:guid:3D384CB2349B41299A3B5A133AB9E3F8",
        "3d384cb2-349b-4129-9a3b-5a133ab9e3f8",
        "CCSS.Math.Content.3.OA.C.7",
        "3.OA.7",
        "3oac7",
    ):
        found = resolve_standard(spelling)
        assert isinstance(found, Item), spelling
        assert found.identifier == "S114347D", spelling


@pytest.mark.django_db
@pytest.mark.parametrize("name", [RDF_JSON, OLDER])
def test_every_link_of_the_file_is_an_association(data: Path, name: str) -> None:
    """Counted by predicate: the tree, alignments, derivations, and matches with other nodes of the network."""
    raw = json.loads((data / name).read_text())
    core = "http://purl.org/ASN/schema/core/"
    statements = {
        uri: node
        for uri, node in raw.items()
        if f"{core}statementLabel" in node or f"{core}authorityStatus" in node
    }
    kinds: Counter[str] = Counter({"isChildOf": sum(len(raw[uri].get(CHILD, [])) for uri in raw)})
    for predicate, kind in (("alignTo", "isRelatedTo"), ("alignFrom", "isRelatedTo"), ("comprisedOf", "isPartOf"),
                            ("derivedFrom", "ext:derivedFrom")):  # fmt: skip
        for node in statements.values():
            kinds[kind] += len({value["value"] for value in node.get(core + predicate, [])})
    import_framework(data / name)
    found = Counter(Association.objects.values_list("association_type", flat=True))
    found.pop("exactMatchOf", None)
    assert found == Counter({kind: number for kind, number in kinds.items() if number})


@pytest.mark.django_db
def test_every_name_in_every_file_finds_its_statement(data: Path) -> None:
    for name in (SETS, XML):
        import_framework(data / name)
    owners: dict[str, set[str]] = {}
    for one in json.loads((data / SETS).read_text()):
        for standard in one["data"]["standards"].values():
            for name in standard.get("exactMatch", []):
                owners.setdefault(name, set()).add(standard["asnIdentifier"])
    # The source gives two names to two statements each: they are nobody's, or the first one's.
    shared = {name for name, own in owners.items() if len(own) > 1}
    assert len(shared) == 2
    missing = []
    for one in json.loads((data / SETS).read_text())[5:7]:
        for standard in one["data"]["standards"].values():
            for name in {standard["id"], standard["asnIdentifier"], *standard.get("exactMatch", [])} - shared:
                found = resolve_standard(name)
                if not isinstance(found, Item) or found.identifier != standard["asnIdentifier"]:
                    missing.append(name)
    assert missing == []
    text = (data / XML).read_text()
    for own, alias in re.findall(
        r'Statement rdf:about="([^"]+)".*?asn:identifier rdf:resource="([^"]+)"', text, re.S
    )[:50]:
        assert resolve_standard(own) is not None
        assert resolve_standard(alias) is not None


@pytest.mark.django_db
def test_a_newer_snapshot_updates_and_an_older_one_does_not_take_it_back(data: Path) -> None:
    import_framework(data / OLDER)
    assert Item.objects.get(identifier="S114347E").human_coding_scheme == "3.OA.8"
    update = import_framework(data / RDF_JSON)
    assert len(update.plan.added) == 11
    assert not update.plan.retired
    assert Item.objects.get(identifier="S114347E").human_coding_scheme == "CCSS.Math.Content.3.OA.D.8"
    import_framework(data / OLDER)
    assert Item.objects.get(identifier="S114347E").human_coding_scheme == "CCSS.Math.Content.3.OA.D.8"
    assert Item.objects.filter(retired_at=None).count() == 703


@pytest.mark.django_db
def test_a_grade_set_adds_names_to_a_whole_framework_and_changes_no_word(data: Path) -> None:
    import_framework(data / XML)
    before = dict(Item.objects.values_list("identifier", "full_statement"))
    grade_6 = json.loads((data / SETS).read_text())[6]
    for standard in grade_6["data"]["standards"].values():
        standard["description"] = "Other words"
    report = import_framework(json.dumps(grade_6).encode())
    assert dict(Item.objects.values_list("identifier", "full_statement")) == before
    assert [*report.plan.retired, *report.plan.moved, *report.plan.added] == []
    one = next(iter(grade_6["data"]["standards"].values()))
    found = resolve_standard(one["id"])
    assert isinstance(found, Item)
    assert found.identifier == one["asnIdentifier"]
