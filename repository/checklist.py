"""What makes a resource worth finding: what reviewers look for, and the little without which it cannot be sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from repository.models import Audience, Licence, ResourcePage


@dataclass(frozen=True)
class Check:
    """One line of the list; `section` is the part of the contribution page where it is mended."""

    name: str
    section: str
    label: str | Promise
    done: bool


def checklist(page: ResourcePage) -> list[Check]:
    """What reviewers look for, in the order of the contribution page, each with whether it is there."""
    blocks = _values_by_type(page)
    checks = []
    for name, section, label, is_done, block_types in _CHECKS:
        offered = not page.kind.blocks or not block_types or bool(set(block_types) & set(page.kind.blocks))
        done = is_done(page, blocks) if offered else None
        if done is not None:
            checks.append(Check(name, section, label, done))
    return checks


def submission_problems(page: ResourcePage) -> list[str]:
    """Sentences for what has to be mended before the resource can be sent to reviewers."""
    problems = []
    if not page.title.strip():
        problems.append(_("Give it a title."))
    if not page.summary.strip():
        problems.append(_("Say in a sentence or two what it is."))
    if not _has_objectives(page, _values_by_type(page)):
        problems.append(_("Say what students will do."))
    if page.audience == Audience.SCHOOL and page.school_id is None:
        problems.append(_("You share it with your school: choose the school."))
    if page.licence == Licence.OTHER and not page.attribution.strip():
        problems.append(_("You chose another license: name it in the attribution."))
    return problems


Values = dict[str, list[dict[str, Any]]]


def _values_by_type(page: ResourcePage) -> Values:
    values: Values = {}
    for block in page.body.get_prep_value() if page.body else []:
        values.setdefault(block["type"], []).append(block["value"])
    return values


def items_of(values: list[Any]) -> list[Any]:
    """The members of a list block's stored value, which are bare in old data and wrapped in new."""
    return [
        value["value"] if isinstance(value, dict) and value.keys() >= {"type", "value"} else value
        for value in values
    ]


def _has_objectives(page: ResourcePage, blocks: Values) -> bool:
    return any(
        str(objective).strip()
        for block in blocks.get("objectives", [])
        for objective in items_of(block["objectives"])
    )


def _has_time(page: ResourcePage, blocks: Values) -> bool:
    return page.duration_minutes is not None or any(step.get("minutes") for step in blocks.get("step", []))


def _says_what_happens(page: ResourcePage, blocks: Values) -> bool:
    kinds = ("step", "task", "text", "opportunity", "handout")
    return any(blocks.get(kind) for kind in kinds) or bool(page.link_url) or bool(page.attachments.all())


def _has_differentiation(page: ResourcePage, blocks: Values) -> bool:
    return any(
        str(block.get(name) or "").strip()
        for kind in ("step", "differentiation")
        for block in blocks.get(kind, [])
        for name in ("support", "extend", "language")
    )


def _has_alternatives(page: ResourcePage, blocks: Values) -> bool | None:
    if not (blocks.get("image") or blocks.get("media")):
        return None
    return all(image.get("alt") for image in blocks.get("image", [])) and all(
        media.get("transcript") for media in blocks.get("media", [])
    )


def _shows_evidence(page: ResourcePage, blocks: Values) -> bool:
    return bool(blocks.get("rubric") or blocks.get("task")) or any(
        str(block.get("evidence") or "").strip() for block in blocks.get("objectives", [])
    )


# None: the question does not arise.
_Done = Callable[[ResourcePage, Values], bool | None]
# name, section, label, test, and the block types of which the kind has to offer one (none: asked of every kind).
_CHECKS: list[tuple[str, str, str | Promise, _Done, tuple[str, ...]]] = [
    (
        "summary",
        "about",
        gettext_lazy("A summary that says what it is"),
        lambda p, b: bool(p.summary.strip()),
        (),
    ),
    ("grades", "for-whom", gettext_lazy("The grades it is for"), lambda p, b: bool(p.grades), ()),
    ("subjects", "for-whom", gettext_lazy("At least one subject"), lambda p, b: bool(p.subjects.all()), ()),
    ("time", "for-whom", gettext_lazy("How long it takes"), _has_time, ()),
    (
        "standards",
        "standards",
        gettext_lazy("At least one standard, with what the resource does for it"),
        lambda p, b: bool(p.alignments.all()),
        (),
    ),
    (
        "levels",
        "standards",
        gettext_lazy("The level aimed at, for at least one standard"),
        lambda p, b: any(alignment.level_id for alignment in p.alignments.all()),
        (),
    ),
    ("objectives", "objectives", gettext_lazy("What students will do"), _has_objectives, ()),
    ("evidence", "objectives", gettext_lazy("How students show what they learned"), _shows_evidence, ()),
    (
        "what-happens",
        "steps",
        gettext_lazy("What happens, clear enough for another teacher"),
        _says_what_happens,
        (),
    ),
    (
        "differentiation",
        "differentiation",
        gettext_lazy("Ways in for students who need support, a stretch, or help with English"),
        _has_differentiation,
        ("step", "differentiation"),
    ),
    (
        "alternatives",
        "media",
        gettext_lazy("Words for every image, a transcript for every video"),
        _has_alternatives,
        ("image", "media"),
    ),
    (
        "licence",
        "sharing",
        gettext_lazy("A license that lets others adapt it"),
        lambda p, b: Licence(p.licence).may_adapt,
        (),
    ),
]
