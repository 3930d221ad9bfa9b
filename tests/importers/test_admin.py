"""Importing in the Wagtail admin: what people see, and what happens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.urls import reverse
from django.utils import timezone

from importers import jobs, plan_json
from importers.models import FrameworkImport
from importers.plan import Entry, Plan
from importers.progress import planning
from importers.records import STALLED_AFTER
from importers.services import import_framework
from people.models import User
from standards.models import Framework, Item
from tests.factories import FrameworkFactory, resource
from tests.importers.asking import TREE, act, page, press, revised, upload
from tests.importers.packages import as_bytes, association, identifier_of, link, package
from tests.repository.pages import signed_in

pytestmark = pytest.mark.django_db


def test_a_framework_is_planned_read_and_applied(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, package(TREE), short_name="RATIO")
    text = page(client, record)
    assert "Nothing is written yet" in text
    assert not Framework.objects.exists()
    text = act(client, callbacks, record, "apply")
    assert "Applied. 23 added." in text
    framework = Framework.objects.get()
    assert (framework.short_name, framework.owner) == ("RATIO", None)
    assert record.user == state_admin


def test_a_plan_marks_words_and_counts_resources(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    import_framework(as_bytes(package(TREE)))
    resource(alignments=[{"item": Item.objects.get(identifier=identifier_of("A.2"))}])
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, revised())
    text = " ".join(page(client, record).split())
    assert '<ins><span class="w-sr-only">added: </span>now </ins>' in text
    assert "What A.2 says." in text
    assert "A new statement." in text
    assert (record.counts["retired"], record.counts["resources"]) == (1, 1)
    assert f'<a href="/search/?standard={identifier_of("A.2")}">1</a>' in text


def test_retiring_many_asks_for_a_tick(state_admin: User, django_capture_on_commit_callbacks: Any) -> None:
    import_framework(as_bytes(package(TREE)))
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, package({"A": None}))
    assert "22 of 23 statements are not in this file" in page(client, record)
    assert "Tick the box first" in act(client, callbacks, record, "apply")
    assert not Item.objects.filter(withdrawn=True).exists()
    assert "22 retired" in act(client, callbacks, record, "apply", allow_retire="on")
    assert Item.objects.filter(withdrawn=True).count() == 22


def test_a_bad_file_is_refused_with_its_reason(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in(state_admin)
    record = upload(client, django_capture_on_commit_callbacks, b"<!doctype html><html>Sign in</html>")
    text = page(client, record)
    assert "Nothing was changed." in text
    assert "This is a web page (HTML), not a framework." in text
    assert 'href="/admin/standards/import/">Choose another file</a>' in text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2021-03-04T05:06:07+00:00", "March 4, 2021"),
        ("2021-02-31", "2021-02-31"),
        ("Spring 2021", "Spring 2021"),
        ("", "–"),
    ],
)
def test_the_day_of_the_last_change_is_written_as_people_write_it(
    state_admin: User, given: str, shown: str
) -> None:
    framework = FrameworkFactory(last_change_date_time=given)
    html: Any = lxml.html.fromstring(
        signed_in(state_admin).get(reverse("standards_admin:framework", args=[framework.pk])).content
    )
    (said,) = html.xpath("//dt[. = 'Last changed at the source']/following-sibling::dd[1]")
    assert said.text_content().strip() == shown


def test_a_plan_that_no_longer_holds_is_shown_anew(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    import_framework(as_bytes(package(TREE)))
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, revised())
    between = package(TREE)
    between["CFItems"][0]["fullStatement"] = "Somebody was faster."
    import_framework(as_bytes(between))
    text = act(client, callbacks, record, "apply")
    assert "has changed since this was planned" in text
    assert record.counts["changed"] == 2
    assert "Applied." in act(client, callbacks, record, "apply")


def test_two_plans_that_differ_where_they_are_not_shown_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that is applied must be the one that was seen, with all that stood below the end of a long list."""
    monkeypatch.setattr(plan_json, "MAX_ENTRIES", 1)

    def kept(last: str) -> dict[str, Any]:
        added = (Entry("A", "1.A", "Count"), Entry("B", "1.B", last))
        return plan_json.full(Plan("x", "Mathematics", "CASE 1.0", is_new=True, added=added))

    assert kept("Measure")["added"] == kept("Estimate")["added"]
    assert kept("Measure") == kept("Measure") != kept("Estimate")


