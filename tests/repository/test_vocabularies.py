import pytest
from django.core.management import call_command

from people.models import Role
from repository.blocks import ResourceBlocks
from repository.models import Modality, ResourceKind, Subject, Topic
from repository.permissions import sync_all
from tests.factories import StateFactory, member

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
    assert "nothing to make it of" in add("数学")
    assert "Another one has this short name already." in add("Atlas", "maps-plans")
    assert "and no spaces" in add("Atlas", "an atlas")
    kept = model.objects.get(slug="maps-plans")
    client.post(f"/admin/{place}/edit/{kept.pk}/", {field: "Maps", "slug": "", "position": 5})
    assert str(model.objects.get(slug="maps-plans")) == "Maps"
