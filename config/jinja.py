"""The templates that a page has dozens of, in Jinja: compiled to Python, they take a tenth of what Django's take.

They are in templates/jinja2/ and shown by `{% fragment "search/card.jinja" … %}`. What they get beside their values:
`fragment` itself, translation (`_`, `ngettext`), and the filters `date` and `truncatechars`, which are Django's.
"""

from typing import Any

from django.template.defaultfilters import date, truncatechars
from django.utils.translation import gettext, ngettext
from jinja2 import Environment

from config.templatetags.fragments import fragment


def environment(**options: Any) -> Environment:
    made = Environment(**{**options, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701  Django asks for autoescape
    made.globals |= {"fragment": fragment, "_": gettext, "ngettext": ngettext}
    made.filters |= {"date": date, "truncatechars": truncatechars}
    return made
