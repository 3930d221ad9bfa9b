"""Files and images that come in by upload, into the collection of the district."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from people.models import Organisation, User
from repository import permissions
from repository.models import ResourceDocument, ResourceImage
from repository.uploads import Refused, check_file, check_image, clean_name, storage_failed

if TYPE_CHECKING:  # the class takes a type argument for the type checker only
    from django.core.files.uploadedfile import (
        UploadedFile,
    )

logger = logging.getLogger(__name__)


@contextmanager
def _keeping(file: UploadedFile[Any]) -> Iterator[None]:
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


@transaction.atomic
def store_file(*, user: User, district: Organisation, file: UploadedFile[Any]) -> ResourceDocument:
    """Keep an uploaded file. Raises uploads.Refused."""
    extension = check_file(file)
    file.name = _named(file, extension)
    document = ResourceDocument(
        title=_title(file),
        uploaded_by_user=user,
        collection=permissions.district_collection(district=district),
    )
    document.file = file
    with _keeping(file):
        document.save()
        # Both are kept with the row when they are first asked for.
        document.get_file_size()
        document.get_file_hash()
    return document


@transaction.atomic
def store_image(*, user: User, district: Organisation, file: UploadedFile[Any]) -> ResourceImage:
    """Keep an uploaded picture. Raises uploads.Refused."""
    extension = check_image(file)
    file.name = _named(file, extension)
    image = ResourceImage(
        title=_title(file),
        uploaded_by_user=user,
        collection=permissions.district_collection(district=district),
    )
    image.file = file
    with _keeping(file):
        image.save()
        image.get_file_size()
    return image


def _named(file: UploadedFile[Any], extension: str) -> str:
    return f"{clean_name(file.name or '').rpartition('.')[0]}.{extension}"


def _title(file: UploadedFile[Any]) -> str:
    return (file.name or "").rpartition(".")[0].replace("_", " ")[:255]
