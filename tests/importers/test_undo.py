"""An import taken back: every row as it was, or one line that says what stands in the way."""

import copy
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given

from importers.journal import SCOPES
from importers.models import FrameworkImport
from importers.problems import ImportRefused
from importers.services import Report, undo_import
from people.models import Role
from standards.models import Association, Framework, Item, ItemAlias, ItemAncestor
from tests.factories import DistrictFactory, member, resource
from tests.importers.loading import hearing, item, load, other, without
from tests.importers.packages import (
    DOCUMENT,
    Raw,
    association,
    below,
    identifier_of,
    package,
    packages,
    statement,
    undone,
)
from tests.importers.test_round_trip import MANY, closure, closure_by_walk, mutated

pytestmark = pytest.mark.django_db
TREE = {"A": None, "A.1": "A", "A.1.a": "A.1", "A.2": "A"} | {f"B.{n}": None for n in range(20)}


def undo(report: Report, **options: Any) -> Report:
    assert report.record is not None
    return undo_import(FrameworkImport.objects.get(pk=report.record.pk), **options)


def everything() -> dict[str, list[str]]:
    """Every row of every table of standards, keys and times included; of the closure, what it says."""
    found = {}
    with connection.cursor() as cursor:
        for model in SCOPES:
            table = model._meta.db_table
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t ORDER BY id")
            found[table] = [row for (row,) in cursor.fetchall()]
    found["closure"] = sorted(map(str, ItemAncestor.objects.values_list("descendant", "ancestor", "depth")))
    return found


def revised() -> Raw:
    """Reworded, moved, new and dropped statements, other definitions and rubrics, another title and version."""
    raw = without(package(TREE), "A.2")
    raw["CFDocument"] |= {"version": "2", "title": "Ratios and much more"}
    raw["CFItems"][1] |= {"fullStatement": "Now it says more.", "statusEndDate": "2020-01-01"}
    raw["CFItems"].append(statement("C", "A new one."))
    raw["CFAssociations"] = [
        edge
        for edge in raw["CFAssociations"]
        if edge["originNodeURI"]["identifier"] != identifier_of("A.1.a")
    ]
    raw["CFAssociations"] += [below("A.1.a", "B.1"), below("C", "A")]
    raw["CFAssociations"].append(association(identifier_of("A.2"), "replacedBy", identifier_of("C")))
    return raw


@MANY
@given(mutated())
def test_an_undo_restores_every_row_and_can_be_undone_itself(pair: tuple[Raw, Raw]) -> None:
    before, after = pair
    with undone():
        first = load(before)
        was = everything()
        second = load(after, allow_retire=True)
        is_now = everything()
        if second.plan.is_empty:
            return
        taken_back = undo(second)
        assert everything() == was
        assert load(before, dry_run=True).plan.is_empty
        undo(taken_back)
        assert everything() == is_now
        undo(second)
        assert everything() == was
        undo(first)
        assert not Framework.objects.exists()
        assert all(not rows for rows in everything().values())


@MANY
@given(packages(), packages())
def test_an_undo_restores_every_row_whatever_the_two_files_are(one: Raw, two: Raw) -> None:
    with undone():
        load(one)
        was = everything()
        second = load(two, allow_retire=True)
        if not second.plan.is_empty:
            undo(second)
        assert everything() == was
        assert closure() == closure_by_walk()


def test_the_plan_of_an_undo_says_what_it_does() -> None:
    load(package(TREE))
    second = load(revised())
    plan = undo(second, dry_run=True).plan
    assert Item.objects.filter(identifier=identifier_of("C")).exists()
    assert [entry.code for entry in plan.removed] == ["C"]
    assert {entry.code for entry in plan.restored} == {"A.2", "A.1"}
    assert [entry.code for entry in plan.changed] == ["A.1"]
    assert [(entry.code, entry.parents_before, entry.parents_after) for entry in plan.moved] == [
        ("A.1.a", ("B.1",), ("A.1",))
    ]
    assert plan.retired == plan.added == ()
    assert {change.field for change in plan.document} == {"version", "title"}


