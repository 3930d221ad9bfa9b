"""What becomes of single rows and cells of a table: nothing is lost, nothing is linked to the wrong statement."""

from datetime import date
from typing import Any

import pytest

from importers.draft import FrameworkDraft
from importers.payload import Payload
from importers.services import read
from tests.importers.test_tables import draft_of, table, tree_of, workbook

HEAD = ["Code", "Statement"]


def codes_of(draft: FrameworkDraft) -> list[str]:
    return [item.human_coding_scheme for item in draft.items]


def links_of(draft: FrameworkDraft) -> list[tuple[str, str, str]]:
    """Code, type and what is named, of the links that are no place in the tree."""
    code = {item.identifier: item.human_coding_scheme for item in draft.items}
    return [
        (
            code[link.origin_identifier],
            link.association_type,
            code.get(link.destination_identifier, link.destination_uri),
        )
        for link in draft.associations
        if link.association_type != "isChildOf"
    ]


def order_of(draft: FrameworkDraft) -> dict[str, int | None]:
    words = {item.identifier: item.full_statement for item in draft.items}
    return {words[link.origin_identifier]: link.sequence_number for link in draft.associations}


@pytest.mark.parametrize(
    ("value", "text"),
    [(6, "6"), (6.0, "6"), (6.5, "6.5"), (date(2026, 11, 27), "2026-11-27"), (None, "")],
)
def test_a_cell_of_a_workbook_is_read_as_it_is_seen(value: Any, text: str) -> None:
    draft = draft_of(
        workbook({"Math": [[*HEAD, "Ours"], ["A", "Count on", value], ["B", "Count back", "x"]]})
    )
    assert draft.items[0].extra.get("Ours", "") == (f"{text}T00:00:00" if isinstance(value, date) else text)


def test_a_formula_is_read_as_what_it_comes_to() -> None:
    """No program has worked it out here, so that there is nothing, rather than the formula."""
    draft = draft_of(
        workbook({"Math": [[*HEAD, "Ours"], ["A", "Count on", '="A"&"B"'], ["B", "Count", "x"]]})
    )
    assert "Ours" not in draft.items[0].extra


def test_a_sheet_that_has_a_name_gives_it_to_the_framework() -> None:
    rows = [HEAD, ["A", "Count on from a number"]]
    assert draft_of(workbook({"Math": rows})).document.title == "Math"
    assert draft_of(workbook({"Sheet1": rows}), "counting_on.xlsx").document.title == "counting on"
    assert draft_of(workbook({"K": rows, "1": rows}), "counting.xlsx").document.title == "counting"


def test_a_sheet_with_other_columns_is_another_table() -> None:
    rows = [HEAD, ["A", "Count on from a number"]]
    other = [["Statement", "Grade"], ["Count back from a number", "1"]]
    assert codes_of(draft_of(workbook({"K": rows, "Notes": other}))) == ["A"]


def test_rows_with_one_code_or_with_none_are_each_a_statement() -> None:
    rows = [["A", "Count on"], ["A", "Count back"], ["", "Compare"], ["", "Compare"]]
    draft = draft_of(table(HEAD, *rows))
    assert len({item.identifier for item in draft.items}) == 4
    # Which of two rows comes first does not change who they are.
    turned = draft_of(table(HEAD, rows[1], rows[0], *rows[2:]))
    assert {item.identifier: item.full_statement for item in turned.items} == {
        item.identifier: item.full_statement for item in draft.items
    }


def test_two_tables_without_a_name_are_two_frameworks_unless_they_begin_alike() -> None:
    first = [[f"A.{number}", "Count on"] for number in range(20)]

    def identifier(*rows: list[str]) -> str:
        return draft_of(table(HEAD, *rows), "").document.identifier

    assert identifier(*first) == identifier(*first, ["B", "Count back"])
    assert identifier(*first) != identifier(["B", "Count back"])


def test_what_is_longer_than_its_column_is_shown_shortened_and_kept_whole() -> None:
    (item, _other) = draft_of(table(HEAD, ["A" * 300, "Count on"], ["B", "Count back"])).items
    assert (item.human_coding_scheme, item.extra["code"]) == ("A" * 255, "A" * 300)


