"""Tables of resources: CSV or a workbook, with a row of headers in any spelling, one resource a row."""

import re
from collections.abc import Sequence

from importers.payload import Payload
from importers.problems import ImportRefused, Problems
from importers.readers.headers import fold
from importers.readers.sheets import SHOWN_ERRORS, Sheet, is_workbook, may_be_text_table, sheets, tell_loose
from importers.resources.draft import Collection, Part, ResourceDraft
from importers.resources.readers.cells import PLACE, Cell, find_address, read_cells
from importers.resources.readers.grouped import (
    COMMA_LIST,
    LIST,
    Read,
    alignments_of,
    has_standards_only,
    join,
    parts_of,
    tell_untitled,
)
from importers.resources.values import is_address, with_scheme
from standards.grades import normalise_grades

# LRMI's own name first, then what spreadsheets call it, as folded by `fold`.
_HEADERS: dict[str, str] = {
    "identifier": "identifier id resourceid uniqueid localid recordid isbn isbn13",
    "url": "url link address weblink webaddress resourceurl resourcelink sourceurl website location href courseurl",
    "name": "name title resourcename resourcetitle lessontitle lessonname lesson "
    "lessonplanname lessonplantitle activityname activitytitle headline nameofresource titleofresource resource "
    "coursename coursetitle longname",
    "description": "description abstract about summary overview details teaser",
    "learningResourceType": "learningresourcetype resourcetype type kind format materialtype typeofresource",
    "educationalLevel": "educationallevel grade grades gradelevel gradelevels level gradeband gradebands "
    "gradespan gradesspan graderange educationlevel gr grlevel",
    "typicalAgeRange": "typicalagerange age ages agerange",
    "timeRequired": "timerequired time duration minutes length typicallearningtime esttime estimatedtime "
    "timeneeded timeinminutes",
    "inLanguage": "inlanguage language lang",
    "license": "license licence rights userights userightsurl licenseurl licensetype licencetype copyright",
    "author": "author authors creator creators by madeby createdby contributor contributors",
    "publisher": "publisher provider source organization organisation",
    "isBasedOn": "isbasedon basedon isbasedonurl derivedfrom adaptedfrom",
    "isPartOf": "ispartof partof unit unittitle unitname module course collection series",
    "educationalUse": "educationaluse use purpose setting settings modality",
    "interactivityType": "interactivitytype interactivity",
    "audience": "audience enduser intendedaudience role",
    "subject": "subject subjects subj subjectarea contentarea discipline",
    "keywords": "keywords keyword tags topics topic subjectheadings subjectheading",
    "objectives": "objectives objective learningobjectives learningobjective goals outcomes learninggoals learningoutcomes",
    "teaches": "teaches standards standard alignment alignments standardcode standardcodes standardscodes alignedstandards "
    "standardsaligned standardsalignment commoncorestandards "
    "educationalalignment aligns targetname targeturl ccss ccssstandards ccssstandard statestandards statestandard "
    "standardaddressed standardsaddressed standardscovered contentstandards",
    "assesses": "assesses assessesstandards",
    "requires": "competencyrequired requires prerequisite prerequisites",
    "framework": "educationalframework framework standardsframework",
}
# What a question asks for, as forms have it for a header: the field, its name in words, and what tells.
_QUESTIONS = (
    ("name", "title", (r"\b(?:resource|lesson|activity|material|the|its|a)s?(?:['’]s)? title\b|\btitle of\b"
     r"|\bname of (?:your|the|this|a) (?:resource|lesson|activity|material)")),
    ("url", "address", r"\blink\b|\burl\b|\bweb address\b"),
    ("educationalLevel", "grades", r"\bgrades?\b"),
    ("subject", "subjects", r"\bsubjects?\b|\bcontent area"),
    ("teaches", "standards", r"\bstandards?\b"),
    ("description", "description", r"\bdescri|\bsummar"),
    ("learningResourceType", "kind", r"\b(?:type|kind) of\b"),
)  # fmt: skip
_WORDS_OF_A_QUESTION = 4
_BY_HEADER = {header: name for name, headers in _HEADERS.items() for header in headers.split()}
_SCANNED = 25
_SHOWN = 12
_REMARK = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# "Lesson title" and "Activity name" say of what kind the rows are, where no column does.
_KIND_IN_HEADER = re.compile(r"\A\s*(lesson|activity)\b", re.I)
_ONE_COLUMN = ("name", "url", "timeRequired", "inLanguage", "license", "framework")


