"""Grades and times as teachers type them: "6th grade", "grades 3-5", "K-2", "30 minutes", "under an hour".

GRADE and DURATION are forms that can hardly mean anything else: "HS" in capitals is the high school. "grade" alone may be a
mark, "an hour of code" and "the story of an hour" are names: they stay words. What may be a grade or not is PERHAPS_GRADE:
"3-5" may be a number of paragraphs, "4th" a day of July.
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from search.vocabularies import DURATIONS, duration_ranges
from standards.grades import normalise_grades

_BEGIN = r"(?<![^\s(])\(?"
_END = r"[,;:!?.)]*(?=\s|\Z)"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_ORDINAL = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{'|'.join(_ORDINALS)})"
# Right before "grade" with a letter left out, or two swapped: "forth", "thrid".
_MISSPELLED = {
    slip: word
    for word in _ORDINALS
    for at in range(1, len(word))
    for slip in (word[:at] + word[at + 1 :], word[:at] + word[at : at + 2][::-1] + word[at + 2 :])
    if slip not in _ORDINALS
} | {"nineth": "ninth"}
_SLIPS = "|".join(_MISSPELLED)
_NUMBER = r"(?:\d{1,2}|k|kindergar[td]en|pre-?k)"
_COUNTED = "one two three four five six seven eight nine ten eleven twelve".split()
_JOIN = r"(?:\s*[-–—&,/]\s*|\s+(?:to|through|thru|and|or)\s+|,\s*(?:and|or)\s+)"
_NAMED = (
    r"(?-i:HS)|(?<!\d\s)(?-i:KG|TK)|kinder(?:gar[td](?:en|ners?|eners?))?|pre-?\s?kindergarten|pre-?k"
    r"|transitional kindergarten|preschool(?:ers?)?"
    r"|(?:high|middle|elementary)[\s-]school(?:ers?)?|junior high(?:\s+school)?"
)
# "6to grado", "6.º grado", "sexto grado", "grado 6": whoever asks in Spanish, whatever the language of the site.
_COUNTED_ES = "primer segundo tercer cuarto quinto sexto s[eé]ptimo octavo noveno d[eé]cimo und[eé]cimo duod[eé]cimo".split()
_SHORT_ES = r"(?:\.?[ºª°]|er|[dmnrtv]o)"
_ORDINAL_ES = rf"(?:\d{{1,2}}{_SHORT_ES}|(?:{'|'.join(_COUNTED_ES)})o?)"
_JOIN_ES = r"(?:\s*[-–—,]\s*|\s+[ay]\s+)"
GRADE = re.compile(
    rf"{_BEGIN}(?P<grade>"
    rf"(?:(?:de|en|para)\s+)?(?:{_ORDINAL_ES}(?:{_JOIN_ES}{_ORDINAL_ES})*\s+grados?|grados?\s+\d{{1,2}}(?:{_JOIN_ES}\d{{1,2}})*)|"
    rf"(?:grades?|gr\.?)\s*{_NUMBER}(?:{_JOIN}{_NUMBER})*"
    rf"|grade\s+(?:{'|'.join(_COUNTED)})"
    rf"|(?:{_ORDINAL}{_JOIN})*(?:{_ORDINAL}|{_SLIPS})[\s-]+(?:grade(?:rs?|s)?|gr\.?)"
    r"|\d{1,2}(?:st|nd|rd|th)(?:\s*[-–—]\s*|\s+(?:to|through|thru)\s+)\d{1,2}(?:st|nd|rd|th)"
    rf"|\d{{1,2}}(?:{_JOIN}\d{{1,2}})*\s+grade(?:rs?|s)?"
    rf"|(?:pre-?k|pk|k|kindergar[td]en)(?:\s*[-–—]\s*|\s+(?:to|through|thru)\s+)(?:grade\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?:\s+grade)?"
    rf"|{_NAMED})"
    rf"{_END}",
    re.I,
)
# "3-5 fractions", "fractions 4th", "g4", "k counting", "ms science", "elementary art", "freshman english".
PERHAPS_GRADE = re.compile(
    rf"{_BEGIN}(?P<grade>\d{{1,2}}\s*[-–—]\s*\d{{1,2}}|\d{{1,2}}(?:st|nd|rd|th)|g\d{{1,2}}|k|hs|ms|(?-i:ES)"
    rf"|elementary|freshm[ae]n|sophomores?){_END}",
    re.I,
)
# "poems for 3rd graders" leaves "poems".
JOINED = re.compile(r"(?:\s+(?:and|at|by|for|from|in|of|on|or|to|with|&|\+))+\s*$", re.I)
# What stands beside a subject and is its grade: "math 6", "ELA 9-10", "K science".
NUMBER = re.compile(r"(?P<grade>(?:\d{1,2}|k)(?:[-–—]\d{1,2})?)[,;:!?.)]*", re.I)
MOST_TOGETHER = 4  # grades; "counting 1-10" means none
_CALLED = {"freshm": "9", "sophom": "10"}

_AMOUNTS = {
    "a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0,
    "ten": 10.0, "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0, "forty": 40.0, "forty-five": 45.0, "sixty": 60.0,
    "ninety": 90.0, "half an": 0.5, "half a": 0.5, "half": 0.5,
}  # fmt: skip
_WORDS = "|".join(sorted(_AMOUNTS, key=len, reverse=True))
DURATION = re.compile(
    # "the story of an hour", "a one-minute paper"; "to the half hour" and "whole and half hours" are what is learned
    rf"{_BEGIN}(?!(?<=\bof\s)an?\b|one-minute\b|(?<=\bthe\s)half\b|(?<=\bnearest\s)(?:half|\d)|half[\s-]+hours\b)"
    r"(?:(?P<less>under|less than|up to|at most|no (?:more|longer) than|shorter than|within|below|max(?:imum)?|<)"
    r"|(?P<more>over|more than|at least|longer than|above|min(?:imum)?|>)|(?:about|around|in|for))?\s*"
    rf"(?:(?P<low>\d{{1,3}})\s*(?:[-–—]|\s+to\s+)\s*)?(?P<amount>\d{{1,3}}(?:\.5)?|{_WORDS})"
    rf"[\s-]*(?P<unit>minutes?|mins?|min|hours?|hrs?|hr)(?!\s+of\b)(?:[\s-]long)?"
    r"(?:\s+(?P<or_less>or (?:less|fewer|shorter|under)|max(?:imum)?|tops)|\s+(?P<or_more>or (?:more|longer|over)|minimum))?"
    rf"{_END}",
    re.I,
)


def read_grades(match: re.Match[str]) -> list[str]:
    """The CEDS codes of what GRADE found; none where a number is no grade."""
    said = re.sub(r"\bgraders?\b", "grade", _in_english(match["grade"].lower()))
    said = re.sub(rf"\b(?:{_SLIPS})(?=[\s-]+gr)", lambda slip: _MISSPELLED[slip[0]], said)
    said = re.sub(r"\b(?:grades?|gr|g)\.?\s*(?=\d)", "grade ", said)
    said = re.sub(
        rf"(?<=grade )(?:{'|'.join(_COUNTED)})\Z", lambda word: str(_COUNTED.index(word[0]) + 1), said
    )
    said = _CALLED.get(said[:6], said)
    said = re.sub(r"\bkinder(?:gar[td]\w+)?(?!\w)", "kindergarten", said)
    said = re.sub(r"school(?:ers?)?\b", "school", said).replace("junior high school", "junior high")
    return normalise_grades(said)


def _in_english(said: str) -> str:
    """Of "4to y 5to grado" as much as makes "4 and 5 grade"."""
    if not re.search(r"\bgrados?\b", said):
        return said
    said = re.sub(rf"(?<=\d){_SHORT_ES}", "", said)
    for number, name in enumerate(_COUNTED_ES, 1):
        said = re.sub(rf"\b{name}o?\b", str(number), said)
    said = re.sub(r"^(?:de|en|para)\s", "", said)
    return re.sub(r"\bgrados?\b", "grade", said).replace(" a ", " to ").replace(" y ", " and ")


def read_few_grades(match: re.Match[str]) -> list[str]:
    """The same of what only may be grades: none where there are more than a school has, or a year of it is 13."""
    found = read_grades(match)
    school = len(found) <= MOST_TOGETHER or match["grade"].isalpha()
    return found if school and "13" not in found else []


def read_duration(match: re.Match[str]) -> list[str]:
    """The values of the duration facet for what DURATION found: the range that the time lies in, or all below or above."""
    high = _minutes(match["amount"], match["unit"])
    low = _minutes(match["low"], match["unit"]) if match["low"] else high
    if not 1 <= low <= high:
        return []
    found = []
    for value in dict(duration_ranges()):
        begin, _sign, end = value.partition("-")
        if match["less"] or match["or_less"]:
            fits = bool(end) and int(end) <= _rounded_up(high)
        elif match["more"] or match["or_more"]:
            fits = not end or int(end) > high
        else:
            fits = int(begin) <= high and (not end or int(end) >= low)
        if fits:
            found.append(value)
    return found


def _minutes(amount: str, unit: str) -> int:
    number = _AMOUNTS.get(amount.lower()) or float(amount)
    return round(number * (60 if unit.lower().startswith("h") else 1))


def _rounded_up(minutes: int) -> int:
    """The end of the range that so many minutes lie in: "under 20 minutes" is found among up to 30."""
    return next((end for end in DURATIONS if minutes <= end), DURATIONS[-1])


def duration_label(values: Sequence[str]) -> str:
    """How the values read in one: "16 to 30 minutes", "Up to 60 minutes", "More than 90 minutes"."""
    every = duration_ranges()
    labels = dict(every)
    if len(values) > 1 and values[0] == every[0][0] and not values[-1].endswith("-"):
        return _("Up to %(minutes)d minutes") % {"minutes": int(values[-1].partition("-")[2])}
    if len(values) > 1 and values[-1].endswith("-"):
        return _("More than %(minutes)d minutes") % {"minutes": int(values[0].partition("-")[0]) - 1}
    return ", ".join(str(labels[value]) for value in values)
