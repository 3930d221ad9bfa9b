"""Grades as CEDS codes: the one normaliser for whatever a source, a form or a URL calls a grade."""

import json
import re
from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NUMBERED = [f"{number:02}" for number in range(1, 14)]
GRADE_ORDER: list[str] = [
    *("IT", "PR", "PK", "TK", "KG"),
    *NUMBERED,
    *("PS", "AS", "BA", "PB", "MD", "PM", "DO", "UG", "OT"),
]
_RANK = {code: rank for rank, code in enumerate(GRADE_ORDER)}

_NAMES: dict[str, str | Promise] = {
    "IT": gettext_lazy("Infant and toddler"),
    "PR": gettext_lazy("Preschool"),
    "PK": gettext_lazy("Pre-kindergarten"),
    "TK": gettext_lazy("Transitional kindergarten"),
    "KG": gettext_lazy("Kindergarten"),
    "PS": gettext_lazy("Postsecondary"),
    "AS": gettext_lazy("Associate degree"),
    "BA": gettext_lazy("Bachelor’s degree"),
    "PB": gettext_lazy("Post-baccalaureate certificate"),
    "MD": gettext_lazy("Master’s degree"),
    "PM": gettext_lazy("Post-master’s certificate"),
    "DO": gettext_lazy("Doctoral degree"),
    "UG": gettext_lazy("Ungraded"),
    "OT": gettext_lazy("Other"),
}
_SHORT = {"PK": "Pre-K", "TK": "TK", "KG": "K"}

HIGH = ["09", "10", "11", "12"]
MIDDLE = ["06", "07", "08"]
ELEMENTARY = ["KG", "01", "02", "03", "04", "05"]
ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
ORDINALS += ["eleventh", "twelfth", "thirteenth"]
_CALLED: list[tuple[list[str], str]] = [
    (["IT"], "infant toddler infanttoddler infants toddlers"),
    (["PR"], "preschool"),
    (["PK"], "prek p prekindergarten"),
    (["TK"], "transitionalkindergarten transitionalk"),
    (["KG"], "k 0 00 kindergarten kinder"),
    (HIGH, "hs highschool secondary secondaryschool"),
    (MIDDLE, "ms middleschool middle juniorhigh"),
    (ELEMENTARY, "es elementary elementaryschool"),
    (ELEMENTARY[:3], "lowerelementary"),
    (ELEMENTARY[3:], "upperelementary"),
    ([*ELEMENTARY, *MIDDLE, *HIGH], "k12"),
    (["PS"], "postsecondary college highereducation university"),
    (["UG"], "ungraded"),
    (["OT"], "other"),
]
# What a grade is called, without spaces, dots and hyphens, in lower case.
_WORDS: dict[str, list[str]] = {
    **{code.lower(): [code] for code in GRADE_ORDER},
    **{str(number): [f"{number:02}"] for number in range(1, 14)},
    **{word: [f"{number:02}"] for number, word in enumerate(ORDINALS, start=1)},
    **{name: codes for codes, names in _CALLED for name in names.split()},
}
_LIST = re.compile(r"[,;/|&+]|\band\b|\bor\b")
_RANGE = re.compile(r"\s*(?:-|–|—|\bto\b|\bthrough\b|\bthru\b)\s*")
_NOISE = re.compile(r"\b(?:grades?|gr|levels?|years?)\b\.?|[\s._():]+")
_PRE_K = re.compile(r"\bpre\s?-?\s?k\b")
_REMARK = re.compile(r"([^()]+)\(([^()]+)\)\s*")
_NAMED = re.compile(r"\b(?:grades?|gr)\b[.:]?\s*(\d{1,2}|k)\b|\b(\d{1,2})(?:st|nd|rd|th)\b")


def normalise_grades(value: Any) -> list[str]:
    """CEDS codes, in order and without repeats, of whatever names grades.

    Takes "6", 6, "06", "Grade 6", "6th grade", "K", "Pre-K", "HS" (09 to 12), "3-5", "01,02", lists of these,
    JSON in a string, and addresses that end in a grade. What names no grade is left out: the caller keeps the
    raw value.
    """
    return sorted(_grades(value, 0), key=_RANK.__getitem__)