def test_an_unchanged_file_and_a_discarded_plan_write_nothing(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    import_framework(as_bytes(package(TREE)))
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, package(TREE))
    assert "There is nothing to change." in page(client, record)
    record = upload(client, callbacks, revised())
    act(client, callbacks, record, "discard")
    assert record.state == FrameworkImport.State.DISCARDED
    assert not bytes(record.payload)
    assert not Item.objects.filter(withdrawn=True).exists()


def test_a_form_without_a_source_or_with_two_says_so(state_admin: User) -> None:
    answer = signed_in(state_admin).post("/admin/standards/import/", {})
    assert "Choose a file, or give an address" in answer.content.decode()


def test_an_import_whose_worker_died_can_be_started_again(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, package(TREE))
    long_ago = timezone.now() - STALLED_AFTER * 2
    FrameworkImport.objects.filter(pk=record.pk).update(state="waiting", updated_at=long_ago)
    assert "or it is busy with something else, and this comes next" in page(client, record)
    # Once a worker has taken it up, a lock tells at once whether one works on it still.
    FrameworkImport.objects.filter(pk=record.pk).update(state="reading", updated_at=long_ago)
    assert "It broke off. Nothing was changed." in page(client, record)
    with callbacks(execute=True):
        client.post(f"/admin/standards/imports/{record.pk}/again/")
    jobs.plan_now(record.pk)
    FrameworkImport.objects.filter(pk=record.pk).update(state="applying")
    assert "It broke off. Nothing was changed." in page(client, record)
    with callbacks(execute=True):
        client.post(f"/admin/standards/imports/{record.pk}/again/")
    jobs.plan_now(record.pk)
    assert "Nothing is written yet" in page(client, record)


