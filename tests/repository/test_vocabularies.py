import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from people.models import Role
from repository.blocks import ResourceBlocks
from repository.models import CompetencyLevel, Modality, ResourceKind, Subject, Synonym, Topic
from repository.permissions import sync_all
from tests.factories import DistrictFactory, LevelFactory, ScaleFactory, StateFactory, member

pytestmark = pytest.mark.django_db


def test_a_new_site_has_something_to_choose_and_a_second_run_changes_nothing():
    call_command("load_vocabularies")
    assert {"lesson", "opportunity", "professional-learning"} <= set(
        ResourceKind.objects.values_list("slug", flat=True)
    )
    assert Modality.objects.filter(slug="internship").exists()
    Subject.objects.filter(slug="mathematics").update(label="Maths")
    counts = [model.objects.count() for model in (ResourceKind, Modality, Subject)]
    call_command("load_vocabularies")
    assert counts == [model.objects.count() for model in (ResourceKind, Modality, Subject)]
    assert Subject.objects.get(slug="mathematics").label == "Maths"


def test_kinds_offer_sections_that_exist():
    call_command("load_vocabularies")
    for kind in ResourceKind.objects.all():
        assert kind.blocks, kind
        assert set(kind.blocks) <= set(ResourceBlocks().child_blocks), kind


@pytest.mark.parametrize(
    ("place", "model", "field"),
    [
        ("topics", Topic, "name"),
        ("subjects", Subject, "label"),
        ("modalities", Modality, "label"),
        ("resource_kinds", ResourceKind, "label"),
    ],
)
def test_who_adds_one_need_not_think_of_a_short_name(client, place, model, field):
    """A coordinator who left it empty was told “This field is required.”, and of the next one to enter a valid “slug”."""
    admin = member(Role.STATE_ADMIN, StateFactory())
    sync_all()
    client.force_login(admin)

    def add(name: str, short: str = "") -> str:
        address = f"/admin/{place}/new/"
        answer = client.post(
            address, {field: name, "slug": short, "position": 5, "description": ""}, follow=True
        )
        return answer.content.decode()

    for name in ("Maps & plans", "Maps, plans"):
        add(name)
    made = [str(getattr(model.objects.get(slug=slug), field)) for slug in ("maps-plans", "maps-plans-2")]
    assert made == ["Maps & plans", "Maps, plans"]
    assert "There is one with this name already." in add("maps, plans")
    assert "nothing to make it of" in add("数学")
    assert "Another one has this short name already." in add("Atlas", "maps-plans")
    assert "and no spaces" in add("Atlas", "an atlas")
    kept = model.objects.get(slug="maps-plans")
    client.post(f"/admin/{place}/edit/{kept.pk}/", {field: "Maps", "slug": "", "position": 5})
    assert str(model.objects.get(slug="maps-plans")) == "Maps"


def test_topics_of_one_name_stand_below_different_ones(client):
    admin = member(Role.STATE_ADMIN, StateFactory())
    sync_all()
    client.force_login(admin)
    science, arts = (Topic.add_root(name=name, slug=name.lower()) for name in ("Science", "Arts"))

    def add(parent: Topic) -> str:
        fields = {"name": "Color", "slug": "", "description": "", "parent": parent.pk}
        return client.post("/admin/topics/new/", fields, follow=True).content.decode()

    for parent in (science, arts):
        assert "There is one with this name already." not in add(parent)
    assert "There is one with this name already." in add(science)
    assert sorted(Topic.objects.filter(name="Color").values_list("slug", flat=True)) == ["color", "color-2"]
    there = Topic.objects.get(slug="color-2")
    moved = {"name": "Color", "slug": "color-2", "description": "", "parent": science.pk}
    answer = client.post(f"/admin/topics/edit/{there.pk}/", moved, follow=True)
    assert "There is one with this name already." in answer.content.decode()


def test_who_adds_a_scale_need_not_think_of_short_names(client):
    state = StateFactory()
    admin = member(Role.STATE_ADMIN, state)
    sync_all()
    client.force_login(admin)

    def add(name: str, *levels: str) -> str:
        fields = {"name": name, "slug": "", "owner": state.pk, "description": "", "levels-INITIAL_FORMS": 0}
        for number, level in enumerate(levels):
            row = {"name": level, "slug": "", "description": "", "state_equivalent": "", "ORDER": number + 1}
            fields |= {f"levels-{number}-{key}": value for key, value in row.items()}
        answer = client.post(
            "/admin/competency_scales/new/", fields | {"levels-TOTAL_FORMS": len(levels)}, follow=True
        )
        return answer.content.decode()

    for name in ("Our scale", "Their scale"):
        add(name, "Beginning", "Getting there")
    assert sorted(level.key for level in CompetencyLevel.objects.all()) == [
        "our-scale:beginning", "our-scale:getting-there", "their-scale:beginning", "their-scale:getting-there",
    ]  # fmt: skip
    assert "There is one with this name already." in add("Our scale", "Beginning")


def test_a_new_district_has_a_short_name_and_leads_to_its_people(client):
    admin = member(Role.STATE_ADMIN, StateFactory())
    sync_all()
    client.force_login(admin)
    answer = client.post(
        "/admin/districts/new/", {"name": "Cedar Falls", "slug": "", "nces_id": ""}, follow=True
    )
    page = answer.content.decode()
    assert "Add its people" in page
    assert page.count('href="/district/cedar-falls/"') == 2
    assert (
        "There is one with this name already."
        in client.post(
            "/admin/districts/new/", {"name": "cedar falls", "slug": "", "nces_id": ""}
        ).content.decode()
    )


def test_a_district_reads_the_states_scale_whose_levels_its_own_name_and_is_led_to_no_form_that_is_not_its_own(
    client,
):
    state, district = StateFactory(), DistrictFactory()
    coordinator = member(Role.COORDINATOR, district)
    sync_all()
    theirs, own = (
        ScaleFactory(owner=state, name="State scale"),
        ScaleFactory(owner=district, name="Our scale"),
    )
    level = LevelFactory(scale=theirs, name="Proficient", description="Does it alone")
    LevelFactory(scale=own, name="Got it", state_equivalent=level)
    client.force_login(coordinator)
    listed = client.get("/admin/competency_scales/").content.decode()
    assert f"/admin/competency_scales/edit/{own.pk}/" in listed
    assert not re.search(rf"/competency_scales/(?:edit|delete)/{theirs.pk}/", listed)
    assert f"/admin/competency_scales/inspect/{theirs.pk}/" in listed
    page = client.get(f"/admin/competency_scales/inspect/{theirs.pk}/").content.decode()
    assert "<strong>Proficient</strong>: Does it alone" in page
    assert f"/edit/{theirs.pk}/" not in page
    assert (
        "(on the state’s scale: Proficient)"
        in client.get(f"/admin/competency_scales/inspect/{own.pk}/").content.decode()
    )


def test_a_synonym_that_is_there_already_and_a_field_without_words_are_told_of_once():
    Synonym.objects.create(term="PBL", means="project-based learning, projects")

    def refused(**fields: str) -> list[str]:
        try:
            Synonym(**fields).full_clean()
        except ValidationError as error:
            return error.messages
        return []

    said = "“PBL” has an entry that says this already: project-based learning, projects. Change that one."
    assert refused(term="pbl", means="Project Based Learning") == [said]
    assert refused(term="PBL", means="problem-based learning") == []
    assert refused(term="PBL", means="") == ["This field cannot be blank."]
    assert len(refused(term="a" * 81, means="x")) == 1
    Synonym.objects.get().full_clean()
