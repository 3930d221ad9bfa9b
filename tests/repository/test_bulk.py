"""A page written in bulk is the page that the editor would have made, and lives on like one."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision

from people.models import District, Role
from repository.models import Alignment, DistrictPage, Modality, ResourcePage, Subject, Topic
from repository.services.alignments import realign
from repository.services.bulk import (
    AlignmentData,
    ResourceData,
    Written,
    create_resources,
    delete_resources,
    update_resources,
)
from repository.services.drafts import save_draft
from repository.services.errors import ChangedMeanwhile
from repository.services.review import approve, submit, unpublish
from repository.tasks import follow_pages
from search.models import OutboxEntry
from tests.factories import (
    DistrictFactory,
    ItemFactory,
    KindFactory,
    LevelFactory,
    ModalityFactory,
    SubjectFactory,
    UserFactory,
    district_page,
    member,
    resource,
    topic,
)

pytestmark = pytest.mark.django_db

TEXT = {
    "type": "text",
    "value": {"heading": "About", "text": "Mix paint by *ratio*."},
    "id": "6f9b1a5e-0000-4000-8000-000000000001",
}
GOALS = {
    "type": "objectives",
    "value": {
        "objectives": [
            {"type": "item", "value": "Mix by ratio", "id": "6f9b1a5e-0000-4000-8000-000000000003"}
        ],
        "evidence": "",
    },
    "id": "6f9b1a5e-0000-4000-8000-000000000002",
}
# What names one page or one moment, so differs between any two.
ITS_OWN = {"pk", "path", "slug", "url_path", "translation_key", "identifier", "latest_revision", "live_revision",
           "latest_revision_created_at", "first_published_at", "last_published_at"}  # fmt: skip


@pytest.fixture
def district() -> District:
    district: District = DistrictFactory()
    district_page(district)
    return district


def paint(**more: Any) -> ResourceData:
    """A resource with everything."""
    return ResourceData(
        **{
            "title": "Paint by ratio",
            "kind_id": KindFactory().pk,
            "summary": "Students mix colors.",
            "grades": ("06", "07"),
            "subjects": (SubjectFactory().pk,),
            "topics": ((Topic.objects.filter(slug="ratios").first() or topic("Ratios")).pk,),
            "modalities": (ModalityFactory().pk,),
            "tags": ("paint", "Color"),
            "duration_minutes": 45,
            "language": "en",
            "licence": "CC-BY-4.0",
            "attribution": "Ada Painter",
            "link_url": "https://lessons.example/paint",
            "source_url": "https://lessons.example/paint",
            "source_identifier": "paint-1",
            "body": (GOALS, TEXT),
            "alignments": (
                AlignmentData(ItemFactory().pk, "assesses", LevelFactory().pk, "In part"),
                AlignmentData(ItemFactory().pk),
            ),
            **more,
        }
    )


def plain(content: dict[str, Any]) -> dict[str, Any]:
    """As the database gives it back, the body parsed: its text may order keys in any way."""
    loaded = json.loads(json.dumps(content, cls=DjangoJSONEncoder))
    return loaded | {"body": json.loads(loaded["body"])}


def without_own(content: dict[str, Any]) -> dict[str, Any]:
    children = {
        name: [
            {key: entry[key] for key in entry if key not in ("pk", "page", "content_object")}
            for entry in rows
        ]
        for name, rows in content.items()
        if name in ("alignments", "tagged_items")
    }
    return {key: value for key, value in (content | children).items() if key not in ITS_OWN}


def pages() -> list[ResourcePage]:
    return list(ResourcePage.objects.order_by("path"))


def as_it_is(page: ResourcePage) -> Written:
    return Written(page.pk, page.latest_revision_id)


def assert_tree_is_sound() -> None:
    assert Page.find_problems() == ([], [], [], [], [])
    for page in DistrictPage.objects.all():
        assert page.numchild == page.get_children().count()
    slugs = list(ResourcePage.objects.values_list("district", "slug"))
    assert len(slugs) == len(set(slugs))
    for one in pages():
        assert one.url_path == f"{one.get_parent().url_path}{one.slug}/"


def test_a_page_is_what_the_editor_would_have_made(district: District) -> None:
    author = UserFactory()
    data = paint()
    by_hand = resource(
        **data.own() | {"body": json.dumps(list(data.body)), "grades": list(data.grades)},
        owner=author,
        district=district,
        subjects=list(Subject.objects.filter(pk__in=data.subjects)),
        topics=list(Topic.objects.filter(pk__in=data.topics)),
        modalities=list(Modality.objects.filter(pk__in=data.modalities)),
        tags=list(data.tags),
        alignments=[
            {"item_id": one.item_id, "relation": one.relation, "level_id": one.level_id, "note": one.note}
            for one in data.alignments
        ],
    )
    create_resources(district=district, resources=[data], user=author, owner=author)
    (bulk,) = ResourcePage.objects.exclude(pk=by_hand.pk)
    made, expected = plain(bulk.serializable_data()), plain(by_hand.serializable_data())
    assert without_own(made) == without_own(expected)
    assert made.keys() == expected.keys()
    assert bulk.latest_revision == bulk.live_revision
    assert bulk.latest_revision.user == author
    assert bulk.latest_revision.object_str == str(bulk)
    assert bulk.first_published_at == bulk.last_published_at == bulk.latest_revision.created_at
    assert bulk.alignments.count() == 2
    assert sorted(bulk.tags.names()) == ["Color", "paint"]
    assert [subject.pk for subject in bulk.subjects.all()] == list(data.subjects)


def test_the_revision_is_the_page(district: District) -> None:
    create_resources(district=district, resources=[paint(), paint(title="Paint again")])
    for page in pages():
        assert plain(page.latest_revision.content) == plain(page.serializable_data())
        restored = page.latest_revision.as_object()
        assert plain(restored.serializable_data()) == plain(page.serializable_data())


def test_the_tree_stays_sound_and_every_address_is_its_own(district: District) -> None:
    resource("Lesson 1", district=district, slug="lesson-1")
    data = ResourceData(title="Lesson 1", kind_id=KindFactory().pk)
    create_resources(district=district, resources=[data] * 40)
    resource("Lesson 2", district=district)
    create_resources(district=district, resources=[data, ResourceData(title="数学", kind_id=data.kind_id)])
    assert_tree_is_sound()
    assert len(pages()) == 44
    assert [page.slug for page in pages()[:3]] == ["lesson-1", "lesson-1-2", "lesson-1-3"]


def test_history_names_who_made_and_published_it(district: District) -> None:
    author = UserFactory()
    create_resources(district=district, resources=[paint()], user=author)
    entries = PageLogEntry.objects.filter(page=pages()[0].pk).order_by("pk")
    assert [(entry.action, entry.user, entry.label) for entry in entries] == [
        ("wagtail.create", author, "Paint by ratio"),
        ("wagtail.publish", author, "Paint by ratio"),
    ]


def test_every_page_waits_in_the_outbox_once(district: District) -> None:
    OutboxEntry.objects.all().delete()
    create_resources(district=district, resources=[paint(), paint()])
    assert sorted(OutboxEntry.objects.values_list("page_id", flat=True)) == sorted(p.pk for p in pages())


def test_the_admins_search_and_usage_know_it_after_the_job(district: District) -> None:
    (written,) = create_resources(district=district, resources=[paint()])
    follow_pages.func([written.page_id, 999_999])
    assert [page.pk for page in Page.objects.all().search("ratio")] == [written.page_id]
    page = ResourcePage.objects.get()
    assert ReferenceIndex.get_references_to(page.kind).exists()


def test_an_administrator_edits_it_in_wagtails_editor(client: Client, district: District) -> None:
    create_resources(district=district, resources=[paint()])
    client.force_login(member(Role.DISTRICT_ADMIN, district))
    page = pages()[0]
    answer = client.get(f"/admin/pages/{page.pk}/edit/")
    assert answer.status_code == 200
    assert "Paint by ratio" in answer.content.decode()
    assert client.get(f"/admin/pages/{page.pk}/history/").status_code == 200


def test_the_site_shows_it_with_its_source_and_licence(client: Client, district: District) -> None:
    create_resources(district=district, resources=[paint()])
    answer = client.get(pages()[0].url)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Ada Painter, " in " ".join(text.partition("<main")[2].partition("Use and source")[0].split())
    for words in ("Paint by ratio", "Ada Painter", "CC BY 4.0", "Mix paint by", "lessons.example"):
        assert words in text


def test_it_is_edited_reviewed_unpublished_moved_and_deleted_like_any_other(district: District) -> None:
    author = member(Role.TEACHER, district)
    reviewer = member(Role.COORDINATOR, district)
    create_resources(district=district, resources=[paint(), paint(title="Stays")], owner=author)
    page = pages()[0]

    def rename(draft: ResourcePage) -> None:
        draft.title = "Paint by ratio, again"

    save_draft(identifier=page.identifier, user=author, change=rename)
    submit(identifier=page.identifier, user=author)
    page.refresh_from_db()
    approve(identifier=page.identifier, user=reviewer, revision_id=page.latest_revision_id)
    page.refresh_from_db()
    assert (page.title, page.live, page.alignments.count(), page.tags.count()) == (
        "Paint by ratio, again",
        True,
        2,
        2,
    )
    unpublish(identifier=page.identifier, user=author)
    other = DistrictFactory()
    page.refresh_from_db()
    page.move(district_page(other), pos="last-child")
    page = ResourcePage.objects.get(pk=page.pk)
    assert (page.district_id, page.live) == (other.pk, False)
    assert_tree_is_sound()
    page.delete()
    assert_tree_is_sound()
    assert [one.title for one in pages()] == ["Stays"]
    assert not Revision.objects.filter(object_id=str(page.pk)).exists()


def test_alignments_of_bulk_pages_can_be_moved_to_another_standard(district: District) -> None:
    create_resources(district=district, resources=[paint()])
    page, new = pages()[0], ItemFactory()
    old = page.alignments.first().item_id
    assert realign(replace={old: [new.pk]}).page_ids == [page.pk]
    assert page.latest_revision.as_object().alignments.first().item_id == new.pk


def test_moving_alignments_asks_as_often_however_many_resources_there_are(district: District) -> None:
    numbers = []
    for times in (1, 4):
        old, new = ItemFactory(), ItemFactory()
        data = paint(alignments=(AlignmentData(old.pk),))
        create_resources(district=district, resources=[data] * 2 * times)
        create_resources(district=district, resources=[paint(title="Of something else")] * 3 * times)
        with CaptureQueriesContext(connection) as queries:
            touched = realign(replace={old.pk: [new.pk]}).page_ids
        numbers.append(len(queries))
        assert len(touched) == new.alignments.count() == 2 * times
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("with_all", [False, True])
def test_a_batch_takes_as_many_queries_however_many_pages_it_has(district: District, with_all: bool) -> None:
    """It is what makes it forty times as fast as one by one: a query a page would undo that."""
    data = paint() if with_all else ResourceData(title="Glue", kind_id=KindFactory().pk)
    change = {
        "title": "Second edition",
        "tags": ("new",),
        "subjects": data.subjects,
        "alignments": data.alignments,
    }
    create_resources(district=district, resources=[data])  # its tags are there from now on
    numbers: dict[str, list[int]] = {"created": [], "updated": []}
    for count in (2, 40):
        with CaptureQueriesContext(connection) as queries:
            written = create_resources(district=district, resources=[data] * count)
        numbers["created"].append(len(queries))
        update_resources(changes={written[0]: change})
        known = [
            as_it_is(page) for page in ResourcePage.objects.filter(pk__in=[one.page_id for one in written])
        ]
        with CaptureQueriesContext(connection) as queries:
            update_resources(changes=dict.fromkeys(known, change))
        numbers["updated"].append(len(queries))
    assert numbers["created"][0] == numbers["created"][1]
    assert numbers["updated"][0] == numbers["updated"][1]


def test_an_update_changes_what_it_names_and_nothing_else(district: District) -> None:
    create_resources(district=district, resources=[paint(), paint(title="Other")])
    page, other = pages()
    before, other_before = plain(page.serializable_data()), plain(other.serializable_data())
    item = ItemFactory()
    update_resources(
        changes={
            as_it_is(page): {
                "title": "Paint, second edition",
                "grades": ("08",),
                "alignments": (AlignmentData(item.pk),),
            },
            as_it_is(other): {"tags": ("paint",)},
        }
    )
    assert OutboxEntry.objects.count() == 4  # each page as it came, and as it was changed
    page, other = pages()
    after = plain(page.serializable_data())
    assert plain(page.latest_revision.content) == after
    changed = {key for key in after if after[key] != before[key]}
    assert changed == {"title", "draft_title", "grades", "alignments", "latest_revision", "live_revision",
                       "last_published_at", "latest_revision_created_at"}  # fmt: skip
    assert (page.title, page.draft_title, page.slug, page.grades) == (
        "Paint, second edition",
        "Paint, second edition",
        "paint-by-ratio",
        ["08"],
    )
    assert [one.item_id for one in page.alignments.all()] == [item.pk]
    assert list(other.tags.names()) == ["paint"]
    assert {key for key in other_before if plain(other.serializable_data())[key] != other_before[key]} == {
        "tagged_items", "latest_revision", "live_revision", "last_published_at", "latest_revision_created_at",
    }  # fmt: skip
    assert page.revisions.count() == 2


@pytest.mark.parametrize("work", ["saved", "published", "unpublished"])
def test_a_page_that_somebody_worked_on_is_not_overwritten(district: District, work: str) -> None:
    author = member(Role.TEACHER, district)
    create_resources(district=district, resources=[paint(), paint(title="Other")], owner=author)
    page, other = pages()
    known, known_other = as_it_is(page), as_it_is(other)
    if work == "unpublished":
        unpublish(identifier=page.identifier, user=author)
    else:
        save_draft(
            identifier=page.identifier, user=author, change=lambda draft: setattr(draft, "summary", "Mine")
        )
    if work == "published":
        page.refresh_from_db()
        page.latest_revision.publish()
    with pytest.raises(ChangedMeanwhile, match="“Paint by ratio” was changed here while this ran"):
        update_resources(changes={known_other: {"title": "Theirs"}, known: {"title": "Theirs"}})
    assert [one.get_latest_revision_as_object().title for one in pages()] == ["Paint by ratio", "Other"]


def test_deleting_leaves_no_trace_but_the_history(district: District) -> None:
    kept = resource("Kept", district=district)
    data = [paint()] * 3
    before = rows_of_all_tables()
    written = create_resources(district=district, resources=data)
    follow_pages.func([one.page_id for one in written])  # the admin's search and usage know them
    OutboxEntry.objects.all().delete()
    assert delete_resources(page_ids=[one.page_id for one in written]) == 3
    assert pages() == [kept]
    assert_tree_is_sound()
    assert not Alignment.objects.exists()
    assert not Revision.objects.exclude(object_id=str(kept.pk)).exists()
    keys = {one.page_id for one in written}
    assert PageLogEntry.objects.filter(action="wagtail.delete", deleted=True, page__in=keys).count() == 3
    assert keys <= set(OutboxEntry.objects.values_list("page_id", flat=True))
    left = {name: number for name, number in rows_of_all_tables().items() if number != before[name]}
    assert left.keys() <= {"PageLogEntry", "OutboxEntry", "DBTaskResult", "Tag"}


def rows_of_all_tables() -> dict[str, int]:
    return {model.__name__: model._base_manager.count() for model in apps.get_models()}
