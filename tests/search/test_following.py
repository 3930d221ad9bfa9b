"""Whatever is changed, by whatever way Wagtail or Django offers: search shows it."""

import copy
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page, Site, TaskState, Workflow, WorkflowTask
from wagtail.models.workflows import GroupApprovalTask

from importers.services import import_framework
from people.models import District, Organisation, Role, School, User
from repository.cards import card_of
from repository.models import Alignment, ResourcePage, Topic
from search import check
from search.models import OutboxEntry
from standards.codes import code_forms
from standards.models import Framework, Item
from standards.signals import items_changed
from tests.factories import (
    DistrictFactory,
    ItemFactory,
    district_page,
    member,
    resource,
    topic,
)
from tests.importers.packages import as_bytes, below, package
from tests.search.asking import card, search, titles

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
Follow = Callable[[], None]


def test_a_draft_is_not_found_until_it_is_published(follow: Follow) -> None:
    draft = resource("Half done", live=False)
    follow()
    assert titles() == []
    draft.get_latest_revision().publish()
    follow()
    assert titles() == ["Half done"]


def test_a_revision_is_found_by_its_new_words_once_published(lesson: ResourcePage, follow: Follow) -> None:
    lesson.title = "Mixing colors"
    revision = lesson.save_revision()
    follow()
    assert titles() == ["Mixing paint"]
    revision.publish()
    follow()
    assert titles() == ["Mixing colors"]
    assert titles("q=Mixing+paint") == ["Mixing colors"]  # still a tag
    assert titles("q=colors") == ["Mixing colors"]


def test_what_is_unpublished_is_gone_and_comes_back(lesson: ResourcePage, follow: Follow) -> None:
    lesson.unpublish()
    follow()
    assert titles() == []
    lesson.refresh_from_db()
    lesson.save_revision().publish()
    follow()
    assert titles() == ["Mixing paint"]


def test_what_is_deleted_is_gone(lesson: ResourcePage, follow: Follow) -> None:
    Page.objects.get(pk=lesson.pk).delete()
    follow()
    assert titles() == []


def test_resources_of_a_deleted_district_page_are_gone(lesson: ResourcePage, follow: Follow) -> None:
    district_page(lesson.district).delete()
    follow()
    assert titles() == []


def test_a_moved_resource_belongs_to_its_new_district_and_has_its_new_address(
    lesson: ResourcePage, follow: Follow
) -> None:
    harbor = DistrictFactory(name="Harbor Point", slug="harbor")
    target = district_page(harbor)
    lesson.move(target, pos="last-child")
    follow()
    assert titles("district=harbor") == ["Mixing paint"]
    assert search("district=juniper").total == 0
    moved = card()
    assert moved.district == "Harbor Point"
    assert moved.url.startswith("/harbor/")


def test_resources_below_a_page_with_a_new_address_have_new_addresses(
    lesson: ResourcePage, follow: Follow
) -> None:
    above = district_page(lesson.district)
    above.slug = "juniper-valley"
    above.save_revision().publish()
    follow()
    assert card().url.startswith("/juniper-valley/")


def test_saving_a_district_page_without_a_new_address_writes_nothing(lesson: ResourcePage) -> None:
    district_page(lesson.district).save()
    assert OutboxEntry.objects.count() == 0


def test_a_published_alignment_is_found_by_its_standard(lesson: ResourcePage, follow: Follow) -> None:
    other = ItemFactory(
        framework=Framework.objects.get(), human_coding_scheme="7.EE.1", code_forms=code_forms("7.EE.1")
    )
    lesson.alignments = [lesson.alignments.model(item=other, relation="assesses")]
    lesson.save_revision().publish()
    follow()
    assert titles("standard=MER-MATH:7.EE.1&relation=assesses") == ["Mixing paint"]
    assert titles("standard=MER-MATH:6.RP.1") == []


def test_an_alignment_changed_past_its_page_is_followed(lesson: ResourcePage, follow: Follow) -> None:
    alignment = Alignment.objects.get()
    alignment.relation = "assesses"
    alignment.save()
    follow()
    assert titles("relation=assesses") == ["Mixing paint"]
    alignment.delete()
    follow()
    assert titles("relation=assesses") == []


def test_renamed_topics_are_found_by_their_new_name(lesson: ResourcePage, follow: Follow) -> None:
    making = Topic.objects.get(name="Making")
    making.name = "Workshop"
    making.slug = "workshop"
    making.save()
    follow()
    assert titles("q=workshop") == ["Mixing paint"]
    assert titles("topic=workshop") == ["Mixing paint"]


def test_a_deleted_topic_is_no_longer_found(lesson: ResourcePage, follow: Follow) -> None:
    Topic.objects.get(name="Colors").delete()
    follow()
    assert titles("q=colors") == []
    assert titles() == ["Mixing paint"]


