"""Files and pictures of a contribution: checked by content, kept whatever else is wrong with the page."""

import io
import zipfile
from urllib.parse import quote, unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from repository.models import ResourceDocument, ResourceImage
from repository.services import drafts
from tests.factories import (
    KindFactory,
)
from tests.repository.conftest import complete
from tests.repository.pages import Page, edit_url, latest, signed_in

pytestmark = pytest.mark.django_db


def picture(kind="PNG", size=(8, 8)):
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, kind)
    return content.getvalue()


def office(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GOOD_FILES = {
    "plan.pdf": b"%PDF-1.7 plan",
    "plan.docx": office("[Content_Types].xml", "word/document.xml"),
    "prices.csv": "cereal;price\nOats;3,50 €".encode(),
    "box.png": picture(),
}
BAD_FILES = {
    "page.html": b"<html><script>alert(1)</script></html>",
    "disguised.pdf": b"<html><script>alert(1)</script></html>",
    "disguised.txt": b"<!DOCTYPE html><script>alert(1)</script>",
    "drawing.svg": SVG,
    "drawing.png": SVG,
    "program.exe": b"MZ\x90",
    "program.pdf": b"MZ\x90",
    "archive.docx": office("anything.txt"),
    "macros.docx": office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "old.doc": b"\xd0\xcf\x11\xe0",
    "empty.pdf": b"",
    "broken.png": picture()[:40],
    "nothing": b"%PDF-1.7",
}


def upload(teacher, draft, field, name, content, **typed):
    page = Page.open(teacher, edit_url(draft))
    return page.press("Upload", files={field: SimpleUploadedFile(name, content)}, **typed)


@pytest.mark.parametrize("name", GOOD_FILES)
def test_a_file_is_kept_with_the_resource(teacher, draft, people, name):
    page = upload(teacher, draft, "files", name, GOOD_FILES[name])
    document = latest(draft).attachments.get().document
    assert document.uploaded_by_user == people.teacher
    assert document.collection.name == "district: juniper-valley"
    assert document.filename in page.text


@pytest.mark.parametrize("name", ["Week 3 (final).pdf", "Übung 100%.docx", "box.png"])
def test_a_second_file_of_one_name_is_called_as_it_was_uploaded(teacher, draft, people, name):
    """It was “worksheet_x7Ab3.pdf”, on the page and in the folder of downloads."""
    content = GOOD_FILES.get(f"plan.{name.rpartition('.')[2]}", picture())
    upload(teacher, draft, "files", name, content)
    page = upload(teacher, draft, "files", name, content)
    first, second = (one.document for one in latest(draft).attachments.order_by("pk"))
    assert first.file.name != second.file.name
    links = [link for link in page.html.xpath("//main//a") if link.text_content() == name]
    assert len(links) == 2
    for link in links:
        answer = teacher.get(link.get("href"))
        assert answer.getvalue() == content
        assert unquote(link.get("href")).endswith(f"/{name}")
        # A PDF is shown, and goes by its address where it is kept.
        assert name.endswith("pdf") or quote(name) in answer["Content-Disposition"]


@pytest.mark.parametrize("quote_mark", ["”", "“"])
def test_no_name_of_a_file_makes_a_download_another_file(teacher, draft, people, quote_mark):
    name = f"plan{quote_mark}; filename=plan.exe; x={quote_mark}.docx"
    upload(teacher, draft, "files", name, GOOD_FILES["plan.docx"])
    document = latest(draft).attachments.get().document
    assert document.filename == "plan_; filename=plan.exe; x=_.docx"
    answer = teacher.get(document.url)
    assert answer.getvalue() == GOOD_FILES["plan.docx"]
    assert answer["Content-Disposition"].split("filename*")[0].count('"') == 2


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_not_what_it_says_is_refused_and_what_was_typed_stays(teacher, draft, name):
    page = upload(teacher, draft, "files", name, BAD_FILES[name], title="Cereal aisle")
    assert not ResourceDocument.objects.exists()
    assert f"“{name}”" in page.text
    assert page.value("title") == "Cereal aisle"


@pytest.mark.parametrize(
    ("field", "name", "instead"),
    [
        ("images", "IMG_1.HEIC", "JPEG"),
        ("files", "plan.pages", ".docx, PDF"),
        ("files", "plan.gslides", ".pptx, PDF"),
    ],
)
def test_of_a_file_that_opens_in_few_programs_it_is_said_what_to_make_of_it(
    teacher, draft, field, name, instead
):
    """A list of twenty formats stood there."""
    page = upload(teacher, draft, field, name, b"PK")
    assert f"“{name}” opens in few programs." in page.text
    assert f"upload that: {instead}." in page.text


def test_a_huge_file_is_refused_with_the_limit(teacher, draft, monkeypatch):
    monkeypatch.setattr("repository.uploads.MAX_FILE", 100)
    page = upload(teacher, draft, "files", "plan.pdf", b"%PDF-1.7" + b"x" * 200)
    assert "is the most" in page.text
    assert not ResourceDocument.objects.exists()


def test_a_picture_with_too_many_pixels_is_refused(teacher, draft, monkeypatch):
    monkeypatch.setattr("repository.uploads.MAX_PIXELS", 100)
    page = upload(teacher, draft, "images", "box.png", picture(size=(20, 20)))
    assert "too many pixels" in page.text
    assert not ResourceImage.objects.exists()


def test_a_path_in_a_files_name_is_only_a_name(teacher, draft):
    upload(teacher, draft, "files", "../../etc/escape.pdf", b"%PDF-1.7 plan")
    assert latest(draft).attachments.get().document.filename == "escape.pdf"


# Wagtail leaves the temporary file of a new rendition to the garbage collector.
@pytest.mark.filterwarnings(
    "ignore:Exception ignored.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
)
def test_a_picture_is_uploaded_described_and_kept(teacher, draft):
    page = upload(teacher, draft, "images", "box.png", picture())
    page.press("Save draft", image__0__alt="A cereal box")
    (block,) = [block for block in latest(draft).body if block.block_type == "image"]
    assert (block.value["image"], block.value["alt"]) == (ResourceImage.objects.get(), "A cereal box")


def test_nobody_attaches_a_file_of_somebody_else(teacher, draft, people):
    other = drafts.create_draft(
        user=people.colleague, district=people.district, kind=KindFactory(), title="Other", fill=complete
    )
    upload(signed_in(people.colleague), other, "files", "secret.pdf", b"%PDF-1.7 secret")
    stolen = str(ResourceDocument.objects.get().pk)
    page = Page.open(teacher, edit_url(draft)).press(
        "Save draft", attachment__TOTAL_FORMS="1", attachment__0__document=stolen
    )
    assert "This file is no longer there" in page.text
    assert not latest(draft).attachments.exists()
