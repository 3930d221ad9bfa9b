"""The fields of the resource itself: what it is, for whom, and how it is shared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Organisation
from repository.forms.fields import LineField
from repository.languages import OTHERS
from repository.models import Audience, Licence, Modality, ResourceKind, ResourcePage, Subject, Topic
from standards.grades import GRADE_ORDER, grade_label

MAX_TAGS = 20
# Offered to everyone; the other CEDS codes show where a resource has them.
GRADES = ["PK", "KG", *(f"{number:02}" for number in range(1, 13)), "PS"]
LANGUAGES = ["en", "es", "ar", "fr", "ht", "ko", "pt", "ru", "so", "vi", "zh-hans"]
_NAMES = {**OTHERS, "zh-hans": _("Chinese")}

AUDIENCE_WORDS: dict[str, str | Promise] = {
    Audience.PUBLIC: _("Everyone: anyone on the web, no account needed"),
    Audience.STATE: _("Educators in the state: anyone with an account here"),
    Audience.DISTRICT: _("My district: its teachers and staff"),
    Audience.SCHOOL: _("My school: its teachers, and the reviewers of my district"),
}
LICENCE_WORDS: dict[str, str | Promise] = {
    Licence.CC_BY: _("CC BY: use and adapt it, name me"),
    Licence.CC_BY_SA: _("CC BY-SA: use and adapt it, name me, share yours the same way"),
    Licence.CC_BY_NC: _("CC BY-NC: use and adapt it, name me, do not sell it"),
    Licence.CC_BY_NC_SA: _("CC BY-NC-SA: the same, and share yours the same way"),
    Licence.CC_BY_ND: _("CC BY-ND: use it as it is, name me"),
    Licence.CC_BY_NC_ND: _("CC BY-NC-ND: use it as it is, name me, do not sell it"),
    Licence.CC0: _("CC0: do with it what you like"),
    Licence.ALL_RIGHTS: _("All rights reserved: ask me first"),
    Licence.OTHER: _("Another license, which I name below"),
}


@dataclass(frozen=True)
class TopicGroup:
    """A root of the topic tree as a checkbox, with what lies below it."""

    root: BoundWidget
    below: list[tuple[int, BoundWidget]]

    @property
    def chosen(self) -> int:
        return sum(
            bool(one.data["selected"]) for one in (self.root, *(widget for _depth, widget in self.below))
        )


class DetailsForm(forms.Form):
    """Only the title is required: the rest may come later."""

    use_required_attribute = False

    title = LineField(
        label=_("Title"), max_length=200, required=True, help_text=_("As a teacher would look for it.")
    )
    kind = forms.ModelChoiceField(
        label=_("What it is"),
        queryset=ResourceKind.objects.all(),
        to_field_name="slug",
        empty_label=None,
        widget=forms.RadioSelect,
        help_text=_("Decides which parts this page offers."),
    )
    summary = forms.CharField(
        label=_("In a sentence or two"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What students do, and why it is worth their time. Up to 300 characters."),
    )
    link_url = forms.URLField(
        label=_("Address, if it is kept elsewhere"), max_length=1000, required=False, assume_scheme="https"
    )

    grades = forms.MultipleChoiceField(label=_("Grades"), required=False, widget=forms.CheckboxSelectMultiple)
    subjects = forms.ModelMultipleChoiceField(
        label=_("Subjects"),
        queryset=Subject.objects.all(),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics"),
        queryset=Topic.objects.order_by("path"),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tags = LineField(
        label=_("Tags"),
        max_length=500,
        help_text=_("Your own words, with commas between them: cooking, local history"),
    )
    modalities = forms.ModelMultipleChoiceField(
        label=_("Settings"),
        queryset=Modality.objects.all(),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    duration_minutes = forms.IntegerField(
        label=_("Minutes in all"), required=False, min_value=1, max_value=100_000
    )
    language = forms.ChoiceField(label=_("Language"))

    audience = forms.ChoiceField(
        label=_("Who may see it, once it is published"),
        choices=list(AUDIENCE_WORDS.items()),
        widget=forms.RadioSelect,
    )
    school = forms.ModelChoiceField(
        label=_("School"),
        queryset=Organisation.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("No school in particular"),
    )
    licence = forms.ChoiceField(label=_("What others may do with it"), choices=list(LICENCE_WORDS.items()))
    attribution = LineField(
        label=_("How to name you"),
        max_length=300,
        help_text=_(
            "Empty: your name and your district. If it builds on somebody else’s work, name them here."
        ),
    )

    def __init__(self, data: QueryDict | None, *, page: ResourcePage) -> None:
        super().__init__(data, initial=self.initial_of(page))
        fields: dict[str, Any] = self.fields
        codes = [code for code in GRADE_ORDER if code in GRADES or code in page.grades]
        fields["grades"].choices = [(code, grade_label(code)) for code in codes]
        fields["language"].choices = language_choices(page.language)
        schools = Organisation.objects.filter(parent=page.district_id, kind=Organisation.Kind.SCHOOL)
        if page.school_id:
            schools = schools | Organisation.objects.filter(pk=page.school_id)
        fields["school"].queryset = schools.order_by("name")

    @staticmethod
    def initial_of(page: ResourcePage) -> dict[str, Any]:
        plain = (
            "title",
            "summary",
            "link_url",
            "grades",
            "duration_minutes",
            "language",
            "audience",
            "licence",
        )
        return {
            **{name: getattr(page, name) for name in (*plain, "attribution")},
            "kind": page.kind.slug,
            "school": page.school.slug if page.school else "",
            "subjects": [subject.slug for subject in page.subjects.all()],
            "topics": [topic.slug for topic in page.topics.all()],
            "modalities": [modality.slug for modality in page.modalities.all()],
            "tags": ", ".join(sorted(tag.name for tag in page.tags.all())),
        }

    def clean_summary(self) -> str:
        return " ".join(self.cleaned_data["summary"].split())

    def clean_tags(self) -> list[str]:
        names = {name.casefold(): name for name in _words(self.cleaned_data["tags"])}
        if len(names) > MAX_TAGS:
            raise forms.ValidationError(_("Up to %(n)d tags, please."), params={"n": MAX_TAGS})
        if any(len(name) > 100 for name in names.values()):
            raise forms.ValidationError(_("A tag may have 100 characters at most. Put commas between tags."))
        return list(names.values())

    def apply(self, page: ResourcePage) -> None:
        """Write the cleaned values into the page, which the caller saves."""
        cleaned = self.cleaned_data
        for name in ("title", "kind", "summary", "link_url", "grades", "duration_minutes", "language"):
            setattr(page, name, cleaned[name])
        for name in ("audience", "school", "licence", "attribution"):
            setattr(page, name, cleaned[name])
        page.subjects = list(cleaned["subjects"])
        page.topics = list(cleaned["topics"])
        page.modalities = list(cleaned["modalities"])
        if {tag.name for tag in page.tags.all()} != set(cleaned["tags"]):
            page.tags.set(cleaned["tags"])

    @property
    def topic_groups(self) -> Iterator[TopicGroup]:
        """The tree of topics as checkboxes, one group for each root."""
        topics: Iterable[Topic] = self.fields["topics"].queryset  # type: ignore[attr-defined]
        groups: list[TopicGroup] = []
        for topic, widget in zip(topics, self["topics"].subwidgets, strict=True):
            if topic.depth == 1:
                groups.append(TopicGroup(widget, []))
            else:
                groups[-1].below.append((topic.depth - 1, widget))
        return iter(groups)


def _words(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split(",") if part.strip()]


def language_choices(*others: str) -> list[tuple[str, str | Promise]]:
    """The languages of schools by their names, and others that something has already."""
    return [(code, _language_name(code)) for code in dict.fromkeys([*LANGUAGES, *others])]


def _language_name(code: str) -> str | Promise:
    info: dict[str, Any] = LANG_INFO.get(code, {})
    return _NAMES.get(code) or info.get("name") or code
