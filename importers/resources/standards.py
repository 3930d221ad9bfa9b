"""Which stored standards the alignments of a file mean: by any name or spelling, thousands in a handful of queries."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from importers.models import WaitingAlignment
from importers.resources.draft import AlignmentDraft
from people.models import Organisation
from standards.access import hidden_from
from standards.codes import cites, fold_code, query_forms
from standards.models import Framework, Item, ItemAlias
from standards.names import spellings

Reason = WaitingAlignment.Reason
CHUNK = 5000
Hidden = frozenset[int]
"""The keys of frameworks that are passed over."""

_SMALL = frozenset("a an and for in of on the to state states standard standards framework frameworks academic learning "
                   "content k12 k-12 core curriculum education educational national grade grades".split())  # fmt: skip
_SUBJECTS = frozenset(
    "mathematics english language arts literacy science sciences social studies history computer digital technology "
    "health".split()
)
# What acronyms in the names of frameworks stand for.
_MEANS = {
    "cc": "common", "ccss": "common", "ccssm": "common mathematics", "ccssi": "common",
    "teks": "texas essential knowledge skills",
    "ngss": "next generation science", "math": "mathematics", "maths": "mathematics", "ela": "english language arts",
    "sol": "virginia", "csta": "csta computer science", "b.e.s.t": "florida", "best": "florida",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """What an alignment points at, however many resources do."""

    url: str
    name: str
    framework: str


@dataclass(frozen=True, slots=True)
class Candidate:
    item_id: int
    framework_id: int
    code: str
    forms: tuple[str, ...]
    retired: bool


@dataclass(slots=True)
class Resolved:
    """`items` has the key of the standard for each target that names one; `reasons` says why the others wait.

    `contradictory` are those of `items` whose name is another standard's than their address.
    """

    items: dict[Target, int] = field(default_factory=dict)
    reasons: dict[Target, str] = field(default_factory=dict)
    contradictory: set[Target] = field(default_factory=set)


def target_of(alignment: AlignmentDraft | WaitingAlignment) -> Target:
    return Target(alignment.target_url, alignment.target_name, alignment.framework)


def resolve(
    alignments: Iterable[AlignmentDraft | WaitingAlignment], *, district: Organisation | None = None
) -> Resolved:
    """Looks each target up once: by identifier, address or alias; then by code, in the framework that it names.

    Without the private drafts of others than the district, whose resources they are.

    Its address comes before its name, which a person may have mistyped.
    A code that several frameworks have is decided by the framework's name. A code is not taken from a framework that
    is plainly another than the one named: Oregon's 5.OA.A.1 is not Common Core's.
    """
    targets = list(dict.fromkeys(map(target_of, alignments)))
    hidden = frozenset(hidden_from(district).values_list("pk", flat=True)) if district else frozenset()
    found = _resolve(targets, hidden)
    found.contradictory = _contradictory([one for one in targets if one.url and one.name], found, hidden)
    return found


def _resolve(targets: Sequence[Target], hidden: Hidden) -> Resolved:
    found = Resolved()
    names = {name for one in targets for given in (one.url, one.name) for name in spellings(given)}
    named = _by_name(names, hidden)
    by_code: list[Target] = []
    for target in targets:
        given = (name for given in (target.url, target.name) for name in spellings(given))
        item = next((named[name] for name in given if name in named), None)
        if item is None:
            by_code.append(target)
        else:
            found.items[target] = item
    _by_code(by_code, found, hidden)
    return found


def _contradictory(targets: Sequence[Target], found: Resolved, hidden: Hidden) -> set[Target]:
    """Those whose name is for certain another standard's. Words are nobody's name, and a code is of whoever has it."""
    items = {target: found.items[target] for target in targets if target in found.items}
    codes = dict(Item.objects.filter(pk__in=set(items.values())).values_list("pk", "human_coding_scheme"))
    doubtful = {
        target: Target("", target.name, target.framework)
        for target, item in items.items()
        if not cites(target.name, codes[item])
    }
    by_name = _resolve(list(dict.fromkeys(doubtful.values())), hidden).items
    return {
        target for target, alone in doubtful.items() if by_name.get(alone, items[target]) != items[target]
    }


def _by_name(names: set[str], hidden: Hidden) -> dict[str, int]:
    """The item of each identifier, address or alias; the identifier wins."""
    found: dict[str, int] = {}
    wanted = sorted(name for name in names if name)
    items = Item.objects.exclude(framework__in=hidden)
    aliases = ItemAlias.objects.exclude(item__framework__in=hidden)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        found |= dict(items.filter(uri__in=some).order_by("-pk").values_list("uri", "pk"))
        found |= dict(aliases.filter(value__in=some).values_list("value", "item"))
        found |= dict(items.filter(identifier__in=some).values_list("identifier", "pk"))
    return found


def _by_code(targets: Sequence[Target], found: Resolved, hidden: Hidden) -> None:
    frameworks = _Frameworks(hidden)
    forms = {target: _forms(target, frameworks) for target in targets}
    candidates = _candidates({form for some in forms.values() for form in some}, hidden)
    for target in targets:
        among = frameworks.prefixed(target)
        chosen: list[Candidate] = []
        refused = False
        for form in forms[target]:
            possible = candidates.get(form, [])
            if among is not None:
                possible = [one for one in possible if one.framework_id == among]
            elif target.framework:
                fitting = [one for one in possible if frameworks.fits(target.framework, one.framework_id)]
                refused = refused or bool(possible and not fitting)
                # Two editions differ by their short names alone, where a year says which.
                exact = frameworks.by_short_name.get(target.framework.strip().casefold())
                possible = [one for one in fitting if one.framework_id == exact] or fitting
            else:
                possible = [one for one in possible if _close(target, forms[target][0], form, one)]
            chosen = _best(possible, form, target.name)
            if chosen:
                break
        if len(chosen) == 1:
            found.items[target] = chosen[0].item_id
        elif chosen:
            found.reasons[target] = Reason.AMBIGUOUS
        else:
            found.reasons[target] = Reason.OTHER_FRAMEWORK if refused else Reason.UNKNOWN


def _forms(target: Target, frameworks: "_Frameworks") -> list[str]:
    """The folded spellings to look for, the surest first: of the name, else of the end of an address."""
    text = target.name or (re.split(r"[/#?=]", target.url.rstrip("/#"))[-1] if target.url else "")
    if frameworks.prefixed(target) is not None:
        text = text.partition(":")[2]
    return query_forms(text)[:12] if fold_code(text) and any(c.isdigit() for c in text) else []


def _close(target: Target, whole: str, form: str, one: Candidate) -> bool:
    """Without a framework's name, one of the two codes must be whole, or both begin with the same word.

    Otherwise 6.RP.A.3 (its letter left out) would be M.6.RP.3 (its M left out), which is another state's.
    """
    if form == whole or one.forms[:1] == (form,):
        return True
    first, other = (re.split(r"[\W_]+", code.casefold())[0] for code in (target.name, one.code))
    return first == other and first.isalpha()


def _candidates(forms: set[str], hidden: Hidden) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = {}
    wanted = sorted(forms)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        items = Item.objects.exclude(framework__in=hidden).filter(code_forms__overlap=some)
        rows = items.order_by("framework__short_name", "position")
        for pk, framework, code, own, retired in rows.values_list(
            "pk", "framework", "human_coding_scheme", "code_forms", "retired_at"
        ):
            one = Candidate(pk, framework, code, tuple(own), retired is not None)
            for form in forms.intersection(own):
                if one not in found.setdefault(form, []):
                    found[form].append(one)
    return found


def _best(possible: Sequence[Candidate], form: str, name: str) -> list[Candidate]:
    """As `standards.selectors.resolve_standard` decides: current before retired, the source's own spelling first."""

    def rank(one: Candidate) -> tuple[bool, int]:
        return one.retired, 0 if one.code == name else 1 if one.forms[:1] == (form,) else 2

    best = min(map(rank, possible), default=None)
    return [one for one in possible if rank(one) == best]


