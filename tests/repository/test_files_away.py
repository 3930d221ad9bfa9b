"""While the place of files is away or full: what people are told, and that nothing typed is lost."""

import errno
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client

from repository.models import ResourceDocument
from tests.repository.pages import latest
from tests.repository.test_contribute_files import GOOD_FILES, picture, upload

pytestmark = pytest.mark.django_db


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
