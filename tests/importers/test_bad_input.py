"""Whatever cannot be imported: one clear line, exit 2, and nothing written."""

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from importers.models import FrameworkImport
from tests.importers.packages import Raw, as_bytes, below, identifier_of, link, package
from tests.importers.test_tables import workbook

pytestmark = pytest.mark.django_db
TREE = {"A": None, "A.1": "A", "A.1.a": "A.1"}


def rows() -> dict[str, int]:
    models = [
        model for label in ("standards", "importers") for model in apps.get_app_config(label).get_models()
    ]
    return {model.__name__: model._default_manager.count() for model in models}


def refused(source: Path | str, *options: str) -> str:
    """What the command says; it must be one line, end with 2, and change no table."""
    before = rows()
    with pytest.raises(CommandError) as error:
        call_command("import_framework", str(source), *options, verbosity=0)
    assert error.value.returncode == 2
    assert rows() == before
    message = str(error.value)
    assert message
    assert "\n" not in message
    return message


def zipped(name: str, *names: str, data: bytes) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for one in (name, *names):
            archive.writestr(one, data)
    return file.getvalue()


def broken(change: Callable[[Raw], Any]) -> bytes:
    raw = package(TREE)
    return as_bytes(change(raw) or raw)


def _circle(raw: Raw) -> None:
    raw["CFAssociations"].append(below("A", "A.1.a"))


def _own_parent(raw: Raw) -> None:
    raw["CFAssociations"].append(below("A", "A"))


def _twice(raw: Raw) -> None:
    raw["CFItems"].append({**raw["CFItems"][1], "fullStatement": "Another."})


def _association_twice(raw: Raw) -> None:
    raw["CFAssociations"].append({**raw["CFAssociations"][0], "destinationNodeURI": link("x")})


def _document_and_item(raw: Raw) -> None:
    raw["CFItems"][2]["identifier"] = raw["CFDocument"]["identifier"]


def _with_entity(book: bytes) -> bytes:
    """A workbook whose sheet asks for a file of the machine that reads it."""
    head = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]><worksheet'
    out = io.BytesIO()
    with ZipFile(io.BytesIO(book)) as archive, ZipFile(out, "w") as written:
        for name in archive.namelist():
            part = archive.read(name).replace(b"<worksheet", head, 1).replace(b"<v>1</v>", b"<v>&x;</v>")
            written.writestr(name, part)
    return out.getvalue()


