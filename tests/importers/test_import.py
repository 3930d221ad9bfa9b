"""What an import does to what is stored: order, derived values, links between frameworks, retirement, permission."""

import copy
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from importers import services
from importers.derived import ended
from importers.models import FrameworkImport
from importers.problems import ImportRefused
from importers.services import import_framework
from importers.services import read as services_read
from people.models import Role
from standards.models import Association, Framework, Item, ItemAlias
from tests.factories import DistrictFactory, StateFactory, member, resource
from tests.importers.loading import ancestors_of, hearing, item, load, other, without
from tests.importers.packages import (
    as_bytes,
    below,
    identifier_of,
    link,
    package,
)

pytestmark = pytest.mark.django_db
TREE = {"A": None, "A.1": "A", "A.1.a": "A.1", "A.2": "A", "B": None, "B.1": "B", "B.2": "B", "B.3": "B", "B.4": "B",
        "B.5": "B", "B.6": "B"}  # fmt: skip


def codes_in_order() -> list[str]:
    return list(Item.objects.order_by("framework", "position").values_list("human_coding_scheme", flat=True))


def test_siblings_stand_by_sequence_number_then_enumeration_then_code() -> None:
    raw = package(dict.fromkeys(["Z", "C.10", "C.9", "E2", "E10", "S"]))
    raw["CFItems"][3]["listEnumeration"] = "2."
    raw["CFItems"][4]["listEnumeration"] = "10."
    raw["CFAssociations"][0]["sequenceNumber"] = 2
    raw["CFAssociations"][5]["sequenceNumber"] = 1
    load(raw)
    assert codes_in_order() == ["S", "Z", "E2", "E10", "C.9", "C.10"]


def test_several_parents_are_kept_and_the_nearest_way_counts() -> None:
    raw = package({"A": None, "A.1": "A", "A.1.a": "A.1", "B": None})
    raw["CFAssociations"].append(below("A.1.a", "B"))
    load(raw)
    assert ancestors_of("A.1.a") == {"A.1": 1, "A": 2, "B": 1}
    assert item("A.1.a").depth == 1


def test_every_spelling_of_a_code_and_all_grades_are_derived() -> None:
    raw = package({"6.RP": None, "CCSS.MATH.CONTENT.6.RP.A.3": "6.RP"})
    raw["CFItems"][0]["educationLevel"] = ["06", "HS"]
    load(raw)
    assert "6rp3" in item("CCSS.MATH.CONTENT.6.RP.A.3").code_forms
    assert item("CCSS.MATH.CONTENT.6.RP.A.3").grades == ["06", "09", "10", "11", "12"]


def test_definitions_are_linked_and_go_when_the_source_drops_them() -> None:
    raw = package({"A": None})
    kind = {
        "identifier": "t1",
        "uri": "https://x.example/t1",
        "title": "Standard",
        "lastChangeDateTime": "2020",
    }
    licence = {
        "identifier": "l1",
        "uri": "https://x.example/l1",
        "title": "CC BY",
        "licenseText": "Do as you like.",
    }
    raw["CFDefinitions"] = {"CFItemTypes": [kind], "CFLicenses": [licence]}
    raw["CFItems"][0] |= {"CFItemTypeURI": link("t1"), "licenseURI": link("l1")}
    raw["CFDocument"]["licenseURI"] = link("l1")
    load(raw)
    item_type = item("A").item_type
    assert item_type is not None
    assert item_type.title == "Standard"
    assert Framework.objects.get().license == item("A").license is not None
    raw["CFDefinitions"]["CFItemTypes"] = []
    assert load(raw).plan.definition_changes.removed == 1
    assert item("A").item_type is None


# -- what is gone


def test_what_is_gone_is_retired_and_stays_for_what_is_aligned_to_it() -> None:
    load(package(TREE))
    page = resource(alignments=[{"item": item("A.1.a")}])
    report = load(without(package(TREE), "A.1.a"))
    (entry,) = report.plan.retired
    assert (entry.code, entry.resources, report.plan.resources) == ("A.1.a", 1, 1)
    gone = item("A.1.a")
    assert gone.retired_at is not None
    assert page.alignments.get().item == gone
    assert ancestors_of("A.1.a") == {"A.1": 1, "A": 2}
    again = without(package(TREE), "A.1.a")
    again["CFDocument"]["version"] = "2"
    assert load(again).plan.retired == ()
    back = load(package(TREE))
    assert [entry.code for entry in back.plan.restored] == ["A.1.a"]
    assert item("A.1.a").retired_at is None


def test_retiring_more_than_a_tenth_asks_for_a_word() -> None:
    load(package(TREE))
    left = without(package(TREE), "A.1.a", "B.6")
    assert load(left, dry_run=True).plan.retires_too_many
    with pytest.raises(ImportRefused, match=r"2 of 11 statements .* --allow-retire"):
        load(left)
    assert not Item.objects.filter(withdrawn=True).exists()
    assert len(load(left, allow_retire=True).plan.retired) == 2


