import pytest

from people.models import District
from repository.vocabularies import load_vocabularies
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, district_page


@pytest.fixture
def district(db: None) -> District:
    """A district that takes resources, on a site with the vocabularies that every new one has."""
    load_vocabularies()
    district: District = DistrictFactory(name="Juniper Valley", slug="juniper-valley")
    district_page(district)
    return district


@pytest.fixture
def ratios(db: None) -> dict[str, int]:
    """Three standards of the state's mathematics framework, by code."""
    framework = FrameworkFactory(title="Meridian Mathematics Standards", short_name="MER-MATH")
    codes = ["M.6.RP.1", "M.6.RP.2", "M.6.RP.3"]
    return {code: ItemFactory(framework=framework, human_coding_scheme=code).pk for code in codes}