WHOLE = as_bytes(package(TREE))
CATALOG = b"""identifier,caseIdentifierURI,name,description
1,https://a.example/ims/case/v1p0/CFDocuments/7,Math,Of Ohio
2,https://a.example/ims/case/v1p0/CFDocuments/8,Art,
"""
CASES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "white space": (b" \n\t ", "is empty"),
    "cut off": (WHOLE[:700], "cut off"),
    "cut off in a string": (WHOLE[: WHOLE.index(b"What A says") + 4], "cut off"),
    "not JSON": (b'{"CFDocument": oops}', "not valid JSON: .* line 1, column 16"),
    "a line break in a text": (b'{"CFDocument": {"title": "A\nB"}}', "Invalid control character at line 1, column 28"),
    "a list of frameworks": (
        CATALOG,
        "a list of 2 frameworks.* such as https://a.example/ims/case/v1p0/CFPackages/7",
    ),
    "plain text": (b"Dear colleagues, please find enclosed", "format of this file is not known"),
    "wrong encoding": (WHOLE.replace(b"Ratios", "Élan".encode("latin-1")), "not UTF-8 text: byte 0xC9 .*line 1"),
    "not a number": (b'{"CFDocument": {"x": NaN}}', "NaN is not a JSON number"),
    "too large a number": (b'{"CFDocument": {"x": 1e999}}', "1e999 is too large"),
    "digits without end": (b'{"CFDocument": {"x": ' + b"9" * 5000 + b"}}", "not valid JSON"),
    "nested without end": (b'{"CFDocument": ' + b"[" * 200_000, "nested hundreds of levels|cut off"),
    "nested and closed": (b'{"CFDocument": ' + b"[" * 5000 + b"]" * 5000 + b"}", "nested hundreds of levels"),
    "web page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page .HTML., not a framework"),
    "XML": (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "Write each entity out"),
    "zip": (b"PK\x03\x04" + bytes(100), "zip file is damaged"),
    "empty list": (b"[]", "format of this file is not known|holds no framework"),
    "another schema": (b'{"data": {"standards": {}}}', "format of this file is not known"),
    "list of documents": (
        as_bytes({"CFDocuments": [{"identifier": "d", "CFPackageURI": link("d")}]}),
        "list of a CASE server's 1 documents, not a framework. .* such as https://case.example/",
    ),
    "document alone": (
        as_bytes({**package({})["CFDocument"], "CFPackageURI": link("d")}),
        "CFDocument alone.* Import its package: https://case.example/|not known",
    ),
    "server's error": (
        as_bytes({"imsx_codeMajor": "failure", "imsx_description": "No such package"}),
        "answered with an error: No such package",
    ),
    "XML entity in a workbook": (
        _with_entity(workbook({"Sheet": [["code", "statement"], [1, "Ratios"]]})),
        r"The workbook cannot be read \(part of it is no valid XML\). Save it again as .xlsx.",
    ),
    "a PDF": (b"%PDF-1.7 Standards for Mathematics", "This is a PDF, .*Ask its publisher for a CASE package"),
    "a text document": (
        zipped("[Content_Types].xml", "word/document.xml", data=b"<w:document/>"), "text document or slides"
    ),
    "no document": (broken(lambda raw: {"CFItems": raw["CFItems"]}), "has no CFDocument"),
    "document of text": (broken(lambda raw: {**raw, "CFDocument": "x"}), "CFDocument: is not a record"),
    "document without name": (
        broken(lambda raw: {**raw, "CFDocument": {"title": "x"}}), "CFDocument: has neither identifier nor uri"
    ),
    "items of text": (broken(lambda raw: {**raw, "CFItems": "x"}), "CFItems: is not a list"),
    "item of text": (broken(lambda raw: {**raw, "CFItems": [1]}), r"CFItems\[0\]: is not a record"),
    "item without name": (
        broken(lambda raw: {**raw, "CFItems": [{"fullStatement": "x"}]}), r"CFItems\[0\]: has neither identifier"
    ),
    "definitions of text": (broken(lambda raw: {**raw, "CFDefinitions": "x"}), "CFDefinitions: is not a record"),
    "endless identifier": (
        broken(lambda raw: raw["CFItems"][0].update(identifier="x" * 400)), r"CFItems\[0\].identifier: is longer"
    ),
    "statement of megabytes": (
        broken(lambda raw: raw["CFItems"][1].update(fullStatement="word " * 500_000)),
        r"CFItems\[1\].fullStatement: has 2,500,000 characters, where 100,000 are room. .*Shorten it at its source",
    ),
    "keyword of megabytes": (
        broken(lambda raw: raw["CFItems"][1].update(conceptKeywords=["ratio", "k" * 100_001])),
        r"CFItems\[1\].conceptKeywords: has 100,001 characters",
    ),
    "notes of megabytes": (
        broken(lambda raw: raw["CFDocument"].update(notes="n" * 100_001)), "CFDocument.notes: has 100,001 characters"
    ),
    "circle": (broken(_circle), r"CFItems\[\d\]: .* goes in a circle.: A.*→.*A"),
    "its own parent": (broken(_own_parent), r"goes in a circle.: A → A\."),
    "identifier twice": (broken(_twice), rf"CFItems\[3\]: has the identifier of CFItems\[1\]: {identifier_of('A.1')}"),
    "association twice": (broken(_association_twice), r"CFAssociations\[3\]: has the identifier of CFAssociations\[0\]"),
    "item named as the document": (broken(_document_and_item), r"CFItems\[2\]: has the identifier of the CFDocument"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_bad_files_get_one_clear_line(name: str, tmp_path: Path) -> None:
    data, message = CASES[name]
    file = tmp_path / "framework.json"
    file.write_bytes(data)
    said = refused(file)
    assert re.search(message, said), said


def test_a_file_of_more_than_100_mb_is_not_even_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.json"
    with file.open("wb") as sparse:
        sparse.truncate(100_000_001)
    assert "larger than 100 MB" in refused(file)


def test_what_is_not_there_or_no_file_is_said(tmp_path: Path) -> None:
    assert "There is no file" in refused(tmp_path / "missing.json")
    assert "is a folder" in refused(tmp_path)
    assert "Name a file, an http(s) address, or - for standard input" in refused(" ")


def test_a_format_that_nobody_knows_is_said_with_those_known(tmp_path: Path) -> None:
    file = tmp_path / "framework.json"
    file.write_bytes(WHOLE)
    assert re.search("There is no format 'xml'. Known formats: .*case", refused(file, "--format", "xml"))
    assert "There is no organisation 'nowhere'" in refused(file, "--owner", "nowhere")


def test_a_framework_stays_as_it_was_when_its_next_version_is_bad(tmp_path: Path) -> None:
    file = tmp_path / "framework.json"
    file.write_bytes(WHOLE)
    call_command("import_framework", str(file), verbosity=0)
    file.write_bytes(broken(lambda raw: {**raw, "CFItems": raw["CFItems"][:1]}))
    assert "--allow-retire" in refused(file)


def test_the_command_prints_numbers_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "framework.json"
    file.write_bytes(WHOLE)
    before = rows()
    call_command("import_framework", str(file), "--json", "--dry-run", verbosity=0)
    assert rows() == before
    planned = json.loads(capsys.readouterr().out)
    call_command("import_framework", str(file), "--json", "--short-name", "RATIO", verbosity=0)
    said = json.loads(capsys.readouterr().out)
    assert said == planned | {"short_name": "RATIO", "import": said["import"]}
    assert FrameworkImport.objects.get(pk=said["import"]).title == said["title"]
    numbers = {
        key: said[key] for key in ("added", "changed", "moved", "retired", "unchanged", "associations")
    }
    assert numbers == {"added": 3, "changed": 0, "moved": 0, "retired": 0, "unchanged": 0, "associations": 3}
    assert (said["framework"], said["format"], said["warnings"]) == (
        package({})["CFDocument"]["identifier"], "case-1.0", [],
    )  # fmt: skip
    call_command("import_framework", str(file), "--json", verbosity=0)
    again = json.loads(capsys.readouterr().out)
    assert (again["added"], again["unchanged"]) == (0, 3)


def test_standard_input_is_a_source_and_standard_output_a_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(WHOLE)))
    call_command("import_framework", "-", verbosity=0)
    capsys.readouterr()
    call_command("export_framework", package({})["CFDocument"]["identifier"], "--format", "case-1.0")
    assert json.loads(capsys.readouterr().out) == json.loads(WHOLE)
    with pytest.raises(CommandError, match="There is no framework nothing"):
        call_command("export_framework", "nothing", "--format", "case-1.0")
