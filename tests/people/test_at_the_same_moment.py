"""A button pressed twice, or by two administrators at once: the second is told, and nothing breaks."""

from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from people import services
from people.models import Membership, Organisation, Role, User
from tests.factories import DistrictFactory, SchoolFactory, member
from tests.repository.pages import Page
from tests.waiting import elsewhere, waits_after

pytestmark = pytest.mark.django_db(transaction=True)


def press_twice(
    monkeypatch: pytest.MonkeyPatch,
    check: tuple[Any, str],
    name: str,
    data: dict[str, Any],
    *,
    districts: int = 1,
) -> list[str]:
    """What two administrators see who send the form at once; neither goes on from the check before the other."""
    where = [DistrictFactory() for _ in range(districts)]
    waits_after(monkeypatch, check)
    seen: list[str] = []

    def press(client: Client, district: Organisation) -> None:
        fields = {key: district.pk if value is None else value for key, value in data.items()}
        seen.append(client.post(reverse(name, args=[district.slug]), fields, follow=True).text)

    pressed = []
    for district in (where[0], where[-1]):
        client = Client()
        client.force_login(member(Role.DISTRICT_ADMIN, district))
        pressed.append(partial(press, client, district))
    elsewhere(*pressed)
    return seen


def test_one_person_is_added_once(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"email": "priya@juniper.example", "name": "Priya Nair", "role": "reviewer", "organisation": None}
    seen = press_twice(monkeypatch, (services, "_check_role"), "people:member_add", data)
    assert sorted("has this role here already" in one for one in seen) == [False, True]
    assert Membership.objects.filter(user=User.objects.get(name="Priya Nair")).count() == 1


def test_two_districts_add_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"email": "priya@juniper.example", "name": "Priya Nair", "role": "reviewer", "organisation": None}
    # Both have looked whether there is such an account, and make it.
    seen = press_twice(monkeypatch, (User, "set_password"), "people:member_add", data, districts=2)
    assert sorted("has just added this person" in one for one in seen) == [False, True]
    assert Membership.objects.filter(user=User.objects.get(name="Priya Nair")).count() == 1


def test_one_school_is_added_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = press_twice(
        monkeypatch,
        (services, "_check_school_name"),
        "people:schools",
        {"name": "Mesa High", "nces_id": ""},
    )
    assert sorted("has a school of this name already" in one for one in seen) == [False, True]
    assert Organisation.objects.filter(name="Mesa High").count() == 1


@pytest.mark.parametrize("form", ["member", "member_remove"])
def test_a_role_that_is_taken_away_meanwhile_does_not_come_back(
    monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    district = DistrictFactory()
    first, second = member(Role.DISTRICT_ADMIN, district), member(Role.DISTRICT_ADMIN, district)
    role = member(Role.TEACHER, district).memberships.get()
    client = Client()
    client.force_login(first)
    may_manage = services._check_may_manage

    def after_another(*arguments: Any) -> None:
        monkeypatch.setattr(services, "_check_may_manage", may_manage)
        elsewhere(
            lambda: services.remove_membership(
                actor=second, district=district, membership=Membership.objects.get(pk=role.pk)
            )
        )
        may_manage(*arguments)

    monkeypatch.setattr(services, "_check_may_manage", after_another)
    address = reverse(f"people:{form}", args=[district.slug, role.pk])
    data = {"role": "reviewer", "organisation": district.pk}
    for _twice in range(2):
        seen = client.post(address, data, follow=True).text
        assert "the person does not have that role here any more" in seen
    assert not Membership.objects.filter(user=role.user).exists()
    assert not role.user.groups.exists()


def test_who_gives_another_role_meanwhile_is_heard_of() -> None:
    """The last of two had their way, and nobody knew."""
    district = DistrictFactory(name="Juniper Valley")
    role = member(Role.TEACHER, district).memberships.get()
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(member(Role.DISTRICT_ADMIN, district))
    first, second = (
        Page.open(client, reverse("people:member", args=[district.slug, role.pk])) for client in clients
    )
    first.press("Save", role="coordinator")
    told = second.press("Save", role="reviewer")
    assert (
        "Somebody else has changed this since you opened the page: now it is “Curriculum coordinator, Juniper Valley”"
        in told.text
    )
    assert told.value("role") == "reviewer"  # what was typed stays
    role.refresh_from_db()
    assert role.role == Role.COORDINATOR
    told.press("Save")  # knowingly
    role.refresh_from_db()
    assert role.role == Role.REVIEWER


def test_a_role_that_somebody_has_just_changed_is_not_taken_away_unheard() -> None:
    district = DistrictFactory(name="Juniper Valley")
    role = member(Role.TEACHER, district).memberships.get()
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(member(Role.DISTRICT_ADMIN, district))
    asked = Page.open(clients[0], reverse("people:member_remove", args=[district.slug, role.pk]))
    Page.open(clients[1], reverse("people:member", args=[district.slug, role.pk])).press(
        "Save", role="reviewer"
    )
    told = asked.press("Take it away")
    assert (
        "Somebody else has changed this since you opened the page: now it is “Reviewer, Juniper Valley”"
        in told.text
    )
    assert "will no longer be Reviewer" in told.text
    told.press("Take it away")  # knowingly
    assert not Membership.objects.filter(pk=role.pk).exists()


def test_a_reviewer_who_just_became_the_only_administrator_stays() -> None:
    district = DistrictFactory()
    first, second = member(Role.DISTRICT_ADMIN, district), member(Role.REVIEWER, district)
    seen_before = second.memberships.get()
    Membership.objects.filter(pk=seen_before.pk).update(role=Role.DISTRICT_ADMIN)
    Membership.objects.filter(user=first).delete()
    state = member(Role.STATE_ADMIN, district.parent)
    with pytest.raises(ValidationError, match="is the only administrator"):
        services.remove_membership(actor=state, district=district, membership=seen_before)


def test_a_name_and_a_number_that_two_give_a_school_both_stay() -> None:
    """The form of the second brought the former name back."""
    school = SchoolFactory(name="Mesa High")
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(member(Role.DISTRICT_ADMIN, school.parent))
    address = reverse("people:school", args=[school.parent.slug, school.slug])
    first, second = (Page.open(client, address) for client in clients)
    first.press("Save", name="Mesa Verde High")
    second.press("Save", nces_id="123456789012")
    school.refresh_from_db()
    assert (school.name, school.nces_id) == ("Mesa Verde High", "123456789012")
