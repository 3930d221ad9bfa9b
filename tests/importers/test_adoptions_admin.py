"""Adopting a framework in the admin: whoever imports one can also make it come first for their teachers."""

from typing import Any

import lxml.html
import pytest
from django.test import Client

from people.models import Role
from repository.permissions import sync_all
from standards.models import Adoption, Framework
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, StateFactory, member, resource
from tests.repository.pages import Page

pytestmark = pytest.mark.django_db


def client_of(role: str, organisation: Any) -> Client:
    client = Client()
    client.force_login(member(role, organisation))
    sync_all()
    return client


def page(client: Client, framework: Framework) -> str:
    return client.get(f"/admin/standards/{framework.pk}/").content.decode()


def opened(client: Client, framework: Framework, link: str) -> Page:
    """The page behind a link."""
    html: Any = lxml.html.fromstring(page(client, framework))
    (address,) = [
        a.get("href") for a in html.xpath("//main//a") if " ".join(a.text_content().split()) == link
    ]
    return Page.open(client, address)


def test_an_administrator_adopts_a_framework_for_their_district_and_takes_it_back() -> None:
    StateFactory()
    district, other = DistrictFactory(name="Juniper Valley"), DistrictFactory(name="Harbor Point")
    framework = FrameworkFactory(short_name="OURS", title="Our mathematics")
    client = client_of(Role.DISTRICT_ADMIN, district)
    assert "Nobody has adopted it yet" in page(client, framework)
    address = f"/admin/standards/{framework.pk}/adopt/"
    client.post(address, {"organisation": district.pk, "adopted_on": "2026-07-01"})
    client.post(address, {"organisation": other.pk, "adopted_on": ""})
    assert [adoption.organisation for adoption in Adoption.objects.all()] == [district]
    assert "since July 1, 2026" in page(client, framework)
    assert "Adopt it" not in page(client, framework)
    assert "Juniper Valley" in Client().get("/standards/OURS/").content.decode()
    item = ItemFactory(framework=framework)
    for number, live in enumerate([True, True, False]):
        resource(f"Lesson {number}", district=district, live=live, alignments=[{"item": item}])
    resource("Theirs", district=other, alignments=[{"item": item}])
    question = opened(client, framework, "No longer adopted … Juniper Valley")
    assert Adoption.objects.exists()
    words = question.text
    assert "Teachers of Juniper Valley no longer find its statements first" in words
    assert "2 published resources of Juniper Valley are aligned to it, and stay so." in words
    assert "Juniper Valley has no longer adopted it." in question.press("No longer adopted").response.text
    assert not Adoption.objects.exists()
    assert (
        "Juniper Valley has no longer adopted it."
        in Page.open(
            client, question.response.request["PATH_INFO"] + f"?organisation={district.pk}"
        ).response.text
    )


def test_where_the_state_has_adopted_it_too_nothing_changes_for_teachers() -> None:
    state = StateFactory()
    district, framework = DistrictFactory(name="Juniper Valley"), FrameworkFactory()
    for organisation in (state, district):
        Adoption.objects.create(framework=framework, organisation=organisation)
    client = client_of(Role.STATE_ADMIN, state)
    ours = opened(client, framework, "No longer adopted … Juniper Valley").text
    assert f"For people of Juniper Valley nothing changes: {state.name} has adopted it, too." in ours
    theirs = opened(client, framework, f"No longer adopted … {state.name}").text
    assert (
        "Teachers of districts that have not adopted it themselves no longer find its statements first"
        in theirs
    )


def test_a_day_that_is_none_is_said_and_adopts_nothing() -> None:
    StateFactory()
    district = DistrictFactory()
    framework = FrameworkFactory()
    client = client_of(Role.DISTRICT_ADMIN, district)
    said = {"organisation": district.pk, "adopted_on": "next July"}
    answer = client.post(f"/admin/standards/{framework.pk}/adopt/", said, follow=True)
    assert "a day such as 2026-07-01" in answer.content.decode()
    assert not Adoption.objects.exists()


def test_the_state_adopts_for_itself_and_for_districts() -> None:
    state, district = StateFactory(), DistrictFactory()
    framework = FrameworkFactory()
    client = client_of(Role.STATE_ADMIN, state)
    for organisation in (state, district):
        client.post(f"/admin/standards/{framework.pk}/adopt/", {"organisation": organisation.pk})
    assert {adoption.organisation_id for adoption in Adoption.objects.all()} == {state.pk, district.pk}


@pytest.mark.parametrize("role", [Role.TEACHER, Role.REVIEWER, Role.COORDINATOR])
def test_others_neither_adopt_nor_take_back(role: str) -> None:
    StateFactory()
    district = DistrictFactory()
    adopted, framework = FrameworkFactory(), FrameworkFactory()
    Adoption.objects.create(framework=adopted, organisation=district)
    client = client_of(role, district)
    client.post(f"/admin/standards/{framework.pk}/adopt/", {"organisation": district.pk})
    client.post(f"/admin/standards/{adopted.pk}/drop/", {"organisation": district.pk})
    assert [adoption.framework for adoption in Adoption.objects.all()] == [adopted]
    if role == Role.COORDINATOR:
        assert "Adopt it" not in page(client, framework)