class _Frameworks:
    """The names of all frameworks but the hidden ones, read once."""

    def __init__(self, hidden: Hidden) -> None:
        rows = (
            Framework.objects.exclude(pk__in=hidden)
            .prefetch_related("aliases")
            .only("pk", "short_name", "title", "creator", "jurisdiction", "subject")
        )
        self.by_short_name: dict[str, int] = {}
        self.words: dict[int, set[str]] = {}
        for one in rows:
            self.by_short_name[one.short_name.casefold()] = one.pk
            subjects = " ".join(text for text in one.subject if isinstance(text, str))
            self.words[one.pk] = _words(
                f"{one.title} {one.short_name} {one.creator} {one.jurisdiction} {subjects}"
            )
        self.known: dict[tuple[str, int], bool] = {}

    def prefixed(self, target: Target) -> int | None:
        """The framework of `SHORTNAME:code`."""
        short_name, colon, _ = target.name.partition(":")
        if colon and (found := self.by_short_name.get(short_name.strip().casefold())) is not None:
            return found
        return None

    def fits(self, name: str, framework: int) -> bool:
        key = (name, framework)
        if key not in self.known:
            named, own = _words(name), self.words[framework]
            telling = named - _SUBJECTS
            subjects = named & _SUBJECTS
            # "Common Core" is nobody else's; of "Mathematics" alone, any framework of the subject may be meant.
            same = bool(telling & own) if telling else bool(subjects & own) or not named
            own_subjects = own & _SUBJECTS
            clash = bool(subjects and own_subjects and not subjects & own_subjects)
            self.known[key] = same and not clash
        return self.known[key]


def _words(text: str) -> set[str]:
    found = set()
    for word in re.findall(r"[\w.]+", text.casefold()):
        found.update(_MEANS.get(word.strip("."), word.strip(".")).split())
    return {word for word in found - _SMALL if len(word) > 1 and not word.isdigit()}


def as_dict(alignment: AlignmentDraft) -> Mapping[str, str]:
    return {
        "relation": alignment.relation,
        "target_url": alignment.target_url,
        "target_name": alignment.target_name,
        "framework": alignment.framework,
        "description": alignment.description,
    }
