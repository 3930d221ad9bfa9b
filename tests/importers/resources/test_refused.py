"""Files that are no collection, or are broken: one line that says what, where, and what to do; and what came packed."""

import gzip
import io
import json
from collections.abc import Callable
from zipfile import ZipFile

import pytest

from importers.payload import Payload
from importers.problems import ImportRefused
from importers.resources import readers


def zipped(*names: str, data: bytes = b"[]") -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    "pack", [gzip.compress, lambda data: zipped("all.csv", "__MACOSX/._all.csv", data=data)]
)
def test_a_file_that_came_packed_is_unpacked(pack: Callable[[bytes], bytes]) -> None:
    assert readers.read(Payload(pack(b"Title,Grade\nMix paint,6\n"))).resources[0].title == "Mix paint"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b'{"a": 1', "cut off"),
        (b"[1, 2]", "no resource"),
        (b'{"@type": "Person", "name": "Ada"}', "no resource"),
        (b"<html><body>Hello</body></html>", "without JSON-LD"),
        (b"code,statement\n1,Words\n", "no column for the title"),
        (b"title,grade\n,6\n", "no resource in this file. A resource needs a name"),
        (b"\xff\xfe\x00", "is not"),
        (b"Just some words", "not known"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b"%PDF-1.4, made of a table", "This is a PDF"),
        (
            b'[{"@type":"LearningResource","name":"A"},]',
            "a comma too many before the bracket at line 1, column 42",
        ),
        (b'[{"@type":"LearningResource","name":"A","x":' + b"9" * 5000 + b"}]", "has 5,000 digits"),
        (b'{"@type":"Thing","name":"A"}', "Its first record: is Thing, not a resource"),
        (b'{"@type":"' + b"Thing" * 9000 + b'","name":"A"}', "Its first record: is ThingThing"),
        (b'a,"b\nc",d\n1,2,3\n', "This row was looked at: \u201ca\u201d, \u201cb c\u201d"),
        (zipped("a.json", "b.json"), "holds 2 files (a.json, b.json). Import them one by one"),
        (zipped("mimetype", "content.xml"), "Save its table as XLSX or CSV"),
        (zipped("Index/Tables.iwa", "preview.jpg"), "Save its table as XLSX or CSV"),
        (zipped("[Content_Types].xml", "word/document.xml"), "text document or slides"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><nsdl_dc>&e;</nsdl_dc>', "XML"),
        (b'{"@type":"LearningResource","name":"A"}\n{"@type":', "line 2"),
        (b'{"a":1}\n{"a":NaN}', "line 2: is not valid JSON: NaN is not a JSON number"),
        (b'{"a":1}\n' + b'{"a":' * 20_000, "nested hundreds of levels deep"),
        (b"[" * 100_000, "nested hundreds of levels deep, which no list of"),
        (
            b'title,description\nPaint,ok\nGlue,"' + b"x" * 140_000 + b'"\n',
            "Row 3 has a cell of more than 131,072 characters",
        ),
    ],
)
def test_bad_input_is_refused_in_one_line(data: bytes, says: str) -> None:
    with pytest.raises(ImportRefused) as refusal:
        readers.read(Payload(data))
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 1000


@pytest.mark.parametrize("end", ["\u2028", "\u0085", "\u2029"], ids=["U+2028", "U+0085", "U+2029"])
def test_what_ends_a_line_for_unicode_may_stand_in_a_text_of_json_lines(end: str) -> None:
    lines = [
        {"@type": "LearningResource", "name": name, "description": f"Mix{end}twice"} for name in ("A", "B")
    ]
    data = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
    found = readers.read(Payload(data)).resources
    assert [(one.title, one.description, one.path) for one in found] == [
        ("A", f"Mix{end}twice", "line 1"),
        ("B", f"Mix{end}twice", "line 2"),
    ]


LINE = '{"@type": "LearningResource", "name": "A", "about": ["x"]}'


@pytest.mark.parametrize(
    "data",
    [f"[{LINE}, {LINE}]", f"{LINE}\n{LINE}", f'<html><script type="application/ld+json">[{LINE}, {LINE}]</script></html>'],
    ids=["array", "lines", "web page"],
)  # fmt: skip
def test_more_lists_and_records_than_memory_holds_are_refused(
    data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert readers.read(Payload(data.encode())).resources
    monkeypatch.setattr("importers.payload.MAX_BRACKETS", 3)
    with pytest.raises(ImportRefused, match="more than 3 lists and records"):
        readers.read(Payload(data.encode()))


def test_a_number_that_json_does_not_have_is_refused_in_its_line() -> None:
    with pytest.raises(ImportRefused, match="line 2: is not valid JSON: NaN is not a JSON number"):
        readers.read(Payload(f'{LINE}\n{{"@type": "LearningResource", "name": "B", "size": NaN}}'.encode()))


def test_a_line_that_is_cut_off_is_refused_in_its_line() -> None:
    with pytest.raises(
        ImportRefused, match="line 2: is not valid JSON: Unterminated string starting at its character 39"
    ):
        readers.read(Payload(f'{LINE}\n{{"@type": "LearningResource", "name": "B\n{LINE}'.encode()))
