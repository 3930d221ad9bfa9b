"""Workbooks whose cells are links: the address is behind the words, as Excel, Google Sheets and LibreOffice write it."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import Workbook

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.readers import links
from importers.resources import readers
from importers.resources.draft import Collection, ResourceDraft
from importers.resources.services import import_resources
from people.models import District
from repository.models import ResourcePage
from tests.importers.resources.loading import numbers

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(*rows: Sequence[Any], linked: dict[str, str] | None = None) -> bytes:
    """Cells in rows, some of them linked by their reference."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for reference, address in (linked or {}).items():
        sheet[reference].hyperlink = address
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def written(cells: str, below: str = "", targets: dict[str, str] | None = None) -> bytes:
    """A workbook whose sheet is given in XML, as programs write it; `targets` are its relationships."""
    file = io.BytesIO()
    relationships = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/hyperlink" Target="{target}" TargetMode="External"/>'
        for name, target in (targets or {}).items()
    )
    of_book = f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    types = (
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
        'sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.worksheet+xml"/>'
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{types}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Sheet1" sheetId="1" '
            'r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{of_book}</Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetData>{cells}</sheetData>'
            f"{below}</worksheet>",
            "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relationships}'
            "</Relationships>",
        }.items():
            archive.writestr(name, text)
    return file.getvalue()


def text(reference: str, words: str, formula: str = "") -> str:
    made = f"<f>{formula}</f>" if formula else ""
    return f'<c r="{reference}" t="str">{made}<v>{words}</v></c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def read(data: bytes) -> Collection:
    return readers.read(Payload(data))


def only(data: bytes) -> ResourceDraft:
    (draft,) = read(data).resources
    return draft


def told(data: bytes) -> str:
    return "\n".join(map(str, read(data).problems))


def test_a_linked_title_leads_to_its_resource(district: District) -> None:
    data = workbook(
        ("Title", "Grade"),
        ("Mix paint", 6),
        ("Race", 3),
        linked={"A2": "https://lessons.example/mix?a=1&b=2"},
    )
    import_resources(data, district=district)
    mix, race = ResourcePage.objects.order_by("path")
    assert (mix.title, mix.link_url) == ("Mix paint", "https://lessons.example/mix?a=1&b=2")
    assert (race.title, race.link_url) == ("Race", "")
    assert numbers(import_resources(data, district=district)) == {"unchanged": 2}


def test_a_linked_word_in_the_address_column_is_its_address_and_the_record_keeps_both() -> None:
    draft = only(
        workbook(("Title", "Link"), ("Mix paint", "Link"), linked={"B2": "https://lessons.example/mix", "A2": "https://b.example/"})
    )  # fmt: skip
    assert (draft.url, draft.names) == ("https://lessons.example/mix", ("https://lessons.example/mix",))
    assert draft.raw["Link"] == "Link"
    assert draft.raw["Link (link)"] == "https://lessons.example/mix"
    assert draft.raw["Title (link)"] == "https://b.example/"


def test_an_address_that_is_written_out_counts_before_links() -> None:
    draft = only(
        workbook(("Title", "URL"), ("Mix", "https://a.example/1"), linked={"A2": "https://b.example/2"})
    )
    assert draft.url == "https://a.example/1"


def test_what_excel_keeps_of_an_address_apart_is_joined_again() -> None:
    cells = row(1, text("A1", "Title")) + row(2, text("A2", "Mix paint"))
    below = '<hyperlinks><hyperlink ref="A2" r:id="rId1" location="part-2" display="Mix paint"/></hyperlinks>'
    data = written(cells, below, {"rId1": "https://lessons.example/mix"})
    assert only(data).url == "https://lessons.example/mix#part-2"


def test_one_link_over_several_cells_is_each_ones() -> None:
    cells = row(1, text("A1", "Title")) + "".join(
        row(number, text(f"A{number}", f"Part {number}")) for number in (2, 3)
    )
    below = '<hyperlinks><hyperlink ref="A2:B1048576" r:id="rId1"/></hyperlinks>'
    found = read(written(cells, below, {"rId1": "https://lessons.example/mix"})).resources
    assert [one.url for one in found] == ["https://lessons.example/mix"] * 2


FORMULA = "HYPERLINK(&quot;https://lessons.example/mix?say=&quot;&quot;hi&quot;&quot;&quot;,&quot;Mix (paint)&quot;)"


@pytest.mark.parametrize(
    "cell",
    [
        text("A2", "Mix (paint)", FORMULA),
        f'<c r="A2"><f aca="false">{FORMULA.replace(",", ";")}</f></c>',
        f'<c r="A2"><f>_xlfn.{FORMULA.lower().replace("mix (paint)", "Mix (paint)")}</f><v>0</v></c>',
        text("A2", "Mix (paint)", f"IF(1=1,{FORMULA},&quot;&quot;)"),
    ],
    ids=["worked out", "not worked out", "zero instead", "within another"],
)
def test_a_link_that_a_formula_makes_is_read(cell: str) -> None:
    draft = only(written(row(1, text("A1", "Title")) + row(2, cell)))
    assert (draft.title, draft.url) == ("Mix (paint)", 'https://lessons.example/mix?say="hi"')


def test_a_formula_may_have_its_address_from_another_cell_and_be_filled_down() -> None:
    first = '<c r="C2" t="str"><f t="shared" ref="C2:C3" si="0">HYPERLINK(B2,"Open")</f><v>Open</v></c>'
    second = '<c r="C3" t="str"><f t="shared" si="0"/><v>Open</v></c>'
    cells = row(1, text("A1", "Title"), text("B1", "Where"), text("C1", "Link"))
    cells += row(2, text("A2", "Mix"), text("B2", "https://a.example/2"), first)
    cells += row(3, text("A3", "Race"), text("B3", "https://a.example/3"), second)
    assert [one.url for one in read(written(cells)).resources] == [
        "https://a.example/2",
        "https://a.example/3",
    ]


