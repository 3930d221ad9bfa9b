"""Resources that a coordinator moved off a retired standard, of which their source goes on naming it."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from importers.models import ResourceImport
from importers.resources.services import Report
from importers.resources.undo import undo_import
from repository.vocabularies import load_vocabularies
from standards.models import Item
from tests.factories import district_page
from tests.importers.moving import codes, move, replaced, undo
from tests.importers.resources.loading import aligned, load, numbers, page
from tests.repository.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _vocabularies(db: None, here: SimpleNamespace) -> None:
    load_vocabularies()
    district_page(here.district)


def paint(*named: str, **more: Any) -> dict[str, Any]:
    return {**aligned("Paint", *({"targetName": code} for code in named)), **more}


def moved(here: SimpleNamespace, old: str, *new: str) -> None:
    move(signed_in(here.coordinator), here, old, *new)


def recorded(report: Report) -> ResourceImport:
    assert report.record is not None
    return report.record


def remarks(report: Report) -> list[str]:
    return [str(one) for one in report.plan.warnings]


def test_a_source_that_changes_its_standards_leaves_what_was_moved(here: SimpleNamespace) -> None:
    load(here.district, paint("M.4"))
    moved(here, "M.4", "M.2")
    report = load(here.district, paint("M.4", "M.7"))
    assert codes(page("Paint")) == ["M.2", "M.7"]
    (said,) = [one for one in remarks(report) if "retired" in one]
    assert said.endswith("names M.4, which was retired; it was moved to M.2 here, and stays so.")


def test_another_spelling_of_the_retired_standard_does_not_bring_it_back(here: SimpleNamespace) -> None:
    load(here.district, paint("M.4"))
    moved(here, "M.4", "M.2")
    load(here.district, paint("MATH:M.4"))
    assert codes(page("Paint")) == ["M.2"]


def test_a_standard_that_was_split_stays_split(here: SimpleNamespace) -> None:
    load(here.district, paint("M.5"))
    moved(here, "M.5", "M.6", "M.7")
    load(here.district, paint("M.5", "M.2"))
    assert codes(page("Paint")) == ["M.2", "M.6", "M.7"]


def test_a_move_of_what_was_moved_to_holds_too(here: SimpleNamespace) -> None:
    load(here.district, paint("M.9"))
    moved(here, "M.9", "M.2")
    Item.objects.filter(pk=here.items["M.2"].pk).update(retired_at=timezone.now())
    replaced(here.items["M.2"], here.items["M.6"])
    moved(here, "M.2", "M.6")
    load(here.district, paint("M.9", "M.7"))
    assert codes(page("Paint")) == ["M.6", "M.7"]


def test_a_standard_that_took_the_place_of_another_and_gave_it_back_holds_up_no_import(
    here: SimpleNamespace,
) -> None:
    """A state takes its revision back, and both moves stand."""
    glue = aligned("Glue", {"targetName": "M.2"})
    load(here.district, paint("M.9"), glue)
    moved(here, "M.9", "M.2")
    Item.objects.filter(pk=here.items["M.9"].pk).update(retired_at=None)
    Item.objects.filter(pk=here.items["M.2"].pk).update(retired_at=timezone.now())
    replaced(here.items["M.2"], here.items["M.9"])
    moved(here, "M.2", "M.9")
    load(here.district, paint("M.9"), aligned("Glue", {"targetName": "M.2"}, {"targetName": "M.7"}))
    assert [codes(page(title)) for title in ("Paint", "Glue")] == [["M.9"], ["M.7", "M.9"]]


def test_what_the_source_no_longer_names_goes_with_what_took_its_place(here: SimpleNamespace) -> None:
    load(here.district, paint("M.4", "M.7"))
    moved(here, "M.4", "M.2")
    load(here.district, paint("M.7"))
    assert codes(page("Paint")) == ["M.7"]


def test_a_source_that_follows_the_revision_is_believed(here: SimpleNamespace) -> None:
    load(here.district, paint("M.4"))
    moved(here, "M.4", "M.2")
    report = load(here.district, paint("M.6"))
    assert codes(page("Paint")) == ["M.6"]
    assert not any("retired" in one for one in remarks(report))


def test_after_the_move_was_undone_the_source_is_believed(here: SimpleNamespace) -> None:
    load(here.district, paint("M.4"))
    moved(here, "M.4", "M.2")
    undo(signed_in(here.coordinator))
    load(here.district, paint("M.4", "M.7"))
    assert codes(page("Paint")) == ["M.4", "M.7"]


def test_a_standard_that_is_in_force_again_comes_back_with_its_source(here: SimpleNamespace) -> None:
    load(here.district, paint("M.4"))
    moved(here, "M.4", "M.2")
    Item.objects.filter(pk=here.items["M.4"].pk).update(retired_at=None)
    load(here.district, paint("M.4", "M.7"))
    assert codes(page("Paint")) == ["M.4", "M.7"]


def test_a_resource_that_was_never_moved_is_tied_as_its_source_says(here: SimpleNamespace) -> None:
    load(here.district, paint("M.4"))
    moved(here, "M.4", "M.2")
    load(here.district, paint("M.4"), aligned("Dye", {"targetName": "M.4"}))
    assert codes(page("Dye")) == ["M.4"]
    assert codes(page("Paint")) == ["M.2"]


def test_an_undo_of_a_later_import_keeps_the_move(here: SimpleNamespace) -> None:
    load(here.district, paint("M.4"))
    moved(here, "M.4", "M.2")
    later = load(here.district, paint("M.4", "M.7"))
    undo_import(recorded(later))
    assert codes(page("Paint")) == ["M.2"]


def test_a_move_after_the_import_that_is_undone_is_kept_and_can_be_undone_itself(
    here: SimpleNamespace,
) -> None:
    load(here.district, paint("M.4"))
    later = load(here.district, paint("M.4", "M.7"))
    moved(here, "M.4", "M.2")
    undo_import(recorded(later))
    assert codes(page("Paint")) == ["M.2"]
    undo(signed_in(here.coordinator))
    assert codes(page("Paint")) == ["M.4"]


def test_the_move_can_be_undone_after_a_later_import(here: SimpleNamespace) -> None:
    load(here.district, paint("M.4"))
    moved(here, "M.4", "M.2")
    load(here.district, paint("M.4", "M.7"))
    undo(signed_in(here.coordinator))
    assert codes(page("Paint")) == ["M.4", "M.7"]
    load(here.district, paint("M.4", "M.7"))
    assert codes(page("Paint")) == ["M.4", "M.7"]


def test_nothing_of_it_is_said_where_the_source_has_not_changed(here: SimpleNamespace) -> None:
    load(here.district, paint("M.4"))
    moved(here, "M.4", "M.2")
    report = load(here.district, paint("M.4"))
    assert numbers(report).get("unchanged") == 1
    assert codes(page("Paint")) == ["M.2"]
    load(here.district, paint("M.4", description="Said in other words."))
    assert codes(page("Paint")) == ["M.2"]