class TableReader:
    name = "table"
    label = "a table of resources (CSV or XLSX)"

    def recognises(self, payload: Payload) -> bool:
        return is_workbook(payload) or may_be_text_table(payload)

    def read(self, payload: Payload) -> Collection:
        problems = Problems()
        tables = [(sheet, start) for sheet in sheets(payload) if (start := header_row(sheet)) is not None]
        if not tables:
            raise ImportRefused(_no_title(sheets(payload)), rule="header")
        read = {sheet.name for sheet, _ in tables}
        for sheet in sheets(payload):
            if sheet.name not in read and sheet.rows and not sheet.is_hidden:
                problems.add(
                    "warning", sheet.name, "sheet", "has no column for the title, so it is not read."
                )
        return Collection(self.name, read_tables(tables, problems), problems)


def _no_title(found: Sequence[Sheet]) -> str:
    """With the cells that may have been meant as headers: who kept the table sees there what is called otherwise."""
    rows = [cells for sheet in found for _, cells in sheet.rows[:_SCANNED]]
    fullest = max(rows, key=lambda cells: sum(map(bool, cells)), default=[])
    named = ", ".join([f"“{' '.join(cell.split())[:40]}”" for cell in fullest if cell][:_SHOWN])
    told = "The table has no column for the title. Name one “title” or “name”; the first row with headers counts."
    return f"{told} This row was looked at: {named}." if named else told


def read_tables(tables: Sequence[tuple[Sheet, int]], problems: Problems) -> list[ResourceDraft]:
    """The resources of sheets, each given with where its row of headers is."""
    found: list[ResourceDraft] = []
    is_all_hidden = all(sheet.is_hidden for sheet, _ in tables)
    for sheet, start in tables:
        if sheet.is_hidden and not is_all_hidden:
            problems.add("warning", sheet.name, "hidden", "is a hidden sheet, so it is not read.")
        else:
            found += _read_sheet(sheet, start, problems, is_one_of_several=len(tables) > 1)
    return found


def _read_sheet(
    sheet: Sheet, start: int, problems: Problems, *, is_one_of_several: bool
) -> list[ResourceDraft]:
    """The resources below the row of headers. Of several sheets, each may be named after a grade."""
    headers = sheet.rows[start][1]
    fields = _fields(headers)
    kind = _KIND_IN_HEADER.match(headers[fields.index("name")])
    if sheet.encoding:
        problems.add(
            "notice", "", "encoding", f"The table is no Unicode; read as {sheet.encoding}. Look at its accents and dashes.",
        )  # fmt: skip
    tell_loose(sheet, problems)
    _tell_columns(sheet, start, headers, fields, problems)
    grade = sheet.name if is_one_of_several and normalise_grades(sheet.name) else ""
    read: list[Read] = []
    untitled: list[int] = []
    is_sheet = sheet.rows[start][0] > 0  # a record is never part of another
    for number, cells in sheet.rows[start + 1 :]:
        path = sheet.path(number)
        if cells == headers:
            continue  # said again, as at the top of each printed page
        if len(cells) > len(headers):
            problems.add(
                "warning", path, "ragged", "has more cells than there are headers; they are kept with the record.", alike=""
            )  # fmt: skip
        found = read_cells(sheet, number, cells, headers, fields)
        row = _by_field(found, path, problems)
        find_address(row, found, path, problems)
        raw = _raw(headers, cells, found)
        above = sheet.merged.get((number, fields.index("name") + 1))
        if "name" not in row and above and read and read[-1].row["name"] == [above]:
            problems.add(
                "notice", path, "merged", f"belongs to “{above[:80]}”, whose title is merged over it.", alike=read[-1].path
            )  # fmt: skip
            join(read[-1], row, raw, number, problems, path)
            continue
        if is_sheet and read and read[-1].last == number - 1 and has_standards_only(cells, fields):
            title = read[-1].row["name"][0][:80]
            problems.add(
                "notice", path, "goes-on",
                f"has standards and nothing else, right below “{title}”: taken for that one’s, too. If it is a resource of "
                "its own, write its title into it.",
                alike="",
            )  # fmt: skip
            join(read[-1], row, raw, number, problems, path)
            continue
        if kind:
            row.setdefault("learningResourceType", [kind[1]])
        if grade and "educationalLevel" not in row:
            row["educationalLevel"] = [grade]
            problems.add(
                "notice", path, "grade", f"says no grade; taken for its sheet’s, “{grade}”.", alike=grade
            )
        if "name" in row:
            read.append(Read(row, raw, path, number, alignments_of(row)))
        else:
            untitled.append(number)
    if untitled:
        tell_untitled(sheet, untitled, problems)
    return [_draft(one) for one in read]


