"""What a query says beside its words: a standard by its code, grades, a time, a subject, a kind, a setting, a level.

What can mean only one thing is applied as a filter: codes that a standard has, grades that are called grades, times. Its
words are then no longer required as text, but who has them still ranks higher. What may be meant or not ("game", "math") is
offered as a filter, and its words are looked for like any other. Filters chosen by hand are never overruled. Everything
applied is shown with its words, can be taken away, and `as_typed` looks for the words instead: see
docs/decisions/2026-11-25-understanding-a-query.md.

`read` is pure. `understand` asks the database: once for a code, and for the lexicon where that is not in memory.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from search.code_beginnings import find_begun
from search.lexicon import MAX_NAME_WORDS, Lexicon, fold, lexicon
from search.named_standards import Candidate, NamedStandards, candidates, find_named
from search.padding import only_files, put_aside, within
from search.phrases import (
    AGE,
    DURATION,
    NUMBER,
    duration_label,
    read_ages,
    read_duration,
    read_few_grades,
    read_grades,
)
from search.promotions import picked
from search.quoted import FEWEST, NOTHING, find_quoted, is_long
from search.request import SearchRequest
from search.words import NONE, Alternative, Span, Token, Words, overlaps, split_code, spoken, tokens
from standards.grades import grade_range_label
from standards.models import Item
from standards.said_grades import GRADE, PERHAPS_GRADE

MAX_OFFERED = 5
# What an objective begins with, above the standard that it quotes.
OPENING = re.compile(
    r"^(?:(?:the\s+)?(?:students?|learners?|scholars)\s+(?:will|can|should)(?:\s+be\s+able\s+to)?|swbat|(?:i|we)\s+can"
    r"|(?:objectives?|standards?|learning targets?|goals?):)\s+(?=\S)",
    re.I,
)
# What words of a sentence have beside them: "a unit, or (three) lessons."
AROUND = " ()[],;:!?.…¿¡"
# Courses that are numbered. Not "math 6", which is one of grade 6; but "integrated math 2".
COURSES = frozenset("algebra biology calculus chemistry chinese french german latin physics spanish".split())
_INTEGRATED = "integrated"
_COURSE_NUMBER = re.compile(r"[1-5]|I{1,3}|IV|V|one|two|three", re.I)
# Ways to say the words otherwise. Each costs a clause for every field, twice, and a query may have 1,024 in all.
MOST_OTHERWISE = 12
_BARRIER = "\0"


@dataclass(frozen=True)
class Part:
    """Words of a query that say what a filter says. start, end: their place in the query, in characters."""

    facet: str
    values: tuple[str, ...]
    label: str
    words: str
    start: int
    end: int
    certain: bool = True


@dataclass(frozen=True)
class Understood:
    """A search as it is carried out.

    asked: as the address has it; request: with the filters that its words say; words: what is left to look for as text.
    applied: what of the query became filters; said: what says no more than is chosen by hand; offered: what could become
    a filter. standards: those whose code it names.
    """

    asked: SearchRequest
    request: SearchRequest
    words: Words
    applied: tuple[Part, ...] = ()
    offered: tuple[Part, ...] = ()
    standards: tuple[Item, ...] = ()
    said: tuple[Part, ...] = ()

    def without(self, part: Part) -> SearchRequest:
        """The search without the part's words."""
        return replace(self.asked, q=cut(self.asked.q, [part]), page=1, cursor="")

    def as_typed(self, *facets: str) -> SearchRequest:
        """The search for the words of these facets instead."""
        return replace(self.asked, as_typed=tuple(sorted({*self.asked.as_typed, *facets})), page=1, cursor="")

    def taking(self, part: Part) -> SearchRequest:
        """The search with an offered part as a filter, in the place of its words. Kinds of files go with them where no
        others are left."""
        kept = tuple(name for name in self.asked.as_typed if name != part.facet)
        rest = self.without(part)
        rest = replace(rest, q="") if only_files(rest.q) else rest
        return replace(rest.choosing(part.facet, part.values), as_typed=kept)

    def by_hand(self, facet: str) -> SearchRequest:
        """The same search with what the words say of a facet chosen by hand, so that it can be changed by hand: words that
        stayed would say it again."""
        parts = [part for part in (*self.applied, *self.said) if part.facet == facet]
        if not parts:
            return self.asked
        cleared = replace(self.asked, q=cut(self.asked.q, parts))
        return cleared.choosing(facet, self.request.values(facet))

    def only(self, facet: str, value: str) -> SearchRequest:
        """The same search with this value alone chosen in the facet, in the place of all words that say something of it."""
        parts = {part for part in (*self.applied, *self.offered, *self.said) if part.facet == facet}
        kept = tuple(name for name in self.asked.as_typed if name != facet)
        return replace(self.asked, q=cut(self.asked.q, parts), as_typed=kept).choosing(facet, [value])


