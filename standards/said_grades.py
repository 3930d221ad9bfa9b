"""Grades as people type them among other words: "6th grade", "grades 3-5", "K-2", "HS", "sexto grado".

GRADE finds what can hardly mean anything else: "HS" in capitals is the high school, while "grade" alone may be a mark. What
may be a grade or not is PERHAPS_GRADE: "3-5" may be a number of paragraphs, "4th" a day of July. `grades_said` reads either.
"""

import re

from standards.grades import ORDINALS, normalise_grades

# Where a phrase begins and ends: a bracket or comma around it belongs to it, so that none is left among the other words.
BEGIN = r"(?<![^\s(])\(?"
END = r"[,;:!?.)]*(?=\s|\Z)"

_ORDINALS = ORDINALS[:12]
_COUNTED = "one two three four five six seven eight nine ten eleven twelve".split()
# In Spanish, whatever the language of the site.
_ORDINALS_ES = "primer segundo tercer cuarto quinto sexto s[eé]ptimo octavo noveno".split()
_ORDINALS_ES += "d[eé]cimo und[eé]cimo duod[eé]cimo".split()
# Right before "grade" with a letter left out, or two swapped: "forth", "thrid".
_SLIPS = {
    word: [
        slip
        for at in range(1, len(word))
        for slip in (word[:at] + word[at + 1 :], word[:at] + word[at : at + 2][::-1] + word[at + 2 :])
        if slip not in _ORDINALS
    ]
    for word in _ORDINALS
}
_SLIPS["ninth"].append("nineth")

# What is a grade, or several, by its name: how `normalise_grades` takes it.
_NAMES = {
    r"(?-i:HS)|high[\s-]school(?:ers?)?|escuela preparatoria": "hs",
    r"middle[\s-]school(?:ers?)?|(?:junior|jr\.?) high(?:\s+school)?|escuela intermedia": "ms",
    r"elementary[\s-]school(?:ers?)?|escuela primaria": "es",
    r"preschool(?:ers?)?|preescolar": "preschool",
    r"transitional kindergarten|(?<!\d\s)(?-i:TK)": "tk",
    r"pre[-\s]?kindergarten|pre[-\s]?k|pre-?k[ií]nder": "pk",
    r"(?<!\d\s)(?-i:KG)|kinder(?:gar[td](?:en|ners?|eners?))?|k[ií]nder": "k",  # but "a mass of 5 KG"
}
_NAMES_PERHAPS = {
    r"upper\s+elementary": "upperelementary",
    r"lower\s+elementary": "lowerelementary",
    r"elementary|(?-i:ES)": "es",
    r"freshm[ae]n": "9",
    r"sophomores?": "10",
    r"juniors": "11",
    r"seniors": "12",
    r"hs": "hs",
    r"ms": "ms",
    r"tk": "tk",
    r"k": "k",
}


def _any(words: list[str]) -> str:
    return f"(?:{'|'.join(words)})"


def _several(one: str, join: str) -> str:
    return f"{one}(?:{join}{one})*"


# What may stand for one of several grades.
_NTH = r"\d{1,2}(?:st|nd|rd|th)"
_HASTY_NTH = r"\d{1,2}\s?(?:st|nd|rd|th)"  # "6 th"
_NTH_ES = rf"(?:\d{{1,2}}(?:\.?[ºª°]|er|[dmnrtv]o)|{_any(_ORDINALS_ES)}o?)"
_KINDER = r"(?:kindergar[td]en|kinder|k)"
_PRE_K = r"pre[-\s]?k"
_NUMBER = rf"(?:\d{{1,2}}|{_KINDER}|{_PRE_K})"
_ONE = rf"(?:{_HASTY_NTH}|{_any(_ORDINALS)}|{_NUMBER})"
# What joins them.
_TO = r"(?:\s*[-–—]\s*|\s+(?:to|through|thru)\s+)"
JOIN = r"(?:\s*[-–—&,/]\s*|\s+(?:to|through|thru|and|or)\s+|,\s*(?:and|or)\s+)"
_JOIN_ES = r"(?:\s*[-–—,]\s*|\s+[ay]\s+)"
_GRADED = r"grade(?:r?s?['’]?s?)['’]?"  # "grades", "graders", "6th grader's desk"
_SLIP = _any([slip for slips in _SLIPS.values() for slip in slips])

