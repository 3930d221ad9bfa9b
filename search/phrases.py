"""Grades, ages and times as teachers type them: "6th grade", "5 year olds", "30 minutes", "under an hour".

DURATION, like GRADE, is a form that can hardly mean anything else: "an hour of code" and "the story of an hour" are names.
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from search.vocabularies import DURATIONS, duration_ranges
from standards.grades import grade_of_age, normalise_grades
from standards.said_grades import BEGIN, END, JOIN, grades_said

# "5 year olds", "8-year-old students", "my 5 year old", "niños de 5 años", "ages 5-7". Not "a 12 year old boy", who is in a
# word problem.
AGE = re.compile(
    rf"{BEGIN}(?P<first>\d{{1,2}})(?:{JOIN}(?P<last>\d{{1,2}}))?[\s-]*(?:years?|yrs?)[\s-]*"
    rf"(?:olds|old\s+(?:kids|children|students|learners)){END}"
    rf"|{BEGIN}my\s+(?P<mine>\d{{1,2}})[\s-]*(?:years?|yrs?)[\s-]*old{END}"
    rf"|{BEGIN}(?:(?:niñ|alumn)[oa]s\s+)?de\s+(?P<de>\d{{1,2}})(?:\s+[ay]\s+(?P<a>\d{{1,2}}))?\s+años{END}"
    rf"|{BEGIN}ages?\s+(?P<from>\d{{1,2}}){JOIN}(?P<to>\d{{1,2}}){END}",
    re.I,
)
# "poems for 3rd graders" leaves "poems".
JOINED = re.compile(r"(?:\s+(?:and|at|by|for|from|in|of|on|or|to|with|&|\+))+\s*$", re.I)
# What stands beside a subject and is its grade: "math 6", "ELA 9-10", "K science".
NUMBER = re.compile(r"(?P<grade>(?:\d{1,2}|k)(?:[-–—]\d{1,2})?)[,;:!?.)]*", re.I)
MOST_TOGETHER = 4  # grades; "counting 1-10" means none

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
_UNTIL = r"(?:\s*[-–—]\s*|\s+(?:to|or|a)\s+)"
DURATION = re.compile(
    rf"{BEGIN}"
    # "the story of an hour", "a one-minute paper"; "to the half hour" and "whole and half hours" are what is learned
    r"(?!(?<=\bof\s)an?\b|one-minute\b|(?<=\bthe\s)half\b|(?<=\bnearest\s)(?:half|\d)|half[\s-]+hours\b)"
    # "under", "at least", "about"
    r"(?:(?P<less>under|less than|up to|at most|no (?:more|longer) than|shorter than|within|below|max(?:imum)?|<"
    r"|menos de|hasta)"
    r"|(?P<more>over|more than|at least|longer than|above|min(?:imum)?|>|más de|mas de)"
    r"|(?:about|around|in|for|de|en|~))?\s*"
    # "20 to" 30 minutes
    rf"(?:(?P<low>\d{{1,3}}){_UNTIL})?"
    # "45 min", "1.5 hours", "1½ hours", "two and a half hours"
    rf"(?:(?P<amount>\d{{1,3}}(?:\.5)?|{_WORDS})(?P<half>½|\s1/2|\s{_HALF})?[\s-]*(?P<unit>{_MINUTES}|{_HOURS})"
    # 1 hr "30 min", an hour "and a half"
    rf"(?:(?<=[hrsa])\s*(?:(?:and|y)\s+)?(?P<beside>\d{{1,2}})[\s-]*{_MINUTES}|\s(?P<half_more>{_HALF}))?"
    # "hour and a half"
    rf"|(?P<hour>hour|hora)\s{_HALF})"
    # "an hour of code"; "hour-long"
    r"(?!\s+of\b)(?:[\s-]long)?"
    # "or less", "or more"
    r"(?:\s+(?P<or_less>or (?:less|fewer|shorter|under)|o menos|max(?:imum)?|tops)"
    r"|\s+(?P<or_more>or (?:more|longer|over)|o más|minimum)|\s+or so)?"
    rf"{END}",
    re.I,
)


def read_grades(match: re.Match[str]) -> list[str]:
    """The CEDS codes of what GRADE found; none where a number is no grade."""
    return grades_said(match["grade"])


def read_ages(match: re.Match[str]) -> list[str]:
    """The grades that children of these ages are in, as AGE found them."""
    first = int(match["first"] or match["mine"] or match["de"] or match["from"])
    last = int(match["last"] or match["a"] or match["to"] or first)
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
