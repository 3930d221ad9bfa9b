"""A framework goes out and comes back: as CASE, as a table, as a workbook."""

import copy
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import Phase, given, settings

from importers.services import import_framework, import_frameworks
from importers.stored import ASSOCIATION_FIELDS, ITEM_FIELDS
from standards.case.strict import as_uuid, strict
from standards.exports import FORMATS, export
from standards.models import Association, Framework, Item
from tests.importers.dialects import FILES
from tests.importers.packages import (
    DOCUMENT,
    Raw,
    as_bytes,
    association,
    below,
    identifier_of,
    link,
    package,
    packages,
    undone,
)
from tests.importers.test_round_trip import MANY

pytestmark = pytest.mark.django_db
TREE = {"A": None, "A.2": "A", "A.10": "A", "A.2.a": "A.2", "B": None}
ODD = "=1+1 “quoted”, 𝒟 x^2 \u05e9\u05dc\u05d5\u05dd <b>b</b> $\\frac{1}{2}$; a|b\nsecond line"


def rich() -> Raw:
    """Several parents, other links, lists with commas, odd words, a column of the source's own, and keys of CASE 1.0."""
    raw = package(TREE)
    items = raw["CFItems"]
    items[1] |= {"fullStatement": ODD, "educationLevel": ["05", "06"], "conceptKeywords": ["ratio, rate", "unit"],
                 "CFItemType": "Standard", "districtNote": "Taught in fall", "notes": "[1, 2]"}  # fmt: skip
    items[2] |= {
        "listEnumeration": "10",
        "statusStartDate": "2020-01-01",
        "language": "en",
        "subject": ["Math"],
    }
    raw["CFAssociations"][0]["sequenceNumber"] = 1
    raw["CFAssociations"] += [
        below("A.2.a", "B", sequenceNumber=3),
        association(identifier_of("A.2"), "exactMatchOf", identifier_of("B")),
        association(identifier_of("A.2"), "exactMatchOf", identifier_of("A")),
        association(identifier_of("A"), "precedes", "a-statement-elsewhere"),
        association(identifier_of("A"), "ext:buildsOn", identifier_of("B")),
    ]
    raw["CFDocument"] |= {"version": "2", "language": "en", "adoptionStatus": "Adopted", "subject": ["Math"]}
    return raw


def data(format: str) -> bytes:
    return export(Framework.objects.get(), format).data


def statements(*without: str) -> list[tuple[Any, ...]]:
    names = [name for name in ITEM_FIELDS if name not in without]
    return list(Item.objects.order_by("identifier").values_list(*names, "depth", "grades"))


@pytest.mark.parametrize("format", FORMATS)
def test_what_goes_out_changes_nothing_when_it_comes_back(format: str) -> None:
    import_framework(as_bytes(rich()))
    assert import_framework(data(format)).plan.is_empty
    assert Framework.objects.count() == 1


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("file", sorted(FILES))
def test_whatever_it_came_from_it_comes_back_without_a_change(file: str, format: str) -> None:
    """From ASN its identifiers are no UUIDs and its days are missing; a table says nothing of itself."""
    framework = import_frameworks(FILES[file])[0].framework
    assert framework is not None
    plan = import_framework(export(framework, format).data).plan
    assert plan.is_empty, plan


@pytest.mark.parametrize("rows", ["A,Ratios,,2\nA.1,Rates,,1\nB,Shapes,,2", "A,Ratios,lost,1\nA.1,Rates,A,1"])
def test_a_table_s_own_numbers_and_lost_parents_come_back(rows: str) -> None:
    import_framework(f"code,statement,parent,sequence\n{rows}\n".encode())
    assert import_framework(data("csv")).plan.is_empty


@pytest.mark.parametrize("format", FORMATS)
def test_a_link_that_only_its_address_leads_comes_back_without_a_change(format: str) -> None:
    raw = package(TREE)
    edge = next(
        one for one in raw["CFAssociations"] if one["originNodeURI"]["identifier"] == identifier_of("A.2")
    )
    edge["originNodeURI"] = {**link("another"), "uri": raw["CFItems"][1]["uri"]}
    import_framework(as_bytes(raw))
    assert import_framework(data(format)).plan.is_empty


