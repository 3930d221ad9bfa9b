"""What a plan says, and that the command line, the admin page and the JSON say the same."""

import copy
import html
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from importers import jobs, plan_text
from importers.models import FrameworkImport
from importers.plan import Plan
from importers.services import import_framework
from importers.worddiff import Part, compare
from people.models import Role
from standards.models import Item
from tests.factories import StateFactory, resource
from tests.importers.asking import page, person
from tests.importers.loading import item, other, without
from tests.importers.packages import (
    Raw,
    as_bytes,
    association,
    below,
    identifier_of,
    link,
    package,
    statement,
)
from tests.repository.pages import signed_in

pytestmark = pytest.mark.django_db
TREE = {"A": None, "A.1": "A", "A.2": "A", "A.3": "A", "A.4": "A"} | {f"B.{n}": None for n in range(40)}


def planned(raw: Raw, **options: Any) -> Plan:
    return import_framework(as_bytes(raw), dry_run=True, **options).plan


def groups(plan: Plan) -> list[tuple[str, list[str], list[str], int]]:
    return [
        (
            group.kind,
            [entry.code or entry.statement for entry in group.before],
            [entry.code or entry.statement for entry in group.after],
            group.resources,
        )
        for group in plan.replaced
    ]


def becomes(raw: Raw, *gone: str, new: dict[str, str | None], links: list[tuple[str, str, str]]) -> Raw:
    """The package without some statements, with new ones, and with links between codes."""
    after = without(raw, *gone)
    for code, parent in new.items():
        after["CFItems"].append(statement(code))
        after["CFAssociations"].append(below(code, parent))
    after["CFAssociations"] += [
        association(identifier_of(one), kind, identifier_of(two)) for one, kind, two in links
    ]
    return after


def test_a_statement_that_becomes_several_is_a_split() -> None:
    import_framework(as_bytes(package(TREE)))
    resource(alignments=[{"item": item("A.1")}])
    after = becomes(
        package(TREE), "A.1", new={"N.1": "A", "N.2": "A"},
        links=[("A.1", "replacedBy", "N.1"), ("A.1", "replacedBy", "N.2")],
    )  # fmt: skip
    assert groups(planned(after)) == [("split", ["A.1"], ["N.1", "N.2"], 1)]


def test_several_statements_that_become_one_are_a_merger_and_one_for_one_is_a_replacement() -> None:
    import_framework(as_bytes(package(TREE)))
    after = becomes(
        package(TREE), "A.1", "A.2", "A.3", new={"N.1": "A"},
        links=[("A.1", "replacedBy", "N.1"), ("A.2", "replacedBy", "N.1"), ("A.3", "replacedBy", "A.4")],
    )  # fmt: skip
    assert groups(planned(after)) == [
        ("merged", ["A.1", "A.2"], ["N.1"], 0),
        ("replaced", ["A.3"], ["A.4"], 0),
    ]


def test_several_that_become_several_together_are_one_group() -> None:
    import_framework(as_bytes(package(TREE)))
    after = becomes(
        package(TREE), "A.1", "A.2", new={"N.1": "A", "N.2": "A"},
        links=[("A.1", "replacedBy", "N.1"), ("A.1", "replacedBy", "N.2"), ("A.2", "replacedBy", "N.2")],
    )  # fmt: skip
    assert groups(planned(after)) == [("rearranged", ["A.1", "A.2"], ["N.1", "N.2"], 0)]


@pytest.mark.parametrize("kind", ["exactMatchOf", "isPeerOf"])
@pytest.mark.parametrize("turned", [False, True])
def test_a_new_statement_that_is_said_to_be_the_same_as_one_that_goes_replaces_it(
    kind: str, turned: bool
) -> None:
    import_framework(as_bytes(package(TREE)))
    ends = [("N.1", kind, "A.1"), ("A.2", kind, "B.1")]
    after = becomes(
        package(TREE), "A.1", new={"N.1": "A"}, links=[(b, k, a) for a, k, b in ends] if turned else ends
    )
    assert groups(planned(after)) == [("replaced", ["A.1"], ["N.1"], 0)]


