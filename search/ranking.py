"""What decides the order of results, and how much of it: the one place for weights.

The score of a resource is that of its text, and what its signals add:

    score = text + good · (alignment·a + focus·o + reviewed·r + completeness·c + freshness·f)

Text is BM25 over all fields taken as one, each counting as often as its weight says, and more where the words stand
together. Resources that share standards, topics or tags with the best matches by text gain by that (`Leads`): a lesson on
the same standard or of the same unit is near, also where its author found other words. Where a standard's statement was
typed, the words above and below it help (`quoted.py`). Signals are between 0 and 1 each; with a weight of 0.10 one adds a
tenth of a good score at most, which is the mean of the five best matches. They are added, and no factor of each text: of a
sum the engine knows the most that it can be, and skips what cannot be among the first (`text.py`). The code of a standard
goes before all of this: what is aligned to that very standard comes first, then what is below it (`text.CODE_TIERS`).

DEFAULTS were found on judged queries, and how is told in docs/decisions. A state's administrator may change them
(`RankingSettings`, in the admin); `in_force` says what holds.

A new signal is an entry of SIGNALS and a field of Weights: its number goes into documents and mapping from here.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from math import sqrt
from statistics import fmean
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from repository.models import Alignment
from search import memory
from search.models import RankingSettings
from search.sources import AlignmentSource, ResourceSource

MIN_FIELD, MAX_FIELD = 1.0, 20.0  # the engine's combined_fields takes no weight below 1
MAX_SIGNAL = 0.5
MAX_OTHER = 5.0  # for words that stand together, and what the best matches share


@dataclass(frozen=True)
class Weights:
    """How much each field's words count, words that stand together, and each signal."""

    title: float = 5.0
    keywords: float = 3.0
    summary: float = 3.0
    objectives: float = 3.0
    statements: float = 1.5
    context: float = 1.0
    grade_words: float = 1.0
    body: float = 1.0
    attachments: float = 1.0
    together: float = 1.0
    shared: float = 0.8
    themes: float = 0.5
    around: float = 0.5
    alignment: float = 0.10
    focus: float = 0.05
    reviewed: float = 0.10
    completeness: float = 0.10
    freshness: float = 0.05


DEFAULTS = Weights()
NAMES: tuple[str, ...] = tuple(one.name for one in fields(Weights))

LABELS: dict[str, str | Promise] = {
    "title": _("Words in the title"),
    "keywords": _("Topics, tags, kind, makers"),
    "summary": _("Words in the summary"),
    "objectives": _("What students learn"),
    "statements": _("Words of the standards taught or assessed"),
    "context": _("Words above those standards, and of standards it only requires"),
    "grade_words": _("Grade in words"),
    "body": _("Words in the text"),
    "attachments": _("Words in attached files"),
    "together": _("Words that stand together"),
    "shared": _("Shares standards with the best matches"),
    "themes": _("Shares topics and tags with the best matches"),
    "around": _("Words above and below a standard that was typed in full"),
    "alignment": _("Well aligned: teaches or assesses, confirmed in review"),
    "focus": _("Is about few standards, where one is asked for"),
    "reviewed": _("Reviewed"),
    "completeness": _("Complete: objectives, summary, time, grade, standards, body"),
    "freshness": _("Changed lately: halves each year"),
}
TEXT = (
    "title",
    "keywords",
    "summary",
    "objectives",
    "statements",
    "context",
    "grade_words",
    "body",
    "attachments",
)
LONG_TEXT = ("body", "attachments")

OTHER = ("together", "shared", "themes", "around")
SIGNAL_NAMES = ("alignment", "focus", "reviewed", "completeness", "freshness")


def bounds(name: str) -> tuple[float, float]:
    """The least and the greatest that a weight may be."""
    if name in TEXT:
        return MIN_FIELD, MAX_FIELD
    return 0.0, MAX_OTHER if name in OTHER else MAX_SIGNAL


# -- signals

FOCUS = "focus"  # counts where a standard is asked for, or no words are
ABOUT_FEW = 3


@dataclass(frozen=True)
class Signal:
    """value: what a resource has of it, from 0 to 1, kept in the document."""

    name: str
    value: Callable[[ResourceSource], float]