@pytest.mark.parametrize("format", FORMATS)
def test_a_second_column_of_one_name_comes_back_as_what_it_was(format: str) -> None:
    import_framework(b"code,statement,parent,parent\nA,Ratios,,lost\nA.1,Rates,A,\n")
    assert import_framework(data(format)).plan.is_empty


def test_a_level_that_shows_an_error_is_no_statement_and_the_table_comes_back_without_a_change() -> None:
    import_framework(b"Strand,Code,Standard\nRatios,R.1,Describe.\n#REF!,R.2,Compare.\n")
    assert not Item.objects.filter(full_statement="#REF!").exists()
    assert import_framework(data("csv")).plan.is_empty


def test_a_link_that_case_1_1_cannot_hold_stays_when_the_export_comes_back() -> None:
    raw = package(TREE)
    raw["CFAssociations"][1]["originNodeURI"] = {"identifier": identifier_of("A.2"), "uri": ["no text"]}
    import_framework(as_bytes(raw))
    assert "An association lacks one of its ends" in str(export(Framework.objects.get(), "case-1.1").remarks)
    assert import_framework(data("case-1.1")).plan.is_empty


@pytest.mark.parametrize("format", FORMATS)
def test_a_statement_without_a_place_or_with_a_sign_as_its_code_comes_back_without_a_change(
    format: str,
) -> None:
    raw = package(TREE)
    raw["CFAssociations"] = raw["CFAssociations"][1:]
    raw["CFItems"][-1]["humanCodingScheme"] = "§"
    import_framework(as_bytes(raw))
    assert import_framework(data(format)).plan.is_empty


def test_of_a_case_1_1_export_that_somebody_edited_only_the_edit_is_news() -> None:
    import_framework(as_bytes(rich()))
    raw = json.loads(data("case-1.1"))
    raw["CFItems"][0]["fullStatement"] = "Ratios and rates"
    plan = import_framework(as_bytes(raw)).plan
    assert [(one.before, one.after) for one in plan.changed[0].fields] == [
        ("What A says.", "Ratios and rates")
    ]
    assert (len(plan.changed), plan.document, bool(plan.association_changes)) == (1, (), False)


@MANY
@given(packages())
def test_any_package_comes_back_from_case_1_1_without_a_change(raw: Raw) -> None:
    with undone():
        import_framework(as_bytes(raw))
        plan = import_framework(data("case-1.1")).plan
        assert plan.is_empty, plan


@pytest.mark.parametrize("format", ["csv", "opensalt-xlsx"])
def test_a_table_and_a_workbook_alone_bring_the_same_statements_in_the_same_places(format: str) -> None:
    raw = rich()
    if format == "csv":  # a row has room for one parent
        raw["CFAssociations"] = [edge for edge in raw["CFAssociations"] if edge.get("sequenceNumber") != 3]
    import_framework(as_bytes(raw))
    order = list(Item.objects.order_by("position").values_list("human_coding_scheme", "depth"))
    before, file = statements(), data(format)
    Framework.objects.all().delete()
    import_framework(file)
    assert statements() == before
    assert list(Item.objects.order_by("position").values_list("human_coding_scheme", "depth")) == order
    once = data(format)
    Framework.objects.all().delete()
    import_framework(once)
    assert statements() == before
    assert data(format) == once or format == "opensalt-xlsx"  # a workbook is dated


def test_a_table_comes_back_without_a_change_under_the_name_of_another_file(tmp_path: Path) -> None:
    spring, autumn = tmp_path / "spring.csv", tmp_path / "autumn.csv"
    spring.write_text("code,statement,parent\nA,Ratios,\nA.1,Unit rates,A\nB,Shapes,\n")
    import_framework(spring)
    autumn.write_bytes(data("csv"))
    out = io.StringIO()
    call_command("import_framework", str(autumn), stdout=out, verbosity=0)
    assert "Nothing to change." in out.getvalue()