def understand(asked: SearchRequest) -> Understood:
    """At most one query for codes, four more for beginnings of codes, six for the lexicon, two for what is picked, four
    for a sentence, or five if it has quotes. None where nothing was typed."""
    if not asked.q:
        return Understood(asked, asked, NONE)
    words = lexicon()
    some = candidates(asked.q, claimed=[part for part in _said(asked.q, words) if part.certain])
    named = find_named(some)
    understood = interpret(asked, words, {**named, **find_begun(asked.q, some, named)})
    found = _with_statement(understood.words, understood.request.values("grade"))
    if not found.quoted:
        found = put_aside(found, words, beside=bool(understood.applied or understood.said))
    # "fractions -game" is not what was picked for "fractions game".
    return replace(understood, words=replace(found, picked=() if found.excluded else picked(asked.q)))


def _with_statement(words: Words, grades: Collection[str]) -> Words:
    """With the standards that say these words. Of a statement that was pasted, the quotation marks are its own."""
    said = " ".join([words.text, *words.phrases])
    quoted = find_quoted(said, grades) if words.phrases and is_long(said) else NOTHING
    aim = OPENING.sub("", words.text)
    if aim != words.text and len(aim.split()) >= FEWEST:  # of "I can statements" it is what is looked for
        of_aim = find_quoted(aim, grades)
        return replace(
            words, text=aim, alternatives=within(aim, words), quoted=of_aim.standards, around=of_aim.around
        )
    # A sentence in quotes within a text came with it, too: nobody looks for so long a phrase.
    if quoted.standards or (is_long(words.text) and any(map(is_long, words.phrases))):
        words = replace(words, text=said, phrases=())
    else:
        quoted = find_quoted(words.text, grades)
    return replace(words, quoted=quoted.standards, around=quoted.around)


def interpret(asked: SearchRequest, words: Lexicon, named: NamedStandards) -> Understood:
    """Pure: decides what of the parts is applied, and which words are left."""
    parts = read(asked.q, words, named)
    applied: list[Part] = []
    offered: dict[tuple[str, tuple[str, ...]], Part] = {}  # once, however often a text says it
    said: list[Part] = []
    for part in parts:
        chosen = asked.values(part.facet)
        if set(part.values) <= set(chosen):
            said.append(part)
        elif part.certain and not chosen and part.facet not in asked.as_typed:
            applied.append(part)
        else:
            offered.setdefault((part.facet, part.values), part)
            if part.certain and chosen:
                said.append(part)
    filters = {
        facet: tuple(dict.fromkeys(value for part in applied if part.facet == facet for value in part.values))
        for facet in dict.fromkeys(part.facet for part in applied)
    }
    return Understood(
        asked=asked,
        request=replace(asked, chosen=MappingProxyType({**asked.chosen, **filters})),
        words=remaining(asked.q, [part for part in [*applied, *said] if part.certain], words, named),
        applied=tuple(applied),
        offered=tuple(offered.values())[:MAX_OFFERED],
        standards=tuple(
            dict.fromkeys(
                item for one, found in named.items() if one.certain or not one.codes for item in found
            )
        ),
        said=tuple(
            part
            for part in said
            if part.certain
            and part.facet not in asked.as_typed
            and set(part.values) <= set(asked.values(part.facet))
        ),
    )


