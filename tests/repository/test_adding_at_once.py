"""Whoever adds a page below a district's page gets a place and an address of its own, and nobody waits for an import."""

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.urls import reverse
from wagtail.models import Page as WagtailPage

from people.models import District, Role, User
from repository.meanwhile import ResourcePageForm
from repository.models import DistrictPage, ResourceKind, ResourcePage
from repository.permissions import sync_all
from repository.services import drafts
from repository.services.bulk import ResourceData, create_resources, delete_resources
from repository.services.errors import ChangedMeanwhile
from tests.factories import DistrictFactory, KindFactory, district_page, member
from tests.repository.pages import Page, signed_in
from tests.waiting import elsewhere, impatience, waits_after

pytestmark = pytest.mark.django_db(transaction=True)
EACH = 6


@pytest.fixture
def district() -> District:
    district: District = DistrictFactory()
    district_page(district)
    return district


@pytest.fixture
def kind() -> ResourceKind:
    kind: ResourceKind = KindFactory()
    return kind


@pytest.fixture
def nobody_waits_long() -> Iterator[None]:
    """Whoever waits for a lock for seconds fails."""
    with impatience(5):
        yield


def assert_tree_is_sound(district: District, children: int) -> None:
    parent = DistrictPage.objects.get(district=district)
    assert parent.numchild == parent.get_children().count() == children
    assert len(set(ResourcePage.objects.values_list("url_path", flat=True))) == children
    assert WagtailPage.find_problems() == ([], [], [], [], [])


def test_two_teachers_add_drafts_under_one_district_at_the_same_time(
    district: District, kind: ResourceKind
) -> None:
    together = threading.Barrier(2)

    def adds(teacher: User) -> Callable[[], None]:
        def add() -> None:
            for number in range(EACH):
                together.wait(timeout=60)
                drafts.create_draft(user=teacher, district=district, kind=kind, title=f"Same title {number}")

        return add

    elsewhere(*(adds(member(Role.TEACHER, district)) for _ in range(2)))
    assert_tree_is_sound(district, 2 * EACH)


@pytest.mark.parametrize("there", [0, 1])
def test_a_teacher_adds_drafts_while_thousands_of_resources_are_written(
    district: District, kind: ResourceKind, nobody_waits_long: None, there: int
) -> None:
    """Also one of the same title as a resource that is just written, and also in Wagtail's way."""
    teacher = member(Role.TEACHER, district)
    data = [ResourceData(title=title, kind_id=kind.pk) for title in ("Rivers", "Lakes", "Rivers")]
    create_resources(district=district, resources=[ResourceData(title="Seas", kind_id=kind.pk)] * there)

    def add() -> None:
        drafts.create_draft(user=teacher, district=district, kind=kind, title="Rivers")
        page = ResourcePage(title="Lakes", kind=kind, district=district, live=False)
        DistrictPage.objects.get(district=district).add_child(instance=page)

    create_resources(
        district=district, resources=data, progress=lambda done, total: elsewhere(add) if done else None
    )
    assert_tree_is_sound(district, there + 5)
    for page in ResourcePage.objects.filter(live=True):
        content = page.latest_revision.content
        assert (content["slug"], content["url_path"]) == (page.slug, page.url_path)
    mine = ResourcePage.objects.filter(live=False).values_list("slug", flat=True)
    assert sorted(mine) == ["lakes", "rivers"]


def test_what_else_belongs_to_new_resources_is_written_before_anybody_has_to_wait(
    district: District, kind: ResourceKind, nobody_waits_long: None
) -> None:
    teacher = member(Role.TEACHER, district)
    create_resources(
        district=district,
        resources=[ResourceData(title="Rivers", kind_id=kind.pk)],
        then=lambda written: elsewhere(
            lambda: drafts.create_draft(user=teacher, district=district, kind=kind, title=f"{len(written)}")
        ),
    )
    assert_tree_is_sound(district, 2)


