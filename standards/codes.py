"""The spellings of a code: what is stored for look-up, and what a query is turned into.

Nobody types `CCSS.MATH.CONTENT.6.RP.A.3` in full. Teachers write 6.RP.A.3, 6.RP.3 (the cluster letter left
out) or 6rp3, and all of them must find the same statement. So each item stores every form of its code,
folded, and a query is folded in the same way.
"""

import re
import unicodedata

MAX_FORM = 255
MAX_FORMS = 24

_SEPARATORS = re.compile(r"[\W_]+")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_BETWEEN_NUMBERS = re.compile(r"(?<=\d) (?=\d)")
# Words that only say whose code it is, or that it is one. Any other word of three letters may be a strand.
_NAMING = frozenset(
    "ccss ccssi ccssm cc common core math maths mathematics content ela literacy practice practices".split()
    + "standard standards std grade gr".split()
)
# Before a strand that does not begin its codes: "NF" is in 3.NF.A.1.
GRADES = ("k", *(str(grade) for grade in range(1, 13)), "hs")
# HSN.RN.A.1 is cited as N-RN.A.1 and as N.RN.1 too: the conceptual category without its "high school".
_HIGH_SCHOOL = re.compile(r"hs([a-z])$")
_GRADE = re.compile(r"(?:\d{1,2}|k|pk|hs|ms|es)$")


def fold_code(text: str) -> str:
    """The code without case, accents and separators; a dot stays between two numbers.

    Without that dot 1.11 and 11.1 would be one code. `6.RP.A.3` and `6-rp a3` both become `6rpa3`; text
    without a letter or digit becomes "". Folding twice changes nothing.
    """
    return _join(_plain(text))


def code_forms(code: str) -> list[str]:
    """Every folded spelling under which `code` is asked for: the whole code first, shorter ones after it.

    Leading words are dropped (CCSS, MATH, CONTENT), the letter of a cluster, and zeros before a number. No
    form repeats, and none is longer than the column that keeps it.
    """
    whole = segments_of(code)
    forms: dict[str, None] = {}
    for start in _starts(whole):
        for segments in _variants(whole[start:]):
            forms[_join(" ".join(segments))] = None
            if any("0" in part for part in segments):
                forms[_join(_LEADING_ZEROS.sub("", " ".join(segments)))] = None
    return [form for form in forms if form and len(form) <= MAX_FORM][:MAX_FORMS]


def query_forms(text: str) -> list[str]:
    """What to compare with stored forms, best first: the query as typed, then without prefixes.

    An item whose forms hold the first is the better match; any overlap with the rest is a match as well
    ("CCSS.Math.6.RP.3", which leaves a word of the prefix out).
    """
    return code_forms(text)


def cites(text: str, code: str) -> bool:
    """Whether `text` is a spelling of `code`: at most one of the two leaves the letter of a cluster out.

    6.RP.3 cites 6.RP.A.3, and 6.RP.A.3 the 6.RP.3 of a framework without clusters; 6.RP.B.3 does not cite 6.RP.A.3, though
    both are asked for as 6.RP.3.
    """
    typed, written = _with_cluster(text), _with_cluster(code)
    return not typed.isdisjoint(code_forms(code)) or not written.isdisjoint(code_forms(text))


def _with_cluster(code: str) -> set[str]:
    """The forms of a code that keep all of it but leading words."""
    whole = segments_of(code)
    forms = {_join(" ".join(whole[start:])) for start in _starts(whole)}
    return forms | {_join(_LEADING_ZEROS.sub("", " ".join(whole[start:]))) for start in _starts(whole)}


def looks_like_code(text: str) -> bool:
    """Whether a query is a code rather than words: short, has a digit, and no word of more than four letters
    except a framework's prefix joined to the rest without a space."""
    text = text.strip()
    if not text or len(text) > 80 or not any(character.isdigit() for character in text):
        return False
    words = [word for word in text.split() if not is_naming(word)]
    return len(words) <= 4 and all(len(word) <= 4 or any(c.isdigit() for c in word) for word in words)


def is_naming(word: str) -> bool:
    """Whether a word only says whose code follows, or that one does: CCSS-M, Math, Standard."""
    return all(segment in _NAMING or segment in ("m", "e") for segment in segments_of(word))


def _plain(text: str) -> str:
    """Without compatibility forms, case and accents; decomposed again for what case folding brings in."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in folded if not unicodedata.combining(character))


def _join(text: str) -> str:
    """The runs of letters and of digits without what stands between them, but a dot between two numbers."""
    return _BETWEEN_NUMBERS.sub(".", _SEPARATORS.sub(" ", text).strip()).replace(" ", "")


def segments_of(code: str) -> list[str]:
    """The parts of a code between its separators, without case and accents."""
    return _SEPARATORS.sub(" ", _plain(code)).split()


def _starts(segments: list[str]) -> list[int]:
    """Where a shorter form may begin: after each leading word that only names framework or subject."""
    starts = [0]
    for index, segment in enumerate(segments[:-1]):
        rest = segments[index + 1 :]
        if not _is_prefix(segment, rest, segments[:index]) or not _says_enough(rest, segment):
            break
        starts.append(index + 1)
    return starts


def _is_prefix(segment: str, rest: list[str], before: list[str]) -> bool:
    if not segment.isalpha():
        return False
    if len(segment) >= 3 or segment in _NAMING:
        return True
    if before[-1:] == ["ccss"]:
        return segment in ("m", "e")  # CCSS-M, CCSS-E
    if segment == "hs":  # HS.N-RN.1
        return len(rest) >= 2 and len(rest[0]) == 1 and rest[0].isalpha() and rest[1].isalpha()
    # One or two letters are a strand (RL.6.1) unless grade and domain follow (M.6.RP.2, MA.6.NSO.1.1).
    return len(rest) >= 3 and bool(_GRADE.match(rest[0])) and rest[1].isalpha() and len(rest[1]) >= 2


def _says_enough(rest: list[str], dropped: str) -> bool:
    text = "".join(rest)
    if not any(character.isdigit() for character in text):
        # A cluster (K.CC.A) or a grade (Math.K) has none.
        return dropped in (*_NAMING, "m", "e", "hs") and (len(rest) >= 2 or text == "k")
    if len(rest) == 2 and len(rest[0]) == 1:
        return rest[0] == "k" or rest[0].isdigit()  # "B.4" is the end of many codes
    return len(rest) >= 2 or any(character.isalpha() for character in text) or dropped in ("content", "math")


def _variants(segments: list[str]) -> list[list[str]]:
    variants = [segments]
    shorter = _without_cluster(segments)
    if shorter != segments:
        variants.append(shorter)
    if segments and (category := _HIGH_SCHOOL.match(segments[0])) and len(segments) > 1:
        variants += [[category[1], *variant[1:]] for variant in list(variants)]
    return variants


def _without_cluster(segments: list[str]) -> list[str]:
    """6.RP.A.3 is cited as 6.RP.3: without the letter between domain and number. K is a grade, no cluster."""
    for index in range(1, len(segments) - 1):
        domain, letter, number = segments[index - 1 : index + 2]
        # A domain of one letter is one after its grade: K.G.A.1.
        is_domain = len(domain) >= 2 or (index >= 2 and bool(_GRADE.fullmatch(segments[index - 2])))
        if (
            len(letter) == 1
            and letter.isalpha()
            and letter != "k"
            and is_domain
            and domain.isalpha()
            and number[0].isdecimal()
        ):
            return segments[:index] + segments[index + 1 :]
    return segments
