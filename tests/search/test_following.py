"""Whatever is changed, by whatever way Wagtail or Django offers: search shows it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone
from wagtail.models import Page, Site, TaskState, Workflow, WorkflowTask
from wagtail.models.workflows import GroupApprovalTask

from people.models import District, Organisation, Role, School, User
from repository.audience import user_tokens
from repository.models import Alignment, CompetencyLevel, ResourcePage, Subject, Topic
from repository.signals import resources_changed
from search import check, documents, outbox
from search.bulk import write_alias
from search.client import client
from search.find import find
from search.models import IndexTarget, OutboxEntry
from search.request import parse
from search.results import Hit, Results
from standards.codes import code_forms
from standards.models import Framework, Item, ItemAncestor
from standards.signals import items_changed
from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    KindFactory,
    LevelFactory,
    ModalityFactory,
    ScaleFactory,
    SchoolFactory,
    SubjectFactory,
    district_page,
    member,
    resource,
    topic,
)

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
Follow = Callable[[], None]
VISITOR = AnonymousUser()


def search(query: str = "", user: User | AnonymousUser = VISITOR) -> Results:
    request, complaints = parse(QueryDict(query))
    assert complaints == []
    return find(request, user_tokens(user))


def titles(query: str = "", user: User | AnonymousUser = VISITOR) -> list[str]:
    return sorted(hit.title for hit in search(query, user).hits)


def card(query: str = "") -> Hit:
    (hit,) = search(query).hits
    return hit


@pytest.fixture
def lesson(follow: Follow) -> ResourcePage:
    """One published lesson with something of everything, in the index."""
    district = DistrictFactory(name="Juniper Valley", slug="juniper")
    framework = FrameworkFactory(title="Meridian Mathematics", short_name="MER-MATH")
    domain = ItemFactory(framework=framework, full_statement="Ratios and rates", human_coding_scheme="6.RP")
    item = ItemFactory(
        framework=framework,
        full_statement="Describe a ratio in words",
        human_coding_scheme="6.RP.1",
        code_forms=code_forms("6.RP.1"),
        under=domain,
        depth=1,
    )
    state_level = LevelFactory(scale=ScaleFactory(slug="meridian", name="Meridian scale"), name="Proficient")
    level = LevelFactory(
        scale=ScaleFactory(slug="mastery", owner=district), name="Got it", state_equivalent=state_level
    )
    made = resource(
        "Mixing paint",
        district=district,
        school=SchoolFactory(name="Cedar Ridge", slug="cedar", parent=district),
        owner=member(Role.TEACHER, district, name="Rosa Delgado"),
        summary="How much blue makes green",
        subjects=[SubjectFactory(slug="mathematics")],
        modalities=[ModalityFactory(slug="online")],
        topics=[topic("Colors", under=Topic.objects.get(pk=topic("Making").pk))],
        tags=["paint"],
        alignments=[{"item": item, "relation": "teaches", "level": level}],
        body=[("objectives", {"objectives": ["Compare two mixtures"], "evidence": ""})],
    )
    follow()
    assert titles() == ["Mixing paint"]
    return made


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


def test_topics_given_and_taken_past_the_page_are_followed(lesson: ResourcePage, follow: Follow) -> None:
    light = topic("Light")
    light.resources.add(lesson)
    follow()
    assert titles("topic=light") == ["Mixing paint"]
    light.resources.clear()
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


def test_a_framework_with_a_new_short_name_is_found_by_it(lesson: ResourcePage, follow: Follow) -> None:
    framework = Framework.objects.get()
    framework.short_name = "MATH-2"
    framework.save()
    follow()
    assert titles("standard=MATH-2") == ["Mixing paint"]


def test_levels_follow_their_names_and_equivalents(lesson: ResourcePage, follow: Follow) -> None:
    assert titles("level=meridian:proficient") == ["Mixing paint"]
    got_it = CompetencyLevel.objects.get(name="Got it")
    got_it.state_equivalent = LevelFactory(
        scale=CompetencyLevel.objects.get(name="Proficient").scale, name="Extending"
    )
    got_it.name = "Mastered"
    got_it.save()
    follow()
    assert titles("level=meridian:proficient") == []
    assert titles("level=meridian:extending") == ["Mixing paint"]
    assert card().levels == ("Mastered",)


def test_a_scale_with_a_new_short_name_is_found_by_it(lesson: ResourcePage, follow: Follow) -> None:
    scale = CompetencyLevel.objects.get(name="Proficient").scale
    scale.slug = "state"
    scale.save()
    follow()
    assert titles("level=state:proficient") == ["Mixing paint"]


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


def test_a_deleted_subject_is_no_longer_counted(lesson: ResourcePage, follow: Follow) -> None:
    Subject.objects.get().delete()
    follow()
    assert search().facet("subject").buckets == ()


def test_renamed_tags_are_found(lesson: ResourcePage, follow: Follow) -> None:
    tag = lesson.tags.get()
    tag.name = "watercolor"
    tag.save()
    follow()
    assert titles("q=watercolor") == ["Mixing paint"]


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
    rosa.name = "Rosa Martínez"
    rosa.save()
    follow()
    assert card().author == "Rosa Martínez"


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


def test_a_page_that_cannot_be_read_does_not_hold_up_those_read_with_it(
    lesson: ResourcePage, follow: Follow
) -> None:
    """Such as one whose standard has lost its place in the tree."""
    ItemAncestor.objects.all().delete()
    lesson.save_revision().publish()
    for number in range(5):
        resource(f"Rivers {number}", district=lesson.district)
    follow()
    assert len(titles("q=rivers")) == 5
    assert {entry.page_id for entry in OutboxEntry.objects.all()} == {lesson.pk}
    assert "KeyError" in OutboxEntry.objects.all()[0].last_error


def test_a_query_that_takes_too_long_is_tried_with_fewer_pages(
    lesson: ResourcePage, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database may cut queries off (`statement_timeout`)."""
    load = outbox.load

    def slow(page_ids: list[int], shared: object) -> object:
        if len(page_ids) > 2:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 20")
                cursor.execute("SELECT pg_sleep(10)")
        return load(page_ids)

    monkeypatch.setattr(outbox, "load", slow)
    for number in range(5):
        resource(f"Rivers {number}", district=lesson.district)
    follow()
    assert len(titles("q=rivers")) == 5
    assert not OutboxEntry.objects.exists()