def test_a_row_without_words_goes_by_its_short_ones() -> None:
    draft = draft_of(table([*HEAD, "Abbreviated Statement"], ["A", "", "Count"], ["B", "Count back", ""]))
    assert [item.full_statement for item in draft.items] == ["Count", "Count back"]


def test_several_values_of_a_cell_stand_between_any_of_three_signs() -> None:
    draft = draft_of(
        table([*HEAD, "Grade", "Subject"], ["A", "Count", "1,2;3|4", "Math|Art"], ["B", "Add", "1", "Art"])
    )
    assert draft.items[0].education_level == ["1", "2", "3", "4"]
    assert draft.document.subject == ["Math", "Art"]


def test_a_parent_that_is_not_here_or_the_row_itself_is_told_and_kept() -> None:
    head = [*HEAD, "Parent"]
    draft = draft_of(table(head, ["A", "Count", "Z.9"], ["B", "Add", "B"], ["C", "Compare", "A"]))
    assert [item.extra.get("parent") for item in draft.items] == ["Z.9", "B", None]
    told = [str(problem) for problem in draft.problems if problem.rule == "lost-parent"]
    assert [line.partition(": ")[2] for line in told] == [
        "names a parent that is not here: Z.9; it stands at the root.",
        "names itself as its parent; it stands at the root.",
    ]
    assert tree_of(table(head, ["A", "Count", "Z.9"], ["B", "Add", "B"], ["C", "Compare", "A"])) == {
        "Count": None,
        "Add": None,
        "Compare": "Count",
    }


def test_a_parent_whose_code_several_rows_have_is_the_last_above() -> None:
    rows = [
        ["1", "First", ""],
        ["1.a", "In the first", "1"],
        ["1", "Second", ""],
        ["1.b", "In the second", "1"],
    ]
    data = table([*HEAD, "Parent"], *rows, ["1", "Third", ""])
    assert tree_of(data) == {
        "First": None,
        "In the first": "First",
        "Second": None,
        "In the second": "Second",
        "Third": None,
    }


def test_the_order_is_that_of_a_column_for_it_or_of_the_last_number_of_the_smart_level() -> None:
    draft = draft_of(table([*HEAD, "Sequence"], ["A", "Count", "7"], ["B", "Add", ""], ["C", "Compare", "x"]))
    assert order_of(draft) == {"Count": 7, "Add": 2, "Compare": 3}
    draft = draft_of(
        table(["smartLevel", "Statement"], ["1.", "Count"], ["1.12.", "Add"], ["1.3", "Compare"])
    )
    assert order_of(draft) == {"Count": 1, "Add": 12, "Compare": 3}


def test_a_smart_level_whose_level_above_is_missing_stands_below_the_next_one_up() -> None:
    data = table(["smartLevel", "Statement"], ["1", "Count"], ["1.2.1", "Add"], ["1.2.1.1", "Compare"])
    assert tree_of(data) == {"Count": None, "Add": "Count", "Compare": "Add"}


def test_rows_at_one_depth_stand_side_by_side() -> None:
    rows = [["1", "Count"], ["2", "Add"], ["2", "Compare"], ["1", "Measure"]]
    assert tree_of(table(["Depth", "Statement"], *rows)) == {
        "Count": None,
        "Add": "Count",
        "Compare": "Count",
        "Measure": None,
    }
    assert tree_of(table(["Statement", "Code"], ["  Count", "A"], ["Add", "B"], ["  Compare", "C"])) == {
        "Count": None,
        "Add": None,
        "Compare": None,
    }


def test_links_are_one_code_several_or_an_address() -> None:
    address = "https://x.example/a,b"
    draft = draft_of(
        table(
            [*HEAD, "isRelatedTo", "exactMatchOf"],
            ["A", "Count", "B; C", address],
            ["B", "Add", "a", ""],
            ["C", "Compare", "D, E", ""],
            ["D, E", "Measure", "B", "B"],
        )
    )
    assert links_of(draft) == [
        ("A", "isRelatedTo", "B"),
        ("A", "isRelatedTo", "C"),
        ("A", "exactMatchOf", address),
        ("B", "isRelatedTo", "A"),
        ("C", "isRelatedTo", "D, E"),
        ("D, E", "isRelatedTo", "B"),
        ("D, E", "exactMatchOf", "B"),
    ]


