"""Real CASE files, counted by a reading of their own: nothing of the importer's."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from importers.problems import ImportRefused
from importers.services import import_framework
from standards.case import writer
from standards.models import Association, Framework, Item, ItemAncestor

pytestmark = pytest.mark.django_db
LISTS = {"sbac_CFDocuments_list.json"}


def files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("case/*.json"))
    assert len(found) >= 14
    return found


def natural(text: str) -> list[tuple[int, Any]]:
    return [
        (0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", text.lower()) if part
    ]


def depths(package: dict[str, Any]) -> dict[str, int]:
    """The distance of each statement from the top, by the file's isChildOf alone."""
    document = package["CFDocument"]["identifier"]
    children = defaultdict(list)
    for edge in package.get("CFAssociations", []):
        if edge["associationType"] == "isChildOf":
            children[edge["destinationNodeURI"]["identifier"]].append(edge["originNodeURI"]["identifier"])
    found: dict[str, int] = {}
    level, depth = children[document], 0
    while level:
        found.update({child: depth for child in level if child not in found})
        level, depth = (
            [below for child in level for below in children[child] if below not in found],
            depth + 1,
        )
    return found


def test_every_file_imports_with_what_it_holds_and_goes_out_as_it_came(standards_data_dir: Path) -> None:
    for file in files(standards_data_dir):
        if file.name in LISTS:
            continue
        raw = json.loads(file.read_text(encoding="utf-8-sig"))
        package = raw.get("CFPackage", raw)
        items, edges = package.get("CFItems", []), package.get("CFAssociations", [])
        # Several test files share one document identifier, and some statements: each is imported by itself.
        Framework.objects.all().delete()
        report = import_framework(file)
        framework = Framework.objects.get()
        assert (len(report.plan.added), report.plan.associations) == (len(items), len(edges)), file.name
        assert framework.items.count() == len(items), file.name
        kinds = Counter(framework.associations.values_list("association_type", flat=True))
        assert kinds == Counter(edge["associationType"] for edge in edges), file.name
        expected = depths(package)
        assert dict(framework.items.values_list("identifier", "depth")) == expected, file.name
        known = {item["identifier"] for item in items}
        parents = {
            (edge["originNodeURI"]["identifier"], edge["destinationNodeURI"]["identifier"])
            for edge in edges
            if edge["associationType"] == "isChildOf" and edge["destinationNodeURI"]["identifier"] in known
        }
        links = ItemAncestor.objects.filter(depth=1)
        assert set(links.values_list("descendant__identifier", "ancestor__identifier")) == parents, file.name
        inside = sum(edge["destinationNodeURI"]["identifier"] in known for edge in edges)
        assert framework.associations.filter(destination__isnull=False).count() == inside, file.name
        exported = json.loads(json.dumps(writer.package(framework, report.plan.format)))
        assert exported == package, file.name
        assert import_framework(file).plan.is_empty, file.name


def test_siblings_of_the_ordering_file_stand_by_code(standards_data_dir: Path) -> None:
    import_framework(standards_data_dir / "case" / "opensalt_Ordering.json")
    parents = defaultdict(list)
    for edge in Association.objects.filter(association_type="isChildOf").order_by("origin__position"):
        assert edge.origin is not None
        parents[edge.destination_identifier].append(edge.origin.human_coding_scheme)
    assert any(len(codes) > 9 for codes in parents.values()) or len(parents) > 1
    for codes in parents.values():
        assert codes == sorted(codes, key=natural)


def test_the_sequence_number_goes_before_the_code(standards_data_dir: Path) -> None:
    path = standards_data_dir / "case" / "opensalt_SequenceNumberFramework.json"
    package = json.loads(path.read_text())
    import_framework(path)
    edges = sorted(package["CFAssociations"], key=lambda edge: edge["sequenceNumber"])
    by_file = [
        edge["originNodeURI"]["identifier"] for edge in edges if edge["associationType"] == "isChildOf"
    ]
    assert list(Item.objects.order_by("position").values_list("identifier", flat=True)) == by_file


def test_the_older_dialect_gives_grades_and_codes(standards_data_dir: Path) -> None:
    import_framework(standards_data_dir / "case" / "opensalt_sample_framework.json")
    assert Framework.objects.get().grades == ["06", "07"]
    assert (
        Item.objects.filter(code_forms__contains=["6rp1"]).get().human_coding_scheme
        == "CCSS.Math.Content.6.RP.A.1"
    )


def test_grades_below_a_statement_that_names_them(standards_data_dir: Path) -> None:
    import_framework(standards_data_dir / "case" / "sbac_g3_math_c1_ta.json")
    assert set(map(tuple, Item.objects.values_list("grades", flat=True))) == {("03",)}


def test_the_list_of_a_servers_documents_says_what_to_import_instead(standards_data_dir: Path) -> None:
    with pytest.raises(
        ImportRefused, match=r"list of a CASE server's 14 documents, .*/ims/case/v1p0/CFPackages/"
    ):
        import_framework(standards_data_dir / "case" / "sbac_CFDocuments_list.json")
    assert not Framework.objects.exists()


def test_all_files_live_side_by_side(standards_data_dir: Path) -> None:
    """As an operator would load them; only the test files that call themselves one framework replace each other."""
    kept = {}
    for file in files(standards_data_dir):
        if file.name not in LISTS:
            package = json.loads(file.read_text(encoding="utf-8-sig"))
            kept[package["CFDocument"]["identifier"]] = len(package["CFItems"])
            import_framework(file, allow_retire=True)
    stored = {
        framework.identifier: framework.items.filter(withdrawn=False).count()
        for framework in Framework.objects.all()
    }
    assert stored == kept