def test_a_link_that_cannot_be_worked_out_and_one_to_a_file_are_told() -> None:
    put_together = "HYPERLINK(&quot;https://a.example/&quot;&amp;B2,&quot;Mix&quot;)"
    cells = row(1, text("A1", "Title")) + row(2, text("A2", "Mix", put_together))
    assert "row 2: leads to what a formula puts together; so the resource has no link here." in told(
        written(cells)
    )
    to_file = workbook(("Title",), ("Mix",), linked={"A2": "Unit%201/mix.docx"})
    assert "leads to a file, “Unit%201/mix.docx”, which is no web address" in told(to_file)
    assert only(to_file).raw["Title (link)"] == "Unit%201/mix.docx"
    to_sheet = workbook(("Title",), ("Mix",), linked={"A2": "mailto:ada@lessons.example"})
    assert "leads to" not in told(to_sheet)


def test_a_column_without_a_field_gives_the_address_where_no_other_has_one_and_that_is_told() -> None:
    table = workbook(
        ("Title", "Picture", "Paste your Google Doc here"),
        ("Mix paint", "https://a.example/mix.png", "Doc"),
        ("Race", "", "https://docs.example/race"),
        linked={"C2": "https://docs.example/mix"},
    )
    assert [one.url for one in read(table).resources] == [
        "https://docs.example/mix",
        "https://docs.example/race",
    ]
    assert "has its address from the column “Paste your Google Doc here”" in told(table)


def test_a_text_file_may_hold_the_formulas_of_links_and_of_digits() -> None:
    table = b'Title,ID\n"=HYPERLINK(""https://a.example/1"",""Mix paint"")","=""007"""\n=1+1,8\n'
    mix, sum_ = read(table).resources
    assert (mix.title, mix.url, mix.names) == (
        "Mix paint",
        "https://a.example/1",
        ("007", "https://a.example/1"),
    )
    assert mix.raw["ID"] == '="007"'
    assert sum_.title == "=1+1"


def test_lessons_that_share_a_linked_folder_are_all_imported_and_known_again(district: District) -> None:
    folder = "https://drive.example/unit-1"

    def table(*titles: str, **links: str) -> bytes:
        return workbook(("Title", "Grade"), *((title, 6) for title in titles), linked=links)

    one = table("Mix paint", A2=folder)
    import_resources(one, district=district)
    page = ResourcePage.objects.get()
    two = table("Race", "Mix paint", A2=folder, A3=folder)
    assert numbers(import_resources(two, district=district)) == {"added": 1, "unchanged": 1}
    assert ResourcePage.objects.get(title="Mix paint").pk == page.pk
    assert numbers(import_resources(two, district=district)) == {"unchanged": 2}
    assert numbers(import_resources(one, district=district)) == {"unchanged": 1}


def test_what_had_a_title_only_is_known_again_when_its_list_gets_links(
    district: District, tmp_path: Any
) -> None:
    file = tmp_path / "lessons.xlsx"
    file.write_bytes(workbook(("Title",), ("Mix paint",)))
    import_resources(file, district=district)
    file.write_bytes(workbook(("Title",), ("Mix paint",), linked={"A2": "https://a.example/mix"}))
    assert numbers(import_resources(file, district=district)) == {"changed": 1}
    assert numbers(import_resources(file, district=district)) == {"unchanged": 1}
    assert ResourcePage.objects.get().link_url == "https://a.example/mix"


@pytest.mark.parametrize(
    "below",
    [
        '<hyperlinks><hyperlink ref="A1:XFD1048576" r:id="rId1"/></hyperlinks>',
        "<hyperlinks>"
        + '<hyperlink ref="A1:A9999999" r:id="rId1"/>' * 3
        + '<hyperlink ref="B1:C200000" r:id="rId1"/></hyperlinks>',
    ],
)
def test_more_links_than_anybody_makes_are_refused(below: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MAX_LINKS", 1000)
    cells = row(1, text("A1", "Title")) + row(2, text("A2", "Mix"))
    with pytest.raises(ImportRefused, match="more than 1,000 links"):
        read(written(cells, below, {"rId1": "https://a.example/"}))


def test_an_entity_in_the_sheet_or_its_relationships_is_refused_in_one_line() -> None:
    cells = row(1, text("A1", "Title")) + row(2, text("A2", "Mix"))
    file = io.BytesIO(written(cells, '<hyperlinks><hyperlink ref="A2" r:id="rId1"/></hyperlinks>'))
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"):
        bad = io.BytesIO()
        with zipfile.ZipFile(bad, "w") as archive:
            for part, data in parts.items():
                archive.writestr(part, (b'<!DOCTYPE a [<!ENTITY e "x">]>' if part == name else b"") + data)
        with pytest.raises(ImportRefused) as refusal:
            read(bad.getvalue())
        assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("reference", ["", "A", "2", "A0", "A2:", ":", "A2:A", "ZZZZ9", "A-1", "A2 B3"])
def test_references_that_are_none_do_no_harm(reference: str) -> None:
    cells = row(1, text("A1", "Title")) + row(2, text("A2", "Mix"))
    below = f'<hyperlinks><hyperlink ref="{reference}" r:id="rId1"/><hyperlink ref="A2" r:id="none"/></hyperlinks>'
    assert only(written(cells, below, {"rId1": "https://a.example/"})).title == "Mix"
