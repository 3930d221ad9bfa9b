"""What people do here with an imported resource is never overwritten, and the plan says what it was."""

from typing import Any

import pytest

from importers.models import ResourceImport
from importers.problems import ImportRefused
from importers.resources.undo import undo_import
from people.models import District, Role
from repository.models import ResourcePage
from repository.permissions import sync_all
from repository.services.review import submit, unpublish
from tests.factories import DistrictFactory, SchoolFactory, district_page, member
from tests.importers.resources.loading import lesson, load, numbers, page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("work", "why"),
    [
        ("move", "was moved to another district"),
        ("review", "is with the reviewers"),
        ("lock", "is locked here"),
        ("earlier version", "was edited here"),
    ],
)
def test_a_page_that_somebody_worked_on_stays_and_the_plan_says_why(
    district: District, work: str, why: str
) -> None:
    for grade in (6, 7):
        load(district, lesson("Paint", educationalLevel=f"Grade {grade}", teaches="Mix paint by ratio"))
    one = page("Paint")
    if work == "move":
        one.move(district_page(DistrictFactory()), pos="last-child")
    elif work == "review":
        coordinator = member(Role.COORDINATOR, district)
        sync_all()
        unpublish(identifier=one.identifier, user=coordinator)
        submit(identifier=one.identifier, user=coordinator)
    elif work == "lock":
        ResourcePage.objects.filter(pk=one.pk).update(locked=True)
    else:
        one.revisions.order_by("pk")[0].publish()
    before = page("Paint").grades
    plan = load(district, lesson("Paint", educationalLevel="Grade 8", teaches="Mix paint by ratio")).plan
    assert [item.known.stands_in_the_way for item in plan.conflicts if item.known] == [why]
    assert page("Paint").grades == before


def test_a_resource_is_known_again_by_a_name_that_it_had_before_the_last(district: District) -> None:
    first, second = "https://lessons.example/first", "https://lessons.example/second"
    for identifier, url in (("P-1", first), ("P-2", first), ("P-2", second), ("P-3", first)):
        paint = lesson("Paint", **{"@id": None, "identifier": identifier, "url": url})
        load(district, paint)
        assert numbers(load(district, paint)) == {"unchanged": 1}
    assert ResourcePage.objects.count() == 1


def test_what_has_a_title_alone_is_known_again_by_it_in_other_capitals(district: District) -> None:
    for title in ("Mixing paint", "Mixing Paint"):
        load(district, lesson(title, **{"@id": None}))
    assert [one.title for one in ResourcePage.objects.all()] == ["Mixing Paint"]


def test_an_identifier_longer_than_can_be_kept_is_known_again(district: District) -> None:
    paint = lesson("Paint", **{"@id": f"https://lessons.example/?state={'a' * 3000}"})
    for number in ("added", "unchanged"):
        assert numbers(load(district, paint)) == {number: 1}


@pytest.mark.parametrize("audience", ["school", "everybody"])
def test_an_audience_that_an_import_cannot_give_is_refused(district: District, audience: str) -> None:
    with pytest.raises(ImportRefused, match=f"no audience '{audience}' for imports"):
        load(district, lesson("Paint"), audience=audience)
    assert not ResourcePage.objects.exists()


def test_a_school_takes_no_resources_and_says_so(district: District) -> None:
    with pytest.raises(ImportRefused, match="no district with a page"):
        load(SchoolFactory(parent=district), lesson("Paint"))


@pytest.mark.parametrize("without_address", [{"zero"}, set()])
def test_row_numbers_that_moved_do_not_make_one_resource_of_another(
    district: District, without_address: set[str]
) -> None:
    def numbered(*titles: str) -> list[dict[str, Any]]:
        return [
            {
                "@type": "LearningResource",
                "name": title,
                "identifier": str(number),
                "url": "" if title in without_address else f"https://lessons.example/{title}.pdf",
            }
            for number, title in enumerate(titles, start=1)
        ]

    load(district, *numbered("one", "two", "three"))
    before = {title: page(title).pk for title in ("one", "two", "three")}
    for _ in ("at first", "again"):
        report = load(district, *numbered("zero", "one", "two", "three"))
        assert {title: page(title).pk for title in before} == before
    assert report.plan.is_empty
    load(district, *numbered("first of all", "zero", "one", "two", "three"))
    assert {title: page(title).pk for title in before} == before
    for record in ResourceImport.objects.filter(state="applied").order_by("-pk"):
        assert undo_import(record).kept == ()
    assert not ResourcePage.objects.exists()


def test_what_was_deleted_here_is_not_passed_over_in_silence_and_an_undo_lets_it_come_back(
    district: District,
) -> None:
    first = load(district, lesson("Paint"), lesson("Glue"))
    page("Paint").delete()
    again = load(district, lesson("Paint"), lesson("Glue"))
    assert numbers(again) == {"unchanged": 2}
    (told,) = [one.message for one in again.plan.warnings if one.rule == "deleted-here"]
    assert first.record is not None
    assert told.startswith("was deleted here")
    assert f"undo import {first.record.pk}, and import anew" in told
    later = load(district, lesson("Paint"), lesson("Glue", description="Sticks."))
    page("Glue").delete()
    for record in (later.record, first.record):
        assert record is not None
        assert undo_import(record).kept == ()
    assert numbers(load(district, lesson("Paint"), lesson("Glue")))["added"] == 2
