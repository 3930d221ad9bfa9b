"""What administrators may do to people and schools, and what they may not."""

import threading
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from people import services
from people.models import Membership, Organisation, Role, User
from tests.factories import (
    DistrictFactory,
    MembershipFactory,
    SchoolFactory,
    StateFactory,
    UserFactory,
    member,
)
from tests.waiting import elsewhere

pytestmark = pytest.mark.django_db


def add(actor, district, **changes):
    fields = {
        "email": "new@juniper.example",
        "name": "Nia New",
        "role": Role.TEACHER,
        "organisation": district,
    }
    return services.add_member(actor=actor, district=district, **{**fields, **changes})


class TestAddMember:
    def test_somebody_new_gets_an_account_without_a_password(self, admin, district):
        membership = add(admin, district, email="New.Person@Juniper.EXAMPLE")
        assert membership.user.email == "new.person@juniper.example"
        assert not membership.user.has_usable_password()

    def test_an_account_that_exists_is_used_and_keeps_its_name(self, admin, district):
        known = UserFactory(email="known@juniper.example", name="Known")
        membership = add(admin, district, email="KNOWN@juniper.example", name="Other")
        known.refresh_from_db()
        assert (membership.user, known.name) == (known, "Known")

    @pytest.mark.parametrize("name", ["", "   "])
    def test_somebody_new_needs_a_name(self, admin, district, name):
        with pytest.raises(ValidationError) as refused:
            add(admin, district, name=name)
        assert "name" in refused.value.message_dict
        assert not User.objects.filter(email="new@juniper.example").exists()

    def test_a_teacher_may_belong_to_a_school(self, admin, district):
        school = SchoolFactory(parent=district)
        assert add(admin, district, organisation=school).organisation_id == school.pk

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.COORDINATOR, Role.DISTRICT_ADMIN])
    def test_the_other_roles_are_the_districts(self, admin, district, role):
        with pytest.raises(ValidationError) as refused:
            add(admin, district, role=role, organisation=SchoolFactory(parent=district))
        assert "organisation" in refused.value.message_dict
        assert add(admin, district, role=role).role == role

    def test_the_same_role_twice_is_refused(self, admin, district):
        add(admin, district)
        with pytest.raises(ValidationError, match="already"):
            add(admin, district)

    def test_an_account_that_is_switched_off_is_refused(self, admin, district):
        UserFactory(email="new@juniper.example", is_active=False)
        with pytest.raises(ValidationError, match="switched off"):
            add(admin, district)

    def test_nobody_makes_a_state_administrator_here(self, district):
        for actor in (member(Role.DISTRICT_ADMIN, district), member(Role.STATE_ADMIN, StateFactory())):
            with pytest.raises(ValidationError) as refused:
                add(actor, district, role=Role.STATE_ADMIN)
            assert "role" in refused.value.message_dict

    def test_the_state_appoints_its_own_administrators_and_nobody_else_there(self, admin):
        state = StateFactory()
        dana = member(Role.STATE_ADMIN, state, name="Dana Reyes")
        with pytest.raises(ValidationError, match="Dana Reyes is the only administrator of Meridian"):
            services.remove_membership(actor=dana, district=state, membership=dana.memberships.get())
        assert add(dana, state, role=Role.STATE_ADMIN).role == Role.STATE_ADMIN
        services.remove_membership(actor=dana, district=state, membership=dana.memberships.get())
        with pytest.raises(ValidationError):
            add(member(Role.STATE_ADMIN, state), state, role=Role.TEACHER, email="other@x.example")
        with pytest.raises(PermissionDenied):
            add(admin, state, role=Role.STATE_ADMIN)
        with pytest.raises(PermissionDenied):  # a district's membership is changed on the district's page
            services.change_membership(
                actor=member(Role.STATE_ADMIN, state),
                district=state,
                membership=admin.memberships.get(),
                role=Role.STATE_ADMIN,
                organisation=state,
            )
        with pytest.raises(PermissionDenied):
            services.add_school(
                actor=member(Role.STATE_ADMIN, state), district=state, name="School of the state"
            )

    @pytest.mark.parametrize("role", [Role.TEACHER, Role.REVIEWER, Role.COORDINATOR])
    def test_other_roles_manage_nobody(self, district, role):
        with pytest.raises(PermissionDenied):
            add(member(role, district), district)

    def test_an_administrator_manages_no_other_district(self, admin):
        with pytest.raises(PermissionDenied):
            add(admin, DistrictFactory())

    def test_nobody_is_added_to_a_school_elsewhere(self, admin, district):
        with pytest.raises(ValidationError) as refused:
            add(admin, district, organisation=SchoolFactory())
        assert "organisation" in refused.value.message_dict

    def test_the_state_manages_every_district(self, district):
        assert add(member(Role.STATE_ADMIN, StateFactory()), district, role=Role.DISTRICT_ADMIN)

    def test_an_administrator_whose_account_is_switched_off_manages_nobody(self, admin, district):
        admin.is_active = False
        with pytest.raises(PermissionDenied):
            add(admin, district)


