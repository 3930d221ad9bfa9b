"""Alignments moved to other standards and back: live rows and drafts, and no draft text published by it."""

import json

import pytest
from wagtail.models import Revision

from repository.models import Alignment, ResourcePage
from repository.services import alignments, drafts
from tests.factories import (
    ItemFactory,
    LevelFactory,
    resource,
)
from tests.repository.conftest import save

pytestmark = pytest.mark.django_db


def test_realigning_changes_live_rows_and_the_latest_draft_and_publishes_no_draft_text(people):
    old, new = ItemFactory(), ItemFactory()
    page = resource(
        "Sharing a pizza",
        district=people.district,
        owner=people.teacher,
        alignments=[{"item": old, "relation": "teaches"}],
    )
    first = page.latest_revision_id
    page.save_revision(user=people.teacher).publish()
    save(page, people.teacher, "Sharing a cake")
    assert alignments.realign(replace={old.pk: [new.pk]}).page_ids == [page.pk]
    page = ResourcePage.objects.get(pk=page.pk)
    assert page.title == "Sharing a pizza"
    assert [row.item for row in page.alignments.all()] == [new]
    assert [row.item for row in page.get_latest_revision_as_object().alignments.all()] == [new]
    assert Revision.objects.get(pk=first).content["alignments"][0]["item"] == old.pk


def test_changes_that_are_discarded_after_realigning_do_not_bring_the_old_standard_back(people):
    old, new = ItemFactory(), ItemFactory()
    page = resource(district=people.district, owner=people.teacher, alignments=[{"item": old}])
    save(page, people.teacher, "Sharing a cake")
    alignments.realign(replace={old.pk: [new.pk]})
    drafts.discard_changes(identifier=page.identifier, user=people.teacher)
    page = ResourcePage.objects.get(pk=page.pk)
    assert [row.item for row in page.get_latest_revision_as_object().alignments.all()] == [new]


def facts(page):
    return sorted(
        (row.item_id, row.relation, row.level_id, row.note, row.status) for row in page.alignments.all()
    )


def test_a_standard_that_was_split_gives_way_to_its_parts_each_of_them_yet_to_be_confirmed(people):
    old, one, other, level = ItemFactory(), ItemFactory(), ItemFactory(), LevelFactory()
    page = resource(
        district=people.district,
        alignments=[{"item": old, "level": level, "note": "Only the first part.", "status": "confirmed"}],
    )
    save(page, people.coordinator, "Sharing a cake")
    alignments.realign(replace={old.pk: [one.pk, other.pk]})
    page = ResourcePage.objects.get(pk=page.pk)
    wanted = [(item.pk, "teaches", level.pk, "Only the first part.", "claimed") for item in (one, other)]
    assert facts(page) == sorted(wanted)
    draft = page.get_latest_revision_as_object()
    assert facts(draft) == sorted(wanted)
    assert {row.pk for row in draft.alignments.all()} == {row.pk for row in page.alignments.all()}


def test_a_move_is_put_back_with_what_was_confirmed_and_with_what_it_had_made_one(people):
    old, older, new, level = ItemFactory(), ItemFactory(), ItemFactory(), LevelFactory()
    page = resource(
        district=people.district,
        alignments=[
            {"item": old, "level": level, "note": "Step 2", "status": "confirmed"},
            {"item": old, "relation": "assesses"},
            {"item": new, "relation": "assesses"},
            {"item": older, "level": level},
        ],
    )
    save(page, people.coordinator, "Sharing a cake")
    before = facts(page)
    done = alignments.realign(replace={old.pk: [new.pk], older.pk: [new.pk]})
    page = ResourcePage.objects.get(pk=page.pk)
    assert facts(page) == [
        (new.pk, "assesses", None, "", "claimed"),
        (new.pk, "teaches", level.pk, "Step 2", "confirmed"),
    ]
    journal = json.loads(json.dumps(done.journal))
    kept = {
        page: {place: [alignments.Moved(*one) for one in some] for place, some in places.items()}
        for page, places in journal.items()
    }
    assert alignments.put_back(journal=kept, page_ids=done.page_ids) == [page.pk]
    page = ResourcePage.objects.get(pk=page.pk)
    assert facts(page) == before
    assert facts(page.get_latest_revision_as_object()) == before


def test_putting_back_leaves_what_a_teacher_has_taken_off_since_and_what_a_draft_had_of_its_own(people):
    old, new = ItemFactory(), ItemFactory()
    taken_off = resource("Pizza", district=people.district, alignments=[{"item": old}])
    of_its_own = resource("Cake", district=people.district, owner=people.teacher, alignments=[{"item": old}])

    def to_the_new(draft):
        draft.alignments.set([Alignment(item=new)])

    drafts.save_draft(identifier=of_its_own.identifier, user=people.teacher, change=to_the_new)
    done = alignments.realign(replace={old.pk: [new.pk]})
    taken_off = ResourcePage.objects.get(pk=taken_off.pk)
    taken_off.alignments.set([])
    taken_off.save_revision().publish()
    assert alignments.put_back(journal=done.journal, page_ids=done.page_ids) == [of_its_own.pk]
    assert not ResourcePage.objects.get(pk=taken_off.pk).alignments.exists()
    page = ResourcePage.objects.get(pk=of_its_own.pk)
    assert [row.item for row in page.alignments.all()] == [old]
    assert [row.item for row in page.get_latest_revision_as_object().alignments.all()] == [new]


def test_realigning_to_a_standard_that_is_there_already_leaves_one_alignment(people):
    old, new = ItemFactory(), ItemFactory()
    page = resource(
        district=people.district,
        alignments=[
            {"item": old, "relation": "teaches"},
            {"item": new, "relation": "teaches"},
            {"item": old, "relation": "assesses"},
        ],
    )
    alignments.realign(replace={old.pk: [new.pk]})
    page = ResourcePage.objects.get(pk=page.pk)
    assert sorted((row.item_id, row.relation) for row in page.alignments.all()) == [
        (new.pk, "assesses"),
        (new.pk, "teaches"),
    ]
    assert len(page.latest_revision.content["alignments"]) == 2
