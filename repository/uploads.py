"""What may be uploaded: judged by content, because a name says nothing."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image as Picture
from PIL import UnidentifiedImageError

if TYPE_CHECKING:  # the class takes a type argument for the type checker only
    from django.core.files.uploadedfile import (
        UploadedFile,
    )

logger = logging.getLogger(__name__)

MAX_FILE = 25 * 1024 * 1024
MAX_IMAGE = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_TEXT = 2 * 1024 * 1024
MAX_ENTRIES = 10_000

IMAGES = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}
_OOXML = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_ODF = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
_TEXT = frozenset({"txt", "md", "csv", "tsv"})
# Format: what its content begins with, and at which byte.
_BEGINNINGS: dict[str, list[tuple[int, bytes]]] = {
    "pdf": [(0, b"%PDF-")],
    "rtf": [(0, b"{\\rtf")],
    "mp3": [(0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")],
    "wav": [(8, b"WAVE")],
    "ogg": [(0, b"OggS")],
    "m4a": [(4, b"ftyp")],
    "mp4": [(4, b"ftyp")],
}
FILES = frozenset({*IMAGES, *_OOXML, *_ODF, *_TEXT, *_BEGINNINGS})
_OLD_OFFICE = frozenset({"doc", "xls", "ppt", "docm", "xlsm", "pptm"})
# What phones, Apple's programs and Google Drive keep, and what everybody can open in its place.
_OPENS_IN_FEW = {
    **dict.fromkeys(("heic", "heif"), "JPEG"),
    **dict.fromkeys(("pages", "gdoc"), ".docx, PDF"),
    **dict.fromkeys(("key", "gslides"), ".pptx, PDF"),
    **dict.fromkeys(("numbers", "gsheet"), ".xlsx, PDF"),
}


class Refused(ValueError):
    """The file is not taken; `str()` says why and what to do, for the person who chose it."""


def storage_failed(error: BaseException) -> bool:
    """Whether the place of files is away or full: a folder's disk, or a bucket, whose library is there only with one."""
    return isinstance(error, OSError) or type(error).__module__.partition(".")[0] in ("boto3", "botocore")


@contextmanager
def keeping(file: UploadedFile[Any]) -> Iterator[None]:
    """Refused, where the place of files is away or full: what was typed beside the file is then kept."""
    name = file.name
    try:
        yield
    except Exception as error:
        if not storage_failed(error):
            raise
        logger.error("“%s” could not be kept: %s", name, error)
        raise Refused(
            _(
                "“%(name)s” could not be kept: the site cannot take files at the moment. Please try again in a few minutes."
            )
            % {"name": name}
        ) from error


def clean_name(name: str) -> str:
    """A file's own name, without a path and without what no file system likes."""
    plain = PurePath(name.replace("\\", "/")).name
    plain = "".join(character for character in plain if character.isprintable()).strip(" .")
    stem, dot, extension = plain.rpartition(".")
    return f"{(stem or extension)[:100]}{dot}{extension[:10] if stem else ''}" or "file"


def check_file(file: UploadedFile[Any]) -> str:
    """The extension of an acceptable file. Raises Refused."""
    name = clean_name(file.name or "")
    extension = name.rpartition(".")[2].lower()
    _check_size(file, name, MAX_FILE)
    if extension in _OLD_OFFICE:
        raise Refused(
            _(
                "“%(name)s” is in an old format or has macros. Save it as .docx, .xlsx or .pptx, then upload that."
            )
            % {"name": name}
        )
    _check_opens_elsewhere(name, extension)
    if extension not in FILES:
        raise Refused(
            _("“%(name)s” cannot be uploaded. These can: %(formats)s.")
            % {"name": name, "formats": ", ".join(sorted(FILES))}
        )
    if extension in IMAGES:
        _check_picture(file, name, extension)
    elif not _is_what_it_says(file, extension):
        raise Refused(
            _(
                "“%(name)s” is not a .%(extension)s file inside. Open it in the program that made it and save it again."
            )
            % {"name": name, "extension": extension}
        )
    return extension


def check_image(file: UploadedFile[Any]) -> str:
    """The extension of an acceptable picture. Raises Refused."""
    name = clean_name(file.name or "")
    extension = name.rpartition(".")[2].lower()
    _check_size(file, name, MAX_IMAGE)
    _check_opens_elsewhere(name, extension)
    if extension not in IMAGES:
        raise Refused(
            _("“%(name)s” is not a picture we can show. Use PNG, JPEG, GIF or WebP.") % {"name": name}
        )
    _check_picture(file, name, extension)
    return extension


def _check_opens_elsewhere(name: str, extension: str) -> None:
    if instead := _OPENS_IN_FEW.get(extension):
        raise Refused(
            _(
                "“%(name)s” opens in few programs. Export or download it as one of these, then upload that: %(formats)s."
            )
            % {"name": name, "formats": instead}
        )


def _check_size(file: UploadedFile[Any], name: str, limit: int) -> None:
    if not file.size:
        raise Refused(_("“%(name)s” is empty.") % {"name": name})
    if file.size > limit:
        raise Refused(
            _("“%(name)s” has %(size)s; %(limit)s is the most. Make it smaller, or link to it.")
            % {"name": name, "size": filesizeformat(file.size), "limit": filesizeformat(limit)}
        )


def _check_picture(file: UploadedFile[Any], name: str, extension: str) -> None:
    file.seek(0)
    try:
        # Only the format that the name says is tried, and only the head is read before the size is known.
        with Picture.open(file, formats=[IMAGES[extension]]) as picture:
            width, height = picture.size
            if width * height * getattr(picture, "n_frames", 1) > MAX_PIXELS:
                raise Refused(_("“%(name)s” has too many pixels. Make it smaller first.") % {"name": name})
            picture.verify()
        file.seek(0)
        # Only reading all of it shows a picture that was cut off, and it is to be written anew.
        with Picture.open(file, formats=[IMAGES[extension]]) as picture:
            picture.load()
    except (
        UnidentifiedImageError,
        Picture.DecompressionBombError,
        OSError,
        SyntaxError,
        ValueError,
    ) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(
            _("“%(name)s” is not a .%(extension)s picture inside, or it is damaged.")
            % {"name": name, "extension": extension}
        ) from error
    finally:
        file.seek(0)


def _is_what_it_says(file: UploadedFile[Any], extension: str) -> bool:
    if extension in _TEXT:
        return _is_text(file)
    if extension in _OOXML or extension in _ODF:
        return _is_office(file, extension)
    file.seek(0)
    head = file.read(64)
    file.seek(0)
    return any(head[start : start + len(magic)] == magic for start, magic in _BEGINNINGS[extension])


def _is_text(file: UploadedFile[Any]) -> bool:
    file.seek(0)
    content = file.read(MAX_TEXT + 1)
    file.seek(0)
    if len(content) > MAX_TEXT or b"\0" in content:
        return False
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return (
        not text.lstrip()[:1000]
        .lower()
        .startswith(("<!doctype", "<html", "<script", "<svg", "<?xml", "<?php"))
    )


def _is_office(file: UploadedFile[Any], extension: str) -> bool:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if len(names) > MAX_ENTRIES or any(name.lower().endswith("vbaproject.bin") for name in names):
                return False
            if extension in _OOXML:
                return "[Content_Types].xml" in names and any(
                    name.startswith(_OOXML[extension]) for name in names
                )
            if "mimetype" not in names or archive.getinfo("mimetype").file_size > 200:
                return False
            return archive.read("mimetype").startswith(
                f"application/vnd.oasis.opendocument.{_ODF[extension]}".encode()
            )
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        return False
    finally:
        file.seek(0)
