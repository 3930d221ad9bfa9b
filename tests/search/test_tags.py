"""Tags by which other pages show what search knows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import Client, RequestFactory

from standards.models import Item
from tests.factories import DistrictFactory, ItemFactory, SubjectFactory, resource
from tests.repository.pages import Page

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


def test_the_home_page_says_for_which_grades_of_a_subject_there_is_nothing(
    follow: Callable[[], None], client: Client, settings: Any
) -> None:
    """Fifteen of the sample's forty led to nothing, and looked like the others."""
    arts = SubjectFactory(slug="arts", label="Arts")
    district = DistrictFactory()
    resource("Masks", district=district, subjects=[arts], grades=["04"])
    resource("Songs", district=district, subjects=[arts], grades=["07"], audience="district")
    follow()

    def said() -> list[str]:
        grades = Page.open(client, "/").html.xpath("//a[contains(@class, 'bands__grade')]")
        return [" ".join(one.text_content().split()) for one in grades]

    nothing = [
        "Arts, grades K–2, nothing yet",
        "Arts, grades 6–8, nothing yet",
        "Arts, grades 9–12, nothing yet",
    ]
    assert said() == [nothing[0], "Arts, grades 3–5", *nothing[1:]]
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    assert said() == [f"Arts, grades {band}" for band in ("K–2", "3–5", "6–8", "9–12")]
