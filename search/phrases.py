"""Grades and times as teachers type them: "6th grade", "grades 3-5", "K-2", "5 year olds", "30 minutes", "under an hour".

GRADE and DURATION are forms that can hardly mean anything else: "HS" in capitals is the high school. "grade" alone may be a
mark, "an hour of code" and "the story of an hour" are names: they stay words. What may be a grade or not is PERHAPS_GRADE:
"3-5" may be a number of paragraphs, "4th" a day of July.
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from search.vocabularies import DURATIONS, duration_ranges
from standards.grades import grade_of_age, normalise_grades

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
_KINDER = r"(?:kindergar[td]en|kinder|k)"
_NUMBER = rf"(?:\d{{1,2}}|{_KINDER}|pre[-\s]?k)"
_COUNTED = "one two three four five six seven eight nine ten eleven twelve".split()
_COUNT = rf"(?:{'|'.join(_COUNTED)})"
_JOIN = r"(?:\s*[-–—&,/]\s*|\s+(?:to|through|thru|and|or|&)\s+|,\s*(?:and|or)\s+)"
_TO = r"(?:\s*[-–—]\s*|\s+(?:to|through|thru)\s+)"
# "6th", and as hasty hands put it: "6 th".
_NTH = r"\d{1,2}\s?(?:st|nd|rd|th)"
# One of several before "grade": in "K-1st grade", "6-8th grade", "first and second graders".
_ONE = rf"(?:{_NTH}|\d{{1,2}}|{'|'.join(_ORDINALS)}|{_KINDER}|pre[-\s]?k)"
# "grades", "graders", "6th grader's desk".
_GRADED = r"grade(?:r?s?['’]?s?)['’]?"
_NAMED = (
    r"(?-i:HS)|(?<!\d\s)(?-i:KG|TK)|kinder(?:gar[td](?:en|ners?|eners?))?|pre[-\s]?kindergarten|pre[-\s]?k"
    r"|transitional kindergarten|preschool(?:ers?)?"
    r"|(?:high|middle|elementary)[\s-]school(?:ers?)?|(?:junior|jr\.?) high(?:\s+school)?"
    r"|(?:pre-?)?k[ií]nder|preescolar|escuela (?:primaria|intermedia|preparatoria)"
)
# "6to grado", "6.º grado", "sexto grado", "grado 6": whoever asks in Spanish, whatever the language of the site.
_COUNTED_ES = "primer segundo tercer cuarto quinto sexto s[eé]ptimo octavo noveno d[eé]cimo und[eé]cimo duod[eé]cimo".split()
_SHORT_ES = r"(?:\.?[ºª°]|er|[dmnrtv]o)"
_ORDINAL_ES = rf"(?:\d{{1,2}}{_SHORT_ES}|(?:{'|'.join(_COUNTED_ES)})o?)"
_JOIN_ES = r"(?:\s*[-–—,]\s*|\s+[ay]\s+)"
GRADE = re.compile(
    rf"{_BEGIN}(?P<grade>"
    rf"(?:(?:de|en|para)\s+)?(?:{_ORDINAL_ES}(?:{_JOIN_ES}{_ORDINAL_ES})*\s+grados?|grados?\s+\d{{1,2}}(?:{_JOIN_ES}\d{{1,2}})*)|"
    rf"(?:(?:from|between)\s+)?"
    rf"(?:(?:grades?|gr\.?)\s*{_NUMBER}(?:{_JOIN}{_NUMBER})*"
    rf"|grades?\s+{_COUNT}(?:{_JOIN}{_COUNT})*"
    rf"|(?:{_NTH}\s+)+{_NTH}[\s-]*(?:{_GRADED}|gr\.?)"
    rf"|(?:{_ONE}{_JOIN})*(?:{_NTH}[\s-]*|(?:{'|'.join(_ORDINALS)}|{_SLIPS})[\s-]+)(?:{_GRADED}|gr\.?)"
    rf"|(?:{_ONE}{_JOIN})*\d{{1,2}}\s*{_GRADED}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?{_TO}\d{{1,2}}(?:st|nd|rd|th)"
    # "3rd/4th combo class"; but "1st/2nd person"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)|k)(?:\s?[/&]\s?\d{{1,2}}(?:st|nd|rd|th)?)+(?!\s+(?:person|quarter|period|century))"
    rf"|(?:pre[-\s]?k|pk|tk|{_KINDER}){_TO}(?:(?:grade\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?:\s+grade)?|{_KINDER})"
    rf"|{_NAMED}))"
    rf"{_END}",
    re.I,
)
# "3-5 fractions", "fractions 4th", "g4", "k counting", "ms science", "elementary art", "freshman english".
PERHAPS_GRADE = re.compile(
    rf"{_BEGIN}(?P<grade>(?<!\bages\s)(?<!\bage\s)\d{{1,2}}\s*[-–—]\s*\d{{1,2}}|\d{{1,2}}(?:st|nd|rd|th|er|[dmnrtv]o)|g\d{{1,2}}|k|tk|hs|ms|(?-i:ES)"
    rf"|(?:(?:upper|lower)\s+)?elementary|freshm[ae]n|sophomores?|juniors|seniors){_END}",
    re.I,
)
# "5 year olds", "8-year-old students", "ages 5-7". Not "a 12 year old boy", who is in a word problem.
AGE = re.compile(
    rf"{_BEGIN}(?P<first>\d{{1,2}})(?:(?:{_JOIN})(?P<last>\d{{1,2}}))?[\s-]*(?:years?|yrs?|yr)[\s-]*"
    rf"(?:olds|old\s+(?:kids|children|students|learners)){_END}"
    rf"|{_BEGIN}ages?\s+(?P<from>\d{{1,2}}){_JOIN}(?P<to>\d{{1,2}}){_END}",
    re.I,
)
# "poems for 3rd graders" leaves "poems".
JOINED = re.compile(r"(?:\s+(?:and|at|by|for|from|in|of|on|or|to|with|&|\+))+\s*$", re.I)
# What stands beside a subject and is its grade: "math 6", "ELA 9-10", "K science".
NUMBER = re.compile(r"(?P<grade>(?:\d{1,2}|k)(?:[-–—]\d{1,2})?)[,;:!?.)]*", re.I)
MOST_TOGETHER = 4  # grades; "counting 1-10" means none
_CALLED = {"freshm": "9", "sophom": "10", "junior": "11", "senior": "12"}
_CALLED_ES = {
    "kínder": "kinder", "prekinder": "prek", "preescolar": "preschool", "escuela primaria": "elementary school",
    "escuela intermedia": "middle school", "escuela preparatoria": "high school",
}  # fmt: skip

_AMOUNTS = {
    "a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0,
    "ten": 10.0, "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0, "forty": 40.0, "forty-five": 45.0, "sixty": 60.0,
    "ninety": 90.0, "half an": 0.5, "half a": 0.5, "half": 0.5,
    "una": 1.0, "media": 0.5, "dos": 2.0, "tres": 3.0, "cinco": 5.0, "diez": 10.0, "quince": 15.0, "veinte": 20.0,
    "treinta": 30.0, "cuarenta": 40.0, "noventa": 90.0,
}  # fmt: skip
_WORDS = "|".join(sorted(_AMOUNTS, key=len, reverse=True))
_MINUTES = r"(?:minut[eo]s?|mins?)"
# Not "4-H", a club.
_HOURS = r"(?:hours?|hrs?|horas?|(?<=\b[12])(?-i:h)(?![^\s\d]))"
_HALF = r"(?:and a half|y media)"
DURATION = re.compile(
    # "the story of an hour", "a one-minute paper"; "to the half hour" and "whole and half hours" are what is learned
    rf"{_BEGIN}(?!(?<=\bof\s)an?\b|one-minute\b|(?<=\bthe\s)half\b|(?<=\bnearest\s)(?:half|\d)|half[\s-]+hours\b)"
    r"(?:(?P<less>under|less than|up to|at most|no (?:more|longer) than|shorter than|within|below|max(?:imum)?|<"
    r"|menos de|hasta)"
    r"|(?P<more>over|more than|at least|longer than|above|min(?:imum)?|>|más de|mas de)|(?:about|around|in|for|de|en|~))?\s*"
    r"(?:(?P<low>\d{1,3})\s*(?:[-–—]|\s+(?:to|or|a)\s+)\s*)?"
    rf"(?:(?P<amount>\d{{1,3}}(?:\.5)?|{_WORDS})(?P<half>½|\s1/2|\s{_HALF})?[\s-]*(?P<unit>{_MINUTES}|{_HOURS})"
    # "1 hr 30 min", "an hour and a half"
    rf"(?:(?<=[hrsa])\s*(?:(?:and|y)\s+)?(?P<beside>\d{{1,2}})[\s-]*{_MINUTES}|\s(?P<half_more>{_HALF}))?"
    r"|(?P<hour>hour|hora)\s(?:and a half|y media))"
    r"(?!\s+of\b)(?:[\s-]long)?"
    r"(?:\s+(?P<or_less>or (?:less|fewer|shorter|under)|o menos|max(?:imum)?|tops)"
    r"|\s+(?P<or_more>or (?:more|longer|over)|o más|minimum)|\s+or so)?"
    rf"{_END}",
    re.I,
)


def read_grades(match: re.Match[str]) -> list[str]:
    """The CEDS codes of what GRADE found; none where a number is no grade."""
    said = _in_english(match["grade"].lower())
    said = re.sub(rf"[\s-]*{_GRADED}", " grade", said).strip()
    said = re.sub(rf"\b(?:{_SLIPS})(?=[\s-]+gr)", lambda slip: _MISSPELLED[slip[0]], said)
    if said.startswith("between "):
        said = re.sub(r"\s(?:and|&)\s", " to ", said)
    said = re.sub(r"^(?:from|between)\s+", "", said)
    said = re.sub(r"(?<=\d)\s(?=(?:st|nd|rd|th)\b)", "", said)
    said = re.sub(r"(?<=\d(?:st|nd|rd|th))\s+(?=\d)", ", ", said)  # "11th 12th grade"
    said = re.sub(r"\b(?:grades?|gr|g)\.?\s*(?=\d)", "grade ", said)
    if said.startswith("grade"):
        said = re.sub(rf"\b{_COUNT}\b", lambda word: str(_COUNTED.index(word[0]) + 1), said)
    said = _CALLED.get(said[:6], said) if match.re is not GRADE else said
    said = re.sub(r"\bkinder(?:gar[td]\w+)?(?!\w)", "kindergarten", said)
    said = re.sub(r"school(?:ers?)?\b", "school", said)
    said = re.sub(r"^(?:junior|jr\.?) high(?: school)?$", "junior high", said)
    found = normalise_grades(said)
    # Most of what is for a preschool is marked as pre-kindergarten.
    return ["PR", "PK"] if found == ["PR"] else found


def _in_english(said: str) -> str:
    """Of "4to y 5to grado" as much as makes "4 and 5 grade"."""
    if re.fullmatch(rf"\d{{1,2}}{_SHORT_ES}", said):  # "fracciones 4to"
        return re.sub(r"\D", "", said)
    if not re.search(r"\bgrados?\b", said):
        return _CALLED_ES.get(re.sub("^pre-?k[ií]", "preki", said), said)
    said = re.sub(rf"(?<=\d){_SHORT_ES}", "", said)
    for number, name in enumerate(_COUNTED_ES, 1):
        said = re.sub(rf"\b{name}o?\b", str(number), said)
    said = re.sub(r"^(?:de|en|para)\s", "", said)
    return re.sub(r"\bgrados?\b", "grade", said).replace(" a ", " to ").replace(" y ", " and ")


def read_ages(match: re.Match[str]) -> list[str]:
    """The grades that children of these ages are in, as AGE found them."""
    first = int(match["first"] or match["from"])
    last = int(match["last"] or match["to"] or first)
    return normalise_grades([grade for age in range(first, last + 1) if (grade := grade_of_age(age))])


def read_few_grades(match: re.Match[str]) -> list[str]:
    """The same of what only may be grades: none where there are more than a school has, or a year of it is 13."""
    found = read_grades(match)
    school = len(found) <= MOST_TOGETHER or match["grade"].isalpha()
    return found if school and "13" not in found else []


def read_duration(match: re.Match[str]) -> list[str]:
    """The values of the duration facet for what DURATION found: the range that the time lies in, or all below or above."""
    high = _minutes(match)
    low = round(int(match["low"]) * _of_unit(match)) if match["low"] else high
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


def _minutes(match: re.Match[str]) -> int:
    if match["hour"]:
        return 90
    number = _AMOUNTS.get(match["amount"].lower()) or float(match["amount"])
    halves = 0.5 if match["half"] or match["half_more"] else 0
    return round((number + halves) * _of_unit(match)) + int(match["beside"] or 0)


def _of_unit(match: re.Match[str]) -> int:
    return 60 if match["hour"] or match["unit"].lower().startswith("h") else 1


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
