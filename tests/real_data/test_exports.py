"""What goes out as CASE 1.1 passes the schema that 1EdTech published, whatever came in."""

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped] # has no types
import pytest
from hypothesis import given

from importers.problems import ImportRefused
from importers.services import import_framework
from standards.exports import export
from standards.models import Framework
from tests.importers.packages import Raw, as_bytes, packages, undone
from tests.importers.test_round_trip import MANY

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[2] / "importers" / "sample" / "frameworks"
FOLDERS = ["case", "asn", "csp", "spreadsheets"]


@pytest.fixture(scope="module")
def schema(standards_data_dir: Path) -> Any:
    path = standards_data_dir.parent / "spec" / "case-v1p1-cfpackage-official.json"
    if not path.exists():
        pytest.skip(f"there is no {path}")
    return jsonschema.Draft201909Validator(
        json.loads(path.read_text()), format_checker=jsonschema.Draft201909Validator.FORMAT_CHECKER
    )


def faults(schema: Any, framework: Framework) -> list[str]:
    package = json.loads(export(framework, "case-1.1").data)
    return [f"{error.json_path}: {error.message[:200]}" for error in schema.iter_errors(package)][:5]


def test_the_sample_frameworks_pass(schema: Any) -> None:
    for file in sorted(SAMPLE.glob("*.json")):
        report = import_framework(file)
        assert report.framework is not None
        assert faults(schema, report.framework) == [], file.name


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_passes_once_it_is_imported(schema: Any, standards_data_dir: Path, folder: str) -> None:
    passed = 0
    for file in sorted((standards_data_dir / folder).iterdir()):
        Framework.objects.all().delete()
        try:
            import_framework(file, allow_retire=True)
        except (ImportRefused, ValueError):
            continue  # no framework: a list of documents, a table of names, several in one
        passed += 1
        for framework in Framework.objects.all():
            assert faults(schema, framework) == [], file.name
    assert passed >= {"case": 13, "asn": 4, "csp": 1, "spreadsheets": 4}[folder]


@MANY
@given(packages())
def test_any_package_passes(schema: Any, raw: Raw) -> None:
    with undone():
        report = import_framework(as_bytes(raw))
        assert report.framework is not None
        assert faults(schema, report.framework) == []
