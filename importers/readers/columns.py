"""Which column of a table holds what: guessed from the headers in any spelling, and correctable."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.readers.sheets import Sheet

# Headers as folded by `fold`, the surest first.
_HEADERS: dict[str, str] = {
    "identifier": "identifier caseidentifier caseitemidentifier itemidentifier guid caseguid uuid caseidentifieruuid "
    "cfitemidentifier uniqueid itemid standardguid id",
    "uri": "uri caseuri itemuri cfitemuri url currenturl link",
    "statement": "fullstatement statement standardstatement statementtext standardtext standarddescription fulltext "
    "description text benchmark benchmarktext performanceexpectation learningstandard learningobjective learningtarget "
    "expectation objective indicator competency skill outcome learningoutcome standarddescriptor descriptor",
    "code": "humancodingscheme code standardcode statementcode notation statementnotation codingscheme dotnotation "
    "standardnumber standardid benchmarkcode benchmarknumber fullcode shortcode number codenumber coding "
    "standardidentifier",
    "parent": "ischildof parent parentcode parentidentifier parentid parentstandard parentguid childof parentnotation "
    "parenthumancodingscheme parentstandardcode broader partof",
    "smart_level": "smartlevel",
    "depth": "depth level outlinelevel indent indentlevel hierarchylevel treelevel",
    "type": "cfitemtype itemtype statementtype standardtype type statementlabel kind",
    "grade": "educationlevel grade grades gradelevel gradelevels gradeband gradespan educationlevels gradecourse",
    "subject": "subject subjects contentarea discipline academicsubject subjectarea",
    "notes": "notes note comment comments clarification clarifications clarificationstatement remarks",
    "abbreviated": "abbreviatedstatement shortstatement abbreviation shortdescription shorttitle",
    "alternative_label": "alternativelabel alternatelabel altlabel",
    "keywords": "conceptkeywords keywords conceptkeyword keyword tags",
    "enumeration": "listenumeration listid enumeration listenum listenuminsource",
    "sequence": "sequencenumber sequence sortorder order position displayorder",
    "language": "language lang",
    "modified": "lastchangedatetime lastmodified lastchanged",
    "start": "statusstartdate startdate",
    "end": "statusenddate enddate",
    "isPartOf": "ispartof",
    "isPeerOf": "ispeerof",
    "isRelatedTo": "isrelatedto relatedto",
    "exactMatchOf": "isexactmatchof exactmatchof exactmatch",
    "precedes": "precedes",
    "replacedBy": "replacedby",
    "exemplar": "exemplar",
    "hasSkillLevel": "hasskilllevel",
    "isTranslationOf": "istranslationof",
}
FIELDS = tuple(_HEADERS)
"""What a column can hold: the values of a mapping. "" is for a column of the district's own."""
ASSOCIATIONS = FIELDS[FIELDS.index("isPartOf") :]
_BY_HEADER = {header: name for name, headers in _HEADERS.items() for header in headers.split()}
_RANK = {header: rank for rank, header in enumerate(_BY_HEADER)}
# A column under one of these holds codes or statements: its cells tell.
_EITHER = {"standard", "standards", "item", "name", "title", "label", "element", "benchmarks"}
_SCANNED = 25


@dataclass(frozen=True, slots=True)
class Header:
    """The header row of a table: `fields[i]` is what column i holds; `title` is what stands above it."""

    names: list[str]
    fields: list[str]
    title: str = ""
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    @property
    def mapping(self) -> dict[str, str]:
        """Header: field, as a person sees it and as `mapping` takes it."""
        return dict(zip(self.names, self.fields, strict=True))


def fold(header: str) -> str:
    plain = unicodedata.normalize("NFKD", header).casefold().replace("#", "number")
    return re.sub(r"[^a-z0-9]", "", plain)


def find_header(sheet: Sheet, payload: Payload) -> Header | None:
    """The header row, with the columns as the payload's mapping, a remembered one, or their names say.

    None if no row looks like a header. Raises ImportRefused for a mapping that does not fit the table.
    """
    best: tuple[int, int] | None = None
    wanted = {fold(name) for name in payload.mapping}
    remembered = [set(known) for known in payload.known_mappings]
    for index, (_, cells) in enumerate(sheet.rows[:_SCANNED]):
        folded = [fold(cell) for cell in cells]
        score = len({_BY_HEADER.get(name, name) for name in folded if name in _BY_HEADER or name in _EITHER})
        score += 100 * len(wanted & set(folded)) + 100 * (set(cells) in remembered)
        if score and (best is None or score > best[0]):
            best = (score, index)
    if payload.mapping and sheet.rows and (best is None or best[0] < 2):
        best = (2, 0)  # its columns are then told to who named others
    if best is None or (best[0] < 2 and len(sheet.rows[best[1]][1]) > 1):
        return None
    index = best[1]
    names = _unique(sheet.rows[index][1])
    rows = sheet.rows[index + 1 :]
    title = next((cell for _, cells in sheet.rows[:index] for cell in cells if cell), "")
    fields = _chosen(names, payload) or _guess(names, rows)
    return Header(names, fields, title, rows)


def _unique(cells: Sequence[str]) -> list[str]:
    """Names for all columns: those without a header, and those that repeat one, get their number."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = cell or f"column {number}"
        names.append(f"{name} ({number})" if name in names else name)
    return names


def _chosen(names: list[str], payload: Payload) -> list[str]:
    """The fields that a person said, now or for the last table with these headers; [] if nobody did."""
    if payload.mapping:
        return _checked(names, payload.mapping)
    for known in payload.known_mappings:
        if set(known) == set(names) and set(known.values()) <= {*FIELDS, ""}:
            return [known[name] for name in names]
    return []


def _checked(names: list[str], mapping: Mapping[str, str]) -> list[str]:
    by_fold = {fold(header): name for header, name in mapping.items()}
    for header, name in mapping.items():
        if name and name not in FIELDS:
            raise ImportRefused(
                f"A column cannot hold {name!r}. It can hold: {', '.join(FIELDS)}.", path=f"mapping.{header}", rule="mapping"
            )  # fmt: skip
        if fold(header) not in {fold(one) for one in names}:
            raise ImportRefused(
                f"The table has no column {header!r}. Its columns are: {', '.join(names)}.", path="mapping", rule="mapping"
            )  # fmt: skip
    return [by_fold.get(fold(name), "") for name in names]


def _guess(names: list[str], rows: Sequence[tuple[int, list[str]]]) -> list[str]:
    """The first field whose usual headers include a column's; each field once, for the surest header."""
    folded = [fold(name) for name in names]
    fields = [""] * len(names)
    for index in sorted(range(len(names)), key=lambda index: _RANK.get(folded[index], len(_RANK))):
        name = _BY_HEADER.get(folded[index], "")
        if name and name not in fields:
            fields[index] = name
    for index, name in enumerate(folded):
        if name in _EITHER:
            wanted = "statement" if _words(index, rows) >= 4 else "code"
            if wanted not in fields:
                fields[index] = wanted
    if "statement" not in fields:
        free = [index for index, name in enumerate(fields) if not name and _words(index, rows) >= 4]
        if free:
            fields[max(free, key=lambda index: _words(index, rows))] = "statement"
    return fields


def _words(index: int, rows: Sequence[tuple[int, list[str]]]) -> float:
    """How many words the cells of a column have on average."""
    cells = [cells[index] for _, cells in rows[:200] if index < len(cells) and cells[index]]
    return sum(len(cell.split()) for cell in cells) / len(cells) if cells else 0.0
