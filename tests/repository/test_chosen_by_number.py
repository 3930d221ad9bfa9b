"""Wagtail's editor takes files, pictures and standards by number: only what its choosers offer comes in."""

from types import SimpleNamespace
from typing import Any

import lxml.html
import pytest
from django.core.files.base import ContentFile
from wagtail.images.tests.utils import get_test_image_file

from people.models import Role
from repository.models import ResourceDocument, ResourceImage
from repository.permissions import district_collection
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, member, resource
from tests.repository.pages import Page, signed_in

pytestmark = [
    pytest.mark.django_db,
    # Willow leaves the file of a rendition to the garbage collector.
    pytest.mark.filterwarnings(
        "ignore:Exception ignored.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
    ),
]


def kept_in(district, title):
    collection = district_collection(district=district)
    return SimpleNamespace(
        document=ResourceDocument.objects.create(
            title=f"{title} key", file=ContentFile(b"x", name=f"{title}.txt"), collection=collection
        ),
        image=ResourceImage.objects.create(
            title=f"{title} jar", file=get_test_image_file(), collection=collection
        ),
    )


@pytest.fixture
def editor():
    """A coordinator's resource in Wagtail's editor."""
    district = DistrictFactory()
    user = member(Role.COORDINATOR, district)
    return SimpleNamespace(
        user=user, district=district, page=resource("Tides", district=district), client=signed_in(user)
    )


def send(editor, **chosen):
    """Publish the resource as its page has it, with what is chosen by number."""
    url = f"/admin/pages/{editor.page.pk}/edit/"
    html: Any = lxml.html.fromstring(editor.client.get(url).content.decode())
    form = Page._values(html.get_element_by_id("page-edit-form")) | {"body-count": "0"}
    if "image" in chosen:
        form |= {"body-count": "1", "body-0-type": "image", "body-0-order": "0", "body-0-deleted": ""}
        form |= {"body-0-id": "", "body-0-value-alt": "", "body-0-value-caption": chosen.pop("caption", "")}
        form["body-0-value-image"] = chosen.pop("image")
    for name, (rows, field) in {
        "document": ("attachments", "document"),
        "item": ("alignments", "item"),
    }.items():
        if name in chosen:
            form |= {
                f"{rows}-TOTAL_FORMS": "1",
                f"{rows}-0-id": "",
                f"{rows}-0-ORDER": "1",
                f"{rows}-0-DELETE": "",
            }
            form |= {
                f"{rows}-0-{field}": chosen[name],
                f"{rows}-0-relation": "teaches",
                f"{rows}-0-status": "claimed",
            }
            form |= {f"{rows}-0-note": "", f"{rows}-0-title": "", f"{rows}-0-level": ""}
    return editor.client.post(url, form | {"action-publish": "action-publish"}, follow=True)


def test_a_coordinators_own_files_and_standards_come_in(editor):
    ours = kept_in(editor.district, "Tides")
    send(
        editor,
        document=ours.document.pk,
        image=ours.image.pk,
        item=ItemFactory(full_statement="Read a tide table").pk,
    )
    shown = editor.client.get(editor.page.url).text
    assert ours.document.url in shown
    assert "Read a tide table" in shown
    assert "/files/images/" in shown


@pytest.mark.parametrize("field", ["document", "image"])
def test_anothers_files_do_not(editor, field):
    others = kept_in(DistrictFactory(), "Marmalade")
    answer = send(editor, **{field: getattr(others, field).pk})
    assert "Marmalade" not in answer.text
    assert others.document.url not in editor.client.get(editor.page.url).text
    assert "/files/images/" not in editor.client.get(editor.page.url).text
    assert editor.client.get(others.document.url).status_code == 404
    rendition = others.image.get_rendition("width-40")
    assert editor.client.get(rendition.url).status_code == 404


def test_nor_are_they_told_of_beside_another_mistake(editor):
    others = kept_in(DistrictFactory(), "Marmalade")
    assert "Marmalade" not in send(editor, image=others.image.pk, caption="x" * 400).text
    assert "Marmalade" not in send(editor, document=others.document.pk, item=0).text


def test_a_private_draft_of_another_district_is_not_read_by_aligning_to_it(editor):
    framework = FrameworkFactory(owner=DistrictFactory(), adoption_status="Private Draft")
    item = ItemFactory(framework=framework, full_statement="Weigh marmalade")
    assert "marmalade" not in send(editor, item=item.pk).text
    assert "marmalade" not in editor.client.get(f"/admin/pages/{editor.page.pk}/edit/").text


def test_what_is_in_a_resource_already_stays(editor):
    """As in one that the state moved here from another district."""
    others = kept_in(DistrictFactory(), "Marmalade")
    editor.page.attachments.add(editor.page.attachments.model(document=others.document, title="Key"))
    editor.page.save_revision().publish()
    send(editor)
    assert others.document.url in editor.client.get(editor.page.url).text
