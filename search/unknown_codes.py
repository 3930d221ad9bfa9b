"""Codes in a query that no standard has: said plainly, with the standards nearest to each."""

import re
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from people.models import User
from search.named_standards import Candidate, candidates
from search.padding import SAY_LITTLE
from search.rescue import nearest_standards
from search.understanding import Understood
from search.words import is_address, overlaps, tokens
from standards.codes import query_forms, segments_of
from standards.models import Item
from standards.near import could_be_code
from standards.selectors import items

MAX_UNKNOWN = 3
# What has so many parts can be nothing else: "6.RP.9" has three, "covid-19" two.
WHOLE_CODE = 3
_RUN = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class UnknownCode:
    """A code as typed that no standard has. near: standards that may have been meant, the nearest first."""

    code: str
    near: tuple[Item, ...]


def unknown_codes(
    understood: Understood, reader: User | AnonymousUser, *, nothing_found: bool
) -> list[UnknownCode]:
    """In the order of the query, for what the reader may see. No query where nothing typed may be a code.

    A word that only may be a code ("6rp9", "4x4") is looked up where nothing is found, and is one if a standard is near.
    """
    q = understood.asked.q
    known = [part for part in (*understood.applied, *understood.offered) if part.certain]
    unknown: list[UnknownCode] = []
    for one in _alone(q):
        if overlaps(one, known) or is_address(q[one.start : one.end]):
            continue
        plainly = len(segments_of(one.code)) >= WHOLE_CODE and could_be_code(one.code)
        perhaps = nothing_found and len(_RUN.findall(one.code)) >= WHOLE_CODE
        if not (plainly or perhaps):
            continue
        if items(reader).filter(code_forms__overlap=query_forms(one.code)).exists():
            continue
        near = nearest_standards(one.code, reader)
        # "web 2.0" and "4th of july" are codes only if something is near.
        if (plainly and " " not in one.code) or near:
            unknown.append(UnknownCode(one.code, tuple(near)))
    return unknown


def _alone(q: str) -> list[Candidate]:
    """The words that could be codes, in their order; where there are none, the whole query if it could be ("RL 6.99";
    not "ways to make 5")."""
    if not any(
        sign.isdigit() or sign == "." for sign in q
    ):  # most queries: of many words the look below takes a while
        return []
    words = tokens(q)
    spans = {(word.start, word.end) for word in words}
    found = [one for one in candidates(q) if one.certain]
    single = sorted((one for one in found if (one.start, one.end) in spans), key=lambda one: one.start)
    whole = [one for one in found if (one.start, one.end) == (words[0].start, words[-1].end)]
    if any(word.text.lower() in SAY_LITTLE for word in words):
        whole = []
    return (single or whole)[:MAX_UNKNOWN]
