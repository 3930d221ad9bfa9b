"""Durations, ages, licences, addresses and marked-up text, as sources write them and as we keep them. Pure."""

import re
from html import unescape

import nh3

from repository.models import Licence
from standards.grades import grade_of_age, normalise_grades
from standards.text import ATTRIBUTES, BLOCK_TAGS, INLINE_TAGS, URL_SCHEMES, to_plain

_ISO = re.compile(
    r"P(?:(\d+(?:[.,]\d+)?)Y)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?\Z",
    re.I,
)
# A year of school days is no one's lesson plan, so the larger units are those of the calendar.
_ISO_MINUTES = (525_600, 43_200, 10_080, 1440, 60, 1, 1 / 60)
_HOURS = re.compile(r"(\d{1,3})\s*h\s*([0-5]?\d)\s*(?:m|min)?\.?\Z", re.I)
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::[0-5]\d)?\Z")
_WORDS = re.compile(r"(\d+(?:\.\d+)?)\s*(minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(?![a-z])", re.I)
_WORD_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10_080}
MAX_MINUTES = 100_000
# Characters. Longer ones take the patterns above long, and their numbers are beyond all bounds.
_MAX_DURATION = 200

_TAG = re.compile(r"</?[A-Za-z]")
# A source's own mark-up, as AsciiDoc sites write it: @name{…}, with one part in braces or several. The innermost.
_MACRO = re.compile(r"(?<![\w@\\])@([A-Za-z][\w-]*)((?:\{[^{}]*\})+)(?!\{)")
_MOST_NESTED = 4
_CC = re.compile(r"creativecommons\.org/(licenses|publicdomain)/([a-z-]+)(?:/(\d\.\d))?", re.I)
_CC_WORDS = re.compile(r"\b(?:cc|creative\s+commons)\b[\s:-]*(.*)\Z", re.I | re.S)
_CC_PARTS = (
    ("by", r"\bby\b|attribution"),
    ("nc", r"\bnc\b|non-?\s?commercial"),
    ("nd", r"\bnd\b|no\s?-?derivat"),
    ("sa", r"\bsa\b|share\s?-?alike"),
)
_WEB = re.compile(r"https?://", re.I)
_WITHOUT_SCHEME = re.compile(r"www\.[\w-]+\.\w|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/|//[\w-]+(?:\.[\w-]+)+", re.I)
_CODES = {code.value.casefold(): code for code in Licence}


def is_web(address: str) -> bool:
    return bool(_WEB.match(address))


def lacks_scheme(address: str) -> bool:
    """Whether it begins as an address does, without https:// before it."""
    return bool(_WITHOUT_SCHEME.match(address))


def with_scheme(address: str) -> str:
    """A web address, with https:// where it lacks that; "" for what is none."""
    if lacks_scheme(address):
        return f"https://{address.removeprefix('//')}".replace(" ", "%20")
    return address if is_web(address) else ""


def is_address(text: str) -> bool:
    """Whether it is a web address, with https:// or without, and not words that begin with one."""
    return is_web(text) or (lacks_scheme(text) and len(text.split()) == 1)


def minutes(text: str) -> int | None:
    """Minutes of an ISO 8601 duration (PT1H30M, P2D), a clock time (1:30, 1h30), or words ("2 hours", "45 min", "45").

    Of two (PT45M/PT60M, 45-60 minutes) the longer one, which comes last.

    None for what is none of these, for nothing at all (PT0M), and for more than `MAX_MINUTES`.
    """
    if len(text) > _MAX_DURATION:
        return None
    text = text.rpartition("/")[2].strip()
    found: float | None = None
    if (iso := _ISO.match(text)) and any(iso.groups()):
        found = sum(
            float(part.replace(",", ".")) * size
            for part, size in zip(iso.groups(), _ISO_MINUTES, strict=True)
            if part
        )
    elif clock := _CLOCK.match(text) or _HOURS.match(text):
        found = int(clock[1]) * 60 + int(clock[2])
    elif re.fullmatch(r"\d+(?:\.0+)?", text, re.A):
        found = int(text.partition(".")[0])
    elif words := _WORDS.findall(text):
        found = sum(float(number) * _WORD_MINUTES[unit[0].lower()] for number, unit in words)
    return round(found) if found and 1 <= round(found) <= MAX_MINUTES else None


def grades_of_ages(text: str) -> list[str]:
    """The CEDS grades that children of an age range are usually in: "11-12" is grades 6 and 7, "16+" 11 and 12."""
    numbers = [int(number) for number in re.findall(r"\d{1,2}", text)]
    if not numbers:
        return []
    if "grade" in text.casefold():
        return normalise_grades(text)
    first, last = numbers[0], numbers[-1]
    if len(numbers) == 1 and re.search(r"\d\s*(?:\+|-\s*\Z|–\s*\Z)|and (?:up|over|older)", text):
        last = 17
    if len(numbers) == 1 and re.search(r"\A\s*[-–]|up to|under", text):
        first = 3
    return [grade for age in range(first, min(last, 25) + 1) if (grade := grade_of_age(age))]


