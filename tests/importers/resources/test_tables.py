"""Tables of resources as districts keep them, with whatever spreadsheets leave in them."""

import io

import pytest
from openpyxl import Workbook

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.resources import readers
from importers.resources.draft import Collection
from standards.grades import normalise_grades


def test_a_table_calls_its_columns_as_districts_do() -> None:
    table = "ID,Lesson Title,Web Address,Aligned Standards\n1,Paint,https://lessons.example/paint,6.RP.A.1; 6.RP.A.2\n"
    collection = readers.read(Payload(table.encode()))
    (draft,) = collection.resources
    assert (draft.url, draft.names) == (
        "https://lessons.example/paint",
        ("1", "https://lessons.example/paint"),
    )
    assert [one.target_name for one in draft.alignments] == ["6.RP.A.1", "6.RP.A.2"]
    assert not list(collection.problems)


def test_a_table_that_is_not_unicode_is_read_as_excel_saves_it_and_the_plan_says_so() -> None:
    collection = readers.read(Payload("title;grade\nBrüche malen;5\n".encode("cp1252")))
    assert [one.title for one in collection.resources] == ["Brüche malen"]
    (told,) = collection.problems
    assert "is no Unicode; read as Windows-1252" in told.message


def read_table(*rows: str) -> Collection:
    return readers.read(Payload("\n".join(rows).encode()))


def test_a_tables_row_is_kept_whole_with_cells_beyond_the_headers_and_below_the_same_one() -> None:
    collection = read_table("Title,Note,Note", "Mix paint,one,two,beyond")
    assert collection.resources[0].raw == {
        "Title": "Mix paint",
        "Note": "one",
        "Note (column 3)": "two",
        "column 4": "beyond",
    }


def test_the_surest_of_several_titles_is_the_title() -> None:
    collection = read_table(
        "Lesson,Title,Website,URL", "1,Mix paint,https://maker.example,https://a.example/1"
    )
    (draft,) = collection.resources
    assert (draft.title, draft.url, draft.kinds) == ("Mix paint", "https://a.example/1", ())
    assert (draft.raw["Lesson"], draft.raw["Website"]) == ("1", "https://maker.example")
    told = [str(problem) for problem in collection.problems]
    assert any("“Lesson” without a field here" in one for one in told), told


def test_a_row_below_the_headers_is_not_taken_for_them() -> None:
    with pytest.raises(ImportRefused, match="no column for the title"):
        read_table("What it is,Grade Band,Standards,Web Address", "Mix paint,6-8,M.6.RP.1,Lesson")


@pytest.mark.parametrize(
    "header",
    ["Standard(s) Addressed", "CCSS Standards", "State standards", "Standards (state)"],
)
def test_a_header_may_have_remarks_in_parentheses(header: str) -> None:
    (draft,) = read_table(f"Resource,Time (minutes),{header}", "Mix paint,45,M.6.RP.1").resources
    assert (draft.title, draft.duration, draft.alignments[0].target_name) == ("Mix paint", "45", "M.6.RP.1")


def test_a_table_of_lessons_says_so_in_its_header() -> None:
    assert read_table("Lesson title,Grade", "Mix paint,6").resources[0].kinds == ("Lesson",)
    given = read_table("Lesson title,Type", "Mix paint,Quiz", "Race,").resources
    assert [draft.kinds for draft in given] == [("Quiz",), ("Lesson",)]


def test_a_cell_that_shows_an_error_is_empty_and_that_is_told() -> None:
    collection = read_table("Title,URL,Grade", "Mix paint,#N/A,6", "#REF!,https://a.example/2,6")
    assert [(draft.title, draft.url) for draft in collection.resources] == [("Mix paint", "")]
    told = [str(problem) for problem in collection.problems]
    assert "row 2: has a cell that shows an error, “#N/A”; it counts as empty." in told


def test_a_hidden_sheet_is_not_read_unless_it_is_all_there_is() -> None:
    book = Workbook()
    seen, hidden = book.active, book.create_sheet("Last year")
    assert seen is not None
    for sheet, title in ((seen, "Mix paint"), (hidden, "Withdrawn lesson")):
        sheet.append(["Title", "Grade"])
        sheet.append([title, 6])
    hidden.sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    collection = readers.read(Payload(file.getvalue()))
    assert [draft.title for draft in collection.resources] == ["Mix paint"]
    assert "Last year: is a hidden sheet, so it is not read." in map(str, collection.problems)


@pytest.mark.parametrize(
    ("cell", "grades"),
    [
        ("6.0", ["06"]),
        ("5-Mar", ["03", "04", "05"]),
        ("Mar-5", ["03", "04", "05"]),
        ("12-Sep", ["09", "10", "11", "12"]),
        ("2024-06-08T00:00:00", ["06", "07", "08"]),
    ],
)
def test_grades_that_a_spreadsheet_took_for_a_number_or_a_day_are_read_as_typed(
    cell: str, grades: list[str]
) -> None:
    collection = read_table("Title,Grade", f"Mix paint,{cell}")
    assert [one for level in collection.resources[0].levels for one in normalise_grades(level)] == grades
    assert f"row 2: has “{cell}”, taken for" in " ".join(map(str, collection.problems))
    assert collection.resources[0].raw["Grade"] == cell
