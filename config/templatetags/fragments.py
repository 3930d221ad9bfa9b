"""Parts of pages that are shown again and again: `{% load fragments %}`.

    {% fragment "components/icon.html" name="clock" %}

renders a template with these values and nothing else, like `{% include … only %}`, and keeps what came of it: the same
values give the same text. So the template must depend on its values and the language alone, and on no tag that asks a
database or the time. A page of results shows some two hundred icons, and each `include` costs more than they do.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.translation import get_language

register = template.Library()

MAX_FRAGMENTS = 4096


@register.simple_tag
def fragment(template_name: str, /, **values: Any) -> str:
    """The template's text for these values; those that cannot be compared are rendered each time."""
    # The type is part of what a value is: safe text and plain text are equal, and do not look the same.
    key = tuple((field, type(value), value) for field, value in values.items())
    try:
        hash(key)
    except TypeError:
        return _render(template_name, values)
    if settings.DEBUG:  # templates change under our hands
        return _render(template_name, values)
    return _rendered(template_name, get_language(), key)


@lru_cache(maxsize=MAX_FRAGMENTS)
def _rendered(
    template_name: str, language: str | None, key: tuple[tuple[str, type[Any], Hashable], ...]
) -> str:
    return _render(template_name, {field: value for field, _type, value in key})


def _render(name: str, values: dict[str, Any]) -> str:
    return get_template(name).render(values)
