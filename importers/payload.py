"""The bytes of a source, decoded and parsed once, with an error that a person can act on."""

import codecs
import hashlib
import json
import math
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from importers.problems import ImportRefused

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MAX_BRACKETS = 5_000_000
"""Lists and records of one JSON file. Parsed, each takes about a hundred bytes; 150,000 statements have a million."""
MAX_DIGITS = 4000
"""Of a whole number; Python reads no more than 4,300."""
# What PostgreSQL cannot keep: NUL, and halves of a surrogate pair. As escapes, they pass a JSON parser.
_SUSPECT = re.compile(r"\\u0000|\\u[dD][89a-fA-F]|\x00")
_NO_DATA = {b"%PDF": "a PDF", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture"}
_VALUE = re.compile(r"\s*[{\[]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Validators:
    """By which a server tells whether what it answered has changed since (RFC 9110, section 8.8)."""

    etag: str = ""
    last_modified: str = ""

    def as_headers(self) -> dict[str, str]:
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in said.items() if value}


_EXACT = 2.0**53  # from here on, floats have no fraction
_LARGE = 1_000_000  # bytes


class Payload:
    """What a file or an address holds. Readers look at it to see whether it is theirs, then read it."""

    def __init__(self, data: bytes, name: str = "", *, url: str = "") -> None:
        """`name` is what messages call it; `url` is the address that it was fetched from, if any."""
        self._data = data
        self._packed = b""
        self.name = name
        self.url = url
        self.validators = Validators()
        # For tables: which column holds what (header: field), as told now, and as told for earlier tables.
        self.mapping: Mapping[str, str] = {}
        self.known_mappings: Sequence[Mapping[str, str]] = ()

    @property
    def data(self) -> bytes:
        return zlib.decompress(self._packed) if self._packed else self._data

    @property
    def packed(self) -> bytes:
        """As it is kept. The first level takes a third of the time of the default one, for a tenth more space."""
        return self._packed or zlib.compress(self._data, 1)

    def _pack(self) -> None:
        """Lets go of the bytes themselves: a file of 40 MB is three times that once it is parsed."""
        if len(self._data) > _LARGE:
            _ = self.checksum, self.size, self.encoding, self.head
            self._packed, self._data = self.packed, b""

    @cached_property
    def size(self) -> int:
        return len(self._data)

    @cached_property
    def checksum(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def encoding(self) -> str:
        """By the byte-order mark, else by where the first characters have their zero bytes: UTF-8, -16 or -32."""
        marked = next((name for mark, name in _BOMS if self.data.startswith(mark)), None)
        return marked or (json.detect_encoding(self.data[:8]) if self.data else "utf-8")

    @cached_property
    def text(self) -> str:
        """Refused if the bytes are not text in their encoding."""
        encoding = self.encoding
        try:
            return self.data.decode(encoding)
        except UnicodeDecodeError as error:
            line = self.data.count(b"\n", 0, error.start) + 1
            raise ImportRefused(
                f"The file is not {encoding.upper()} text: byte 0x{self.data[error.start]:02X} at position "
                f"{error.start:,} (line {line:,}) has no meaning there. Save it as UTF-8 and try again.",
                rule="encoding",
            ) from None

    @cached_property
    def head(self) -> str:
        """The first characters, in lower case, without leading space: enough to tell formats apart."""
        return self.data[:4000].decode(self.encoding, "ignore").lstrip("\ufeff \t\r\n").lower()

    @property
    def no_data(self) -> str:
        """In words, what it is where there is nothing in it to read: "a PDF"; else ""."""
        return next((what for start, what in _NO_DATA.items() if self.data.startswith(start)), "")

    @property
    def is_json(self) -> bool:
        return self.head[:1] in ("{", "[")

    @property
    def is_html(self) -> bool:
        return self.head.startswith(("<!doctype html", "<html", "<head", "<body", "<!--")) or (
            self.head.startswith("<") and "<html" in self.head
        )

    @cached_property
    def json(self) -> Any:
        """The parsed JSON. Refused with the place of the fault: not JSON, cut off, nested beyond reason."""
        text = self.text.removeprefix("\ufeff")
        self.check_size()
        _ = self.may_hold_unstorable
        self._pack()
        try:
            parsed = loads(text)
            self.__dict__.pop("text", None)
            return parsed
        except json.JSONDecodeError as error:
            values = _one_after_another(text) if error.msg == "Extra data" else []
            if not values:
                raise _not_json(text, error) from None
            return values
        except RecursionError:
            raise too_deep() from None
        except ValueError as error:
            raise _no_number(error) from None

    def lines(self) -> Iterator[tuple[int, str]]:
        """The lines of JSON Lines that are not blank, with their numbers.

        Not by `splitlines`: other ends of lines that Unicode knows (U+2028, U+0085) may stand in a JSON text as they are.
        """
        self.check_size()
        for number, line in enumerate(self.text.removeprefix("\ufeff").split("\n"), start=1):
            if line.strip():
                yield number, line

    def check_size(self) -> None:
        """Refuses a text that would take gigabytes once it is parsed."""
        if self.text.count("[") + self.text.count("{") > MAX_BRACKETS:
            raise ImportRefused(
                f"The file holds more than {MAX_BRACKETS:,} lists and records, too many to read. Divide it.", rule="size"
            )  # fmt: skip

    def forget(self) -> None:
        """Lets go of the text and what was parsed of it: the drafts have what they need, and files are large."""
        self.__dict__.pop("text", None)
        self.__dict__.pop("json", None)

    @cached_property
    def may_hold_unstorable(self) -> bool:
        return bool(_SUSPECT.search(self.text))


def loads(text: str) -> Any:
    """Parsed as RFC 8259 has it: without NaN, Infinity and numbers beyond all bounds, which no database keeps."""
    return json.loads(text, parse_constant=_no_constant, parse_float=_finite, parse_int=_short_enough)


def clean(value: Any) -> tuple[Any, int]:
    """`value` with the characters that no database text can hold replaced by U+FFFD, and how many there were."""
    if isinstance(value, str):
        return _UNSTORABLE.subn("\ufffd", value)
    if isinstance(value, list):
        pairs = [clean(member) for member in value]
        return [member for member, _ in pairs], sum(count for _, count in pairs)
    if isinstance(value, dict):
        total = 0
        cleaned = {}
        for key, member in value.items():
            (new_key, in_key), (new_member, in_member) = clean(key), clean(member)
            cleaned[new_key] = new_member
            total += in_key + in_member
        return cleaned, total
    return value, 0


def is_visible(text: str) -> bool:
    """Whether there is anything to see: marks of no width and spaces are not."""
    return any(unicodedata.category(sign)[0] not in "CZ" for sign in text)


def visible(text: str) -> str:
    """The text, or none where there is nothing to see."""
    return text if is_visible(text) else ""


def too_deep() -> ImportRefused:
    return ImportRefused(
        "The file is nested hundreds of levels deep, which no list of statements or resources is. It is not imported.",
        rule="nesting",
    )


def _one_after_another(text: str) -> list[Any]:
    """The records of JSON Lines, or of files that were joined; [] if there is anything else between them."""
    decoder = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite, parse_int=_short_enough)
    found = []
    place = 0
    while match := _VALUE.match(text, place):
        try:
            value, place = decoder.raw_decode(text, match.end() - 1)
        except json.JSONDecodeError:
            return []
        except ValueError as error:
            raise _no_number(error) from None
        found.append(value)
    return found if not text[place:].strip() else []


def _not_json(text: str, error: json.JSONDecodeError) -> ImportRefused:
    rest = text[error.pos :].strip()
    unterminated = error.msg.startswith("Unterminated string")
    if rest[:1] in ("]", "}"):
        before = text[: error.pos].rstrip()
        if before.endswith(","):
            return ImportRefused(
                f"The file is not valid JSON: there is a comma too many before the bracket at line {error.lineno:,}, column "
                f"{error.colno:,}. Take it out.",
                rule="json",
            )
    if not rest or (unterminated and '"' not in text[error.pos + 1 :]) or len(rest) < 3:
        return ImportRefused(
            f"The file ends in the middle of its JSON (line {error.lineno:,}): it was cut off. Fetch it again.",
            rule="truncated",
        )
    return ImportRefused(
        f"The file is not valid JSON: {error.msg.removesuffix(' at')} at line {error.lineno:,}, column {error.colno:,}.",
        rule="json",
    )


def _no_number(error: ValueError) -> ImportRefused:
    """Numbers of thousands of digits, NaN, Infinity."""
    return ImportRefused(f"The file is not valid JSON: {error}.", rule="json")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _short_enough(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(
            f"the number {digits[:20]}… has {len(digits):,} digits; write it as a text, in quotation marks"
        )
    return int(digits)


def _finite(digits: str) -> float | int:
    """A large number without a fraction as the database gives it back: digit by digit, which is not the same float."""
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"the number {digits[:40]} is too large")
    return int(Decimal(repr(number))) if abs(number) >= _EXACT else number
