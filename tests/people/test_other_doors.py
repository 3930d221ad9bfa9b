"""Wagtail and allauth bring doors of their own to accounts: of each kind one is open, where tries are counted."""

import pytest
from django.core import mail
from django.urls import reverse

from people import services
from people.models import Role
from tests.factories import DistrictFactory, UserFactory, member

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


@pytest.mark.parametrize("door", ["/admin/login/", "/_util/login/"])
def test_one_page_takes_passwords(client, door):
    """Wagtail's own took as many guesses as one cared to make."""
    coordinator = member(Role.COORDINATOR, DistrictFactory())
    client.post(door, {"username": coordinator.email, "password": PASSWORD})
    assert client.get(reverse("people:account")).status_code == 302
    shown = client.get(door, follow=True)
    assert shown.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_one_page_sends_the_letter_for_a_new_password(client):
    client.post("/admin/password_reset/", {"email": UserFactory().email})
    assert not mail.outbox


def test_nobody_takes_a_colleagues_address_and_with_it_the_role_that_is_given_to_it(client):
    district = DistrictFactory()
    admin, teacher = member(Role.DISTRICT_ADMIN, district), member(Role.TEACHER, district)
    client.force_login(teacher)
    for button in ("action_add", "action_primary"):
        client.post("/accounts/email/", {button: "", "email": "priya@juniper.example"})
    assert client.get("/accounts/email/", follow=True).redirect_chain == [(reverse("people:account"), 302)]
    given = services.add_member(
        actor=admin,
        district=district,
        organisation=district,
        role=Role.COORDINATOR,
        email="priya@juniper.example",
        name="Priya Nair",
    )
    assert given.user != teacher
