"""Tables of resources as districts keep them, with whatever spreadsheets leave in them."""

import io
from collections.abc import Sequence

import pytest
from openpyxl import Workbook

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.resources import readers
from importers.resources.draft import Collection
from importers.resources.services import import_resources
from people.models import District
from repository.models import ResourcePage
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


def sheets(named: dict[str, list[list[object]]], merged: Sequence[str] = ()) -> bytes:
    book = Workbook()
    for number, (name, rows) in enumerate(named.items()):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = name
        for row in rows:
            sheet.append(row)
        for reference in merged:
            sheet.merge_cells(reference)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_of_several_sheets_each_may_be_named_after_its_grade() -> None:
    head: list[object] = ["Title", "Grade"]
    collection = readers.read(
        Payload(
            sheets({
                "Grade 3": [head, ["Race"], ["Sum", 4]], "Kindergarten": [head, ["Count"]], "Sheet3": [head, ["Any"]],
                "How to": [["Read me first"], ["Please"]],
            })
        )
    )  # fmt: skip
    assert [(one.title, one.levels) for one in collection.resources] == [
        ("Race", ("Grade 3",)),
        ("Sum", ("4",)),
        ("Count", ("Kindergarten",)),
        ("Any", ()),
    ]
    told = [str(problem) for problem in collection.problems]
    assert "How to: has no column for the title, so it is not read." in told
    assert "Grade 3, row 2: says no grade; taken for its sheet’s, “Grade 3”." in told
    alone = readers.read(Payload(sheets({"Grade 3": [head, ["Race"]]})))
    assert alone.resources[0].levels == ()


def test_what_is_merged_downwards_is_each_rows_except_the_title() -> None:
    rows: list[list[object]] = [
        ["Grade", "Unit", "Title", "Standards"],
        [6, "Ratios", "Mix paint", "6.RP.1"],
        [None, None, "Race", "6.RP.2"],
        [7, "Angles", "Turn", "7.G.1"],
    ]
    collection = readers.read(Payload(sheets({"Plan": rows}, ["A2:A3", "B2:B3"])))
    assert [(one.title, one.levels, [part.name for part in one.part_of]) for one in collection.resources] == [
        ("Mix paint", ("6",), ["Ratios"]),
        ("Race", ("6",), ["Ratios"]),
        ("Turn", ("7",), ["Angles"]),
    ]
    assert collection.resources[1].raw == {"Title": "Race", "Standards": "6.RP.2"}


def test_the_rows_below_a_merged_title_are_one_resource_with_several_standards() -> None:
    rows: list[list[object]] = [
        ["Title", "Grade", "Standards", "Minutes", "Link"],
        ["Mix paint", 6, "6.RP.1", 45, "https://a.example/1"],
        [None, 6, "6.RP.2", 50, None],
        [None, 7, "7.RP.2; 6.RP.1", None, "https://a.example/2"],
        ["Race", 3, "3.MD.1", None, None],
        [None, None, "3.MD.2", None, None],
    ]
    collection = readers.read(Payload(sheets({"Plan": rows}, ["A2:A4"])))
    mix, race = collection.resources
    assert (mix.title, mix.levels, mix.duration, mix.url) == (
        "Mix paint",
        ("6", "7"),
        "45",
        "https://a.example/1",
    )
    assert [one.target_name for one in mix.alignments] == ["6.RP.1", "6.RP.2", "7.RP.2"]
    assert (mix.raw["Standards"], mix.raw["Standards (2)"], mix.raw["Link (3)"]) == (
        "6.RP.1",
        "6.RP.2",
        "https://a.example/2",
    )
    told = [str(problem) for problem in collection.problems]
    assert any(
        "row 3: belongs to “Mix paint”, whose title is merged over it. (and 1 more like it)" in one
        for one in told
    )
    assert any("row 4: leads elsewhere than the first row of “Mix paint”" in one for one in told), told
    assert [one.target_name for one in race.alignments] == ["3.MD.1", "3.MD.2"]
    assert any("row 6: has standards and nothing else, right below “Race”" in one for one in told)


