"""The command `import_resources`, and who may import."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from importers.models import ResourceImport
from importers.problems import ImportRefused
from importers.resources.services import import_resources
from people.models import District, Role
from repository.models import ResourcePage
from tests.factories import member
from tests.importers.broken import SEEDS
from tests.importers.packages import as_bytes, package
from tests.importers.resources.loading import aligned, lesson, load, page
from tests.importers.test_bad_input import CATALOG

pytestmark = pytest.mark.django_db


def test_the_command_prints_the_plan_and_how_to_undo_it(district: District, tmp_path: Path) -> None:
    file = tmp_path / "lessons.json"
    file.write_text(json.dumps([aligned("Paint", {"targetName": "ZZ.1"})]))
    out = StringIO()
    call_command("import_resources", str(file), "--district", "juniper-valley", verbosity=0, stdout=out)
    assert "1 added" in out.getvalue()
    assert "ZZ.1" in out.getvalue()
    record = ResourceImport.objects.get()
    assert f"undo_resource_import {record.pk}" in out.getvalue()
    out = StringIO()
    call_command("import_resources", str(file), "--json", verbosity=0, stdout=out)
    found = json.loads(out.getvalue())
    assert (found["district"], found["format"], found["added"], found["unchanged"]) == (
        "juniper-valley",
        "lrmi",
        0,
        1,
    )
    out = StringIO()
    call_command("undo_resource_import", str(record.pk), stdout=out)
    assert "1 removed" in out.getvalue()
    out = StringIO()
    call_command("undo_resource_import", stdout=out)
    assert "There is no import of resources that can be undone." in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["/no/such/file"], "no file"),
        (["{file}", "--district", "nowhere"], "no district"),
        (["{file}", "--format", "odd"], "no format"),
    ],
)
def test_bad_input_ends_with_2_and_one_line(
    district: District, tmp_path: Path, arguments: list[str], says: str
) -> None:
    file = tmp_path / "lessons.json"
    file.write_text(json.dumps([lesson("Paint")]))
    with pytest.raises(CommandError) as error:
        call_command("import_resources", *[one.format(file=file) for one in arguments], verbosity=0)
    assert error.value.returncode == 2
    assert says in str(error.value)
    assert not ResourcePage.objects.exists()


def test_only_the_districts_administrators_may(district: District) -> None:
    with pytest.raises(ImportRefused, match="Only administrators"):
        load(district, lesson("Paint"), user=member(Role.COORDINATOR, district))
    admin = member(Role.DISTRICT_ADMIN, district)
    load(district, lesson("Paint"), user=admin)
    one = page("Paint")
    assert (one.owner, one.latest_revision.user) == (None, admin)


def test_a_file_that_came_to_the_wrong_import_is_told_the_right_one(
    district: District, tmp_path: Path
) -> None:
    standards, lessons, table = (
        tmp_path / name for name in ("standards.json", "lessons.json", "lessons.csv")
    )
    standards.write_bytes(as_bytes(package({"A": None})))
    lessons.write_text(json.dumps([lesson("Paint")]))
    table.write_text(
        "ID,Lesson Title,Description,Standards,License,Author\n1,Paint,Mix paint,6.RP.1,CC BY 4.0,Ada\n"
    )
    with pytest.raises(CommandError, match="no teaching resources: they are imported under “Standards”"):
        call_command("import_resources", str(standards), verbosity=0)
    with pytest.raises(CommandError, match="no standards: they are imported under “Import resources”"):
        call_command("import_framework", str(lessons), verbosity=0)
    out = StringIO()
    call_command("import_framework", str(table), "--dry-run", verbosity=0, stdout=out)
    assert "This may be a table of teaching resources (“Lesson Title”, “License”, “Author”)" in out.getvalue()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SEEDS["workbook: OpenSALT"], "no teaching resources: they are imported under “Standards”"),
        (b"code,fullStatement,parent\nA,Ratios,\nA.1,Rates,A\n", "they are imported under “Standards”"),
        (CATALOG, "a list of 2 frameworks"),
        (b"code,description,url\nA,Ratios,https://a.example/1\n", "no column for the title"),
    ],
    ids=["workbook of a framework", "table of standards", "list of frameworks", "table without titles"],
)
def test_standards_that_have_titles_or_none_are_told_apart_from_resources(
    district: District, file: bytes, said: str
) -> None:
    with pytest.raises(ImportRefused, match=said):
        import_resources(file, district=district)
    assert not ResourcePage.objects.exists()


def test_the_plan_says_which_address_counts_where_the_code_of_an_alignment_stays(
    district: District, tmp_path: Path
) -> None:
    old, new = (
        {"targetName": "6.RP.1", "targetUrl": f"https://asn.example/{year}/1"} for year in (2010, 2024)
    )
    load(district, aligned("Paint", old, {"targetName": "6.RP.2"}))
    file = tmp_path / "lessons.json"
    file.write_text(json.dumps([aligned("Paint", new, {"targetName": "6.RP.2"})]))
    out = StringIO()
    call_command("import_resources", str(file), "--dry-run", verbosity=0, stdout=out)
    said = "6.RP.1 (https://asn.example/{}/1), 6.RP.2"
    assert f"alignments: {said.format(2010)} → {said.format(2024)}" in out.getvalue()


def test_the_plan_shows_what_changes_at_the_end_of_a_long_text(district: District, tmp_path: Path) -> None:
    long = (
        "Students tell what a ratio says about two quantities, and why the order of the two is part of it, "
    )
    load(district, lesson("Paint", description=f"{long}in pairs."))
    file = tmp_path / "lessons.json"
    file.write_text(json.dumps([lesson("Paint", description=f"{long}alone.")]))
    out = StringIO()
    call_command("import_resources", str(file), "--dry-run", verbosity=0, stdout=out)
    (line,) = [line for line in out.getvalue().splitlines() if "summary:" in line]
    assert "in pairs. → " in line
    assert line.endswith("alone.")
    assert len(line) < 200


def test_without_a_number_the_last_imports_are_listed(district: District) -> None:
    first = load(district, lesson("Paint")).record
    second = load(district, lesson("Glue")).record
    assert first is not None
    assert second is not None
    call_command("undo_resource_import", str(first.pk), verbosity=0, stdout=StringIO())
    night = datetime(2026, 7, 1, 3, 30, tzinfo=UTC)  # by UTC; where the site is, it is still June
    ResourceImport.objects.filter(pk=second.pk).update(finished_at=night)
    out = StringIO()
    call_command("undo_resource_import", stdout=out)
    (line,) = out.getvalue().splitlines()
    assert line.startswith(f"{second.pk}  2026-06-30 21:30  ")
    assert "Juniper Valley" in line
    assert "1 added" in line
    with pytest.raises(CommandError, match="Without a number, the last ones are listed"):
        call_command("undo_resource_import", "999")