def licence(text: str) -> Licence:
    """The licence that an address, an SPDX name or words mean.

    Only what is certain: another version than 4.0, and terms that we do not know, are OTHER, which nobody may adapt,
    and stay readable in the attribution. Nothing said means that all rights are reserved.
    """
    text = text.strip()
    if not text:
        return Licence.ALL_RIGHTS
    if known := _CODES.get(text.casefold()):
        return known
    if found := _CC.search(text):
        if found[1].lower() == "publicdomain":
            return Licence.CC0 if found[2].lower() == "zero" else Licence.OTHER
        return _cc(found[2].lower().split("-"), found[3] or "4.0")
    if re.search(r"\bcc[\s-]?0\b|creative commons zero", text, re.I):
        return Licence.CC0
    if words := _CC_WORDS.search(text):
        rest = re.sub(r"[_-]", " ", words[1])
        parts = [part for part, pattern in _CC_PARTS if re.search(pattern, rest, re.I)]
        version = re.search(r"\b([1-4]\.\d)\b", rest)
        return _cc(parts, version[1] if version else "4.0")
    if re.search(r"all rights reserved|copyright|©", text, re.I):
        return Licence.ALL_RIGHTS
    return Licence.OTHER


def _cc(parts: list[str], version: str) -> Licence:
    name = "-".join(["CC", *(part.upper() for part in ("by", "nc", "nd", "sa") if part in parts), version])
    return _CODES.get(name.casefold(), Licence.OTHER)


def _has_markup(text: str) -> bool:
    """Whether there is a tag, whole, or the beginning of a comment. One look, however many tags are begun and not ended."""
    return "<!--" in text or bool(_TAG.search(text, 0, max(text.rfind(">"), 0)))


_ESCAPED = re.compile(r"\s*&lt;(p|div|ul|ol|h[1-6]|strong|b|em|span)\b.*&lt;/\1&gt;\s*\Z", re.S)


def clean_text(text: str) -> str:
    """Markdown as it is; HTML without scripts, styles, events and whatever else could do harm.

    A text that is HTML from its first sign to its last, but escaped, was escaped once too often, as in feeds.
    """
    if not _has_markup(text) and _ESCAPED.match(text):
        text = unescape(text)
    if not _has_markup(text):
        return text.strip()
    clean: str = nh3.clean(
        text,
        tags=INLINE_TAGS | BLOCK_TAGS,
        attributes=ATTRIBUTES,
        url_schemes=URL_SCHEMES,
        link_rel=None,
    )
    return clean.strip()


def without_macros(text: str) -> tuple[str, list[str]]:
    """The text with words in the place of a source's own mark-up, and the names of the marks that were replaced.

    `@link{page, Words}` and `@link{page}{Words}` are the words, and a link where the page is a web address; `@link{my-page}`
    is “my page”; `@ifcase{one}{words}` is “words (one)”. What has no words stays as it is.
    """
    names: list[str] = []

    def said(macro: re.Match[str]) -> str:
        words = _said_by_macro(macro[1], macro[2][1:-1].split("}{"))
        if words:
            names.append(macro[1])
        return words or macro[0]

    for _ in range(_MOST_NESTED):
        before, text = text, _MACRO.sub(said, text)
        if text == before:
            break
    return text, list(dict.fromkeys(names))


def _said_by_macro(name: str, parts: list[str]) -> str:
    parts = [part.strip() for part in parts]
    if len(parts) == 1:
        parts = [part.strip() for part in parts[0].split(",", 1)]
    target, words = parts[0], next((part for part in reversed(parts[1:]) if part), "")
    if target.startswith(("http://", "https://")):
        return f"[{words or target}]({target})"
    if words:
        return f"{words} ({target})" if name.startswith("if") else words
    page = target.rstrip("/").rsplit("/", 1)[-1]
    return " ".join(re.split(r"[\s_-]+", re.sub(r"\.\w{1,5}\Z", "", page))).strip()


_OVERRIDES = re.compile(r"[\u202a-\u202e]")


def one_line(text: str) -> str:
    """A title: without markup, line breaks, and characters that turn the order of what is read (U+202A to U+202E)."""
    if _has_markup(text):
        text = unescape(nh3.clean(text, tags=set()))
    return " ".join(_OVERRIDES.sub("", unescape(text)).split())


def shortened(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, cut between words."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - 1].rsplit(' ', 1)[0].rstrip(' ,;:.')}…"


def summary_of(description: str, limit: int) -> str:
    """The beginning of a description, without markup."""
    return shortened(to_plain(description), limit)
