"""Real workbooks and tables, counted by a reading of their own."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.services import import_framework, read
from standards.models import Association, Framework, Item, ItemAncestor
from standards.selectors import resolve_standard

CSV_FILES = {
    "opensalt_abbreviatedStatement.csv": 1,
    "opensalt_abbreviatedStatementLimit.csv": 1,
    "opensalt_children.csv": 4,
    "opensalt_sample_case.csv": 10,
    "opensalt_sequenceNumber.csv": 2,
    "opensalt_test_items.csv": 99,
    "standardx_c3.csv": 280,
}


LINKS = (
    "ispartof", "replacedby", "exemplar", "hasskilllevel", "isexactmatchof", "precedes", "ispeerof", "isrelatedto",
)  # fmt: skip


@pytest.fixture
def sheets(standards_data_dir: Path) -> Path:
    return standards_data_dir / "spreadsheets"


def stored_parents() -> dict[str, str]:
    links = ItemAncestor.objects.filter(depth=1)
    return dict(links.values_list("descendant__identifier", "ancestor__identifier"))


def parents_by_smart_level(rows: list[dict[str, str]]) -> dict[str, str]:
    by_level = {row["smartLevel"]: row["identifier"] for row in rows}
    return {
        row["identifier"]: by_level[row["smartLevel"].rpartition(".")[0]]
        for row in rows
        if "." in row["smartLevel"]
    }


@pytest.mark.django_db
def test_the_workbook_and_the_item_sheet_are_one_framework(sheets: Path) -> None:
    import_framework(sheets / "opensalt_ccsso_ela.xlsx")
    book = load_workbook(sheets / "opensalt_ccsso_ela.xlsx", read_only=True)
    rows = list(book["CF Association"].iter_rows(min_row=2, values_only=True))
    ids = {row[0] for row in book["CF Item"].iter_rows(min_row=2, values_only=True)}
    expected = {row[2]: row[6] for row in rows if row[4] == "Is Child Of" and row[6] in ids}
    assert Item.objects.count() == len(ids) == 1189
    assert stored_parents() == expected
    assert max(Item.objects.values_list("depth", flat=True)) == 4
    report = import_framework(sheets / "opensalt_ccsso_ela_item.csv")
    assert Framework.objects.get().title == "Common Core State Standards for ELA"
    assert Item.objects.count() == 1189
    assert [*report.plan.added, *report.plan.moved, *report.plan.retired] == []


@pytest.mark.django_db
def test_the_item_sheet_alone_has_the_tree_of_its_smart_levels(sheets: Path) -> None:
    import_framework(sheets / "opensalt_ccsso_ela_item.csv")
    with (sheets / "opensalt_ccsso_ela_item.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert Item.objects.count() == len(rows) == 1189
    assert stored_parents() == parents_by_smart_level(rows)
    order = sorted(rows, key=lambda row: [int(part) for part in row["smartLevel"].split(".")])
    assert list(Item.objects.order_by("position").values_list("identifier", flat=True)) == [
        row["identifier"] for row in order
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "count"), CSV_FILES.items())
def test_every_table_imports_whole_and_twice_without_a_change(sheets: Path, name: str, count: int) -> None:
    report = import_framework(sheets / name)
    assert len(report.plan.added) == Item.objects.count() == count
    with (sheets / name).open(newline="") as file:
        words = sorted(
            next(row[key] for key in row if key.lower() in ("fullstatement", "statement"))
            for row in csv.DictReader(file)
        )
    assert sorted(Item.objects.values_list("full_statement", flat=True)) == words
    assert import_framework(sheets / name).plan.is_empty


def links_in(rows: list[dict[str, str]]) -> tuple[dict[str, str], int]:
    """(parents by statement, number of other links) that the columns of a table name, by code or identifier."""
    folded = [
        {re.sub(r"[^a-z]", "", key.lower()): value for key, value in row.items() if key} for row in rows
    ]
    known: dict[str, str] = {}
    for row in folded:
        words = row.get("fullstatement") or row.get("statement", "")
        for name in (row.get("humancodingscheme") or row.get("code", ""), row.get("identifier", "")):
            known.setdefault(name, words)
    known.pop("", None)
    parents: dict[str, str] = {}
    others = 0
    for row in folded:
        words = row.get("fullstatement") or row.get("statement", "")
        named = row.get("ischildof") or row.get("parent") or ""
        if named in known and known[named] != words:
            parents[words] = known[named]
        cells = [row.get(column) or "" for column in LINKS]
        others += sum(len([part for part in cell.split(",") if part.strip()]) for cell in cells)
    return parents, others


@pytest.mark.django_db
@pytest.mark.parametrize("name", CSV_FILES)
def test_parents_and_associations_are_those_that_the_columns_name(sheets: Path, name: str) -> None:
    import_framework(sheets / name)
    with (sheets / name).open(newline="") as file:
        parents, others = links_in(list(csv.DictReader(file)))
    links = ItemAncestor.objects.filter(depth=1)
    assert dict(links.values_list("descendant__full_statement", "ancestor__full_statement")) == parents
    kinds = Association.objects.exclude(association_type="isChildOf")
    assert kinds.count() == others
    assert Association.objects.filter(association_type="isChildOf").count() == CSV_FILES[name]
    assert max(Item.objects.values_list("depth", flat=True)) == max(
        (len(list(chain(words, parents))) for words in parents), default=0
    )


def chain(words: str, parents: dict[str, str]) -> Iterator[str]:
    """What stands above a statement."""
    while words in parents:
        words = parents[words]
        yield words


@pytest.mark.django_db
def test_parents_are_found_by_code(sheets: Path) -> None:
    import_framework(sheets / "opensalt_sample_case.csv")
    parents = stored_parents()
    assert parents["Math.Fractions"] == "Math"
    assert parents["Math.Fractions.Cluster1.Standard1a"] == "Math.Fractions.Cluster1.Standard1"
    assert "Math.Exponents" not in parents


@pytest.mark.django_db
def test_the_small_workbook_has_its_documented_tree(sheets: Path) -> None:
    import_framework(sheets / "opensalt_spreadsheet_import_sample.xlsx")
    codes = dict(Item.objects.values_list("human_coding_scheme", "depth"))
    assert len(codes) == 4
    assert codes["S"] == 0
    assert codes["S.1"] == codes["S.2"] == 1


def test_a_template_without_a_statement_is_refused_in_one_line(sheets: Path) -> None:
    with pytest.raises(ImportRefused) as refusal:
        read(Payload((sheets / "opensalt_spreadsheet_import_template.xlsx").read_bytes()))
    assert "\n" not in str(refusal.value)


@pytest.mark.django_db
def test_a_table_of_names_adds_them_to_the_statements_that_are_here(sheets: Path) -> None:
    table = sheets / "sirfizx_CCSSI-identifiers.csv"
    with pytest.raises(ImportRefused, match="no row of it names one statement that is here"):
        import_framework(table)
    import_framework(sheets.parent / "asn" / "csp_D10003FB_ccss_math_rdfjson.json")
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    # One code is that of a cluster and of a statement in it.
    held = Counter(Item.objects.values_list("human_coding_scheme", flat=True))
    codes = {code for code, number in held.items() if number == 1}
    named = [row for row in rows if row["Dot notation"] in codes]
    assert len(named) > 600
    report = import_framework(table)
    assert not report.plan.is_empty
    assert Framework.objects.count() == 1
    assert {*Item.objects.values_list("human_coding_scheme", flat=True)} >= codes
    # The file gives some addresses to two statements; those are nobody's.
    given = Counter(name for row in rows for name in row.values())
    for row in named:
        for name in (name for name in row.values() if name and given[name] == 1):
            found = resolve_standard(name)
            assert isinstance(found, Item)
            assert found.human_coding_scheme == row["Dot notation"]
    shared, unknown = sorted(map(str, report.plan.warnings), key=lambda said: "No statement here" in said)
    assert next(name for name, number in given.items() if name and number > 1) in shared
    assert next(row["Dot notation"] for row in rows if row["Dot notation"] not in held) in unknown
    assert import_framework(table).plan.is_empty


@pytest.mark.django_db
def test_a_table_of_names_that_nothing_here_has_says_what_to_do(sheets: Path) -> None:
    with pytest.raises(ImportRefused, match="Import the framework that they belong to first"):
        import_framework(sheets / "sirfizx_asn_to_ccss_notation.csv")