def test_a_statement_that_the_source_ended_is_retired_but_still_in_it() -> None:
    raw = package({"A": None, "B": None})
    raw["CFItems"][0]["statusEndDate"] = "2020-07-01"
    raw["CFItems"][1]["statusEndDate"] = "2999-07-01"
    load(raw)
    assert item("A").retired_at is not None
    assert item("B").retired_at is None
    assert not item("A").withdrawn


def test_a_statement_ends_by_the_calendar_of_the_site() -> None:
    evening = datetime(2026, 7, 1, 3, tzinfo=UTC)  # the 30th of June in Denver
    assert ended("2026-07-01", evening) is None
    assert ended("2026-07-01", evening + timedelta(hours=3)) == evening + timedelta(hours=3)


def test_an_older_file_is_told() -> None:
    load(package({"A": None}))
    older = package({"A": None})
    older["CFDocument"]["lastChangeDateTime"] = "2001-01-01T00:00:00Z"
    assert [problem.rule for problem in load(older).plan.warnings] == ["older"]


# -- names, records, permission


def test_a_new_framework_gets_a_readable_short_name_that_stays() -> None:
    first = load(package({"A": None}, title="The Standards’ Framework for Élan")).framework
    second = load(
        other({"B": None}) | {"CFDocument": {**other({})["CFDocument"], "title": first.title}}
    ).framework
    assert (first.short_name, second.short_name) == ("Standards-Framework-Elan", "Standards-Framework-Elan-2")
    renamed = package({"A": None}, title="Quite another title")
    assert load(renamed).framework.short_name == "Standards-Framework-Elan"


def test_a_short_name_that_is_taken_is_refused() -> None:
    load(package({"A": None}), short_name="MATH")
    with pytest.raises(ImportRefused, match="math belongs to “Ratios and more”"):
        load(other({"B": None}), short_name="math")


@pytest.mark.parametrize(
    ("creator", "jurisdiction"),
    [
        ("West Virginia Department of Education", "West Virginia"),
        ("Meridian Board of Education", "Meridian"),
        ("NGSS Lead States", "United States"),
        ("ACT, Inc.", "ACT, Inc."),
    ],
)
def test_where_it_holds_is_told_by_its_creator(creator: str, jurisdiction: str) -> None:
    StateFactory()
    raw = package(
        {"A": None}, title="Next Generation Science Standards" if "NGSS" in creator else "Standards"
    )
    raw["CFDocument"]["creator"] = creator
    assert load(raw).framework.jurisdiction == jurisdiction


def test_every_run_is_on_record_with_its_payload() -> None:
    data = as_bytes(package({"A": None}))
    report = import_framework(data)
    record = FrameworkImport.objects.get()
    assert record == report.record
    assert zlib.decompress(bytes(record.payload)) == data
    assert (record.state, record.counts["added"], record.size) == ("applied", 1, len(data))
    import_framework(data)
    again = FrameworkImport.objects.first()
    assert again is not None
    assert (again.state, bytes(again.payload), again.checksum) == ("unchanged", b"", record.checksum)


def test_a_district_imports_its_own_frameworks_only() -> None:
    ours, theirs = DistrictFactory(), DistrictFactory()
    admin = member(Role.DISTRICT_ADMIN, ours)
    framework = load(package({"A": None}), user=admin).framework
    assert framework.owner == ours
    with pytest.raises(ImportRefused, match=f"is kept by {ours.name}"):
        load(package({"A": None}), user=member(Role.DISTRICT_ADMIN, theirs))
    with pytest.raises(ImportRefused, match="You may not import frameworks for"):
        load(other({"B": None}), user=admin, owner=theirs)
    with pytest.raises(ImportRefused, match="Only administrators"):
        load(other({"B": None}), user=member(Role.TEACHER, ours))
    states = load(other({"B": None}), user=member(Role.STATE_ADMIN, StateFactory())).framework
    assert states.owner is None
    with pytest.raises(ImportRefused, match="is kept by the state"):
        load(other({"B": None}), user=admin)


def test_listeners_hear_which_statements_read_differently() -> None:
    load(package(TREE))
    raw = package(TREE)
    raw["CFItems"][1]["fullStatement"] = "Reworded."
    with hearing() as told:
        load(raw)
    assert told == [item("A.1").pk]


def test_listeners_hear_what_has_other_statements_above_it_though_its_own_row_is_the_same() -> None:
    """A second parent that is as deep as the first one changes neither place, depth nor grades."""
    raw = package({"A": None, "A.1": "A", "A.1.a": "A.1", "B": None})
    load(raw)
    theirs = other({"X": None, "X.1": "X"})
    theirs["CFAssociations"].append(below("X", "A.1.a"))
    load(theirs)
    twice = copy.deepcopy(raw)
    twice["CFAssociations"].append(below("A.1", "B"))
    moved = {item(code).pk for code in ("A.1", "A.1.a", "X", "X.1")}
    for version in (twice, raw):
        before = list(Item.objects.order_by("pk").values())
        with hearing() as told:
            load(version)
        assert list(Item.objects.order_by("pk").values()) == before
        assert set(told) == moved


