"""Tags by which other pages show what search knows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from standards.models import Item
from tests.factories import (
    DistrictFactory,
    ItemFactory,
    resource,
)

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def render(template: str, **context: Any) -> str:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return (
        Template("{% load search_tags %}" + template).render(Context({"request": request, **context})).strip()
    )


COUNTS = (
    "{% resource_counts items as counts %}{% for item in items %}{{ counts|count_for:item }} {% endfor %}"
)


def test_counts_of_standards_include_what_is_below_and_hide_what_is_hidden(
    follow: Callable[[], None], settings: Any
) -> None:
    above = ItemFactory()
    below = ItemFactory(under=above, framework=above.framework, depth=1)
    lonely = ItemFactory(framework=above.framework)
    district = DistrictFactory()
    resource("A", district=district, alignments=[{"item": below}, {"item": above}])
    resource("B", district=district, alignments=[{"item": above}])
    resource("C", district=district, alignments=[{"item": below}], audience="district")
    follow()
    items = list(Item.objects.filter(pk__in=[above.pk, below.pk, lonely.pk]).order_by("pk"))
    assert render(COUNTS, items=items) == "2 1 0"
    found = "{% resources_for_standard item as found %}{{ found.total }} {{ found.relations.0.label }}"
    assert render(found, item=below) == "1 Teaches"
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    assert render(COUNTS, items=items) == "– – –"
