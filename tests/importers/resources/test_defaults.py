"""What those are taken for that say no kind, no subject and no language: the importer may choose."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from importers.models import ResourceImport
from importers.resources import jobs
from importers.resources.services import import_resources
from importers.resources.undo import undo_import
from people.models import District, Role
from repository.models import ResourceKind, ResourcePage
from repository.permissions import sync_all
from tests.factories import member
from tests.importers.resources.loading import numbers, page

pytestmark = pytest.mark.django_db
TABLE = b"ID,Title,Type,Subject,Language\n1,Mezclar,,,\n2,Race,Quiz,Art,fr\n3,Ratio,Thingy,,\n"
CHOSEN = {"kind": "lesson", "subject": "mathematics", "language": "es"}


def said(title: str) -> tuple[str, list[str], str]:
    one = page(title)
    return one.kind.slug, [subject.slug for subject in one.subjects.all()], one.language


def test_what_is_chosen_counts_where_a_row_says_nothing_and_the_plan_tells(district: District) -> None:
    plan = import_resources(TABLE, district=district, defaults=CHOSEN).plan
    assert said("Mezclar") == ("lesson", ["mathematics"], "es")
    assert said("Race") == ("assessment", ["arts"], "fr")
    assert said("Ratio")[0] == "lesson"  # its word is in no list
    told = "\n".join(map(str, plan.warnings))
    assert "row 2: says no kind of resource; taken for “Lesson”, as chosen." in told
    assert "says no subject; taken for “Mathematics”, as chosen." in told
    assert "says no language; taken for “es”, as chosen." in told


def test_without_a_choice_they_stay_as_they_were_and_new_ones_are_references(district: District) -> None:
    import_resources(TABLE, district=district, defaults=CHOSEN)
    more = TABLE + b"4,Map,,,\n"
    assert numbers(import_resources(more, district=district)) == {"added": 1, "unchanged": 3}
    assert said("Map") == ("reference", [], "en")
    assert numbers(import_resources(more, district=district, defaults={"kind": "Lesson plan"})) == {
        "changed": 1,
        "unchanged": 3,
    }
    assert said("Map")[0] == "lesson"
    undo_import(ResourceImport.objects.latest("pk"), user=None)
    assert said("Map")[0] == "reference"
    assert numbers(import_resources(more, district=district)) == {"unchanged": 4}


def test_a_choice_holds_through_later_changes_and_through_their_undo(district: District) -> None:
    import_resources(TABLE, district=district, defaults=CHOSEN)
    changed = TABLE.replace(b"Mezclar", b"Mezclar agua")
    assert numbers(import_resources(changed, district=district)) == {"changed": 1, "unchanged": 2}
    assert numbers(import_resources(changed, district=district)) == {"unchanged": 3}
    import_resources(changed, district=district, defaults={"language": "ar"})
    assert said("Mezclar agua") == ("lesson", ["mathematics"], "ar")
    assert numbers(import_resources(changed, district=district)) == {"unchanged": 3}
    undo_import(ResourceImport.objects.filter(state="applied").latest("pk"), user=None)
    assert said("Mezclar agua") == ("lesson", ["mathematics"], "es")
    assert numbers(import_resources(changed, district=district)) == {"unchanged": 3}


def test_the_form_offers_the_choices_and_the_page_of_the_import_shows_them(
    district: District, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    user = member(Role.DISTRICT_ADMIN, district)
    sync_all()
    client.force_login(user)
    form = client.get("/admin/resource-imports/import/").content.decode()
    for word in ("Lesson", "Mathematics", "Spanish", "Of those that say none"):
        assert word in form
    fields: dict[str, Any] = {"district": district.pk, "file": SimpleUploadedFile("a.csv", TABLE), **CHOSEN}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/admin/resource-imports/import/", fields).status_code == 302
    record = ResourceImport.objects.get()
    jobs.plan_now(record.pk)
    shown = " ".join(client.get(f"/admin/resource-imports/{record.pk}/").content.decode().split())
    assert "Where nothing is said: Lesson, Mathematics, Spanish" in shown
    assert "says no kind of resource; taken for “Lesson”, as chosen." in shown
    jobs.request_apply(record, user=user)
    jobs.apply_now(record.pk)
    assert said("Mezclar") == ("lesson", ["mathematics"], "es")
    wrong = {**fields, "kind": "no-such", "file": SimpleUploadedFile("a.csv", TABLE)}
    assert "Select a valid choice" in client.post("/admin/resource-imports/import/", wrong).content.decode()


def test_the_command_takes_them_by_any_word_and_refuses_what_is_none(
    district: District, tmp_path: Path
) -> None:
    file = tmp_path / "lessons.csv"
    file.write_bytes(TABLE)
    chosen = ["--kind", "Worksheets", "--subject", "Math", "--language", "Spanish"]
    call_command("import_resources", str(file), *chosen, verbosity=0, stdout=StringIO())
    assert said("Mezclar") == ("task", ["mathematics"], "es")
    with pytest.raises(CommandError, match="no kind 'Poem' here") as error:
        call_command("import_resources", str(file), "--kind", "Poem", verbosity=0)
    assert error.value.returncode == 2


def test_a_kind_that_was_taken_out_of_the_list_since_is_no_choice_any_more(district: District) -> None:
    import_resources(TABLE, district=district, defaults={"kind": "opportunity"})
    ResourcePage.objects.filter(kind__slug="opportunity").update(kind=ResourceKind.objects.get(slug="task"))
    ResourceKind.objects.get(slug="opportunity").delete()
    assert numbers(import_resources(TABLE, district=district)) == {"changed": 2, "unchanged": 1}
    assert said("Mezclar")[0] == "reference"
