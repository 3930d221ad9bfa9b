"""Importing resources in the Wagtail admin: who may, what they read before they apply, and undoing it."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from importers.models import ResourceImport
from importers.resources import jobs
from importers.resources.services import import_resources
from people.models import District, Role, User
from repository.models import ResourcePage
from repository.permissions import sync_all
from repository.services.drafts import save_draft
from tests.factories import DistrictFactory, StateFactory, SubjectFactory, district_page, member
from tests.repository.pages import Page

pytestmark = pytest.mark.django_db
HOME = "/admin/resource-imports/"


def lesson(name: str, **more: Any) -> dict[str, Any]:
    return {
        "@type": "LearningResource",
        "identifier": name,
        "name": name,
        "description": f"About {name}.",
        **more,
    }


@pytest.fixture
def admin(district: District) -> User:
    user = member(Role.DISTRICT_ADMIN, district)
    sync_all()
    return user


@pytest.fixture
def client(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


class Imports:
    """The imports in the admin, as the district's administrator works with them."""

    def __init__(self, client: Client, callbacks: Any, district: District) -> None:
        self.client, self.callbacks, self.district = client, callbacks, district

    def upload(self, *lessons: dict[str, Any], **fields: Any) -> ResourceImport:
        """Sends the form, and lets the worker read and plan."""
        file = SimpleUploadedFile("lessons.json", json.dumps(lessons).encode())
        answer = self.post(f"{HOME}import/", {"file": file, "district": self.district.pk, **fields})
        record = ResourceImport.objects.latest("pk")
        assert answer["Location"] == f"{HOME}{record.pk}/"
        jobs.plan_now(record.pk)
        record.refresh_from_db()
        return record

    def press(self, record: ResourceImport, action: str) -> str:
        """Presses a button, lets the worker work, and returns the page that follows."""
        self.post(f"{HOME}{record.pk}/{action}/")
        (jobs.undo_now if action == "undo" else jobs.apply_now)(record.pk)
        record.refresh_from_db()
        return self.text(f"{HOME}{record.pk}/")

    def post(self, url: str, data: dict[str, Any] | None = None) -> Any:
        with self.callbacks(execute=True):
            answer = self.client.post(url, data)
        assert answer.status_code == 302, answer.content
        return answer

    def text(self, url: str) -> str:
        answer = self.client.get(url)
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())


@pytest.fixture
def imports(client: Client, django_capture_on_commit_callbacks: Any, district: District) -> Imports:
    return Imports(client, django_capture_on_commit_callbacks, district)


def test_a_plan_is_read_before_anything_is_written(imports: Imports, district: District, admin: User) -> None:
    standard = {"alignmentType": "teaches", "targetName": "ZZ.9", "educationalFramework": "Some Standards"}
    record = imports.upload(lesson("Paint", educationalAlignment=[standard]), lesson("Glue"))
    shown = imports.text(f"{HOME}{record.pk}/")
    for words in (
        "What would change",
        "Paint",
        "About Glue.",
        "ZZ.9",
        "Some Standards",
        "no such standard is here",
    ):
        assert words in shown
    assert not ResourcePage.objects.exists()
    applied = imports.press(record, "apply")
    assert "Applied. 2 added" in applied
    assert f'href="/search/?district={district.slug}&amp;sort=newest"' in applied
    assert {page.latest_revision.user for page in ResourcePage.objects.all()} == {admin}


def test_a_plan_shows_at_once_what_is_lost_and_what_each_is_taken_for(imports: Imports) -> None:
    SubjectFactory(slug="science", label="Science")
    paint = lesson(
        "Paint",
        learningResourceType="lesson",
        educationalLevel="6",
        license="CC BY",
        audience="x",
        about="Science",
        educationalAlignment=[{"alignmentType": "teaches", "targetName": "ZZ.9"}],
    )
    record = imports.upload(paint, lesson(""))
    shown = imports.text(f"{HOME}{record.pk}/")
    assert "Lesson · Science · Grade 6" in shown
    assert "Standards: ZZ.9" in shown
    assert '<details class="import-more" open> <summary>2 remarks' in shown
    assert shown.index("has no name, so it is passed over") < shown.index("audience that is not in the list")


