"""Nothing is lost, and a plan says exactly what changed: on any package, against plain Python."""

import copy
import json
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers.services import import_framework
from standards.case import writer
from standards.models import Association, Framework, Item, ItemAncestor
from tests.importers.packages import (
    DOCUMENT,
    Raw,
    as_bytes,
    association,
    identifier_of,
    packages,
    statement,
    undone,
)

pytestmark = pytest.mark.django_db
MANY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def exported() -> Any:
    framework = Framework.objects.get(identifier=DOCUMENT)
    return json.loads(json.dumps(writer.package(framework, "case-1.0")))


def parents(raw: Raw) -> dict[str, frozenset[str]]:
    """The oracle: who hangs below whom, straight from the file; the document and nothing at all are the root."""
    found: dict[str, set[str]] = {item["identifier"]: set() for item in raw["CFItems"]}
    for edge in raw["CFAssociations"]:
        if edge["associationType"] == "isChildOf" and edge["originNodeURI"]["identifier"] in found:
            parent = edge["destinationNodeURI"]["identifier"]
            found[edge["originNodeURI"]["identifier"]].add("" if parent == DOCUMENT else parent)
    return {key: frozenset(value) or frozenset({""}) for key, value in found.items()}


def ancestors(edges: dict[Any, set[Any]], start: Any) -> dict[Any, int]:
    found, level, depth = {start: 0}, [start], 0
    while level:
        depth += 1
        level = [above for node in level for above in edges.get(node, ()) if above not in found]
        found.update(dict.fromkeys(level, depth))
    return found


def closure_by_walk() -> set[tuple[int, int, int]]:
    edges: dict[int, set[int]] = defaultdict(set)
    for child, parent in Association.objects.filter(association_type="isChildOf").values_list(
        "origin", "destination"
    ):
        if child and parent:
            edges[child].add(parent)
    return {
        (item, above, depth)
        for item in Item.objects.values_list("pk", flat=True)
        for above, depth in ancestors(edges, item).items()
    }


def closure() -> set[tuple[int, int, int]]:
    return set(ItemAncestor.objects.values_list("descendant", "ancestor", "depth"))


@MANY
@given(packages())
def test_any_package_goes_out_as_it_came_in_and_a_second_time_changes_nothing(raw: Raw) -> None:
    with undone():
        report = import_framework(as_bytes(raw))
        assert (len(report.plan.added), report.plan.associations) == (
            len(raw["CFItems"]),
            len(raw["CFAssociations"]),
        )
        assert exported() == raw
        assert closure() == closure_by_walk()
        assert import_framework(as_bytes(raw)).plan.is_empty
        assert import_framework(as_bytes(exported())).plan.is_empty
        positions = sorted(Item.objects.values_list("position", flat=True))
        assert positions == list(range(len(raw["CFItems"])))


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Raw, Raw]:
    """A package and what its source made of it: reworded, removed, moved and new statements, shuffled."""
    before = draw(packages())
    after = copy.deepcopy(before)
    keep = []
    for item in after["CFItems"]:
        fate = draw(st.sampled_from(["same", "same", "reworded", "gone", "annotated", "to the root"]))
        if fate == "reworded":
            item["fullStatement"] += " Reworded."
        elif fate == "annotated":
            item["sourceKey"] = draw(st.integers(0, 3))
        elif fate == "to the root":
            edges = [
                e for e in after["CFAssociations"] if e["originNodeURI"]["identifier"] != item["identifier"]
            ]
            after["CFAssociations"] = [
                *edges,
                association(item["identifier"], "isChildOf", DOCUMENT, notes="moved"),
            ]
        if fate == "gone":
            edges = [
                e for e in after["CFAssociations"] if e["originNodeURI"]["identifier"] != item["identifier"]
            ]
            after["CFAssociations"] = edges
        else:
            keep.append(item)
    for number in range(draw(st.integers(0, 2))):
        new = statement(f"NEW.{number}")
        keep.append(new)
        after["CFAssociations"].append(association(new["identifier"], "isChildOf", DOCUMENT))
    after["CFItems"] = draw(st.permutations(keep))
    return before, after


@MANY
@given(mutated())
def test_a_changed_package_gives_exactly_its_plan(pair: tuple[Raw, Raw]) -> None:
    before, after = pair
    old = {item["identifier"]: item for item in before["CFItems"]}
    new = {item["identifier"]: item for item in after["CFItems"]}
    was, now = parents(before), parents(after)
    with undone():
        import_framework(as_bytes(before))
        plan = import_framework(as_bytes(after), allow_retire=True).plan
        assert {entry.identifier for entry in plan.added} == new.keys() - old.keys()
        assert {entry.identifier for entry in plan.retired} == old.keys() - new.keys()
        changed = {key for key in new.keys() & old.keys() if new[key] != old[key]}
        assert {entry.identifier for entry in plan.changed} == changed
        moved = {key for key in new.keys() & old.keys() if was[key] != now[key]}
        assert {entry.identifier for entry in plan.moved} == moved
        assert plan.unchanged == len(new.keys() & old.keys()) - len(changed | moved)
        for entry in plan.changed:
            one, other = old[entry.identifier], new[entry.identifier]
            differing = {key for key in one.keys() | other.keys() if one.get(key, ...) != other.get(key, ...)}
            assert {change.field for change in entry.fields} == differing
        # What it says is what it did: the export is the new file, and those gone are still there, retired.
        written = exported()
        for records in ("CFItems", "CFAssociations"):
            by_id = {record["identifier"]: record for record in written.pop(records)}
            assert by_id == {record["identifier"]: record for record in after[records]}
        assert written == {
            key: value for key, value in after.items() if key not in ("CFItems", "CFAssociations")
        }
        assert (
            set(Item.objects.filter(withdrawn=True).values_list("identifier", flat=True))
            == old.keys() - new.keys()
        )
        assert not Item.objects.filter(withdrawn=True, retired_at=None).exists()
        assert closure() == closure_by_walk()
        assert import_framework(as_bytes(after)).plan.is_empty
        # And back again: those retired come back, and everything is as it was.
        back = import_framework(as_bytes(before), allow_retire=True).plan
        assert {entry.identifier for entry in back.restored} == old.keys() - new.keys()
        kept = Item.objects.filter(withdrawn=False)
        assert set(kept.values_list("identifier", flat=True)) == old.keys()
        assert closure() == closure_by_walk()


@MANY
@given(packages())
def test_a_dry_run_says_the_same_and_writes_nothing(raw: Raw) -> None:
    with undone():
        planned = import_framework(as_bytes(raw), dry_run=True).plan
        assert not Framework.objects.exists()
        assert import_framework(as_bytes(raw)).plan == planned


def test_the_order_of_rows_is_that_of_the_file() -> None:
    raw = {
        "CFDocument": {
            "identifier": DOCUMENT,
            "uri": "u",
            "creator": "c",
            "title": "t",
            "lastChangeDateTime": "2020",
        },
        "CFItems": [statement(code) for code in ("Z", "A", "M")],
        "CFAssociations": [
            association(identifier_of(code), "isChildOf", DOCUMENT) for code in ("M", "Z", "A")
        ],
    }
    import_framework(as_bytes(raw))
    assert exported() == raw
