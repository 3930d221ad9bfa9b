"""A page that reviewers approved here stays as it is, the plan says so, and the importer may say otherwise."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from importers.models import ResourceImport
from importers.problems import ImportRefused
from importers.resources import apply as writing
from importers.resources import jobs
from people.models import District, Role
from repository.permissions import sync_all
from repository.services.bulk import update_resources
from repository.services.review import approve, submit, unpublish
from tests.factories import member
from tests.importers.resources.loading import edit, lesson, load, numbers, page

pytestmark = pytest.mark.django_db
HOME = "/admin/resource-imports/"
PAINT = lesson("Paint", teaches="Mix paint by ratio")  # a review asks for what students will do
BETTER = {**PAINT, "description": "Mix better."}


def review(title: str) -> None:
    """Taken off the site, sent to review as it came, and approved: the revision is still the import's."""
    one = page(title)
    coordinator, reviewer = member(Role.COORDINATOR, one.district), member(Role.REVIEWER, one.district)
    sync_all()
    unpublish(identifier=one.identifier, user=coordinator)
    submit(identifier=one.identifier, user=coordinator)
    approve(identifier=one.identifier, user=reviewer, revision_id=one.latest_revision_id)


def reviewed(district: District) -> None:
    load(district, PAINT, lesson("Glue"))
    review("Paint")


def test_what_reviewers_approved_stays_and_the_plan_says_why(district: District) -> None:
    reviewed(district)
    report = load(district, BETTER, lesson("Glue", description="Stick better."))
    assert numbers(report) == {"changed": 1, "conflicts": 1, "reviewed": 1}
    (kept,) = report.plan.conflicts
    assert (kept.title, kept.known and kept.known.stands_in_the_way) == (
        "Paint",
        "was approved by reviewers here",
    )
    assert (page("Paint").summary, page("Glue").summary) == ("About Paint.", "Stick better.")
    # And each time until somebody decides.
    assert numbers(load(district, BETTER)) == {"conflicts": 1, "reviewed": 1}


def test_the_importer_may_replace_what_was_reviewed_and_the_card_no_longer_says_reviewed(
    district: District,
) -> None:
    reviewed(district)
    report = load(district, BETTER, replace_reviewed=True)
    assert numbers(report) == {"changed": 1}
    assert page("Paint").summary == "Mix better."
    assert report.record is not None
    assert report.record.plan["changed"][0]["why"] == "was approved by reviewers here"
    assert numbers(load(district, BETTER)) == {"unchanged": 1}


def publish_in_the_admin(**changes: str) -> None:
    """As Wagtail's editor does: it saves a revision whether or not anything was changed."""
    one = page("Paint")
    for name, value in changes.items():
        setattr(one, name, value)
    one.save_revision().publish()


def test_what_was_edited_here_stays_whatever_the_importer_says_of_reviews(district: District) -> None:
    load(district, PAINT)
    publish_in_the_admin(summary="Ours")
    assert numbers(load(district, BETTER, replace_reviewed=True)) == {"conflicts": 1}


def test_a_page_that_was_published_again_as_it_is_was_not_edited(district: District) -> None:
    load(district, {**PAINT, "keywords": ["color"]})
    publish_in_the_admin()
    assert numbers(load(district, {**BETTER, "keywords": ["color"]})) == {"changed": 1}
    assert page("Paint").summary == "Mix better."


def test_what_reviewers_approved_as_it_had_come_was_not_edited_though_the_admin_saved_it_anew(
    district: District,
) -> None:
    load(district, PAINT)
    page("Paint").save_revision()
    one = page("Paint")
    coordinator, reviewer = member(Role.COORDINATOR, district), member(Role.REVIEWER, district)
    sync_all()
    submit(identifier=one.identifier, user=coordinator)
    approve(identifier=one.identifier, user=reviewer, revision_id=one.latest_revision_id)
    plan = load(district, BETTER).plan
    assert [item.known.stands_in_the_way for item in plan.conflicts if item.known] == [
        "was approved by reviewers here"
    ]
    assert numbers(load(district, BETTER, replace_reviewed=True)) == {"changed": 1}
    assert numbers(load(district, BETTER)) == {"unchanged": 1}


def test_what_was_edited_and_then_approved_is_told_as_both(district: District) -> None:
    load(district, PAINT)
    edit("Paint", summary="Ours")
    review("Paint")
    (kept,) = load(district, BETTER, replace_reviewed=True).plan.conflicts
    assert kept.known is not None
    assert kept.known.stands_in_the_way == "was edited here, and approved by reviewers"


def test_a_change_that_no_reader_sees_is_kept_beside_a_reviewed_page(district: District) -> None:
    reviewed(district)
    came = page("Paint").live_revision_id
    assert numbers(load(district, {**PAINT, "version": "2"})) == {"changed": 1}
    assert page("Paint").live_revision_id == came


