"""The lists of Wagtail's admin that coordinators and administrators keep together, however long they are."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from repository.permissions import sync_all
from search.kept import PromotedResource, Promotion
from tests.factories import DistrictFactory, LevelFactory, ScaleFactory, resource
from tests.repository.pages import signed_in

pytestmark = pytest.mark.django_db


def district() -> None:
    DistrictFactory()


def scale() -> None:
    LevelFactory(scale=ScaleFactory(owner=DistrictFactory()))


def pick() -> None:
    promotion = Promotion.objects.create(phrases="volcano")
    PromotedResource.objects.create(promotion=promotion, resource=resource(), sort_order=0)


@pytest.mark.parametrize(
    ("address", "another"), [("districts", district), ("competency_scales", scale), ("picked_results", pick)]
)
def test_a_longer_list_takes_as_many_queries(
    people: SimpleNamespace, address: str, another: Callable[[], None]
) -> None:
    sync_all()
    state = signed_in(people.state_admin)
    url = f"/admin/{address}/"
    another()
    assert state.get(url).status_code == 200
    with CaptureQueriesContext(connection) as first:
        state.get(url)
    for _number in range(5):
        another()
    with CaptureQueriesContext(connection) as then:
        state.get(url)
    assert len(then) == len(first)
