"""Imports whose links and parents are in another framework, whichever comes first; and several frameworks in one file."""

import pytest

from importers.problems import ImportRefused
from importers.services import Choices, import_frameworks
from standards.models import Association, Framework, Item, ItemAlias
from tests.importers.loading import ancestors_of, item, load, other
from tests.importers.packages import (
    BASE,
    as_bytes,
    association,
    below,
    identifier_of,
    link,
    package,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by", ["identifier", "capitals", "uri", "alias"])
@pytest.mark.parametrize("first", ["the one that names", "the one that is named"])
def test_a_link_to_another_framework_is_resolved_in_either_order(by: str, first: str) -> None:
    named = other({"X": None})
    names = package({"A": None})
    target = {
        "identifier": link(identifier_of("X")),
        "capitals": link(identifier_of("X").upper()),
        "uri": {"title": "X", "identifier": "unknown", "uri": f"{BASE}/CFItems/{identifier_of('X')}"},
        "alias": link("old-number-7"),
    }[by]
    edge = association(identifier_of("A"), "exactMatchOf", identifier_of("X"))
    names["CFAssociations"].append({**edge, "destinationNodeURI": target})
    if first == "the one that names":
        load(names)
        assert Association.objects.get(association_type="exactMatchOf").destination is None
    load(named)
    if by == "alias":
        ItemAlias.objects.create(item=item("X"), value="old-number-7")
        if first == "the one that names":
            load(other({"X": None, "Y": None}))  # whatever comes next ties what waits
    load(names)
    assert Association.objects.get(association_type="exactMatchOf").destination == item("X")
    assert ancestors_of("A") == {}, "what is equal is not above"


def test_a_link_without_an_address_is_not_taken_for_one_to_a_statement_without_an_address() -> None:
    ours = package({"A": None})
    edge = association(identifier_of("A"), "exactMatchOf", identifier_of("elsewhere"))
    edge["destinationNodeURI"]["uri"] = ""
    ours["CFAssociations"].append(edge)
    load(ours)
    import_frameworks(b"Code,Statement\nX,Describe ratios\nY,Use ratios\n", Choices(format="table"))
    assert set(Item.objects.exclude(human_coding_scheme="A").values_list("uri", flat=True)) == {""}
    assert Association.objects.get(association_type="exactMatchOf").destination is None


def test_what_is_above_by_two_ways_is_as_far_as_the_shorter_one() -> None:
    ours = package({"A": None, "A.1": "A", "A.1.a": "A.1"})
    ours["CFAssociations"].append(below("A.1.a", "A"))
    load(ours)
    assert ancestors_of("A.1.a") == {"A.1": 1, "A": 1}


def test_a_parent_in_another_framework_gives_its_ancestors_and_grades_when_it_comes() -> None:
    ours = package({"A": None})
    ours["CFAssociations"] = [below("A", "X.1")]
    report = load(ours)
    assert [problem.rule for problem in report.plan.warnings] == ["lost-parent"]
    theirs = other({"X": None, "X.1": "X"})
    theirs["CFItems"][0]["educationLevel"] = ["05"]
    load(theirs)
    assert ancestors_of("A") == {"X.1": 1, "X": 2}
    load({**ours, "CFDocument": {**ours["CFDocument"], "version": "2"}})
    assert item("A").grades == ["05"]


def test_moving_a_statement_moves_what_hangs_below_it_in_other_frameworks() -> None:
    load(other({"X": None, "Y": None, "X.1": "X"}))
    ours = package({"A": None})
    ours["CFAssociations"] = [below("A", "X.1")]
    load(ours)
    assert ancestors_of("A") == {"X.1": 1, "X": 2}
    load(other({"X": None, "Y": None, "X.1": "Y"}))
    assert ancestors_of("A") == {"X.1": 1, "Y": 2}


def test_a_circle_through_another_framework_is_refused() -> None:
    ours = package({"A": None})
    ours["CFAssociations"] = [below("A", "X")]
    load(ours)
    theirs = other({"X": None})
    theirs["CFAssociations"] = [below("X", "A")]
    with pytest.raises(ImportRefused, match="isChildOf goes in a circle"):
        load(theirs)
    assert not Item.objects.filter(identifier=identifier_of("X")).exists()


def test_a_match_beside_a_parent_in_another_framework_is_no_circle() -> None:
    ours = package({"A": None})
    ours["CFAssociations"].append(association(identifier_of("A"), "exactMatchOf", identifier_of("X")))
    load(ours)
    theirs = other({"X": None})
    theirs["CFAssociations"] = [below("X", "A")]
    load(theirs)
    assert ancestors_of("X") == {"A": 1}


def test_a_statement_of_another_framework_is_refused_with_both_named() -> None:
    load(other({"A": None}))
    with pytest.raises(
        ImportRefused, match="is a statement of “Another one”, and this file is “Ratios and more”"
    ):
        load(package({"A": None}))


def test_several_frameworks_in_one_file_are_all_imported_or_none() -> None:
    both = as_bytes([package({"A": None}), other({"B": None})])
    assert len(import_frameworks(both)) == 2
    clash = as_bytes([package({"A": None, "C": None}), other({"C": None})])
    with pytest.raises(ImportRefused, match="belongs to another framework"):
        import_frameworks(clash)
    assert not Item.objects.filter(identifier=identifier_of("C")).exists()


def test_a_table_names_statements_of_another_framework_as_addresses_do() -> None:
    """A crosswalk that a state keeps in a spreadsheet."""
    import_frameworks(as_bytes(other({"6.RP.A.1": None, "6.RP.A.2": None})), Choices(short_name="MATH"))
    table = (
        b"code,statement,exactMatchOf,isRelatedTo\n"
        b'X.1,Describe a ratio in words.,math:6.RP.1,"MATH:6.RP.A.2; X.2"\nX.2,Find a unit rate.,6.RP.A.1,MATH:6.RP.9\n'
    )
    (report,) = import_frameworks(table, Choices(short_name="OWN"))
    ends = Association.objects.exclude(association_type="isChildOf").order_by(
        "association_type", "destination_identifier"
    )
    assert {
        (one.association_type, one.origin.human_coding_scheme, one.destination.human_coding_scheme)
        for one in ends
        if one.origin and one.destination
    } == {
        ("exactMatchOf", "X.1", "6.RP.A.1"),
        ("isRelatedTo", "X.1", "6.RP.A.2"),
        ("isRelatedTo", "X.1", "X.2"),
    }
    (told,) = [str(one) for one in report.plan.warnings if one.rule == "unknown-link"]
    assert "“MATH:6.RP.9” is no statement of this table" in told
    assert "as MER-MATH:M.6.RP.1. (and 1 more like it)" in told
    (again,) = import_frameworks(table.replace(b"unit rate", b"rate"), Choices(short_name="OWN"))
    assert again.plan.association_changes.added == 0


def test_a_crosswalk_comes_with_the_table_of_a_framework_that_follows_another_source() -> None:
    import_frameworks(as_bytes(other({"6.RP.A.1": None})), Choices(short_name="MATH"))
    load(package({"A": None, "A.1": "A"}))
    rows = [(identifier_of("A"), "A", ""), (identifier_of("A.1"), "A.1", "MATH:6.RP.1")]
    table = "identifier,code,statement,exactMatchOf\n" + "".join(
        f"{identifier},{code},What {code} says.,{same}\n" for identifier, code, same in rows
    )
    (report,) = import_frameworks(table.encode())
    assert (report.plan.association_changes.added, len(report.plan.changed)) == (1, 0)
    match = Association.objects.get(association_type="exactMatchOf")
    assert (match.origin, match.destination) == (item("A.1"), item("6.RP.A.1"))


def test_a_private_draft_is_not_found_by_its_short_name() -> None:
    import_frameworks(as_bytes(other({"6.RP.A.1": None})), Choices(short_name="MATH"))
    Framework.objects.update(adoption_status="Private Draft")
    (report,) = import_frameworks(
        b"code,statement,exactMatchOf\nX.1,Describe a ratio in words.,MATH:6.RP.A.1\n"
    )
    assert "unknown-link" in {one.rule for one in report.plan.warnings}
    assert Association.objects.get(association_type="exactMatchOf").destination is None
