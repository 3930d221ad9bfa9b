"""Every reader but CASE's, held to the one contract, and what each format has of its own."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.services import import_framework, read
from standards.models import Framework, Item
from standards.selectors import resolve_standard
from tests.importers.contract import ReaderContract, Small

ASN = "http://asn.jesandco.org/resources/"
NUMBERS = {code: f"S9000{number:03}" for number, code in enumerate(Small.statements)}
DOCUMENT = "D9000FFF"
ORDERED = Small.order


def _below(parent: str | None) -> list[str]:
    return [code for code in ORDERED if Small.statements[code][1] == parent]


class TestAsnRdfXml(ReaderContract):
    reader = "asn-rdf-xml"

    def identifier(self, code: str) -> str:
        return NUMBERS[code]

    def write(self) -> bytes:
        def children(parent: str | None) -> str:
            return "".join(f'<gemq:hasChild rdf:resource="{ASN}{NUMBERS[code]}"/>' for code in _below(parent))

        nodes = [
            (
                f'<asn:StandardDocument rdf:about="{ASN}{DOCUMENT}"><dc:title>Small ratios</dc:title>'
                f"{children(None)}</asn:StandardDocument>"
            )
        ]
        for code, (words, parent, grades) in Small.statements.items():
            above = NUMBERS[parent] if parent else DOCUMENT
            levels = "".join(
                f'<dcterms:educationLevel rdf:resource="http://purl.org/ASN/scheme/ASNEducationLevel/{int(grade)}"/>'
                for grade in grades
            )
            text = words.replace("<", "&lt;").replace(">", "&gt;")
            nodes.append(
                f'<asn:Statement rdf:about="{ASN}{NUMBERS[code]}"><dcterms:description>{text}</dcterms:description>'
                f"<asn:statementNotation>{code}</asn:statementNotation>{levels}<asn:odd>kept</asn:odd>"
                f'<asn:identifier rdf:resource="http://purl.org/ASN/resources/S1{NUMBERS[code][2:]}"/>'
                f'<gemq:isChildOf rdf:resource="{ASN}{above}"/>{children(code)}</asn:Statement>'
            )
        spaces = (
            'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:asn="http://purl.org/ASN/schema/core/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
            'xmlns:gemq="http://purl.org/gem/qualifiers/"'
        )
        return f"<?xml version='1.0'?><rdf:RDF {spaces}>{''.join(nodes)}</rdf:RDF>".encode()

    def test_unknown_predicates_are_kept(self) -> None:
        assert {item.extra["asn_odd"] for item in self.draft().items} == {"kept"}

    @pytest.mark.django_db
    def test_old_and_new_addresses_find_the_statement(self) -> None:
        import_framework(self.write())
        for name in (f"{ASN}{NUMBERS['R.2']}", f"http://purl.org/ASN/resources/S1{NUMBERS['R.2'][2:]}"):
            found = resolve_standard(name)
            assert isinstance(found, Item)
            assert found.human_coding_scheme == "R.2"

    def test_entities_are_refused(self) -> None:
        bomb = b'<!DOCTYPE r [<!ENTITY a "b">]>' + self.write().partition(b"?>")[2]
        with pytest.raises(ImportRefused, match="entities"):
            read(Payload(bomb))


class TestAsnRdfJson(ReaderContract):
    reader = "asn-rdf-json"

    def identifier(self, code: str) -> str:
        return NUMBERS[code]

    def write(self) -> bytes:
        core, terms, gem = (
            "http://purl.org/ASN/schema/core/",
            "http://purl.org/dc/terms/",
            "http://purl.org/gem/qualifiers/",
        )

        def literal(text: str) -> list[dict[str, str]]:
            return [{"value": text, "type": "literal"}]

        def children(parent: str | None) -> list[dict[str, str]]:
            return [{"value": ASN + NUMBERS[code], "type": "uri"} for code in _below(parent)]

        kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
        nodes: dict[str, Any] = {
            ASN + DOCUMENT: {
                kind: [{"value": f"{core}StandardDocument", "type": "uri"}],
                "http://purl.org/dc/elements/1.1/title": literal("Small ratios"),
                f"{gem}hasChild": children(None),
            }
        }
        for code, (words, _, grades) in Small.statements.items():
            nodes[ASN + NUMBERS[code]] = {
                kind: [{"value": f"{core}Statement", "type": "uri"}],
                f"{terms}description": literal(words),
                f"{core}statementNotation": literal(code),
                f"{terms}isPartOf": [{"value": ASN + DOCUMENT, "type": "uri"}],
                f"{terms}educationLevel": [
                    {"value": f"http://purl.org/ASN/scheme/ASNEducationLevel/{int(grade)}", "type": "uri"}
                    for grade in grades
                ],
                f"{gem}hasChild": children(code),
            }
        return json.dumps(nodes).encode()


class TestAsnManifest(ReaderContract):
    reader = "asn-manifest"

    def identifier(self, code: str) -> str:
        return NUMBERS[code]

    def write(self) -> bytes:
        def member(code: str) -> dict[str, Any]:
            words, _, grades = Small.statements[code]
            levels = [
                {"uri": f"http://purl.org/ASN/scheme/ASNEducationLevel/{int(grade)}", "prefLabel": grade}
                for grade in grades
            ]
            return {
                "id": ASN + NUMBERS[code],
                "text": words,
                "dcterms_description": {"literal": words, "language": "en-US"},
                "asn_statementNotation": code,
                "dcterms_educationLevel": levels[0] if len(levels) == 1 else levels,
                "children": [member(child) for child in _below(code)],
            }

        return json.dumps([member(code) for code in _below(None)]).encode()


class TestCommonStandardsProjectSet(ReaderContract):
    reader = "csp"

    def identifier(self, code: str) -> str:
        return NUMBERS[code]

    def set_of(self, grade: str, codes: list[str], *, with_ancestors: bool = True) -> dict[str, Any]:
        ids = {code: f"SET{grade}{number}" for number, code in enumerate(ORDERED)}
        standards = {}
        for number, code in enumerate(codes):
            words, parent, _ = Small.statements[code]
            standards[ids[code]] = {
                "id": ids[code],
                "asnIdentifier": NUMBERS[code],
                "position": 1000 * (number + 1),
                "depth": 0 if parent is None else 1,
                "statementNotation": code,
                "description": words,
            }
            if with_ancestors:
                standards[ids[code]]["ancestorIds"] = [ids[parent]] if parent else []
        document = {"id": "X1", "title": "Small ratios", "asnIdentifier": DOCUMENT}
        one = {"id": f"J_{grade}", "title": grade, "educationLevels": [grade], "document": document}
        return {"data": one | {"standards": dict(reversed(standards.items()))}}

    def write(self) -> bytes:
        return json.dumps([self.set_of("06", ["R", "R.1", "R.2"]), self.set_of("07", ["R", "R.10"])]).encode()

    @pytest.mark.django_db
    def test_a_statement_without_grades_takes_those_above_it(self) -> None:
        """A set's grade is that of all its statements, and a statement in two sets has both."""
        import_framework(self.write())
        grades = dict(Item.objects.values_list("human_coding_scheme", "grades"))
        assert grades == {"R": ["06", "07"], "R.1": ["06"], "R.2": ["06"], "R.10": ["07"]}

    @pytest.mark.django_db
    def test_sets_that_arrive_one_by_one_join_and_retire_nothing(self) -> None:
        for one in (self.set_of("06", ["R", "R.1", "R.2"]), self.set_of("07", ["R", "R.10"])):
            import_framework(json.dumps(one).encode())
        assert Framework.objects.count() == 1
        found = list(Item.objects.filter(retired_at=None).order_by("position"))
        assert [item.human_coding_scheme for item in found] == list(ORDERED)
        assert found[0].grades == ["06", "07"]
        again = import_framework(json.dumps(self.set_of("06", ["R", "R.1", "R.2"])).encode())
        assert again.plan.is_empty

    def test_without_ancestors_depth_and_position_make_the_tree(self) -> None:
        (draft,) = read(
            Payload(json.dumps(self.set_of("06", ["R", "R.1", "R.2"], with_ancestors=False)).encode())
        )
        parents = {link.origin_identifier: link.destination_identifier for link in draft.associations}
        assert parents == {NUMBERS["R"]: DOCUMENT, NUMBERS["R.1"]: NUMBERS["R"], NUMBERS["R.2"]: NUMBERS["R"]}