_MAIN = {Alignment.Relation.TEACHES, Alignment.Relation.ASSESSES}
_STATUS = {Alignment.Status.CONFIRMED: 1.0, Alignment.Status.CLAIMED: 0.5, Alignment.Status.DISPUTED: 0.0}


def is_strong(alignment: AlignmentSource) -> bool:
    """Whether the resource is about the standard: it teaches or assesses it, and no reviewer disputes that."""
    return alignment.relation in _MAIN and alignment.status != Alignment.Status.DISPUTED


def _alignment(source: ResourceSource) -> float:
    """The best of its alignments."""
    return max(
        (_STATUS.get(one.status, 0.0) * (1 if one.relation in _MAIN else 0.5) for one in source.alignments),  # type: ignore[call-overload]
        default=0.0,
    )


def _focus(source: ResourceSource) -> float:
    """Full for what is about three standards or fewer, a third of that for nine. What names twenty is on none of them."""
    about = sum(map(is_strong, source.alignments))
    return round(min(1.0, ABOUT_FEW / about), 2) if about else 0.0


def _completeness(source: ResourceSource) -> float:
    """How much of what a teacher needs to choose it is there. A link has its content elsewhere."""
    there = [
        source.summary,
        source.grades,
        source.subjects,
        source.minutes,
        source.alignments,
        any(block.get("type") == "objectives" for block in source.body),
        source.link_url or len(source.body) > 2,
    ]
    return round(sum(map(bool, there)) / len(there), 2)


SIGNALS: tuple[Signal, ...] = (
    Signal("alignment", _alignment),
    Signal(FOCUS, _focus),
    Signal("reviewed", lambda source: float(source.reviewed_at is not None)),
    Signal("completeness", _completeness),
)
PATH = "signals"
FRESHNESS_FIELD, HALF_LIFE = "changed_at", "365d"
# About a good score by text, where no best matches are known: beside a code, and where no words are.
USUAL = 20.0


def mapping() -> dict[str, Any]:
    """The fields of the index for the signals."""
    return {PATH: {"type": "rank_features"}, FRESHNESS_FIELD: {"type": "date"}}


def document(source: ResourceSource) -> dict[str, Any]:
    """What a document holds for the signals. A date and no age, so that no document is out of date by waiting."""
    changed_at = source.last_published_at or source.first_published_at
    return {
        # The engine wants no zeros.
        PATH: {signal.name: value for signal in SIGNALS if (value := signal.value(source))},
        FRESHNESS_FIELD: changed_at.isoformat() if changed_at else None,
    }


# -- what the best matches say


@dataclass(frozen=True)
class Leads:
    """The standards, and the topics and tags, that the best matches by text share: how much of their score stands behind
    each, from 0 to 1.

    top: the best score, which the gain is measured by; good: the mean of their scores, which signals are measured by.
    ids: the best matches themselves, by the engine's id.
    """

    top: float = 0.0
    good: float = USUAL
    standards: tuple[tuple[str, float], ...] = ()
    themes: tuple[tuple[str, float], ...] = ()
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lead:
    """One of the best matches: its score, its standards by identifier, its topics and tags, the engine's id of it."""

    score: float
    standards: Collection[str] = ()
    themes: Collection[str] = ()
    id: str = ""


NO_LEADS = Leads()
LEADING = 5  # so many of the first hits lead
LED_STANDARDS, LED_THEMES = 10, 5  # so many of theirs are followed
# What a standard beside the one that most stands behind counts: a lesson on two of theirs is nearer than one on either.
ALSO_SHARED = 0.5
THEMES = "themes"  # the field of topics and tags
# Names of the parts of a query: the engine says which of them a hit meets (`lifted.py`).
SHARED, AROUND = "shared", "around"
# The engine weighs a term by how few have it; that of one in a hundred has about this score, and so gains what it is worth.
RARE = 2.0


