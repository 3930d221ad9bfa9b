"""`{% load text %}`: Markdown in templates."""

from django import template
from django.utils.safestring import SafeString

from standards import text as texts
from standards.mathematics import draw_formulas

register = template.Library()


@register.filter
def markdown(value: str | None) -> SafeString:
    """Paragraphs, lists and tables of a Markdown text."""
    return draw_formulas(texts.to_html(value or ""))


@register.filter
def markdown_inline(value: str | None) -> SafeString:
    """One line of a Markdown text, for headings, links and table cells."""
    return draw_formulas(texts.to_html(value or "", inline=True))


@register.filter
def plain(value: str | None) -> str:
    """The words alone, for titles and attributes."""
    return texts.to_plain(value or "")
