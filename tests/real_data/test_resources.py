"""Real lessons and records, imported whole: what resolves, what waits, and that a second run changes nothing."""

import re
from pathlib import Path

import pytest
from wagtail.models import Page

from importers.models import ImportedResource, WaitingAlignment
from importers.resources.plan import counts
from importers.resources.services import import_resources
from importers.resources.undo import undo_import
from importers.services import import_framework
from people.models import District
from repository.models import Alignment, Licence, ResourcePage
from repository.vocabularies import load_vocabularies
from tests.factories import DistrictFactory, district_page
from tests.real_data.lessons import MATH, as_json, bootstrap, lessons

pytestmark = pytest.mark.django_db

COMMON_CORE = "asn/wpas_CCSS_Math.xml"
NSDL = "resources/nsdl_dc_envelopes.json"


@pytest.fixture
def district() -> District:
    load_vocabularies()
    district: District = DistrictFactory()
    district_page(district)
    return district


def test_nsdl_records_find_all_their_standards_through_aliases(
    standards_data_dir: Path, district: District
) -> None:
    import_framework(standards_data_dir / COMMON_CORE)
    report = import_resources(standards_data_dir / NSDL, district=district)
    numbers = counts(report.plan)
    assert (numbers["added"], numbers["alignments"], numbers["unresolved"]) == (50, 302, 0)
    assert Alignment.objects.count() == 302
    equations = ResourcePage.objects.get(title="Simultaneous Linear Equations")
    assert equations.link_url == "http://www.themathpage.com/alg/simultaneous-equations.htm"
    assert equations.licence == Licence.ALL_RIGHTS
    assert equations.attribution == "Lawrence Spector. License: Copyright 2001-2010 Lawrence Spector"
    assert equations.grades == ["06", "07", "08", "09", "10", "11", "12"]
    assert import_resources(standards_data_dir / NSDL, district=district).plan.is_empty


def test_records_that_came_before_their_framework_are_aligned_when_it_arrives(
    standards_data_dir: Path, district: District
) -> None:
    import_resources(standards_data_dir / NSDL, district=district)
    assert (Alignment.objects.count(), WaitingAlignment.objects.count()) == (0, 302)
    import_framework(standards_data_dir / COMMON_CORE)
    assert (Alignment.objects.count(), WaitingAlignment.objects.count()) == (302, 0)
    page = ResourcePage.objects.filter(alignments__isnull=False).first()
    assert page is not None
    assert page.latest_revision.as_object().alignments.count() == page.alignments.count()


def test_three_thousand_lessons_load_and_load_again(standards_data_dir: Path, district: District) -> None:
    import_framework(standards_data_dir / COMMON_CORE)
    data = as_json(lessons(standards_data_dir))
    report = import_resources(data, district=district)
    assert counts(report.plan)["added"] == 3080 == ImportedResource.objects.count()
    assert Alignment.objects.count() + WaitingAlignment.objects.count() == counts(report.plan)["alignments"]
    assert Page.find_problems() == ([], [], [], [], [])
    # Of Common Core mathematics, only clusters that this edition gives no code stay open.
    open_codes = {one.name for one in report.plan.unresolved if one.framework == MATH}
    assert open_codes
    assert all(code[:2] == "HS" and code[-1].isalpha() for code in open_codes)
    # Oregon writes 7.G.B.5 too, and means another sentence.
    assert {one.reason for one in report.plan.unresolved if one.framework.startswith("Oregon")} <= {
        "unknown",
        "other-framework",
    }
    assert import_resources(data, district=district).plan.is_empty


def test_a_real_collection_goes_again(standards_data_dir: Path, district: District) -> None:
    report = import_resources(as_json(bootstrap(standards_data_dir)), district=district)
    assert report.record is not None
    read = [(page.summary, str(page.body)) for page in ResourcePage.objects.all()]
    assert not any(re.search(r"@[\w-]+\{", text) for texts in read for text in texts)
    assert undo_import(report.record).removed == 135
    assert not ResourcePage.objects.exists()
    assert not WaitingAlignment.objects.exists()
    assert Page.find_problems() == ([], [], [], [], [])