class TestChangeAndRemove:
    def change(self, actor, district, membership, role, organisation=None):
        return services.change_membership(
            actor=actor,
            district=district,
            membership=membership,
            role=role,
            organisation=organisation or district,
        )

    def test_a_role_is_changed(self, admin, district):
        membership = MembershipFactory(organisation=district)
        self.change(admin, district, membership, Role.REVIEWER)
        membership.refresh_from_db()
        assert membership.role == Role.REVIEWER

    def test_a_role_that_the_person_has_already_is_refused(self, admin, district):
        membership = MembershipFactory(organisation=district)
        MembershipFactory(user=membership.user, organisation=district, role=Role.REVIEWER)
        with pytest.raises(ValidationError, match="already"):
            self.change(admin, district, membership, Role.REVIEWER)

    def test_the_last_administrator_stays(self, admin, district):
        own = admin.memberships.get()
        for act in (
            lambda: self.change(admin, district, own, Role.TEACHER),
            lambda: services.remove_membership(actor=admin, district=district, membership=own),
        ):
            with pytest.raises(
                ValidationError, match="Tom Whitfield is the only administrator of Juniper Valley"
            ):
                act()
        assert Membership.objects.get(pk=own.pk).role == Role.DISTRICT_ADMIN

    def test_an_administrator_who_cannot_sign_in_does_not_count(self, admin, district):
        member(Role.DISTRICT_ADMIN, district, is_active=False)
        with pytest.raises(ValidationError, match="only administrator"):
            services.remove_membership(actor=admin, district=district, membership=admin.memberships.get())

    def test_with_another_administrator_one_may_go(self, admin, district):
        member(Role.DISTRICT_ADMIN, district)
        services.remove_membership(actor=admin, district=district, membership=admin.memberships.get())
        assert not admin.memberships.exists()
        assert User.objects.filter(pk=admin.pk).exists()

    def test_memberships_elsewhere_are_out_of_reach(self, admin, district):
        elsewhere = MembershipFactory()
        with pytest.raises(PermissionDenied):
            services.remove_membership(actor=admin, district=district, membership=elsewhere)
        with pytest.raises(PermissionDenied):
            self.change(admin, district, elsewhere, Role.TEACHER)
        with pytest.raises(PermissionDenied):
            services.remove_membership(actor=admin, district=elsewhere.organisation, membership=elsewhere)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_other_at_once_leave_one():
    district = DistrictFactory()
    first, second = (member(Role.DISTRICT_ADMIN, district) for _ in range(2))
    start = threading.Barrier(2)
    refusals = []

    def remove(actor, other):
        start.wait(timeout=60)
        try:
            services.remove_membership(actor=actor, district=district, membership=other.memberships.get())
        except (ValidationError, PermissionDenied) as error:
            refusals.append(error)

    elsewhere(partial(remove, first, second), partial(remove, second, first))
    assert Membership.objects.filter(organisation=district, role=Role.DISTRICT_ADMIN).count() == 1
    assert len(refusals) == 1


class TestSchools:
    def test_a_new_school_gets_a_short_name_of_its_own(self, admin, district):
        SchoolFactory(slug="cedar-ridge")
        school = services.add_school(actor=admin, district=district, name="  Cedar   Ridge ")
        assert (school.name, school.slug, school.parent_id) == ("Cedar Ridge", "cedar-ridge-2", district.pk)

    def test_a_name_without_latin_letters_gets_one_too(self, admin, district):
        assert services.add_school(actor=admin, district=district, name="学校").slug == "school"

    def test_a_district_has_one_school_of_a_name(self, admin, district):
        school = services.add_school(actor=admin, district=district, name="Cedar Ridge")
        with pytest.raises(ValidationError) as refused:
            services.add_school(actor=admin, district=district, name="cedar ridge")
        assert "name" in refused.value.message_dict
        services.rename_school(actor=admin, district=district, school=school, name="CEDAR Ridge", nces_id="")

    def test_a_renamed_school_keeps_its_short_name(self, admin, district):
        school = services.add_school(actor=admin, district=district, name="Cedar Ridge")
        services.rename_school(actor=admin, district=district, school=school, name="Aspen", nces_id="123")
        school.refresh_from_db()
        assert (school.name, school.slug, school.nces_id) == ("Aspen", "cedar-ridge", "123")

    def test_schools_elsewhere_are_out_of_reach(self, admin, district):
        elsewhere = SchoolFactory()
        with pytest.raises(PermissionDenied):
            services.rename_school(actor=admin, district=district, school=elsewhere, name="X", nces_id="")
        with pytest.raises(PermissionDenied):
            services.add_school(actor=admin, district=elsewhere.parent, name="X")
        with pytest.raises(PermissionDenied):
            services.rename_school(actor=admin, district=district, school=district, name="X", nces_id="")

    def test_a_refused_step_leaves_nothing_behind(self, admin, district):
        before = Organisation.objects.count()
        with pytest.raises(ValidationError), transaction.atomic():
            services.add_school(actor=admin, district=district, name="X" * 200)
        assert Organisation.objects.count() == before
