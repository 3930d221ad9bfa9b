"""Search as a reader meets it: what is found, in which order, and what the facets count."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from repository.audience import user_tokens
from search.find import find
from search.request import parse
from search.results import Results
from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    SubjectFactory,
    resource,
)

VISITOR = AnonymousUser()
pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def search(query: str, user=VISITOR) -> Results:
    request, complaints = parse(QueryDict(query))
    assert complaints == []
    return find(request, user_tokens(user))


def titles(query: str, user=VISITOR) -> list[str]:
    return [hit.title for hit in search(query, user).hits]


def counts(results: Results, facet: str) -> dict[str, int]:
    return {bucket.value: bucket.count for bucket in results.facet(facet).walk()}


def test_a_published_resource_is_found_by_words_of_its_title(follow: Callable[[], None]) -> None:
    resource("Sharing a pizza fairly", summary="Fractions of a whole", subjects=[SubjectFactory()])
    resource("Rivers of our state")
    follow()
    assert titles("q=pizza") == ["Sharing a pizza fairly"]
    assert titles("q=fraction") == ["Sharing a pizza fairly"]
    results = search("")
    assert results.total == 2
    assert counts(results, "subject") == {"mathematics": 1}


def test_a_code_in_any_spelling_finds_what_is_aligned_to_it_first(follow: Callable[[], None]) -> None:
    framework = FrameworkFactory(short_name="MER-MATH")
    domain = ItemFactory(framework=framework, human_coding_scheme="6.RP", full_statement="Ratios")
    from standards.codes import code_forms

    item = ItemFactory(
        framework=framework,
        human_coding_scheme="6.RP.A.3",
        full_statement="Use ratio reasoning",
        under=domain,
        depth=1,
        code_forms=code_forms("6.RP.A.3"),
    )
    district = DistrictFactory()
    resource("Mixing paint", district=district, alignments=[{"item": item}])
    resource("Something else", district=district, alignments=[{"item": domain}])
    follow()
    assert titles("q=6rp3") == ["Mixing paint"]
    assert titles("standard=MER-MATH:6.RP.3") == ["Mixing paint"]
    results = search("open=standard:MER-MATH")
    assert counts(results, "standard") == {"MER-MATH": 2, domain.identifier: 2}
    results = search(f"standard={domain.identifier}")
    assert counts(results, "standard") == {"MER-MATH": 2, domain.identifier: 2, item.identifier: 1}
    assert results.hits[0].why


def test_grades_are_found_by_the_words_that_teachers_use(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Ratios with paint", district=district, grades=["06"])
    resource("Ratios with maps", district=district, grades=["08"])
    resource("Counting leaves", district=district, grades=["KG"])
    follow()
    assert titles("q=6th+grade+ratios")[0] == "Ratios with paint"
    assert titles("q=kindergarten") == ["Counting leaves"]
    assert sorted(titles("q=middle+school+ratios")[:2]) == ["Ratios with maps", "Ratios with paint"]
