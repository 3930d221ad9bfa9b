"""How a plan is shown: field names in words, changes with their words marked."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from importers import worddiff
from importers.table_columns import LABELS

register = template.Library()

_LABELS = {
    "fullStatement": _("Statement"),
    "abbreviatedStatement": _("Short statement"),
    "alternativeLabel": _("Other label"),
    "humanCodingScheme": _("Code"),
    "listEnumeration": _("Number in its list"),
    "CFItemType": _("Type"),
    "CFItemTypeURI": _("Type (link)"),
    "educationLevel": _("Grades"),
    "educationalLevel": _("Grades"),
    "conceptKeywords": _("Keywords"),
    "subject": _("Subjects"),
    "notes": _("Notes"),
    "language": _("Language"),
    "uri": _("Address"),
    "lastChangeDateTime": _("Last changed"),
    "statusStartDate": _("Valid from"),
    "statusEndDate": _("Valid until"),
    "licenseURI": _("License"),
    "title": _("Title"),
    "creator": _("Creator"),
    "publisher": _("Publisher"),
    "description": _("Description"),
    "version": _("Version"),
    "adoptionStatus": _("Adoption status"),
    "officialSourceURL": _("Official source"),
    # Of resources.
    "summary": _("Summary"),
    "kind": _("Kind"),
    "grades": _("Grades"),
    "subjects": _("Subjects"),
    "topics": _("Topics"),
    "modalities": _("Settings"),
    "tags": _("Tags"),
    "duration_minutes": _("Minutes"),
    "licence": _("License"),
    "attribution": _("Attribution"),
    "audience": _("Who may see it"),
    "link_url": _("Link"),
    "source_url": _("Address at its source"),
    "source_identifier": _("Identifier at its source"),
    "body": _("Content"),
    "alignments": _("Standards"),
    "record": _("Other parts of its record"),
}


@register.filter
def field_label(key: str) -> str:
    return str(_LABELS.get(key, key))


_KINDS = {
    "split": _("Split"),
    "merged": _("Merged"),
    "replaced": _("Replaced"),
    "rearranged": _("Rearranged"),
}


@register.filter
def by_field(columns: dict[str, str]) -> list[tuple[str, str]]:
    """(header, field) of a table's columns: first those that are understood, by the weight of what they hold."""
    weight = {field: place for place, field in enumerate(LABELS)} | {"": len(LABELS)}
    return sorted(columns.items(), key=lambda pair: (weight.get(pair[1], len(LABELS)), pair[0]))


@register.filter
def column_label(field: str) -> str:
    return str(LABELS.get(field, field))


@register.filter
def kind_label(kind: str) -> str:
    return str(_KINDS.get(kind, kind))


@register.inclusion_tag("importers/_words.html")
def words_changed(before: Any, after: Any) -> dict[str, Any]:
    """The text after the change, what is new underlined and what is gone struck out; both said to screen readers."""
    return {"parts": worddiff.compare(before, after)}
