"""The values that a facet can take: which of them a request may name, and how people read them.

A vocabulary answers for many values at once, out of this process's memory (`search.memory`).
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from people.models import Organisation
from repository.languages import language_name
from repository.models import CompetencyLevel, CompetencyScale
from search import memory
from standards.grades import GRADE_ORDER, grade_label, normalise_grades

V = TypeVar("V")

MAX_LISTED = 30


@dataclass(frozen=True)
class Term:
    """A value as people read it.

    rank: its place where the vocabulary has an order of its own; group: the heading it stands under; code: what is
    shown before the label; has_children: whether it can be opened in a tree; retired: a standard that is no longer in force.
    """

    value: str
    label: str
    rank: int | None = None
    group: str = ""
    code: str = ""
    has_children: bool = False
    retired: bool = False


class UnknownValue(ValueError):
    """A value that the vocabulary does not have. Its text says what there is."""

    def __init__(self, message: str, *, candidates: Sequence[dict[str, str]] = ()) -> None:
        super().__init__(message)
        self.candidates = list(candidates)


class Vocabulary(ABC):
    @abstractmethod
    def resolve(self, raw: Sequence[str]) -> list[str]:
        """The values that a request means, in its order and without repeats. Raises UnknownValue."""

    @abstractmethod
    def terms(self, values: Collection[str]) -> dict[str, Term]:
        """How to show them; a value gone meanwhile is left out."""

    @abstractmethod
    def allowed(self) -> str:
        """What a request may name, in a sentence: for errors and the API's documentation."""


def unknown(value: str, allowed: str) -> UnknownValue:
    return UnknownValue(
        _("“%(value)s” is not known. %(allowed)s") % {"value": value[:80], "allowed": allowed}
    )


def listed(values: Iterable[str]) -> str:
    values = list(values)
    shown = ", ".join(values[:MAX_LISTED])
    if len(values) > MAX_LISTED:
        shown += _(" and %(count)d more") % {"count": len(values) - MAX_LISTED}
    return _("Allowed: %(values)s.") % {"values": shown}


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def known_values(raw: Sequence[str], terms: Mapping[str, Term], allowed: Callable[[], str]) -> list[str]:
    """The values meant, whatever their case. Raises UnknownValue."""
    values = [value.strip().lower() for value in raw]
    for written, value in zip(raw, values, strict=True):
        if value not in terms:
            raise unknown(written, allowed())
    return _unique(values)


def among(values: Collection[str], known: Mapping[str, V]) -> dict[str, V]:
    return {value: known[value] for value in values if value in known}


# Words of the program are looked up once a language: Django takes longer to find one than to write a row with it.


@lru_cache
def _choices(choices: Callable[[], Sequence[tuple[str, Any]]], language: str | None) -> dict[str, Term]:
    return {value: Term(value, str(label), rank) for rank, (value, label) in enumerate(choices())}


@lru_cache
def _grades(language: str | None) -> dict[str, Term]:
    return {code: Term(code, grade_label(code), rank) for rank, code in enumerate(GRADE_ORDER)}


@dataclass(frozen=True)
class Choices(Vocabulary):
    """A short list that is part of the program."""

    choices: Callable[[], Sequence[tuple[str, Any]]]

    def resolve(self, raw: Sequence[str]) -> list[str]:
        folded = {value.lower(): value for value, _label in self.choices()}
        for value in raw:
            if value.lower() not in folded:
                raise unknown(value, self.allowed())
        return _unique(folded[value.lower()] for value in raw)

    def terms(self, values: Collection[str]) -> dict[str, Term]:
        return among(values, _choices(self.choices, get_language()))

    def allowed(self) -> str:
        return listed(value for value, _label in self.choices())


@dataclass(frozen=True)
class Rows(Vocabulary):
    """The rows of a table, named by their slug."""

    model: type[models.Model]
    label: str
    only: dict[str, str] = field(default_factory=dict)

    def _all(self) -> dict[str, Term]:
        def load() -> dict[str, Term]:
            rows = self.model._default_manager.filter(**self.only).order_by("slug")
            return {slug: Term(slug, label) for slug, label in rows.values_list("slug", self.label)}

        return memory.keep(f"{self.model._meta.label} {self.only}", [self.model], load)

    def resolve(self, raw: Sequence[str]) -> list[str]:
        return known_values(raw, self._all(), self.allowed)

    def terms(self, values: Collection[str]) -> dict[str, Term]:
        return among(values, self._all())

    def allowed(self) -> str:
        return listed(self._all())