def test_a_plan_that_no_longer_holds_is_shown_again(imports: Imports, district: District) -> None:
    record = imports.upload(lesson("Paint"), lesson("Glue"))
    import_resources(json.dumps([lesson("Paint")]).encode(), district=district)
    assert "has changed since this was planned" in imports.press(record, "apply")
    assert (record.state, record.counts["added"], record.counts["unchanged"]) == ("planned", 1, 1)
    assert "Applied. 1 added" in imports.press(record, "apply")


def test_a_plan_no_longer_holds_where_only_what_its_page_does_not_list_has_changed(
    imports: Imports, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importers.plan_json.MAX_ENTRIES", 1)
    before = [lesson(name, timeRequired="PT10M") for name in ("Paint", "Glue")]
    import_resources(json.dumps(before).encode(), district=district)
    record = imports.upload(*(lesson(one["name"], timeRequired="PT30M") for one in before))
    assert len(record.plan["changed"]) == 1
    before[1]["timeRequired"] = "PT20M"
    import_resources(json.dumps(before).encode(), district=district)
    assert "has changed since this was planned" in imports.press(record, "apply")
    assert ResourcePage.objects.get(title="Glue").duration_minutes == 20
    assert "Applied. 2 changed" in imports.press(record, "apply")


def test_changes_and_what_was_edited_here_are_shown(imports: Imports, admin: User) -> None:
    imports.press(imports.upload(lesson("Paint"), lesson("Glue")), "apply")
    glue = ResourcePage.objects.get(title="Glue")
    save_draft(identifier=glue.identifier, user=admin, change=lambda draft: setattr(draft, "summary", "Ours"))
    record = imports.upload(
        lesson("Paint", timeRequired="PT20M"),
        lesson("Glue", timeRequired="PT30M"),
    )
    shown = imports.text(f"{HOME}{record.pk}/")
    for words in ("Kept as they are", "It was edited here.", "Minutes:"):
        assert words in shown


def test_a_plan_speaks_as_the_site_does(imports: Imports, client: Client) -> None:
    paint = lesson("Paint", learningResourceType="lesson", educationalLevel="6", license="CC BY", about="ELA")
    imports.press(imports.upload(paint), "apply")
    changed = {
        **paint,
        "learningResourceType": "professional learning",
        "educationalLevel": "K",
        "about": "Math",
    }
    record = imports.upload(changed, lesson("Glue", learningResourceType="webinar"))
    shown = Page.open(client, f"{HOME}{record.pk}/").text
    for words in ("Professional learning", "Kindergarten", "Mathematics", "English language arts"):
        assert words in shown
    for name in ("professional-learning", "KG", "english-language-arts"):
        assert name not in shown


def test_an_import_is_undone_after_a_look_at_what_stands_in_the_way(imports: Imports, admin: User) -> None:
    record = imports.upload(lesson("Paint"), lesson("Glue"))
    imports.press(record, "apply")
    glue = ResourcePage.objects.get(title="Glue")
    save_draft(identifier=glue.identifier, user=admin, change=lambda draft: setattr(draft, "summary", "Ours"))
    shown = imports.text(f"{HOME}{record.pk}/undo/")
    assert "<strong>Glue</strong> was edited here" in shown
    assert ResourcePage.objects.count() == 2
    shown = imports.press(record, "undo")
    assert "Undone, but for what had to stay: “Glue” was edited here." in shown
    assert [page.title for page in ResourcePage.objects.all()] == ["Glue"]
    glue.refresh_from_db()
    glue.delete()
    shown = imports.press(record, "undo")
    assert "has been undone" in shown
    assert record.undone_at is not None
    undone = timezone.localtime(record.undone_at)
    assert f"{undone:%b} {undone.day}, " in shown
    assert f"· {admin}" in shown


def test_what_an_import_added_and_changed_is_listed_with_a_way_to_each(
    imports: Imports, client: Client
) -> None:
    imports.press(imports.upload(lesson("Paint"), lesson("Race")), "apply")
    again = imports.upload(lesson("Paint", description="New."), lesson("Glue"))
    said = imports.press(again, "apply")
    assert "See the resources of this import" in said
    page = Page.open(client, f"{HOME}{again.pk}/")
    (link,) = page.html.xpath("//a[normalize-space()='See the resources of this import']/@href")
    listed = Page.open(client, link)
    rows = [" ".join(row.text_content().split()) for row in listed.html.xpath("//main//tbody/tr")]
    assert [row.split()[0] for row in rows] == ["Glue", "Paint"]
    assert "added" in rows[0]
    assert "changed" in rows[1]
    (glue,) = listed.html.xpath("//a[normalize-space()='Glue']/@href")
    assert glue == f"/admin/pages/{ResourcePage.objects.get(title='Glue').pk}/edit/"
    imports.press(again, "undo")
    assert "Glue" not in Page.open(client, link).text
    other = Client()
    other.force_login(member(Role.DISTRICT_ADMIN, DistrictFactory()))
    assert other.get(link).status_code in (302, 404)


def test_the_list_of_an_import_asks_as_often_for_twenty_resources_as_for_one(imports: Imports) -> None:
    asked = []
    for number in (1, 20):
        lessons = [lesson(f"Lesson {number} {n}") for n in range(number)]
        record = imports.upload(*lessons)
        imports.press(record, "apply")
        with CaptureQueriesContext(connection) as queries:
            assert f"Lesson {number} 0" in imports.text(f"{HOME}{record.pk}/resources/")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_what_somebody_discarded_is_not_applied_from_another_window(
    imports: Imports, district: District
) -> None:
    record = imports.upload(lesson("Paint"))
    two_windows = [ResourceImport.objects.get(pk=record.pk) for _ in range(2)]
    jobs.discard(two_windows[0])
    with imports.callbacks(execute=True):
        jobs.request_apply(two_windows[1], user=member(Role.DISTRICT_ADMIN, district))
    jobs.apply_now(record.pk)
    record.refresh_from_db()
    assert record.state == ResourceImport.State.DISCARDED
    assert not ResourcePage.objects.exists()


def test_what_the_command_line_imported_is_imported_again_by_a_button_once_it_was_undone(
    imports: Imports, district: District
) -> None:
    record = import_resources(json.dumps([lesson("Paint")]).encode(), district=district).record
    assert record is not None
    imports.press(record, "undo")
    assert not ResourcePage.objects.exists()
    imports.post(f"{HOME}{record.pk}/repeat/")
    again = ResourceImport.objects.latest("pk")
    jobs.plan_now(again.pk)
    assert "Applied. 1 added" in imports.press(again, "apply")


def test_a_bad_file_says_why_and_can_be_discarded(imports: Imports, client: Client) -> None:
    record = imports.upload()
    assert "Not imported. Nothing was changed." in imports.text(f"{HOME}{record.pk}/")
    record = imports.upload(lesson("Paint"))
    imports.post(f"{HOME}{record.pk}/discard/")
    record.refresh_from_db()
    assert (record.state, bytes(record.payload)) == ("discarded", b"")
    # Its bytes are gone, so it is not imported again, from whatever window.
    assert client.post(f"{HOME}{record.pk}/repeat/")["Location"] == f"{HOME}{record.pk}/"
    assert ResourceImport.objects.count() == 2


def stumble(*args: Any, **kwargs: Any) -> None:
    raise ZeroDivisionError("nobody\x00 foresaw this")


UNFORESEEN = "Something unforeseen stopped it: ZeroDivisionError, nobody\ufffd foresaw this."


@pytest.mark.parametrize("step", ["plan", "apply"])
def test_what_nobody_foresaw_ends_the_import_with_a_sentence_and_it_can_be_tried_again(
    imports: Imports, step: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    record = imports.upload(lesson("Paint"))
    ResourceImport.objects.update(state="waiting" if step == "plan" else "queued")
    with monkeypatch.context() as broken:
        broken.setattr("importers.resources.jobs.plan_for", stumble)
        with pytest.raises(ZeroDivisionError):
            (jobs.plan_now if step == "plan" else jobs.apply_now)(record.pk)
    record.refresh_from_db()
    assert (record.state, record.stage, record.finished_at is None) == ("broken", "", False)
    shown = imports.text(f"{HOME}{record.pk}/")
    assert "It broke off. Nothing was changed." in shown
    assert UNFORESEEN in shown
    assert "nobody" in caplog.text
    assert not ResourcePage.objects.exists()
    imports.post(f"{HOME}{record.pk}/again/")
    jobs.plan_now(record.pk)
    assert "Applied. 1 added" in imports.press(record, "apply")


def test_an_undo_that_nobody_foresaw_to_break_off_says_so_and_the_import_stays_applied(
    imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = imports.upload(lesson("Paint"))
    imports.press(record, "apply")
    with monkeypatch.context() as broken:
        broken.setattr("importers.resources.jobs.undo_import", stumble)
        with pytest.raises(ZeroDivisionError):
            imports.press(record, "undo")
    shown = imports.text(f"{HOME}{record.pk}/")
    assert "Applied. 1 added" in shown
    assert f"Not undone. {UNFORESEEN}" in shown
    assert "has been undone" in imports.press(record, "undo")


def test_a_form_without_a_source_says_so(client: Client, district: District) -> None:
    answer = client.post(f"{HOME}import/", {"district": district.pk})
    assert "Choose a file, or give an address" in answer.content.decode()


def test_who_looks_after_several_districts_says_into_which(client: Client, district: District) -> None:
    def chosen(client: Client) -> str:
        form = Page.open(client, f"{HOME}import/")
        return " ".join(form.html.xpath("string(//select[@name='district']/option[@selected])").split())

    assert chosen(client) == district.name
    DistrictFactory(name="An earlier one")
    state = member(Role.STATE_ADMIN, StateFactory())
    sync_all()
    visitor = Client()
    visitor.force_login(state)
    assert chosen(visitor) == "Choose a district"
    answer = visitor.post(f"{HOME}import/", {"url": "https://x.example/a.json", "district": ""})
    assert "This field is required." in answer.content.decode()
    assert not ResourceImport.objects.exists()


def test_only_administrators_come_in_and_only_to_their_own_district(
    imports: Imports, district: District
) -> None:
    record = imports.upload(lesson("Paint"))
    other = DistrictFactory()
    district_page(other)
    stranger, coordinator = member(Role.DISTRICT_ADMIN, other), member(Role.COORDINATOR, district)
    state = member(Role.STATE_ADMIN, StateFactory())
    sync_all()
    for user, home, one in ((stranger, 200, 404), (coordinator, 302, 302), (state, 200, 200)):
        visitor = Client()
        visitor.force_login(user)
        assert visitor.get(HOME).status_code == home
        assert visitor.get(f"{HOME}{record.pk}/").status_code == one
        assert ("lessons.json" in visitor.get(HOME).content.decode()) == (user is state)
    visitor = Client()
    visitor.force_login(stranger)
    assert visitor.post(f"{HOME}{record.pk}/apply/").status_code == 404
    answer = visitor.post(f"{HOME}import/", {"url": "https://x.example/a.json", "district": district.pk})
    assert answer.status_code == 200  # the district is none of the stranger's choices
    assert ResourceImport.objects.count() == 1


def test_the_history_asks_as_often_for_twenty_imports_as_for_one(client: Client, district: District) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(HOME)
        return len(found)

    import_resources(json.dumps([lesson("Paint")]).encode(), district=district)
    client.get(HOME)
    once = queries()
    for number in range(20):
        import_resources(json.dumps([lesson(f"Paint {number}")]).encode(), district=district)
    assert queries() == once
