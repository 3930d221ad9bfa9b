"""Files that came compressed (gzip) or in an archive (zip): what is in them, within the limits of any source."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from django.conf import settings

from importers.payload import Payload
from importers.problems import ImportRefused

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_CHUNK = 1 << 20
MAX_MEMBERS = 1000


def members(payload: Payload) -> list[Payload]:
    """The payload itself, or the files that it holds: one for gzip, each for a zip that is no workbook.

    Raises ImportRefused if it is damaged, or takes more than `settings.IMPORT_MAX_BYTES` once unpacked.
    """
    if payload.data.startswith(_GZIP):
        return [_with_data(payload, _gunzip(payload.data), PurePosixPath(payload.name).stem)]
    if payload.data.startswith(_ZIP) and (found := _unzip(payload)):
        return found
    return [payload]


def _gunzip(data: bytes) -> bytes:
    found = bytearray()
    rest = data
    while rest.startswith(_GZIP):  # several may follow each other, as `cat a.gz b.gz` writes them
        unpacker = zlib.decompressobj(wbits=31)
        try:
            while not unpacker.eof:
                found += unpacker.decompress(rest, _CHUNK)
                _check_size(len(found))
                rest = unpacker.unconsumed_tail
                if not rest and not unpacker.eof:
                    raise zlib.error
        except zlib.error:
            raise ImportRefused(
                "The gzip file is damaged or was cut off. Fetch it again.", rule="truncated"
            ) from None
        rest = unpacker.unused_data
    return bytes(found)


def _unzip(payload: Payload) -> list[Payload]:
    """The files of a zip, without those that systems put beside them; [] for a workbook, which is a zip too."""
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(payload.data)) as archive:
            entries = [entry for entry in archive.infolist() if not _is_hidden(entry)]
            if any(entry.filename.endswith("workbook.xml") for entry in entries):
                return []
            if len(entries) > MAX_MEMBERS:
                raise ImportRefused(f"The zip holds more than {MAX_MEMBERS:,} files.", rule="size")
            total = 0
            for entry in entries:
                with archive.open(entry) as file:
                    data = file.read(settings.IMPORT_MAX_BYTES - total + 1)
                total += len(data)
                _check_size(total)
                found.append(_with_data(payload, data, PurePosixPath(entry.filename).name))
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError, OSError):
        raise ImportRefused(
            "The zip file is damaged, was cut off, or has a password. Save it again, or import what is in it.",
            rule="truncated",
        ) from None
    if not found:
        raise ImportRefused("The zip holds no file.", rule="empty")
    return found


def _is_hidden(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    return entry.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts


def _with_data(payload: Payload, data: bytes, name: str) -> Payload:
    inner = Payload(data, name, url=payload.url)
    inner.mapping = payload.mapping
    inner.known_mappings = payload.known_mappings
    return inner


def _check_size(size: int) -> None:
    if size > settings.IMPORT_MAX_BYTES:
        raise ImportRefused(
            f"It unpacks to more than {settings.IMPORT_MAX_BYTES / 1_000_000:,.0f} MB, the most that is read.",
            rule="bomb",
        )
