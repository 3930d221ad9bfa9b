"""Which source says what a framework has, and how it is given to another one, as where a state goes over to CASE."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from importers.models import FrameworkImport
from importers.services import import_framework, undo_import
from standards.models import Framework, Item
from tests.importers.dialects import FILES, GUID, case, csp, dumped
from tests.importers.packages import Raw

pytestmark = pytest.mark.django_db
NEW = "7b1f3c00-0000-4000-8000-000000000009"
GRAPH = next(name for name in FILES if name.startswith("graph"))


def revised() -> Raw:
    """The next edition, from a CASE server: other words, one statement more, and one less."""
    raw = case()
    raw["CFItems"] = [one for one in raw["CFItems"] if one["humanCodingScheme"] != "R.10"]
    raw["CFAssociations"] = [
        one for one in raw["CFAssociations"] if one["originNodeURI"]["identifier"] != GUID["R.10"]
    ]
    first = next(one for one in raw["CFItems"] if one["humanCodingScheme"] == "R.1")
    first["fullStatement"] = "Describe a ratio in words and pictures."
    raw["CFItems"].append({**first, "identifier": NEW, "humanCodingScheme": "R.3", "uri": f"https://case.example/uri/{NEW}",
                           "fullStatement": "Compare two ratios."})  # fmt: skip
    link = next(one for one in raw["CFAssociations"] if one["originNodeURI"]["identifier"] == GUID["R.1"])
    end = {**link["originNodeURI"], "identifier": NEW, "uri": f"https://case.example/uri/{NEW}"}
    other = "7b1f3c00-0000-4000-8000-100000000009"
    raw["CFAssociations"].append(
        {**link, "identifier": other, "uri": f"https://case.example/uri/{other}", "originNodeURI": end}
    )
    return raw


def live() -> dict[str, str]:
    return dict(Item.objects.filter(retired_at=None).values_list("human_coding_scheme", "full_statement"))


@pytest.fixture
def file(tmp_path: Path) -> str:
    import_framework(FILES[GRAPH], short_name="RATIO")
    path = tmp_path / "edition.json"
    path.write_bytes(dumped(revised()))
    return str(path)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("import_framework", *arguments, "--verbosity", "0", stdout=out)
    return out.getvalue()


def test_another_source_changes_no_words_and_says_how_it_would(file: str) -> None:
    before = live()
    assert "import it on the command line with --lead" in run(file, "--dry-run")
    run(file)
    assert live() == before


def test_a_source_that_is_told_to_lead_says_what_holds_from_then_on(file: str, tmp_path: Path) -> None:
    before = live()
    keys = dict(Item.objects.values_list("human_coding_scheme", "pk"))
    said = run(file, "--lead", "--allow-retire")
    assert "--lead" not in said
    assert sorted(live()) == ["R", "R.1", "R.2", "R.3"]
    assert live()["R.1"] == "Describe a ratio in words and pictures."
    assert keys.items() <= dict(Item.objects.values_list("human_coding_scheme", "pk")).items()
    assert Framework.objects.count() == 1
    run(file)
    again = dumped(
        {**revised(), "CFItems": [one | {"notes": "Now with notes."} for one in revised()["CFItems"]]}
    )
    (tmp_path / "next.json").write_bytes(again)
    run(str(tmp_path / "next.json"))
    assert set(Item.objects.filter(retired_at=None).values_list("notes", flat=True)) == {"Now with notes."}
    after = live()
    import_framework(FILES[GRAPH])  # the one that led has no say now
    assert live() == after
    undo_import(FrameworkImport.objects.filter(state="applied").order_by("-pk")[0])
    undo_import(
        FrameworkImport.objects.get(pk=FrameworkImport.objects.filter(state="applied").order_by("pk")[1].pk)
    )
    assert live() == before
    assert "with --lead" in run(file, "--dry-run", "--again")


def test_a_part_of_a_framework_cannot_lead(tmp_path: Path) -> None:
    part = tmp_path / "part.json"
    part.write_bytes(dumped({"data": csp()}))
    run(str(part))
    with pytest.raises(CommandError, match="Only a whole framework can lead"):
        run(str(part), "--lead")


def test_a_source_leads_though_it_changes_nothing_yet(file: str, tmp_path: Path) -> None:
    same = tmp_path / "same.json"
    same.write_bytes(dumped(case()))
    run(str(same))
    run(str(same), "--lead")
    run(file, "--allow-retire")
    assert live()["R.1"] == "Describe a ratio in words and pictures."
