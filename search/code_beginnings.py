"""Codes that no standard has and many begin with: a domain as teachers cite it, "3.NF", "RL.4", "K.CC", "A-REI".

In many frameworks, the Common Core among them, domains and strands have words and no code. Asked for is then all whose code
begins so, and of these the highest: what is below them is found with them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile

from django.db.models import Count, Q

from search.named_standards import Candidate, NamedStandards, as_sure, goes_before
from search.words import overlaps
from standards.codes import GRADES, fold_code, is_naming, query_forms, segments_of
from standards.models import Item, ItemAncestor
from standards.selectors import items
from standards.typeahead import with_code_beginning

MAX_ROWS = 1000
# A strand stands in a dozen grades, and in as many frameworks as there are. As many can be chosen at once.
MAX_HIGHEST = 100


@dataclass(frozen=True)
class Above:
    """ancestors: those of each row, the nearest first; coded_below: how many standards with a code are below each."""

    ancestors: Mapping[int, Sequence[Item]]
    coded_below: Mapping[int, int]


def find_begun(q: str, some: Sequence[Candidate], named: NamedStandards) -> dict[Candidate, tuple[Item, ...]]:
    """For candidates that no standard has as its code, the highest current standards whose code begins so.

    What more than MAX_HIGHEST of them begin with says too little. Four queries at most, none where nothing may be one.
    """
    open_ones = [
        one
        for one in some
        if (" " not in one.code or (one.start == 0 and one.end == len(q))) and not overlaps(one, named)
    ]
    forms = {form for one in open_ones for form in _forms(one)}
    if not forms:
        return {}
    rows = list(with_code_beginning(sorted(forms)).filter(retired_at__isnull=True)[: MAX_ROWS + 1])
    if not rows or len(rows) > MAX_ROWS:
        return {}
    above = _above(rows)
    begun: dict[Candidate, tuple[Item, ...]] = {}
    for one in open_ones:
        if overlaps(one, begun):
            continue
        begun_by, having = _of(one, rows)
        highest = _highest(having, begun_by, above)
        if 0 < len(highest) <= MAX_HIGHEST:
            begun[replace(as_sure(one, having), codes=_codes(having, above))] = tuple(highest)
    return begun


def _forms(candidate: Candidate) -> list[str]:
    """The spellings that codes may begin with: of a strand, behind a grade as well."""
    forms = query_forms(candidate.code)
    if not candidate.code.isalpha():
        return forms
    return [*forms, *(f"{grade}{form}" for form in forms for grade in GRADES)]


def _of(candidate: Candidate, rows: Sequence[Item]) -> tuple[list[str], list[Item]]:
    """The spellings that codes begin with, and those standards. Of a strand all, else those of the first that there is."""
    named = candidate.framework.lower()
    among = [one for one in rows if one.framework.short_name.lower() == named] if named else rows
    forms = _forms(candidate)
    for some in [forms] if candidate.code.isalpha() else [[form] for form in forms]:
        having = [
            one
            for one in among
            if _has_strand(candidate, one)
            and (candidate.announced or some == forms[:1] or goes_before(candidate, one))
            and any(_begins(one, form) for form in some)
        ]
        if having:
            return some, having
    return [], []


def _has_strand(candidate: Candidate, item: Item) -> bool:
    """Letters alone are a strand, "RI", and not the beginning of two parts: "SEL" is none of S.EL.EN. Nor "CCSS"."""
    code = candidate.code
    if not code.isalpha():
        return True
    return fold_code(code) in dropwhile(is_naming, segments_of(item.human_coding_scheme))


def _begins(item: Item, form: str) -> bool:
    """Whether the code begins with these parts: "RL.4" begins RL.4.1, and neither RL.41 nor the whole of RL.4."""
    ends = _ends(item)
    return any(one.startswith(form) and one[len(form) :].removeprefix(".") in ends for one in item.code_forms)


def _ends(item: Item) -> set[str]:
    """The code without its first part, its first two, and so on."""
    segments = segments_of(item.human_coding_scheme)
    return {fold_code(" ".join(segments[start:])) for start in range(1, len(segments))}


def _highest(having: Sequence[Item], forms: Collection[str], above: Above) -> list[Item]:
    """What stands for all of these: a domain without a code of which they are all, M.6.RP where 6.RP was asked (that is its
    code but for the subject), or those of them that are below no other."""
    inside = Counter(up.pk for one in having for up in above.ancestors.get(one.pk, ()))
    known = {one.pk for one in having}

    def stands(up: Item) -> bool:
        if up.human_coding_scheme:
            return up.pk in known or not _ends(up).isdisjoint(forms)
        return inside[up.pk] == above.coded_below.get(up.pk)

    highest: dict[int, Item] = {}
    for one in having:
        top = ([one, *filter(stands, above.ancestors.get(one.pk, ()))])[-1]
        highest[top.pk] = top
    return sorted(highest.values(), key=lambda one: (one.framework.title, one.position))


def _codes(having: Sequence[Item], above: Above) -> tuple[str, ...]:
    """Of those below no other."""
    known = {one.pk for one in having}
    return tuple(
        one.human_coding_scheme
        for one in having
        if not any(up.pk in known for up in above.ancestors.get(one.pk, ()))
    )


def _above(rows: Collection[Item]) -> Above:
    links = list(
        ItemAncestor.objects.filter(descendant__in=[one.pk for one in rows], depth__gt=0)
        .order_by("descendant", "depth")
        .values_list("descendant", "ancestor")
    )
    known = {one.pk: one for one in _current({up for _low, up in links})}
    ancestors: dict[int, list[Item]] = defaultdict(list)
    for low, up in links:
        if up in known:
            ancestors[low].append(known[up])
    coded = Count("pk", filter=~Q(descendant__human_coding_scheme=""))
    below = (
        ItemAncestor.objects.filter(ancestor__in=known, depth__gt=0, descendant__retired_at__isnull=True)
        .values("ancestor")
        .annotate(coded=coded)
    )
    return Above(ancestors, dict(below.values_list("ancestor", "coded")))


def _current(keys: Collection[int]) -> Iterable[Item]:
    return items().filter(pk__in=keys, retired_at__isnull=True)