def test_rows_below_a_merged_cell_that_is_no_title_join_nothing_of_another_sheet() -> None:
    head: list[object] = ["Title", "Standards"]
    named: dict[str, list[list[object]]] = {
        "One": [head, ["Mix paint", "6.RP.1"], [None, "6.RP.2"]],
        "Two": [head, ["#REF!", "6.RP.3"], [None, "6.RP.4"]],
    }
    collection = readers.read(Payload(sheets(named, ["A2:A3"])))
    (mix,) = collection.resources
    assert [one.target_name for one in mix.alignments] == ["6.RP.1", "6.RP.2"]


def test_headers_that_are_said_again_on_each_page_are_no_resources() -> None:
    collection = read_table("Title,Grade", "Mix paint,6", "Title,Grade", "Race,3")
    assert [one.title for one in collection.resources] == ["Mix paint", "Race"]


def test_of_several_addresses_in_one_cell_the_first_counts() -> None:
    collection = read_table("Title,URL", 'Mix,"https://a.example/1, https://a.example/2"')
    assert collection.resources[0].url == "https://a.example/1"
    assert "row 2: has several addresses in one cell" in " ".join(map(str, collection.problems))


def test_the_questions_of_a_form_are_headers_and_the_plan_says_for_what_they_are_taken() -> None:
    head = (
        "Timestamp,Email Address,What is your job title?,What is the name of your resource?,Please paste a link to it,"
        "What grade level(s) is this for?,Which subject?,Type of resource,Briefly describe the resource,"
        "Which standards does it address?,May we share the link?"
    )
    row = (
        "9/3/2026 14:02:11,kim@harbor.example,Teacher,Water Cycle,https://docs.example/1,\"3rd Grade, 4th Grade\",Science,"
        "Lesson,Stations.,5-ESS2-1,Yes"
    )  # fmt: skip
    collection = read_table(head, row)
    (draft,) = collection.resources
    assert (draft.title, draft.url, draft.levels) == (
        "Water Cycle",
        "https://docs.example/1",
        ("3rd Grade", "4th Grade"),
    )
    assert (draft.subjects, draft.kinds, draft.description) == (("Science",), ("Lesson",), "Stations.")
    assert [one.target_name for one in draft.alignments] == ["5-ESS2-1"]
    told = [str(problem) for problem in collection.problems]
    assert "row 1: has a column “What is the name of your resource?” taken for the title." in told
    assert (
        "row 1: has a column “What is your job title?” without a field here; it is kept with the record."
        in told
    )


def test_boxes_that_were_ticked_are_several_kinds_and_subjects(district: District) -> None:
    rows = b'Title,Type,Subject\nMix,"Worksheet, Lesson plan","Math, Science"\nRace,Quiz,"Dance, and more"\n'
    import_resources(rows, district=district)
    mix, race = ResourcePage.objects.order_by("path")
    assert mix.kind.slug == "task"
    assert {one.slug for one in mix.subjects.all()} == {"mathematics", "science"}
    assert [tag.name for tag in race.tags.all()] == ["Dance, and more"]


def test_prose_above_or_below_the_headers_is_no_question() -> None:
    collection = read_table(
        "This is the link list of our lessons by grade", "Title,Grade", "The title of a book by standards,6"
    )
    assert [(one.title, one.levels) for one in collection.resources] == [
        ("The title of a book by standards", ("6",))
    ]


@pytest.mark.parametrize(
    ("head", "row", "title"),
    [
        ("course_id,short_name,long_name,course_url", "A1,Alg,Algebra 1,https://c.example/1", "Algebra 1"),
        (
            "Course Name,Course Code,Subject Area,Grade Range,Link",
            "Biology,BIO,Science,9-12,https://s.example/1",
            "Biology",
        ),
    ],
    ids=["Canvas", "Schoology"],
)
def test_a_list_of_courses_has_its_titles(head: str, row: str, title: str) -> None:
    (draft,) = read_table(head, row).resources
    assert draft.title == title
    assert draft.url.startswith("https://")