class TestKnowledgeGraph(ReaderContract):
    reader = "knowledge-graph"

    def identifier(self, code: str) -> str:
        return f"case-{NUMBERS[code]}"

    def write(self) -> bytes:
        lines: list[dict[str, Any]] = [
            {"type": "node", "identifier": "n-doc", "labels": ["StandardsFramework"],
             "properties": {"name": "Small ratios", "caseIdentifierUUID": "case-doc"}}
        ]  # fmt: skip
        for code, (words, _, grades) in Small.statements.items():
            properties = {
                "caseIdentifierUUID": self.identifier(code), "statementCode": code, "description": words,
                "gradeLevel": json.dumps([str(int(grade)) for grade in grades]), "attributionStatement": "By us",
            }  # fmt: skip
            labels = ["StandardsFrameworkItem"]
            lines.append(
                {"type": "node", "identifier": f"n-{code}", "labels": labels, "properties": properties}
            )
        for code in ORDERED:
            parent = Small.statements[code][1]
            lines.append(
                {"type": "relationship", "label": "hasChild", "properties": {"targetEntityKey": "caseIdentifierUUID"},
                 "source_identifier": f"n-{parent}" if parent else "n-doc", "target_identifier": f"n-{code}"}
            )  # fmt: skip
        return "\n".join(json.dumps(line) for line in lines).encode()

    def test_attribution_stays_with_each_statement(self) -> None:
        assert {item.extra["attributionStatement"] for item in self.draft().items} == {"By us"}

    def test_what_ends_a_line_for_unicode_may_stand_in_a_text(self) -> None:
        data = self.write().decode().replace('"By us"', '"By\u2028us\u0085"')
        (draft,) = read(Payload(data.encode()))
        assert {item.extra["attributionStatement"] for item in draft.items} == {"By\u2028us\u0085"}

    def test_more_lists_and_records_than_memory_holds_are_refused(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("importers.payload.MAX_BRACKETS", 3)
        with pytest.raises(ImportRefused, match="more than 3 lists and records"):
            read(Payload(self.write()))

    @pytest.mark.django_db
    def test_the_node_identifier_finds_the_statement_too(self) -> None:
        import_framework(self.write())
        found = resolve_standard("n-R.10")
        assert isinstance(found, Item)
        assert found.identifier == self.identifier("R.10")


class TestOpenSaltWorkbook(ReaderContract):
    reader = "opensalt-xlsx"

    def identifier(self, code: str) -> str:
        return f"id-{code}"

    def write(self) -> bytes:
        levels = {"R": "1", "R.1": "1.1", "R.2": "1.2", "R.10": "1.10"}
        book = Workbook()
        sheet: Any = book.active
        sheet.title = "CF Doc"
        sheet.append(["identifier", "creator", "title"])
        sheet.append(["doc-1", "Juniper Valley", "Small ratios"])
        sheet = book.create_sheet("CF Item")
        sheet.append(
            ["Identifier", "fullStatement", "Human Coding Scheme", "smartLevel", "educationLevel", "Our own"]
        )
        for code, (words, _, grades) in Small.statements.items():
            sheet.append([f"id-{code}", words, code, levels[code], ",".join(grades), "kept"])
        book.create_sheet("CF Association")
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    @pytest.mark.django_db
    def test_the_same_input_twice_changes_nothing(self) -> None:
        super().test_the_same_input_twice_changes_nothing()

    def test_a_column_of_their_own_is_kept(self) -> None:
        assert {item.extra["Our own"] for item in self.draft().items} == {"kept"}


class TestTable(ReaderContract):
    reader = "table"

    def identifier(self, code: str) -> str:
        return f"id-{code}"

    def write(self) -> bytes:
        out = io.StringIO()
        rows = csv.writer(out)
        rows.writerow(["Small ratios of Juniper Valley"])
        rows.writerow(
            ["GUID", "Standard Code", "Full  Statement", "PARENT", "Grade Level(s)", "Sort order", "Room"]
        )
        for code in reversed(Small.statements):
            words, parent, grades = Small.statements[code]
            rows.writerow(
                [f"id-{code}", code, words, parent or "", ",".join(grades), ORDERED.index(code), "12"]
            )
        return b"\xef\xbb\xbf" + out.getvalue().encode()

    @pytest.mark.django_db
    @pytest.mark.parametrize("share", [0.5])
    def test_a_file_that_was_cut_off_is_refused_and_writes_nothing(self, share: float) -> None:
        """Rows that are missing at the end nobody can see; a cell that is cut in its quotes is."""
        data = b'code,statement\nA,"Words that are whole"\nB,"Words that are cut'
        with pytest.raises(ImportRefused, match="cut off"):
            import_framework(data)
        assert not Framework.objects.exists()

    def test_the_title_above_the_header_is_the_framework_and_other_columns_are_kept(self) -> None:
        draft = self.draft()
        assert draft.document.title == "Small ratios of Juniper Valley"
        assert {item.extra["Room"] for item in draft.items} == {"12"}
        assert draft.columns["GUID"] == "identifier"

    @pytest.mark.parametrize("mark", [",", ";", "\t"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_any_delimiter_and_line_end_is_read(self, mark: str, end: str) -> None:
        rows = [["Code", "Statement", "Parent"], ["A.1", "Count on from a number", "A"], ["A", "Count", ""]]
        (draft,) = read(Payload(end.join(mark.join(row) for row in rows).encode(), "counting.csv"))
        by_code = {item.human_coding_scheme: item.identifier for item in draft.items}
        parents = {link.origin_identifier: link.destination_identifier for link in draft.associations}
        assert parents[by_code["A.1"]] == by_code["A"]

    def test_columns_can_be_corrected_and_a_wrong_correction_is_refused(self) -> None:
        payload = Payload(b"Ref,What students will do,Notes\nA,Count on from any number,Count\n", "x.csv")
        payload.mapping = {"ref": "code", "Notes": "statement", "What students will do": "notes"}
        (draft,) = read(payload)
        assert draft.items[0].full_statement == "Count"
        assert draft.items[0].notes == "Count on from any number"
        wrong = Payload(b"Ref,Statement\nA,Count\n")
        wrong.mapping = {"Reff": "code"}
        with pytest.raises(ImportRefused, match="no column 'Reff'"):
            read(wrong)

    @pytest.mark.django_db
    def test_a_correction_is_remembered_for_the_next_table_with_these_headers(self, tmp_path: Path) -> None:
        one, other = tmp_path / "one.csv", tmp_path / "other.csv"
        one.write_text("Ref,Task,Notes\nA,Count on from any number,Count\n")
        other.write_text("Ref,Task,Notes\nB,Count back from any number,Count back\n")
        import_framework(one, mapping={"Ref": "code", "Notes": "statement", "Task": "notes"})
        import_framework(other)
        assert Item.objects.get(human_coding_scheme="B").full_statement == "Count back"


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importers.readers.sheets.MAX_UNPACKED", 1000)
    with pytest.raises(ImportRefused, match="unpacks to more"):
        read(Payload(TestOpenSaltWorkbook().write()))


def test_a_table_without_statements_says_which_columns_it_has() -> None:
    with pytest.raises(ImportRefused, match="GUID, grade"):
        read(Payload(b"GUID,grade\n1,3\n2,4\n3,5\n"))
