"""A table's columns in the admin: shown with the plan, corrected by a district's administrator, and remembered."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from importers import jobs
from importers.models import FrameworkImport
from people.models import Role
from repository.permissions import sync_all
from standards.models import Framework, Item
from tests.factories import DistrictFactory, StateFactory, member

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

    def upload(self, data: bytes, name: str = "math.csv") -> FrameworkImport:
        with self.callbacks(execute=True):
            file = SimpleUploadedFile(name, data)
            self.client.post("/admin/standards/import/", {"file": file, "owner": self.organisation.pk})
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

    def apply(self, record: FrameworkImport) -> None:
        with self.callbacks(execute=True):
            self.client.post(f"/admin/standards/imports/{record.pk}/apply/")
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
