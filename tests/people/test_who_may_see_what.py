"""Every role, and nobody, at every page of a district: 200 for those who manage it, 404 for everybody else."""

import pytest
from django.urls import reverse

from people.models import Membership, Role, User
from tests.factories import (
    DistrictFactory,
    MembershipFactory,
    SchoolFactory,
    StateFactory,
    UserFactory,
    member,
)
from tests.people.pages import text_of, url

pytestmark = pytest.mark.django_db
MANAGERS = frozenset({"administrator", "state administrator", "superuser"})


@pytest.fixture
def people(district, admin):
    school = SchoolFactory(parent=district)
    return {
        "visitor": None,
        "nobody": UserFactory(),
        "teacher at a school": member(Role.TEACHER, school),
        "teacher": member(Role.TEACHER, district),
        "reviewer": member(Role.REVIEWER, district),
        "coordinator": member(Role.COORDINATOR, district),
        "administrator": admin,
        "administrator elsewhere": member(Role.DISTRICT_ADMIN, DistrictFactory()),
        "state administrator": member(Role.STATE_ADMIN, StateFactory()),
        "superuser": UserFactory(is_superuser=True),
    }


@pytest.fixture
def pages(district):
    membership = MembershipFactory(organisation=district)
    school = SchoolFactory(parent=district)
    slug = district.slug
    return {
        "people": url("district", slug),
        "add": url("member_add", slug),
        "member": url("member", slug, membership.pk),
        "remove": url("member_remove", slug, membership.pk),
        "schools": url("schools", slug),
        "school": url("school", slug, school.slug),
    }


def test_pages(client, people, pages):
    for who, user in people.items():
        client.logout()
        if user:
            client.force_login(user)
        for name, address in pages.items():
            response = client.get(address)
            if user is None:
                assert response.status_code == 302, (who, name)
                assert response.url.startswith(reverse("account_login")), (who, name)
            else:
                assert response.status_code == (200 if who in MANAGERS else 404), (who, name)


def test_sending_forms(client, people, pages):
    before = set(Membership.objects.values_list("pk", "role"))
    for who, user in people.items():
        if who in MANAGERS:
            continue
        client.logout()
        if user:
            client.force_login(user)
        for name, address in pages.items():
            data = {"email": "x@x.example", "name": "X", "role": "teacher"}
            expected = 302 if user is None else 404
            if name != "people":
                assert client.post(address, data).status_code == expected, (who, name)
    assert set(Membership.objects.values_list("pk", "role")) == before
    assert not User.objects.filter(email="x@x.example").exists()


def test_the_way_in(client, people, district):
    for who, user in people.items():
        if user is None:
            continue
        client.force_login(user)
        response = client.get(url("districts"))
        if who == "administrator":
            assert response.url == url("district", district.slug)
        elif who in MANAGERS:
            assert "Juniper Valley" in text_of(response)
        elif who == "administrator elsewhere":
            assert response.status_code == 302
            assert response.url != url("district", district.slug)
        else:
            assert response.status_code == 403
            assert "district administrators" in text_of(response)


def test_the_page_of_the_state_is_for_the_state(client, people):
    for who, user in people.items():
        if user is None:
            continue
        client.force_login(user)
        allowed = who in ("state administrator", "superuser")
        for address in (url("district", "meridian"), url("member_add", "meridian")):
            assert client.get(address).status_code == (200 if allowed else 404), who
        assert client.get(url("schools", "meridian")).status_code == 404, who


def test_the_page_of_the_state_lists_its_administrators_alone(client, people, admin):
    client.force_login(people["state administrator"])
    assert "1 person" in text_of(client.get(url("district", "meridian")))
    assert client.get(url("member", "meridian", admin.memberships.get().pk)).status_code == 404


def test_the_own_account_is_for_whoever_is_signed_in(client, people):
    for who, user in people.items():
        client.logout()
        if user:
            client.force_login(user)
        assert client.get(url("account")).status_code == (200 if user else 302), who


def test_memberships_and_schools_of_other_districts_are_not_found_under_this_one(client, admin, district):
    client.force_login(admin)
    elsewhere = MembershipFactory()
    school = SchoolFactory()
    for address in (
        url("member", district.slug, elsewhere.pk),
        url("member_remove", district.slug, elsewhere.pk),
        url("school", district.slug, school.slug),
    ):
        assert client.get(address).status_code == 404