def test_rubrics_definitions_names_and_links_come_back() -> None:
    raw = package(TREE)
    kind = {
        "identifier": "t1",
        "uri": "https://x.example/t1",
        "title": "Standard",
        "lastChangeDateTime": "2020",
    }
    level = {"identifier": "l1", "uri": "u", "quality": "Good", "score": 3.25, "lastChangeDateTime": "2020"}
    criterion = {"identifier": "c1", "uri": "u", "CFItemURI": {"title": "A", "identifier": identifier_of("A"), "uri": "u"},
                 "lastChangeDateTime": "2020", "CFRubricCriterionLevels": [level]}  # fmt: skip
    raw["CFDefinitions"] = {"CFItemTypes": [kind]}
    raw["CFRubrics"] = [
        {"identifier": "r1", "uri": "u", "title": "How well", "CFRubricCriteria": [criterion]}
    ]
    raw["CFItems"][0]["CFItemTypeURI"] = {
        "title": "Standard",
        "identifier": "t1",
        "uri": "https://x.example/t1",
    }
    load(raw)
    ItemAlias.objects.create(item=item("A"), value="an-older-name")
    was = everything()
    after = copy.deepcopy(raw)
    after["CFDefinitions"] = {}
    after["CFRubrics"][0]["CFRubricCriteria"][0]["CFRubricCriterionLevels"] = []
    second = load(after)
    assert everything() != was
    undo(second)
    assert everything() == was


def test_undoing_the_first_import_removes_the_framework_and_links_to_it_wait_again() -> None:
    ours = package({"A": None})
    ours["CFAssociations"] = [below("A", "X.1")]
    load(ours)
    was = everything()
    theirs = load(other({"X": None, "X.1": "X"}))
    assert Association.objects.get(framework__identifier=DOCUMENT).destination == item("X.1")
    report = undo(theirs)
    assert report.plan.removes_framework
    assert everything() == was
    record = FrameworkImport.objects.get(pk=theirs.record.pk)
    assert (record.state, record.framework) == ("undone", None)
    with pytest.raises(ImportRefused, match=r"its framework is gone\. Import its file again"):
        undo(report)


def test_listeners_hear_what_loses_the_statements_above_it_by_an_undo() -> None:
    ours = package({"A": None, "A.1": "A"})
    ours["CFAssociations"][0] = below("A", "X.1")
    load(ours)
    theirs = load(other({"X": None, "X.1": "X"}))
    with hearing() as told:
        undo(theirs)
    assert set(told) == {item("A").pk, item("A.1").pk}


def test_listeners_hear_what_stood_below_a_statement_that_an_undo_removes_and_brings_back() -> None:
    ours = package({"Z": None, "Z.1": "Z"})
    ours["CFAssociations"].append(below("Z.1", "C"))
    load(ours)
    theirs = {"X": None, "X.1": "X"}
    load(other(theirs))
    second = load(other({**theirs, "C": "X"}))
    with hearing() as told:
        taken_back = undo(second)
    assert item("Z.1").pk in told
    assert closure() == closure_by_walk()
    with hearing() as told:
        undo(taken_back)
    assert item("Z.1").pk in told
    assert closure() == closure_by_walk()


def test_listeners_hear_of_a_parent_that_an_undo_takes_away() -> None:
    raw = package({"A": None, "A.1": "A", "B": None})
    load(raw)
    twice = copy.deepcopy(raw)
    twice["CFAssociations"].append(below("A.1", "B"))
    second = load(twice)
    with hearing() as told:
        undo(second)
    assert told == [item("A.1").pk]


def test_a_statement_that_an_undone_undo_brings_back_stands_above_what_came_to_name_it_meanwhile() -> None:
    load(package(TREE))
    taken_back = undo(load(package({**TREE, "C": None})))
    theirs = other({"X": None, "X.1": "X"})
    theirs["CFAssociations"].append(below("X", "C"))
    load(theirs)
    with hearing() as told:
        undo(taken_back)
    assert ItemAncestor.objects.filter(descendant=item("X.1"), ancestor=item("C"), depth=2).exists()
    assert {item("X").pk} <= set(told)


def test_a_link_that_waited_for_what_an_undo_removes_waits_again() -> None:
    load(package(TREE))
    theirs = other({"X": None})
    theirs["CFAssociations"].append(association(identifier_of("X"), "exactMatchOf", identifier_of("C")))
    load(theirs)
    was = everything()
    second = load(revised())
    assert Association.objects.get(association_type="exactMatchOf").destination == item("C")
    undo(second)
    assert everything() == was


def test_a_link_finds_a_framework_that_came_after_the_import_that_is_undone() -> None:
    raw = package(TREE)
    raw["CFAssociations"].append(
        association(identifier_of("A"), "isRelatedTo", identifier_of("X"), notes="once")
    )
    load(raw)
    second = load(
        {
            **raw,
            "CFAssociations": [*raw["CFAssociations"][:-1], raw["CFAssociations"][-1] | {"notes": "more"}],
        }
    )
    load(other({"X": None}))
    undo(second)
    edge = Association.objects.get(association_type="isRelatedTo")
    assert (edge.notes, edge.destination) == ("once", item("X"))


