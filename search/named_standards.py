"""The standards whose code stands in a query, in any spelling, alone or among words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, pairwise

from search.words import Span, Token, has_words, is_arithmetic, overlaps, tokens
from standards.codes import fold_code, is_naming, looks_like_code, query_forms, segments_of
from standards.models import Item
from standards.selectors import items

# Of more runs of words that may be codes, the longest are not looked up: a single word is one far more often.
MAX_CANDIDATES = 60
MAX_NAMED = 20  # standards of one code, from as many frameworks
MAX_ROWS = 1000
MAX_CODE_WORDS = 6
# "K.CC", "HSA-REI", "k.cc": two or three short runs of letters. Not "e.g." or "T-SHIRT".
_LETTERS = re.compile(r"[^\W\d_]{1,4}(?:[.-][^\W\d_]{1,4}){1,2}")
LEAST_LETTERS = 3
LEAST_TELLING = 4
_CAPITALS = re.compile(r"[A-Z]{1,4}(?: [A-Z]{1,4}){1,2}|[A-Z]{2,4}")
_ENDS = (",", ";")  # nothing that follows is of the same code
_AROUND = "\"“”'‘’()[]{},;:!?."


@dataclass(frozen=True)
class Candidate:
    """What could be a code. certain: if a standard has it, nothing else is meant. framework: a short name before it.

    first: of several words, the first one folded. It must be part of the code ("RL 6.1"), or name the framework.
    announced: the words before the last say only that a code follows, or whose: "standard 6.RP.3", "common core 6.RP.3".
    codes: no standard has it, and these codes begin with it (`code_beginnings.py`).
    """

    code: str
    start: int
    end: int
    certain: bool
    framework: str = ""
    first: str = ""
    announced: bool = False
    codes: tuple[str, ...] = ()


NamedStandards = Mapping[Candidate, Sequence[Item]]


def candidates(q: str, claimed: Sequence[Span] = ()) -> list[Candidate]:
    """Pure: words, and words in a row, that may be a code ("6rp3", "RL 6.1", "MER-MATH:M.6.RP.2"), longest first."""
    every = tokens(q)
    free = [token for token in every if token.is_plain and not overlaps(token, claimed)]
    found: list[Candidate] = []
    for size in range(1, min(MAX_CODE_WORDS, len(free)) + 1):
        for at in range(len(free) - size + 1):
            window = free[at : at + size]
            if any(not _may_go_on(q, one, two) for one, two in pairwise(window)):
                continue
            if candidate := _candidate(window, whole=size == len(every)):
                found.append(candidate)
    # sorted() keeps the order of the query among those of as many words.
    return sorted(found[:MAX_CANDIDATES], key=lambda one: -len(q[one.start : one.end].split()))


def _may_go_on(q: str, one: Token, two: Token) -> bool:
    return not q[one.end : two.start].strip() and not one.text.endswith(_ENDS)


def _candidate(window: Sequence[Token], *, whole: bool) -> Candidate | None:
    framework, _colon, code = " ".join(token.text for token in window).strip(_AROUND).rpartition(":")
    code = code.strip(f"{_AROUND} ")  # "Standard: RL.5.2"
    if is_arithmetic(code):  # "4x4"
        return None
    if not (has_words(window[0].text) and has_words(window[-1].text)):  # "6.RP.3 ,"
        return None
    mixed = any(sign.isalpha() for sign in code) and any(sign.isdigit() for sign in code)
    capitals = whole and _is_in_capitals(code)
    if (
        not (mixed and looks_like_code(code))
        and not _is_cited(code)
        and not _is_domain(code)
        and not capitals
    ):
        return None
    return Candidate(
        code=code,
        start=window[0].start,
        end=window[-1].end,
        # Letters alone are a word as well: "RI", "CCSS".
        certain=not code.isalpha() and (whole or not _is_short(code)),
        framework=framework.strip(),
        first=fold_code(window[0].text) if len(window) > 1 and not capitals else "",
        announced=all(is_naming(token.text) for token in window[:-1]),
    )


def _is_short(code: str) -> bool:
    """Three letters and digits without signs: "6g", "co2"."""
    return len(fold_code(code)) < LEAST_TELLING and not any(sign in code for sign in ".-:")


def _is_cited(code: str) -> bool:
    """A code without a digit, as those of whole domains are: "C.HS.WF"."""
    return code.isupper() and code.count(".") >= 2 and len(code) <= 20 and " " not in code


def _is_domain(code: str) -> bool:
    """A code without a digit that others begin with: "K.CC", "HSA-REI"."""
    letters = sum(sign.isalpha() for sign in code)
    return bool(_LETTERS.fullmatch(code)) and letters >= LEAST_LETTERS and (code.isupper() or "." in code)


def _is_in_capitals(code: str) -> bool:
    """The same alone and without signs: "HSA REI"; and a strand, "RI"."""
    return bool(_CAPITALS.fullmatch(code))


def find_named(some: Sequence[Candidate]) -> dict[Candidate, tuple[Item, ...]]:
    """The standards of each candidate that has any, in the order of the query; where two share a word, the longer one.

    The code as typed goes before shorter forms of it, current standards before retired ones; but a retired one whose code
    is typed in full, and that resources may still name, stands beside current ones with a shorter form of it. A code that
    more than MAX_NAMED standards have names none of them. At most one query.
    """
    if not some:
        return {}
    forms = {form for candidate in some for form in query_forms(candidate.code)}
    rows = list(
        items().filter(code_forms__overlap=sorted(forms)).order_by("framework__title", "position")[:MAX_ROWS]
    )
    named: dict[Candidate, tuple[Item, ...]] = {}
    for candidate in some:
        if overlaps(candidate, named):
            continue
        found = _of(candidate, rows)
        if found and len(found) <= MAX_NAMED:
            named[as_sure(candidate, found)] = tuple(found)
    return dict(sorted(named.items(), key=lambda pair: pair[0].start))


def as_sure(candidate: Candidate, found: Sequence[Item]) -> Candidate:
    """As certain as it is of these. What is short must be the beginning of a code: "rl4" is; "co2" is none of HSG-CO.A.2."""
    folded = fold_code(candidate.code)
    begins = any(_without_naming(item.human_coding_scheme).startswith(folded) for item in found)
    return candidate if begins or not _is_short(candidate.code) else replace(candidate, certain=False)


def _without_naming(code: str) -> str:
    return fold_code(" ".join(dropwhile(is_naming, segments_of(code))))


def _of(candidate: Candidate, rows: Sequence[Item]) -> list[Item]:
    of_framework = [item for item in rows if item.framework.short_name.lower() == candidate.framework.lower()]
    among = of_framework if candidate.framework and of_framework else rows
    whole, *shorter = query_forms(candidate.code)
    current = [item for item in among if item.retired_at is None]
    retired = [item for item in among if item.retired_at is not None]
    if found := [item for item in current if whole in item.code_forms]:
        return found
    in_full = [item for item in retired if whole in item.code_forms]
    for form in shorter:
        if found := _with_form(candidate, current, form):
            return [*in_full, *found]
    if in_full:
        return in_full
    for form in shorter:
        if found := _with_form(candidate, retired, form):
            return found
    return []


def _with_form(candidate: Candidate, among: Sequence[Item], form: str) -> list[Item]:
    having = [item for item in among if form in item.code_forms]
    return [item for item in having if goes_before(candidate, item)] or (
        having if candidate.announced else []
    )


def goes_before(candidate: Candidate, item: Item) -> bool:
    """Whether the first of several words belongs to the code: "CCSS 6.RP.3" is one, "game 6.RP.3" is a word and one."""
    first = candidate.first
    return not first or item.code_forms[0].startswith(first) or fold_code(item.framework.short_name) == first