def grade_of_age(age: int) -> str:
    """The grade that children of an age are usually in, "" for none: at 5 kindergarten, at 18 done with school."""
    if 3 <= age <= 4:
        return "PK"
    if age == 5:
        return "KG"
    return f"{age - 5:02}" if 6 <= age <= 17 else "PS" if 17 < age <= 25 else ""


def grade_label(code: str) -> str:
    """How people call a grade: "Kindergarten", "Grade 6". A code that is none comes back as it is."""
    if code in NUMBERED:
        return _("Grade %(number)d") % {"number": int(code)}
    return str(_NAMES.get(code, code))


def grade_range_label(codes: Iterable[str]) -> str:
    """Several grades in a few words: "Grades 6–8", "K–2", "Grades 3, 5", "Kindergarten"; "" for none."""
    known = sorted({code for code in codes if code in _RANK}, key=_RANK.__getitem__)
    if len(known) < 2:
        return grade_label(known[0]) if known else ""
    school = [code for code in known if code in _SHORT or code in NUMBERED]
    others = [grade_label(code) for code in known if code not in school]
    parts = []
    for first, last in _runs(school):
        parts.append(_short(first) if first == last else f"{_short(first)}–{_short(last)}")
    if len(school) == 1:
        text = grade_label(school[0])
    elif school and (school[0] in NUMBERED or len(parts) > 1):
        text = _("Grades %(grades)s") % {"grades": ", ".join(parts)}
    else:
        text = ", ".join(parts)
    return ", ".join([text, *others] if text else others)


def _grades(value: Any, level: int) -> set[str]:
    if value is None or isinstance(value, bool) or level > 4:
        return set()
    if isinstance(value, int | float):
        return set(_WORDS.get(str(int(value)), ())) if value == value // 1 else set()
    if isinstance(value, dict):
        return _grades(value.get("title") or value.get("value"), level + 1)
    if isinstance(value, list | tuple | set | frozenset):
        return {grade for member in value for grade in _grades(member, level + 1)}
    return _from_text(str(value), level)


def _from_text(text: str, level: int) -> set[str]:
    text = text.strip()
    if len(text) > 1000:
        return set()
    if text[:1] in '[{"' and text:
        try:
            return _grades(json.loads(text), level + 1)
        except (ValueError, RecursionError):
            text = text.strip('[]{}"')
    if text.startswith(("http://", "https://")):
        text = re.split(r"[/#]", text.rstrip("/#"))[-1]
    found: set[str] = set()
    for part in _LIST.split(text.lower()):
        found |= _from_part(part)
    return found


def _from_part(part: str) -> set[str]:
    part = _PRE_K.sub("prek", part)
    if (remark := _REMARK.fullmatch(part)) and (outside := _WORDS.get(_word(remark[1]))):
        return _from_part(remark[2]) or set(outside)  # "High School (9-12)", "Middle School (grade 6)"
    whole = _word(part)
    if whole in _WORDS:
        return set(_WORDS[whole])
    ends = [_WORDS.get(_word(end)) for end in _RANGE.split(part)]
    if len(ends) == 2 and ends[0] and ends[1]:
        low, high = _RANK[ends[0][0]], _RANK[ends[1][-1]]
        # TK lies between PK and K only in states that have it: a range does not bring it in.
        return {
            code for code in GRADE_ORDER[low : high + 1] if code != "TK" or "TK" in (ends[0][0], ends[1][-1])
        }
    return {
        grade
        for match in _NAMED.finditer(part)
        for grade in _WORDS.get((match[1] or match[2]).lstrip("0"), ())
    }


def _word(text: str) -> str:
    word = _NOISE.sub("", text).strip("-–—").replace("-", "")
    word = re.sub(r"^(\d{1,2})(?:st|nd|rd|th)$", r"\1", word)
    # "3-5" without its hyphen would be 35, "9-12" 912 and "1-2" the twelfth grade: a range is no word.
    return "" if re.search(r"\d\s*[-–—]\s*\d", text) else word


def _short(code: str) -> str:
    return _SHORT.get(code) or str(int(code))


def _runs(codes: list[str]) -> list[tuple[str, str]]:
    """Neighbouring grades joined to (first, last); K follows Pre-K even where there is no TK."""
    order = [code for code in GRADE_ORDER if code != "TK" or "TK" in codes]
    runs: list[tuple[str, str]] = []
    for code in codes:
        if runs and order.index(code) == order.index(runs[-1][1]) + 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs
