"""A table's columns in the admin: shown with the plan, corrected by a district's administrator, and remembered."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from importers import jobs
from importers.models import FrameworkImport
from importers.readers.headers import FIELDS, meaning
from importers.table_columns import LABELS
from people.models import Role
from repository.permissions import sync_all
from standards.models import Framework, Item
from tests.factories import DistrictFactory, FrameworkFactory, StateFactory, member
from tests.importers import test_readers

pytestmark = pytest.mark.django_db
TABLE = (
    b"Ref,Task,Notes,Room\nA,Draw on the board,Count on from any number you are given,12\n"
    b"B,Play a game with dice,Count back from any number,14\n"
)


class District:
    """A district's administrator at work."""

    def __init__(self, callbacks: Any, name: str = "Juniper Valley") -> None:
        self.callbacks = callbacks
        self.organisation = DistrictFactory(name=name)
        self.client = Client()
        self.client.force_login(member(Role.DISTRICT_ADMIN, self.organisation))
        sync_all()

    def upload(self, data: bytes, name: str = "math.csv", short_name: str = "") -> FrameworkImport:
        with self.callbacks(execute=True):
            said = {"file": SimpleUploadedFile(name, data), "owner": self.organisation.pk}
            self.client.post("/admin/standards/import/", {**said, "short_name": short_name})
        return self.planned(FrameworkImport.objects.latest("pk"))

    def planned(self, record: FrameworkImport) -> FrameworkImport:
        jobs.plan_now(record.pk)
        record.refresh_from_db()
        return record

    def page(self, record: FrameworkImport, part: str = "") -> str:
        return self.client.get(f"/admin/standards/imports/{record.pk}/{part}").content.decode()

    def correct(self, record: FrameworkImport, *fields: str) -> Any:
        said = {f"column-{number}": field for number, field in enumerate(fields)}
        with self.callbacks(execute=True):
            answer = self.client.post(f"/admin/standards/imports/{record.pk}/columns/", said)
        self.planned(record)
        return answer

    def apply(self, record: FrameworkImport, **said: str) -> None:
        with self.callbacks(execute=True):
            self.client.post(f"/admin/standards/imports/{record.pk}/apply/", said)
        jobs.apply_now(record.pk)


@pytest.fixture
def district(django_capture_on_commit_callbacks: Any) -> District:
    StateFactory()
    return District(django_capture_on_commit_callbacks)


def test_columns_are_shown_corrected_planned_again_and_remembered(district: District) -> None:
    record = district.upload(TABLE)
    page = district.page(record)
    assert "How the columns were understood" in page
    assert "Correct the columns" in page
    form = district.page(record, "columns/")
    assert '<option value="code" selected>' in form
    assert "Draw on the board" in form
    assert "as MER-MATH:M.6.RP.1" in form
    assert district.correct(record, "code", "", "statement", "").status_code == 302
    assert record.state == "planned"
    assert "Count on from any number you are given" in district.page(record)
    district.apply(record)
    assert (
        Item.objects.get(human_coding_scheme="A").full_statement == "Count on from any number you are given"
    )
    assert Item.objects.get(human_coding_scheme="A").extra == {"Task": "Draw on the board", "Room": "12"}
    later = district.upload(TABLE.replace(b"A,", b"C,").replace(b"B,", b"D,"), "other.csv")
    assert later.columns == {"Ref": "code", "Task": "", "Notes": "statement", "Room": ""}


def test_a_table_that_was_undone_is_read_again_with_the_columns_as_they_were_said(
    district: District, django_capture_on_commit_callbacks: Any
) -> None:
    record = district.upload(TABLE)
    district.correct(record, "code", "", "statement", "")
    district.apply(record)
    record.refresh_from_db()
    undo = jobs.start_undo(record, user=record.user or member(Role.TEACHER, district.organisation))
    district.apply(district.planned(undo))
    with django_capture_on_commit_callbacks(execute=True):
        district.client.post(f"/admin/standards/imports/{record.pk}/repeat/")
    again = district.planned(FrameworkImport.objects.latest("pk"))
    assert again.state == "planned"
    assert again.columns == {"Ref": "code", "Task": "", "Notes": "statement", "Room": ""}


def test_another_district_does_not_inherit_the_choice(
    district: District, django_capture_on_commit_callbacks: Any
) -> None:
    table = b"Ref,Task,Notes\nA,Count on from any number,Shown on the board with many words\n"
    record = district.upload(table)
    district.correct(record, "code", "", "statement")
    district.apply(record)
    other = District(django_capture_on_commit_callbacks, "Harbor Point")
    assert other.upload(table.replace(b"A,", b"Z,"), "z.csv").columns["Notes"] == "notes"
    assert other.client.get(f"/admin/standards/imports/{record.pk}/columns/").status_code in (302, 403)


def test_a_table_that_was_not_understood_can_be_told(district: District) -> None:
    record = district.upload(b"Kennung;Inhalt;Raum\nA;Zahlen;12\nB;Formen;14\nC;Daten;15\n")
    assert record.state == "refused"
    assert "Say what the columns hold" in district.page(record)
    district.correct(record, "code", "statement", "")
    assert record.state == "planned"
    district.apply(record)
    assert sorted(Item.objects.values_list("full_statement", flat=True)) == ["Daten", "Formen", "Zahlen"]


def test_where_no_column_has_the_words_a_coordinator_reads_plain_words_and_an_operator_the_option(
    district: District, tmp_path: Path
) -> None:
    table = b"Ref,Task,Notes\nM.6.1,Draw,Long words about numbers\nM.6.2,Cut,Other words about shapes\n"
    record = district.upload(table)
    said = (
        "None of the columns is known to hold the words of the standards. The columns are: Ref, Task, Notes."
    )
    page = district.page(record)
    assert said in page
    assert "Say what the columns hold" in page
    assert "--column" not in page
    source = tmp_path / "table.csv"
    source.write_bytes(table)
    with pytest.raises(CommandError, match=r"Say which one does\. Say it by --column") as refused:
        call_command("import_framework", str(source))
    assert said in str(refused.value)


def test_a_choice_that_cannot_be_is_said_and_nothing_typed_is_lost(district: District) -> None:
    record = district.upload(TABLE)
    answer = district.correct(record, "code", "code", "notes", "")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“Code” is chosen for several columns: Ref, Task." in page
    assert "No column holds statements." in page
    assert page.count('<option value="code" selected>') == 2
    record.refresh_from_db()
    assert record.state == "planned"
    assert not Framework.objects.exists()


def test_columns_of_a_package_cannot_be_corrected(district: District) -> None:
    record = district.upload(b'{"CFDocument": 1}')
    assert record.state == "refused"
    assert "columns hold" not in district.page(record)
    assert "holds no table" in district.page(record, "columns/")


def test_a_workbook_that_says_what_its_columns_hold_offers_no_way_to_correct_them(district: District) -> None:
    record = district.upload(test_readers.TestOpenSaltWorkbook().write(), "small.xlsx")
    assert record.state == "planned"
    page = district.page(record)
    assert "Our own" in page
    assert "Correct the columns" not in page


