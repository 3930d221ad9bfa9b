"""What a query says of grades and times is a wish: many resources do not say how long they take. One that leaves nothing is
put aside, and the page says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType

from search.quoted import is_long
from search.request import SearchRequest
from search.results import Results
from search.understanding import Part, Understood, cut, understand

WISHES = ("duration", "grade")


@dataclass(frozen=True)
class Aside:
    """What is put aside. in_words: the words of a time are looked for, as in "telling time to 5 minutes"; those of a grade
    never are: "5th grade" would find whatever is for any grade."""

    parts: tuple[Part, ...]
    in_words: bool

    def instead_of(self, understood: Understood) -> SearchRequest:
        gone = [part for part in self.parts if part.facet == "grade" or not self.in_words]
        as_typed = understood.as_typed(*(part.facet for part in self.parts))
        return replace(as_typed, q=cut(understood.asked.q, gone))


def to_put_aside(
    understood: Understood,
    find: Callable[[Understood], Results],
    with_all_words: Callable[[Understood], int],
) -> tuple[Aside, Results] | None:
    """As little as will do of the grades and times that leave nothing, and what is found without them and without what is
    chosen by hand; None where that does not help.

    What the words mean is decided without what is chosen by hand: else one more filter, which leaves nothing, would have
    its resources shown for another grade. The words of a time are looked for where something has all of them: looked for in
    vain, they would have what is meant stand among whatever has a number.
    """
    said = _wishes(understood)
    asked = understood.asked
    bare = understand(replace(asked, chosen=MappingProxyType({}), page=1, cursor=""))
    if not said or _wishes(bare) != said or (asked.chosen and find(bare).total):
        return None
    for aside in _as_few_as_do(said):
        without = understand(aside.instead_of(bare))
        if not without.asked.q:
            continue
        if aside.in_words and not is_long(without.words.text) and not with_all_words(without):
            continue
        found = find(without)
        in_vain = found.fuzzy or found.elsewhere or found.corrected
        if found.total and not (aside.in_words and in_vain):
            return aside, found
    return None


def _wishes(understood: Understood) -> tuple[Part, ...]:
    return tuple(part for part in understood.applied if part.facet in WISHES)


def _as_few_as_do(said: tuple[Part, ...]) -> list[Aside]:
    """What to put aside, in the order in which it is tried: one wish before both, a time's words looked for and then not."""
    one_by_one = [tuple(part for part in said if part.facet == facet) for facet in WISHES]
    tried = [*(some for some in one_by_one if some and some != said), said]
    return [
        Aside(some, in_words)
        for some in tried
        for in_words in ((True, False) if any(part.facet == "duration" for part in some) else (False,))
    ]
