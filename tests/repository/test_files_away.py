"""While the place of files is away or full: what people are told, and that nothing typed is lost."""

import errno
import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tasks_db.models import DBTaskResult

from repository.models import ResourceDocument, ResourceImage
from repository.permissions import district_collection
from repository.services.files import store_file, store_image
from tests.factories import resource
from tests.repository.pages import Page, latest, signed_in
from tests.repository.test_contribute_files import GOOD_FILES, picture, upload

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]


@pytest.fixture
def _full(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)


@pytest.fixture
def _no_bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket at an address where nobody answers."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    s3 = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": "lessons", "endpoint_url": "http://127.0.0.1:1"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": s3}


@pytest.mark.parametrize("trouble", ["_full", "_no_bucket"])
def test_a_file_that_cannot_be_kept_is_told_and_what_was_typed_is_saved(
    teacher: Client, draft: Any, trouble: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(trouble)
    for field, name, content in (
        ("files", "plan.pdf", GOOD_FILES["plan.pdf"]),
        ("images", "box.png", picture()),
    ):
        page = upload(teacher, draft, field, name, content, title="Cereal aisle")
        assert f"“{name}” could not be kept" in page.text
        assert page.value("title") == latest(draft).title == "Cereal aisle"
    assert not ResourceDocument.objects.exists()


def test_a_file_that_cannot_be_fetched_is_asked_for_again_later(
    teacher: Client, draft: Any, people: Any, request: pytest.FixtureRequest
) -> None:
    upload(teacher, draft, "files", "plan.docx", GOOD_FILES["plan.docx"])
    document = latest(draft).attachments.get().document
    request.getfixturevalue("_no_bucket")
    teacher.raise_request_exception = False
    answer = teacher.get(document.url)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Wait a minute, then try again." in answer.text


def test_a_file_that_is_gone_is_not_there(teacher: Client, draft: Any) -> None:
    upload(teacher, draft, "files", "plan.docx", GOOD_FILES["plan.docx"])
    document = latest(draft).attachments.get().document
    default_storage.delete(document.file.name)
    assert teacher.get(document.url).status_code == 404


@pytest.fixture
def admin(people: Any) -> Iterator[Client]:
    """A coordinator's, in Wagtail's admin."""
    yield signed_in(people.coordinator)
    gc.collect()  # Wagtail leaves the temporary file of a new rendition to it; here, that is ignored


def uploaded(people: Any) -> list[tuple[Any, str, SimpleUploadedFile]]:
    """A file and a picture that are there, where each is edited, and what takes its place."""
    by = {"user": people.coordinator, "district": people.district}
    document = store_file(**by, file=SimpleUploadedFile("plan.pdf", GOOD_FILES["plan.pdf"]))
    image = store_image(**by, file=SimpleUploadedFile("box.png", picture()))
    return [
        (document, f"/admin/documents/edit/{document.pk}/", SimpleUploadedFile("new.pdf", b"%PDF-1.7 new")),
        (image, f"/admin/images/{image.pk}/", SimpleUploadedFile("new.png", picture(size=(90, 90)))),
    ]


@pytest.mark.parametrize("trouble", ["_full", "_no_bucket"])
def test_in_the_admin_it_is_told_beside_the_field_and_the_former_file_stays(
    admin: Client, people: Any, trouble: str, request: pytest.FixtureRequest
) -> None:
    there = uploaded(people)
    request.getfixturevalue(trouble)
    for one, url, file in there:
        typed = {"title": "Cereal aisle", "collection": one.collection_id, "tags": "", "file": file}
        page = Page(admin, admin.post(url, typed))
        assert f"“{file.name}” could not be kept" in page.text
        assert page.value("title") == "Cereal aisle"
        assert [type(one).objects.get().file.name, type(one).objects.get().title] == [
            one.file.name,
            one.title,
        ]
        assert not DBTaskResult.objects.filter(task_path__contains="delete_file").exists()


@pytest.mark.parametrize("trouble", ["_full", "_no_bucket"])
def test_whoever_adds_files_in_the_admin_is_told_of_each(
    admin: Client, people: Any, trouble: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(trouble)
    collection = district_collection(district=people.district).pk
    for kind, name, content in (
        ("documents", "plan.pdf", GOOD_FILES["plan.pdf"]),
        ("images", "b.png", picture()),
    ):
        typed = {"title": "T", "collection": collection, "files[]": SimpleUploadedFile(name, content)}
        answer = admin.post(f"/admin/{kind}/multiple/add/", typed).json()
        assert not answer["success"]
        assert f"“{name}” could not be kept" in answer["error_message"]


@pytest.mark.parametrize("trouble", ["_full", "_no_bucket"])
def test_pages_with_pictures_open_and_what_is_said_of_them_is_saved(
    admin: Client, people: Any, trouble: str, request: pytest.FixtureRequest
) -> None:
    (_document, _url, _file), (image, url, _other) = uploaded(people)
    body = [{"type": "image", "value": {"image": image.pk, "alt": "Two boxes", "caption": ""}, "id": "i"}]
    shown = resource("Cereal boxes", district=people.district, body=body)
    request.getfixturevalue(trouble)
    for address in ("/admin/images/", url, "/admin/images/chooser/"):
        assert admin.get(address).status_code == 200
    assert "Two boxes" in admin.get(shown.url).text
    admin.post(url, {"title": "Cereal aisle", "collection": image.collection_id, "tags": ""})
    assert ResourceImage.objects.get().title == "Cereal aisle"


def test_a_file_that_takes_the_place_of_another_is_measured_and_the_other_goes(
    admin: Client, people: Any, django_capture_on_commit_callbacks: Any
) -> None:
    for one, url, file in uploaded(people):
        if isinstance(one, ResourceImage):
            one.get_rendition("width-4")
        typed = {"title": "New", "collection": one.collection_id, "tags": "", "file": file}
        with django_capture_on_commit_callbacks(execute=True):
            assert admin.post(url, typed).status_code == 302
        now = type(one).objects.get()
        assert now.file.size == now.file_size != one.file_size
        assert now.file_hash not in ("", one.file_hash)
        assert DBTaskResult.objects.filter(
            task_path__contains="delete_file", args_kwargs__args__contains=one.file.name
        ).exists()
    assert (now.width, now.renditions.count()) == (90, 0)