def test_next_years_table_is_a_new_version_of_the_framework_that_its_administrator_names(
    district: District,
) -> None:
    first = district.upload(
        b"code,parent,statement,grade\nN,,Number,\nN.1,N,Count to ten,1\nN.2,N,Compare two numbers,1\n",
        "math-2026.csv",
    )
    district.apply(first)
    framework = Framework.objects.get()
    before = dict(Item.objects.values_list("human_coding_scheme", "identifier"))
    page = district.client.get(f"/admin/standards/{framework.pk}/").content.decode()
    assert f"/admin/standards/import/?short_name={framework.short_name}" in page
    form = district.client.get(f"/admin/standards/import/?short_name={framework.short_name}").content.decode()
    assert f'value="{framework.short_name}"' in form
    unnamed = district.upload(
        b"code,parent,statement,grade\nN,,Number,\nN.1,N,Count to twenty,1\n", "next year.csv"
    )
    warnings = [one["message"] for one in unnamed.warnings]
    assert any(f"import the file under the short name {framework.short_name}." in text for text in warnings)
    second = district.upload(
        b"code,parent,statement,grade\nN,,Number,\nN.1,N,Count to twenty,1\nN.3,N,Add two numbers,1\n",
        "standards next year.csv",
        short_name=framework.short_name.lower(),
    )
    assert {name: second.counts[name] for name in ("added", "changed", "moved", "retired", "unchanged")} == {
        "added": 1, "changed": 1, "moved": 0, "retired": 1, "unchanged": 1,
    }  # fmt: skip
    district.apply(second, allow_retire="on")
    assert Framework.objects.get() == framework
    now = {item.human_coding_scheme: item for item in Item.objects.all()}
    assert {code: now[code].identifier for code in before} == before
    assert now["N.1"].full_statement == "Count to twenty"
    assert now["N.2"].retired_at
    again = district.upload(
        b"code,parent,statement,grade\nN,,Number,\nN.1,N,Count to twenty,1\nN.3,N,Add two numbers,1\n",
        "a third name.csv",
        short_name=framework.short_name,
    )
    assert again.state == "unchanged"


def test_a_code_that_takes_over_anothers_words_is_told_and_identifiers_keep_statements_apart(
    district: District,
) -> None:
    rows = [b"N.1,Count to ten", b"N.2,Compare two numbers", b"N.3,Add two numbers"]
    district.apply(district.upload(b"code,statement\n" + b"\n".join(rows), "math.csv"))
    name = Framework.objects.get().short_name
    same = district.upload(b"code,statement\n" + b"\n".join(rows), "same.csv", name)
    assert "has the words that" not in district.page(same)
    renumbered = b"code,statement\nN.1,Count to ten\nN.3,Compare two numbers\nN.4,Add two numbers\n"
    told = district.page(district.upload(renumbered, "next.csv", name))
    assert "“N.3” has the words that “N.2” had." in told
    assert "what is tied to that code is tied to these words then" in told
    table = district.client.get(f"/standards/{name}/download/csv/").content.decode()
    kept = table.replace("N.3", "N.4").replace("N.2", "N.3").encode()
    record = district.upload(kept, "next.csv", name)
    assert "has the words that" not in district.page(record)
    assert (record.counts["changed"], record.counts["added"], record.counts["retired"]) == (2, 0, 0)


def test_what_a_table_is_called_is_said_by_its_administrator_and_stays(district: District) -> None:
    district.apply(district.upload(b"code,statement,grade\nN.1,Count to ten,1\n", "math final (3).csv"))
    framework = Framework.objects.get()
    assert framework.title == "math final (3)"
    address = f"/admin/standards/{framework.pk}/title/"
    assert "of at most 300" in district.client.post(address, {"title": " "}, follow=True).content.decode()
    answer = district.client.post(address, {"title": "Juniper Valley Mathematics"}, follow=True)
    assert "It is called “Juniper Valley Mathematics” now." in answer.content.decode()
    second = district.upload(
        b"code,statement,grade\nN.1,Count to twenty,1\n", "math final (4).csv", framework.short_name
    )
    assert second.title == "Juniper Valley Mathematics"
    district.apply(second)
    framework.refresh_from_db()
    assert framework.title == "Juniper Valley Mathematics"
    assert Item.objects.get().full_statement == "Count to twenty"