def test_a_workbook_alone_brings_every_association() -> None:
    import_framework(as_bytes(rich()))
    names = [
        name
        for name in ASSOCIATION_FIELDS
        if name.endswith(("identifier", "origin_uri", "destination_uri", "type"))
    ]
    before, file = set(Association.objects.values_list(*names)), data("opensalt-xlsx")
    document = Framework.objects.values(
        "identifier", "uri", "title", "creator", "version", "adoption_status", "subject"
    ).get()
    Framework.objects.all().delete()
    import_framework(file)
    assert set(Association.objects.values_list(*names)) == before
    second = Association.objects.get(
        origin_identifier=identifier_of("A.2.a"), destination_identifier=identifier_of("B")
    )
    assert second.sequence_number == 3
    assert Framework.objects.values(*document).get() == document


def test_the_columns_of_the_table_are_those_that_are_documented() -> None:
    import_framework(as_bytes(rich()))
    rows = list(csv.DictReader(io.StringIO(data("csv").decode())))
    assert [row["humanCodingScheme"] for row in rows] == ["A", "A.10", "A.2", "A.2.a", "B"]
    assert [row["parent"] for row in rows][1] == identifier_of("A")
    row = rows[2]
    assert row["fullStatement"] == f"'{ODD}"
    assert row["conceptKeywords"] == '["ratio, rate", "unit"]'
    assert row["educationLevel"] == "05,06"
    assert row["exactMatchOf"] == f"{identifier_of('B')},{identifier_of('A')}"
    assert row["districtNote"] == "Taught in fall"
    documented = (Path(__file__).parents[2] / "docs" / "importing.md").read_text()
    for column in rows[0]:
        assert f"`{column}`" in documented or column == "districtNote", column


def test_no_text_of_the_table_is_a_formula_and_all_come_back() -> None:
    words = ["=1", "+1+2", "-2+3|cmd", "- listed", "@SUM(A1)", "'=1", "'tis", "-5", "+3.5"]
    raw = package(TREE)
    for item, word in zip(raw["CFItems"], words, strict=False):
        item |= {
            "fullStatement": word,
            "notes": words[-len(raw["CFItems"]) :][words.index(word)],
            "=own": word,
        }
    import_framework(as_bytes(raw))
    before = statements()
    cells = [cell for row in csv.reader(io.StringIO(data("csv").decode())) for cell in row]
    assert "'=own" in cells
    assert not [cell for cell in cells if cell[:1] in "=+-@" and cell and cell not in ("-5", "+3.5")]
    file = data("csv")
    Framework.objects.all().delete()
    import_framework(file)
    assert statements() == before


def test_what_a_table_cannot_hold_is_said() -> None:
    import_framework(as_bytes(rich()))
    remarks = export(Framework.objects.get(), "csv").remarks
    assert "A statement stands in several places of the tree; its row names one of them (1 times)" in remarks
    assert "An association of the kind ext:buildsOn has no column or no row (1 times)" in remarks


def test_of_a_framework_without_statements_a_table_says_that_it_holds_nothing() -> None:
    """It is refused when it is imported, and nothing told so before."""
    import_framework(as_bytes(package({})))
    (remark,) = export(Framework.objects.get(), "csv").remarks
    assert (
        remark == "There are no statements, so the table says nothing, and is not imported; CASE has the rest"
    )
    assert import_framework(data("case-1.0")).plan.is_empty


@settings(MANY, max_examples=10, phases=[Phase.generate])
@given(packages())
def test_any_package_comes_back_from_a_workbook_with_its_statements(raw: Raw) -> None:
    """Cells have no space at their ends, and no control characters; all else does come back."""
    with undone():
        import_framework(as_bytes(raw))
        before = {item.identifier: item.full_statement.strip() for item in Item.objects.all()}
        file = data("opensalt-xlsx")
        report = import_framework(file)
        assert report.plan.moved + report.plan.added + report.plan.retired == ()
        assert set(Item.objects.values_list("identifier", flat=True)) == set(before)