@pytest.mark.parametrize(
    ("state", "step", "where"),
    [("waiting", jobs.plan_now, "prepare"), ("queued", jobs.apply_now, "write")],
    ids=["plan", "apply"],
)
def test_what_nobody_foresaw_ends_an_import_with_a_sentence(
    state_admin: User,
    django_capture_on_commit_callbacks: Any,
    state: str,
    step: Callable[[int], None],
    where: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stumble(*args: Any) -> None:
        raise ZeroDivisionError("nobody foresaw this")

    client = signed_in(state_admin)
    record = upload(client, django_capture_on_commit_callbacks, package(TREE))
    FrameworkImport.objects.filter(pk=record.pk).update(state=state)
    monkeypatch.setattr(f"importers.jobs.{where}", stumble)
    with pytest.raises(ZeroDivisionError):
        step(record.pk)
    shown = page(client, record)
    assert "It broke off. Nothing was changed." in shown
    assert "Something unforeseen stopped it: ZeroDivisionError, nobody foresaw this." in shown
    assert not Item.objects.exists()


def test_a_running_import_shows_its_progress_without_javascript(state_admin: User) -> None:
    record = FrameworkImport.objects.create(
        source="ratios.json",
        state="reading",
        stage="Reading the source",
        done=1,
        total=4,
        user=state_admin,
    )
    with planning(record):
        text = page(signed_in(state_admin), record)
    assert "Reading the source" in text
    assert '<progress max="100" value="25"' in text
    assert '<a href="">See how far it is</a>' in text


def test_an_import_is_undone_after_its_plan_was_read_and_the_undo_is_taken_back(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    import_framework(as_bytes(package(TREE)))
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, revised())
    act(client, callbacks, record, "apply")
    assert "Undo this import" in page(client, record)
    undo = press(client, callbacks, record, "undo")
    text = " ".join(page(client, undo).split())
    assert "Nothing is undone yet" in text
    assert "Removed: the undone import had added them" in text
    assert Item.objects.filter(identifier=identifier_of("C")).exists()
    assert "Undone." in act(client, callbacks, undo, "apply")
    assert not Item.objects.filter(identifier=identifier_of("C")).exists()
    assert "has been undone" in page(client, record)
    redo = press(client, callbacks, undo, "undo")
    act(client, callbacks, redo, "apply")
    assert Item.objects.filter(identifier=identifier_of("C")).exists()
    assert "Applied." in page(client, record)


def test_taking_an_undo_back_speaks_of_no_file(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    import_framework(as_bytes(package(TREE)))
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, package({"A": None}))
    act(client, callbacks, record, "apply", allow_retire="on")
    undo = press(client, callbacks, record, "undo")
    act(client, callbacks, undo, "apply")
    redo = press(client, callbacks, undo, "undo")
    text = page(client, redo)
    assert "22 of 23 statements would be retired." in text
    assert "The file is whole" not in text
    assert "Undone." in act(client, callbacks, redo, "apply", allow_retire="on")


def test_the_file_of_an_undone_first_import_can_be_imported_again(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, package(TREE))
    act(client, callbacks, record, "apply")
    undo = press(client, callbacks, record, "undo")
    assert "The framework itself is removed" in page(client, undo)
    act(client, callbacks, undo, "apply")
    assert not Framework.objects.exists()
    # Who has the page still open on which it was planned.
    assert "has been undone" in act(client, callbacks, record, "discard")
    again = press(client, callbacks, record, "repeat")
    assert "Applied. 23 added." in act(client, callbacks, again, "apply")


def test_what_stands_in_the_way_of_an_undo_is_said(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, package(TREE))
    act(client, callbacks, record, "apply")
    import_framework(as_bytes(revised()))
    undo = press(client, callbacks, record, "undo")
    text = page(client, undo)
    assert "Not undone. Nothing was changed." in text
    assert "because a later one builds on it" in text


def test_lists_tell_an_undo_from_an_import_and_the_longer_list_is_one_link_away(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, package(TREE))
    act(client, callbacks, record, "apply")
    framework = Framework.objects.get()
    undo = press(client, callbacks, record, "undo")
    for address in ("/admin/standards/imports/", f"/admin/standards/{framework.pk}/"):
        html: Any = lxml.html.fromstring(client.get(address).content)
        states = [" ".join(row.text_content().split()) for row in html.xpath("//table//tbody/tr")]
        assert any("Undo: ready" in row for row in states), states
        assert any("Applied" in row for row in states), states
        assert "All imports of this framework" not in html.text_content()
    act(client, callbacks, undo, "discard")
    FrameworkImport.objects.bulk_create(
        FrameworkImport(framework=framework, source="again.json", state="unchanged") for _ in range(9)
    )
    page_of_framework = client.get(f"/admin/standards/{framework.pk}/").content.decode()
    longer = f"/admin/standards/imports/?framework={framework.short_name}"
    assert f'href="{longer}"' in page_of_framework
    html = lxml.html.fromstring(client.get(longer).content)
    assert " ".join(html.xpath("string(//h1)").split()) == f"Imports: {framework.title}"


def test_what_was_discarded_or_refused_is_no_last_import(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    act(client, callbacks, upload(client, callbacks, package(TREE)), "apply")
    long_ago = timezone.now() - timedelta(days=800)
    FrameworkImport.objects.update(finished_at=long_ago)
    act(client, callbacks, upload(client, callbacks, revised()), "discard")
    html: Any = lxml.html.fromstring(client.get("/admin/standards/").content)
    assert "2 years ago" in " ".join(html.text_content().split())


def test_where_only_links_or_details_change_that_is_said(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    """It was “No statement changes”, and no word more."""
    raw = package(TREE, title="Ratios")
    import_framework(as_bytes(raw))
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    raw["CFDocument"]["title"] = "Ratios and rates"
    raw["CFAssociations"].append(association(identifier_of("A.1"), "isRelatedTo", identifier_of("B.1")))
    raw["CFDefinitions"] = {
        "CFSubjects": [{**link(identifier_of("maths"), "Mathematics"), "hierarchyCode": "1"}]
    }
    record = upload(client, callbacks, raw)
    shown = " ".join(page(client, record).split())
    assert "Associations: 1 added, 0 changed, 0 removed." in shown
    assert "Definitions, as of types and subjects: 1 added, 0 changed, 0 removed." in shown
    changed = "Associations: 1 added; definitions: 1 added; the framework’s own details: 1 changed"
    assert f"Applied. {changed}." in act(client, callbacks, record, "apply")
    assert changed in client.get("/admin/standards/imports/").text