def test_a_statement_that_stays_may_name_its_successor_and_one_elsewhere_is_told_by_its_title() -> None:
    import_framework(as_bytes(package(TREE)))
    after = copy.deepcopy(package(TREE))
    edge = association(identifier_of("A.1"), "replacedBy", "somewhere")
    after["CFAssociations"].append(
        {**edge, "destinationNodeURI": link("somewhere", "X.9 of the new framework")}
    )
    assert groups(planned(after)) == [("replaced", ["A.1"], ["X.9 of the new framework"], 0)]
    import_framework(as_bytes(after))
    after["CFDocument"]["version"] = "2"
    assert groups(planned(after)) == []


def test_a_statement_that_its_source_has_ended_is_told_apart_and_comes_back_when_it_holds_again() -> None:
    import_framework(as_bytes(package(TREE)))
    after = copy.deepcopy(package(TREE))
    after["CFItems"][1]["statusEndDate"] = "2020-06-30"
    resource(alignments=[{"item": item("A.1")}])
    plan = import_framework(as_bytes(after)).plan
    assert ([entry.code for entry in plan.ended], plan.retired, plan.resources) == (["A.1"], (), 1)
    assert item("A.1").retired_at is not None
    back = import_framework(as_bytes(package(TREE))).plan
    assert [entry.code for entry in back.restored] == ["A.1"]
    assert item("A.1").retired_at is None


def test_a_statement_whose_last_day_came_is_told_though_its_file_is_the_same() -> None:
    raw = package(TREE)
    raw["CFItems"][1]["statusEndDate"] = "2020-06-30"
    import_framework(as_bytes(raw))
    Item.objects.filter(identifier=identifier_of("A.1")).update(retired_at=None)
    assert [entry.code for entry in planned(raw).ended] == ["A.1"]


def revised() -> Raw:
    """One of everything: added, reworded, moved, ended, retired, split, brought back."""
    after = becomes(
        package(TREE), "A.3", new={"N.1": "A", "N.2": "A"},
        links=[("A.3", "replacedBy", "N.1"), ("A.3", "replacedBy", "N.2")],
    )  # fmt: skip
    after["CFDocument"]["version"] = "2026"
    by_code = {entry["humanCodingScheme"]: entry for entry in after["CFItems"]}
    by_code["A.1"]["fullStatement"] = "What A.1 now says <b>loudly</b>."
    by_code["A.2"]["statusEndDate"] = "2020-06-30"
    edges = [
        edge
        for edge in after["CFAssociations"]
        if edge["originNodeURI"]["identifier"] != identifier_of("A.4")
    ]
    after["CFAssociations"] = [*edges, below("A.4", "B.1")]
    return after


