"""Search for templates of other apps. None of these ever breaks a page: with the engine away they give nothing.

    {% load search_tags %}

    {% resource_counts items as counts %}         items: the standards shown; one request for all of them
    {{ counts|count_for:item }}                   "12", or "–" while search is resting

    {% resources_for_standard item as found %}    found.total, found.cards (for card_html), found.relations and
                                                  found.levels (label, count, value); None while search is resting
    <a href="{% search_url standard=item.identifier relation="teaches" %}">

    {% bands_without_resources subjects as none %} of the home page's subjects (repository.home) the `query` of each band of
                                                  grades that finds nothing; empty while search is resting

    {% suggested_standards draft as suggestions %} what a draft may be aligned to (search.suggested.suggest.Suggestions)

    {% card_html card small=True %}               a resource at a glance, and a standard's code, which is always shown
    {% code_html code=… statement=… url=… %}      with its words (search.pages.cards)

    {% facet_html facet %}                        a facet beside the results, and the rows of one that is a tree
    {% facet_tree facet.values %}                 (search.pages.markup)
    {% similar_resources page as cards %}         cards of resources like a published one; empty while search is resting

    <a href="{% with_standard asked identifier %}"> a SearchRequest with one standard more
    <a href="{% level_table_url item %}">         its parts by competency level

All of them count and show only what the reader of the page may see.
"""

import logging
from collections.abc import Iterable
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.urls import reverse

from repository.models import ResourcePage
from search import counts, similar
from search.addresses import url
from search.client import EngineDown
from search.pages import cards, markup
from search.request import SearchRequest
from search.results import Hit
from search.suggested.suggest import Suggestions, suggest_for
from standards.models import Item

logger = logging.getLogger(__name__)
register = template.Library()


def _request(context: Context) -> HttpRequest:
    request: HttpRequest = context["request"]
    return request


@register.simple_tag(takes_context=True)
def resource_counts(context: Context, items: Iterable[Item]) -> dict[int, int] | None:
    return counts.counts_for(_request(context), items)


@register.filter
def count_for(found: dict[int, int] | None, item: Item) -> str:
    """The number of resources of an item, out of what `resource_counts` gave."""
    return "–" if found is None else intcomma(found.get(item.pk, 0))


@register.simple_tag(takes_context=True)
def resources_for_standard(context: Context, item: Item) -> counts.StandardResources | None:
    try:
        return counts.resources_for_standard(item, counts.tokens_of(_request(context)))
    except EngineDown as error:
        logger.warning("No resources of standard %s: %s", item.identifier, error)
        return None


@register.simple_tag(takes_context=True)
def bands_without_resources(context: Context, subjects: Iterable[dict[str, Any]]) -> set[str]:
    searches = [band["query"] for subject in subjects for band in subject["bands"]]
    try:
        return counts.finding_nothing(searches, counts.tokens_of(_request(context)))
    except EngineDown as error:
        logger.warning("No counts of subjects: %s", error)
        return set()


@register.simple_tag(takes_context=True)
def similar_resources(context: Context, page: ResourcePage) -> tuple[Hit, ...]:
    try:
        return similar.similar_resources(page, counts.tokens_of(_request(context)))
    except EngineDown as error:
        logger.warning("No resources like %s: %s", page.identifier, error)
        return ()


@register.simple_tag(takes_context=True)
def suggested_standards(context: Context, draft: ResourcePage) -> Suggestions:
    """Works by words alone while search is resting."""
    return suggest_for(draft, counts.tokens_of(_request(context)))


@register.simple_tag
def search_url(**chosen: Any) -> str:
    """The search page with these parameters; empty ones are left out."""
    params = QueryDict(mutable=True)
    for name, value in chosen.items():
        if value:
            params[name] = str(value)
    return f"{reverse('search:search')}?{params.urlencode()}"


@register.simple_tag
def with_standard(asked: SearchRequest, identifier: str) -> str:
    return url(asked.choosing("standard", [*asked.values("standard"), identifier]))


register.simple_tag(markup.facet, name="facet_html")
register.simple_tag(cards.card, name="card_html")
register.simple_tag(cards.code, name="code_html")
register.simple_tag(markup.tree, name="facet_tree")


@register.simple_tag
def level_table_url(item: Item) -> str:
    """The page that shows the parts of a standard by competency level."""
    return (
        f"{reverse('search:levels')}?{SearchRequest().choosing('standard', [item.identifier]).query_string()}"
    )