def test_a_topic_moved_below_another_takes_its_resources_along_and_those_that_make_room_stay(
    lesson: ResourcePage, follow: Follow, index: str
) -> None:
    """As a shell moves it: treebeard writes paths past `save()`."""
    arts, zoology = topic("Arts"), topic("Zoology")
    resource("Bees", topics=[zoology])
    follow()
    Topic.objects.get(name="Colors").move(arts, "sorted-child")
    follow()
    assert titles("topic=arts") == ["Mixing paint"]
    assert titles("topic=making") == []
    Topic.objects.get(name="Colors").move(Topic.get_first_root_node(), "sorted-sibling")
    zoology.refresh_from_db()
    assert zoology.path > Topic.objects.get(name="Colors").path
    assert {entry.page_id for entry in OutboxEntry.objects.all()} == {lesson.pk}
    follow()
    assert titles("topic=arts") == []
    assert titles("topic=colors") == ["Mixing paint"]
    assert check.compare(index).differences == ()


def test_topics_given_and_taken_past_the_page_are_followed(lesson: ResourcePage, follow: Follow) -> None:
    light = topic("Light")
    for take_away in (light.resources.clear, lambda: light.resources.remove(lesson)):
        light.resources.add(lesson)
        follow()
        assert titles("topic=light") == ["Mixing paint"]
        take_away()
        follow()
        assert titles("topic=light") == []


def test_a_rewritten_standard_is_found_by_its_new_words_and_code(
    lesson: ResourcePage, follow: Follow
) -> None:
    item = Item.objects.get(human_coding_scheme="6.RP.1")
    item.full_statement = "Explain proportions"
    item.human_coding_scheme = "6.P.9"
    item.code_forms = code_forms("6.P.9")
    item.save()
    follow()
    assert titles("q=proportion") == ["Mixing paint"]
    assert titles("q=6p9") == ["Mixing paint"]
    assert card().standards[0].code == "6.P.9"


def test_what_stands_above_a_standard_counts_too(lesson: ResourcePage, follow: Follow) -> None:
    """An importer writes past `save()` and tells which statements changed."""
    domain = Item.objects.get(human_coding_scheme="6.RP")
    Item.objects.filter(pk=domain.pk).update(full_statement="Fair shares")
    items_changed.send(sender=Framework, item_ids=[domain.pk])
    follow()
    assert titles("q=fair+shares") == ["Mixing paint"]


def test_a_second_parent_that_an_import_brings_finds_what_is_below_and_goes_with_the_next_one(
    lesson: ResourcePage, follow: Follow, index: str
) -> None:
    raw = package({"A": None, "A.1": "A", "A.1.a": "A.1", "B": None}, title="Ratios and more")
    framework = import_framework(as_bytes(raw), short_name="RATIOS").framework
    assert framework is not None
    deep = Item.objects.get(human_coding_scheme="A.1.a")
    resource("Ratio walk", district=lesson.district, alignments=[{"item": deep, "relation": "teaches"}])
    follow()
    assert titles("standard=RATIOS:B") == []
    twice = copy.deepcopy(raw)
    twice["CFAssociations"].append(below("A.1", "B"))
    import_framework(as_bytes(twice))
    follow()
    assert titles("standard=RATIOS:B") == ["Ratio walk"]
    assert check.compare(index).differences == ()
    import_framework(as_bytes(raw))
    follow()
    assert titles("standard=RATIOS:B") == []
    assert check.compare(index).differences == ()


def test_a_framework_with_a_new_short_name_is_found_by_it(lesson: ResourcePage, follow: Follow) -> None:
    framework = Framework.objects.get()
    framework.short_name = "MATH-2"
    framework.save()
    follow()
    assert titles("standard=MATH-2") == ["Mixing paint"]


@pytest.mark.parametrize("name", ["kind", "subject", "modality"])
def test_renamed_vocabularies_are_found_by_their_new_name(
    lesson: ResourcePage, follow: Follow, name: str
) -> None:
    value = {"kind": lesson.kind, "subject": lesson.subjects.get(), "modality": lesson.modalities.get()}[name]
    value.label, value.slug = "Zebra", "zebra"
    value.save()
    follow()
    assert titles("q=zebra") == ["Mixing paint"]
    assert titles(f"{name}=zebra") == ["Mixing paint"]


@pytest.mark.parametrize("name", ["subject", "modality"])
def test_a_deleted_value_leaves_the_resources_that_had_it(
    lesson: ResourcePage, follow: Follow, index: str, name: str
) -> None:
    """Facets leave out what is in no vocabulary, in the index or not: so the index itself is compared."""
    {"subject": lesson.subjects, "modality": lesson.modalities}[name].get().delete()
    follow()
    assert search().facet(name).buckets == ()
    assert check.compare(index).differences == ()


