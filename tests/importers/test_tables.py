"""Plain tables as districts keep them: whatever the spelling, the encoding and the way the tree is shown."""

import csv
import io
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment

from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.problems import ImportRefused
from importers.readers.headers import meaning
from importers.services import import_framework, read
from standards.models import Framework, Item, ItemAncestor

TREE = {"N": None, "N.1": "N", "N.1.a": "N.1", "N.2": "N"}
WORDS = {
    "N": "Number sense",
    "N.1": "Count on from any number",
    "N.1.a": "Count by tens",
    "N.2": "Compare two numbers",
}


def table(*rows: list[Any], mark: str = ",", end: str = "\n") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator=end).writerows(rows)
    return out.getvalue().encode()


def workbook(sheets: dict[str, list[list[Any]]], indents: bool = False) -> bytes:
    book = Workbook()
    for number, (name, rows) in enumerate(sheets.items()):
        sheet: Any = book.active if number == 0 else book.create_sheet()
        sheet.title = name
        for row in rows:
            sheet.append([cell.strip() if isinstance(cell, str) and indents else cell for cell in row])
            if indents and isinstance(row[0], str) and (indent := len(row[0]) - len(row[0].lstrip())):
                sheet.cell(sheet.max_row, 1).alignment = Alignment(indent=indent)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def draft_of(data: bytes, name: str = "framework.json") -> FrameworkDraft:
    (draft,) = read(Payload(data, name))
    return draft


def tree_of(data: bytes) -> dict[str, str | None]:
    """words: words of the parent, of the first parent's children in their order."""
    draft = draft_of(data)
    words = {item.identifier: item.full_statement for item in draft.items}
    return {
        words[link.origin_identifier]: words.get(link.destination_identifier) for link in draft.associations
    }


EXPECTED = {WORDS[code]: WORDS[parent] if parent else None for code, parent in TREE.items()}
PLAIN = [[code, WORDS[code], parent or ""] for code, parent in TREE.items()]
HEAD = ["Code", "Statement", "Parent"]
GRADED = [[*row, "6"] for row in PLAIN]
LONG = ["CCSS Code", "Full Text of the Standard", "Parent (code)", "Grade(s)"]


def indented(step: str) -> list[list[str]]:
    return [[step * code.count(".") + words, code] for code, words, _ in PLAIN]


FLAT: dict[str, bytes] = {
    "parents after their children": table(HEAD, *reversed(PLAIN)),
    "parents by identifier": table(
        ["GUID", "Statement", "Parent GUID"],
        *([f"id-{code}", words, f"id-{parent}" if parent else ""] for code, words, parent in PLAIN),
    ),
    "parents by code in another spelling": table(HEAD, *(
        [code, words, parent.lower()] for code, words, parent in PLAIN)),
    "semicolons and CRLF": table(HEAD, *PLAIN, mark=";", end="\r\n"),
    "tabs": table(HEAD, *PLAIN, mark="\t"),
    "bars": table(HEAD, *PLAIN, mark="|"),
    "old Mac line ends": table(HEAD, *PLAIN, end="\r"),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + table(HEAD, *PLAIN),
    "UTF-16 with a mark": table(HEAD, *PLAIN, mark="\t").decode().encode("utf-16"),
    "UTF-16 without a mark": table(HEAD, *PLAIN).decode().encode("utf-16-le"),
    "title rows": table(["Juniper Valley"], [], ["Mathematics, adopted 2024", "", ""], HEAD, *PLAIN),
    "ragged rows": table([*HEAD, "Notes"], *([*row, "x", "y"][: 3 + n] for n, row in enumerate(PLAIN))),
    "a depth": table(["Level", "Code", "Statement"], *([code.count(".") + 1, code, words] for code, words, _ in PLAIN)),
    "smart levels": table(
        ["smartLevel", "fullStatement"], ["1", WORDS["N"]], ["1.2", WORDS["N.2"]], ["1.1.1", WORDS["N.1.a"]],
        ["1.1", WORDS["N.1"]]),
    "spaces before the words": table(["Statement", "Code"], *indented("   ")),
    "tabs before the words": table(["Statement", "Code"], *indented("\t")),
    "a workbook": workbook({"Sheet1": [HEAD, *PLAIN]}),
    "indented cells": workbook({"Math": [["Statement", "Code"], *indented(" ")]}, indents=True),
    "one column for each level": table(
        ["Level 1", "Level 2", "Level 3", "Code"], [WORDS["N"], "", "", "N"], ["", WORDS["N.1"], "", "N.1"],
        ["", "", WORDS["N.1.a"], "N.1.a"], ["", WORDS["N.2"], "", "N.2"]),
    "Spanish": table(["Código", "Descripción", "Código padre", "Grado"], *GRADED),
    "French": table(["Code", "Énoncé", "Parent", "Niveau"], *GRADED),
    "long headers": table(LONG, *GRADED),
    "snake case": table(["statement_code", "full_statement", "parent_code", "grade_level"], *GRADED),
}  # fmt: skip


