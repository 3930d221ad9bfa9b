"""How a plan is shown: changes with their words marked, kinds and columns in words."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from importers import worddiff
from importers.labels import field_label, source_label
from importers.table_columns import LABELS

register = template.Library()

register.filter(field_label)
register.filter(source_label)

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