def test_bulk_services_tell_which_pages_they_changed(lesson: ResourcePage, follow: Follow) -> None:
    ResourcePage.objects.filter(pk=lesson.pk).update(summary="Turquoise")
    resources_changed.send(sender=None, page_ids=[lesson.pk])
    follow()
    assert titles("q=turquoise") == ["Mixing paint"]


def test_a_change_that_is_rolled_back_leaves_nothing_to_do(lesson: ResourcePage) -> None:
    class Stop(Exception):
        pass

    def change() -> None:
        with transaction.atomic():
            lesson.unpublish()
            assert OutboxEntry.objects.exists()
            raise Stop

    with pytest.raises(Stop):
        change()
    assert not OutboxEntry.objects.exists()


def test_an_older_document_never_overwrites_a_newer_one(
    lesson: ResourcePage, follow: Follow, index: str
) -> None:
    """A worker that was held up after it had read writes last, and is refused."""
    held_up = client().get(index=index, id=str(lesson.pk))["_source"]
    lesson.title = "Mixing colors"
    lesson.save_revision().publish()
    follow()
    late = {
        "_index": write_alias(index),
        "_id": str(lesson.pk),
        "version": 1,
        "version_type": "external_gte",
    }
    client().bulk(body=[{"index": late}, held_up], params={"refresh": "true"})
    assert titles() == ["Mixing colors"]
    lesson.delete()
    follow()
    client().bulk(body=[{"index": late}, held_up], params={"refresh": "true"})
    assert titles() == []


def test_one_document_that_cannot_be_made_does_not_hold_up_others(
    lesson: ResourcePage, follow: Follow, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = documents.build

    def fails(source):
        if source.title == "Mixing paint":
            raise ValueError("odd")
        return build(source)

    monkeypatch.setattr(outbox, "build", fails)
    monkeypatch.setattr(check, "PAUSE", 0)
    lesson.summary = "Cyan"
    lesson.save_revision().publish()
    resource("Rivers", district=lesson.district)
    follow()
    assert titles("q=rivers") == ["Rivers"]
    (entry, *_others) = OutboxEntry.objects.all()
    assert entry.page_id == lesson.pk
    assert "odd" in entry.last_error
    assert entry.due_at > timezone.now()
    # What was refused is a difference that the worker does not promise to mend.
    assert [(one.kind, one.waiting) for one in check.compare(index).differences] == [("stale", False)]


def test_what_the_engine_refuses_is_kept_with_its_reason(
    lesson: ResourcePage, index: str, monkeypatch
) -> None:
    build = documents.build
    monkeypatch.setattr(outbox, "build", lambda source: {**build(source), "unheard_of": 1})
    lesson.save_revision().publish()
    outbox.process()
    entries = list(OutboxEntry.objects.all())
    assert entries
    assert all("unheard_of" in entry.last_error for entry in entries)


def test_a_row_is_done_only_when_every_target_took_it(lesson: ResourcePage, index: str) -> None:
    target = IndexTarget.objects.create(name=f"{index[:-6]}ffffff")
    lesson.save_revision().publish()
    from search.client import EngineDown

    with pytest.raises(EngineDown, match="ffffff"):
        outbox.process()
    assert OutboxEntry.objects.exists()
    target.delete()
    while outbox.process():
        pass
    assert not OutboxEntry.objects.exists()


def test_a_batch_is_read_in_the_same_number_of_queries_whatever_its_size(
    lesson: ResourcePage, index: str, django_assert_num_queries
) -> None:
    from search.sources import load

    with django_assert_num_queries(11):
        load([lesson.pk])
    pages = [lesson.pk] + [
        resource(
            f"Lesson {n}",
            district=lesson.district,
            kind=KindFactory(),
            subjects=[SubjectFactory(slug=f"s{n}")],
            tags=[f"t{n}"],
            topics=[topic(f"Topic {n}")],
            alignments=[{"item": ItemFactory(under=Item.objects.get(human_coding_scheme="6.RP"))}],
        ).pk
        for n in range(3)
    ]
    with django_assert_num_queries(11):
        assert len(load(pages)) == 4
