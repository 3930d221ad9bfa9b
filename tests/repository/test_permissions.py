"""What is derived from memberships in Wagtail: groups, page permissions, collections, workflows, and the admin."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
)

from people.models import Membership, Role
from repository import permissions
from repository.models import DistrictPage, ResourcePage, StatePage
from tests.factories import DistrictFactory, SchoolFactory, StateFactory, UserFactory, member, resource

pytestmark = pytest.mark.django_db


def _rows():
    models = (
        Group,
        GroupPagePermission,
        GroupCollectionPermission,
        Collection,
        Page,
        Workflow,
        GroupApprovalTask,
    )
    rows = {model.__name__: sorted(model.objects.values_list("pk", flat=True)) for model in models}
    rows["memberships of groups"] = sorted(Group.user_set.through.objects.values_list("user_id", "group_id"))
    rows["permissions of groups"] = sorted(
        Group.permissions.through.objects.values_list("group_id", "permission_id")
    )
    return rows


def test_a_new_district_has_its_page_groups_collection_and_workflow_at_once():
    district = DistrictFactory(name="Juniper Valley", slug="juniper-valley")
    page = DistrictPage.objects.get(district=district)
    assert page.get_parent().specific == StatePage.objects.get()
    assert page.get_workflow().name == "Review: juniper-valley"
    assert Group.objects.filter(name__startswith="juniper-valley: ").count() == 4


def test_running_the_command_again_changes_nothing():
    district = DistrictFactory()
    member(Role.REVIEWER, district)
    member(Role.TEACHER, SchoolFactory(parent=district))
    call_command("sync_permissions")
    before = _rows()
    call_command("sync_permissions")
    assert _rows() == before


def test_a_district_in_order_is_looked_at_in_few_queries(django_assert_max_num_queries):
    district = DistrictFactory()
    with django_assert_max_num_queries(22):
        permissions.sync_district(district=district)


def test_the_command_restores_what_was_lost_and_takes_away_what_was_added():
    district = DistrictFactory()
    reviewer = member(Role.REVIEWER, district)
    stranger = UserFactory()
    before = _rows()
    reviewer.groups.clear()
    stranger.groups.add(Group.objects.get(name=f"{district.slug}: administrators"))
    GroupPagePermission.objects.all().delete()
    call_command("sync_permissions")
    after = _rows()
    assert after["memberships of groups"] == before["memberships of groups"]
    assert len(after["GroupPagePermission"]) == len(
        GroupPagePermission.objects.filter(group__name__startswith=f"{district.slug}: ")
        | GroupPagePermission.objects.filter(group__name=permissions.STATE_GROUP)
    )


def test_a_change_of_membership_changes_groups_at_once():
    district = DistrictFactory()
    user = member(Role.TEACHER, SchoolFactory(parent=district))
    assert [group.name for group in user.groups.all()] == [f"{district.slug}: teachers"]
    Membership.objects.create(user=user, organisation=district, role=Role.REVIEWER)
    assert {group.name for group in user.groups.all()} == {
        f"{district.slug}: teachers",
        f"{district.slug}: reviewers",
    }
    user.memberships.all().delete()
    assert not user.groups.exists()


def test_a_school_that_changes_districts_takes_its_teachers_along():
    school, elsewhere = SchoolFactory(), DistrictFactory()
    teacher = member(Role.TEACHER, school)
    school.parent = elsewhere
    school.save()
    assert [group.name for group in teacher.groups.all()] == [f"{elsewhere.slug}: teachers"]


@pytest.mark.parametrize(
    ("role", "page", "admin"),
    [
        (Role.TEACHER, {"add"}, False),
        (Role.REVIEWER, {"add", "edit"}, True),
        (Role.COORDINATOR, {"add", "edit", "publish"}, True),
        (Role.DISTRICT_ADMIN, {"add", "edit", "publish"}, True),
    ],
)
def test_each_role_may_do_its_work_in_its_own_district_and_nothing_in_others(role, page, admin, client):
    district, other = DistrictFactory(), DistrictFactory()
    user = member(role, district)
    own, foreign = resource("Own", district=district), resource("Foreign", district=other)
    assert user.has_perm("wagtailadmin.access_admin") is admin
    for resource_page, allowed in ((own, page), (foreign, set())):
        may = resource_page.permissions_for_user(user)
        below = DistrictPage.objects.parent_of(resource_page).get().permissions_for_user(user)
        assert below.can_add_subpage() is ("add" in allowed)
        assert may.can_edit() is ("edit" in allowed)
        assert may.can_publish() is ("publish" in allowed)
    client.force_login(user)
    answer = client.get(reverse("wagtailadmin_home"))
    assert (answer.status_code == 200) is admin


def test_a_state_administrator_may_edit_and_publish_everywhere():
    user = member(Role.STATE_ADMIN, StateFactory())
    page = resource("Anything", district=DistrictFactory())
    assert page.permissions_for_user(user).can_publish()


def test_moving_a_resource_to_another_district_makes_it_that_districts():
    district, other = DistrictFactory(), DistrictFactory()
    school = SchoolFactory(parent=district)
    page = resource("Moving", district=district, school=school)
    page.move(DistrictPage.objects.get(district=other), pos="last-child")
    page.refresh_from_db()
    assert (page.district_id, page.school_id) == (other.pk, None)


def test_a_draft_from_before_the_move_leaves_the_resource_where_it_is():
    district, other = DistrictFactory(), DistrictFactory()
    page = resource("Moving", district=district, school=SchoolFactory(parent=district))
    before = page.latest_revision
    page.move(DistrictPage.objects.get(district=other), pos="last-child")
    before.refresh_from_db()
    before.publish()
    page.refresh_from_db()
    assert (page.district_id, page.school_id) == (other.pk, None)


def copied(client, page, parent, **choices):
    url = reverse("wagtailadmin_pages:copy", args=[page.pk])
    values = {"new_title": "A copy", "new_slug": "a-copy", "new_parent_page": parent.pk, **choices}
    return client.post(url, values, follow=True)


def test_a_copy_belongs_to_the_district_that_it_is_put_into(client):
    district, other = DistrictFactory(), DistrictFactory()
    page = resource("Bridges", district=district, school=SchoolFactory(parent=district))
    client.force_login(member(Role.STATE_ADMIN, StateFactory()))
    copied(client, page, DistrictPage.objects.get(district=other), publish_copies="on")
    copy = ResourcePage.objects.get(title="A copy")
    assert (copy.district_id, copy.school_id, copy.live) == (other.pk, None, True)
    copy.latest_revision.publish()
    copy.refresh_from_db()
    assert (copy.district_id, copy.school_id) == (other.pk, None)
    assert copy.identifier != page.identifier


def test_nobody_is_offered_an_alias_or_a_second_page_of_a_district(client):
    page = resource("Bridges")
    parent = DistrictPage.objects.get()
    client.force_login(member(Role.STATE_ADMIN, StateFactory()))
    form = client.get(reverse("wagtailadmin_pages:copy", args=[page.pk])).content.decode()
    assert "Publish copied page" in form
    assert "Alias" not in form
    copied(client, page, parent, alias="on")
    assert ResourcePage.objects.get(title="A copy").alias_of is None
    answer = copied(client, parent, StatePage.objects.get(), new_slug="second", copy_subpages="on")
    assert "only resources can be copied" in answer.content.decode()
    assert DistrictPage.objects.count() == 1


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.COORDINATOR, Role.DISTRICT_ADMIN])
def test_the_admin_shows_no_title_of_another_district(role, client):
    district, other = DistrictFactory(), DistrictFactory()
    resource("Secret of the harbor", district=other, audience="school", live=False)
    resource("Our own bridge", district=district)
    client.force_login(member(role, district))
    own, foreign = DistrictPage.objects.get(district=district), DistrictPage.objects.get(district=other)
    urls = [
        reverse("wagtailadmin_home"),
        reverse("wagtailadmin_explore", args=[own.pk]),
        reverse("wagtailadmin_explore", args=[StatePage.objects.get().pk]),
        reverse("wagtailadmin_explore", args=[foreign.pk]),
        reverse("wagtailadmin_pages:search") + "?q=secret",
        reverse("wagtailadmin_choose_page"),
        reverse("wagtailadmin_choose_page_child", args=[foreign.pk]),
        reverse("wagtailadmin_choose_page_search") + "?q=secret",
        reverse("wagtailadmin_reports:site_history"),
        reverse("wagtailadmin_reports:aging_pages"),
        reverse("wagtailadmin_reports:workflow"),
        "/admin/api/main/pages/?search=secret",
        f"/admin/api/main/pages/?child_of={foreign.pk}",
    ]
    for url in urls:
        answer = client.get(url, follow=True)
        assert "Secret of the harbor" not in answer.content.decode(), url
    assert "Our own bridge" in client.get(urls[1]).content.decode()


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_takes_away_the_page_of_a_district_or_of_the_state(client, is_superuser):
    """With it went every resource below, at one press."""
    district = DistrictFactory()
    below = resource(district=district)
    permissions.sync_all()
    keeper = member(Role.STATE_ADMIN, district.parent, is_superuser=is_superuser)
    client.force_login(keeper)
    for page in (district.page, district.page.get_parent()):
        for action in ("delete", "unpublish"):
            url = reverse(f"wagtailadmin_pages:{action}", args=[page.pk])
            assert "do not have permission" in client.post(url, follow=True).text
            several = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
            client.post(f"{several}?id={page.pk}")
        assert (
            reverse("wagtailadmin_pages:delete", args=[page.pk])
            not in client.get(reverse("wagtailadmin_explore", args=[page.get_parent().pk])).text
        )
    assert set(Page.objects.live().filter(depth__gt=1)) >= {district.page.page_ptr, below.page_ptr}
    # It comes with its district, and stays its page.
    add = reverse(
        "wagtailadmin_pages:add", args=["repository", "districtpage", district.page.get_parent().pk]
    )
    assert client.get(add).status_code == 302
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[district.page.pk])).text
    assert 'name="introduction"' in edit
    assert 'name="district"' not in edit