def test_rows_without_words_or_code_are_left_out_and_told_and_others_kept() -> None:
    draft = draft_of(
        table(
            ["GUID", *HEAD, "Grade"],
            ["", "A", "", ""],
            ["id-2", "", "", ""],
            ["", "", "", "6"],
            ["id-1", "B", "Count", "6", "more"],
        )
    )
    assert [(item.identifier, item.human_coding_scheme) for item in draft.items[1:]] == [
        ("id-2", ""),
        ("id-1", "B"),
    ]
    assert draft.items[0].human_coding_scheme == "A"
    assert draft.items[2].extra["column 5"] == "more"
    told = [str(problem) for problem in draft.problems if "left out" in problem.message]
    assert told == ["row 4: has neither statement nor code; it is left out."]


def test_of_two_rows_with_one_identifier_the_first_is_named_by_it() -> None:
    (draft,) = read(Payload(b"GUID,Statement,Parent GUID\nx,Count,\ny,Add,x\nz,Compare,y\n"))
    parents = {link.origin_identifier: link.destination_identifier for link in draft.associations}
    assert (parents["y"], parents["z"]) == ("x", "y")


def test_a_new_strand_has_clusters_of_its_own_and_a_code_belongs_to_the_level_beside_it() -> None:
    head = ["Strand", "Strand code", "Cluster", "Code", "Standard", "Ours"]
    rows = [
        ["Number", "N", "Basics", "N.1", "Count on", ""],
        ["", "", "", "N.2", "Count back", ""],
        ["Shape", "S", "", "", "", "kept"],
        ["", "", "", "S.1", "Name shapes", ""],
        ["", "", "Basics", "S.2", "Draw shapes", ""],
    ]
    draft = draft_of(table(head, *rows))
    by_words = {item.full_statement: item for item in draft.items}
    parents = {link.origin_identifier: link.destination_identifier for link in draft.associations}

    def above(words: str) -> str:
        one = parents[by_words[words].identifier]
        return next((item.full_statement for item in draft.items if item.identifier == one), "")

    assert [above(words) for words in ("Count back", "Name shapes")] == ["Basics", "Shape"]
    assert (by_words["Number"].human_coding_scheme, by_words["Shape"].human_coding_scheme) == ("N", "S")
    assert by_words["Shape"].extra["Ours"] == "kept"
    basics = [item for item in draft.items if item.full_statement == "Basics"]
    assert len({parents[one.identifier] for one in basics}) == 2


def test_what_divides_the_cells_is_counted_outside_of_quotes() -> None:
    rows = [[f"A.{number}", "Count; add; compare; measure; tell; say; read"] for number in range(3)]
    data = "Code,Statement\n" + "".join(f'{code},"{words}"\n' for code, words in rows)
    assert codes_of(draft_of(data.encode())) == ["A.0", "A.1", "A.2"]


def test_a_row_whose_parent_is_its_own_identifier_stands_at_the_root() -> None:
    data = table(["GUID", "Statement", "Parent GUID"], ["x", "Count", "x"], ["y", "Add", "x"])
    assert tree_of(data) == {"Count": None, "Add": "Count"}


def test_an_empty_cell_of_a_level_is_none_where_others_repeat_and_else_the_one_above() -> None:
    head = ["Strand", "Cluster", "Code", "Standard"]
    rows = [["Number", "Basics", "N.1", "Count on"], ["Number", "Basics", "N.2", "Count back"]]
    assert tree_of(table(head, *rows, ["Number", "", "N.3", "Compare"]))["Compare"] == "Number"
    assert tree_of(table(head, rows[0], ["Number", "", "N.3", "Compare"]))["Compare"] == "Basics"


@pytest.mark.parametrize("head", [["Code", "Statement"], ["Statement", "Code"]])
def test_the_indentation_of_the_words_is_the_tree_wherever_their_column_stands(head: list[str]) -> None:
    rows = [["N", "Count"], ["N.1", "  Count on"], ["N.2", "  Count back"]]
    data = table(head, *(row if head[0] == "Code" else row[::-1] for row in rows))
    assert tree_of(data) == {"Count": None, "Count on": "Count", "Count back": "Count"}
    slip = table(["Code", "Statement"], ["A", "Count"], ["B", " Count on"], ["C", "Compare"])
    assert set(tree_of(slip).values()) == {None}
