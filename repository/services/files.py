"""Files and images that come in by upload, into the collection of the district."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from people.models import Organisation, User
from repository import permissions
from repository.models import ResourceDocument, ResourceImage
from repository.uploads import check_file, check_image, clean_name, keeping

if TYPE_CHECKING:  # the class takes a type argument for the type checker only
    from django.core.files.uploadedfile import (
        UploadedFile,
    )


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
    with keeping(file):
        document.save()
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
    with keeping(file):
        image.save()
    return image


def _named(file: UploadedFile[Any], extension: str) -> str:
    return f"{clean_name(file.name or '').rpartition('.')[0]}.{extension}"


def _title(file: UploadedFile[Any]) -> str:
    return (file.name or "").rpartition(".")[0].replace("_", " ")[:255]