def _tell_columns(
    sheet: Sheet, start: int, headers: list[str], fields: list[str], problems: Problems
) -> None:
    number = sheet.rows[start][0]
    path = sheet.path(number) if number else sheet.name
    words = {name: words for name, words, _ in _QUESTIONS}
    for header, name in zip(headers, fields, strict=True):
        said = ""
        if header and not name:
            said = "without a field here; it is kept with the record."
        elif name and not field_of(header):
            said = f"taken for the {words[name]}."
        if said:
            problems.add("notice", path, "column", f"has a column “{header[:60]}” {said}", alike=header)


def _by_field(cells: list[Cell], path: str, problems: Problems) -> dict[str, list[str]]:
    row: dict[str, list[str]] = {}
    for cell in cells:
        if cell.text in SHOWN_ERRORS:
            problems.add(
                "warning", path, "error-cell", f"has a cell that shows an error, “{cell.text}”; it counts as empty.",
                alike=cell.text,
            )  # fmt: skip
        elif cell.field and cell.text:
            is_number = cell.field in ("educationalLevel", "typicalAgeRange")
            meant = _as_typed(cell.text) if is_number else cell.text
            if meant != cell.text:
                problems.add(
                    "notice", path, "date", f"has “{cell.text}”, taken for “{meant}”.", alike=cell.text
                )
            row.setdefault(cell.field, []).append(meant)
    return row


def _as_typed(cell: str) -> str:
    """What a cell of grades or ages was before a spreadsheet took it for a number (6.0) or a day (5-Mar is 3-5)."""
    if whole := re.fullmatch(r"(\d+)\.0+", cell):
        return whole[1]
    day: tuple[str, ...] = ()
    if iso := re.fullmatch(r"\d{4}-(\d\d)-(\d\d)(?:T00:00:00)?", cell):
        day = iso.groups()
    elif named := re.fullmatch(r"(\d{1,2})[-. ]([a-z]{3})|([a-z]{3})[-. ](\d{1,2})", cell, re.I):
        name = (named[2] or named[3]).casefold()
        day = (str(_MONTHS.index(name) + 1), named[1] or named[4]) if name in _MONTHS else ()
    first, last = sorted(map(int, day)) if day else (0, 0)
    return f"{first}-{last}" if first != last else cell


def _raw(headers: list[str], cells: list[str], read_as: list[Cell]) -> dict[str, str]:
    """The whole row, each cell under its header, or its column's number where that is empty or names two columns; and where
    cells lead."""
    found: dict[str, str] = {}
    for number, (cell, read) in enumerate(zip(cells, read_as, strict=False), start=1):
        header = headers[number - 1] if number <= len(headers) else ""
        if cell:
            name = header or f"column {number}"
            name = f"{name} (column {number})" if name in found else name
            found[name] = cell
            if read.target:
                found[f"{name} (link)"] = read.target
    return found