def test_tags_renamed_and_taken_away_past_the_page_are_followed(lesson: ResourcePage, follow: Follow) -> None:
    tag = lesson.tags.get()
    tag.name = "watercolor"
    tag.save()
    follow()
    assert titles("q=watercolor") == ["Mixing paint"]
    lesson.tagged_items.model.objects.all().delete()
    follow()
    assert titles("q=watercolor") == []


@pytest.mark.parametrize("model", [Organisation, District])
def test_a_renamed_district_is_on_the_card(
    lesson: ResourcePage, follow: Follow, model: type[Organisation]
) -> None:
    district = model._default_manager.get(slug="juniper")
    district.name = "Juniper Unified"
    district.save()
    follow()
    assert card().district == "Juniper Unified"


def test_a_renamed_school_is_on_the_card(lesson: ResourcePage, follow: Follow) -> None:
    school = School.objects.get()
    school.name = "Oak Ridge"
    school.save()
    follow()
    assert card().school == "Oak Ridge"


def test_a_renamed_author_is_on_the_card_and_a_sign_in_writes_nothing(
    lesson: ResourcePage, follow: Follow
) -> None:
    rosa = User.objects.get(name="Rosa Delgado")
    rosa.last_login = timezone.now()
    rosa.save(update_fields=["last_login"])
    assert OutboxEntry.objects.count() == 0
    for name, only in (("Rosa Martínez", None), ("Rosa M. Delgado", ["name"])):
        rosa.name = name
        rosa.save(update_fields=only)
        follow()
        assert card().author == name


def test_whom_the_source_of_an_imported_resource_names_is_on_the_card(
    lesson: ResourcePage, follow: Follow
) -> None:
    lesson.owner = None
    lesson.attribution = "Ada Painter. License: Ask first"
    lesson.save_revision().publish()
    follow()
    assert card().author == card_of(lesson).author == "Ada Painter. License: Ask first"


def test_a_narrower_audience_hides_at_once(lesson: ResourcePage, follow: Follow) -> None:
    lesson.audience = "district"
    lesson.save_revision().publish()
    follow()
    assert titles() == []
    assert titles(user=member(Role.TEACHER, lesson.district)) == ["Mixing paint"]
    assert titles(user=member(Role.TEACHER, DistrictFactory())) == []


def test_who_reviewed_it_is_on_the_card(lesson: ResourcePage, follow: Follow) -> None:
    reviewer = member(Role.REVIEWER, lesson.district, name="Priya Nair", is_superuser=True)
    workflow = Workflow.objects.create(name="Review")
    WorkflowTask.objects.create(
        workflow=workflow, task=GroupApprovalTask.objects.create(name="Read"), sort_order=1
    )
    lesson.title = "Mixing paint, reviewed"
    lesson.save_revision()
    state = workflow.start(lesson, lesson.owner)
    state.current_task_state.specific.approve(user=reviewer)
    follow()
    assert TaskState.objects.get().status == TaskState.STATUS_APPROVED
    shown = card()
    assert shown.title == "Mixing paint, reviewed"
    assert shown.reviewed_by == "Priya Nair"
    assert shown.reviewed_on is not None
    assert timezone.now() - shown.reviewed_on < timedelta(minutes=5)
    reviewer.name = "Priya Nair-Lopez"
    reviewer.save()
    follow()
    assert card().reviewed_by == "Priya Nair-Lopez"
    reviewer.delete()
    follow()
    assert card().reviewed_by == ""


def test_a_review_whose_revision_is_purged_is_gone_from_the_card(
    lesson: ResourcePage, follow: Follow, index: str
) -> None:
    reviewer = member(Role.REVIEWER, lesson.district, is_superuser=True)
    workflow = Workflow.objects.create(name="Review")
    task = GroupApprovalTask.objects.create(name="Read")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    lesson.save_revision()
    workflow.start(lesson, lesson.owner).current_task_state.specific.approve(user=reviewer)
    ResourcePage.objects.get(pk=lesson.pk).save_revision()  # a later draft
    follow()
    assert card().reviewed_on is not None
    call_command("purge_revisions", verbosity=0)
    follow()
    assert check.compare(index).differences == ()


def test_a_resource_outlives_its_author(lesson: ResourcePage, follow: Follow, index: str) -> None:
    User.objects.get(name="Rosa Delgado").delete()
    follow()
    assert card().author == ""
    assert check.compare(index).differences == ()


def test_another_root_of_the_site_gives_resources_other_addresses(
    lesson: ResourcePage, follow: Follow, index: str
) -> None:
    site = Site.objects.get()
    site.root_page = lesson.get_parent()
    site.save()
    follow()
    assert card().url == f"/{lesson.slug}/"
    assert check.compare(index).differences == ()
