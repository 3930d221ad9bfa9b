"""Districts in Wagtail's admin."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from people.models import District, Role, State
from repository.permissions import sync_all
from tests.factories import DistrictFactory, StateFactory, UserFactory, member
from tests.repository.pages import Page

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


def test_a_new_site_gets_its_state_and_then_its_districts(client):
    """There was no way to one but the sample content, and adding a district without it was an error page."""
    State.objects.all().delete()
    client.force_login(UserFactory(is_superuser=True))
    data = {"name": "Toledo Schools", "slug": "toledo", "nces_id": ""}
    assert "manage.py create_state" in client.post(reverse("districts:add"), data).text
    assert not District.objects.exists()
    call_command("create_state", "Ohio", stdout=StringIO())
    client.post(reverse("districts:add"), data)
    assert District.objects.get().parent == State.objects.get(name="Ohio")
    assert client.get(reverse("people:district", args=["toledo"])).status_code == 200
    with pytest.raises(CommandError, match="There is a state already: Ohio"):
        call_command("create_state", "Utah")


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


def test_ones_own_account_has_ones_name_and_can_be_saved_in_the_language_of_the_site(client):
    coordinator = member(Role.COORDINATOR, DistrictFactory(), name="Helen Brandt")
    sync_all()
    client.force_login(coordinator)
    page = Page.open(client, reverse("wagtailadmin_account"))
    assert page.value("name_email-name") == "Helen Brandt"
    assert page.names("preferred_language") == page.names("email") == page.names("avatar") == []
    page = page.press("Save", name_email__name="Helen Brandt-Moss")
    assert "Your account settings have been changed" in page.response.content.decode()
    coordinator.refresh_from_db()
    assert coordinator.name == "Helen Brandt-Moss"


def test_ones_own_account_in_the_admin_is_for_those_who_may_enter_it(client):
    client.force_login(member(Role.TEACHER, DistrictFactory()))
    assert client.get(reverse("wagtailadmin_account")).status_code == 302