def words(page: str) -> str:
    """What a person reads of a page: no markup, no hidden words, single spaces."""
    text = re.sub(r'<span class="w-sr-only">.*?</span>', "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_command_line_page_and_json_show_the_same_plan(tmp_path: Path) -> None:
    import_framework(as_bytes(package(TREE)))
    import_framework(as_bytes(without(package(TREE), "B.39")))
    for code in ("A.1", "A.3", "A.3", "A.4", "B.39"):
        resource(alignments=[{"item": item(code)}])
    source = tmp_path / "revised.json"
    source.write_bytes(as_bytes(revised()))
    text, said = StringIO(), StringIO()
    call_command("import_framework", str(source), "--dry-run", "--all", stdout=text, stderr=StringIO())
    call_command("import_framework", str(source), "--dry-run", "--json", stdout=said, stderr=StringIO())
    plan = json.loads(said.getvalue())
    admin = person(Role.STATE_ADMIN, StateFactory())
    record = jobs.start(user=admin, data=source.read_bytes(), name="revised.json")
    jobs.plan_now(record.pk)
    record.refresh_from_db()
    on_page = words(page(signed_in(admin), record))
    in_text = text.getvalue()
    assert record.plan == plan["plan"]
    numbers = plan["plan"]["counts"]
    assert numbers == {key: plan[key] for key in numbers} == {key: record.counts[key] for key in numbers}
    expected = {"added": 2, "changed": 2, "moved": 1, "retired": 1, "ended": 1, "restored": 1, "split": 1, "merged": 0,
                "replaced": 0, "rearranged": 0, "unchanged": 40, "resources": 5}  # fmt: skip
    assert {key: plan[key] for key in expected} == expected
    for name, number in expected.items():
        told = "resource alignments touched" if name == "resources" else name
        assert f"{number} {told}" in in_text
    for seen in ("2 added", "2 changed", "1 moved", "1 retired", "1 ended", "1 brought back", "1 split",
                 "5 resource alignments touched"):  # fmt: skip
        assert seen in on_page
    # The same statements with the same words and numbers of resources, in each kind.
    for kind in ("added", "changed", "moved", "retired", "ended", "restored"):
        for entry in plan["plan"][kind]:
            touched = (
                f" ({entry['resources']} resource{'s' * (entry['resources'] != 1)})"
                if entry["resources"]
                else ""
            )
            assert f"{kind}: {entry['code']} {entry['statement']}{touched}" in in_text
            assert entry["code"] in on_page
    assert "fullStatement: What A.1 {+now +}says{+ <b>loudly</b>+}." in in_text
    assert "from A to B.1" in in_text
    assert "From A to B.1" in on_page
    assert "What A.1 now says <b>loudly</b> ." in on_page
    assert "- A.3 What A.3 says. (2 resources)" in in_text
    assert "Split A.3 What A.3 says. N.1 What N.1 says. N.2 What N.2 says. 2" in on_page
    assert "version: {+2026+}" in in_text
    assert "Version 2026" in on_page
    in_mail = "\n".join(plan_text.lines("Revised", record.plan, record.warnings, in_labels=True))
    assert "2 added, 2 changed, 1 moved, 1 retired, 1 ended, 1 brought back" in in_mail
    assert "Statement: What A.1 {+now +}says{+ <b>loudly</b>+}." in in_mail
    assert "Version: {+2026+}" in in_mail


def test_a_long_list_is_cut_on_the_command_line_and_says_so(tmp_path: Path) -> None:
    source = tmp_path / "new.json"
    source.write_bytes(as_bytes(package(TREE)))
    text = StringIO()
    call_command("import_framework", str(source), "--dry-run", stdout=text, stderr=StringIO())
    assert "… and 35 more added" in text.getvalue()


def test_a_mail_has_some_of_the_remarks_about_a_file_and_says_so(tmp_path: Path) -> None:
    source = tmp_path / "new.json"
    source.write_bytes(as_bytes(package(TREE)))
    text = StringIO()
    call_command("import_framework", str(source), "--dry-run", "--json", stdout=text, stderr=StringIO())
    plan = json.loads(text.getvalue())["plan"]
    remarks = [{"severity": "warning", "path": f"row {n}", "message": "has no code."} for n in range(11)]
    in_mail = list(plan_text.lines("New", plan, remarks, in_labels=True))
    assert "  warning: row 9: has no code." in in_mail
    assert "  … and 1 more remark about the file" in in_mail
    assert not [line for line in in_mail if "row 10" in line]
    assert "  warning: row 10: has no code." in plan_text.lines("New", plan, remarks)


def test_a_replacement_across_frameworks_counts_no_stranger(tmp_path: Path) -> None:
    """The successor may be stored in another framework: it is told by the link's title, and nothing breaks."""
    import_framework(as_bytes(package(TREE)))
    import_framework(as_bytes(other({"X": None})))
    after = becomes(package(TREE), "A.1", new={}, links=[("A.1", "replacedBy", "X")])
    assert groups(planned(after)) == [("replaced", ["A.1"], ["A title"], 0)]
    assert FrameworkImport.objects.count() == 2


def test_a_change_from_nothing_to_an_empty_list_is_seen():
    assert [part.text for part in compare(None, [])] == ["(empty)"]


def test_a_changed_date_is_shown_whole_before_and_after() -> None:
    before, after = "2017-10-24T17:19:51+00:00", "2026-11-26T01:00:00Z"
    assert compare(before, after) == [Part("gone", before), Part("new", after)]
    assert compare("Valid to 2017-10-24.", "Valid to 2017-11-24.") == [
        Part("same", "Valid to "),
        Part("gone", "2017-10-24"),
        Part("new", "2017-11-24"),
        Part("same", "."),
    ]
