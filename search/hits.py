"""Make a card of a hit: from the stored fields alone, in the reader's language, with the reasons why it is there."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from html import escape
from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from repository.cards import audience_label, duration_label, maker_of
from repository.models import Alignment, Licence
from search.facets import FACETS, JOINT, JOINT_PATH
from search.lifted import lifted
from search.marking import MARK_END, MARK_START
from search.ranking import FRESHNESS_FIELD, NO_LEADS, Leads
from search.request import SearchRequest, Sort
from search.results import CardStandard, Hit, Subject
from search.text import SPELLING
from search.words import Words
from standards.codes import query_forms
from standards.grades import grade_range_label

SHOWN_STANDARDS = 4
SHOWN_REASONS = 4

_MARKED = re.compile(f"{MARK_START}(.+?){MARK_END}", re.S)


def make_hit(raw: Mapping[str, Any], request: SearchRequest, words: Words, leads: Leads = NO_LEADS) -> Hit:
    """The card of one of the engine's hits. leads: what the best matches shared, and lifted it by that."""
    source = raw["_source"]
    card = source["card"]
    language = get_language()
    marked: Mapping[str, list[str]] = raw.get("highlight", {})
    standards = _standards(card["standards"], source.get(JOINT_PATH, []), request, words, language)
    reviewed_at, published_at, changed_at = (
        card["reviewed_at"],
        source.get("published_at"),
        source.get(FRESHNESS_FIELD),
    )
    return Hit(
        identifier=source["identifier"],
        title=card["title"],
        title_html=_html(marked["title"][0] if "title" in marked else card["title"]),
        url=card["url"],
        summary=card["summary"],
        language=next(iter(source["language"]), ""),
        highlights=tuple(_html(text) for text in _passages(marked)),
        kind=card["kind"]["label"],
        kind_slug=card["kind"]["slug"],
        grades=_grades(tuple(card["grades"]), language),
        grade_codes=tuple(card["grades"]),
        subjects=tuple(Subject(one["slug"], one["label"]) for one in card["subjects"]),
        levels=tuple(dict.fromkeys(one.level for one in standards if one.level)),
        duration=_duration(card["minutes"], language),
        minutes=card["minutes"],
        modalities=tuple(card["modalities"]),
        standards=tuple(standards[:SHOWN_STANDARDS]),
        more_standards=max(0, len(standards) - SHOWN_STANDARDS),
        all_standards=tuple(standards),
        author=maker_of(card["author"], card["attribution"]),
        school=card["school"],
        district=card["district"],
        reviewed_by=card["reviewed_by"],
        reviewed_on=datetime.fromisoformat(reviewed_at) if reviewed_at else None,
        published_at=datetime.fromisoformat(published_at) if published_at else None,
        changed_at=datetime.fromisoformat(changed_at) if changed_at else None,
        filters={spec.name: tuple(source.get(spec.name, ())) for spec in FACETS if not spec.joint},
        licence=_label(Licence, card["licence"], language),
        licence_key=card["licence"],
        may_adapt=Licence(card["licence"]).may_adapt,
        audience=card["audience"],
        audience_label=_audience(card["audience"], language),
        why=tuple(
            _why(
                source,
                standards,
                marked,
                lifted(raw, leads, words, alone=not marked),
                request,
                words,
                language,
            )
        ),
        picked=source["identifier"] in words.picked,
        is_link=bool(card["link_url"]),
        link_url=card["link_url"],
        site=card["site"],
    )


# -- words of the reader's language: looked up for each card, they took longer than all else


@lru_cache
def _label(choices: type[TextChoices], value: str, language: str | None) -> str:
    return str(choices(value).label)


@lru_cache
def _audience(value: str, language: str | None) -> str:
    return audience_label(value)


@lru_cache
def _duration(minutes: int | None, language: str | None) -> str:
    return duration_label(minutes)


@lru_cache
def _grades(codes: tuple[str, ...], language: str | None) -> str:
    return grade_range_label(codes)


# -- standards


@lru_cache(maxsize=10_000)
def _standard_url(identifier: str) -> str:
    return reverse("standards:item", args=[identifier])


def _standards(
    cards: Sequence[Mapping[str, Any]],
    alignments: Sequence[Mapping[str, Any]],
    request: SearchRequest,
    words: Words,
    language: str | None,
) -> list[CardStandard]:
    """Those that the search asked for first. Card and nested alignment are parallel lists; there are none where no filter is
    on alignments."""
    forms = {form for code in words.codes for form in query_forms(code)}
    asked = [(spec.name, set(request.values(spec.name))) for spec in JOINT if request.values(spec.name)]
    found = []
    for card, alignment in zip(cards, alignments if asked else [{}] * len(cards), strict=True):
        by_filter = bool(asked) and all(
            values.intersection(alignment.get(name, ())) for name, values in asked
        )
        found.append(
            CardStandard(
                identifier=card["identifier"],
                code=card["code"],
                statement=card["statement"],
                framework=card["framework"],
                relation=_label(Alignment.Relation, card["relation"], language),
                relation_key=card["relation"],
                level=card["level_label"],
                level_key=card["level"],
                url=_standard_url(card["identifier"]),
                matched=by_filter
                or not forms.isdisjoint(card["code_forms"])
                or card["identifier"] in words.quoted,
                disputed=bool(card.get("disputed")),
            )
        )
    return sorted(found, key=lambda standard: not standard.matched)


