"""The audience rule: what each kind of person sees of each kind of resource."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.images.tests.utils import get_test_image_file

from people.models import Role
from repository import audience
from repository.models import Audience, ResourceAttachment, ResourceDocument, ResourceImage, ResourcePage
from repository.permissions import district_collection
from tests.factories import DistrictFactory, SchoolFactory, StateFactory, UserFactory, member, resource

pytestmark = pytest.mark.django_db


class House:
    """Two districts with two schools each, somebody in every role, and one resource of every audience and state."""

    def __init__(self) -> None:
        self.state = StateFactory()
        self.juniper, self.harbor = DistrictFactory(name="Juniper"), DistrictFactory(name="Harbor")
        self.ridge, self.high = SchoolFactory(parent=self.juniper), SchoolFactory(parent=self.juniper)
        self.k8 = SchoolFactory(parent=self.harbor)
        self.author = member(Role.TEACHER, self.ridge, name="author")
        self.people = {
            "anonymous": AnonymousUser(),
            "without a role": UserFactory(),
            "author": self.author,
            "teacher of the school": member(Role.TEACHER, self.ridge),
            "teacher of another school": member(Role.TEACHER, self.high),
            "teacher of the district": member(Role.TEACHER, self.juniper),
            "reviewer": member(Role.REVIEWER, self.juniper),
            "coordinator": member(Role.COORDINATOR, self.juniper),
            "administrator": member(Role.DISTRICT_ADMIN, self.juniper),
            "teacher elsewhere": member(Role.TEACHER, self.k8),
            "reviewer elsewhere": member(Role.REVIEWER, self.harbor),
            "administrator elsewhere": member(Role.DISTRICT_ADMIN, self.harbor),
            "state administrator": member(Role.STATE_ADMIN, self.state),
            "superuser": UserFactory(is_superuser=True),
        }
        self.resources = {
            (kind, live): resource(
                f"{kind} {'published' if live else 'draft'}",
                district=self.juniper,
                school=self.ridge,
                owner=self.author,
                audience=kind,
                live=live,
            )
            for kind in Audience.values
            for live in (True, False)
        }


STAFF = {"author", "reviewer", "coordinator", "administrator", "state administrator", "superuser"}
SCHOOL = STAFF | {"teacher of the school"}
DISTRICT = SCHOOL | {"teacher of another school", "teacher of the district"}
STATE = DISTRICT | {"teacher elsewhere", "reviewer elsewhere", "administrator elsewhere"}
EVERYONE = STATE | {"anonymous", "without a role"}
WHO = {"public": EVERYONE, "state": STATE, "district": DISTRICT, "school": SCHOOL}


@pytest.fixture
def house(db):
    return House()


def test_each_published_resource_is_seen_by_its_audience_and_nobody_else(house):
    for (kind, live), page in house.resources.items():
        if live:
            seen_by = {who for who, user in house.people.items() if page in audience.visible_to(user)}
            assert seen_by == WHO[kind], kind


def test_drafts_are_seen_by_author_and_staff_only(house):
    for (kind, live), page in house.resources.items():
        assert not live or page.live
        if not live:
            assert not [who for who, user in house.people.items() if page in audience.visible_to(user)], kind
        keepers = {who for who, user in house.people.items() if page in audience.kept_by(user)}
        assert keepers == STAFF
        assert keepers == {who for who, user in house.people.items() if audience.may_see_draft(user, page)}


def test_tokens_and_queryset_agree_for_every_role(house):
    for user in house.people.values():
        tokens = audience.user_tokens(user)
        by_tokens = {
            page.pk for page in ResourcePage.objects.live() if tokens & audience.resource_tokens(page)
        }
        assert by_tokens == set(audience.visible_to(user).values_list("pk", flat=True))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_tokens_and_queryset_agree_for_people_with_several_roles(house, data):
    places = [
        (role, place)
        for role, places in {
            Role.TEACHER: [house.ridge, house.high, house.k8, house.juniper],
            Role.REVIEWER: [house.juniper, house.harbor],
            Role.COORDINATOR: [house.harbor],
        }.items()
        for place in places
    ]
    roles = data.draw(st.lists(st.sampled_from(places), unique=True, max_size=4))
    user = UserFactory()
    for role, place in roles:
        user.memberships.create(role=role, organisation=place)
    tokens = audience.user_tokens(user)
    by_tokens = {page.pk for page in ResourcePage.objects.live() if tokens & audience.resource_tokens(page)}
    assert by_tokens == set(audience.visible_to(user).values_list("pk", flat=True))


def test_the_page_is_not_found_for_people_outside_its_audience(house, client):
    for (kind, live), page in house.resources.items():
        for who, user in house.people.items():
            browser = Client()
            if who != "anonymous":
                browser.force_login(user)
            status = browser.get(page.url).status_code
            assert status == (200 if live and who in WHO[kind] else 404), (kind, live, who)


def test_a_deactivated_account_sees_what_a_visitor_sees(house):
    reviewer = house.people["reviewer"]
    reviewer.is_active = False
    reviewer.save()
    assert audience.user_tokens(reviewer) == {"public"}


def test_a_school_resource_without_a_school_is_for_its_keepers(house):
    page = resource("No school", district=house.juniper, owner=house.author, audience="school")
    seen_by = {who for who, user in house.people.items() if page in audience.visible_to(user)}
    assert seen_by == STAFF


def _get(user, url):
    browser = Client()
    if not isinstance(user, AnonymousUser):
        browser.force_login(user)
    answer = browser.get(url)
    if answer.streaming:
        b"".join(answer)  # which closes the file
    return answer


@pytest.mark.parametrize("kind", Audience.values)
def test_files_follow_the_audience_of_the_resource_that_has_them(house, kind):
    document = ResourceDocument.objects.create(
        title="Key",
        file=ContentFile(b"%PDF-1.4 answers", name="key.pdf"),
        uploaded_by_user=house.author,
        collection=district_collection(district=house.juniper),
    )
    for who, user in house.people.items():
        kept = who in STAFF
        assert _get(user, document.url).status_code == (200 if kept else 404), f"{who}, while nothing has it"
    page = house.resources[kind, True]
    ResourceAttachment.objects.create(page=page, document=document)
    for who, user in house.people.items():
        assert _get(user, document.url).status_code == (200 if who in WHO[kind] else 404), who
    page.unpublish()
    for who, user in house.people.items():
        assert _get(user, document.url).status_code == (200 if who in STAFF else 404), (
            f"{who}, when withdrawn"
        )


def test_a_file_whose_uploader_has_no_account_any_more_is_not_for_visitors(house):
    document = ResourceDocument.objects.create(
        title="Key",
        file=ContentFile(b"%PDF-1.4 answers", name="key.pdf"),
        collection=district_collection(district=house.juniper),
    )
    assert _get(AnonymousUser(), document.url).status_code == 404


# Wagtail leaves the spooled file that it makes a rendition in to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", Audience.values)
def test_images_follow_the_audience_of_the_resource_that_shows_them(house, kind):
    image = ResourceImage.objects.create(
        title="Photo",
        file=get_test_image_file(),
        uploaded_by_user=house.author,
        collection=district_collection(district=house.juniper),
    )
    url = image.get_rendition("width-40").url
    assert not url.startswith("/media/")
    page = house.resources[kind, True]
    page.body = [("image", {"image": image, "alt": "A scale", "caption": ""})]
    page.save_revision().publish()
    for who, user in house.people.items():
        answer = _get(user, url)
        assert answer.status_code == (200 if who in WHO[kind] else 404), who
        if answer.status_code == 200:
            assert "private" in answer["Cache-Control"]
            assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_image_that_nothing_published_shows_is_for_its_keepers(house):
    shown, kept = (
        ResourceImage.objects.create(
            title="Photo",
            file=get_test_image_file(),
            uploaded_by_user=house.author,
            collection=district_collection(district=house.juniper),
        )
        for _ in range(2)
    )
    page = house.resources["public", True]
    page.body = [("image", {"image": shown, "alt": "A scale", "caption": ""})]
    page.save_revision().publish()
    url = kept.get_rendition("width-40").url
    assert {who for who, user in house.people.items() if _get(user, url).status_code == 200} == STAFF


def test_no_shared_cache_keeps_what_is_not_for_everybody(house):
    """As a school's proxy, which may give it to the next who asks. Of pictures it was said already."""
    page = house.resources[Audience.DISTRICT, True]
    document = ResourceDocument.objects.create(title="Key", file=ContentFile(b"x", name="key.txt"))
    page.attachments.add(ResourceAttachment(document=document))
    page.save_revision().publish()
    for address in (page.url, document.url, reverse("repository:my_resources"), "/api/v1/frameworks"):
        answer = _get(house.people["teacher of the district"], address)
        assert answer.status_code == 200
        assert "private" in answer.get("Cache-Control", ""), address


def test_media_files_have_no_address_of_their_own(house, client):
    document = ResourceDocument.objects.create(title="Key", file=ContentFile(b"x", name="key.txt"))
    assert client.get(f"/media/{document.file.name}").status_code == 404


def test_the_audience_is_the_only_rule(house, client):
    """Wagtail's own “private” hid the page, and nothing that search, the API, feeds and files tell of it."""
    page = house.resources[Audience.PUBLIC, True]
    client.force_login(house.people["coordinator"])
    url = reverse("wagtailadmin_pages:set_privacy", args=[page.pk])
    client.post(url, {"restriction_type": "login", "password": "", "groups": []})
    assert "login" not in client.get(url).json()["html"]
    client.logout()
    assert client.get(page.url).status_code == 200
