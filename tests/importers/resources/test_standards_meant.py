"""Which standards a collection means, where what it says could mean several."""

import pytest

from importers.models import WaitingAlignment
from importers.resources.waiting import resolve_waiting
from people.models import District
from repository.models import Alignment
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory
from tests.importers.resources.loading import aligned, lesson, load


def found() -> dict[str, list[str]]:
    """By the title of a resource the short names of the frameworks that it is aligned to."""
    names: dict[str, list[str]] = {}
    for row in Alignment.objects.select_related("page", "item__framework").order_by("pk"):
        names.setdefault(row.page.title, []).append(row.item.framework.short_name)
    return names


def test_of_two_editions_the_one_whose_short_name_is_given_is_meant(district: District) -> None:
    for year in (2019, 2024):
        framework = FrameworkFactory(
            title=f"Meridian Mathematics Standards ({year})", short_name=f"MER-MATH-{year}"
        )
        ItemFactory(framework=framework, human_coding_scheme="M.6.RP.1")
    report = load(
        district,
        aligned("Paint", {"targetName": "M.6.RP.1", "educationalFramework": "mer-math-2019"}),
        aligned("Maps", {"targetName": "M.6.RP.1", "educationalFramework": "Meridian Mathematics Standards"}),
    )
    assert found() == {"Paint": ["MER-MATH-2019"]}
    assert [(one.example, one.reason) for one in report.plan.unresolved] == [("Maps", "ambiguous")]


@pytest.mark.parametrize("is_own", [False, True])
def test_the_private_draft_of_another_district_is_neither_meant_nor_in_the_way(
    district: District, ratios: dict[str, int], is_own: bool
) -> None:
    draft = FrameworkFactory(
        title="Draft standards",
        short_name="DRAFT",
        owner=district if is_own else DistrictFactory(),
        adoption_status="Private Draft",
    )
    waits = load(district, aligned("Kites", {"targetName": "D.7.KT.1"}))
    assert [one.reason for one in waits.plan.unresolved] == ["unknown"]
    for code in ("M.6.RP.1", "D.7.KT.1"):
        ItemFactory(framework=draft, human_coding_scheme=code)
    report = load(
        district,
        aligned("Paint", {"targetName": "M.6.RP.1"}),
        aligned("Maps", {"targetName": "DRAFT:D.7.KT.1"}),
    )
    reasons = {one.example: one.reason for one in report.plan.unresolved}
    resolve_waiting()
    if is_own:  # and so a code of both is for a person to decide
        assert (found(), reasons) == ({"Maps": ["DRAFT"], "Kites": ["DRAFT"]}, {"Paint": "ambiguous"})
    else:
        assert (found(), reasons) == ({"Paint": ["MER-MATH"]}, {"Maps": "unknown"})


def test_a_lesson_may_teach_a_standard_and_assess_it(district: District, ratios: dict[str, int]) -> None:
    load(
        district,
        lesson(
            "Paint",
            educationalAlignment=[
                {"alignmentType": relation, "targetName": "M.6.RP.1"}
                for relation in ("teaches", "assesses", "teaches")
            ],
        ),
    )
    assert sorted(Alignment.objects.values_list("item", "relation")) == [
        (ratios["M.6.RP.1"], "assesses"),
        (ratios["M.6.RP.1"], "teaches"),
    ]


def test_a_code_in_two_frameworks_is_decided_by_the_frameworks_name(district: District) -> None:
    core = FrameworkFactory(title="Common Core State Standards for Mathematics", short_name="CCSSM")
    oregon = FrameworkFactory(title="Mathematics Standards", short_name="OR-MATH", jurisdiction="Oregon")
    ours, theirs = (ItemFactory(framework=one, human_coding_scheme="5.OA.A.1") for one in (core, oregon))
    report = load(
        district,
        aligned("A", {"targetName": "5.OA.A.1", "educationalFramework": "CCSS Math"}),
        aligned("B", {"targetName": "5.OA.A.1", "educationalFramework": "Oregon Mathematics Standards"}),
        aligned("C", {"targetName": "5.OA.A.1"}),
        aligned("E", {"targetName": "5.OA.A.1", "educationalFramework": "cc-math"}),
        aligned(
            "D", {"targetName": "5.OA.A.1", "educationalFramework": "Texas Essential Knowledge and Skills"}
        ),
    )
    meant = {row.page.title: row.item_id for row in Alignment.objects.select_related("page")}
    assert meant == {"A": ours.pk, "B": theirs.pk, "E": ours.pk}
    assert {(one.example, one.reason) for one in report.plan.unresolved} == {
        ("C", "ambiguous"),
        ("D", "other-framework"),
    }


def test_two_codes_that_are_alike_only_when_both_are_shortened_are_not_one(
    district: District, ratios: dict[str, int]
) -> None:
    load(
        district,
        aligned("A", {"targetName": "6.RP.A.3"}),
        aligned("B", {"targetName": "6.RP.3"}),
        aligned("C", {"targetName": "6.RP.A.3", "educationalFramework": "MER-MATH"}),
    )
    meant = {row.page.title: row.item_id for row in Alignment.objects.select_related("page")}
    assert meant == {"B": ratios["M.6.RP.3"], "C": ratios["M.6.RP.3"]}
    assert [one.target_name for one in WaitingAlignment.objects.all()] == ["6.RP.A.3"]