@pytest.mark.parametrize("name", FLAT)
def test_the_tree_is_found_however_it_is_shown(name: str) -> None:
    assert tree_of(FLAT[name]) == EXPECTED
    if name != "smart levels" and "identifier" not in name:
        codes = {item.full_statement: item.human_coding_scheme for item in draft_of(FLAT[name]).items}
        assert codes == {words: code for code, words in WORDS.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("name", FLAT)
def test_a_table_without_identifiers_changes_nothing_the_second_time(name: str) -> None:
    import_framework(FLAT[name])
    before = set(Item.objects.values_list("identifier", "pk"))
    assert import_framework(FLAT[name]).plan.is_empty
    assert set(Item.objects.values_list("identifier", "pk")) == before
    assert len(before) == len(TREE)


def test_windows_text_is_read_and_says_so() -> None:
    data = "Código;Descripción\nA.1;Contar hasta cien – y más\nA.2;Comparar años\n".encode("cp1252")
    draft = draft_of(data)
    assert [item.full_statement for item in draft.items] == ["Contar hasta cien – y más", "Comparar años"]
    assert "Windows-1252" in " ".join(map(str, draft.problems))


LEVELS = {
    "repeated": [
        ["Number", "Counting", "N.1", "Count on"], ["Number", "Counting", "N.2", "Count back"],
        ["Number", "Comparing", "N.3", "Compare"], ["Shape", "", "S.1", "Name shapes"],
        ["Shape", "Solids", "S.2", "Name solids"],
    ],
    "merged": [
        ["Number", "Counting", "N.1", "Count on"], ["", "", "N.2", "Count back"],
        ["", "Comparing", "N.3", "Compare"], ["Shape", "", "S.1", "Name shapes"], ["", "Solids", "S.2", "Name solids"],
    ],
    "on rows of their own": [
        ["Number", "", "", ""], ["", "Counting", "", ""], ["", "", "N.1", "Count on"], ["", "", "N.2", "Count back"],
        ["", "Comparing", "", ""], ["", "", "N.3", "Compare"], ["Shape", "", "", ""], ["", "", "S.1", "Name shapes"],
        ["", "Solids", "", ""], ["", "", "S.2", "Name solids"],
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize("as_workbook", [False, True])
def test_columns_of_levels_become_the_statements_that_rows_stand_below(name: str, as_workbook: bool) -> None:
    rows = [["Strand", "Cluster", "Code", "Standard"], *LEVELS[name]]
    data = workbook({"Math": rows}) if as_workbook else table(*rows)
    assert tree_of(data) == {
        "Number": None, "Counting": "Number", "Count on": "Counting", "Count back": "Counting", "Comparing": "Number",
        "Compare": "Comparing", "Shape": None, "Name shapes": "Shape", "Solids": "Shape", "Name solids": "Solids",
    }  # fmt: skip
    types = {item.full_statement: item.cf_item_type for item in draft_of(data).items}
    assert types["Number"] == "Strand"
    assert types["Counting"] == "Cluster"


def test_a_level_has_the_code_that_stands_beside_it_and_same_words_in_two_places_are_two_statements() -> None:
    draft = draft_of(
        table(
            ["Domain Code", "Domain", "Cluster", "Code", "Description"],
            ["NS", "Number", "Using", "NS.1", "Use numbers"],
            ["G", "Geometry", "Using", "G.1", "Use shapes"],
        )
    )
    found = [(item.human_coding_scheme, item.full_statement) for item in draft.items]
    assert found == [
        ("NS", "Number"), ("", "Using"), ("NS.1", "Use numbers"), ("G", "Geometry"), ("", "Using"), ("G.1", "Use shapes"),
    ]  # fmt: skip
    assert len({item.identifier for item in draft.items}) == 6


def test_one_level_stands_before_a_statement_that_no_header_names() -> None:
    data = table(
        ["Strand", "Ref", "Task"],
        ["Number", "N.1", "Draw it on the board"],
        ["", "N.2", "Play a game with dice"],
    )
    assert tree_of(data) == {
        "Number": None,
        "Draw it on the board": "Number",
        "Play a game with dice": "Number",
    }


def test_a_column_that_comes_and_goes_is_no_level() -> None:
    rows = [
        [["Core", "Plus"][number % 2], f"A.{number}", f"Do the thing number {number}"] for number in range(6)
    ]
    draft = draft_of(table(["Category", "Code", "Statement"], *rows))
    assert len(draft.items) == 6
    assert draft.items[0].extra == {"Category": "Core"}


def test_a_level_column_beside_parents_is_kept_under_its_own_name() -> None:
    rows = [["Number", *row] for row in PLAIN]
    draft = draft_of(table(["Strand", "Code", "Statement", "Parent"], *rows))
    assert len(draft.items) == len(TREE)
    assert {item.extra["Strand"] for item in draft.items} == {"Number"}


def test_sheets_with_the_same_columns_are_one_framework_and_their_names_tell_the_grade() -> None:
    head = ["Code", "Statement"]
    data = workbook(
        {
            "Grade K": [head, ["K.1", "Count to ten"]], "Grade 1": [head, ["1.1", "Count to hundred"]],
            "About": [["Who", "Statement of purpose"], ["We", "Why we did this for our schools"]],
        }
    )  # fmt: skip
    draft = draft_of(data, "math.xlsx")
    assert [(item.human_coding_scheme, item.education_level) for item in draft.items] == [
        ("K.1", ["Grade K"]),
        ("1.1", ["Grade 1"]),
    ]
    assert any("About" in str(problem) for problem in draft.problems)


def test_grades_as_a_json_list_are_a_list() -> None:
    draft = draft_of(
        table(["identifier", "statementCode", "description", "gradeLevel"], ["x", "A", "Count", '["1", "2"]'])
    )
    assert draft.items[0].education_level == ["1", "2"]


@pytest.mark.parametrize(
    ("header", "field"),
    [("Human  Coding Scheme", "code"), ("STANDARD #", "code"), ("Our Code", "code"), ("Grade Level(s)", "grade"),
     ("Full Statement (English)", "statement"), ("CASE GUID", "identifier"), ("Énoncé", "statement"), ("Padre", "parent"),
     ("Old code", ""), ("Teacher's notes", ""), ("Room", ""), ("", "")],
)  # fmt: skip
def test_headers_are_known_in_any_spelling_and_no_further(header: str, field: str) -> None:
    assert meaning(header)[0] == field


def test_a_correction_changes_what_it_names_and_leaves_the_rest_as_guessed() -> None:
    payload = Payload(table(["Code", "Statement", "Comment"], ["A", "Wrong column", "The right words"]))
    payload.mapping = {"comment": "statement"}
    (draft,) = read(payload)
    assert draft.columns == {"Code": "code", "Statement": "", "Comment": "statement"}
    assert draft.items[0].full_statement == "The right words"
    assert draft.items[0].extra == {"Statement": "Wrong column"}


def test_two_columns_cannot_hold_one_field_but_may_both_be_levels() -> None:
    payload = Payload(table(["A", "B", "C"], ["x", "y", "z"]))
    payload.mapping = {"A": "statement", "B": "statement"}
    with pytest.raises(
        ImportRefused, match="Only one column can hold the statement, but several are said to: A, B"
    ):
        read(payload)
    payload.mapping = {"A": "level", "B": "level", "C": "statement"}
    (draft,) = read(payload)
    assert [item.full_statement for item in draft.items] == ["x", "y", "z"]


@pytest.mark.django_db
def test_a_remembered_table_is_known_again_with_its_headers_in_another_order_and_case() -> None:
    import_framework(
        table(["Ref", "Task", "Notes"], ["A", "x", "Count"]), mapping={"Notes": "statement", "Task": "notes"}
    )
    import_framework(table(["NOTES", "ref", "task"], ["Count back", "B", "y"]))
    assert Item.objects.get(human_coding_scheme="B").full_statement == "Count back"


@pytest.mark.django_db
def test_levels_are_stored_as_a_tree_in_the_order_of_the_rows() -> None:
    import_framework(table(["Strand", "Cluster", "Code", "Standard"], *LEVELS["merged"]))
    words = list(Item.objects.order_by("position").values_list("full_statement", "depth"))
    assert words[:4] == [("Number", 0), ("Counting", 1), ("Count on", 2), ("Count back", 2)]
    assert ItemAncestor.objects.filter(ancestor__full_statement="Number", depth__gt=0).count() == 5
    assert Framework.objects.get().title


def test_a_hidden_sheet_of_last_years_statements_is_not_read_and_that_is_told() -> None:
    book = load_workbook(
        io.BytesIO(
            workbook(
                {name: [["Code", "Statement"], ["N.1", name], ["N.2", name]] for name in ("Now", "Last year")}
            )
        )
    )
    book["Last year"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    draft = draft_of(out.getvalue())
    assert {item.full_statement for item in draft.items} == {"Now"}
    assert "Last year: is hidden; it is not read." in map(str, draft.problems)


def test_a_code_that_a_workbook_shows_as_1_10_is_not_1_1() -> None:
    book = Workbook()
    sheet: Any = book.active
    for row in (["Code", "Statement"], [1.1, "First"], [1.10, "Tenth"]):
        sheet.append(row)
    sheet["A3"].number_format = "0.00"
    out = io.BytesIO()
    book.save(out)
    assert [item.human_coding_scheme for item in draft_of(out.getvalue()).items] == ["1.1", "1.10"]


@pytest.mark.parametrize(("codes", "is_told"), [((3.1, 3.2, 3.10), True), (("A.1", "A.2", "A.1"), False)])
def test_a_code_that_is_there_twice_may_be_a_number_that_lost_its_last_zero(
    codes: tuple[object, ...], is_told: bool
) -> None:
    draft = draft_of(
        workbook({"Sheet": [["Code", "Statement"], *([code, f"Says {n}"] for n, code in enumerate(codes))]})
    )
    (told,) = [str(problem) for problem in draft.problems if "the same code" in problem.message]
    assert ("takes 3.10 for the number 3.1: make the column text" in told) is is_told


def test_cells_that_show_an_error_and_codes_that_became_days_are_told() -> None:
    draft = draft_of(table(["Code", "Statement"], ["N.1", "#REF!"], ["2024-01-02", "Add"], ["N.3", "Count"]))
    assert [item.full_statement for item in draft.items] == ["", "Add", "Count"]
    told = [str(problem) for problem in draft.problems]
    assert any("row 2: has a cell that shows an error" in one for one in told), told
    assert any("row 3: has a day as its code, 2024-01-02" in one for one in told), told


def test_an_address_behind_the_words_of_its_column_is_the_address() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["Code", "Statement", "URL"])
    sheet.append(["N.1", "Count on", "Link"])
    sheet["C2"].hyperlink = "https://standards.example/n1"
    out = io.BytesIO()
    book.save(out)
    (item,) = draft_of(out.getvalue()).items
    assert item.uri == "https://standards.example/n1"
