"""Where a collection of resources may come from besides a file: an address, and standard input."""

import io
import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from importers.models import ImportedResource, ResourceImport
from importers.resources.services import import_resources
from people.models import District
from repository.models import ResourcePage
from tests.factories import DistrictFactory, district_page

pytestmark = pytest.mark.django_db


def collection(*names: str) -> bytes:
    return json.dumps(
        [{"@type": "LearningResource", "identifier": name, "name": name} for name in names]
    ).encode()


class Handler(BaseHTTPRequestHandler):
    """A provider whose collection changes."""

    body = b""

    def do_GET(self) -> None:
        found = self.path != "/missing"
        self.send_response(200 if found else 404)
        if self.path == "/cut-off":
            self.send_header("Content-Length", str(2 * len(self.body)))
        if self.path == "/not-gzip":
            self.send_header("Content-Encoding", "gzip")
        if self.path == "/slow":
            sleep(3)
        self.end_headers()
        self.wfile.write(self.body if found else b"")

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Its address; private ones are allowed as an operator would allow them."""
    settings.IMPORT_ALLOW_PRIVATE_ADDRESSES = True
    monkeypatch.setattr(Handler, "body", collection("Paint", "Glue"))
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


def run(source: str) -> str:
    out = StringIO()
    call_command("import_resources", source, verbosity=0, stdout=out)
    return out.getvalue()


def test_a_collection_is_imported_from_its_address_and_known_again_by_it(
    district: District, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{server}/lessons.jsonld"
    assert "2 added" in run(address)
    assert ResourceImport.objects.get().source_url == address
    assert set(ImportedResource.objects.values_list("source", flat=True)) == {address}
    monkeypatch.setattr(Handler, "body", collection("Paint", "Ink"))
    said = run(address)
    assert "1 added, 0 changed, 1 unchanged, 0 conflicts, 1 gone" in said
    assert "no longer in the source, and kept: Glue" in said
    assert sorted(ResourcePage.objects.values_list("title", flat=True)) == ["Glue", "Ink", "Paint"]


def test_an_address_that_has_no_collection_ends_with_2_and_one_line(district: District, server: str) -> None:
    with pytest.raises(CommandError, match=r"/missing answered 404") as error:
        run(f"{server}/missing")
    assert error.value.returncode == 2
    assert "\n" not in str(error.value)
    assert not ResourceImport.objects.exists()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/cut-off", r"broke off: only 1\d\d of 2\d\d bytes came\. Try again"),
        ("/not-gzip", "broke off: what it sends is not packed as it says"),
        ("/slow", "cannot be reached: it did not answer within 1 seconds"),
    ],
)
def test_why_an_address_gave_nothing_is_said_in_words(
    district: District, server: str, settings: Any, path: str, says: str
) -> None:
    settings.IMPORT_TIMEOUT = 1
    with pytest.raises(CommandError, match=says):
        run(f"{server}{path}")


def test_a_collection_is_imported_from_standard_input_which_is_no_source_that_loses_anything(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    for names, said in ((("Paint", "Glue"), "2 added"), (("Ink",), "1 added, 0 changed, 0 unchanged")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(collection(*names))))
        assert said in run("-")
    assert ResourceImport.objects.latest("pk").counts["gone"] == 0
    assert set(ImportedResource.objects.values_list("source", flat=True)) == {""}
    assert ResourcePage.objects.count() == 3


def test_a_district_is_told_of_its_own_alone_that_a_shared_source_dropped(
    district: District, tmp_path: Path
) -> None:
    file = tmp_path / "lessons.json"
    file.write_bytes(collection("Paint", "Glue"))
    other = DistrictFactory()
    district_page(other)
    for one in (other, district):
        import_resources(file, district=one)
    file.write_bytes(collection("Paint"))
    assert [one.title for one in import_resources(file, district=district).plan.gone] == ["Glue"]
