"""One form for each block type of a resource's body.

Nothing is required here: a draft may be half done, and an empty row is no block. What a resource needs before it is
sent to reviewers is in repository.checklist.
"""

import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar, cast

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from repository.forms.fields import LineField, MarkdownField

MAX_ROWS = 100

_SUPPORT = {
    "support": _("For those who need support"),
    "extend": _("For those who are ready for more"),
    "language": _("For those who learn English"),
}


class RowSet(BaseFormSet[Any]):
    """Rows of one prefix. Bound only where its management form was sent: a list that was not on the page is unknown."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        # An empty row is cleaned like any other: whether it counts is decided where blocks are made of rows.
        return {**super().get_form_kwargs(index), "empty_permitted": False}


@cache
def rowset_of(form: type[forms.Form]) -> type[RowSet]:
    factory = formset_factory(form, formset=RowSet, extra=0, max_num=MAX_ROWS, absolute_max=MAX_ROWS)
    return cast("type[RowSet]", factory)


class ItemForm(forms.Form):
    """A member of a list inside a block."""

    use_required_attribute = False
    # Whether the list holds bare text, in the field `value`, or small records.
    bare: ClassVar[bool] = False

    item_id = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    @property
    def content(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "item_id"}

    @property
    def is_blank(self) -> bool:
        return not any(value not in (None, "", []) for value in self.content.values())


class BlockForm(forms.Form):
    """A block. `lists` names the fields of its value that are lists, with the form of their members."""

    use_required_attribute = False
    lists: ClassVar[dict[str, type[ItemForm]]] = {}

    block_id = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, settings: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settings = settings

    @cached_property
    def rowsets(self) -> dict[str, RowSet]:
        return {name: self._rowset(name, form) for name, form in self.lists.items()}

    def _rowset(self, name: str, form: type[ItemForm], **form_kwargs: Any) -> RowSet:
        prefix = f"{self.prefix}-{name}"
        bound = self.is_bound and f"{prefix}-TOTAL_FORMS" in self.data
        return rowset_of(form)(
            data=self.data if bound else None,
            prefix=prefix,
            initial=None if bound else self.initial.get(name, [{}]),
            form_kwargs=form_kwargs,
        )

    def is_valid(self) -> bool:
        # Every part is asked, so that all errors show at once.
        return all(
            [super().is_valid(), *(rows.is_valid() for rows in self.rowsets.values() if rows.is_bound)]
        )

    @property
    def content(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "block_id"}

    @property
    def is_blank(self) -> bool:
        empty = not any(value not in (None, "", []) for value in self.content.values())
        return empty and all(row.is_blank for rows in self.rowsets.values() if rows.is_bound for row in rows)

    @property
    def member_lists(self) -> list[RowSet]:
        # For templates: there, `rowsets.items` would be the list of that name.
        return list(self.rowsets.values())

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.lists]


class ObjectiveRow(ItemForm):
    bare = True
    value = MarkdownField(label=_("Students will"), max_length=500, rows=2)


class ObjectivesForm(BlockForm):
    lists = {"objectives": ObjectiveRow}
    evidence = MarkdownField(
        label=_("How they show it"),
        help_text=_("What you will see or collect that tells you they have learned it."),
    )


class MaterialRow(ItemForm):
    name = LineField(label=_("What"), max_length=200)
    quantity = LineField(label=_("How many"), max_length=100)
    note = LineField(label=_("Note"), max_length=300)


class MaterialsForm(BlockForm):
    lists = {"items": MaterialRow}


class StepForm(BlockForm):
    title = LineField(label=_("Title"), max_length=200)
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=1, max_value=10_000)
    setting = forms.ChoiceField(label=_("Setting"), required=False)
    text = MarkdownField(label=_("What happens"), rows=5)
    support = MarkdownField(label=_SUPPORT["support"], rows=3)
    extend = MarkdownField(label=_SUPPORT["extend"], rows=3)
    language = MarkdownField(label=_SUPPORT["language"], rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [("", _("Any setting")), *self.settings]
        current = str(self.initial.get("setting") or "")
        if self.is_bound:
            current = self.data.get(self.add_prefix("setting"), "")
        if current and current not in dict(known):
            # A setting that an import brought, or that is no longer in the list, is kept. It is only ever shown escaped.
            known.append((current[:60], current[:60]))
        self.fields["setting"].choices = known  # type: ignore[attr-defined]

    @property
    def has_differentiation(self) -> bool:
        return any(self[name].value() for name in _SUPPORT)


class DifferentiationForm(BlockForm):
    support = MarkdownField(label=_SUPPORT["support"])
    extend = MarkdownField(label=_SUPPORT["extend"])
    language = MarkdownField(label=_SUPPORT["language"])


class TaskForm(BlockForm):
    title = LineField(label=_("Title"), max_length=200)
    prompt = MarkdownField(label=_("What students are asked"), rows=6)
    teacher_notes = MarkdownField(label=_("Notes and answers for the teacher"), rows=4)


class LevelRow(ItemForm):
    bare = True
    value = LineField(label=_("Level"), max_length=80)


class CriterionRow(ItemForm):
    """A line of the rubric's table: `d0`, `d1` … are its descriptions, one a level."""

    name = LineField(label=_("Criterion"), max_length=200)

    def __init__(self, *args: Any, levels: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, level in enumerate(levels):
            label = level or _("Level %(number)s") % {"number": number + 1}
            self.fields[f"d{number}"] = MarkdownField(label=label, max_length=2000, rows=3)

    @property
    def descriptions(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("d")]


class RubricForm(BlockForm):
    lists = {"levels": LevelRow, "criteria": CriterionRow}
    title = LineField(label=_("Title"), max_length=200)

    @cached_property
    def rowsets(self) -> dict[str, RowSet]:
        levels = self._rowset("levels", LevelRow)
        names = [str(row["value"].value() or "") for row in levels]
        return {"levels": levels, "criteria": self._rowset("criteria", CriterionRow, levels=names)}

    @property
    def is_blank(self) -> bool:
        # A new rubric comes with the names of its levels: they alone are nothing that somebody wrote.
        criteria = self.rowsets["criteria"]
        return not self.cleaned_data["title"] and criteria.is_bound and all(row.is_blank for row in criteria)


class HandoutForm(BlockForm):
    title = LineField(label=_("Title"), max_length=200)
    text = MarkdownField(label=_("Text"), rows=10)


class OpportunityForm(BlockForm):
    partner = LineField(label=_("Partner"), max_length=200)
    place = LineField(label=_("Place"), max_length=200)
    hours = LineField(label=_("Hours"), max_length=100)
    schedule = MarkdownField(label=_("Schedule"))
    requirements = MarkdownField(label=_("What students need"))
    safety = MarkdownField(label=_("Safety"))


class TextForm(BlockForm):
    heading = LineField(label=_("Heading"), max_length=200)
    text = MarkdownField(label=_("Text"), rows=6)


class ImageForm(BlockForm):
    """The image itself is uploaded apart: see repository.services.files. `image` is its key."""

    image = forms.IntegerField(required=False, widget=forms.HiddenInput)
    alt = LineField(
        label=_("What it shows"),
        max_length=300,
        help_text=_("Read aloud to people who do not see the image."),
    )
    caption = LineField(label=_("Caption"), max_length=300)

    @property
    def is_blank(self) -> bool:
        return self.cleaned_data.get("image") is None


class MediaForm(BlockForm):
    url = forms.URLField(label=_("Address"), required=False, assume_scheme="https")
    title = LineField(label=_("Title"), max_length=200)
    transcript = MarkdownField(label=_("Transcript"), rows=4)


class LinkRow(ItemForm):
    title = LineField(label=_("Title"), max_length=200)
    url = forms.URLField(label=_("Address"), required=False, assume_scheme="https")
    note = LineField(label=_("Note"), max_length=300)


class LinksForm(BlockForm):
    lists = {"items": LinkRow}


BLOCK_FORMS: dict[str, type[BlockForm]] = {
    "objectives": ObjectivesForm,
    "materials": MaterialsForm,
    "opportunity": OpportunityForm,
    "step": StepForm,
    "task": TaskForm,
    "rubric": RubricForm,
    "handout": HandoutForm,
    "differentiation": DifferentiationForm,
    "text": TextForm,
    "image": ImageForm,
    "media": MediaForm,
    "links": LinksForm,
}


def new_id() -> str:
    return str(uuid.uuid4())
