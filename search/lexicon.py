"""The words that a query may use for something the site knows: names of facets' values, and synonyms.

Kept in memory under the version that the database counts (`search.memory`): what a coordinator changes in the admin is in
force with the next search, without a rebuild of the index.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.db.models import Model

from people.models import Organisation
from repository.languages import language_name
from repository.models import (
    CompetencyLevel,
    CompetencyScale,
    Modality,
    ResourceKind,
    Subject,
    Synonym,
    Topic,
)
from search import memory
from standards.access import visible_frameworks
from standards.models import Framework

# What a framework's name goes without: "Common Core State Standards for Mathematics" is the Common Core.
_FOR = re.compile(r"\s+(?:for|in)\s.*", re.I)
_STANDARDS = re.compile(r"(?:\s+(?:state|learning|academic|content))?\s+(?:standards|framework)$", re.I)
# Of a name or a synonym.
MAX_NAME_WORDS = 6
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Meaning:
    """Values of a facet that a word may stand for, and how people read them. own: what they call themselves."""

    facet: str
    values: tuple[str, ...]
    label: str
    own: str = ""


@dataclass(frozen=True)
class Lexicon:
    """names and synonyms, by the folded word or words; longest: how many words an entry has at most. known: each folded
    word of those and of topics, which is spelled as meant though no resource has it."""

    names: Mapping[str, tuple[Meaning, ...]]
    synonyms: Mapping[str, tuple[str, ...]]
    known: frozenset[str] = frozenset()

    def names_something(self, words: str) -> bool:
        """Whether these words, several of them, are together a name or a synonym."""
        return " " in words and ((folded := fold(words)) in self.names or folded in self.synonyms)

    @cached_property
    def longest(self) -> int:
        return max((key.count(" ") + 1 for key in (*self.names, *self.synonyms)), default=0)


def fold(text: str) -> str:
    """Words without capitals, accents, signs and the plural's s: "Project-Based Lessons" is "project based lesson"."""
    return " ".join(_singular(word) for word in _NO_WORD.sub(" ", plain(text)).split())


def plain(text: str) -> str:
    """Without capitals and accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def make_lexicon(
    meanings: Iterable[Meaning],
    synonyms: Iterable[tuple[str, Iterable[str]]],
    topics: Iterable[str] = (),
) -> Lexicon:
    """Pure: `meanings` go by their labels, and by the synonyms of those. topics: names of them."""
    same: dict[str, dict[str, None]] = {}
    for term, means in synonyms:
        every = [one for one in (term, *means) if fold(one)]
        for one in every:
            others = (other for other in every if fold(other) != fold(one))
            same.setdefault(fold(one), {}).update(dict.fromkeys(others))
    names: dict[str, dict[Meaning, None]] = {}
    for meaning in meanings:
        for name in (meaning.label, meaning.own, *same.get(fold(meaning.label), ())):
            if fold(name):
                names.setdefault(fold(name), {})[meaning] = None
    return Lexicon(
        {name: tuple(found) for name, found in names.items()},
        {name: tuple(others) for name, others in same.items() if others},  # "games" is none beside "game"
        frozenset(word for name in (*names, *same, *map(fold, topics)) for word in name.split()),
    )


def lexicon() -> Lexicon:
    """The present one."""
    tables: list[type[Model]] = [
        Subject,
        ResourceKind,
        Modality,
        CompetencyLevel,
        CompetencyScale,
        Organisation,
        Synonym,
        Topic,
        Framework,
    ]
    return memory.keep("lexicon", tables, _load)


def _load() -> Lexicon:
    synonyms = ((row.term, row.meanings) for row in Synonym.objects.all())
    topics = Topic.objects.values_list("name", flat=True)
    return make_lexicon([*_vocabularies(), *_levels(), *_languages(), *_frameworks()], synonyms, topics)


def _vocabularies() -> Iterable[Meaning]:
    for facet, model in (("subject", Subject), ("kind", ResourceKind), ("modality", Modality)):
        for slug, label in model._default_manager.values_list("slug", "label"):
            yield Meaning(facet, (slug,), label)


def _languages() -> Iterable[Meaning]:
    """All but the site's own: which of them resources are in, results tell."""
    own = settings.LANGUAGE_CODE.partition("-")[0]
    for tag, info in LANG_INFO.items():
        if "name" in info and "-" not in tag and tag != own:
            yield Meaning("language", (tag,), language_name(tag), info["name_local"])


def _frameworks() -> Iterable[Meaning]:
    """By all of its name, and by what several share: "Common Core" is that for mathematics and for language arts."""
    named: dict[str, list[str]] = {}
    for short_name, title in visible_frameworks().order_by("title").values_list("short_name", "title"):
        family = _FOR.sub("", title)
        whose = short_name.partition("-")[0]  # "CCSS" is CCSS-MATH and CCSS-ELA
        for name in dict.fromkeys([short_name, whose, title, family, _STANDARDS.sub("", family)]):
            if " " in name or name.isupper():  # "Science" is a subject
                named.setdefault(name, []).append(short_name)
    for name, short_names in named.items():
        yield Meaning("standard", tuple(short_names), name)


def _levels() -> Iterable[Meaning]:
    """A level's name means the state's level of that name, which finds its equivalents too; else every level so called."""
    by_name: dict[str, list[CompetencyLevel]] = {}
    for level in CompetencyLevel.objects.select_related("scale__owner").order_by("scale__slug", "sort_order"):
        by_name.setdefault(fold(level.name), []).append(level)
    for levels in by_name.values():
        chosen = [level for level in levels if level.scale.is_state_scale] or levels
        yield Meaning("level", tuple(level.key for level in chosen), levels[0].name)
