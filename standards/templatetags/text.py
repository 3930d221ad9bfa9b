"""`{% load text %}`: Markdown and dates of sources in templates."""

from django import template
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from standards import text as texts
from standards.mathematics import draw_formulas

register = template.Library()


@register.filter
def markdown(value: str | None) -> SafeString:
    """Paragraphs, lists and tables of a Markdown text. A bare address is a link."""
    return draw_formulas(texts.to_html(value or "", links=True))


@register.filter
def markdown_inline(value: str | None) -> SafeString:
    """One line of a Markdown text, for headings, links and table cells."""
    return draw_formulas(texts.to_html(value or "", inline=True))


@register.filter
def markdown_name(value: str | None) -> SafeString:
    """As `markdown_inline`, in a control whose name it is."""
    return draw_formulas(texts.to_html(value or "", inline=True), in_a_name=True)


@register.filter
def markdown_line(value: str | None) -> SafeString:
    """As `markdown_inline`, where it stands in no link: a bare address is one."""
    return draw_formulas(texts.to_html(value or "", inline=True, links=True))


@register.filter
def formulas(value: str | None, most: int = 0) -> str:
    """What `plain` gives with its formulas drawn. Words without any are cut after so many characters, unless 0."""
    return _formulas(value or "", most)


@register.filter
def formulas_name(value: str | None, most: int = 0) -> str:
    """As `formulas`, in what has its name from its words: an option, the head of a row."""
    return _formulas(value or "", most, in_a_name=True)


def _formulas(words: str, most: int, *, in_a_name: bool = False) -> str:
    if "$" not in words and "\\" not in words:
        return Truncator(words).chars(most) if most else words
    return draw_formulas(texts.mark_formulas(words), in_a_name=in_a_name)


@register.filter
def plain(value: str | None) -> str:
    """The words alone, for titles and attributes."""
    return texts.to_plain(value or "")


@register.filter
def day(value: str | None) -> str:
    """A day as a source writes it (2024-07-01) as people read it; what is no such day, as it is."""
    try:
        found = parse_date(value or "")
    except ValueError:  # 2024-02-31
        found = None
    return date_format(found) if found else value or ""
