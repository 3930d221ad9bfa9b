"""What a search means to say, and how it is best asked: as it was typed, or in the spelling of what there is."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from search.padding import about, within
from search.quoted import is_long
from search.request import SPELLING
from search.scouting import NOT_AS_TYPED, Scouted, scout
from search.spelling import is_name, is_no_slip, rejoined, respelled, unknown_words
from search.understanding import Understood, understand
from standards.said_grades import PERHAPS_GRADE


@dataclass(frozen=True)
class Meant:
    """understood: of the query in the spelling that is asked. corrected: it is another than was typed, did_you_mean.

    unknown: the words that were corrected because nothing has them, though there is something that has the others.
    without: words for a sort of thing ("video") that are not asked for, since nothing has them beside the others.
    """

    understood: Understood
    scouted: Scouted
    did_you_mean: str = ""
    corrected: bool = False
    unknown: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def meant(understood: Understood, tokens: Collection[str]) -> Meant:
    """Words that nothing has are corrected, for whoever holds these audience tokens; what is chosen by hand does not matter
    to that. Raises EngineDown."""
    words = understood.words
    scouted = scout(words, tokens, understood.request.chosen)
    if words.picked or not words.wanted:
        return Meant(understood, scouted)
    as_typed = SPELLING in understood.asked.as_typed
    if not scouted.strictly and not as_typed and (less := _of_any_sort(understood, tokens)):
        return less
    unknown = unknown_words(scouted, words, tokens)
    if scouted.strictly and not unknown:
        return Meant(understood, scouted)
    if not scouted.strictly and is_name(words.text):  # what comes near to it is something else
        return Meant(understood, NOT_AS_TYPED)
    spelled = ""
    if unknown:
        spelled = rejoined(understood, tokens, unknown) or respelled(understood, tokens, unknown)
    if not spelled and unknown and not scouted.strictly and is_no_slip(words, unknown):
        return Meant(understood, NOT_AS_TYPED)
    if as_typed and not scouted.strictly:
        return Meant(understood, NOT_AS_TYPED, spelled)
    if as_typed or not spelled:
        return Meant(understood, scouted, spelled)
    other = understand(replace(understood.asked, q=spelled))
    found = Meant(other, scout(other.words, tokens, other.request.chosen))
    if not found.scouted.strictly:
        found = _of_any_sort(other, tokens) or found
    return replace(found, did_you_mean=spelled, corrected=True, unknown=unknown if scouted.strictly else ())


def _of_any_sort(understood: Understood, tokens: Collection[str]) -> Meant | None:
    """The query without what only says the sort of thing, or may be a grade, where something has all that is left; who has
    it ranks higher. Asked loosely, "fractions video" and "g5 fractions" would find whatever comes near to
    fractions."""
    words = understood.words
    # Whatever is chosen: what is offered depends on that.
    told = about(" ".join(word for word in words.text.split() if not PERHAPS_GRADE.fullmatch(word)))
    if not told or told == words.text or is_long(words.text) or words.codes:
        return None
    less = replace(words, text=told, alternatives=within(told, words), typed=words.typed or words.text)
    scouted = scout(less, tokens, understood.request.chosen)
    dropped = tuple(word for word in words.text.split() if word not in told.split())
    return Meant(replace(understood, words=less), scouted, without=dropped) if scouted.strictly else None
