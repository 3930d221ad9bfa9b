"""The pages of a district, as its administrator works with them."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Membership, Role, User
from tests.factories import DistrictFactory, MembershipFactory, SchoolFactory, UserFactory, member
from tests.people.pages import text_of, url

pytestmark = pytest.mark.django_db


class TestPeople:
    @pytest.fixture(autouse=True)
    def signed_in(self, client, admin):
        client.force_login(admin)

    def test_the_list_shows_everybody_of_the_district_and_its_schools_and_nobody_else(self, client, district):
        member(Role.TEACHER, SchoolFactory(parent=district, name="Cedar Ridge"), name="Rosa Delgado")
        member(Role.TEACHER, DistrictFactory(), name="Mei Lin")
        text = text_of(client.get(url("district", district.slug)))
        assert "2 people" in text
        assert "Rosa Delgado" in text
        assert "Teacher, Cedar Ridge" in text
        assert "Mei Lin" not in text

    def test_roles_elsewhere_are_not_shown(self, client, district):
        user = member(Role.TEACHER, district)
        MembershipFactory(user=user, organisation=DistrictFactory(name="Harbor Point"), role=Role.REVIEWER)
        text = text_of(client.get(url("district", district.slug)))
        assert "Harbor Point" not in text

    def test_one_finds_by_name_address_and_role(self, client, district):
        member(Role.REVIEWER, district, name="Priya Nair", email="priya@juniper.example")
        address = url("district", district.slug)
        for query in ("q=priya", "q=nair+priya", "q=PRIYA@", "role=reviewer"):
            text = text_of(client.get(f"{address}?{query}"))
            assert "Priya Nair" in text, query
            assert "1 person" in text, query
        assert "Nobody found" in text_of(client.get(f"{address}?q=zzz"))

    def test_a_new_person_gets_a_letter_chooses_a_password_and_signs_in(self, client, district):
        school = SchoolFactory(parent=district, name="Cedar Ridge")
        data = {
            "email": "nia@juniper.example",
            "name": "Nia New",
            "role": "teacher",
            "organisation": school.pk,
        }
        response = client.post(url("member_add", district.slug), data, follow=True)
        assert "Nia New is added. A mail to nia@juniper.example says how to set a password." in text_of(
            response
        )
        [letter] = mail.outbox
        assert letter.to == ["nia@juniper.example"]
        assert "Tom Whitfield" in letter.body
        assert "Teacher, Cedar Ridge" in letter.body
        [link] = re.findall(r"http://testserver(/accounts/password/reset/key/\S+)", str(letter.body))

        client.logout()
        page = client.get(link, follow=True)
        form_url = page.redirect_chain[-1][0]
        client.post(form_url, {"password1": "Blue-heron-42!", "password2": "Blue-heron-42!"})
        assert client.login(email="nia@juniper.example", password="Blue-heron-42!")
        client.logout()
        assert "password1" not in client.get(link, follow=True).content.decode()  # the link works once

    def test_somebody_with_an_account_is_told_and_gets_no_new_password(self, client, district):
        UserFactory(email="known@juniper.example", name="Known Person")
        data = {"email": "known@juniper.example", "role": "reviewer", "organisation": district.pk}
        response = client.post(url("member_add", district.slug), data, follow=True)
        assert "Known Person is added, and has been told by mail." in text_of(response)
        assert "password/reset" not in mail.outbox[0].body
        assert "http://testserver/accounts/login/" in mail.outbox[0].body

    def test_whose_first_letter_was_lost_gets_the_link_from_the_district_that_adds_them_next(
        self, client, district
    ):
        User.objects.create_user("nia@juniper.example", name="Nia New")
        data = {"email": "nia@juniper.example", "role": "reviewer", "organisation": district.pk}
        response = client.post(url("member_add", district.slug), data, follow=True)
        assert "A mail to nia@juniper.example says how to set a password." in text_of(response)
        assert "Choose a password here:" in mail.outbox[0].body

    @pytest.mark.parametrize(
        ("change", "field", "words"),
        [
            ({"email": "nobody"}, "id_email", "valid email"),
            ({"email": ""}, "id_email", "required"),
            ({"name": ""}, "id_name", "has no account yet"),
            ({"role": "state_admin"}, "id_role", "Select a valid choice"),
            ({"role": "reviewer", "organisation": "school"}, "id_organisation", "choose the district"),
            ({"organisation": "elsewhere"}, "id_organisation", "Select a valid choice"),
        ],
    )
    def test_an_error_stands_at_its_field_and_on_top_and_keeps_what_was_typed(
        self, client, district, change, field, words
    ):
        places = {"school": SchoolFactory(parent=district).pk, "elsewhere": SchoolFactory().pk}
        data = {
            "email": "nia@juniper.example",
            "name": "Nia",
            "role": "teacher",
            "organisation": district.pk,
            **change,
        }
        data["organisation"] = places.get(data["organisation"], data["organisation"])
        response = client.post(url("member_add", district.slug), data)
        page = response.content.decode()
        assert words in text_of(response)
        assert f'href="#{field}"' in page
        assert f'id="{field}_error"' in page
        if change.get("email") != "":
            assert data["email"] in page
        assert not mail.outbox

    def test_a_role_is_changed(self, client, district):
        membership = MembershipFactory(organisation=district)
        address = url("member", district.slug, membership.pk)
        client.post(address, {"role": "coordinator", "organisation": district.pk})
        membership.refresh_from_db()
        assert membership.role == Role.COORDINATOR

    def test_removing_asks_first(self, client, district):
        membership = MembershipFactory(organisation=district, user__name="Sam Okafor")
        address = url("member_remove", district.slug, membership.pk)
        assert "Sam Okafor will no longer be Teacher at Juniper Valley" in text_of(client.get(address))
        assert Membership.objects.filter(pk=membership.pk).exists()
        client.post(address)
        assert not Membership.objects.filter(pk=membership.pk).exists()
        assert User.objects.filter(pk=membership.user.pk).exists()

    def test_the_last_administrator_is_kept_with_a_sentence(self, client, district, admin):
        own = admin.memberships.get()
        for response in (
            client.post(url("member_remove", district.slug, own.pk)),
            client.post(
                url("member", district.slug, own.pk), {"role": "teacher", "organisation": district.pk}
            ),
        ):
            assert "Tom Whitfield is the only administrator of Juniper Valley" in text_of(response)
        assert admin.memberships.get().role == Role.DISTRICT_ADMIN

    def test_whoever_gives_up_the_own_role_lands_on_the_own_account(self, client, district, admin):
        member(Role.DISTRICT_ADMIN, district)
        response = client.post(url("member_remove", district.slug, admin.memberships.get().pk))
        assert response.url == url("account")

    def test_the_link_is_sent_again_only_to_those_who_never_signed_in(self, client, district, admin):
        newcomer = MembershipFactory(organisation=district)
        client.post(url("member_invite", district.slug, newcomer.pk))
        assert mail.outbox[0].to == [newcomer.user.email]
        assert client.post(url("member_invite", district.slug, admin.memberships.get().pk)).status_code == 404
        assert client.get(url("member_invite", district.slug, newcomer.pk)).status_code == 405

    def test_a_mail_server_that_is_away_does_not_undo_the_step(self, client, district, settings, caplog):
        settings.EMAIL_BACKEND = "tests.people.test_district_pages.AwayBackend"
        data = {"email": "nia@juniper.example", "name": "Nia", "role": "teacher", "organisation": district.pk}
        response = client.post(url("member_add", district.slug), data, follow=True)
        assert "no mail could be sent to nia@juniper.example" in text_of(response)
        nia = User.objects.get(email="nia@juniper.example")
        (line,) = (one for one in caplog.records if one.name == "people.mail")
        assert line.getMessage().startswith(f"No mail could be sent to account {nia.pk}: ")
        assert not line.exc_info

    def test_who_has_an_account_but_cannot_be_reached_is_to_be_told_by_the_administrator(
        self, client, district, settings
    ):
        settings.EMAIL_BACKEND = "tests.people.test_district_pages.AwayBackend"
        UserFactory(email="known@juniper.example", name="Known Person")
        data = {"email": "known@juniper.example", "role": "reviewer", "organisation": district.pk}
        response = client.post(url("member_add", district.slug), data, follow=True)
        assert "could be sent to known@juniper.example. Please tell them yourself." in text_of(response)

    def test_the_number_of_queries_does_not_grow(self, client, district):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url("district", district.slug)).status_code == 200
            return len(captured)

        school = SchoolFactory(parent=district)
        for _ in range(3):
            MembershipFactory(organisation=school)
        few = queries()
        for _ in range(60):
            MembershipFactory(organisation=school, user=MembershipFactory(organisation=district).user)
        assert queries() == few

    def test_long_lists_have_pages_that_keep_the_question(self, client, district):
        for number in range(60):
            member(Role.TEACHER, district, name=f"Teacher {number:02}")
        first = client.get(url("district", district.slug) + "?role=teacher")
        assert "Teacher 49" in text_of(first)
        assert "Teacher 50" not in text_of(first)
        second = client.get(url("district", district.slug) + "?role=teacher&page=2")
        assert "Teacher 50" in text_of(second)
        assert "role=teacher&amp;page=2" in first.content.decode()


class AwayBackend:
    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError


class TestSchools:
    @pytest.fixture(autouse=True)
    def signed_in(self, client, admin):
        client.force_login(admin)

    def test_a_school_is_added_and_renamed(self, client, district):
        response = client.post(url("schools", district.slug), {"name": "Cedar Ridge"}, follow=True)
        assert "Cedar Ridge is added." in text_of(response)
        response = client.post(url("school", district.slug, "cedar-ridge"), {"name": "Aspen"}, follow=True)
        assert "Aspen 0 people" in text_of(response)

    def test_a_name_that_is_taken_is_said_at_the_field(self, client, district):
        SchoolFactory(parent=district, name="Cedar Ridge")
        page = client.post(url("schools", district.slug), {"name": "cedar ridge"}).content.decode()
        assert 'id="id_name_error"' in page
        assert "has a school of this name already" in page

    def test_people_are_counted_once(self, client, district):
        school = SchoolFactory(parent=district, name="Cedar Ridge")
        MembershipFactory(organisation=school)
        assert "Cedar Ridge 1 person" in text_of(client.get(url("schools", district.slug)))

    def test_the_number_of_queries_does_not_grow(self, client, district):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url("schools", district.slug)).status_code == 200
            return len(captured)

        SchoolFactory.create_batch(3, parent=district)
        few = queries()
        SchoolFactory.create_batch(57, parent=district)
        assert queries() == few


class TestAccount:
    def test_it_shows_the_roles_and_saves_the_name(self, client, admin, district):
        client.force_login(admin)
        assert "District administrator Juniper Valley" in text_of(client.get(url("account")))
        client.post(
            url("account"), {"name": "Thomas Whitfield", "email": "other@x.example", "is_superuser": "1"}
        )
        admin.refresh_from_db()
        assert (admin.name, admin.email, admin.is_superuser) == (
            "Thomas Whitfield",
            "admin@juniper.example",
            False,
        )


def test_a_district_that_has_nobody_yet_says_so_and_whom_to_add(client):
    district = DistrictFactory(name="Cedar Falls", slug="cedar-falls")
    client.force_login(member(Role.STATE_ADMIN, district.parent))
    answer = client.get(url("district", "cedar-falls"))
    assert "Nobody yet" in text_of(answer)
    assert "Add the first person" in text_of(answer)
    assert "Nobody found" in text_of(client.get(url("district", "cedar-falls"), {"q": "jo"}))


def test_who_adds_somebody_to_the_state_reads_what_that_role_may_do(client):
    district = DistrictFactory()
    client.force_login(member(Role.STATE_ADMIN, district.parent))
    for place, said, unsaid in (
        (district.parent, "State administrators see the work of every district", "Choose a school"),
        (district, "Teachers contribute.", "State administrators see"),
    ):
        page = text_of(client.get(url("member_add", place.slug)))
        assert said in page
        assert unsaid not in page