def read(q: str, words: Lexicon, named: NamedStandards) -> list[Part]:
    """Everything that the query says, in its order. No two certain parts share a word."""
    said = _said(q, words)
    parts = [part for part in said if part.certain]
    parts += [_standard_part(candidate, items) for candidate, items in named.items() if items]
    parts += _names(q, parts, words)
    parts += [part for part in said if not part.certain and not overlaps(part, parts)]
    return sorted(parts, key=lambda part: (part.start, part.facet))


def _said(q: str, words: Lexicon) -> list[Part]:
    """Grades and times. What only may be a grade is none beside one that is."""
    parts = _phrases(q)
    if any(part.facet == "grade" for part in parts):
        return parts
    graded = _graded_subjects(q, parts, words)
    if any(part.certain for part in graded):
        return [*parts, *graded]
    plain = _blank(_plain(q), [*parts, *graded])
    perhaps = [_grade_part(match, certain=False) for match in PERHAPS_GRADE.finditer(plain)]
    return [*parts, *graded, *(part for part in perhaps if part.values)]


def _grade_part(match: re.Match[str], *, certain: bool, at: int = 0) -> Part:
    grades = read_few_grades(match)
    start, end = match.span("grade")
    return Part(
        "grade", tuple(grades), grade_range_label(grades), match["grade"], at + start, at + end, certain
    )


def _graded_subjects(q: str, parts: Sequence[Part], words: Lexicon) -> list[Part]:
    """The number beside a subject: "math 6", "6 math". With words after it, as in "math 10 frame", it may be another's."""
    free = [token for token in tokens(q) if token.is_plain and not overlaps(token, parts)]
    found = []
    for window in _windows(q, free, words.names.keys(), words.longest):
        name = q[window[0].start : window[-1].end]
        if all(meaning.facet != "subject" for meaning in words.names[fold(name)]):
            continue
        first, last = free.index(window[0]), free.index(window[-1])
        before, after = free[max(0, first - 1) : first], free[last + 1 : last + 2]
        if before and fold(before[0].text) == _INTEGRATED:
            continue
        whole = not q[: (before or window)[0].start].strip() and not q[window[-1].end :].strip()
        ends = bool(after) and not q[after[0].end :].strip()
        beside = [*((one, ends) for one in after), *((one, whole) for one in before)]
        parts_of = [
            _grade_part(match, certain=certain, at=one.start)
            for one, certain in beside
            if (match := NUMBER.fullmatch(one.text))
        ]
        found += [part for part in parts_of if part.values][:1]
    return found


def _phrases(q: str) -> list[Part]:
    """Grades and times: what is told by its form."""
    plain = _plain(q)
    parts = []
    for match in GRADE.finditer(plain):
        if grades := read_grades(match):
            parts.append(
                Part("grade", tuple(grades), grade_range_label(grades), match["grade"], *match.span())
            )
    plain = _blank(plain, parts)
    for match in AGE.finditer(plain):
        if grades := read_ages(match):
            words = match[0].strip(AROUND)
            parts.append(Part("grade", tuple(grades), grade_range_label(grades), words, *match.span()))
    plain = _blank(plain, parts)
    for match in DURATION.finditer(plain):
        if ranges := read_duration(match):
            label = duration_label(ranges)
            parts.append(Part("duration", tuple(ranges), label, match[0].strip(AROUND), *match.span()))
    return parts


def _standard_part(candidate: Candidate, items: Sequence[Item]) -> Part:
    codes = list(dict.fromkeys(item.human_coding_scheme for item in items))
    return Part(
        facet="standard",
        values=tuple(item.identifier for item in items),
        label=candidate.code if candidate.codes else ", ".join(codes),
        words=candidate.code.removeprefix("//"),  # of an address, which "https:" is not named before
        start=candidate.start,
        end=candidate.end,
        certain=candidate.certain,
    )


def _names(q: str, parts: Sequence[Part], words: Lexicon) -> list[Part]:
    """Names of subjects, kinds, settings and levels among the words that say nothing yet: never certain."""
    found = []
    free = [token for token in tokens(q) if token.is_plain and not overlaps(token, parts)]
    for window in _windows(q, free, words.names.keys(), words.longest):
        start, end = window[0].start, window[-1].end
        for meaning in words.names[fold(q[start:end])]:
            typed = q[start:end].strip(AROUND)
            found.append(Part(meaning.facet, meaning.values, meaning.label, typed, start, end, certain=False))
    return found


