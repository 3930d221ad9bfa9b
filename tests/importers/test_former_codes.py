"""A revision gives statements other codes: the old ones still find them, as long as no other statement has them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from importers.journal import pack, unpack
from importers.resources.draft import AlignmentDraft
from importers.resources.standards import resolve, target_of
from importers.services import import_framework, undo_import
from standards.exports import export
from standards.models import Item
from standards.selectors import resolve_standard
from tests.factories import StateFactory
from tests.importers.packages import Raw, as_bytes, identifier_of, package
from tests.standards.pages import text_of

pytestmark = pytest.mark.django_db
TREE = {f"6.RP.{number}": None for number in range(1, 4)}


def revised(**codes: str) -> Raw:
    """The package with other codes for some statements, which are named by their old code without its signs."""
    raw = package(TREE)
    named = {identifier_of(code): codes.get(code.replace(".", ""), code) for code in TREE}
    for item in raw["CFItems"]:
        item["humanCodingScheme"] = named[item["identifier"]]
    return raw


def meant(text: str) -> Any:
    found = resolve_standard(text)
    return found.identifier if isinstance(found, Item) else found


def test_the_old_code_finds_the_statement_in_any_spelling() -> None:
    import_framework(as_bytes(package(TREE)))
    report = import_framework(as_bytes(revised(**{"6RP3": "6.PR.7"})))
    assert [change.field for change in report.plan.changed[0].fields] == ["humanCodingScheme"]
    for text in ("6.RP.3", "6rp3", "6.PR.7"):
        assert meant(text) == identifier_of("6.RP.3")
    named = AlignmentDraft("", target_name="6.RP.3")
    assert resolve([named]).items[target_of(named)] == Item.objects.get(human_coding_scheme="6.PR.7").pk
    again = revised(**{"6RP3": "6.PR.8"})
    import_framework(as_bytes(again))
    assert {meant(text) for text in ("6.RP.3", "6.PR.7", "6.PR.8")} == {identifier_of("6.RP.3")}
    assert import_framework(as_bytes(again)).plan.is_empty


def test_a_code_is_of_the_statement_that_has_it_now() -> None:
    """A number was put in before the others: all that follow move up by one."""
    import_framework(as_bytes(package(TREE)))
    import_framework(as_bytes(revised(**{"6RP2": "6.RP.3", "6RP3": "6.RP.4"})))
    assert meant("6.RP.3") == identifier_of("6.RP.2")
    assert meant("6.RP.2") == identifier_of("6.RP.2")  # nobody has it now
    import_framework(as_bytes(revised(**{"6RP1": "6.RP.2", "6RP2": "6.RP.3", "6RP3": "6.RP.4"})))
    assert meant("6.RP.2") == identifier_of("6.RP.1")
    import_framework(as_bytes(package(TREE)))
    assert [meant(code) for code in TREE] == [identifier_of(code) for code in TREE]


def test_a_code_may_have_any_sign_in_it() -> None:
    odd = 'RP\\3 "old", {a}'
    import_framework(as_bytes(revised(**{"6RP3": odd})))
    import_framework(as_bytes(package(TREE)))
    assert Item.objects.get(human_coding_scheme="6.RP.3").former_codes == [odd]


def test_a_code_of_its_own_in_another_framework_goes_before_a_former_one() -> None:
    import_framework(as_bytes(package(TREE)))
    import_framework(as_bytes(revised(**{"6RP3": "6.PR.7"})))
    other = package({"X": None}, identifier="another")
    other["CFItems"][0]["humanCodingScheme"] = "6.RP.3"
    import_framework(as_bytes(other))
    assert meant("6.RP.3") == identifier_of("X")


def test_an_undo_forgets_it_and_an_export_has_only_what_the_source_said() -> None:
    first = import_framework(as_bytes(package(TREE))).framework
    assert first
    report = import_framework(as_bytes(revised(**{"6RP3": "6.PR.7"})))
    assert b'"6.RP.3"' not in export(first, "case-1.0").data
    assert report.record
    undo_import(report.record)
    assert meant("6.PR.7") is None
    assert Item.objects.exclude(former_codes=[]).count() == 0


def test_what_was_undone_before_there_were_former_codes_comes_back() -> None:
    """The rows that an undo by the version before has kept lack the column."""
    import_framework(as_bytes(package({"6.RP.1": None})))
    record = import_framework(as_bytes(package(TREE))).record
    assert record
    undo = undo_import(record).record
    assert meant("6.RP.3") is None
    assert undo
    kept = unpack(bytes(undo.journal))
    rows = [
        (table, {k: v for k, v in json.loads(row).items() if k != "former_codes"}) for table, row in kept.rows
    ]
    undo.journal = pack(replace(kept, rows=tuple((table, json.dumps(row)) for table, row in rows)))
    undo.save()
    undo_import(undo)
    assert meant("6.RP.3") == identifier_of("6.RP.3")


def test_people_are_told_what_it_was_called(client: Client) -> None:
    StateFactory()
    import_framework(as_bytes(package(TREE)))
    import_framework(as_bytes(revised(**{"6RP3": "6.PR.7"})))
    item = Item.objects.get(human_coding_scheme="6.PR.7")
    assert "Its code was 6.RP.3" in text_of(client.get(item.get_absolute_url()))
    assert "formerly 6.RP.3" in text_of(client.get("/standards/lookup/", {"q": "6.RP.3"}))