# -- words


def _html(marked: str) -> SafeString:
    """Escaped first, so that nothing of the text is markup; then our own brackets become <mark>."""
    text = escape(marked).replace(MARK_START, "<mark>").replace(MARK_END, "</mark>")
    return mark_safe(text)  # noqa: S308  escaped in the line above


def _passages(marked: Mapping[str, list[str]]) -> list[str]:
    """What to show in place of the summary: the summary itself where it matches, else a passage of the text. None is long:
    a summary has 300 characters at most, and of other texts parts are asked for (`marking.highlight`)."""
    for name in ("summary", "objectives", "body"):
        if marked.get(name):
            return marked[name][:2]
    return []


@lru_cache
def _reason_words(language: str | None) -> dict[str, str]:
    """How reasons are put: for an alignment, and for words by the place where they are."""
    return {
        "alignment": _("%(relation)s %(code)s"),
        "alignment at a level": _("%(relation)s %(code)s at %(level)s"),
        "disputed": _("%(reason)s: disputed in review"),
        "words": _("%(words)s %(place)s"),
        "title": _("in the title"),
        "objectives": _("in what students learn"),
        "statements": _("in the standard’s words"),
        "keywords": _("in its topics and makers"),
        "summary": _("in the summary"),
        "body": _("in the text"),
        "attachments": _("in a file"),
        "grade_words": _("in its grades"),
        "context": _("in the words above its standards"),
        SPELLING: _("is spelled nearly so"),
    }


_PLACES = (
    *("title", "objectives", "statements", "keywords", "summary", "body"),
    *("attachments", "grade_words", "context", SPELLING),
)


def _why(
    source: Mapping[str, Any],
    standards: Sequence[CardStandard],
    marked: Mapping[str, list[str]],
    lifted: Sequence[str],
    request: SearchRequest,
    words: Words,
    language: str | None,
) -> list[str]:
    """Reasons in words, never none: "Teaches M.6.RP.2 at Proficient", "“ratio” in the title", "Newest first".

    lifted: those that are not in its own words; they leave room for some of those.
    """
    said = _reason_words(language)
    reasons = [_("Picked by coordinators")] if source["identifier"] in words.picked else []
    for standard in standards:
        if standard.matched:
            name = standard.code or standard.statement[:40]
            text = said["alignment at a level" if standard.level else "alignment"]
            reason = text % {"relation": standard.relation, "code": name, "level": standard.level}
            reasons.append(said["disputed"] % {"reason": reason} if standard.disputed else reason)
    reasons = list(dict.fromkeys(reasons))[: SHOWN_REASONS - 1]
    told: set[str] = set()
    for name in _PLACES:
        if name == "grade_words" and words.extra:  # a chip says it, and every result has it
            continue
        found = [word for word in marked_words(marked.get(name, ())) if word.lower() not in told]
        if name == SPELLING:
            found = [word for word in found if _is_near(word, words, told)]
        if found:
            told.update(word.lower() for word in found)
            quoted = ", ".join(f"“{word}”" for word in found[:3])
            reasons.append(said["words"] % {"words": quoted, "place": said[name]})
    reasons = [*reasons[: SHOWN_REASONS - len(lifted)], *lifted]
    return reasons or _qualities(source["card"], request)


def _is_near(word: str, words: Words, told: Collection[str]) -> bool:
    """Whether a word marked among near spellings is one. “the” is found in no other field, and is marked there as typed; and
    “point” is none of “paint”, where “paint” or “painting” is told of already."""
    typed = words.wanted.lower().split()
    if len(word) < 3 or word.lower() in typed:
        return False
    meant = max(typed, key=lambda one: SequenceMatcher(None, one, word.lower()).ratio())
    return not any(meant.startswith(one[:-1]) or one.startswith(meant[:-1]) for one in told if len(one) > 2)


def _qualities(card: Mapping[str, Any], request: SearchRequest) -> list[str]:
    """Where no words were asked for: what the order goes by."""
    if request.sort == Sort.NEWEST:
        return [_("Newest first")]
    if request.sort == Sort.TITLE:
        return [_("In order of titles")]
    if request.sort == Sort.SHORTEST:
        return [_("Shortest first")]
    reasons = []
    if card["reviewed_at"]:
        reasons.append(_("Reviewed"))
    if any(one.get("confirmed") for one in card["standards"]):
        reasons.append(_("Its standards were confirmed in review"))
    elif card["standards"]:
        reasons.append(_("Aligned to standards"))
    if not reasons:
        reasons.append(
            _("Fits what was chosen") if request.chosen else _("Reviewed and recent ones come first")
        )
    return reasons


def marked_words(fragments: Iterable[str]) -> list[str]:
    """The words that were found, each once, as they first stand in highlighted text."""
    found: dict[str, str] = {}
    for text in fragments:
        for word in _MARKED.findall(text):
            found.setdefault(word.lower(), word)
    return list(found.values())