def test_listeners_hear_of_a_new_parent_in_another_framework() -> None:
    load(other({"X": None}))
    raw = package({"A": None, "A.1": "A"})
    load(raw)
    raw["CFAssociations"].append(below("A", "X"))
    with hearing() as told:
        load(raw)
    assert {item("A").pk, item("A.1").pk} <= set(told)


@pytest.mark.django_db(transaction=True)
def test_a_second_import_waits_for_the_first_and_says_so() -> None:
    """The lock is held by a connection of its own here, and let go when the importer says that it waits."""
    holder = connection.copy()
    said: list[str] = []

    def tell(stage: str, done: int, total: int) -> None:
        said.append(stage)
        if stage.startswith("Waiting"):
            holder.close()

    with holder.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [0x0CA5E001])
    load(package({"A": None}), progress=tell)
    assert "Waiting for another import to end" in said
    assert Item.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_import_that_breaks_off_half_way_leaves_nothing() -> None:
    def tell(stage: str, done: int, total: int) -> None:
        if stage == "Writing associations":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(package(TREE), progress=tell)
    assert not Framework.objects.exists()
    assert not Item.objects.exists()
    with transaction.atomic():
        load(package(TREE))
    assert Item.objects.count() == len(TREE)


def test_rubrics_are_kept_and_follow_their_source() -> None:
    raw = package({"A": None})
    level = {"identifier": "l1", "uri": "u", "quality": "Good", "score": 3, "lastChangeDateTime": "2020"}
    criterion = {"identifier": "c1", "uri": "u", "CFItemURI": link(identifier_of("A")), "lastChangeDateTime": "2020",
                 "CFRubricCriterionLevels": [level]}  # fmt: skip
    raw["CFRubrics"] = [
        {"identifier": "r1", "uri": "u", "title": "How well", "CFRubricCriteria": [criterion]}
    ]
    framework = load(raw).framework
    stored = framework.rubrics.get().criteria.get()
    assert stored.item == item("A")
    assert stored.levels.get().score == 3
    level["score"] = 4
    assert load(raw).plan.rubric_changes.changed == 1
    assert framework.rubrics.get().criteria.get().levels.get().score == 4


def test_items_that_only_stand_elsewhere_are_not_called_changed() -> None:
    load(package({"A": None, "B": None, "C": None}))
    raw = package({"0": None, "A": None, "B": None, "C": None})
    plan = load(raw).plan
    assert ([entry.code for entry in plan.added], plan.changed, plan.moved) == (["0"], (), ())
    assert codes_in_order() == ["0", "A", "B", "C"]


def test_the_same_bytes_are_not_read_again_while_nothing_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = package({"A": None, "A.1": "A"})
    raw["CFAssociations"].append(below("A.1", "nowhere"))
    raw["CFAssociations"].pop(0)  # an orphan: a warning, which is told each time
    first = load(raw)
    reads: list[Any] = []

    def noted(*args: Any) -> Any:
        reads.append(args)
        return services_read(*args)

    monkeypatch.setattr(services, "read", noted)
    again = load(raw)
    assert (reads, again.plan.is_empty, again.plan.unchanged, again.plan.associations) == ([], True, 2, 2)
    assert [warning.message for warning in again.plan.warnings] == [
        warning.message for warning in first.plan.warnings
    ]
    assert again.record.state == FrameworkImport.State.UNCHANGED
    assert import_framework(as_bytes(raw), dry_run=True).plan.is_empty
    assert not reads


@pytest.mark.parametrize(
    "edit", ["a statement", "a name", "the framework", "a link", "another import", "an undo"]
)
def test_the_same_bytes_are_compared_again_once_anything_was_written(edit: str) -> None:
    raw = package({"A": None, "A.1": "A"})
    first = load(raw)
    load(raw)
    if edit == "a statement":
        Item.objects.filter(human_coding_scheme="A").update(full_statement="Somebody edited this.")
    elif edit == "a name":
        ItemAlias.objects.create(item=item("A"), value="a-new-name")
    elif edit == "the framework":
        Framework.objects.update(title="Another title")
    elif edit == "a link":
        Association.objects.filter(origin=item("A.1")).delete()
    elif edit == "another import":
        load({**raw, "CFDocument": {**raw["CFDocument"], "version": "2"}})
    else:
        services.undo_import(first.record)
    report = load(raw)
    assert report.plan.is_empty is (edit == "a name")
    assert item("A").full_statement == "What A says."
    assert Framework.objects.get().title == "Ratios and more"
    assert ancestors_of("A.1") == {"A": 1}
