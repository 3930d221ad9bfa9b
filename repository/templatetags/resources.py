"""`{% load resources %}`: what templates of resources need beside plain fields."""

import segno
from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from repository import cards

register = template.Library()


@register.simple_tag
def qr_code(url: str, label: str) -> SafeString:
    """A QR code as inline SVG, with `label` as its text alternative. Strokes need no style, so CSP lets it pass."""
    svg = segno.make(url, error="m").svg_inline(
        title=label, border=0, svgclass="qr__code", lineclass=None, omitsize=True
    )
    # segno escapes the title and draws the rest from numbers.
    return mark_safe(svg)  # noqa: S308


@register.simple_tag
def spoken(language: str) -> SafeString:
    """The attributes of an element whose text is in this language."""
    return cards.spoken(language, get_language())


@register.simple_tag(takes_context=True)
def of_the_site(context: Context) -> SafeString:
    """The attributes of the site's own words among those of a resource (`page`), where that is in another language."""
    page_language = get_language() or ""
    return cards.spoken(page_language, context["page"].language or page_language)


@register.simple_tag
def other_language(language: str) -> str:
    """The language's name, where it is not the page's own."""
    return cards.other_language(language, get_language())


@register.filter
def minutes(value: int | None) -> str:
    """ "50 minutes", "3 hours"; "" for none."""
    return cards.duration_label(value)