def test_a_later_import_stands_in_the_way_until_it_is_undone() -> None:
    first = load(package(TREE))
    was = everything()
    second = load(revised())
    third = load(package({**TREE, "D": None}))
    with pytest.raises(ImportRefused, match=f"a later one builds on it. Undo first: {third.record.pk}"):
        undo(second)
    with pytest.raises(ImportRefused, match=f"Undo first: {third.record.pk}, then {second.record.pk}"):
        undo(first)
    undo(third)
    undo(second)
    assert everything() == was
    with pytest.raises(ImportRefused, match="is undone already"):
        undo(second)


def test_an_undo_that_waited_for_another_of_the_same_import_says_so() -> None:
    load(package(TREE))
    record = load(revised(), allow_retire=True).record
    assert record is not None
    waiting = FrameworkImport.objects.get(pk=record.pk)
    undo_import(record)
    was = everything()
    with pytest.raises(ImportRefused, match="is undone already"):
        undo_import(waiting)
    assert everything() == was


def test_an_undo_that_later_imports_build_on_cannot_be_undone() -> None:
    load(package(TREE))
    taken_back = undo(load(revised()))
    third = load(package({**TREE, "D": None}))
    with pytest.raises(ImportRefused, match=f"Undo first: {third.record.pk}"):
        undo(taken_back)
    undo(third)
    redone = undo(taken_back)
    assert item("C").retired_at is None
    with pytest.raises(ImportRefused, match="To take that back, undo"):
        undo(redone)


@pytest.mark.parametrize("named_by", ["a live row", "a draft", "a former version"])
def test_what_a_resource_names_is_retired_by_an_undo_and_keeps_its_place(named_by: str) -> None:
    load(package(TREE))
    raw = package({**TREE, "C": None, "C.1": "C", "C.2": "C"})
    second = load(raw)
    page = resource(alignments=[{"item": item("C.1")}])
    page.save_revision()
    if named_by != "a live row":
        page.alignments.all().delete()
    if named_by == "a former version":
        page.refresh_from_db()
        page.alignments = []
        page.save_revision()
    plan = undo(second, dry_run=True).plan
    assert {entry.code for entry in plan.retired} == {"C", "C.1"}
    assert [entry.code for entry in plan.removed] == ["C.2"]
    undo(second)
    assert (item("C.1").withdrawn, item("C.1").retired_at is None) == (True, False)
    assert not Item.objects.filter(identifier=identifier_of("C.2")).exists()
    assert ItemAncestor.objects.filter(descendant=item("C.1"), ancestor=item("C"), depth=1).exists()
    load(raw)
    assert not item("C.1").withdrawn


@pytest.mark.parametrize("named_by", ["a live row", "a draft"])
def test_a_framework_that_resources_name_is_not_removed(named_by: str) -> None:
    first = load(package(TREE))
    page = resource(alignments=[{"item": item("A.1")}])
    page.save_revision()
    if named_by == "a draft":
        page.alignments.all().delete()
    was = everything()
    with pytest.raises(ImportRefused, match=r"1 resources name 1 of its statements .*: A\.1 \(1\)"):
        undo(first)
    assert everything() == was


def test_the_keeper_and_the_short_name_stay() -> None:
    district = DistrictFactory()
    load(package(TREE), owner=district, short_name="RATIO")
    second = load(revised())
    Framework.objects.update(owner=district)
    undo(second)
    framework = Framework.objects.get()
    assert (framework.owner, framework.short_name, framework.title) == (district, "RATIO", "Ratios and more")


def test_only_who_may_import_a_framework_may_undo() -> None:
    load(package(TREE))
    second = load(revised())
    with pytest.raises(ImportRefused, match="Only its administrators"):
        undo(second, user=member(Role.DISTRICT_ADMIN, DistrictFactory()))


def test_the_command_shows_the_plan_undoes_and_refuses() -> None:
    out = StringIO()
    call_command("undo_import", stdout=out)
    assert "There is no import that can be undone." in out.getvalue()
    load(package(TREE))
    second = load(revised())
    out = StringIO()
    call_command("undo_import", str(second.record.pk), "--dry-run", stdout=out, stderr=StringIO())
    assert "removed: C" in out.getvalue()
    assert "Nothing was written: this was a dry run." in out.getvalue()
    out = StringIO()
    call_command("undo_import", str(second.record.pk), "--json", stdout=out, stderr=StringIO())
    said = json.loads(out.getvalue())
    assert (said["removed"], said["undoes"]) == (1, second.record.pk)
    assert not Item.objects.filter(identifier=identifier_of("C")).exists()
    with pytest.raises(CommandError, match="is undone already") as refusal:
        call_command("undo_import", str(second.record.pk), stdout=StringIO(), stderr=StringIO())
    assert refusal.value.returncode == 2
    with pytest.raises(CommandError, match="There is no import 999999"):
        call_command("undo_import", "999999", stdout=StringIO(), stderr=StringIO())
