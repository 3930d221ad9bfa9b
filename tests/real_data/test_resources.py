"""Real lessons and records, imported whole: what resolves, what waits, and that a second run changes nothing."""

from pathlib import Path

import pytest
from wagtail.models import Page

from importers.models import WaitingAlignment
from importers.resources.plan import counts
from importers.resources.services import import_resources
from importers.services import import_framework
from people.models import District
from repository.models import Alignment
from tests.factories import DistrictFactory, district_page
from tests.real_data.lessons import MATH, as_json, lessons

pytestmark = pytest.mark.django_db

COMMON_CORE = "asn/wpas_CCSS_Math.xml"
NSDL = "resources/nsdl_dc_envelopes.json"


@pytest.fixture
def district() -> District:
    from repository.vocabularies import load_vocabularies

    load_vocabularies()
    district: District = DistrictFactory()
    district_page(district)
    return district


def test_nsdl_records_find_their_standards_through_aliases(
    standards_data_dir: Path, district: District
) -> None:
    import_framework(standards_data_dir / COMMON_CORE)
    plan = import_resources(standards_data_dir / NSDL, district=district).plan
    numbers = counts(plan)
    print(numbers, [str(p) for p in plan.warnings][:40], plan.unresolved[:5])
    again = import_resources(standards_data_dir / NSDL, district=district).plan
    assert again.is_empty


def test_three_thousand_lessons(standards_data_dir: Path, district: District) -> None:
    import time

    data = as_json(lessons(standards_data_dir))
    import_framework(standards_data_dir / COMMON_CORE)
    t = time.time()
    plan = import_resources(data, district=district, progress=print).plan
    print(time.time() - t)
    numbers = counts(plan)
    print(numbers, [str(p) for p in plan.warnings][:40], plan.unresolved[:5])
    t = time.time()
    again = import_resources(data, district=district, progress=print).plan
    print(time.time() - t)
    assert again.is_empty, counts(again)
    print([u for u in plan.unresolved if u.framework == MATH][:50])
    print(Alignment.objects.count(), WaitingAlignment.objects.count(), Page.find_problems())
