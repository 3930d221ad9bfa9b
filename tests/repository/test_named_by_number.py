"""Wagtail's admin names pages, files and standards by number: whoever tries others' numbers learns nothing of them."""

from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import TaskState

from people.models import Role
from repository.models import DistrictPage, ResourceDocument, ResourceImage
from repository.permissions import district_collection
from repository.services import drafts, review
from tests.factories import KindFactory, member, resource
from tests.repository.conftest import complete
from tests.repository.pages import signed_in

pytestmark = [
    pytest.mark.django_db,
    # Willow leaves the file of a rendition to the garbage collector.
    pytest.mark.filterwarnings(
        "ignore:Exception ignored.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
    ),
]


@pytest.fixture
def house(people):
    """A draft, a resource that was sent, and a file of Juniper Valley; and somebody of another district, with a resource."""
    elsewhere = people.other_reviewer.memberships.get().organisation
    draft, sent = (
        drafts.create_draft(
            user=people.teacher, district=people.district, kind=KindFactory(), title=title, fill=complete
        )
        for title in ("Marmalade draft", "Marmalade sent")
    )
    review.submit(identifier=sent.identifier, user=people.teacher)
    document = ResourceDocument.objects.create(
        title="Marmalade key",
        file=ContentFile(b"x", name="key.txt"),
        collection=district_collection(district=people.district),
    )
    ResourceImage.objects.create(
        title="Marmalade jar", file=get_test_image_file(), collection=document.collection
    )
    return SimpleNamespace(
        draft=draft,
        sent=sent,
        document=document,
        state=TaskState.objects.get(),
        mine=resource("Tide tables", district=elsewhere),
        root=DistrictPage.objects.get(district=elsewhere),
        client=signed_in(member(Role.DISTRICT_ADMIN, elsewhere)),
    )


def test_tags_of_others_drafts_and_files_are_not_suggested(house):
    """Of what one may see, and of one's own, they are."""
    shared = resource("Shared", district=house.draft.district)
    for tagged, name in (
        (house.draft, "marmalade-draft"), (shared, "marmalade-shared"), (house.document, "marmalade-file"),
        (resource("Own", district=house.mine.district, live=False), "marmalade-own"),
    ):  # fmt: skip
        tagged.tags.add(name)
        tagged.save()

    def suggested(client):
        return client.get(reverse("wagtailadmin_tag_autocomplete"), {"term": "MARMA"}).json()

    theirs = signed_in(member(Role.REVIEWER, house.draft.district))
    assert suggested(house.client) == ["marmalade-own", "marmalade-shared"]
    assert suggested(theirs) == ["marmalade-draft", "marmalade-file", "marmalade-shared"]
    of_a_model = reverse("wagtailadmin_tag_model_autocomplete", args=["taggit", "tag"])
    assert house.client.get(of_a_model, {"term": "marmalade-d"}).json() == []


def addresses(house):
    draft, sent, mine = house.draft.pk, house.sent.pk, house.mine.pk
    yield f"{reverse('wagtailadmin_choose_page_chosen_multiple')}?id={draft}"
    yield reverse("wagtailadmin_choose_page_child", args=[draft])
    yield reverse("wagtailadmin_pages:move_confirm", args=[draft, house.root.pk])
    yield reverse("wagtailadmin_pages:move_confirm", args=[mine, draft])
    yield reverse("wagtailadmin_pages:workflow_action", args=[draft, "approve", house.state.pk])
    yield reverse("wagtailadmin_pages:confirm_workflow_cancellation", args=[sent])
    yield "/admin/api/main/documents/"
    yield f"/admin/api/main/documents/{house.document.pk}/"
    yield "/admin/api/main/images/"
    for action in ("delete", "move", "publish", "unpublish"):
        yield f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', action])}?id=all"
    for action in ("delete", "add_tags", "add_to_collection"):
        yield f"{reverse('wagtail_bulk_action', args=['repository', 'resourcedocument', action])}?id=all"


def test_no_address_tells_the_title_of_what_is_anothers(house):
    told = [one for one in addresses(house) if "Marmalade" in house.client.get(one, follow=True).text]
    assert told == []


@pytest.mark.parametrize("part", ["", "_results"])
def test_no_report_tells_the_title_of_the_page_that_was_edited_last(house, part):
    house.draft.save_revision()
    url = reverse(f"wagtailadmin_reports:page_types_usage{part}")
    assert "Marmalade" not in house.client.get(url, follow=True).text
    assert url not in house.client.get(reverse("wagtailadmin_home")).text


def test_no_form_tells_it_either(house):
    for name, data in {
        "copy": {"new_title": "Tides", "new_slug": "tides", "new_parent_page": house.draft.pk},
        "move": {"new_parent_page": house.draft.pk},
    }.items():
        url = reverse(f"wagtailadmin_pages:{name}", args=[house.mine.pk])
        assert "Marmalade" not in house.client.post(url, data, follow=True).text
    url = f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'move'])}?id={house.mine.pk}"
    assert "Marmalade" not in house.client.post(url, {"chooser": house.draft.pk}, follow=True).text


def test_whoever_keeps_it_goes_on_as_before(house, people):
    client = signed_in(people.coordinator)
    chosen = client.get(f"{reverse('wagtailadmin_choose_page_chosen_multiple')}?id={house.draft.pk}")
    assert chosen.json()["result"][0]["adminTitle"] == "Marmalade draft"
    for files in ("documents", "images"):
        assert "Marmalade" in client.get(f"/admin/api/main/{files}/").text
    url = f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'publish'])}?id={house.draft.pk}"
    assert "Marmalade draft" in client.get(url).text
    # Two that one may edit, but not publish.
    url = f"{url}&id={house.sent.pk}"
    assert "Marmalade draft" in signed_in(people.reviewer).get(url).text


def test_a_visitor_is_asked_to_sign_in(client, house):
    url = reverse("wagtailadmin_pages:edit", args=[house.draft.pk])
    assert client.get(url, follow=True).redirect_chain[-1][0].startswith(reverse("account_login"))