def leads(hits: Sequence[Lead], quoted: Sequence[str] = ()) -> Leads:
    """Out of the first hits, best first. What has many standards says less for each. quoted: standards that were named by
    their words, behind which all of the score stands."""
    if not hits:
        return NO_LEADS
    votes = _votes([(one.score, one.standards) for one in hits])[:LED_STANDARDS]
    standards = {**dict(votes), **dict.fromkeys(quoted, 1.0)}
    themes = _votes([(one.score, one.themes) for one in hits])[:LED_THEMES]
    return Leads(
        top=hits[0].score,
        good=fmean(one.score for one in hits),
        standards=tuple(standards.items()),
        themes=tuple(themes),
        ids=tuple(one.id for one in hits),
    )


def _votes(hits: Sequence[tuple[float, Collection[str]]]) -> list[tuple[str, float]]:
    votes: dict[str, float] = {}
    total = sum(score for score, named in hits if named)
    if not total:  # of words that say nothing
        return []
    for score, named in hits:
        for name in named:
            votes[name] = votes.get(name, 0.0) + score / len(named) / total
    return sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))


def following(found: Leads, weights: Weights) -> list[dict[str, Any]]:
    """What a resource gains by sharing a standard, topics or tags with the best matches: as queries that need not match."""
    gains: list[dict[str, Any]] = []
    if found.standards and weights.shared:
        shared = [
            {
                "constant_score": {
                    "filter": {"term": {"standard": standard}},
                    "boost": share * found.top * weights.shared,
                    "_name": f"{SHARED}:{standard}",
                }
            }
            for standard, share in found.standards
        ]
        gains.append({"dis_max": {"queries": shared, "tie_breaker": ALSO_SHARED}})
    if weights.themes:
        gains += [
            {
                "term": {
                    THEMES: {
                        "value": theme,
                        "boost": share * found.top * weights.themes / RARE,
                        "_name": f"{THEMES}:{theme}",
                    }
                }
            }
            for theme, share in found.themes
        ]
    return gains


# -- in the engine's words


def text_fields(weights: Weights, *, sentence: bool = False, without: Collection[str] = ()) -> list[str]:
    """Of a sentence it says less in which field one of its many words stands: there the weights are nearer to each other."""
    return [
        f"{name}^{sqrt(getattr(weights, name)) if sentence else getattr(weights, name):.4g}"
        for name in TEXT
        if name not in without
    ]


def signals_after(weights: Weights) -> dict[str, Any]:
    """The same for a rescore of the best matches, before their scores are known: each gains by its own."""
    factor = [{"match_all": {}}, *signals(weights, good=1.0)]
    return {"rescore_query": {"bool": {"should": factor}}, "score_mode": "multiply"}


def signals(weights: Weights, good: float, *, by_words: bool = True) -> list[dict[str, Any]]:
    """What a resource gains by its signals, where this is a good score by text: as queries that need not match.

    by_words: words alone are asked for. They tell by themselves what a resource is about.
    """
    gains: list[dict[str, Any]] = [
        {"rank_feature": {"field": f"{PATH}.{signal.name}", "linear": {}, "boost": factor * good}}
        for signal in SIGNALS
        if (factor := getattr(weights, signal.name)) and not (by_words and signal.name == FOCUS)
    ]
    if weights.freshness:
        gains.append(
            {
                "distance_feature": {
                    "field": FRESHNESS_FIELD,
                    "origin": today(),
                    "pivot": HALF_LIFE,
                    "boost": weights.freshness * good,
                }
            }
        )
    return gains


def today() -> str:
    """What freshness is reckoned from: by the day, so that whoever reads a list page by page reads it in one order. Not the
    engine's "now/d": it keeps no answers that depend on its clock."""
    return datetime.now(UTC).date().isoformat()


# -- what holds

_trying: ContextVar[Weights | None] = ContextVar("weights", default=None)


def in_force() -> Weights:
    """The weights that hold now: those being tried in this context, or the state's, or DEFAULTS."""
    return _trying.get() or memory.keep("ranking", [RankingSettings], _stored)


def _stored() -> Weights:
    row = RankingSettings.objects.first()
    changes = row.changes if row else {}
    return replace(DEFAULTS, **{name: value for name, value in changes.items() if name in NAMES})


@contextmanager
def using(weights: Weights) -> Iterator[None]:
    """Search with these weights inside the block, as a preview does."""
    token = _trying.set(weights)
    try:
        yield
    finally:
        _trying.reset(token)
