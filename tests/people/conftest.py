"""A district and its administrator."""

import pytest

from people.models import Role
from tests.factories import DistrictFactory, member


@pytest.fixture
def district():
    return DistrictFactory(name="Juniper Valley", slug="juniper-valley")


@pytest.fixture
def admin(district):
    return member(Role.DISTRICT_ADMIN, district, name="Tom Whitfield", email="admin@juniper.example")
