"""Resources at a glance, from the database: what search/pages/cards.py shows.

Lists that come from the search engine fill the same card from the index; this is for the few that must not.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from django.db.models import Prefetch, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import TaskState

from repository.languages import language_name
from repository.models import Alignment, Audience, Licence, ResourcePage, Subject
from standards.access import hidden_frameworks
from standards.grades import grade_range_label
from standards.text import to_plain

SHOWN_STANDARDS = 3
MAX_MAKER = 120  # characters of an attribution


@dataclass(frozen=True)
class CardStandard:
    code: str
    statement: str
    url: str
    relation: str
    level: str
    matched: bool = False
    disputed: bool = False


@dataclass(frozen=True)
class Card:
    """See search/pages/cards.py for what each field means."""

    title: str
    url: str
    summary: str
    language: str
    kind: str
    grades: str
    subjects: list[Subject]
    levels: list[str]
    duration: str
    modalities: list[str]
    standards: list[CardStandard]
    more_standards: int
    author: str
    school: str
    district: str
    licence: str
    may_adapt: bool
    audience: str
    audience_label: str
    is_link: bool
    site: str
    reviewed_by: str = ""
    reviewed_on: datetime | None = None
    why: list[str] = field(default_factory=list)


def duration_label(minutes: int | None) -> str:
    """ "45 minutes", "2 hours", "1 h 30 min"; "" for none."""
    if minutes is None:
        return ""
    if minutes < 60 or (minutes < 120 and minutes % 60):
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    if rest:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


@lru_cache(maxsize=1000)
def spoken(language: str, page_language: str | None) -> SafeString:
    """The attributes of text in this language, for who hears it read or reads from right to left; none where the page has
    the same."""
    if not language or language.partition("-")[0].lower() == (page_language or "").partition("-")[0]:
        return SafeString("")
    return format_html(' lang="{}" dir="auto"', language)


def other_language(language: str, page_language: str | None) -> str:
    """The name of the language that a resource is in; "" where the page is in the same."""
    return language_name(language) if spoken(language, page_language) else ""


def cards_of(pages: QuerySet[ResourcePage]) -> list[Card]:
    """A card for each page, in the order given. Nine queries, however many pages."""
    alignments = Alignment.objects.select_related("item", "level")
    hidden = _hidden()
    found = list(
        pages.select_related("kind", "owner", "school", "district").prefetch_related(
            "subjects", "modalities", Prefetch("alignments", queryset=alignments)
        )
    )
    reviews = _reviews(found)
    return [_card(page, reviews.get(page.live_revision_id), hidden) for page in found]


def card_of(page: ResourcePage) -> Card:
    """The card of one page, which may be a draft."""
    return _card(page, _reviews([page]).get(page.live_revision_id), _hidden())


def audience_label(audience: str) -> str:
    """Who may see it, for its readers: “My school”, as its author chooses it, is not the reviewer’s, nor the state’s."""
    for_readers = {Audience.DISTRICT: _("One district"), Audience.SCHOOL: _("One school")}
    return for_readers.get(Audience(audience)) or str(Audience(audience).label)


def maker_of(author: str, attribution: str) -> str:
    """Whose it is, at a glance: who made it here, else whom its source names, with the terms that it states."""
    # Most are short, and the truncator takes longer to say so than all else of a card.
    short = attribution if len(attribution) <= MAX_MAKER else Truncator(attribution).chars(MAX_MAKER)
    return author or short


def _hidden() -> set[int]:
    """Frameworks whose standards no card shows: as in search, a private draft is on none, whoever looks."""
    return set(hidden_frameworks().values_list("pk", flat=True))


def _reviews(pages: Iterable[ResourcePage]) -> dict[int, TaskState]:
    """The last approval of each page's live version, by the key of its revision. One query."""
    approved = (
        TaskState.objects.filter(status=TaskState.STATUS_APPROVED)
        .filter(revision__in=[page.live_revision_id for page in pages if page.live_revision_id])
        .select_related("finished_by")
        .order_by("finished_at")
    )
    return {state.revision_id: state for state in approved}


def _card(page: ResourcePage, review: TaskState | None, hidden: Collection[int]) -> Card:
    licence = Licence(page.licence)
    alignments = [one for one in page.alignments.all() if one.item.framework_id not in hidden]
    levels = {alignment.level.name: None for alignment in alignments if alignment.level}
    return Card(
        title=page.title,
        url=page.get_url() or "",
        summary=page.summary,
        language=page.language,
        kind=page.kind.label,
        grades=grade_range_label(page.grades),
        subjects=list(page.subjects.all()),
        levels=list(levels),
        duration=duration_label(page.duration_minutes),
        modalities=[modality.label for modality in page.modalities.all()],
        standards=[_standard(alignment) for alignment in alignments[:SHOWN_STANDARDS]],
        more_standards=max(0, len(alignments) - SHOWN_STANDARDS),
        author=maker_of(page.owner.get_full_name() if page.owner else "", page.attribution),
        school=page.school.name if page.school else "",
        district=page.district.name,
        licence=str(licence.label),
        may_adapt=licence.may_adapt,
        audience=page.audience,
        audience_label=audience_label(page.audience),
        is_link=bool(page.link_url),
        site=urlsplit(page.link_url).hostname or "",
        reviewed_by=str(review.finished_by or "") if review else "",
        reviewed_on=review.finished_at if review else None,
    )


def _standard(alignment: Alignment) -> CardStandard:
    item = alignment.item
    return CardStandard(
        code=item.human_coding_scheme,
        statement=to_plain(item.full_statement),
        url=item.get_absolute_url(),
        relation=str(alignment.get_relation_display()),
        level=alignment.level.name if alignment.level else "",
        disputed=alignment.status == Alignment.Status.DISPUTED,
    )