_FORMS = [
    # grades 3-5, gr. 4, grade K
    rf"(?:grades?|gr\.?)\s*{_several(_NUMBER, JOIN)}",
    # grade two, grades six to eight
    rf"grades?\s+{_several(_any(_COUNTED), JOIN)}",
    # 6th grade, K-1st grade, first and second graders, forth grade, 11th 12th grade, 4th gr
    rf"(?:{_ONE}{JOIN}|{_HASTY_NTH}\s+)*(?:{_HASTY_NTH}[\s-]*|(?:{_any(_ORDINALS)}|{_SLIP})[\s-]+)(?:{_GRADED}|gr\.?)",
    # 6-8 graders, 9-12 grade; but "5 gr" is a mass
    rf"(?:{_ONE}{JOIN})*\d{{1,2}}\s*{_GRADED}",
    # 3rd-5th, 6 to 8th
    rf"\d{{1,2}}(?:st|nd|rd|th)?{_TO}{_NTH}",
    # 3rd/4th combo class, K/1; but "1st/2nd person"
    rf"(?:{_NTH}|k)(?:\s?[/&]\s?\d{{1,2}}(?:st|nd|rd|th)?)+(?!\s+(?:person|quarter|period|century))",
    # K-2, pre-k to 2nd grade, tk-kinder
    rf"(?:{_PRE_K}|pk|tk|{_KINDER}){_TO}(?:(?:grade\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?:\s+grade)?|{_KINDER})",
    *_NAMES,
]
_FORMS_ES = [
    # sexto grado, 6.º y 7.º grado
    rf"{_several(_NTH_ES, _JOIN_ES)}\s+grados?",
    # grado 6, grados 3 a 5
    r"grados?\s+" + _several(r"\d{1,2}", _JOIN_ES),
]
GRADE = re.compile(
    rf"{BEGIN}(?P<grade>(?:(?:de|en|para)\s+)?{_any(_FORMS_ES)}|(?:(?:from|between)\s+)?{_any(_FORMS)}){END}",
    re.I,
)
# "3-5 fractions", "fractions 4th", "g4", "k counting", "ms science", "elementary art", "freshman english".
PERHAPS_GRADE = re.compile(
    rf"{BEGIN}(?P<grade>(?<!\bages\s)(?<!\bage\s)\d{{1,2}}\s*[-–—]\s*\d{{1,2}}|\d{{1,2}}(?:st|nd|rd|th|er|[dmnrtv]o)|g\d{{1,2}}"
    rf"|{_any([*_NAMES_PERHAPS])}){END}",
    re.I,
)

# Everything that tells a grade, and what it tells.
_TOLD = {**_NAMES, **_NAMES_PERHAPS, "pk": "pk"} | {
    "|".join([ordinal, counted, f"{ordinal_es}o?", *_SLIPS[ordinal]]): str(number)
    for number, (ordinal, counted, ordinal_es) in enumerate(
        zip(_ORDINALS, _COUNTED, _ORDINALS_ES, strict=True), start=1
    )
}
_TOLD_CODES = list(_TOLD.values())
_TOKEN = re.compile(
    rf"(?<![^\W_])(?:{'|'.join(f'({told})' for told in _TOLD)})(?![^\W_])"
    r"|(?P<number>\d{1,2})[^\W\d_]*|(?P<to>[-–—]|\b(?:to|through|thru|a)\b)|(?P<and>&|\band\b)",
    re.I,
)


def grades_said(words: str) -> list[str]:
    """The CEDS codes of what GRADE or PERHAPS_GRADE found; none where a number is no grade ("grade 45")."""
    between = words.lower().startswith("between ")
    listed, join = "", ""
    for token in _TOKEN.finditer(words):
        if token["to"] or (token["and"] and between):
            join = "-"
        elif not token["and"]:
            listed += join + (token["number"] or _TOLD_CODES[(token.lastindex or 0) - 1])
            join = ","
    found = normalise_grades(listed)
    # Most of what is for a preschool is marked as pre-kindergarten.
    return ["PR", "PK"] if found == ["PR"] else found
