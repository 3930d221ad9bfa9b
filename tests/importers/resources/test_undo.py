"""Undoing an import of resources: what was added goes, what was changed is as before, and work done here stays."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from taggit.models import Tag
from wagtail.models import Page

from importers.models import WaitingAlignment
from importers.problems import ImportRefused
from importers.resources.services import Report, import_resources
from importers.resources.undo import undo_import
from people.models import District, Role
from repository.curation import merge_tag
from repository.models import ResourcePage
from repository.permissions import sync_all
from repository.services.review import approve, submit, unpublish
from search.kept import PromotedResource, Promotion
from tests.factories import DistrictFactory, member, topic
from tests.importers.resources.loading import aligned, edit, lesson, load, numbers, page

pytestmark = pytest.mark.django_db


def test_undo_removes_what_was_added(district: District) -> None:
    load(district, lesson("Ink"))
    record = load(district, lesson("Paint"), lesson("Glue")).record
    assert record is not None
    undone = undo_import(record)
    assert (undone.removed, undone.restored, undone.kept) == (2, 0, ())
    assert [one.title for one in ResourcePage.objects.all()] == ["Ink"]
    assert Page.find_problems() == ([], [], [], [], [])
    assert numbers(load(district, lesson("Paint"))) == {"added": 1}
    with pytest.raises(ImportRefused, match="undone before"):
        undo_import(record)


def test_an_import_that_changed_nothing_cannot_be_undone_and_says_so(district: District) -> None:
    load(district, lesson("Ink"))
    record = load(district, lesson("Ink")).record
    assert record is not None
    with pytest.raises(ImportRefused, match="nothing to undo"):
        undo_import(record)


def test_undo_restores_what_was_changed(district: District, ratios: dict[str, int]) -> None:
    load(district, aligned("Paint", {"targetName": "M.6.RP.1"}, {"targetName": "ZZ.1"}))
    before = page("Paint")
    changed = aligned("Paint", {"targetName": "M.6.RP.2"}, {"targetName": "ZZ.2"}) | {
        "educationalLevel": "Grade 9",
        "learningResourceType": "quiz",
    }
    record = load(district, changed).record
    assert record is not None
    assert page("Paint").kind.slug == "assessment"
    assert undo_import(record).restored == 1
    after = page("Paint")
    assert (after.grades, after.kind, after.title) == (["06"], before.kind, "Paint")
    assert [row.item_id for row in after.alignments.all()] == [ratios["M.6.RP.1"]]
    assert [one.target_name for one in WaitingAlignment.objects.all()] == ["ZZ.1"]
    assert load(district, aligned("Paint", {"targetName": "M.6.RP.1"}, {"targetName": "ZZ.1"})).plan.is_empty


def test_undo_forgets_what_a_later_file_called_a_resource_and_that_it_was_in_it(
    district: District, tmp_path: Path
) -> None:
    def bring(name: str, *lessons: dict[str, Any]) -> Report:
        (tmp_path / name).write_text(json.dumps(lessons))
        return import_resources(tmp_path / name, district=district)

    first = bring("autumn.json", lesson("Paint")).record
    second = bring(
        "spring.json",
        lesson("Paint", educationalLevel="Grade 9", identifier=["https://lessons.example/paint", "P-7"]),
    ).record
    assert first is not None
    assert second is not None
    undo_import(second)
    # Another lesson may have the identifier, and it is the first file again that Paint would be gone from.
    assert numbers(bring("winter.json", lesson("Glue", identifier="P-7"))) == {"added": 1}
    assert numbers(bring("spring.json", lesson("Ink"))) == {"added": 1}
    assert numbers(bring("autumn.json", lesson("Chalk"))) == {"added": 1, "gone": 1}
    assert undo_import(first).kept == ()
    assert {one.title for one in ResourcePage.objects.all()} == {"Glue", "Ink", "Chalk"}


def test_undo_says_what_stands_in_the_way_and_does_the_rest(district: District) -> None:
    record = load(district, lesson("Paint"), lesson("Glue"), lesson("Ink")).record
    assert record is not None
    edit("Paint", summary="Ours")
    later = load(district, lesson("Glue", educationalLevel="Grade 9")).record
    assert later is not None
    tried = undo_import(record, dry_run=True)
    assert ResourcePage.objects.count() == 3
    undone = undo_import(record)
    assert tried == undone
    assert undone.removed == 1
    assert {one.title: one.why for one in undone.kept} == {
        "Paint": "was edited here",
        "Glue": f"was changed by import {later.pk}: undo that first",
    }
    record.refresh_from_db()
    assert "“Paint” was edited here, and 1 more." in record.message
    undo_import(later)
    assert {one.title for one in undo_import(record).kept} == {"Paint"}
    assert [one.title for one in ResourcePage.objects.all()] == ["Paint"]


def test_undo_is_for_administrators_of_the_district_whoever_asks(district: District) -> None:
    record = load(district, lesson("Paint")).record
    assert record is not None
    for person in (member(Role.COORDINATOR, district), member(Role.DISTRICT_ADMIN, DistrictFactory())):
        with pytest.raises(ImportRefused, match="Only administrators of Juniper Valley may undo it"):
            undo_import(record, user=person)
    assert undo_import(record, user=member(Role.DISTRICT_ADMIN, district)).removed == 1


def test_undo_forgets_what_was_added_and_deleted_here(district: District) -> None:
    record = load(district, lesson("Paint"), lesson("Glue")).record
    assert record is not None
    page("Paint").delete()
    assert undo_import(record).kept == ()
    assert numbers(load(district, lesson("Paint"))) == {"added": 1}


def test_what_was_changed_and_deleted_here_stands_in_no_undos_way_and_stays_away(district: District) -> None:
    first = load(district, lesson("Paint"), lesson("Glue")).record
    changed = [lesson(title, educationalLevel="Grade 9") for title in ("Paint", "Glue")]
    record = load(district, *changed).record
    assert record is not None
    page("Paint").delete()
    assert undo_import(record).kept == ()
    assert page("Glue").grades == ["06"]
    assert not ResourcePage.objects.filter(title="Paint").exists()
    assert first is not None
    assert undo_import(first).kept == ()


def test_undo_again_names_only_what_still_stands_in_the_way(district: District) -> None:
    load(district, lesson("Paint"), lesson("Glue"))
    changed = [lesson(title, educationalLevel="Grade 9") for title in ("Paint", "Glue")]
    record = load(district, *changed).record
    assert record is not None
    edit("Paint", summary="Ours")
    for restored in (1, 0):
        undone = undo_import(record)
        assert undone.restored == restored
        assert [one.title for one in undone.kept] == ["Paint"]
    assert page("Glue").grades == ["06"]


def test_undo_keeps_what_coordinators_picked_for_a_search(district: District) -> None:
    record = load(district, lesson("Paint"), lesson("Glue")).record
    assert record is not None
    promotion = Promotion(phrases="color")
    promotion.resources.add(PromotedResource(resource=page("Paint")))
    promotion.save()
    call_command(
        "rebuild_references_index", verbosity=0, skip_checks=False
    )  # they load the admin, as on the command line
    undone = undo_import(record)
    assert [(one.title, one.why) for one in undone.kept] == [("Paint", "is used by something else")]
    assert [one.title for one in ResourcePage.objects.all()] == ["Paint"]


def test_undo_brings_a_record_back_whatever_was_done_to_the_page_that_it_left_alone(
    district: District,
) -> None:
    """A change that no field shows is kept with the record; the page is nobody's but the editor's."""
    load(district, {**lesson("Paint"), "version": "1"})
    edit("Paint", summary="Ours")
    record = load(district, {**lesson("Paint"), "version": "2"}).record
    assert record is not None
    undone = undo_import(record)
    assert (undone.restored, undone.kept) == (1, ())
    assert page("Paint").get_latest_revision_as_object().summary == "Ours"
    assert numbers(load(district, {**lesson("Paint"), "version": "1"})) == {"unchanged": 1}


@pytest.mark.parametrize("change", ["added", "changed"])
def test_undo_removes_or_restores_what_was_published_again_as_it_was(district: District, change: str) -> None:
    if change == "changed":
        load(district, lesson("Paint"))
    record = load(district, lesson("Paint", educationalLevel="Grade 9")).record
    assert record is not None
    page("Paint").save_revision().publish()
    tried = undo_import(record, dry_run=True)
    assert undo_import(record) == tried
    assert tried.kept == ()
    assert [one.grades for one in ResourcePage.objects.all()] == [["06"]] * (change == "changed")


@pytest.mark.parametrize("merged", ["before the import", "after it"])
def test_undo_brings_no_tag_back_that_was_merged_into_a_topic(district: District, merged: str) -> None:
    load(district, lesson("Paint", keywords=["Mixing", "Color"]), lesson("Glue", keywords=["Mixing"]))

    def merge() -> None:
        merge_tag(tag=Tag.objects.get(name="Mixing"), topic=topic("Ratio"))

    if merged == "before the import":
        merge()
    record = load(district, lesson("Paint", keywords=["Water"])).record
    assert record is not None
    if merged == "after it":
        merge()
    undo_import(record)
    assert list(page("Paint").tags.names()) == ["Color"]
    assert not Tag.objects.filter(name="Mixing").exists()
    assert [one.name for one in page("Paint").topics.all()] == ["Ratio"] * (merged == "before the import")


@pytest.mark.parametrize("change", ["added", "changed"])
def test_undo_keeps_what_reviewers_approved_as_it_came(district: District, change: str) -> None:
    """Taken off the site, sent to review and published again: the revision is still the import's."""
    coordinator, reviewer = member(Role.COORDINATOR, district), member(Role.REVIEWER, district)
    sync_all()
    if change == "changed":
        load(district, lesson("Paint"))
    record = load(district, lesson("Paint", teaches="Mix paint by ratio"), lesson("Glue")).record
    assert record is not None
    came = page("Paint").latest_revision_id
    unpublish(identifier=page("Paint").identifier, user=coordinator)
    submit(identifier=page("Paint").identifier, user=coordinator)
    approve(identifier=page("Paint").identifier, user=reviewer, revision_id=came)
    assert page("Paint").live
    assert page("Paint").live_revision_id == came
    assert undo_import(record, dry_run=True) == (undone := undo_import(record))
    assert [(one.title, one.why) for one in undone.kept] == [("Paint", "was approved by reviewers here")]
    assert page("Paint").body
    assert page("Paint").live
