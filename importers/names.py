"""How a new framework is called: a short name for addresses, and where it holds."""

import re
import unicodedata
from collections.abc import Iterable

from django.utils.text import slugify

from importers.draft import DocumentDraft
from importers.problems import ImportRefused
from people.models import State
from standards.models import Framework

MAX_SHORT_NAME = 60
_READABLE = 40
_VALID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_SMALL_WORDS = {"a", "an", "and", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
_STATES = (
    "Alabama,Alaska,Arizona,Arkansas,California,Colorado,Connecticut,Delaware,District of Columbia,Florida,Georgia,"
    "Hawaii,Idaho,Illinois,Indiana,Iowa,Kansas,Kentucky,Louisiana,Maine,Maryland,Massachusetts,Michigan,Minnesota,"
    "Mississippi,Missouri,Montana,Nebraska,Nevada,New Hampshire,New Jersey,New Mexico,New York,North Carolina,"
    "North Dakota,Ohio,Oklahoma,Oregon,Pennsylvania,Rhode Island,South Carolina,South Dakota,Tennessee,Texas,Utah,"
    "Vermont,Virginia,Washington,West Virginia,Wisconsin,Wyoming,Puerto Rico,Guam,American Samoa"
).split(",")
_NATIONAL = re.compile(
    r"\b(?:common core|next generation science|national|american|c3 framework|united states)\b", re.I
)


def short_name_for(document: DocumentDraft, wanted: str | None) -> str:
    """`wanted` if it is free, else a readable one made of the title: Colorado-Academic-Standards-Mathematics.

    Raises ImportRefused if `wanted` is taken or not allowed.
    """
    if wanted:
        if not _VALID.match(wanted) or len(wanted) > MAX_SHORT_NAME:
            raise ImportRefused(
                f"{wanted!r} cannot be a short name: use letters, digits, dots and hyphens, at most {MAX_SHORT_NAME}.",
                rule="short-name",
            )
        if other := Framework.objects.filter(short_name__iexact=wanted).first():
            raise ImportRefused(f"The short name {wanted} belongs to “{other.title}”.", rule="short-name")
        return wanted
    base = _from_title(document.title) or slugify(document.identifier)[:_READABLE] or "framework"
    name, number = base, 1
    while Framework.objects.filter(short_name__iexact=name).exists():
        number += 1
        name = f"{base}-{number}"
    return name


def jurisdiction_of(document: DocumentDraft) -> str:
    """The state that a framework names as its own, "United States" for the well-known national ones, else its creator."""
    said = document.extra.get("jurisdiction")
    if isinstance(said, str) and said.strip():
        return said.strip()[:200]
    ours = State.objects.first()
    for text in (document.creator, document.publisher, document.title):
        if ours and _names(text, [ours.name]):
            return ours.name
        if state := _names(text, _STATES):
            return state
    if any(_NATIONAL.search(text) for text in (document.title, document.creator)):
        return "United States"
    return (document.creator or document.publisher)[:200]


def _names(text: str, states: Iterable[str]) -> str:
    """The state in `text`; the longest where one name holds another (West Virginia)."""
    found = [state for state in states if re.search(rf"\b{re.escape(state)}\b", text, re.IGNORECASE)]
    return max(found, key=len, default="")


def _from_title(title: str) -> str:
    plain = unicodedata.normalize("NFKD", re.sub(r"['’]", "", title)).encode("ascii", "ignore").decode()
    words = [word for word in re.split(r"[^A-Za-z0-9.]+", plain) if word.lower() not in _SMALL_WORDS]
    name = ""
    for word in words:
        word = word.strip(".")
        longer = f"{name}-{word}" if name and word else name or word
        if len(longer) > _READABLE:
            break
        name = longer
    return name or (words[0][:_READABLE] if words else "")
