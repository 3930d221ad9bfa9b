import pytest
from django.core.management import call_command

from repository.blocks import ResourceBlocks
from repository.models import Modality, ResourceKind, Subject

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
