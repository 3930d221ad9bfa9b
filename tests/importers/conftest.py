"""What several modules of tests here stand on."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from people.models import Role, User
from repository.permissions import sync_all
from standards.models import Item
from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    StateFactory,
    member,
)
from tests.importers.asking import person
from tests.importers.moving import replaced
from tests.importers.workers import workers


@pytest.fixture
def here() -> SimpleNamespace:
    """Two districts and a framework of which M.4 was retired for M.2, and M.5 split into M.6 and M.7."""
    district, other = DistrictFactory(name="Juniper Valley"), DistrictFactory(name="Harbor Point")
    framework = FrameworkFactory(short_name="MATH", title="Meridian mathematics")
    items = {
        code: ItemFactory(framework=framework, human_coding_scheme=code, full_statement=f"What {code} says.")
        for code in ("M.2", "M.4", "M.5", "M.6", "M.7", "M.9")
    }
    for code in ("M.4", "M.5", "M.9"):
        Item.objects.filter(pk=items[code].pk).update(retired_at=timezone.now())
    for old, new in (("M.4", "M.2"), ("M.5", "M.6"), ("M.5", "M.7")):
        replaced(items[old], items[new])
    found = SimpleNamespace(
        district=district,
        other=other,
        framework=framework,
        items=items,
        teacher=member(Role.TEACHER, district),
        reviewer=member(Role.REVIEWER, district),
        coordinator=member(Role.COORDINATOR, district, name="Helen Brandt"),
        other_coordinator=member(Role.COORDINATOR, other),
        state_admin=member(Role.STATE_ADMIN, district.parent),
    )
    sync_all()
    return found


@pytest.fixture
def state_admin() -> User:
    return person(Role.STATE_ADMIN, StateFactory())


@pytest.fixture
def start() -> Iterator[Any]:
    """Starts a worker on a record; all of them are ended with the test."""
    with workers() as begin:
        yield begin