def test_a_librarys_list_has_its_isbns_and_subject_headings() -> None:
    (draft,) = read_table(
        "Title,ISBN,Subject Headings", 'Web,"=""0064400557""",Spiders -- Fiction|Pigs'
    ).resources
    assert (draft.names, draft.topics) == (("0064400557",), ("Spiders -- Fiction", "Pigs"))


@pytest.mark.parametrize("header", ["Lesson / Activity Name*", "Resource/Title", "Title / Name of resource"])
def test_a_header_may_have_two_words_for_one_thing(header: str) -> None:
    (draft,) = read_table(f"{header},Gr.,Subj", "Mix paint,4/5,Math").resources
    assert (draft.title, draft.levels, draft.subjects) == ("Mix paint", ("4/5",), ("Math",))


def test_a_header_for_two_things_is_neither() -> None:
    (draft,) = read_table("Title,Grade/Subject", "Mix paint,6 Math").resources
    assert (draft.levels, draft.subjects, draft.raw["Grade/Subject"]) == ((), (), "6 Math")


def test_a_refused_table_shows_the_row_in_which_a_title_was_looked_for() -> None:
    with pytest.raises(ImportRefused, match="“What we did”, “Link”, “Who”") as refused:
        read_table("Our favorites", "What we did,Link,Who", "Mix paint,https://a.example,Ms. K")
    assert "Our favorites" not in str(refused.value)


@pytest.mark.parametrize("address", ["www.a.example/paint", "a.example/lessons/paint"])
def test_an_address_without_https_names_the_resource_and_is_told(district: District, address: str) -> None:
    def load(title: str) -> list[str]:
        rows = f"Title,URL\n{title},{address}\nRace,https://a.example/race\n"
        return list(map(str, import_resources(rows.encode(), district=district).plan.warnings))

    told = load("Mix paint")
    assert f"row 2: has an address without its beginning; taken for “https://{address}”." in told
    assert not any("known again by its title" in one for one in told)
    load("Mix paint anew")
    assert [(one.title, one.link_url) for one in ResourcePage.objects.order_by("path")] == [
        ("Mix paint anew", f"https://{address}"),
        ("Race", "https://a.example/race"),
    ]


def test_more_codes_in_cells_than_columns_do_not_make_what_divides_them_the_tables_mark() -> None:
    codes = [f"6.RP.A.{number}" for number in range(1, 7)]
    rows = [f"Lesson {number},{'; '.join(codes[: number % 4 + 3])}" for number in range(1, 9)]
    collection = read_table("Title,Standards", *rows)
    assert [one.title for one in collection.resources] == [f"Lesson {number}" for number in range(1, 9)]
    assert [one.target_name for one in collection.resources[2].alignments] == codes


def test_commas_in_words_do_not_divide_a_table_that_has_semicolons() -> None:
    rows = [f"Mix {', '.join('colors'[:size])};6;red, white, and blue" for size in range(1, 7)]
    collection = read_table("Our lessons, grade 6", "Title;Grade;Description", *rows)
    assert [one.title for one in collection.resources][:2] == ["Mix c", "Mix c, o"]
    assert {one.description for one in collection.resources} == {"red, white, and blue"}


def test_a_quotation_mark_that_may_join_rows_is_told_of_with_its_row() -> None:
    said = [str(one) for one in read_table("Title,Grade", "Race,6", '"Mix,6', '"Paint",7', "Heat,8").problems]
    (told,) = [one for one in said if "quotation mark" in one]
    assert told.startswith("row 3: has a quotation mark")
    collection = read_table("Title,Grade", 'A 5" pipe,6', '"Say ""yes""",7')
    assert [one.title for one in collection.resources] == ['A 5" pipe', 'Say "yes"']
    assert not [one for one in map(str, collection.problems) if "quotation mark" in one]
