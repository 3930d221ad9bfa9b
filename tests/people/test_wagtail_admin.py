"""Districts in Wagtail's admin."""

import pytest
from django.urls import reverse

from people.models import District, Role
from repository.permissions import sync_all
from tests.factories import DistrictFactory, StateFactory, UserFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def state_admin():
    return member(Role.STATE_ADMIN, StateFactory())


def test_the_state_adds_and_renames_districts(client, state_admin):
    client.force_login(state_admin)
    client.post(reverse("districts:add"), {"name": "Harbor Point", "slug": "harbor-point", "nces_id": ""})
    district = District.objects.get(slug="harbor-point")
    assert district.parent == StateFactory()
    client.post(
        reverse("districts:edit", args=[district.pk]), {"name": "Harbor", "slug": "other", "nces_id": ""}
    )
    district.refresh_from_db()
    assert (district.name, district.slug) == ("Harbor", "harbor-point")


def test_nobody_deletes_a_district(client, state_admin):
    district = DistrictFactory()
    for user in (state_admin, UserFactory(is_superuser=True)):
        client.force_login(user)
        client.post(reverse("districts:delete", args=[district.pk]))
        assert District.objects.filter(pk=district.pk).exists()


@pytest.mark.parametrize("role", [Role.TEACHER, Role.REVIEWER, Role.COORDINATOR, Role.DISTRICT_ADMIN])
def test_other_roles_do_not_see_them(client, role):
    district = DistrictFactory(name="Secret District")
    client.force_login(member(role, district))
    for address in (
        reverse("districts:index"),
        reverse("districts:add"),
        reverse("districts:edit", args=[district.pk]),
    ):
        assert "Secret District" not in client.get(address, follow=True).content.decode().split("<main")[-1]
    client.post(reverse("districts:edit", args=[district.pk]), {"name": "Mine", "slug": "mine"})
    district.refresh_from_db()
    assert district.name == "Secret District"


def test_the_admin_is_headed_by_the_name_of_the_site(client, state_admin, settings):
    sync_all()
    client.force_login(state_admin)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    heading = page.split("<h1", 1)[1].split("</h1>", 1)[0]
    assert settings.WAGTAIL_SITE_NAME in heading
    title = page.split("<title>", 1)[1].split("</title>", 1)[0]
    assert settings.WAGTAIL_SITE_NAME in title