# -- CASE 1.1, to the letter: against the published schema in tests/real_data


def test_what_has_no_place_in_case_1_1_goes_to_extensions_and_is_said() -> None:
    raw = rich()
    raw["CFItems"][0] |= {
        "educationalLevel": ["06"],
        "listEnumeration": 7,
        "statusEndDate": "some day",
        "extensions": {"x": 1},
    }
    raw["CFItems"][1]["identifier"] = "Not-A-UUID"
    raw["CFAssociations"][1]["originNodeURI"]["identifier"] = "Not-A-UUID"
    raw["CFAssociations"].append(association(identifier_of("A"), "Is Related To", "elsewhere"))
    raw["CFAssociations"].append(association(identifier_of("A"), "builds on", "elsewhere"))
    raw["extraList"] = [1]
    import_framework(as_bytes(raw))
    file = export(Framework.objects.get(), "case-1.1")
    written = json.loads(file.data)
    item = next(item for item in written["CFItems"] if item["identifier"] == identifier_of("A"))
    assert item["extensions"] == {"educationalLevel": ["06"], "statusEndDate": "some day", "x": 1}
    assert item["listEnumeration"] == "7"
    renamed = next(
        item for item in written["CFItems"] if item.get("extensions", {}).get("identifier") == "Not-A-UUID"
    )
    assert renamed["identifier"] == as_uuid("Not-A-UUID")
    origins = {edge["originNodeURI"]["identifier"] for edge in written["CFAssociations"]}
    assert as_uuid("Not-A-UUID") in origins
    assert "Not-A-UUID" not in origins
    destinations = {edge["destinationNodeURI"]["identifier"] for edge in written["CFAssociations"]}
    assert {"elsewhere", "a-statement-elsewhere"} <= destinations
    kinds = {edge["associationType"] for edge in written["CFAssociations"]}
    assert kinds == {"isChildOf", "exactMatchOf", "precedes", "ext:buildsOn", "isRelatedTo", "ext:buildson"}
    assert written["extensions"] == {"extraList": [1]}
    assert written["CFDocument"]["caseVersion"] == "1.1"
    assert "educationalLevel is not a field of CASE 1.1; it is in extensions (1 times)" in file.remarks


def test_what_is_right_already_stays_as_it_is() -> None:
    raw = package(TREE)
    raw["CFDocument"]["caseVersion"] = "1.1"
    import_framework(as_bytes(raw))
    file = export(Framework.objects.get(), "case-1.1")
    assert (json.loads(file.data), file.remarks) == (raw, [])


def test_case_1_0_goes_out_as_it_came_in() -> None:
    raw = rich()
    raw["CFItems"][0] |= {"educationalLevel": ["06"], "listEnumeration": 7}
    import_framework(as_bytes(raw))
    assert json.loads(data("case-1.0")) == raw


def test_the_strict_form_is_the_same_when_made_again() -> None:
    raw = copy.deepcopy(rich())
    raw["CFItems"][1]["identifier"] = "Not-A-UUID"
    import_framework(as_bytes(raw))
    framework = Framework.objects.get()
    once = json.loads(export(framework, "case-1.1").data)
    twice, remarks = strict(once, changed_at=framework.updated_at)
    assert (twice, remarks) == (once, [])


def test_the_command_writes_files_and_standard_output(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    import_framework(as_bytes(rich()), short_name="RATIO")
    for format in FORMATS:
        target = tmp_path / format
        call_command("export_framework", "RATIO", "--format", format, "--output", str(target))
        assert target.read_bytes()[:100]
    assert (tmp_path / "opensalt-xlsx").read_bytes().startswith(b"PK")
    call_command("export_framework", DOCUMENT, "--format", "csv")
    assert capfd.readouterr().out.startswith("identifier,uri,fullStatement")
    with pytest.raises(CommandError, match=r"cannot be written"):
        call_command("export_framework", "RATIO", "--format", "csv", "--output", str(tmp_path))
    with pytest.raises(CommandError, match=r"Known: RATIO"):
        call_command("export_framework", "nothing", "--format", "csv")