def organisations(kind: str) -> Rows:
    return Rows(Organisation, "name", {"kind": kind})


class Grades(Vocabulary):
    """CEDS codes; whatever people call a grade is taken too ("5", "K", "Grade 5", "3-5")."""

    def resolve(self, raw: Sequence[str]) -> list[str]:
        found: list[str] = []
        for value in raw:
            grades = normalise_grades(value)
            if not grades:
                raise unknown(value, self.allowed())
            found += grades
        return _unique(found)

    def terms(self, values: Collection[str]) -> dict[str, Term]:
        return among(values, _grades(get_language()))

    def allowed(self) -> str:
        return _("CEDS codes (%(codes)s), or as people say it: 5, K, Grade 5, 3-5.") % {
            "codes": ", ".join(GRADE_ORDER)
        }


class Languages(Vocabulary):
    """BCP 47 tags."""

    _TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", re.I)

    def resolve(self, raw: Sequence[str]) -> list[str]:
        for value in raw:
            if len(value) > 35 or not self._TAG.fullmatch(value):
                raise unknown(value, self.allowed())
        return _unique(value.lower() for value in raw)

    def terms(self, values: Collection[str]) -> dict[str, Term]:
        return {value: Term(value, language_name(value)) for value in values}

    def allowed(self) -> str:
        return _("Language tags (BCP 47), as in en, es or es-MX.")


class Levels(Vocabulary):
    """Competency levels as `scale:level`, each under the name of its scale, the state's scale first."""

    def _all(self) -> dict[str, Term]:
        return memory.keep("levels", [CompetencyLevel, CompetencyScale, Organisation], self._load)

    def _load(self) -> dict[str, Term]:
        levels = CompetencyLevel.objects.select_related("scale__owner").order_by("scale__name", "sort_order")
        ordered = sorted(levels, key=lambda level: not level.scale.is_state_scale)
        return {
            level.key: Term(level.key, level.name, rank, group=level.scale.name)
            for rank, level in enumerate(ordered)
        }

    def resolve(self, raw: Sequence[str]) -> list[str]:
        return known_values(raw, self._all(), self.allowed)

    def terms(self, values: Collection[str]) -> dict[str, Term]:
        return among(values, self._all())

    def of_same_scales(self, values: Collection[str]) -> list[Term]:
        """All levels of the scales that these are of, in their order."""
        scales = {value.partition(":")[0] for value in values}
        return [term for value, term in self._all().items() if value.partition(":")[0] in scales]

    def allowed(self) -> str:
        return listed(sorted(self._all()))


# Minutes: the upper end of each range, the last one open.
DURATIONS = (15, 30, 60, 90, 240)


def duration_ranges() -> list[tuple[str, str]]:
    """The values of the duration facet, with their labels: `1-15`, `16-30` … `241-`."""
    ranges = [(f"1-{DURATIONS[0]}", _("Up to %(minutes)d minutes") % {"minutes": DURATIONS[0]})]
    for low, high in pairwise(DURATIONS):
        label = _("%(low)d to %(high)d minutes") % {"low": low + 1, "high": high}
        if high > 90:
            label = _("%(low)s to %(high)d hours") % {"low": f"{low / 60:g}", "high": high // 60}
        ranges.append((f"{low + 1}-{high}", label))
    return [
        *ranges,
        (f"{DURATIONS[-1] + 1}-", _("More than %(hours)d hours") % {"hours": DURATIONS[-1] // 60}),
    ]


def duration_range(minutes: int | None) -> str | None:
    """The range that a number of minutes lies in."""
    if minutes is None:
        return None
    lower = 1
    for high in DURATIONS:
        if minutes <= high:
            return f"{lower}-{high}"
        lower = high + 1
    return f"{lower}-"
