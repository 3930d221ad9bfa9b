"""Pictures without what cameras write into them: the place, the device, the owner's name, a preview of what was cut.

A phone notes where each photo was taken, and teachers photograph at school and at home. So no stored file has it.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from PIL import Image as Picture
from PIL import ImageOps, ImageSequence
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from repository.uploads import IMAGES

if TYPE_CHECKING:
    from django.core.files import File


def without_metadata(file: File[Any], name: str) -> ContentFile[bytes]:
    """The picture as it is shown, upright, and nothing beside it but its colour profile.

    It is written anew, because what a camera appends (a second picture, a short film) has such notes as well; a JPEG
    keeps its own tables, so that it loses next to nothing. `file` has been checked (repository.uploads).
    """
    file.seek(0)
    written = BytesIO()
    with Picture.open(file, formats=[IMAGES[extension_of(name)]]) as picture:
        kind = "JPEG" if picture.format == "MPO" else str(picture.format)
        if getattr(picture, "is_animated", False) and kind != "JPEG":
            _write_frames(picture, written, kind)
        else:
            _write(picture, written, kind)
    return ContentFile(written.getvalue(), name=name)


def extension_of(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _write(picture: Picture.Image, written: BytesIO, kind: str) -> None:
    options: dict[str, Any] = {"icc_profile": picture.info.get("icc_profile")}
    if isinstance(picture, JpegImageFile):
        options["qtables"] = picture.quantization
        if (sampling := get_sampling(picture)) >= 0:
            options["subsampling"] = sampling
        options["progressive"] = bool(picture.info.get("progressive"))
    elif kind == "WEBP":
        options["quality"] = 90
    upright = ImageOps.exif_transpose(picture)
    if "transparency" in picture.info:
        options["transparency"] = picture.info["transparency"]
    upright.info = {}
    upright.save(written, kind, **options)


def _write_frames(picture: Picture.Image, written: BytesIO, kind: str) -> None:
    options: dict[str, Any] = {"loop": picture.info.get("loop", 0), "duration": []}
    frames = []
    for frame in ImageSequence.Iterator(picture):
        options["duration"].append(frame.info.get("duration", 100))
        bare = frame.convert("RGBA")
        bare.info = {}
        frames.append(bare)
    if kind == "WEBP":
        options["quality"] = 90
    else:
        options["disposal"] = 2  # each frame stands alone: the next one begins on an empty field
    frames[0].save(written, kind, save_all=True, append_images=frames[1:], **options)
