"""What resources or their drafts name is not deleted in the admin unawares, and what is gone breaks no draft."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.images.tests.utils import get_test_image_file

from people.models import Role
from repository.models import (
    CompetencyLevel,
    CompetencyScale,
    ResourceAttachment,
    ResourceDocument,
    ResourceImage,
    ResourceKind,
    ResourcePage,
    Synonym,
)
from tests.factories import (
    DistrictFactory,
    ItemFactory,
    KindFactory,
    LevelFactory,
    ModalityFactory,
    ScaleFactory,
    SchoolFactory,
    StateFactory,
    SubjectFactory,
    UserFactory,
    member,
    resource,
    topic,
)
from tests.repository.pages import edit_url, latest, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def district():
    return DistrictFactory()


@pytest.fixture
def level(district):
    return LevelFactory(name="Got it", scale=ScaleFactory(owner=district, name="Our scale", slug="our-scale"))


def draft_with_level(page: ResourcePage, level: CompetencyLevel) -> None:
    """A draft of the published page that names the level; nothing that is live does."""
    page.alignments.add(page.alignments.model(item=ItemFactory(), level=level))
    page.save_revision(user=page.owner)


def post_scale(client: Client, scale: CompetencyScale, *removed: CompetencyLevel, **typed: Any) -> Any:
    levels = list(scale.levels.all())
    data = {
        "name": scale.name,
        "slug": scale.slug,
        "owner": scale.owner_id,
        "description": "",
        "levels-TOTAL_FORMS": len(levels),
        "levels-INITIAL_FORMS": len(levels),
        "levels-MIN_NUM_FORMS": 0,
        "levels-MAX_NUM_FORMS": 1000,
    }
    for number, level in enumerate(levels):
        row = {"id": level.pk, "name": level.name, "slug": level.slug, "description": "", "ORDER": number + 1}
        row |= {"state_equivalent": "", "DELETE": "1" if level in removed else ""}
        data |= {f"levels-{number}-{name}": value for name, value in row.items()}
    return client.post(reverse("competency_scales:edit", args=[scale.pk]), {**data, **typed})


def test_a_level_that_a_draft_names_is_not_removed_and_its_row_stands_there_again(district, level):
    teacher = member(Role.TEACHER, district)
    page = resource("Mixing paint", district=district, owner=teacher)
    draft_with_level(page, level)
    unused = LevelFactory(name="Not yet", scale=level.scale)
    client = signed_in(member(Role.COORDINATOR, district))
    answer = post_scale(client, level.scale, level, unused, description="Four steps")
    assert answer.status_code == 200
    words = answer.content.decode()
    assert "“Got it” cannot be removed: it is used by 1 resource, drafts included (“Mixing paint”)." in words
    assert "“Not yet” cannot be removed" not in words
    assert "Four steps" in words
    row = {
        form.instance.pk: form["DELETE"].value() for form in answer.context["form"].formsets["levels"].forms
    }
    assert not row[level.pk]
    assert row[unused.pk]
    assert set(level.scale.levels.all()) == {level, unused}
    assert signed_in(teacher).get(edit_url(page)).status_code == 200
    assert post_scale(client, level.scale, unused).status_code == 302
    assert list(level.scale.levels.all()) == [level]


def test_a_level_in_use_is_not_removed_and_nothing_that_was_typed_is_lost(district, level):
    resource("Mixing paint", district=district, alignments=[{"item": ItemFactory(), "level": level}])
    foreign = resource("Hidden", audience="school", alignments=[{"item": ItemFactory(), "level": level}])
    client = signed_in(member(Role.COORDINATOR, district))
    answer = post_scale(client, level.scale, level, description="Four steps")
    assert "it is used by 2 resources, drafts included (“Mixing paint” and others)." in answer.text
    assert foreign.title not in answer.text
    assert "Four steps" in answer.text
    assert level.scale.levels.get() == level


def test_a_scale_whose_levels_are_used_is_not_deleted_and_another_is(district, level):
    page = resource("Mixing paint", district=district)
    draft_with_level(page, level)
    client = signed_in(member(Role.COORDINATOR, district))
    delete = reverse("competency_scales:delete", args=[level.scale_id])
    for answer in (client.get(delete), client.post(delete)):
        assert answer.status_code == 200
        assert "“Our scale” cannot be deleted: its levels are used by 1 resource" in answer.text
        assert "Yes, delete" not in answer.text
    latest(page).alignments.get()
    unused = ScaleFactory(owner=district)
    LevelFactory(scale=unused)
    delete = reverse("competency_scales:delete", args=[unused.pk])
    assert "Yes, delete" in client.get(delete).text
    assert client.post(delete).status_code == 302
    assert list(CompetencyScale.objects.all()) == [level.scale]


def test_a_kind_that_a_draft_names_is_not_deleted(district):
    page = resource("Mixing paint", district=district)
    page.kind = KindFactory(slug="field-trip")
    page.save_revision()
    client = signed_in(member(Role.STATE_ADMIN, StateFactory()))
    delete = reverse("resource_kinds:delete", args=[page.kind.pk])
    for answer in (client.get(delete), client.post(delete)):
        assert "“Field trip” cannot be deleted: it is used by 1 resource" in answer.text
    assert ResourceKind.objects.filter(slug="field-trip").exists()
    unused = KindFactory(slug="quiz")
    assert client.post(reverse("resource_kinds:delete", args=[unused.pk])).status_code == 302
    assert not ResourceKind.objects.filter(slug="quiz").exists()


def test_who_is_refused_reads_the_titles_of_drafts_that_are_theirs_to_see_and_of_no_others(district, level):
    for title, where in (("Mixing paint", district), ("Secret plans", DistrictFactory())):
        page = resource(title, district=where, live=False)
        page.alignments.add(page.alignments.model(item=ItemFactory(), level=level))
        page.save()
    coordinator = signed_in(member(Role.COORDINATOR, district))
    answer = coordinator.get(reverse("competency_scales:delete", args=[level.scale_id])).text
    assert "used by 2 resources, drafts included (“Mixing paint” and others)" in answer


def test_a_draft_opens_without_what_is_gone(district, level):
    teacher = member(Role.TEACHER, district)
    page = resource("Mixing paint", district=district, owner=teacher)
    kind = page.kind
    page.kind = KindFactory(slug="field-trip")
    page.school = SchoolFactory(parent=district)
    page.summary = "Two colors"
    file = ResourceDocument.objects.create(title="Handout")
    page.attachments.add(ResourceAttachment(document=file))
    draft_with_level(page, level)
    level.delete()
    file.delete()
    page.kind.delete()
    page.school.delete()
    draft = latest(page)
    assert draft.summary == "Two colors"
    assert (draft.kind, draft.school) == (kind, None)
    assert [(one.item_id, one.level) for one in draft.alignments.all()] == [
        (page.alignments.get().item_id, None)
    ]
    assert list(draft.attachments.all()) == []
    assert "Two colors" in signed_in(teacher).get(edit_url(page)).text


def test_a_draft_with_many_standards_and_tags_is_read_in_as_many_queries_as_one_with_few(district):
    numbers = []
    for count in (1, 6):
        page = resource(
            f"Mixing paint {count}",
            district=district,
            alignments=[{"item": ItemFactory()} for _ in range(count)],
            tags=[f"tag {number}" for number in range(count)],
        )
        revision = page.save_revision()
        with CaptureQueriesContext(connection) as queries:
            draft = revision.as_object()
        assert (draft.alignments.count(), draft.tagged_items.count()) == (count, count)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


def test_a_file_that_a_draft_has_is_not_deleted_alone_nor_among_others(district):
    page = resource("Mixing paint", district=district)
    handout = ResourceDocument.objects.create(title="Handout")
    unused = ResourceDocument.objects.create(title="Old handout")
    page.attachments.add(ResourceAttachment(document=handout))
    page.save_revision()
    client = signed_in(UserFactory(is_superuser=True))
    delete = reverse("wagtaildocs:delete", args=[handout.pk])
    for answer in (client.get(delete), client.post(delete)):
        assert "“Handout” cannot be deleted: it is used by 1 resource" in answer.text
    bulk = reverse("wagtail_bulk_action", args=["repository", "resourcedocument", "delete"])
    answer = client.post(f"{bulk}?id={handout.pk}&id={unused.pk}", follow=True)
    assert "“Handout” cannot be deleted" in answer.text
    just_uploaded = client.post(reverse("wagtaildocs:delete_multiple", args=[handout.pk])).json()
    assert "“Handout” cannot be deleted" in just_uploaded["error_message"]
    assert set(ResourceDocument.objects.all()) == {handout, unused}
    client.post(f"{bulk}?id={unused.pk}")
    assert list(ResourceDocument.objects.all()) == [handout]
    page.attachments.set([])
    page.save_revision()
    assert client.post(delete).status_code == 302
    assert not ResourceDocument.objects.exists()


# Wagtail leaves the spooled file that it makes a rendition in to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_image_that_only_a_draft_shows_is_not_deleted_alone_nor_among_others(district):
    page = resource("Mixing paint", district=district)
    photo, unused = (
        ResourceImage.objects.create(title=title, file=get_test_image_file()) for title in ("Jars", "Brush")
    )
    page.body = [("image", {"image": photo, "alt": "Two jars", "caption": ""})]
    page.save_revision()
    client = signed_in(UserFactory(is_superuser=True))
    delete = reverse("wagtailimages:delete", args=[photo.pk])
    for answer in (client.get(delete), client.post(delete)):
        assert "“Jars” cannot be deleted: it is used by 1 resource" in answer.text
    bulk = reverse("wagtail_bulk_action", args=["repository", "resourceimage", "delete"])
    answer = client.post(f"{bulk}?id={photo.pk}&id={unused.pk}", follow=True)
    assert "“Jars” cannot be deleted" in answer.text
    just_uploaded = client.post(reverse("wagtailimages:delete_multiple", args=[photo.pk])).json()
    assert "“Jars” cannot be deleted" in just_uploaded["error_message"]
    assert set(ResourceImage.objects.all()) == {photo, unused}
    extra = ResourceImage.objects.create(title="Cups", file=get_test_image_file())
    assert client.post(reverse("wagtailimages:delete_multiple", args=[extra.pk])).json()["success"]
    assert "Are you sure" in client.get(reverse("wagtailimages:delete", args=[unused.pk])).text
    assert client.post(reverse("wagtailimages:delete", args=[unused.pk])).status_code == 302
    page.save_revision().publish()
    assert "“Jars” cannot be deleted: it is used by 1 resource" in client.get(delete).text
    assert list(ResourceImage.objects.all()) == [photo]


@pytest.mark.parametrize(("field", "make"), [("subjects", SubjectFactory), ("modalities", ModalityFactory)])
def test_who_deletes_a_subject_or_a_setting_reads_first_what_loses_it(district, field, make):
    chosen = make(slug="painting")
    resource("Mixing paint", district=district, **{field: [chosen]})
    draft = resource("Drawing", district=district, owner=member(Role.TEACHER, district))
    setattr(draft, field, [chosen])
    draft.save_revision()
    resource("Singing", district=district)
    client = signed_in(member(Role.STATE_ADMIN, StateFactory()))
    delete = reverse(f"{field}:delete", args=[chosen.pk])
    asked = client.get(delete).text
    assert "“Painting” will be taken off 2 resources, drafts included (“Drawing”, “Mixing paint”)." in asked
    assert "referenced 0 times" not in asked
    assert "Yes, delete" in asked
    assert client.post(delete).status_code == 302
    assert "Drawing" in signed_in(draft.owner).get(edit_url(draft)).text
    unused = make(slug="weaving")
    assert "taken off" not in client.get(reverse(f"{field}:delete", args=[unused.pk])).text


def test_who_deletes_a_topic_reads_first_what_goes_with_it(district):
    crafts = topic("Crafts")
    dyes = topic("Dyes", under=topic("Colors", under=crafts))
    resource("Mixing paint", district=district, topics=[dyes])
    resource("Baskets", district=district, topics=[crafts])
    client = signed_in(member(Role.STATE_ADMIN, StateFactory()))
    asked = client.get(reverse("topics:delete", args=[crafts.pk])).text
    assert "2 topics below it will be deleted, too (“Colors”, “Dyes”)." in asked
    assert "2 resources, drafts included (“Baskets”, “Mixing paint”) will lose a topic." in asked
    asked = client.get(reverse("topics:delete", args=[dyes.pk])).text
    assert "below it" not in asked
    assert "1 resource, drafts included (“Mixing paint”) will lose a topic." in asked


def test_who_deletes_what_no_resource_has_or_a_synonym_reads_that_in_words():
    """Not “is referenced 0 times”, which is always so of a synonym."""
    admin = signed_in(member(Role.STATE_ADMIN, StateFactory()))
    unused: dict[str, Model] = {
        "subjects": SubjectFactory(slug="robotics"),
        "topics": topic("Robots"),
        "resource_kinds": KindFactory(slug="game"),
        "competency_scales": ScaleFactory(owner=StateFactory()),
    }
    for name, one in unused.items():
        asked = admin.get(reverse(f"{name}:delete", args=[one.pk])).text
        assert "No resource " in asked, name
        assert "referenced" not in asked, name
    pbl = Synonym.objects.create(term="PBL", means="project-based learning")
    asked = admin.get(reverse("synonyms:delete", args=[pbl.pk])).text
    assert "finds only its own words: “PBL”, “project-based learning”." in asked
    admin.post(reverse("synonyms:delete", args=[pbl.pk]))
    assert not Synonym.objects.exists()
