"""The index follows what imports of frameworks write past `save()`, and what their undo takes back."""

import copy
from collections.abc import Callable

import pytest

from importers.models import FrameworkImport
from importers.services import Report, import_framework, undo_import
from repository.services.alignments import align
from repository.services.bulk import AlignmentData
from search import check
from standards.models import Item
from tests.factories import FrameworkFactory, ItemFactory, resource
from tests.importers.packages import Raw, as_bytes, below, package, statement
from tests.search.asking import card, titles

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
Follow = Callable[[], None]


def load(raw: Raw) -> Report:
    return import_framework(as_bytes(raw))


def undo(report: Report) -> None:
    assert report.record is not None
    undo_import(FrameworkImport.objects.get(pk=report.record.pk))


def item(code: str) -> Item:
    return Item.objects.get(human_coding_scheme=code)


def rewords(raw: Raw) -> None:
    raw["CFItems"][0]["fullStatement"] = "Fair shares"


def hangs_it_below_a_new_one(raw: Raw) -> None:
    raw["CFItems"].append(statement("N", "Fair shares"))
    raw["CFAssociations"] += [below("A", "N")]


@pytest.mark.parametrize("change", [rewords, hangs_it_below_a_new_one])
def test_an_import_and_its_undo_are_followed(
    index: str, follow: Follow, change: Callable[[Raw], None]
) -> None:
    before = package({"A": None, "A.1": "A"}, title="Ratios")
    load(before)
    resource("Ratio walk", alignments=[{"item": item("A.1")}])
    follow()
    after = copy.deepcopy(before)
    change(after)
    second = load(after)
    follow()
    assert titles("q=fair+shares") == ["Ratio walk"]
    assert check.compare(index).differences == ()
    undo(second)
    follow()
    assert titles("q=fair+shares") == []
    assert check.compare(index).differences == ()


def test_a_framework_that_an_import_renames_and_its_undo_are_followed(index: str, follow: Follow) -> None:
    raw = package({"A": None}, title="Ratios")
    load(raw)
    resource("Ratio walk", alignments=[{"item": item("A")}])
    follow()
    second = load({**raw, "CFDocument": {**raw["CFDocument"], "title": "Shares"}})
    follow()
    assert card().standards[0].framework == "Shares"
    undo(second)
    follow()
    assert card().standards[0].framework == "Ratios"


def test_what_hangs_below_a_framework_is_found_by_its_new_short_name(index: str, follow: Follow) -> None:
    theirs = FrameworkFactory(short_name="FAIR")
    above = ItemFactory(framework=theirs)
    hanging = ItemFactory(framework=FrameworkFactory(), under=above)
    resource("Ratio walk", alignments=[{"item": hanging}])
    follow()
    theirs.short_name = "SHARES"
    theirs.save()
    follow()
    assert titles("standard=SHARES") == ["Ratio walk"]


def test_what_hangs_below_another_framework_loses_its_words_when_that_is_undone(
    index: str, follow: Follow
) -> None:
    ours = package({"A": None}, title="Ratios")
    ours["CFAssociations"] = [below("A", "X")]
    load(ours)
    resource("Ratio walk", alignments=[{"item": item("A")}])
    theirs = package({"X": None}, identifier="0d0c0000-0000-4000-8000-000000000002", title="Another one")
    theirs["CFItems"][0]["fullStatement"] = "Fair shares"
    second = load(theirs)
    follow()
    assert titles("q=fair+shares") == ["Ratio walk"]
    undo(second)
    follow()
    assert titles("q=fair+shares") == []
    assert check.compare(index).differences == ()


def test_a_resource_that_waited_for_a_standard_is_found_by_it(index: str, follow: Follow) -> None:
    page = resource("Ratio walk")
    follow()
    load(package({"A": None}, title="Ratios"))
    align(additions={page.pk: [AlignmentData(item_id=item("A").pk)]})
    follow()
    assert titles(f"standard={item('A').identifier}") == ["Ratio walk"]
