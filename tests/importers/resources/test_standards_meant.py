"""Which standards a collection means, where what it says could mean several."""

from people.models import District
from repository.models import Alignment
from tests.factories import FrameworkFactory, ItemFactory
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