@pytest.mark.parametrize("ends", ["approved", "in review"])
def test_a_review_that_comes_while_the_import_runs_ends_it(
    district: District, ends: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(district, PAINT)
    write = update_resources

    def meanwhile(**given: Any) -> Any:
        if ends == "approved":
            review("Paint")
        else:
            monkeypatch.setattr(writing, "pages_in_review", set)
        return write(**given)

    monkeypatch.setattr(writing, "update_resources", meanwhile)
    with pytest.raises(
        ImportRefused, match="“Paint” was changed here while this ran, so nothing was written"
    ):
        load(district, BETTER)
    assert page("Paint").summary == "About Paint."


def test_the_command_says_what_is_kept_and_how_to_replace_it(district: District, tmp_path: Path) -> None:
    reviewed(district)
    file = tmp_path / "lessons.json"
    file.write_text(json.dumps([BETTER]))

    def run(*options: str) -> str:
        out = StringIO()
        call_command("import_resources", str(file), *options, verbosity=0, stdout=out)
        return out.getvalue()

    said = run()
    assert "kept, because it was approved by reviewers here: Paint" in said
    assert "replaced only by --replace-reviewed" in said
    said = run("--replace-reviewed")
    assert "changed, though it was approved by reviewers here: Paint" in said
    assert page("Paint").summary == "Mix better."


# -- in the admin


@pytest.fixture
def client(district: District) -> Client:
    client = Client()
    user = member(Role.DISTRICT_ADMIN, district)
    sync_all()
    client.force_login(user)
    return client


def planned(client: Client, district: District) -> ResourceImport:
    user = member(Role.DISTRICT_ADMIN, district)
    record = jobs.start(user=user, district=district, data=json.dumps([BETTER]).encode(), name="lessons.json")
    jobs.plan_now(record.pk)
    record.refresh_from_db()
    return record


def press(client: Client, record: ResourceImport, action: str) -> str:
    """Presses a button, lets the worker work, and returns the page that follows."""
    answer = client.post(f"{HOME}{record.pk}/{action}/")
    assert answer.status_code == 302
    jobs.plan_now(record.pk)
    jobs.apply_now(record.pk)
    record.refresh_from_db()
    return shown(client, answer["Location"])


def shown(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_in_the_admin_the_plan_offers_to_replace_what_was_reviewed_and_to_keep_it_after_all(
    client: Client, district: District
) -> None:
    reviewed(district)
    record = planned(client, district)
    plan = shown(client, f"{HOME}{record.pk}/")
    assert "1 resource that the file changes was approved by reviewers here. It stays as it is." in plan
    assert "Nothing would be written" in plan
    assert f"{HOME}{record.pk}/apply/" not in plan
    again = press(client, record, "replace-reviewed")
    assert "What reviewers approved here would be replaced, too" in again
    assert "It was approved by reviewers here." in again
    assert page("Paint").summary == "About Paint."
    assert "stays as it is" in press(client, record, "keep-reviewed")
    press(client, record, "replace-reviewed")
    assert "Applied. 1 changed" in press(client, record, "apply")
    assert page("Paint").summary == "Mix better."


def test_an_approval_after_the_plan_has_it_looked_at_again(client: Client, district: District) -> None:
    load(district, PAINT)
    record = planned(client, district)
    review("Paint")
    assert "has changed since this was planned" in press(client, record, "apply")
    assert page("Paint").summary == "About Paint."


def test_an_import_that_changes_only_what_was_edited_here_does_not_say_that_all_is_stored(
    client: Client, district: District
) -> None:
    load(district, PAINT)
    publish_in_the_admin(summary="Ours")
    record = planned(client, district)
    assert record.state == "unchanged"
    assert "what the file changes was worked on here, and stays as it is" in shown(
        client, f"{HOME}{record.pk}/"
    )


def test_an_undone_import_is_imported_again_by_a_button(client: Client, district: District) -> None:
    load(district, PAINT)
    record = planned(client, district)
    press(client, record, "apply")
    client.post(f"{HOME}{record.pk}/undo/")
    jobs.undo_now(record.pk)
    assert page("Paint").summary == "About Paint."
    assert "Import the same file again" in shown(client, f"{HOME}{record.pk}/")
    answer = client.post(f"{HOME}{record.pk}/repeat/")
    again = ResourceImport.objects.latest("pk")
    assert answer["Location"] == f"{HOME}{again.pk}/"
    jobs.plan_now(again.pk)
    again.refresh_from_db()
    assert again.counts["changed"] == 1
    assert "Applied. 1 changed" in press(client, again, "apply")
