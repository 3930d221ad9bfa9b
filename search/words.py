"""The words of a query as a value: what must be found, what may stand in its place, what must not be found.

Between the reader's typing (`understanding.py`, which takes grades, codes and the like out of it) and the engine's request
(`text.py`, which says what a match is worth). Nothing here knows the engine or the database.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from unicodedata import category
from urllib.parse import unquote

from standards.codes import looks_like_code

_QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)
# A phrase in quotes or a word, with a minus before it or not. A quote inside a word (5" nails) is a sign like any other.
_TOKEN = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)"(?=\s|$)|(?P<word>\S+)')
# "6th", "1st/2nd", "8vo", "2-digit", "5-paragraph", "3D", "g4": a number and a word, and the code of nothing.
_NUMBERED = re.compile(
    r"(?:\d+(?:st|nd|rd|th)?[-–—/&])*\d+(?:st|nd|rd|th|er|[dmnrtv]o)|\d+(?:-[^\W\d_]{3,})+|\d-?d|g\d{1,2}",
    re.I,
)
# "x^2", "y=mx+b", "4 x 4": no code has such signs.
_ARITHMETIC = re.compile(r"[\^=+*<>%$÷×]|\d\s*x\s*\d", re.I)
# The engine's English stop words, of which it keeps none: to look for them finds everything.
SAY_NOTHING = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they".split()
    + "this to was will with".split()
)
# "https://www.district.example/lessons/better-buy/?from=mail"
_ADDRESS = re.compile(r"(?:https?://|www\.)[^/\s]+(?P<path>[^\s?#]*)\S*", re.I)
# "Unit_3-Fractions.docx", as somebody saved it.
_FILE = re.compile(r"(?P<name>[^\s/]*[^\W_][^\s/]*)\.(?P<kind>pdf|docx?|odt|pptx?|xlsx?)[.,;:!?)]*", re.I)
_EXCLUDED = re.compile(r"-[^\W\d_]")


@dataclass(frozen=True)
class Alternative:
    """What may be found in the place of `words`, which are part of `Words.text`: "ela", ("english language arts",)."""

    words: str
    instead: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """What of a query is looked for as text.

    text: words of which most must be found; alternatives: for some of them, what serves as well (a synonym, an acronym
    written out). phrases: each must be found word by word. excluded: words and phrases of which none may be found.
    codes: codes of standards, as typed; what is aligned to one ranks first, and they may be found as text too.
    alike: what is aligned below one ranks no lower, since what was typed is only the beginning of these codes.
    courses: "Algebra 1" and what else that is called; who has one ranks higher. Of its words only "Algebra" is in the text:
    the number is no grade, and in every lesson with numbers.
    typed: the text with the padding that is put aside ("fun ideas for"), where there is any; who has that ranks a little
    higher.
    files: words of `typed` that say the kind of file or the program; search cannot tell those apart.
    extra: words that need not be found, since a filter says the same ("6th grade"); who has them still ranks higher.
    picked: identifiers of resources that coordinators have picked for the query; they are found whatever their words.
    quoted: identifiers of standards whose statement the text is; around: the words above and below those, which need not be
    found; who has them ranks higher.
    """

    text: str = ""
    alternatives: tuple[Alternative, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    alike: bool = False
    courses: tuple[str, ...] = ()
    typed: str = ""
    files: tuple[str, ...] = ()
    extra: str = ""
    picked: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    around: str = ""

    def __bool__(self) -> bool:
        return self != NONE

    @property
    def wanted(self) -> str:
        """All that may be found, in one line: what is highlighted, and looked for in near spellings."""
        return " ".join(filter(None, [*self.codes, self.text, *self.phrases, self.extra]))


NONE = Words()


class Span(Protocol):
    """Something that stands in a query: from start to before end, in characters."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def overlaps(one: Span, others: Iterable[Span]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)


@dataclass(frozen=True)
class Token:
    """A word or a phrase as it stands in a query: `typed` is all of it, `text` without quotes and minus.

    start: where in the query it begins, in characters.
    """

    start: int
    typed: str
    text: str
    is_phrase: bool = False
    excluded: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.typed)

    @property
    def is_plain(self) -> bool:
        """A word that is neither in quotes nor excluded."""
        return not self.is_phrase and not self.excluded


def has_words(q: str) -> bool:
    """Whether there is anything to look for: letters, digits or an emoji. Of other signs the engine keeps none."""
    return any(one.isalpha() or one.isdecimal() or category(one) == "So" for one in q)


def spoken(some: Sequence["Token"]) -> str:
    """What is looked for of plain words: signs and emoji beside words say nothing, though the engine counts these as words;
    of an address that was pasted, its path says what it leads to, and the name of a file what is in it."""
    telling = [token for token in some if any(sign.isalnum() for sign in token.text)] or some
    return " ".join(_of_address(token.typed) or _of_file(token.typed) or token.typed for token in telling)


def is_address(typed: str) -> bool:
    return bool(_ADDRESS.fullmatch(typed))


def _of_address(typed: str) -> str:
    address = _ADDRESS.fullmatch(typed)
    return " ".join(re.findall(r"[^\W_]+", unquote(address["path"]))) if address else ""


def _of_file(typed: str) -> str:
    file = _FILE.fullmatch(typed)
    return " ".join([*re.findall(r"[^\W_]+", file["name"]), file["kind"]]) if file else ""


def is_arithmetic(text: str) -> bool:
    return bool(_ARITHMETIC.search(text))


def tokens(q: str) -> list[Token]:
    """The words and phrases of a query in their order; nothing of it is left out but spaces."""
    found = []
    for match in _TOKEN.finditer(q.translate(_QUOTES)):
        start, typed = match.start(), q[match.start() : match.end()]
        phrase, word = match["phrase"], match["word"]
        if word is None:
            text, excluded = " ".join(phrase.split()), bool(match["minus"])
            found.append(Token(start, typed, text, is_phrase=True, excluded=excluded))
        elif _EXCLUDED.match(word):
            found.append(Token(start, typed, word[1:], excluded=True))
        else:
            found.append(Token(start, typed, typed))
    return found


def read_words(q: str) -> Words:
    """The words of a query that is not looked into further: quotes, minus, and the code of a standard."""
    found = tokens(q)
    code, text = split_code(" ".join(one.text for one in found if one.is_plain))
    return Words(
        text=text,
        phrases=tuple(one.text for one in found if one.is_phrase and not one.excluded and one.text),
        excluded=tuple(one.text for one in found if one.excluded and one.text),
        codes=(code,) if code else (),
    )


def split_code(q: str) -> tuple[str, str]:
    """The code of a standard in a query, and the words beside it; "" where there is none.

    "6rp3" is a code, and so is the first word of "6.RP.A.3 word problems"; a plain number is not.
    """
    words = q.split()
    for word in words:
        bare = word.rsplit(":", 1)[-1].strip(",;()")
        mixed = any(c.isalpha() for c in bare) and any(c.isdigit() for c in bare)
        if mixed and looks_like_code(bare) and not _NUMBERED.fullmatch(bare):
            return bare, " ".join(other for other in words if other is not word)
    return "", q