def test_only_who_imports_a_table_names_it_and_nobody_a_framework_that_says_its_name(
    district: District, django_capture_on_commit_callbacks: Any
) -> None:
    district.apply(district.upload(b"code,statement,grade\nN.1,Count to ten,1\n", "math.csv"))
    framework = Framework.objects.get()
    other = District(django_capture_on_commit_callbacks, "Harbor Point")
    assert "Save the title" not in other.client.get(f"/admin/standards/{framework.pk}/").content.decode()
    other.client.post(f"/admin/standards/{framework.pk}/title/", {"title": "Ours"})
    framework.refresh_from_db()
    assert framework.title == "math"
    named = FrameworkFactory(owner=district.organisation, title="Meridian Science")
    district.client.post(f"/admin/standards/{named.pk}/title/", {"title": "Ours"})
    named.refresh_from_db()
    assert named.title == "Meridian Science"


def test_a_code_on_two_rows_is_said(district: District) -> None:
    record = district.upload(b"code,statement\nN.1,Count to ten\nN.2,Add\nN.2,Add to ten\n")
    assert "Several rows have the same code: N.2." in district.page(record)


def test_a_table_cannot_become_the_new_version_of_somebody_elses_framework(
    district: District, django_capture_on_commit_callbacks: Any
) -> None:
    table = b"code,statement\nN,Number\nN.1,Count to ten\nN.2,Compare two numbers\n"
    district.apply(district.upload(table))
    name = Framework.objects.get().short_name
    other = District(django_capture_on_commit_callbacks, "Harbor Point")
    file = SimpleUploadedFile("ours.csv", table)
    said = {"file": file, "owner": other.organisation.pk, "short_name": name}
    answer = other.client.post("/admin/standards/import/", said)
    assert "has this short name" in answer.content.decode()
    assert FrameworkImport.objects.count() == 1


def workbook(*header: str) -> bytes:
    """Standards on the second of three sheets."""
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.title = "Read me"
    for line in ("Arts standards", "Version 2"):
        first.append([line])
    standards = book.create_sheet("Standards")
    standards.append(header)
    standards.append(["AR", "Visual arts", ""])
    standards.append(["AR.1", "Make a drawing from observation and talk about it.", "AR"])
    standards.append(["AR.2", "Mix colors to match a given one.", "AR"])
    log = book.create_sheet("Log")
    for row in (["Date", "Who"], ["2026-01-01", "ME"]):
        log.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_columns_of_a_sheet_that_is_not_the_first_can_be_corrected(district: District) -> None:
    record = district.upload(workbook("Ref no.", "Statement", "Belongs to"), "arts.xlsx")
    assert record.state == "planned"
    form = district.page(record, "columns/")
    assert "Mix colors to match a given one." in form
    assert "Read me" not in form
    district.correct(record, "code", "statement", "parent")
    assert record.state == "planned"
    district.apply(record)
    below = Item.objects.filter(ancestor_links__ancestor__human_coding_scheme="AR", ancestor_links__depth=1)
    assert sorted(below.values_list("human_coding_scheme", flat=True)) == ["AR.1", "AR.2"]


def test_what_was_understood_of_such_a_sheet_is_applied_as_it_stands(district: District) -> None:
    record = district.upload(workbook("Code", "Statement", "Parent"), "arts.xlsx")
    district.apply(record)
    record.refresh_from_db()
    assert record.state == "applied", record.message


def test_of_sheets_that_are_not_understood_the_largest_can_be_told(district: District) -> None:
    record = district.upload(workbook("Kennung", "Inhalt", "Oben"), "kunst.xlsx")
    assert record.state == "refused"
    assert "Say what the columns hold" in district.page(record)
    assert "Mix colors to match a given one." in district.page(record, "columns/")
    district.correct(record, "code", "statement", "parent")
    assert record.state == "planned"


NOT_HEADERS = {"", "level", "level_code", "smart_level", "depth", "parent", "enumeration", "exemplar"}
"""What these are called explains them, and is no header that anybody would write, or says too little."""


@pytest.mark.parametrize("field", sorted({*FIELDS} - NOT_HEADERS))
def test_a_column_that_is_headed_in_our_own_words_is_taken_for_what_they_say(field: str) -> None:
    assert meaning(str(LABELS[field]))[0] == field