def _windows(q: str, free: Sequence[Token], known: Collection[str], longest: int) -> list[Sequence[Token]]:
    """Neighbouring words that together are known, the longest first, none twice."""
    found, at = [], 0
    while at < len(free):
        for size in range(min(longest, MAX_NAME_WORDS, len(free) - at), 0, -1):
            window = free[at : at + size]
            together = all(not q[one.end : two.start].strip() for one, two in pairwise(window))
            if together and fold(q[window[0].start : window[-1].end]) in known:
                found.append(window)
                at += size - 1
                break
        at += 1
    return found


def remaining(q: str, taken: Sequence[Part], words: Lexicon, named: NamedStandards) -> Words:
    """What is left to look for as text. Every word of the query is in one of its fields."""
    found = tokens(q)
    codes = [one for one, items in named.items() if items and one.certain]
    perhaps = [one.code for one, items in named.items() if items and not one.certain]
    extra = [part for part in taken if part.facet != "standard"]
    elsewhere: list[Span] = [*extra, *codes]
    free = [token for token in found if token.is_plain and not overlaps(token, elsewhere)]
    numbered = {_typed(pair): pair for pair in pairwise(free) if _is_course(q, *pair)}
    courses = [name for course in numbered for name in (course, *words.synonyms.get(fold(course), ()))]
    free = [token for token in free if token not in {number for _name, number in numbered.values()}]
    alternatives = [
        Alternative(_typed(window), words.synonyms[fold(_typed(window))])
        for window in _windows(q, free, words.synonyms.keys(), words.longest)
    ]
    # In a sentence "2s" or "(x)" is no code, unless a standard has it.
    said = spoken(free)
    code, text = ("", said) if codes or is_long(said) else split_code(said)
    if code in perhaps:  # "5e model" is looked for as it stands
        code, text = "", said
    return Words(
        text=text,
        alternatives=_bounded([one for one in alternatives if f" {one.words} " in f" {text} "]),
        phrases=tuple(one.text for one in found if one.is_phrase and not one.excluded and one.text),
        excluded=tuple(one.text for one in found if one.excluded and one.text),
        codes=tuple(code for one in codes for code in one.codes or (one.code,)) or ((code,) if code else ()),
        alike=any(one.codes for one in codes),
        courses=tuple(dict.fromkeys(courses)),
        extra=" ".join(part.words for part in extra if not _is_bare(part)),
    )


def _bounded(alternatives: Sequence[Alternative]) -> tuple[Alternative, ...]:
    """The first of them, with as many other ways to say them as a query has room for."""
    kept: list[Alternative] = []
    room = MOST_OTHERWISE
    for one in alternatives:
        if room:
            kept.append(Alternative(one.words, one.instead[:room]))
            room -= len(kept[-1].instead)
    return tuple(kept)


def _is_course(q: str, name: Token, number: Token) -> bool:
    beside = not q[name.end : number.start].strip()
    return beside and fold(name.text) in COURSES and bool(_COURSE_NUMBER.fullmatch(number.text.strip(",;:")))


def _is_bare(part: Part) -> bool:
    """The number of "math 6", which stands in texts of every grade."""
    return bool(NUMBER.fullmatch(part.words)) and not GRADE.fullmatch(part.words)


def cut(q: str, parts: Collection[Span]) -> str:
    """The query without these parts, or these words of it."""
    for part in sorted(parts, key=lambda part: -part.start):
        q = f"{q[: part.start]} {q[part.end :]}"
    return " ".join(q.split())


def _typed(some: Sequence[Token]) -> str:
    return " ".join(token.typed for token in some)


def _plain(q: str) -> str:
    """The query with barriers in the place of quoted and excluded words, as long as it was."""
    for token in tokens(q):
        if not token.is_plain:
            q = q[: token.start] + _BARRIER * len(token.typed) + q[token.end :]
    return q


def _blank(q: str, parts: Sequence[Part]) -> str:
    for part in parts:
        q = q[: part.start] + _BARRIER * (part.end - part.start) + q[part.end :]
    return q
