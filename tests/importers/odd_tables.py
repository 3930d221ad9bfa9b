"""Tables as people's spreadsheets come to be, each the same whenever it is asked for: whole files, and odd ones."""

import csv
import io
import random
from datetime import date, datetime, time
from typing import Any

from tests.importers.dialects import zipped

_STATEMENTS = [
    ["Identifier", "Full Statement", "Code", "Parent", "Grade", "Type", "Notes", "Sequence", "replacedBy"],
    ["Strand", "Cluster", "Code", "Standard", "Grade"],
    ["smartLevel", "humanCodingScheme", "fullStatement", "educationLevel", "statusEndDate", "CFItemType"],
    ["Código", "Descripción", "Grado", "Materia"],
    ["", "Code", "Code", "Standard", "Standard text", "parent", "parent"],
    ["Level", "Standard", "Code"],
]
_RESOURCES = [
    ["Title", "URL", "Description", "Grade", "Subject", "Standards", "Type", "License", "Time required", "Author"],
    ["ID", "Lesson", "Link", "Standards", "Grade level", "Language"],
    ["Timestamp", "What is the title of the lesson?", "Where is it (link)?", "Which standards?", "Grade?"],
    ["identifier", "name", "educationalAlignment", "typicalAgeRange", "inLanguage", "keywords", "about", "audience"],
    ["Unit", "Title", "", "Title", "Standard", "Standard"],
]  # fmt: skip
_CODES = [
    "A", "A.1", "A.1.a", "A.10", "A.2", "3.10", "3.1", "1-2", "B", "B", "6.RP.A.3", "x" * 300, " A.1 ", "a.1", "1e5",
    "007",
]  # fmt: skip
_WORDS = [
    "Describe a ratio.", "Say “hello” – él ñandú", 'He said "six", then left', "line one\nline two\r\nline three",
    "=1+1", "+49", "-5 degrees", "@SUM(A1)", "'quoted", "\u202eright to left\u202c", "\u200b", "\ufeffmark", "a\x00b",
    "\u2028", "  ", "", "", "#REF!", "N/A", "<b>bold</b><script>x()</script>", "$\\frac{1}{2}$",
    "\U0001d49f \U0010ffff", "x" * 40_000, "y " * 60_000, "1/2", "2024-01-01", "01/02/2020", "99991231", "0000-00-00",
    "true", "1e400", "NaN", "-Infinity", "9" * 400, "K, 1, 2", "K-12", '["05", "06"]', "[[[", '{"a": 1}', "http://[",
    "https://lessons.example/a b", "javascript:alert(1)", "www.lessons.example/x",
    "urn:uuid:7b1f3c00-0000-4000-8000-000000000001", "7B1F3C00-0000-4000-8000-000000000001", "M.6.RP.1; M.6.RP.2",
    "PT45M", "P9999Y", "Grade 99", "es; en", "CC BY 9.0", "https://creativecommons.org/licenses/by/4.0/", "lesson",
    "Mathematics",
]  # fmt: skip
_VALUES: list[Any] = [
    3.1, 3.10, 1.0, 1e300, -0.0, 10**20, True, False, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), time(1, 2), 45_000, 0.5,
    "=A1", "=1/0", '=HYPERLINK("https://lessons.example/1","One")', "=A1&B1", None, None,
]  # fmt: skip


def rows(chance: random.Random, headers: list[list[str]]) -> list[list[str]]:
    """A row of headers, perhaps below a title, and rows of cells of which few fit their column; some are given twice."""
    header = list(chance.choice(headers))
    if chance.random() < 0.3:
        chance.shuffle(header)
    found = [["", "Our table"], []] if chance.random() < 0.2 else []
    found.append(header)
    for _ in range(chance.choice([0, 1, 4, 30])):
        width = len(header) + chance.choice([0, 0, 0, -1, 2])
        found.append([_cell(chance) for _ in range(width)])
        if chance.random() < 0.1:
            found.append(list(found[-1]))
    return found


def _cell(chance: random.Random) -> str:
    return chance.choice(_CODES if chance.random() < 0.5 else _WORDS)


def odd_table(chance: random.Random, headers: list[list[str]]) -> bytes:
    target = io.StringIO()
    end = chance.choice(["\n", "\r\n", "\r"])
    quoting: Any = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    delimiter = chance.choice([",", ",", ";", "\t"])
    csv.writer(target, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(
        rows(chance, headers)
    )
    text = target.getvalue()
    if chance.random() < 0.3:  # a file that two programs wrote
        text = text.replace("\r\n", "\n", text.count("\r\n") // 2)
    encoding = chance.choice(
        ["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1", "cp1252", "mac-roman"]
    )
    return text.encode(encoding, "replace")


def odd_workbook(chance: random.Random, headers: list[list[str]]) -> bytes:
    """Numbers, days and formulas as cells, merged cells, hidden sheets and columns, links, comments."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook()
    for number in range(chance.choice([1, 1, 2, 4])):
        sheet: Any = book.active if not number else book.create_sheet()
        sheet.title = chance.choice(["Grade 3", "Sheet", "CF Doc", "CF Item", "CF Association", "Notes"])
        sheet.sheet_state = (
            chance.choice(["visible", "visible", "hidden", "veryHidden"]) if number else "visible"
        )
        for cells in rows(chance, headers):
            sheet.append([
                chance.choice(_VALUES) if chance.random() < 0.2 else ILLEGAL_CHARACTERS_RE.sub("", cell)[:32_767]
                for cell in cells
            ])  # fmt: skip
        for _ in range(chance.choice([0, 0, 1, 5])):
            row, column, high, wide = (chance.randint(1, 12) for _ in range(4))
            sheet.merge_cells(
                start_row=row, start_column=column, end_row=row + high % 4, end_column=column + wide % 3
            )
        for row_of_cells in sheet.iter_rows(max_row=12):
            for cell in row_of_cells:
                if chance.random() < 0.05 and cell.value is not None:
                    cell.hyperlink = chance.choice(["https://lessons.example/x", "file:///c:/x", "#Sheet!A1"])
                if chance.random() < 0.05:
                    cell.number_format = chance.choice(["0.00", "0%", "yyyy-mm-dd", "@", "General;[Red]-0"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def odd_statements(chance: random.Random) -> bytes:
    return _either(chance, _STATEMENTS)


def odd_resources(chance: random.Random) -> bytes:
    return _either(chance, _RESOURCES)


def _either(chance: random.Random, headers: list[list[str]]) -> bytes:
    data = (odd_table if chance.random() < 0.6 else odd_workbook)(chance, headers)
    return zipped(("table.csv", data)) if chance.random() < 0.05 else data