def header_row(sheet: Sheet) -> int | None:
    """The row with the most headers that we know, if one of them is the title's.

    Of all rows: one below the headers may have a cell that reads like one, "Lesson".
    """
    best: tuple[int, bool, int] | None = None
    for index, (_, cells) in enumerate(sheet.rows[:_SCANNED]):
        known = {name for cell in cells if (name := field_of(cell))}
        rank = (len(known), "name" in known, -index)
        if known and (best is None or rank > best):
            best = rank
    # A form's questions are no headers that we know, but its first row.
    asked = set(_fields(sheet.rows[0][1])) - {""} if sheet.rows else set()
    if "name" in asked and (best is None or len(asked) > best[0]):
        return 0
    return -best[2] if best and best[1] else None


def _fold(header: str) -> str:
    """schema:name, lrmi_name and Name are one."""
    return fold(re.sub(r"^(?:schema|lrmi|dcterms|dct|dc)\s*[:._]", "", header.strip(), flags=re.I))


def _fields(headers: list[str]) -> list[str]:
    """What each column holds. Of several titles ("Lesson" with its number, "Title") the surest header is the one."""
    fields = [field_of(header) for header in headers]
    for name in _ONE_COLUMN:
        columns = [index for index, field in enumerate(fields) if field == name]
        known = _HEADERS[name].split()
        for index in sorted(columns, key=lambda index: _rank(headers[index], known))[1:]:
            fields[index] = ""
    for index, header in enumerate(headers):
        if not fields[index] and (header.endswith("?") or len(header.split()) >= _WORDS_OF_A_QUESTION):
            asked = (
                name for name, _, sign in _QUESTIONS if name not in fields and re.search(sign, header, re.I)
            )
            fields[index] = next(asked, "")
    return fields


def _rank(header: str, known: list[str]) -> int:
    folded = _fold(header)
    return known.index(folded) if folded in known else len(known)


def field_of(header: str) -> str:
    """LRMI's name of what a column holds, "" if its header is not known.

    “Lesson / Activity name” has two words for one; “Grade/Subject” holds two things and is neither.
    """
    if name := _BY_HEADER.get(_fold(header)) or _BY_HEADER.get(_fold(_REMARK.sub("", header))):
        return name
    named = {_BY_HEADER.get(_fold(part), "") for part in _REMARK.sub("", header).split("/")}
    return named.pop() if len(named) == 1 else ""


def _draft(read: Read) -> ResourceDraft:
    row = read.row

    def one(name: str) -> str:
        return next(iter(row.get(name, ())), "")

    def many(name: str, divider: re.Pattern[str] = LIST) -> tuple[str, ...]:
        return parts_of(row, name, divider)

    url = one("url")
    address = with_scheme(url)
    named = [*many("identifier"), address]
    return ResourceDraft(
        names=tuple(dict.fromkeys(filter(None, named))),
        title=one("name"),
        description="\n\n".join(row.get("description", ())),
        url=one(PLACE) or url,
        kinds=many("learningResourceType"),
        levels=many("educationalLevel", COMMA_LIST),
        ages=many("typicalAgeRange"),
        duration=one("timeRequired"),
        language=one("inLanguage"),
        licence=one("license"),
        authors=many("author"),
        publishers=many("publisher"),
        based_on=tuple(
            Part(part, part if "://" in part or is_address(part) else "") for part in many("isBasedOn")
        ),
        part_of=tuple(Part(part) for part in many("isPartOf")),
        subjects=many("subject"),
        topics=many("keywords", COMMA_LIST),
        settings=many("educationalUse"),
        roles=many("audience", COMMA_LIST),
        interactivity=many("interactivityType"),
        objectives=many("objectives"),
        alignments=tuple(dict.fromkeys(read.alignments)),
        raw=dict(read.raw),
        path=read.path,
        has_only_address=bool(address) and not row.get("identifier"),
    )
