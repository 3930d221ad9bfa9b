"""Undoing an import of resources: what was added goes, what was changed is as before, and work done here stays."""

import pytest
from django.core.management import call_command
from wagtail.models import Page

from importers.models import WaitingAlignment
from importers.problems import ImportRefused
from importers.resources.undo import undo_import
from people.models import District, Role
from repository.models import ResourcePage
from repository.permissions import sync_all
from repository.services.review import approve, submit, unpublish
from search.kept import PromotedResource, Promotion
from tests.factories import member
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


def test_undo_restores_what_was_changed(district: District, ratios: dict[str, int]) -> None:
    load(district, aligned("Paint", {"targetName": "M.6.RP.1"}, {"targetName": "ZZ.1"}))
    before = page("Paint")
    changed = aligned("Paint", {"targetName": "M.6.RP.2"}) | {
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
    undo_import(later)
    assert {one.title for one in undo_import(record).kept} == {"Paint"}
    assert [one.title for one in ResourcePage.objects.all()] == ["Paint"]


def test_undo_keeps_what_coordinators_picked_for_a_search(district: District) -> None:
    record = load(district, lesson("Paint"), lesson("Glue")).record
    assert record is not None
    promotion = Promotion(phrases="color")
    promotion.resources.add(PromotedResource(resource=page("Paint")))
    promotion.save()
    call_command("rebuild_references_index", verbosity=0)
    undone = undo_import(record)
    assert [(one.title, one.why) for one in undone.kept] == [("Paint", "is used by something else")]
    assert [one.title for one in ResourcePage.objects.all()] == ["Paint"]


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