def test_a_teacher_adds_a_draft_while_resources_are_deleted(
    district: District, kind: ResourceKind, nobody_waits_long: None
) -> None:
    teacher = member(Role.TEACHER, district)
    data = [ResourceData(title="Rivers", kind_id=kind.pk)] * 3
    written = create_resources(district=district, resources=data)

    def add() -> None:
        drafts.create_draft(user=teacher, district=district, kind=kind, title="Rivers")

    delete_resources(
        page_ids=[one.page_id for one in written],
        progress=lambda done, total: elsewhere(add) if done else None,
    )
    assert_tree_is_sound(district, 1)


def test_two_collections_are_written_under_one_district_at_the_same_time(
    district: District, kind: ResourceKind
) -> None:
    data = [ResourceData(title="Rivers", kind_id=kind.pk)] * 20

    def write() -> None:
        create_resources(district=district, resources=data)

    elsewhere(write, write)
    assert_tree_is_sound(district, 40)


@pytest.mark.parametrize("change", ["address", "place"])
def test_resources_are_not_written_below_a_page_that_moves_meanwhile(
    district: District, kind: ResourceKind, nobody_waits_long: None, change: str
) -> None:
    def moves() -> None:
        page = DistrictPage.objects.get(district=district)
        if change == "address":
            page.slug = "elsewhere"
            page.save()
        else:
            page.move(page.get_parent(), pos="last-child")

    district_page(DistrictFactory())
    with pytest.raises(ChangedMeanwhile, match="was changed here while this ran"):
        create_resources(
            district=district,
            resources=[ResourceData(title="Rivers", kind_id=kind.pk)],
            progress=lambda done, total: elsewhere(moves),
        )
    assert not ResourcePage.objects.exists()


def test_two_drafts_that_get_one_title_at_the_same_moment_have_an_address_each(
    district: District, kind: ResourceKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They had one, and nobody could open the second that was published."""
    teachers = [member(Role.TEACHER, district), member(Role.TEACHER, district)]
    pages = [
        drafts.create_draft(user=one, district=district, kind=kind, title=f"Draft {number}")
        for number, one in enumerate(teachers)
    ]
    waits_after(monkeypatch, (ResourcePage, "_get_autogenerated_slug"))

    def retitle(page: ResourcePage, teacher: User) -> None:
        drafts.save_draft(
            identifier=page.identifier, user=teacher, change=lambda draft: setattr(draft, "title", "Rivers")
        )

    elsewhere(*(partial(retitle, *pair) for pair in zip(pages, teachers, strict=True)))
    assert_tree_is_sound(district, 2)
    assert sorted(ResourcePage.objects.values_list("slug", flat=True)) == ["rivers", "rivers-2"]
    for page in ResourcePage.objects.all():
        assert page.latest_revision.content["slug"] == page.slug


def test_two_who_make_a_page_of_one_address_in_the_admin_at_the_same_moment(
    district: District, kind: ResourceKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = DistrictPage.objects.get(district=district)
    sync_all()
    waits_after(monkeypatch, (ResourcePageForm, "is_valid"))
    told: list[str] = []

    def make(coordinator: User) -> Callable[[], None]:
        client = signed_in(coordinator)
        address = reverse("wagtailadmin_pages:add", args=["repository", "resourcepage", parent.pk])
        opened = Page.open(client, address)
        form = Page._values(opened.html.get_element_by_id("page-edit-form"))
        form |= {"title": "Rivers", "slug": "rivers", "kind": kind.pk, "body-count": "0"}
        return lambda: told.append(Page(client, client.post(address, form, follow=True)).html.text_content())

    elsewhere(*(make(member(Role.COORDINATOR, district)) for _twice in range(2)))
    assert sum("Page 'Rivers' created" in one for one in told) == 1
    assert sum("is already in use" in one for one in told) == 1
    assert_tree_is_sound(district, 1)
