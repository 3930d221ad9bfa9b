"""A resource as its page shows it: its body in sections, its standards in words, its facts, its short address.

Works on the live page and on a draft that has never been published (previews), so it reads nothing from the database
that the page itself does not carry, beyond the words of vocabularies.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from repository.cards import Card, card_of
from repository.models import Alignment, Licence, Modality, ResourcePage
from repository.short_links import short_url
from standards.access import Reader, hidden_frameworks

# What a section of one type of block is called; a text block brings its own heading.
HEADINGS: dict[str, str | Promise] = {
    "objectives": _("What students will learn and show"),
    "materials": _("Materials"),
    "step": _("Steps"),
    "differentiation": _("For every learner"),
    "task": _("The task"),
    "rubric": _("Rubric"),
    "handout": _("Handouts"),
    "opportunity": _("The opportunity"),
    "image": _("Pictures"),
    "media": _("Watch and listen"),
    "links": _("Links"),
    "text": _("More"),
}
# Types whose neighbors stand under one heading.
GATHERED = frozenset({"step", "task", "rubric", "handout", "image", "media", "links", "text"})


@dataclass(frozen=True)
class Step:
    value: Any
    setting: str


@dataclass(frozen=True)
class Section:
    """A part of the body under one heading, the author's own or the site's. `minutes` is the sum over steps, 0 where none
    says."""

    anchor: str
    kind: str
    heading: str
    blocks: list[Any]
    steps: list[Step] = field(default_factory=list)
    minutes: int = 0
    is_headed_by_author: bool = False


@dataclass(frozen=True)
class AlignedStandard:
    """One line of "Standards": what the resource does for a standard, in words."""

    code: str
    statement: str
    url: str
    framework: str
    relation: str
    level: str
    note: str
    status: str
    disputed: bool
    retired: bool


def resource_context(page: ResourcePage, request: HttpRequest) -> dict[str, Any]:
    """What templates/repository/resource_page.html shows beside the page itself."""
    sections = list(sections_of(page))
    card: Card = card_of(page)
    return {
        "card": card,
        "terms": Licence(page.licence).terms,
        "sections": sections,
        "standards": aligned_standards(page, request.user),
        "files": [attachment for attachment in page.attachments.all() if attachment.document],
        "short_url": request.build_absolute_uri(short_url(page)),
    }


def sections_of(page: ResourcePage) -> Iterator[Section]:
    """The body in order: neighbors of one type together."""
    settings = dict(Modality.objects.values_list("slug", "label"))
    used: set[str] = set()
    for kind, blocks in _runs(page):
        own = blocks[0].value.get("heading") if kind == "text" and len(blocks) == 1 else ""
        steps = []
        if kind == "step":
            steps = [
                Step(block.value, settings.get(block.value.get("setting") or "", "")) for block in blocks
            ]
        yield Section(
            anchor=_anchor(kind, used),
            kind=kind,
            heading=own or str(HEADINGS.get(kind, HEADINGS["text"])),
            blocks=blocks,
            steps=steps,
            minutes=sum(step.value.get("minutes") or 0 for step in steps),
            is_headed_by_author=bool(own),
        )


def aligned_standards(page: ResourcePage, reader: Reader = None) -> list[AlignedStandard]:
    """The standards that the reader may see, in the author's order.

    Prefetch `alignments__item__framework` and `alignments__level` for one.
    """
    hidden = set(hidden_frameworks(reader).values_list("pk", flat=True))
    return [
        AlignedStandard(
            code=alignment.item.human_coding_scheme,
            statement=alignment.item.full_statement,
            url=alignment.item.get_absolute_url(),
            framework=alignment.item.framework.title,
            relation=str(alignment.get_relation_display()),
            level=alignment.level.name if alignment.level else "",
            note=alignment.note,
            status=str(alignment.get_status_display()),
            disputed=alignment.status == Alignment.Status.DISPUTED,
            retired=alignment.item.retired_at is not None,
        )
        for alignment in page.alignments.all()
        if alignment.item.framework_id not in hidden
    ]


def _runs(page: ResourcePage) -> Iterator[tuple[str, list[Any]]]:
    for kind, group in groupby(page.body, key=lambda block: block.block_type):
        blocks = list(group)
        if kind in GATHERED:
            yield kind, blocks
        else:
            for block in blocks:
                yield kind, [block]


def _anchor(kind: str, used: set[str]) -> str:
    """`steps-2` for the second section of a kind: stable while the author adds below."""
    number = 1
    while (anchor := kind if number == 1 else f"{kind}-{number}") in used:
        number += 1
    used.add(anchor)
    return anchor
