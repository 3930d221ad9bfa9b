"""For the page of a retired standard: what is still tied to it, for those who can change that."""

from django import template
from django.template import Context

from importers.moves import StillTied, tied_to
from standards.models import Item

register = template.Library()


@register.simple_tag(takes_context=True)
def resources_still_tied(context: Context, item: Item) -> StillTied | None:
    """The numbers of resources; None for whoever has none to move. A visitor costs no query."""
    return tied_to(item, context["request"].user)
