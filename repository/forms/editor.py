"""The whole contribution page: the forms of its sections, made of a draft or of what was posted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from people.models import Organisation, User
from repository.forms.blocks import BLOCK_FORMS, BlockForm, RowSet, new_id
from repository.forms.body import body_from_forms, forms_from_body, raw_body, stream_value
from repository.forms.details import DetailsForm
from repository.forms.related import alignment_rows, apply_alignments, apply_attachments, attachment_rows
from repository.models import CompetencyLevel, Modality, ResourceImage, ResourcePage
from standards.models import Item


@dataclass(frozen=True)
class Part:
    """What the page says about one block type: the name of a row, and the button that adds one. `one`: at most one row
    is asked for; `first`: an empty row stands ready."""

    title: str | Promise
    add: str | Promise
    one: bool = False
    first: bool = False
    heading: str | Promise = ""
    template: str = "plain"


PARTS: dict[str, Part] = {
    "objectives": Part(_("What students will learn and show"), _("Add objectives"), one=True, first=True),
    "materials": Part(_("Materials"), _("Add materials"), one=True, first=True),
    "opportunity": Part(_("The opportunity"), _("Describe the opportunity"), one=True, first=True),
    "step": Part(_("Step"), _("Add a step"), first=True, template="step"),
    "task": Part(_("Task"), _("Add a task")),
    "rubric": Part(_("Rubric"), _("Add a rubric"), template="rubric"),
    "handout": Part(_("Handout"), _("Add a handout")),
    "differentiation": Part(_("For the whole resource"), _("Add notes for the whole resource"), one=True),
    "text": Part(_("Text"), _("Add a text"), heading=_("More text")),
    "image": Part(_("Picture"), "", heading=_("Pictures"), template="image"),
    "media": Part(_("Video or audio"), _("Add a video or audio"), heading=_("Video and audio")),
    "links": Part(_("Links"), _("Add links"), one=True, heading=_("Links")),
}


@dataclass(frozen=True)
class Section:
    """A part of the page and its place in the rail."""

    name: str
    title: str | Promise
    help: str | Promise = ""
    types: tuple[str, ...] = ()


SECTIONS = [
    Section("about", _("About")),
    Section("for-whom", _("For whom")),
    Section("standards", _("Standards"), _("What it does for which standard, and at which level.")),
    Section("objectives", _("What students will do"), "", ("objectives",)),
    Section("materials", _("Materials"), "", ("materials",)),
    Section("opportunity", _("Opportunity"), _("Where students go and what awaits them."), ("opportunity",)),
    Section("steps", _("Steps"), _("Clear enough for a teacher who has never met you."), ("step",)),
    Section(
        "tasks", _("Tasks"), _("What students are asked, with notes for the teacher beside it."), ("task",)
    ),
    Section("rubrics", _("Rubric"), "", ("rubric",)),
    Section("handouts", _("Handouts"), _("Each is printed on a page of its own."), ("handout",)),
    Section(
        "differentiation",
        _("For every learner"),
        _("Notes beside a step go with the step."),
        ("differentiation",),
    ),
    Section("media", _("Pictures, media and links"), "", ("image", "media", "links", "text")),
    Section(
        "files",
        _("Files"),
        _("Documents, slides, tables, sound. Other teachers can adapt what they can open."),
    ),
    Section("sharing", _("Sharing")),
]


def names_of_parts() -> list[tuple[str, str | Promise]]:
    """Each block type that a kind may offer or not, as the page calls it."""
    return [
        (kind, section.title if len(section.types) == 1 else PARTS[kind].heading)
        for section in SECTIONS
        for kind in section.types
        if kind != "objectives"
    ]


@dataclass(frozen=True)
class PartOfPage:
    """The rows of one block type, as the template shows them."""

    type: str
    part: Part
    rows: RowSet

    @property
    def may_add(self) -> bool:
        return bool(self.part.add) and not (self.part.one and len(self.rows.forms))

    @property
    def is_optional(self) -> bool:
        return self.type != "objectives"

    @property
    def template(self) -> str:
        return f"repository/contribute/blocks/{self.part.template}.html"


@dataclass(frozen=True)
class SectionOfPage:
    section: Section
    parts: list[PartOfPage] = field(default_factory=list)
    errors: int = 0

    @property
    def template(self) -> str:
        return f"repository/contribute/sections/{'parts' if self.section.types else self.section.name}.html"


@dataclass(frozen=True)
class Problem:
    """An error of the page, with the control that it belongs to."""

    control: str
    label: str
    message: str


class Editor:
    """Forms for a draft. With `data` (a POST, already operated on), they are bound to it."""

    def __init__(self, page: ResourcePage, user: User, data: QueryDict | None = None) -> None:
        self.page, self.user, self.data = page, user, data
        self.body = raw_body(page.body)
        self.details = DetailsForm(data, page=page)
        self.rowsets = forms_from_body(
            self.body, data=data, settings=list(Modality.objects.values_list("slug", "label"))
        )
        self.alignments = alignment_rows(page, self.levels, data, user)
        self.attachments = attachment_rows(page, user, data)

    @cached_property
    def levels(self) -> list[CompetencyLevel]:
        """The levels of the district's own scales, then of the state's, then any that the resource has besides."""
        used = [alignment.level_id for alignment in self.page.alignments.all() if alignment.level_id]
        offered = Q(scale__owner=self.page.district_id) | Q(scale__owner__kind=Organisation.Kind.STATE)
        levels = CompetencyLevel.objects.filter(offered | Q(pk__in=used)).select_related("scale__owner")
        return sorted(
            levels, key=lambda level: (level.scale.is_state_scale, level.scale.name, level.sort_order or 0)
        )

    @property
    def state_levels(self) -> list[str]:
        return [level.name for level in self.levels if level.scale.is_state_scale]

    @cached_property
    def images(self) -> dict[int, ResourceImage]:
        """Images that a row may name: those of the body, and what the user uploaded."""
        inside = {block["value"].get("image") for block in self.body if block["type"] == "image"}
        named = {form["image"].value() for form in self.rowsets["image"]}
        keys = {int(key) for key in named if str(key).isdecimal() and len(str(key)) < 12}
        allowed = Q(pk__in=[key for key in inside if key]) | Q(uploaded_by_user=self.user)
        return {image.pk: image for image in ResourceImage.objects.filter(allowed, pk__in=keys)}

    @property
    def _all_rows(self) -> list[RowSet]:
        return [*self.rowsets.values(), self.alignments, self.attachments]

    def is_valid(self) -> bool:
        """Every form is asked, so that all errors show at once."""
        valid = all([self.details.is_valid(), *(rows.is_valid() for rows in self._all_rows if rows.is_bound)])
        for form in self.rowsets["image"]:
            if form.is_bound and form.is_valid():
                key = form.cleaned_data["image"]
                if key is not None and key not in self.images:
                    form.add_error(None, _("This picture is no longer there. Please upload it again."))
                    valid = False
        if valid and not self._has_objective():
            self._objective_missing()
            valid = False
        return valid

    def _has_objective(self) -> bool:
        rows = self.rowsets["objectives"]
        return not rows.is_bound or any(
            not row.is_blank
            for form in rows
            if form.rowsets["objectives"].is_bound
            for row in form.rowsets["objectives"]
        )

    def _objective_missing(self) -> None:
        message = _("Say in a line what students will do. This and the title are all that a draft needs.")
        for form in self.rowsets["objectives"]:
            for row in form.rowsets["objectives"]:
                row.add_error("value", message)
                return
        self.details.add_error(None, message)

    def apply(self, page: ResourcePage) -> None:
        """Write what was posted into a draft, which the caller saves. Call only after `is_valid`."""
        self.details.apply(page)
        page.body = stream_value(body_from_forms(raw_body(page.body), self.rowsets))
        if self.alignments.is_bound:
            apply_alignments(page, self.alignments)
        if self.attachments.is_bound:
            apply_attachments(page, self.attachments)

    def other_standards(self) -> list[str]:
        """In words, where the stored draft has other standards than what was posted: somebody moved it off one."""
        if not self.alignments.is_bound:
            return []
        stored = {alignment.item_id: alignment.item for alignment in self.page.alignments.all()}
        posted = {row.standard.pk: row.standard for row in self.alignments if row.standard}
        theirs, ours = (
            _names(one for key, one in some.items() if key not in others)
            for some, others in ((stored, posted), (posted, stored))
        )
        if not (theirs or ours):
            return []
        words = _("Standards that differ – in the other version: %(theirs)s; in yours: %(ours)s.")
        return [str(words) % {"theirs": theirs or _("none"), "ours": ours or _("none")}]

    # What the template shows

    @cached_property
    def kind_blocks(self) -> set[str]:
        """The block types offered for the kind that is chosen; of an unknown kind, all."""
        chosen = str(self.details["kind"].value())
        kinds = {kind.slug: kind for kind in self.details.fields["kind"].queryset}  # type: ignore[attr-defined]
        kind = kinds.get(chosen, self.page.kind)
        return set(kind.blocks) or set(BLOCK_FORMS)

    @cached_property
    def sections(self) -> list[SectionOfPage]:
        """The sections for this kind: those it offers, and those that hold something already."""
        shown = []
        for section in SECTIONS:
            parts = [
                PartOfPage(kind, PARTS[kind], self._with_first(kind))
                for kind in section.types
                if kind in self.kind_blocks or kind == "objectives" or self._holds_something(kind)
            ]
            if parts or not section.types:
                shown.append(SectionOfPage(section, parts, self._errors_in(section, parts)))
        return shown

    def _holds_something(self, kind: str) -> bool:
        rows = self.rowsets[kind]
        if not rows.is_bound:
            return bool(rows.forms)
        return any(not form.is_valid() or not form.is_blank for form in rows)

    def _with_first(self, kind: str) -> RowSet:
        """An empty page has an empty row where one is sure to be wanted."""
        rows = self.rowsets[kind]
        if rows.forms or rows.is_bound or not PARTS[kind].first:
            return rows
        empty = {
            name: [{"type": "item", "value": "" if row.bare else {}, "id": new_id()}]
            for name, row in BLOCK_FORMS[kind].lists.items()
        }
        ready = {"type": kind, "value": empty, "id": new_id()}
        return forms_from_body([ready], types=[kind], settings=rows.form_kwargs["settings"])[kind]

    def _errors_in(self, section: Section, parts: Sequence[PartOfPage]) -> int:
        if self.data is None:
            return 0
        if section.name in DETAILS:
            return sum(name in self.details.errors for name in DETAILS[section.name])
        rows = {"standards": [self.alignments], "files": [self.attachments]}.get(
            section.name, [part.rows for part in parts]
        )
        return sum(1 for one in rows if one.is_bound for form in one for _problem in _problems_of(form))

    def lead_to(self, row: str) -> None:
        """Let the first field of a row take the focus when the page is shown."""
        for form in self._rows_and_members():
            if form.prefix == row:
                visible = form.visible_fields()
                if visible:
                    visible[0].field.widget.attrs["autofocus"] = True
                return

    def _rows_and_members(self) -> Iterator[forms.Form]:
        for rows in self._all_rows:
            for form in rows:
                yield form
                for members in getattr(form, "rowsets", {}).values():
                    yield from members

    @property
    def problems(self) -> list[Problem]:
        """Every error, in the order of the page."""
        if self.data is None:
            return []
        found = list(_problems_of(self.details))
        for rows in self._all_rows:
            if rows.is_bound:
                found.extend(problem for form in rows for problem in _problems_of(form))
        return found


def _names(standards: Iterable[Item]) -> str:
    words = str(_("%(name)s (retired)"))
    names = ((one.human_coding_scheme or one.full_statement[:60], one.retired_at) for one in standards)
    return ", ".join(words % {"name": name} if retired else name for name, retired in names)


DETAILS: dict[str, tuple[str, ...]] = {
    "about": ("title", "kind", "summary", "link_url"),
    "for-whom": ("grades", "subjects", "topics", "tags", "modalities", "duration_minutes", "language"),
    "sharing": ("audience", "school", "licence", "attribution"),
}


def _problems_of(form: forms.Form) -> Iterator[Problem]:
    for name, messages in form.errors.items():
        if name == "__all__":
            control, label = form.prefix or "editor", ""
        else:
            bound: Any = form[name]
            control, label = bound.id_for_label or bound.auto_id, str(bound.label)
        for message in messages:
            yield Problem(control, label, str(message))
    if isinstance(form, BlockForm):
        for rows in form.rowsets.values():
            if rows.is_bound:
                for row in rows:
                    yield from _problems_of(row)
